"""Decisions of reviewers: a file for each report file, to which a line is added for each, and none is ever changed.

OUT/corrections/<path below the archive>.jsonl, UTF-8, a JSON object a line (docs/contract/result.md, Decisions). A
decision is kept when `append` returns: after a power cut too. A line that is none (a writer was killed over it, or
somebody edited the file) stays where it is, and is told of.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from recount.pipeline.archive.locations import Place as Location
from recount.pipeline.archive.locations import Url, files_at, get
from recount.pipeline.archive.sources import file_of
from recount.pipeline.archive.strangers import steps_below
from recount.pipeline.errors import UsageError
from recount.pipeline.lasting import decoded, encode, keep_folder, make_folder
from recount.pipeline.result import FigureEntry, Result
from recount.pipeline.version import program_version
from recount.schemas.describe import steps_of, way_of
from recount.schemas.saying import Saying, say

CORRECTIONS = "corrections"
"""The folder of the decisions in an output."""
_SUFFIX = ".jsonl"
_NEAR = 1.0
"""Points by which the sides of a box may differ between two versions of the program, and the box is the same."""


class Verdict(StrEnum):
    """What a reviewer says of a figure."""

    AS_PRINTED = "as_printed"  # the page prints just this: what is wrong is the source
    MISREAD = "misread"  # the page prints another number here: `value` has its characters
    OTHER_TOKEN = "other_token"  # the figure of this field is another number of the document: `target`
    NOT_A_FIGURE = "not_a_figure"  # the number belongs in no field of this kind
    WITHDRAWN = "withdrawn"  # what was decided about this place before is taken back


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number is printed, and its characters: a token as those see it who have the file alone.

    page: 1-based, of the file. bbox: x0, y0, x1, y1 in points, as in the result; None in a file of text, where line
    and columns (first and last) say where, 1-based. raw: the characters as first read, before any repair or decision.
    """

    page: int
    bbox: tuple[float, ...] | None
    raw: str
    line: int | None = None
    columns: tuple[int, ...] | None = None

    def meets(self, other: Place) -> bool:
        """Whether it is the place of another, whatever is read there: each side of the box within a point."""
        if (self.page, self.line, self.columns) != (other.page, other.line, other.columns):
            return False
        if self.bbox is None or other.bbox is None:
            return self.bbox is other.bbox
        return all(abs(one - two) <= _NEAR for one, two in zip(self.bbox, other.bbox, strict=True))


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. id: its own. at: UTC, ISO 8601. by: who. sha256: of the file that was looked at.

    pointer: of the figure, in the result that was looked at. place: where that figure is printed. value: the
    characters that the page shows there, of a misread figure (and of one that was repaired before it was found to be as
    printed). target: the number that the field is pointed at. note: in the reviewer's words. program: the version that
    wrote it.
    """

    id: str
    at: str
    by: str
    sha256: str
    pointer: str
    verdict: Verdict
    place: Place
    value: str | None = None
    target: Place | None = None
    note: str = ""
    program: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a file of decisions holds. decisions: all of them, as written. broken: a sentence for each line that is no
    decision. sha256: of the file, "" if there is none: with the same, the same was decided."""

    decisions: tuple[Decision, ...] = ()
    broken: tuple[Saying, ...] = ()
    sha256: str = ""

    @property
    def any(self) -> bool:
        """Whether there is something to apply, or to tell."""
        return bool(self.decisions or self.broken)


NONE = Corrections()


def decide(
    by: str,
    sha256: str,
    pointer: str,
    verdict: Verdict,
    place: Place,
    *,
    value: str | None = None,
    target: Place | None = None,
    note: str = "",
) -> Decision:
    """A decision that is made now. Arguments as of Decision; `append` keeps it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    number = secrets.token_hex(8)
    return Decision(number, now, by, sha256, pointer, verdict, place, value, target, note, program_version())


def place_of(figure: FigureEntry) -> Place:
    """Where a figure of a result is printed, with the characters that were first read there."""
    box = tuple(map(float, figure.bbox)) if figure.bbox is not None else None
    columns = tuple(figure.columns) if figure.columns is not None else None
    return Place(figure.page, box, figure.first_reading or figure.raw, figure.line, columns)


def decision_on(
    result: Result,
    pointer: str,
    verdict: Verdict,
    by: str,
    *,
    value: str | None = None,
    target: str | Place | None = None,
    note: str = "",
) -> Decision:
    """A decision on a figure of a result that is looked at now. target: the other number, or the pointer of a figure
    that is printed there. Raises UsageError for one that no run would apply."""
    figure = _figure_at(result, pointer)
    if (value is not None) != (verdict is Verdict.MISREAD) or (target is not None) != (verdict is Verdict.OTHER_TOKEN):
        raise UsageError("misread takes the number that the page shows, other_token where the right one stands")
    if value is not None and figure.origin != "ocr":
        raise UsageError(
            f"{pointer} is no scanned figure: its page has text, of which another number can be pointed at"
        )
    # Imported where a number was decided: every command imports this module, and splitting takes long to import.
    from recount.pipeline.split.tokens import parse_number

    if value is not None and parse_number(value) is None:
        raise UsageError(f"{value} is not one number")
    if verdict is Verdict.AS_PRINTED and figure.first_reading is not None:
        value = figure.raw
    if isinstance(target, str):
        target = place_of(_figure_at(result, target))
    place = place_of(figure)
    return decide(by, result.source.sha256, pointer, verdict, place, value=value, target=target, note=note)


def _figure_at(result: Result, pointer: str) -> FigureEntry:
    figure = result.figures.get(pointer)
    if figure is None:
        raise UsageError(f"{result.source.file} has no figure {pointer}")
    return figure


def last_about(result: Result, corrections: Corrections, which: str) -> Decision:
    """The last decision that stands about a figure of a result, by its pointer there or the decision's id.

    Raises UsageError if there is none.
    """
    pages = result.source.report_pages
    now = {one.id: one.pointer for one in result.summary.decisions or ()}
    found = [
        one
        for one in standing(corrections.decisions)
        if which == one.id or (which == now.get(one.id, one.pointer) and (pages is None or one.place.page in pages))
    ]
    if not found:
        raise UsageError(f"nothing is decided about {which}")
    return found[-1]


def withdrawal(decision: Decision, by: str, note: str = "") -> Decision:
    """What takes a decision back."""
    return decide(by, decision.sha256, decision.pointer, Verdict.WITHDRAWN, decision.place, note=note)


# --- which of them count


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The decisions that count, in the order in which they were made: of those about one thing the last, unless that
    withdraws it. Two reviewers are no different from one.

    A field is known by its place and by its pointer without the numbers of rows, which other versions may count
    otherwise. What is misread is the print, whichever field was looked at: there the last that says a reading counts.
    """
    found: list[Decision] = []
    for decision in decisions:
        found = [earlier for earlier in found if not _is_about_the_same(decision, earlier)]
        found.append(decision)
    return tuple(decision for decision in found if decision.verdict is not Verdict.WITHDRAWN)


_READINGS = {Verdict.AS_PRINTED, Verdict.MISREAD}


def _is_about_the_same(later: Decision, earlier: Decision) -> bool:
    if not later.place.meets(earlier.place):
        return False
    if field_of(later.pointer) == field_of(earlier.pointer):
        return True
    verdicts = {later.verdict, earlier.verdict}
    return Verdict.MISREAD in verdicts and verdicts <= _READINGS


def field_of(pointer: str) -> tuple[str, ...]:
    """The way to a field without the numbers of rows."""
    return way_of(steps_of(pointer))


# --- their files


def append(output: Location, name: str, decision: Decision) -> None:
    """Keeps a decision about a report. output: the folder of a run's results; name: of a result, or of its file.

    It is on the disk when this returns. Raises UsageError if it cannot be kept: in an output at a URL none can, for
    what stores of objects replace as a whole two reviewers would take from one another.
    """
    if isinstance(output, Url):
        raise UsageError(f"decisions are kept in a folder of this machine, and {output} is none: copy the results here")
    path = Path(output, CORRECTIONS, *_steps(name))
    line = f"{encode(_plain(decision))}\n".encode("utf-8", "backslashreplace")
    try:
        make_folder(path.parent)
        new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
        try:
            _write(descriptor, line if _ends_well(descriptor) else b"\n" + line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            keep_folder(path.parent)
    except OSError as error:
        raise UsageError(f"the decision cannot be kept in {path}: {error.strerror}") from error


def _ends_well(descriptor: int) -> bool:
    """Whether a file is empty, or its last line is ended: what a killed writer left is not to spoil the next line."""
    size = os.lseek(descriptor, 0, os.SEEK_END)
    if not size:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _write(descriptor: int, content: bytes) -> None:
    """All of it, in one piece where the system takes it so: others may be adding lines too."""
    while content:
        content = content[os.write(descriptor, content) :]


def read(output: Location, name: str) -> Corrections:
    """What was decided about a report, or about all reports of its file. Arguments as of append.

    Raises UsageError if it cannot be read.
    """
    path = output / "/".join((CORRECTIONS, *_steps(name)))
    try:
        return corrections_in(get(path) if isinstance(path, Url) else path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return NONE
    except OSError as error:
        raise UsageError(f"the decisions in {path} cannot be read: {error.strerror}") from error


def decided_in(output: Location) -> Callable[[str], Corrections]:
    """What was decided about each report of an output, by its name: as of read, after one look at what there is.

    Raises UsageError if that cannot be read.
    """
    if isinstance(output, Path):
        return partial(read, output) if (output / CORRECTIONS).is_dir() else lambda _: NONE
    there = _ways_below(output / CORRECTIONS)
    return lambda name: read(output, name) if _steps(name) in there else NONE


def unclaimed(folder: Path, names: Iterable[str]) -> list[str]:
    """The files of decisions in an output folder that are about none of these reports: those have other names now."""
    known = {_steps(name) for name in names}
    below = folder / CORRECTIONS
    found = (path.relative_to(below) for path in sorted(below.rglob(f"*{_SUFFIX}")))
    return [path.as_posix() for path in found if path.parts not in known]


def _ways_below(folder: Url) -> set[tuple[str, ...]]:
    try:
        return {entry.below for entry in files_at(folder)}
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UsageError(f"the decisions in {folder} cannot be read: {error.strerror}") from error


def corrections_in(content: bytes) -> Corrections:
    """What the content of a file of decisions says."""
    decisions: list[Decision] = []
    broken: list[Saying] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                decisions.append(_decision(decoded(line)))
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                problem = " ".join(str(error).split()) or say("cut_off")
                broken.append(say("no_decision", line=number, problem=problem))
    sha256 = hashlib.sha256(content).hexdigest() if decisions or broken else ""
    return Corrections(tuple(decisions), tuple(broken), sha256)


def _steps(name: str) -> tuple[str, ...]:
    return steps_below(file_of(name), _SUFFIX)


# --- how a decision stands in its line


def _plain(decision: Decision) -> dict[str, Any]:
    """The object of a line: keys that have no value are left out."""
    return {key: _without_none(value) for key, value in _without_none(asdict(decision)).items()}


def _without_none(value: Any) -> Any:
    return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, Mapping) else value


_TEXTS = ("id", "at", "by", "sha256", "pointer", "note", "program")


def _decision(content: Any) -> Decision:
    """The decision of a line. Raises ValueError, TypeError or KeyError if it is none."""
    if not isinstance(content, dict):
        raise TypeError("it is no object")
    texts = {key: str(content.get(key, "")) for key in _TEXTS}
    if missing := [key for key in ("id", "at", "sha256", "pointer") if not texts[key]]:
        raise ValueError(f"it has no {missing[0]}")
    value, target = content.get("value"), content.get("target")
    if value is not None and not isinstance(value, str):
        raise TypeError("its value is no text")
    verdict, place = Verdict(content["verdict"]), _place(content["place"])
    return Decision(**texts, verdict=verdict, place=place, value=value, target=_place(target) if target else None)


def _place(content: Any) -> Place:
    if not isinstance(content, dict):
        raise TypeError("its place is no object")
    box, columns, line = content.get("bbox"), content.get("columns"), content.get("line")
    numbers: Sequence[Any] = [content["page"], *(box or ()), *(columns or ()), *([] if line is None else [line])]
    if not all(isinstance(number, int | Decimal) for number in numbers) or len(box or _FOUR) != len(_FOUR):
        raise ValueError("its place is none")
    return Place(
        int(content["page"]),
        tuple(map(float, box)) if box is not None else None,
        str(content["raw"]),
        None if line is None else int(line),
        tuple(map(int, columns)) if columns is not None else None,
    )


_FOUR = ("x0", "y0", "x1", "y1")
