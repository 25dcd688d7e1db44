"""Faults on the page: another printed number is taken, or a row is not where it belongs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.verifier.base import Base, at, references, steps
from recount.eval.verifier.fault import Fault, Operator
from recount.pipeline.verify.ground import fits
from recount.pipeline.verify.place import table_of
from recount.schemas.figures import Model, Ref

_ROW = re.compile(r"(.*)/(\d+)/.*?")
_LAST_YEAR = ("change/amount", "budget/budget", "opening", "initial_budget", "opening_carryover")
"""Fields in which a figure of another year, or of the plan, stands beside the one that was asked for."""
_HEADS = {"万元": "元", "元": "万元", None: "元"}


def _section(pointer: str) -> str:
    parts = pointer.split("/")
    return "/".join(parts[:3]) if parts[1] in ("statements", "project_evaluations") else parts[1]


def _parent(pointer: str) -> str:
    return pointer.rpartition("/")[0]


def _taken(name: str, base: Base, pointer: str, other: Ref) -> Fault | None:
    """A figure that takes another reference; None where the verifier's question of units would settle it."""
    figure = base.verified.figures[pointer]
    if other == base.refs[pointer] or not fits(base.tokens[other.token], figure.kind):
        return None
    return Fault(name, report={steps(pointer): other}, wrong={pointer: figure.value})


def _another(name: str, choose: Any) -> Operator:
    def make(rng: Random, base: Base) -> Fault | None:
        pointer = rng.choice(list(base.refs))
        others = choose(rng, base, pointer)
        return _taken(name, base, pointer, base.refs[rng.choice(others)]) if others else None

    return Operator(name, "on the page", make)


def _neighbours(_: Random, base: Base, pointer: str) -> list[str]:
    pointers = list(base.refs)
    here = pointers.index(pointer)
    return [other for other in pointers[max(here - 2, 0) : here + 3] if other != pointer]


def _last_years(_: Random, base: Base, pointer: str) -> list[str]:
    parent = _parent(pointer)
    return [
        other for other in base.refs if other.startswith(parent) and other.endswith(_LAST_YEAR) and other != pointer
    ]


def _elsewhere(rng: Random, base: Base, pointer: str) -> list[str]:
    others = rng.sample(list(base.refs), min(12, len(base.refs)))
    return [other for other in others if _section(other) != _section(pointer)]


def _same_section(rng: Random, base: Base, pointer: str) -> list[str]:
    kind = base.verified.figures[pointer].kind
    figures = base.verified.figures
    others = [other for other in base.refs if _section(other) == _section(pointer) and figures[other].kind is kind]
    return rng.sample(others, min(6, len(others)))


def _flipped(rng: Random, base: Base) -> Fault | None:
    """增加 read as 减少."""
    pointer = rng.choice(
        [candidate for candidate in base.refs if "/change/" in candidate or candidate.endswith("variance_percent")]
        or [""]
    )
    if not pointer:
        return None
    ref = base.refs[pointer]
    turned = replace(ref, negative=not ref.negative)
    return Fault(
        "direction flipped", report={steps(pointer): turned}, wrong={pointer: base.verified.figures[pointer].value}
    )


def _swapped(rng: Random, base: Base) -> Fault | None:
    one = rng.choice(list(base.refs))
    others = [candidate for candidate in _same_section(rng, base, one) if base.refs[candidate] != base.refs[one]]
    if not others:
        return None
    other = rng.choice(others)
    figures = base.verified.figures
    return Fault(
        "two fields swapped",
        report={steps(one): base.refs[other], steps(other): base.refs[one]},
        wrong={one: figures[one].value, other: figures[other].value},
    )


def _column_shifted(rng: Random, base: Base) -> Fault | None:
    """Every figure of a row takes the one beside it; the last takes none."""
    rows: dict[str, list[str]] = defaultdict(list)
    for pointer in base.refs:
        match = _ROW.fullmatch(pointer)
        if match is not None:
            rows[f"{match[1]}/{match[2]}"].append(pointer)
    wide = [row for row in rows.values() if len(row) > 2]
    if not wide:
        return None
    row = rng.choice(wide)
    moved = dict(zip(row, [base.refs[beside] for beside in row[1:]] + [None], strict=True))
    return Fault("column shifted", report={steps(p): r for p, r in moved.items()}, wrong=_values(base, row))


def _values(base: Base, pointers: Iterable[str]) -> dict[str, Decimal | None]:
    return {pointer: base.verified.figures[pointer].value for pointer in pointers}


