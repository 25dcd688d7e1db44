"""A family as it is written: what family.toml says, as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

PARTS = ("statement", "table", "section")
_WIDTH = 120


def toml_of(said: Mapping[str, Any], notes: Iterable[str] = ()) -> str:
    """The text of a family.toml. said: what it says, in the shape in which it is read; what is empty is left out.
    notes: comments at its head."""
    lines = [f"# {note}" for note in notes]
    lines += [line for key, value in said.items() if key not in PARTS for line in _pair(key, value)]
    for what in PARTS:
        for part in said.get(what, ()):
            lines += ["", f"[[{what}]]", *(line for key, value in part.items() for line in _pair(key, value))]
    return "\n".join(lines) + "\n"


def _pair(key: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        if value:
            yield from (f"{key} = [", *_rows(value, alone=key in ("identities", "signs")), "]")
    elif value is not None:
        yield f"{key} = {_value(value)}"


def _rows(values: Sequence[Any], *, alone: bool) -> list[str]:
    """The values of a list, as many in a line as fit, or each in one."""
    rows: list[str] = []
    for text in map(_value, values):
        if not alone and rows and len(rows[-1]) + len(text) < _WIDTH:
            rows[-1] += f" {text},"
        else:
            rows.append(f"  {text},")
    return rows


def _value(value: Any) -> str:
    """A value of TOML: words, yes or no, or a table in one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)
