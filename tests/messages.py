"""The catalogue of what people are told, made of the code: `python -m recount.tests.messages` finds every message, puts
those that are new into locale/zh/LC_MESSAGES/recount.po, to be translated, and compiles that.

Nobody marks an error or a reason as a message: in the rooms of SAID every text that reads as a sentence is one. What is
printed by `_` is one as well, and what a command says in its help.
"""

from __future__ import annotations

import ast
import errno
import inspect
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog

from recount.pipeline.language import CATALOGUE, WORD
from recount.schemas.saying import named

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED = CATALOGUE.with_suffix(".po")

SAID = (
    "cli.py", "options.py", "desk/*.py", "eval/cli.py", "eval/commands.py", "eval/cases.py",
    "eval/goldset/generated.py", "eval/goldset/promote.py", "eval/score/results.py", "pipeline/*.py",
    "pipeline/archive/*.py", "pipeline/draft/*.py", "pipeline/run/*.py", "pipeline/output/*.py", "pipeline/review/*.py",
    "pipeline/model/*.py", "pipeline/model/transport/*.py", "pipeline/ocr/**/*.py", "pipeline/read/pdf.py",
    "pipeline/read/texts.py",
)  # fmt: skip
"""Where errors are raised, reasons are given, and something is printed."""
SILENT = {
    "desk/words.py": "both languages side by side",
    "desk/told.py": "both languages side by side",
    "desk/first_sheet.py": "the keys of words of told.py",
    "desk/marks.py": "the keys of words of told.py",
    "pipeline/output/layout.py": "what columns of exports are, for programs",
    "pipeline/lasting.py": "errors of the program itself",
    "pipeline/version.py": "what a hash is made of",
}
"""Modules there that say nothing of that kind to people, and why."""

_SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z(]{2,}|[a-z]{2,}:? \{\w|[\w]\},? [a-z]{2,}|\ban? [a-z]{4,}")
_NO_SENTENCE = re.compile(
    r"\b(SELECT|UPDATE|INSERT|DELETE|PRAGMA|CREATE|ALTER|DROP|BEGIN|JOIN)\b|[A-Za-z_]+ = \?"  # to a database
    r"|\\[bswd]|\w\|\w.*\|\w|\n |^<"  # a regular expression, the source of something
    r"|^--[a-z-]+ [\w:]+$|^pip install |^from |^\.TH |^private, |^error loading|^ignoring|^PP-OCR|^财|^#"
    r"|^identities unknown$"
    r"|^(bold|dim) \w+$|^recount: [-{]|^recount( [a-z]+)?( \{\d\})*$|^(http|batch|chat) \{0\}$|^\{0\}, line \{1\}:"
    r"|^(in memory|the whole|something else)$"
)
"""What only looks like one."""
_FOR_PROGRAMS = {"pipeline/output/formats.py", "pipeline/output/workbook.py"}
"""Modules whose texts with a capital letter stand in the files that they write."""

TABLES = {"DOES", "UNCOUNTED", "STANDS", "ENDS", "TOPICS"}
"""Tables of messages, each of which is one whatever it looks like; of several texts of an entry, the last."""

SYSTEM = (
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EISDIR, errno.ENOTDIR, errno.EEXIST,
    errno.ENAMETOOLONG, errno.EINVAL, errno.EIO, errno.EBUSY, errno.EADDRINUSE, errno.ECONNREFUSED, errno.EMFILE,
    errno.ENOTEMPTY, errno.ETIMEDOUT, errno.ELOOP, errno.EDQUOT, errno.ESTALE,
)  # fmt: skip
"""What the system says of files, disks and networks."""
TYPER = (
    "Usage:", "Error: {what}", "Try '{command} --help' for help.", "Options", "Arguments", "Commands", "[OPTIONS]",
    "COMMAND [ARGS]...", "[COMMAND] [ARGS]...", "Show this message and exit.",
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.", "default: {0}", "env var: {0}",
    "required", "Missing command.", "No such command {0}.", "No such command {0}. Did you mean {1}?",
    "No such option: {0}", "No such option: {0} (Possible options: {1})", "No such option: {0} Did you mean {1}?",
    "Missing argument {0}.", "Missing argument {0}. Choose from:\n\t{1}", "Missing option {0}.",
    "Missing option {0}. Choose from:\n\t{1}", "Value error, {0}", "Invalid value: {0}", "Invalid value for {0}: {1}",
    "Input should be a valid integer, unable to parse string as an integer", "Input should be a valid number",
    "Input should be a valid number, unable to parse string as a number", "Input should be a valid integer",
    "Input should be greater than or equal to {0}", "Input should be less than or equal to {0}",
    "{0} is not one of {1}.", "{0} is not in the range {1}.", "{0} is not a valid integer.", "{0} is not a valid int.",
    "{0} is not a valid float.", "{0} is not a valid integer range.", "{0} is not a valid float range.",
    "Value {0} is not a valid int.", "Value {0} is not a valid float.", "Value {0} is not a valid integer.",
    "Option {0} does not take a value.", "Option {0} requires an argument.", "Argument {0} takes {1} values.",
    "Aborted!", "Got unexpected extra argument(s) ({0})", "Got unexpected extra argument ({0})",
    "Got unexpected extra arguments ({0})",
)  # fmt: skip
"""What typer says, in the wordings of its versions."""


