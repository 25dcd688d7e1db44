"""What Recount says of itself: help on a topic, the manual page, what holds of the settings, what is installed.

The topics are sections of the documents, which the wheel carries. Only typer is imported up here: `recount --help`
imports this module too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from recount.options import held, once
from recount.pipeline.language import _, spoken

manual = typer.Typer(rich_markup_mode=None)
"""They stand beside the other commands: `recount help`, `recount settings`."""

PACKAGE = Path(__file__).resolve().parent.parent

TOPICS: Mapping[str, tuple[str, str]] = {
    "statuses": ("docs/contract/result.md", "Status"),
    "checks": ("docs/contract/result.md", "Check"),
    "decisions": ("docs/desk.md", "What is decided"),
    "desk": ("docs/desk.md", "Keys"),
    "scans": ("README.md", "Scans"),
    "models": ("README.md", "Language models"),
    "families": ("README.md", "Kinds of report"),
    "exports": ("docs/exports.md", "Exports"),
    "workbook": ("docs/exports.md", "The workbook"),
    "checking": ("docs/checking.md", "Does it add up?"),
    "progress": ("docs/scaling.md", "How long it takes"),
    "limits": ("docs/scaling.md", "What bounds a report"),
    "settings": ("docs/settings.md", "Settings"),
    "completion": ("docs/settings.md", "Completion"),
    "exit-codes": ("docs/settings.md", "Exit codes"),
}
"""The document that a topic is told in, and the heading that it stands under."""
_RUNS, _CHECKS, _DESK = (
    ("docs/zh/data.md", "一、处理一批报告"),
    ("docs/zh/auditor.md", "一、先看有什么要核"),
    ("docs/zh/auditor.md", "二、对着原页核"),
)
IN_CHINESE: Mapping[str, tuple[str, str]] = {
    "statuses": ("README.zh-CN.md", "五种状态"),
    "checks": _CHECKS,
    "decisions": _DESK,
    "desk": _DESK,
    "scans": ("README.zh-CN.md", "接着做什么"),
    "models": ("docs/zh/data.md", "四、别的版式：语言模型"),
    "families": ("docs/zh/data.md", "四、别的版式：语言模型"),
    "exports": ("docs/zh/data.md", "二、取数据"),
    "workbook": _CHECKS,
    "checking": ("README.zh-CN.md", "怎样核对"),
    "progress": _RUNS,
    "limits": _RUNS,
    "settings": _RUNS,
    "exit-codes": _RUNS,
}
"""The same for whoever reads Chinese, of the topics that the documents in Chinese tell of."""

_WIDEST = 100
_SECRETS = ("RECOUNT_API_KEY", "OPENAI_API_KEY")


@manual.command("help", epilog="recount help --man > recount.1 writes the manual page.")
def help_(
    context: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC", help="What is to be told of; a command, too.", autocompletion=lambda: [*TOPICS]
        ),
    ] = None,
    man: Annotated[bool, once("--man", hidden=True, help="Write the manual page.")] = False,
) -> None:
    """Tell of a topic, or of a command.

    Topics: statuses, checks, scans, models, decisions, exports, settings, exit-codes and more.
    """
    root: Any = context.find_root()
    if man:
        sys.stdout.write("".join(manual_page(root.command, root)))
        return
    if topic not in TOPICS and topic in root.command.commands:
        inner = root.command.commands[topic]
        print(inner.get_help(type(root)(inner, info_name=topic, parent=root)))
        return
    if topic is not None and topic not in TOPICS:
        raise typer.BadParameter(f"there is help on {', '.join(TOPICS)}, and on every command", param_hint="TOPIC")
    from rich.console import Console

    console = Console()
    console.print(_shown(told(topic) if topic else _contents()), width=min(console.width, _WIDEST))


def _shown(words: str) -> Any:
    """Markdown as rich shows it, but for cells of tables, which are broken anywhere: Chinese has no spaces."""
    from rich.markdown import Markdown, TableElement

    class Folded(TableElement):
        def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
            for table in super().__rich_console__(console, options):
                for column in getattr(table, "columns", ()):
                    column.overflow = "fold"
                yield table

    class Page(Markdown):
        elements: ClassVar = {**Markdown.elements, "table_open": Folded}

    return Page(words, hyperlinks=False)


def told(topic: str) -> str:
    """What the documents say of a topic, in Markdown: its section without those inside it."""
    file, heading = IN_CHINESE.get(topic, TOPICS[topic]) if spoken() == "zh" else TOPICS[topic]
    text = (PACKAGE / file).read_text(encoding="utf-8")
    found = re.search(rf"^(#+ {re.escape(heading)}\n.*?)(?=^#+ |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found is not None, f"{file} has no heading {heading}"
    section = re.sub(r"<!--.*?-->|!\[.*?\]\(.*?\)", "", found[1], flags=re.DOTALL)
    return f"{section.rstrip()}\n\n{_('(From {file}.)', file=file)}\n"


def _contents() -> str:
    lines = [f"- **{topic}**{_(': ')}{_(heading)}" for topic, (_file, heading) in TOPICS.items()]
    of = _("`recount help TOPIC` tells of"), _("and of every command.")
    return "\n".join([f"# {_('Help')}", "", of[0], "", *lines, "", of[1]])


# --- the manual page (man-pages(7), groff_man(7))


def manual_page(commands: Any, context: Any) -> Iterator[str]:
    """The manual page, recount.1, in lines: the commands with their options, and every topic."""
    from recount.pipeline.version import __version__

    yield f'.TH RECOUNT 1 "" "Recount {__version__}" "User Commands"\n'
    yield f".SH NAME\nrecount \\- {_roff(commands.help)}\n"
    yield ".SH SYNOPSIS\n.B recount\n.I COMMAND\n[\\fIOPTIONS\\fR]\n.SH COMMANDS\n"
    yield from _commands(commands, context)
    for topic in TOPICS:
        yield f".SH {_roff(TOPICS[topic][1]).upper()}\n"
        yield from _section(told(topic).split("\n")[1:])


def _commands(group: Any, context: Any) -> Iterator[str]:
    for name, command in group.commands.items():
        inner = type(context)(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from _commands(command, inner)
            continue
        yield f".SS {_roff(' '.join(inner.command_path.split()))}\n{_roff(command.help or '')}\n"
        records = [record for option in command.params if (record := option.get_help_record(inner))]
        yield from (f".TP\n\\fB{_roff(first)}\\fR\n{_roff(said)}\n" for first, said in records)


def _section(lines: list[str]) -> Iterator[str]:
    """A section of Markdown as roff: paragraphs, lists, tables and code; of tables a row is a paragraph."""
    code, heads = False, False
    for line in lines:
        if line.startswith("```"):
            code = not code
            yield ".nf\n" if code else ".fi\n"
        elif code:
            yield f"{_escaped(line)}\n"
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            heads = set(line) <= set("|-: ")
            if not heads and any(cells):
                yield f".TP\n\\fB{_roff(cells[0])}\\fR\n{_roff(' — '.join(filter(None, cells[1:])))}\n"
        elif item := re.match(r"(?:[-*]|(\d+\.)) +(.*)", line):
            yield f".IP {item[1] or chr(92) + '(bu'} 3\n{_roff(item[2])}\n"
        else:
            yield f"{_roff(line)}\n" if line.strip() else ".PP\n"


def _roff(words: str) -> str:
    """Words of Markdown in a line of roff: marks become fonts, links their words."""
    plain = _escaped(re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", " ".join(words.split())))
    return re.sub(r"\*\*(.+?)\*\*|`([^`]+)`", lambda found: f"\\fB{found[1] or found[2]}\\fR", plain)


def _escaped(words: str) -> str:
    safe = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{safe}" if safe.startswith((".", "'")) else safe


# --- what holds, and what is installed


@manual.command(epilog="recount help settings says how to set them.")
def settings(
    context: typer.Context,
    file: Annotated[  # noqa: ARG001 - it is looked for before any command is
        Path | None, typer.Option("--settings", metavar="FILE", help="The file of settings, if not recount.toml.")
    ] = None,
) -> None:
    """Print what options are where the command line does not say, and what says so."""
    import os

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from recount.pipeline.archive.strangers import visible

    table = Table(box=None, pad_edge=False)
    for heading in (_("setting"), _("value"), _("from")):
        table.add_column(heading, overflow="fold")
    root: Any = context.find_root()
    said = root.default_map.get("")
    for name, value, origin in held(root.command, Path(said) if said else None):
        table.add_row(*(Text(visible(words)) for words in (name, value, origin)), style="bold" if origin else "dim")
    for variable in filter(os.environ.get, _SECRETS):
        table.add_row(_("key of a model"), _("hidden"), variable, style="bold")
    Console().print(table)


def versions() -> Iterator[str]:
    """What is installed, a line each: Recount first, then what decides how reports are read, then its extras."""
    import platform
    from importlib import metadata

    from recount.pipeline.version import __version__

    def said(name: str) -> str:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            return ""

    yield f"recount {__version__}"
    python, system = platform.python_version(), f"{platform.system()} {platform.machine()}"
    yield f"  {_('Python {version} on {system}', version=python, system=system)}"
    for names in (("pymupdf", "pydantic"), ("rapidocr", "openvino", "onnxruntime", "opencv-python-headless", "numpy")):
        yield f"  {', '.join(filter(None, map(said, names)))}"
    try:
        requirements = metadata.requires("recount-reports") or []
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return
    for extra in metadata.metadata("recount-reports").get_all("Provides-Extra") or ():
        wanted = [re.split(r"[\[<>=~! ;]", line)[0] for line in requirements if line.endswith(f'extra == "{extra}"')]
        found = [said(name) for name in wanted if name != "recount-reports"]
        if extra != "dev" and all(found) and found:
            yield f"  {_('with {extra}: {found}', extra=extra, found=', '.join(found))}"