def _head_ignored(rng: Random, base: Base) -> Fault | None:
    """The unit of a table's head is not seen, or is read wrong."""
    tables: dict[str, list[int]] = defaultdict(list)
    for pointer, ref in base.refs.items():
        token = base.tokens[ref.token]
        if token.head is not None and token.unit is None and base.verified.figures[pointer].kind == "money":
            tables[_section(pointer)].append(ref.token)
    if not tables:
        return None
    indices = set(rng.choice(list(tables.values())))
    changed = {index: replace(base.tokens[index], head=_HEADS.get(base.tokens[index].head, "元")) for index in indices}
    wrong = [pointer for index in indices for pointer in base.fields_of[index]]
    return Fault("unit of the head ignored", tokens=changed, wrong=_values(base, wrong), table=table_of(wrong[0]))


def _lists(base: Base) -> list[tuple[str, ...]]:
    found = {
        steps(match[1])
        for pointer in base.refs
        if (match := _ROW.fullmatch(pointer)) and match[1] != "/unmapped_figures"
    }
    return sorted(path for path in found if len(at(base.report, path)) > 1)


def _row_fault(name: str, change: Any) -> Operator:
    def make(rng: Random, base: Base) -> Fault | None:
        lists = _lists(base)
        if not lists:
            return None
        path = rng.choice(lists)
        rows = at(base.report, path)
        where = rng.randrange(len(rows))
        if not any(True for _ in references(rows[where])):
            return None
        new = change(rows, where)
        if len(new) == len(rows):
            wrong = _moved(base, path, rows, new)
            idle = all(
                base.tokens[ref.token].value == wrong[place] for place, ref in _numbers(path, new) if place in wrong
            )
            return Fault(name, report={path: new}, wrong=wrong, idle=idle)
        idle = not any(base.tokens[ref.token].value for _, ref in references(rows[where])) or _uncounted(path, base)
        return Fault(name, report={path: new}, idle=idle)

    return Operator(name, "rows", make)


def _uncounted(path: Sequence[str], base: Base) -> bool:
    """Whether the rows are performance tables that no narrative counts: one more or less leaves no trace."""
    return path == ("project_evaluations",) and "/performance/project_count" not in base.refs


def _numbers(path: Sequence[str], rows: Sequence[Any]) -> Iterable[tuple[str, Ref]]:
    return references(tuple(rows), "/" + "/".join(path))


def _moved(base: Base, path: Sequence[str], rows: Sequence[Any], new: Sequence[Any]) -> dict[str, Decimal | None]:
    """The right values of the rows that hold other numbers now."""
    pointer = "/" + "/".join(path)
    wrong: dict[str, Decimal | None] = {}
    for index, (old, row) in enumerate(zip(rows, new, strict=True)):
        if old is not row:
            for place, _ in references(row, f"{pointer}/{index}"):
                figure = base.verified.figures.get(place)
                wrong[place] = figure.value if figure is not None else None
    return wrong


def _dropped(rows: Sequence[Any], where: int) -> tuple[Any, ...]:
    return (*rows[:where], *rows[where + 1 :])


def _doubled(rows: Sequence[Any], where: int) -> tuple[Any, ...]:
    return (*rows[: where + 1], *rows[where:])


def _shifted(rows: Sequence[Any], where: int) -> tuple[Any, ...]:
    """From a row on, each has the numbers of the row below; the last has none."""
    numbers = [*rows[where + 1 :], None]
    return (*rows[:where], *(_with_numbers(row, below) for row, below in zip(rows[where:], numbers, strict=True)))


def _with_numbers(row: Any, other: Any) -> Any:
    """A row's words with another row's numbers."""
    update = {}
    for key in type(row).model_fields:
        mine, theirs = getattr(row, key), getattr(other, key, None)
        number = isinstance(mine, Ref) or (mine is None and isinstance(theirs, Ref))
        if number or (isinstance(mine, Model) and isinstance(theirs, Model | None)):
            update[key] = theirs
    return row.model_copy(update=update)


MISMAPPED = (
    Operator("direction flipped", "on the page", _flipped),
    _another("last year's figure", _last_years),
    _another("neighbouring field's figure", _neighbours),
    _another("figure of the section", _same_section),
    _another("figure of another section", _elsewhere),
    Operator("two fields swapped", "on the page", _swapped),
    Operator("column shifted", "on the page", _column_shifted),
    Operator("unit of the head ignored", "on the page", _head_ignored),
    _row_fault("row dropped", _dropped),
    _row_fault("row doubled", _doubled),
    _row_fault("row shifted by one", _shifted),
)
