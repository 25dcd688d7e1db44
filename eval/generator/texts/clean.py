"""Nothing lost: Markdown with pipe tables, or with HTML ones where cells are merged; and web pages around a report."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from random import Random

from recount.eval.generator.texts.rows import rows_of, texts_of
from recount.eval.generator.typeset.blocks import Cell, Grid, Para
from recount.eval.generator.typeset.compose import Manuscript

_MARKS = {"cover": "# ", "h1": "# ", "h2": "## ", "h3": "### ", "title": "## ", "toc": "- "}
_TAGS = {"cover": "h1", "h1": "h2", "h2": "h3", "h3": "h4", "title": "h2"}


def markdown(manuscript: Manuscript, rng: Random) -> str:
    """A document as Markdown."""
    inside = rng.random() < 0.5  # tables with merged cells as HTML, for pipes know none
    parts: list[str] = []
    for block in manuscript.blocks:
        if isinstance(block, Para):
            parts.append(_MARKS.get(block.kind, "") + block.text)
        elif isinstance(block, Grid):
            merged = any(cell.rows > 1 or cell.cols > 1 for cell in block.cells)
            parts.append("\n".join(_table(block) if merged and inside else _pipes(block)))
    return "\n\n".join(parts) + "\n"


def _pipes(grid: Grid) -> Iterator[str]:
    """A pipe table; a place that a merged cell covers is empty."""
    for number, row in enumerate(rows_of(grid)):
        yield "| " + " | ".join(text.replace("|", "\\|") for text in texts_of(row)) + " |"
        if not number:
            yield "|" + " --- |" * len(row)


def web_page(manuscript: Manuscript, rng: Random, charset: str) -> str:
    """A document as a web page, with what such pages carry that is no part of it, figures among that."""
    stray = f"{rng.randint(100000, 999999) / 100:,.2f}"
    body = "\n".join(line for block in manuscript.blocks for line in _element(block))
    unit = escape(manuscript.unit)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="{charset}">
<title>{unit}</title>
<style>td {{ border: 1px solid #333; }} .off {{ display: none; }}</style>
<script>var total = {stray.replace(",", "")}; document.write("收入总计{stray}万元");</script>
</head>
<body>
<nav><a href="/">首页</a> <a href="/open">信息公开</a> <span>浏览次数：{rng.randint(10, 9999)}</span></nav>
<div style="display:none">本年收入合计{stray}万元，本年支出合计{stray}万元。</div>
<article>
{body}
</article>
<noscript>请启用脚本后浏览，错误 {rng.randint(400, 599)}</noscript>
<footer>主办：{unit} 网站标识码：{rng.randint(10**9, 10**10 - 1)}</footer>
</body>
</html>
"""


def _element(block: object) -> Iterator[str]:
    """A block as HTML."""
    if isinstance(block, Para):
        tag = _TAGS.get(block.kind, "p")
        yield f"<{tag}>{escape(block.text)}</{tag}>"
    elif isinstance(block, Grid):
        yield from _table(block)


def _table(grid: Grid) -> Iterator[str]:
    """A table with its merged cells."""
    yield "<table>"
    for row in rows_of(grid):
        own = "".join(_cell(slot.cell) for slot in row if slot.origin == "own")
        yield f"<tr>{own}</tr>"
    yield "</table>"


def _cell(cell: Cell) -> str:
    spans = (("rowspan", cell.rows), ("colspan", cell.cols))
    said = "".join(f' {name}="{number}"' for name, number in spans if number > 1)
    return f"<td{said}>{escape(cell.text).replace(chr(10), '<br>')}</td>"
