"""Faults put into reports of any family, one of the user's own too: which kinds are caught, and what passes.

    counted = any_family([Path("report.pdf")], "examples/families/charity_accounts", each=20, seed=0)
    print(render_family(counted))

A report is read once; a fault changes its characters (`misprint`), and what is split, mapped and verified then is held
against the report without a fault, which is taken for right. A figure is known by what it is, not by where it stands
in a list: `/balance[2024]/cash`. Every fault is judged twice: as a page that prints so, and as a scan of which a second
reading read alike all but what is wrong.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from recount.eval.verifier.misprint import MISPRINTS, Sheet, Spot, spot_of
from recount.eval.verifier.tables import table
from recount.pipeline.document import Document, Pages, Token
from recount.pipeline.errors import UsageError
from recount.pipeline.map.registry import map_document
from recount.pipeline.recognise import family_of
from recount.pipeline.run.pool import Pool
from recount.pipeline.settings import DEFAULTS
from recount.pipeline.split import split
from recount.pipeline.split.abroad import measured
from recount.pipeline.structure import pages_of
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.blame import failing
from recount.schemas.describe import fields_of
from recount.schemas.family import Family
from recount.schemas.figures import Figure, Model
from recount.schemas.statements import Statement

_TRIES = 6
"""So often a fault is drawn again where a report has no room for it."""


class Fate(StrEnum):
    """What became of a fault, the worst of its figures; the last is the silent error."""

    HARMLESS = "harmless"  # all figures are what they were
    OPEN = "not delivered"  # some are null, no other is wrong
    CAUGHT = "caught"  # a wrong figure is disputed, or an identity fails
    UNVERIFIED = "unverified"  # a wrong figure is delivered, and nothing claims that it is right
    CONSISTENT = "consistent"  # verified, of a fault after which all identities hold that held: nothing could tell
    ROUNDING = "inside rounding"  # verified, of a digital page, and less than ten in the last place from what it was
    SILENT = "silent"  # verified


_FATES = list(Fate)
_CONSISTENT = ("two rows swapped", "unit read as another", "heads of two columns swapped")
"""Faults after which a page may say what another would that is right: a + b is b + a, a table in another unit adds up
as it did, and so does a column under another head. Only what stands elsewhere can contradict them."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A fault that came out as verified: in which report, of which kind, which figures with their values."""

    report: str
    kind: str
    fate: Fate
    figures: tuple[str, ...]


@dataclass
class Counted:
    """What was counted. fates, scanned: by kind, as of a digital page and of a scan. figures, verified: of the reports
    without a fault. passed: what came out as verified, with the fate of its fault."""

    fates: dict[str, Counter[Fate]] = field(default_factory=dict)
    scanned: dict[str, Counter[Fate]] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)
    reports: int = 0
    figures: int = 0
    verified: int = 0

    def add(self, part: Counted) -> None:
        """Takes in another report's."""
        for mine, theirs in ((self.fates, part.fates), (self.scanned, part.scanned)):
            for kind, counts in theirs.items():
                mine.setdefault(kind, Counter()).update(counts)
        self.passed += part.passed
        self.reports, self.figures = self.reports + part.reports, self.figures + part.figures
        self.verified += part.verified

    @property
    def silent(self) -> int:
        """How many faults came out as verified."""
        return sum(counts[Fate.SILENT] for fates in (self.fates, self.scanned) for counts in fates.values())


@dataclass(frozen=True, slots=True)
class Reading:
    """A report as it was read from pages. report: as it was mapped. figures: by key."""

    document: Document
    report: Model
    verified: Verified
    figures: Mapping[str, Figure]

    def trusted(self, key: str) -> bool:
        """Whether a figure is delivered as right."""
        return self.verified.statuses.get(self.figures[key].pointer) in ("verified", "repaired")


def any_family(paths: Sequence[Path], family: str, *, each: int, seed: int = 0, jobs: int | None = None) -> Counted:
    """So many faults of every kind in every report. The same seed makes the same.

    family: its name, or its folder. Raises UsageError where there is none, or no figure of it in a report.
    """
    family_of(family)
    whole = Counted()
    pool: Pool[Path, Counted] = Pool(
        partial(_measure, family=family, each=each, seed=seed), jobs or os.cpu_count() or 1
    )
    for part in pool.answers(list(paths)):
        whole.add(part)
    if not whole.figures:
        raise UsageError(f"no figure of {family} was found in {', '.join(path.name for path in paths)}")
    return whole


