"""The commands as they explain themselves: in the language that is spoken, and to whoever uses them wrongly.

Only typer is imported up here: `recount --help` imports this module too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from recount.options import defaults, origin
from recount.pipeline.language import _, spoken, told

_WrongUsage: type[Any] = typer.BadParameter.__bases__[0]
"""What is raised for wrong usage: by a library that lies in typer's newer versions, and beside its older ones."""


class Commands(TyperGroup):
    """The commands, each with --lang, and explained in the language that is spoken. What is wrong with their options is
    said in words that may quote a file name of anybody's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own = [parameter for parameter in self.params if "--lang" in parameter.opts]
        for command in _below(self):
            if not any("--lang" in parameter.opts for parameter in command.params):
                command.params += own

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        for command in _below(self) if spoken() == "zh" else ():
            _translate(command)
        with _said_visibly():
            if not (parent or extra.get("resilient_parsing") or {"--help", "--version"} & {*args}):
                extra["default_map"] = defaults(self, args)
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, context: Any) -> Any:
        with _said_visibly():
            return super().invoke(context)


def _below(command: Any) -> Iterator[Any]:
    """A command, and all that are below it."""
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _below(inner)


def _translate(command: Any) -> None:
    """Explains a command in Chinese."""
    command.help, command.epilog = _(command.help or ""), _(command.epilog or "")
    command.options_metavar = _(command.options_metavar or "")
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = _(command.subcommand_metavar)
    command.context_class = type("Context", (command.context_class,), {"formatter_class": _Help})
    for parameter in command.params:
        parameter.help = _(parameter.help or "")
        parameter.metavar = _(parameter.metavar) if parameter.metavar else None


@contextmanager
def _said_visibly() -> Iterator[None]:
    try:
        yield
    except _WrongUsage as error:
        from recount.pipeline.archive.strangers import visible

        where = origin(getattr(error, "ctx", None), getattr(error, "param", None))
        error.message = visible(error.message + where, keep="\n")
        if spoken() == "zh" and type(error).show is _WrongUsage.show:
            words = visible(_wrong(error), keep="\n")
            error.show = lambda file=None: print(words, file=file or sys.stderr)
        raise
    except KeyboardInterrupt:
        if spoken() == "en":  # typer says it
            raise
        print(f"\n{_('Aborted!')}", file=sys.stderr)
        raise typer.Exit(1) from None


def _wrong(error: Any) -> str:
    """What is said of wrong usage, as typer says it in English."""
    context, words = error.ctx, _("Error: {what}", what=told(error.format_message()))
    if context is None:
        return words
    return "\n".join(
        (context.get_usage(), _("Try '{command} --help' for help.", command=context.command_path), "", words)
    )


# --- help in Chinese

_FIRST_COLUMN = 30
"""Columns of the options' names at most, as typer has it."""
_EXTRA = re.compile(r"(.*?)(?:  )?\[([^\[\]]*)\]", re.DOTALL)
"""An explanation, and what typer adds to it: a default, a variable of the environment."""


class _Help:
    """Writes help in Chinese, as typer's own writer does in English; that one counts a sign of two columns as one."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        import shutil  # only here: English help is written by typer

        self.width = width or max(min(shutil.get_terminal_size().columns, max_width or 80) - 2, 50)
        self._lines: list[str] = []
        self._indent = ""

    def getvalue(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def write_paragraph(self) -> None:
        self._lines += [""] if self._lines else []

    def write_usage(self, program: str, arguments: str = "") -> None:
        self._write(f"{_('Usage:')} {program} ", arguments)

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            self._lines += [""] if number else []
            self._write("", paragraph)

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        first = min(max(columns(name) for name, _help in rows), _FIRST_COLUMN) + 2
        for name, explanation in rows:
            words = _EXTRA.fullmatch(explanation)
            text, extra = (words[1], words[2]) if words else (explanation, "")
            told_extra = "；".join(
                _(part) if " " not in part else told(part) for part in filter(None, extra.split("; "))
            )
            text = _(text) + (f"［{told_extra}］" if extra else "")
            if columns(name) > first - 2:
                self._write("", name)
                name = ""
            self._write(name + " " * (first - columns(name)), text)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        self.write_paragraph()
        self._write("", f"{_(name)}：")
        with self.indentation():
            yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        before, self._indent = self._indent, self._indent + "  "
        yield
        self._indent = before

    def _write(self, head: str, text: str) -> None:
        """A text behind a head, broken into lines that begin where it began."""
        begin, room = self._indent + head, self.width - columns(self._indent + head)
        for line in broken(text, room) or [""]:
            self._lines.append(f"{begin}{line}".rstrip())
            begin = " " * columns(begin)


_OPENS, _CLOSES, _WIDE = "（《“［", "，。；：！？）》”］、…", "\u2e80-\uffef"
_PIECE = re.compile(rf"\s+|[{_OPENS}]*(?:[^\s{_WIDE}{_OPENS}{_CLOSES}]+|[{_WIDE}])[{_CLOSES}]*|.")
"""What is not broken: a word, or a Chinese sign with the marks that cling to it."""


def columns(text: str) -> int:
    """The columns of a terminal that a text takes."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def broken(text: str, room: int) -> list[str]:
    """A text in lines of so many columns at most, but where one piece is longer."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > room:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines
