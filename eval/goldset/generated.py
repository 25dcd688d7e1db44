"""Generated cases as the harness wants them: written by the generator, scanned if wished, with the figures' places."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from recount.eval.cases import PLACES, TAGS, Place
from recount.eval.generator import Case, Form, Options, generate, write_case
from recount.eval.generator.budgets import BudgetCase
from recount.eval.generator.enterprise import Accounts
from recount.eval.generator.forms.regional import Region, regions
from recount.eval.generator.texts import KINDS, written
from recount.eval.generator.texts.written import Kind
from recount.eval.goldset.budgets import BudgetOrder
from recount.eval.goldset.places import places_of
from recount.eval.goldset.unplaced import unplaced
from recount.eval.scans.damage import LEVELS, Damage
from recount.pipeline.errors import UsageError
from recount.pipeline.run.pool import Died, Pool


@dataclass(frozen=True, slots=True)
class Scan:
    """How a report is to be scanned: what that is called, and what it means."""

    level: str
    damage: Damage


@dataclass(frozen=True, slots=True)
class Order:
    """A case to be made, as PDF, as a scan or as a text. name: of its folder; None leaves it to the generator."""

    form: Form | Region | Accounts
    seed: int
    options: Options
    scan: Scan | None = None
    name: str | None = None
    text: Kind | None = None

    def case(self) -> Case | BudgetCase:
        """The case, digital."""
        if isinstance(self.form, Accounts):
            return self.form.case(self.seed)
        return generate(self.form, self.seed, options=self.options)


def orders_of(
    form: str, seeds: Iterable[int], *, slips: float, plant: int, scan: Scan | None = None, text: str | None = None
) -> list[Order]:
    """A case of a form, or of a region, for every seed. Raises UsageError for what is neither, no kind of text, and
    what a form does not have."""
    forms: dict[str, Form | Region | Accounts] = {member.value: member for member in (*Form, *Accounts)}
    forms |= regions()
    if form not in forms:
        raise UsageError(f"no form is called {form}; there are {', '.join(forms)}")
    kind = next((kind for kind in KINDS if kind == text), None)
    if text is not None and (kind is None or scan is not None):
        raise UsageError(f"a text is one of {', '.join(KINDS)}, and is not scanned")
    if isinstance(forms[form], Accounts) and (slips or plant or text):
        raise UsageError(f"reports of the form {form} are PDFs without slips and discrepancies")
    return [Order(forms[form], seed, Options(slips=slips, plant=plant), scan, text=kind) for seed in seeds]


def scan_of(level: str | None, knobs: Sequence[str]) -> Scan | None:
    """The scan of a level, single knobs ("skew=1.5") turned otherwise. Raises UsageError for what there is not."""
    if level is None:
        if knobs:
            raise UsageError("--damage turns the knobs of a level: name one with --scan")
        return None
    if level not in LEVELS:
        raise UsageError(f"no level of damage is called {level}; there are {', '.join(LEVELS)}")
    if find_spec("numpy") is None or find_spec("PIL") is None:
        raise UsageError("to make scans, numpy and Pillow must be installed: pip install 'recount-reports[eval]'")
    return Scan(level, replace(LEVELS[level], **dict(_knob(knob) for knob in knobs)))


def _knob(text: str) -> tuple[str, Any]:
    """A knob and what it is turned to."""
    name, _, value = text.partition("=")
    kinds = {field.name: type(getattr(Damage(), field.name)) for field in fields(Damage)}
    if name not in kinds:
        raise UsageError(f"no kind of damage is called {name}; there are {', '.join(kinds)}")
    try:
        return name, value == "true" if kinds[name] is bool else kinds[name](value)
    except ValueError:
        raise UsageError(f"{value} is no value for {name}") from None


def write_cases(orders: Sequence[Order | BudgetOrder], out: Path, jobs: int = 1) -> Iterator[Path]:
    """Makes cases below a folder, by several processes if wished; yields their folders as they are done."""
    if jobs == 1:
        yield from (write(order, out) for order in orders)
        return
    for order, answer in Pool(partial(write, out=out), jobs).work(orders):
        if isinstance(answer, Died):
            raise RuntimeError(f"{order.name or order.form} {order.seed}: {answer.reason}")
        yield answer


def write(order: Order | BudgetOrder, out: Path) -> Path:
    """Makes one case; returns its folder."""
    case = order.case()
    if order.text:
        return write_text(case, order.text, order.seed, out, order.name or f"{case.name}-{order.text}")
    places = places_of(case)
    suffix = f"-{order.scan.level}" if order.scan else ""
    case = replace(case, name=order.name or f"{case.name}{suffix}")
    tags: dict[str, Any] = {}
    if order.scan:
        # Here, because it needs libraries that a digital case does not.
        from recount.eval.scans.degrade import degrade, moved_places

        scan = degrade(case.pdf, order.scan.damage, order.seed)
        case, places = replace(case, pdf=scan.pdf), moved_places(scan, places)
        tags["scan"] = order.scan.level
    folder = write_case(case, out)
    _amend(folder / TAGS, tags)
    _write(folder / PLACES, _plain(places))
    return folder


def write_text(case: Case | BudgetCase, kind: Kind, seed: int, out: Path, name: str) -> Path:
    """Makes a case of a text of a report; returns its folder. It has no places: they are those of pages."""
    text = written(case.manuscript, kind, seed)
    folder = write_case(replace(case, name=name), out, text)
    unknowable = [] if text.blanks else unplaced(case.gold["statements"] or {}, "/statements")
    _amend(folder / TAGS, {"text": kind, "unknowable": unknowable})
    return folder


def _amend(path: Path, tags: Mapping[str, Any]) -> None:
    """Adds tags to those of the generator; how each figure was printed is said by the places."""
    known = json.loads(path.read_text(encoding="utf-8"))
    known.pop("figures", None)
    path.write_text(json.dumps({**known, **tags}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _plain(places: Mapping[str, Sequence[Place]]) -> dict[str, list[list[float]]]:
    return {
        pointer: [[page, *(round(side, 1) for side in box)] for page, box in own] for pointer, own in places.items()
    }


def _write(path: Path, places: Mapping[str, list[list[float]]]) -> None:
    """One figure a line."""
    lines = (f" {json.dumps(pointer)}: {json.dumps(own)}" for pointer, own in places.items())
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
