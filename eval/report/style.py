"""How the HTML report looks."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; --right: #4a8f6d; --wrong: #c0392b; }
body { font: 14px/1.45 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #222; background: #fff;
  max-width: 1180px; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 17px; margin: 2.2em 0 .6em; }
h3 { font-size: 14px; margin: 1.4em 0 .3em; }
.dim { color: #777; } a { color: #245a8d; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 1.2em 0; }
.tile { border: 1px solid #ddd; border-radius: 6px; padding: 10px 14px; flex: 1 1 170px; }
.tile .name { font-weight: 600; } .tile .value { font-size: 26px; font-variant-numeric: tabular-nums; }
.tile:first-child .value { font-size: 40px; line-height: 1; color: var(--right); }
.tile .value.bad, .tile:first-child .value.bad { color: var(--wrong); }
table { border-collapse: collapse; margin: .4em 0; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 9px; border-bottom: 1px solid #eee; text-align: left; vertical-align: top; }
th { border-bottom: 1px solid #bbb; font-weight: 600; } .n { text-align: right; white-space: nowrap; }
td.err { color: var(--wrong); } td.grave { background: var(--wrong); color: #fff; font-weight: 700; }
td.most { background: #fdf1d8; } td.few { background: #f8d9d4; } td.all { color: #777; }
svg { display: block; max-width: 100%; height: auto; font-size: 12px; }
.error { display: grid; grid-template-columns: 440px 1fr; gap: 14px; padding: 8px 0; border-bottom: 1px solid #eee; }
.error img { max-width: 100%; border: 1px solid #ddd; }
.error .none { color: #999; border: 1px dashed #ddd; padding: 8px; }
.error b { font-variant-numeric: tabular-nums; } .error.silent { background: #fbe9e7; }
.pointer { font-family: ui-monospace, monospace; font-size: 12px; color: #777; overflow-wrap: anywhere; }
.mark { border-radius: 3px; padding: 0 6px; color: #fff; }
td.text { max-width: 480px; overflow-wrap: anywhere; }
""".strip()