def examples_of(family: str) -> list[Path]:
    """The reports that lie in the folder of a family, or of its examples. Raises UsageError where there is none."""
    found = sorted(path for path in Path(family).glob("**/*.pdf"))
    if not found:
        raise UsageError(f"no report lies in {family}: name some")
    return found


def _measure(path: Path, *, family: str, each: int, seed: int) -> Counted:
    chosen = family_of(family)
    pages = pages_of(path, DEFAULTS)
    base = read(pages, chosen)
    sheet = sheet_of(pages, base)
    found = Counted(reports=1, figures=len(base.figures), verified=sum(map(base.trusted, base.figures)))
    if not sheet.spots:
        return found
    name = path.stem if path.stem not in ("report", "document") else path.parent.name
    for kind, make in MISPRINTS.items():
        rng = Random(f"{seed}/{name}/{kind}")
        for _ in range(each):
            drawn = (make(rng, sheet) for _ in range(_TRIES))
            faulty = next((other for other in drawn if other is not None), None)
            if faulty is not None:
                _count(found, base, read(faulty, chosen), name, kind)
    return found


def _count(counted: Counted, base: Reading, found: Reading, report: str, kind: str) -> None:
    """Counts what became of a fault, both ways."""
    for fates, reading in ((counted.fates, found), (counted.scanned, as_scanned(found, base))):
        fate, figures = fate_of(base, reading, consistent=kind in _CONSISTENT, printed=reading is found)
        fates.setdefault(kind, Counter())[fate] += 1
        if fate in (Fate.SILENT, Fate.ROUNDING, Fate.CONSISTENT):
            where = kind if reading is found else f"{kind}, as scanned"
            counted.passed.append(Passed(report, where, fate, figures))


def read(pages: Pages, family: Family) -> Reading:
    """What the pipeline makes of pages."""
    document = measured(split(pages, family), family.money)
    mapped = map_document(document, family)
    verified = verify(mapped.report, document.tokens, mapped.mapper)
    return Reading(document, mapped.report, verified, dict(_keyed(verified.report, "")))


def as_scanned(found: Reading, base: Reading) -> Reading:
    """What would be made of it, had OCR read it: twice alike, but for what the report without a fault does not have."""
    before = Counter(map(_print_of, base.document.tokens))
    tokens = tuple(replace(token, origin="ocr") for token in found.document.tokens)
    alike = frozenset(token.index for token in tokens if before[_print_of(token)])
    verified = verify(found.report, tokens, "fault", confirmed=alike)
    return replace(found, verified=verified, figures=dict(_keyed(verified.report, "")))


def _print_of(token: Token) -> tuple[object, ...]:
    """What a reading of a place gave."""
    return token.page, token.raw, round(token.box[1]), round(token.box[2])


def _keyed(value: Any, key: str) -> Iterator[tuple[str, Figure]]:
    """Every figure of a report by what it is: of the columns of a statement by their period, of rows by their words."""
    if isinstance(value, Figure):
        yield key, value
    elif isinstance(value, Model):
        for name in type(value).model_fields:
            yield from _keyed(getattr(value, name), f"{key}/{name}")
    elif isinstance(value, tuple):
        times: Counter[str] = Counter()
        for row in value:
            name = _name_of(row)
            times[name] += 1
            yield from _keyed(row, f"{key}[{name}{f'#{times[name]}' if times[name] > 1 else ''}]")


_UNDATED = "?"


def _name_of(row: Any) -> str:
    if isinstance(row, Statement):
        return row.period or f"{_UNDATED}{row.head or ''}"
    kind: type[Model] = type(row)
    words = (getattr(row, key) for key, own in fields_of(kind).items() if own.is_text)
    return next((word for word in words if isinstance(word, str)), "")


