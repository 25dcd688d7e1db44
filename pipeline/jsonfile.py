"""Result files: UTF-8 JSON in which every figure keeps its printed digits, written whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.pipeline.errors import UsageError

Result = dict[str, Any]
"""A whole result file as Python values; numbers are int or Decimal, never float (bounding boxes aside)."""

LEFTOVER = ".*.recount-tmp"
"""Matches what a killed process leaves behind of a file that it was writing."""

_MARK = secrets.token_hex(16)
_LINE_MARK = secrets.token_hex(16)
"""Drawn anew by every process, so that no text of a document can hold them."""


def write_result(path: Path, result: Mapping[str, object]) -> None:
    """Writes a result to path, by way of a temporary file beside it.

    Whoever looks at path sees the file that was there before or the whole new one. Raises OSError if it
    cannot be written (nothing is left behind then), ValueError for a number that JSON does not have.
    """
    content = encoded(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)


def encoded(result: Mapping[str, object]) -> bytes:
    """A result as the content of its file. Raises ValueError for a number that JSON does not have."""
    # A lone surrogate, which UTF-8 does not have, becomes \udc80: that is also how JSON spells it.
    return "".join(_layout(result)).encode("utf-8", "backslashreplace")


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file, whole or not at all. Raises OSError if that cannot be done; nothing is left behind then."""
    temporary = path.parent / f".{secrets.token_hex(8)}.recount-tmp"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:  # Ctrl-C too: the temporary file goes, whatever happened
        temporary.unlink(missing_ok=True)
        raise


def read_result(path: Path) -> Result:
    """Reads a result file; a number with a decimal point becomes a Decimal with just those digits.

    Raises UsageError if it cannot be read or is no result file.
    """
    try:
        return result_in(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


def result_in(content: bytes, where: str) -> Result:
    """The result that a file holds. where: what messages call the file. Raises UsageError if it is no result file."""
    try:
        result = json.loads(content, parse_float=Decimal)
    except ValueError as error:
        raise UsageError(f"{where} is no result file: {error}") from error
    if not isinstance(result, dict) or not {"contract", "report", "figures", "checks"} <= result.keys():
        raise UsageError(f"{where} is no result file: a key of the contract is missing")
    return result


def encode(value: object) -> str:
    """A value as JSON on one line, Chinese unescaped, Decimals as numbers with their own digits."""
    return _bare(_LINE.encode(value))


def _layout(result: Mapping[str, object]) -> Iterator[str]:
    """The text of a result file: the report indented, every other part with one entry a line."""
    separator = "{\n"
    for key, value in result.items():
        yield separator
        yield _bare(_INDENTED.encode({key: value})[2:-2]) if key == "report" else _part(key, value)
        separator = ",\n"
    yield "\n}\n"


def _part(key: str, value: object) -> str:
    """A top-level key with its value, one entry a line.

    The C encoder is called once for all entries, marks are put where lines shall begin: half the time of a
    call for each of them.
    """
    name = f"  {encode(key)}: "
    if isinstance(value, dict) and value:
        text = encode({_LINE_MARK + entry: content for entry, content in value.items()})
        lines = text.replace(f' "{_LINE_MARK}', '\n    "').replace(f'"{_LINE_MARK}', '\n    "')
        return f"{name}{lines[:-1]}\n  }}"
    if isinstance(value, list | tuple) and value:
        text = encode([each for entry in value for each in (_LINE_MARK, entry)])
        lines = text.replace(f' "{_LINE_MARK}", ', "\n    ").replace(f'"{_LINE_MARK}", ', "\n    ")
        return f"{name}{lines[:-1]}\n  ]"
    return name + encode(value)


def _marked(value: object) -> str:
    """What the C encoder shall write for a Decimal: its digits as a marked string, to be bared afterwards.

    The encoder knows only its own number types, and a float would lose 115.50's last digit.
    """
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} has no place in a result file")
    if not value.is_finite():
        raise ValueError(f"{value} is no number that JSON has")
    return f"{_MARK}{value:f}{_MARK}"


def _bare(text: str) -> str:
    """Takes the quotes and marks off the marked numbers."""
    return text.replace(f'"{_MARK}', "").replace(f'{_MARK}"', "")


_LINE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, default=_marked, indent=2)