LEDGER = (
    "unchanged", "applied", "stale", "settled", "withdrawn", "calls", "input tokens", "output tokens", "cached tokens",
    "cost", "seconds", "read", "ocr", "split", "map", "verify", "repair", "write", "refused", "crashed",
)  # fmt: skip
"""Words of ledgers and evaluations: what was decided, used up and done. Those of results stand in schemas/saying.py."""


def messages() -> Mapping[tuple[str | None, str], list[str]]:
    """Every message, by its context and its words, with the files that it stands in."""
    found: dict[tuple[str | None, str], list[str]] = {}

    def add(message: str, where: str, context: str | None = None) -> None:
        if where not in found.setdefault((context, message), []):
            found[context, message].append(where)

    for file in sorted({file for pattern in SAID for file in ROOT.glob(pattern)}):
        name = file.relative_to(ROOT).as_posix()
        for message in said_in(tree_of(file.read_text(encoding="utf-8"))) if name not in SILENT else ():
            if not (name in _FOR_PROGRAMS and message[0].isupper()):
                add(message, name)
    for number in SYSTEM:
        add(os.strerror(number), "system")
    for message in TYPER:
        add(message, "typer")
    for word in LEDGER:
        add(word, "ledger", WORD)
    return found


def tree_of(source: str) -> ast.AST:
    """A module's syntax tree."""
    return ast.parse(source)


def said_in(tree: ast.AST) -> Iterator[str]:
    """The messages of a module."""
    passed = set(map(id, _passed_over(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _is_command(node) and ast.get_docstring(node):
            yield inspect.cleandoc(ast.get_docstring(node) or "")
        elif isinstance(node, ast.Call | ast.Assign | ast.AnnAssign):
            yield from filter(None, map(_text, _printed(node)))
        elif id(node) not in passed and (text := _text(node)) and _is_sentence(text):
            yield _whole(text)


def _whole(text: str) -> str:
    """A sentence; of what is added to one, that with it: its gaps have other numbers then."""
    if not text.startswith(("; ", " (")):
        return text.strip()
    return "{0}" + re.sub(r"{(\d+)}", lambda gap: f"{{{int(gap[1]) + 1}}}", text)


def _is_command(node: ast.FunctionDef) -> bool:
    """Whether typer makes a command of a function: its docstring is help."""
    makers = [maker.func if isinstance(maker, ast.Call) else maker for maker in node.decorator_list]
    return (
        any(isinstance(maker, ast.Attribute) and maker.attr == "command" for maker in makers) or node.name == "evaluate"
    )


def _printed(node: ast.AST) -> Iterator[ast.expr]:
    """What is shown whatever it looks like: in a call, or in a table."""
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if node.args and (called == "_" or (called == "partial" and ast.unparse(node.args[0]) == "_")):
            yield node.args[called == "partial"]
        yield from (keyword.value for keyword in node.keywords if keyword.arg in ("help", "epilog", "metavar"))
    elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        told = node.value.values if ast.unparse(target) in TABLES else ()
        yield from (entry.elts[-1] if isinstance(entry, ast.Tuple) else entry for entry in told)


def _passed_over(tree: ast.AST) -> Iterator[ast.AST]:
    """What is no text of its own: parts of a text, docstrings, keys, what an assertion says, what `_` has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from node.values
            formats = [value.format_spec for value in node.values if isinstance(value, ast.FormattedValue)]
            yield from (inner for form in formats if form is not None for inner in ast.walk(form))
        elif isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.Assert):
            yield from ast.walk(node)
        elif isinstance(node, ast.Dict):
            yield from (key for key in node.keys if key is not None)
        elif isinstance(node, ast.Subscript):
            yield node.slice
        else:
            yield from _printed(node)


def _text(node: ast.AST) -> str | None:
    """A text as a message: what is filled in becomes a numbered gap."""
    if isinstance(node, ast.JoinedStr):
        numbers = iter(range(len(node.values)))
        return "".join(_text(value) or f"{{{next(numbers)}}}" for value in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_sentence(text: str) -> bool:
    """Whether a text reads as a message; words of results have their names in schemas/saying.py."""
    return bool(_SENTENCE.search(text)) and not _NO_SENTENCE.search(text) and named(text, "zh") == text


def read() -> Catalog:
    """The catalogue as it was translated."""
    with TRANSLATED.open("rb") as file:
        return pofile.read_po(file, locale="zh")


def joined(found: Mapping[tuple[str | None, str], Iterable[str]], known: Catalog) -> Catalog:
    """The messages with the translations that are known; those that nobody says any more are gone."""
    catalogue = Catalog(locale="zh", project="recount", charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# What Recount says, in Chinese. Made by `python -m recount.tests.messages`."
    for (context, message), files in sorted(found.items(), key=lambda item: (item[1], item[0][0] or "", item[0][1])):
        before: Any = known.get(message, context)
        catalogue.add(message, before.string if before else "", [(file, 0) for file in files], context=context)
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as it is read by the program."""
    target = io.BytesIO()
    mofile.write_mo(target, catalogue)
    return target.getvalue()


def main() -> int:
    """Brings the catalogue up to the code; returns 1 if something is to be translated."""
    catalogue = joined(messages(), read())
    with TRANSLATED.open("wb") as file:
        pofile.write_po(file, catalogue, width=120, include_lineno=False, omit_header=False)
    CATALOGUE.write_bytes(compiled(read()))
    missing = [message.id for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} messages, {len(missing)} to be translated in {TRANSLATED.name}")
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