def sheet_of(pages: Pages, base: Reading) -> Sheet:
    """The pages of a report with the places of its figures, each once, as they are printed."""
    spots: dict[int, Spot] = {}
    for key, figure in base.figures.items():
        name, column, row = _cell_of(key)
        spot = spot_of(
            pages, base.document.tokens[figure.token], key, f"{name}/{column}" if row else "", f"{name}/{row}"
        )
        if spot is not None:
            spots.setdefault(figure.token, spot)
    return Sheet(pages, tuple(spots[token] for token in sorted(spots)), dict(_heads(base.verified.report)))


_CELL = re.compile(r"/(?P<name>[^/[]+)(?:\[(?P<column>.*?)\](?=/))?/?(?P<row>.*)")


def _cell_of(key: str) -> tuple[str, str, str]:
    """The table, the column and the row that a key says: of a statement its periods are columns."""
    match = _CELL.fullmatch(key)
    return (match["name"], match["column"] or "", match["row"]) if match else (key, "", "")


def _heads(report: Any) -> Iterator[tuple[str, list[str]]]:
    for name in type(report).model_fields:
        columns = getattr(report, name)
        if isinstance(columns, tuple) and columns and isinstance(columns[0], Statement):
            yield name, [column.head or "" for column in columns]


# --- what became of a fault


def fate_of(base: Reading, found: Reading, *, consistent: bool, printed: bool) -> tuple[Fate, tuple[str, ...]]:
    """What became of a fault, and the figures that came out as verified. consistent: it may leave all as it was.
    printed: it is one of a digital page."""
    wrong = [key for key, figure in found.figures.items() if not _is_right(base, key, figure)]
    passed = [key for key in wrong if found.trusted(key)]
    told = tuple(f"{key} {_value(base, key)} → {found.figures[key].value}" for key in passed)
    if passed and printed and all(_is_near(base, found.figures[key], key) for key in passed):
        return Fate.ROUNDING, told
    if passed:
        return (Fate.CONSISTENT if consistent and not _fails(base, found) else Fate.SILENT), told
    if wrong:
        disputed = all(found.verified.statuses[found.figures[key].pointer] == "disputed" for key in wrong)
        return (Fate.CAUGHT if disputed or _fails(base, found) else Fate.UNVERIFIED), ()
    return (Fate.OPEN if base.figures.keys() - found.figures.keys() else Fate.HARMLESS), ()


def _is_right(base: Reading, key: str, figure: Figure) -> bool:
    """Whether a figure is what it was; or, in a column of which no period is told any more, what it was in any."""
    if key in base.figures or f"[{_UNDATED}" not in key:
        return _value(base, key) == figure.value
    table, _, rest = _cell_of(key)
    return any(own.value == figure.value and _cell_of(k)[::2] == (table, rest) for k, own in base.figures.items())


def _value(base: Reading, key: str) -> Decimal | None:
    figure = base.figures.get(key)
    return figure.value if figure is not None else None


def _is_near(base: Reading, figure: Figure, key: str) -> bool:
    """Whether a figure differs from what it was in its last printed place alone."""
    right = _value(base, key)
    return right is not None and abs(figure.value - right) < 10 * figure.quantum


def _fails(base: Reading, found: Reading) -> bool:
    """Whether an identity fails that held."""
    before, now = (Counter(one.identity.rule for one in failing(r.verified.evaluations)) for r in (base, found))
    return bool(now - before)


def render_family(found: Counted, *, misses: int = 40) -> str:
    """Two tables of the kinds, and the faults that came out as verified, so many of them, the silent ones first."""
    told = f"{found.reports} reports, {found.figures} figures, {found.verified} verified without a fault."
    worst = sorted(found.passed, key=lambda miss: -_FATES.index(miss.fate))[:misses]
    shown = [f"- {miss.fate}: {miss.kind}, {miss.report}: {'; '.join(miss.figures[:2])}" for miss in worst]
    parts = [told, "As printed:", _table(found.fates), "As scanned, and read twice:", _table(found.scanned)]
    return "\n\n".join([*parts, "\n".join(shown)]).rstrip() + "\n"


def _table(fates: Mapping[str, Counter[Fate]]) -> str:
    rows = [[kind, sum(counts.values()), *(counts[fate] for fate in _FATES)] for kind, counts in fates.items()]
    whole = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)] if rows else []
    return table(["fault", "n", *_FATES], [*rows, ["all", *whole]])
