"""What a person sees beside the desk, for the documents' pictures and to be looked at: the terminal, and the workbook
as LibreOffice prints it. `python -m recount.tests.desk.screens DIR` puts both at widths of 80 and 120 into DIR."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymupdf
from PIL import Image, ImageChops
from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from recount.tests.desk.browser import browsing
from recount.tests.desk.made import EXAMPLE

COMMANDS = ("recount structure examples/archive --out out/", "recount list out/ --disputed")
"""What the picture of a run shows."""
PATIENCE = 120
"""Seconds that a command may take."""
_FORMAT = """<style>pre {{ font: 16px/1.4 "WenQuanYi Micro Hei Mono", "Noto Sans Mono CJK SC", monospace; margin: 0;
  color: {foreground}; background: {background}; padding: 14px 18px; width: max-content }}
  i {{ font-style: normal; font-size: 120%; display: inline-block; text-align: center; height: 1em; line-height: 1 }}
</style>
<pre>{code}</pre>"""


@contextmanager
def terminal(folder: Path, width: int, height: int) -> Iterator[list[str]]:
    """A terminal of so many columns in tmux, in a folder that has the example archive; what calls tmux for it.

    The shell there has Chinese for its language, and `recount` for this program.
    """
    shutil.copytree(EXAMPLE.parents[1], folder / "examples" / "archive")
    rc = folder / "rc"
    rc.write_text(f'PS1="$ "\nrecount() {{ {shlex.quote(sys.executable)} -m recount.cli "$@"; }}\nclear\n')
    tmux = ["tmux", "-u", "-f", os.devnull, "-S", str(folder / "socket")]
    size = ["-x", str(width), "-y", str(height)]
    kept = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm-256color"}
    chinese = {name: value for name, value in kept.items() if not name.startswith(("LC_", "TMUX", "NO_COLOR"))}
    chinese |= {"LANG": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}
    shell = f"exec bash --noprofile --rcfile {shlex.quote(str(rc))}"
    subprocess.run([*tmux, "new-session", "-d", *size, shell], cwd=folder, env=chinese, check=True)
    try:
        yield tmux
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)


def seen(tmux: list[str], colours: bool = True) -> str:
    """What the terminal shows."""
    words = [*tmux, "capture-pane", "-p", *(["-e"] if colours else [])]
    return subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True).stdout


def typed(tmux: list[str], command: str) -> None:
    """Types a command, and waits until the shell asks for the next one."""
    before = seen(tmux, colours=False).count("$ ")
    subprocess.run([*tmux, "send-keys", command, "Enter"], check=True)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        time.sleep(0.3)
        lines = seen(tmux, colours=False).rstrip().splitlines()
        if lines and lines[-1] == "$" and len([line for line in lines if line.startswith("$")]) > before:
            return
    raise TimeoutError(command)


def small(picture: Image.Image, target: Path) -> None:
    """Keeps a picture with the colours that it needs, no more."""
    reduced = picture.convert("RGB").quantize(64, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    reduced.save(target, optimize=True)
    print(target)


def as_page(lines: list[str], width: int) -> str:
    """What a terminal shows as HTML, each character as wide as the terminal has it, whatever fonts there are."""
    console = Console(record=True, width=width, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi("\n".join(lines)), soft_wrap=True)
    html = console.export_html(inline_styles=True, code_format=_FORMAT, theme=SVG_EXPORT_THEME)
    wide = {sign: cell_len(sign) / 1.2 for sign in set(html) if not sign.isascii()}
    return "".join(f"<i style='width:{wide[sign]:.3f}ch'>{sign}</i>" if sign in wide else sign for sign in html)


def terminal_taken(browser: Any, target: Path, width: int, commands: tuple[str, ...] = COMMANDS) -> None:
    """A picture of a terminal in which commands were typed."""
    with TemporaryDirectory() as folder, terminal(Path(folder), width, 60) as tmux:
        for command in commands:
            typed(tmux, command)
        lines = seen(tmux).rstrip().splitlines()[:-1]
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_content(as_page(lines, width))
    with Image.open(io.BytesIO(page.locator("pre").screenshot())) as picture:
        small(picture, target)
    page.close()


def printed(book: Path) -> list[Image.Image]:
    """The pages of a workbook as LibreOffice prints it."""
    with TemporaryDirectory() as folder:
        home = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        words = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        with pymupdf.open(Path(folder, book.stem + ".pdf")) as pages:
            pictures = [page.get_pixmap(dpi=130) for page in pages]
        return [Image.frombytes("RGB", (picture.width, picture.height), picture.samples) for picture in pictures]


def exported(out: Path, book: Path) -> None:
    """The workbook of an output folder, in Chinese."""
    words = [sys.executable, "-m", "recount.cli", "export", str(out), "-o", str(book), "--keys", "zh"]
    kept = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=kept)


def workbook_taken(out: Path, target: Path) -> None:
    """A picture of the workbook's first page: what is to be checked."""
    with TemporaryDirectory() as folder:
        exported(out, Path(folder, "book.xlsx"))
        first = printed(Path(folder, "book.xlsx"))[0]
    body = first.crop((0, 0, first.width, first.height - 120))  # without the page's foot
    box = ImageChops.difference(body, Image.new("RGB", body.size, "white")).getbbox()
    assert box is not None
    small(body.crop((box[0] - 10, box[1] - 10, box[2] + 10, min(box[3] + 10, 596))), target)


def main(target: Path) -> None:
    """Pictures to be looked at: the terminal at 80 and 120 columns, every printed page of the examples' workbook."""
    target.mkdir(parents=True, exist_ok=True)
    commands = (*COMMANDS, "recount status out/", "recount show out/ 档案馆 | head -20")
    with browsing() as browser:
        for width in (80, 120):
            terminal_taken(browser, target / f"terminal-{width}.png", width, commands)
            terminal_taken(browser, target / f"help-{width}.png", width, ("recount --help",))
    with TemporaryDirectory() as folder:
        from recount.tests.desk.tour import structured_in

        exported(structured_in(Path(folder)), Path(folder, "book.xlsx"))
        for number, page in enumerate(printed(Path(folder, "book.xlsx")), start=1):
            small(page, target / f"workbook-{number}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
