"""How long the rest of a run takes, by the work that is left: pages, scanned pages, questions to a model.

What a file holds is told by a look at its bytes, which takes a millisecond, or by files of about its size, until its
reading tells better. What a page takes is learned while the run lasts.
"""

from __future__ import annotations

import heapq
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import IO, Literal, NamedTuple

from recount.pipeline.archive.sources import IMAGE_SUFFIXES, Source
from recount.pipeline.run.fates import Attempt, Outcome
from recount.pipeline.steps import Stage, Step

# --- what a file holds, by its bytes


class Holds(NamedTuple):
    """How many pages a file has, and how many of them are scanned."""

    pages: float
    scanned: float


_READ = 1 << 24
"""Bytes at the beginning of a file that are looked at: what is behind them is taken to be of the same kind."""
_DICTIONARY = 400
"""Bytes within which a PDF says of a picture what it is."""
_UNPACKED = 1 << 22
_PAGE = re.compile(rb"/Type\s*/Page\b(?!s)")
_FONT = re.compile(rb"/Type\s*/Font\b")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_SIDES = re.compile(rb"/(Width|Height)\s+(\d+)")
_PACKED = re.compile(rb"/Type\s*/ObjStm\b[^\0]{0,400}?stream\r?\n")
_SHORT_SIDE, _SHAPE, _OFF = 1000, math.sqrt(2), 0.04
"""Of a picture that may be a page: pixels at least, how much longer its other side is (A4; of photos a third, or a
half), and how far off that may be."""
_MOSTLY = 0.8
"""Share of the pages that are pictures from which all are scanned: the text is a machine's."""
_BYTES_A_PAGE = 3000
"""Of a file of text."""


def look(source: Source) -> Holds | None:
    """What a file of this machine holds, without opening it as what it is: None of a file in an archive, at a URL, or
    of a PDF that does not tell."""
    if source.files > 1:
        return Holds(source.files, source.files)
    if source.member is not None or not isinstance(source.place, Path):
        return None
    suffix = source.place.suffix.lower()
    try:
        if not source.place.is_file():  # what comes out of a pipe is gone once it is read
            return None
        with source.place.open("rb") as file:
            if suffix in (".tif", ".tiff"):
                return _of_tiff(file)
            if suffix in IMAGE_SUFFIXES:
                return Holds(1, 1)
            content = file.read(_READ)
    except OSError:
        return None
    if b"%PDF-" not in content[:1024]:
        return Holds(max(1.0, source.size / _BYTES_A_PAGE), 0)
    found = _of_pdf(content)
    more = max(1.0, source.size / len(content))
    return Holds(found.pages * more, found.scanned * more) if found else None


def _of_pdf(content: bytes) -> Holds | None:
    """What a PDF holds, as far as its objects say without being followed."""
    packed = b"".join(_unpacked(content, found.end()) for found in _PACKED.finditer(content))
    pages, pictures = sum(len(_PAGE.findall(part)) for part in (content, packed)), _page_pictures(content)
    if not pages:
        return Holds(pictures, pictures) if pictures else None
    written = _FONT.search(content) or _FONT.search(packed)
    all_scanned = (not written and _PICTURE.search(content)) or pictures >= _MOSTLY * pages
    return Holds(pages, pages if all_scanned else min(pictures, pages))


def _unpacked(content: bytes, start: int) -> bytes:
    """Objects that are packed in a stream; nothing of one that is packed otherwise."""
    try:
        return zlib.decompressobj().decompress(content[start : start + _UNPACKED], _UNPACKED)
    except zlib.error:
        return b""


def _page_pictures(content: bytes) -> int:
    """How many pictures are as large as a page, and of its shape."""
    count = 0
    for found in _PICTURE.finditer(content):
        start = max(content.rfind(b"<<", 0, found.start()), found.start() - _DICTIONARY)
        end = content.find(b"stream", found.end(), found.end() + _DICTIONARY)
        sides = sorted(int(length) for _, length in _SIDES.findall(content[start:end]))
        if len(sides) == 2 and sides[0] >= _SHORT_SIDE:
            count += abs(sides[1] / sides[0] / _SHAPE - 1) < _OFF
    return count


_MOST_FRAMES = 5_000


def _of_tiff(file: IO[bytes]) -> Holds:
    """The pages of a TIFF (TIFF 6.0, 2): each has a directory, which says where the next one is."""
    order: Literal["little", "big"] = "little" if file.read(2) == b"II" else "big"
    file.seek(4)
    at, frames = int.from_bytes(file.read(4), order), 0
    while at and frames < _MOST_FRAMES:
        file.seek(at)
        entries = int.from_bytes(file.read(2), order)
        file.seek(at + 2 + 12 * entries)
        at, frames = int.from_bytes(file.read(4), order), frames + 1
    return Holds(max(1, frames), max(1, frames))


# --- what it takes

_SMALL = 64
"""So few reports are given to workers one by one in thought: who gets the last one decides when all are done."""
_LEAST = 0.05
"""Share of a report that is taken to be left, though it has taken longer than it was to."""
_WARM = 70
"""Pages that take as long as the first report takes a worker more than others."""
_NEAR, _USUAL, _SCAN = 2, 20, 60_000
"""Half as large to twice as large is near; pages of a report, and bytes of one that is scanned."""
_SURE = 0.5
"""Seconds of work beside which what was met says how fast a machine is."""


def _kind(stage: Stage) -> str:
    """What a stage takes its time by: pages, unless they are read by OCR or read again, or questions are asked."""
    return stage if stage in ("ocr", "again", "ask") else "page"


@dataclass(slots=True)
class _Rate:
    """Seconds that one of a kind takes. usual: on the machine that this was measured on; trust: for how many that
    stands beside those that were met."""

    usual: float
    trust: float
    seconds: float = 0.0
    units: float = 0.0

    def add(self, seconds: float, units: float) -> None:
        self.seconds += seconds
        self.units += units

    def at(self, pace: float) -> float:
        """pace: how many times slower than usual all is."""
        return (self.seconds + self.trust * self.usual * pace) / (self.units + self.trust)


@dataclass(slots=True)
class _Begun:
    """A report that is being done. laps: the seconds of each kind that are over; since: when the stage at hand began;
    heard: when its last step was; first: whether it is the first of its worker. counted: of each stage the pages or
    questions, as far as is known."""

    began: float
    step: Step
    since: float
    heard: float
    first: bool
    laps: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> Holds:
        """What its file holds, once it is read."""
        scanned = self.counted.get("ocr", 0)
        return Holds(max(self.counted.get("read", 1), scanned), scanned)

    def take(self, step: Step | None, now: float) -> None:
        """The next step, or the end."""
        if step is None or step.stage != self.step.stage:
            if self.step.stage != "begin":  # that is the start of a worker, too
                self.laps[_kind(self.step.stage)] += now - self.since
            self.since = now
        if step is not None:
            self.step, self.heard = step, now
            self.counted[step.stage] = max(self.counted.get(step.stage, 0), step.at, step.of)


@dataclass(slots=True)
class _Alike:
    """Files of about one size. unseen: those that wait, and of which nobody knows what they hold; seen: how many were
    known, with their pages and scanned pages."""

    unseen: int = 0
    seen: int = 0
    pages: float = 0.0
    scanned: float = 0.0


class _Takes(NamedTuple):
    """Seconds for a page, for one that is scanned beside that, for its being read again, for a question; how many of
    these a report has."""

    page: float
    ocr: float
    again: float
    ask: float
    questions: float

    def whole(self, holds: Holds, reports: int = 1) -> float:
        """What reports that hold so much take, one after the other."""
        scanned = (self.ocr + self.again) * holds.scanned
        return self.page * holds.pages + scanned + self.ask * self.questions * reports

    def rest(self, begun: _Begun, holds: Holds, now: float) -> float:
        """What is left of a report."""
        stage, at, of = begun.step.stage, begun.step.at, max(begun.step.of, begun.step.at)
        if stage == "ocr":
            of = begun.step.of or max(at, round(holds.scanned))
            return self.page * holds.pages / 2 + (of - at + 0.5) * self.ocr + of * self.again
        if stage == "ask":
            return (of - at + 0.5) * self.ask
        whole = self.whole(holds)
        return max(whole - (now - begun.began), _LEAST * whole)


class Estimate:
    """What is left of a run. Steps and outcomes are told as they come; what files hold (`learn`) by any thread.

    Times are seconds of a clock that never goes back.
    """

    def __init__(self, sources: Iterable[Source], began: float) -> None:
        self._began = began
        self._sizes = {source.name: source.size for source in sources}
        self._waiting = dict.fromkeys(sorted(self._sizes, key=lambda name: -self._sizes[name]))
        self._holds: dict[str, Holds] = {}
        self._alike: dict[int, _Alike] = defaultdict(_Alike)
        for size in self._sizes.values():
            self._alike[_alike(size)].unseen += 1
        self._pages = self._scanned = 0.0  # of what waits and is known
        self._begun: dict[str, _Begun] = {}
        self._rates = {"page": _Rate(0.02, 20), "ocr": _Rate(2.0, 2), "again": _Rate(0.2, 2), "ask": _Rate(8.0, 1)}
        self._workers, self._done, self._as_they_were, self._spent = 0, 0, 0, 0.0
        self._one = Lock()

    @property
    def begun(self) -> Mapping[str, Step]:
        """The reports that are being done, with the last step of each."""
        with self._one:
            return {name: begun.step for name, begun in self._begun.items()}

    def learn(self, name: str, holds: Holds) -> None:
        """What a file holds."""
        with self._one:
            self._learn(name, holds)

    def step(self, name: str, step: Step, now: float) -> None:
        """What is done with a report now."""
        with self._one:
            if step.stage == "begin":
                self._leave(name)
                self._begun[name] = _Begun(now, step, now, now, first=len(self._begun) >= self._workers)
                self._workers = max(self._workers, len(self._begun))
            elif name in self._begun:
                self._begun[name].take(step, now)
                if step.stage != "read" and (step.of or step.stage != "ocr"):
                    self._learn(name, self._begun[name].holds)

    def outcome(self, outcome: Outcome, now: float) -> None:
        """What became of a report."""
        done = outcome.attempt
        with self._one:
            self._leave(done.file)
            begun = self._begun.pop(done.file, None)
            if outcome.unchanged or done.same_as is not None:
                self._as_they_were += 1
                return
            self._done, self._spent = self._done + 1, self._spent + done.seconds
            if done.status == "ok":
                self._add(outcome.attempt, begun, now)

    def _add(self, done: Attempt, begun: _Begun | None, now: float) -> None:
        """What a report took, by what it held; all by its pages where nobody told its steps."""
        laps, counted = {"page": done.seconds}, dict[str, int]()
        if begun is not None and begun.counted:
            begun.take(None, now)
            laps, counted = begun.laps, begun.counted
        scanned = counted.get("ocr", 0)
        self._learn(done.file, Holds(done.pages, scanned))
        more = _WARM if begun is not None and begun.first else 0
        units = {"page": done.pages + more, "ocr": scanned, "again": scanned, "ask": counted.get("ask", 0)}
        for kind, rate in self._rates.items():
            rate.add(laps.get(kind, 0.0), units[kind])

    def left(self, now: float) -> float | None:
        """The seconds that the rest takes; None as long as nothing is known of it."""
        with self._one:
            if not any(alike.seen for alike in self._alike.values()):
                return None
            takes = self._takes()
            free = [takes.rest(begun, self._told(name), now) for name, begun in self._begun.items()]
            changed = (self._done + 1) / (self._done + self._as_they_were + 1)
            workers = self._workers or max(1, round(self._spent / max(now - self._began, 1.0)))
            free = sorted(free + [0.0] * (workers - len(free)))
            if len(self._waiting) > _SMALL:
                return (sum(free) + changed * self._all(takes)) / len(free)
            for name in self._waiting:
                heapq.heapreplace(free, free[0] + changed * takes.whole(self._told(name)))
            return max(free)

    def _all(self, takes: _Takes) -> float:
        """What all that waits takes, one after the other."""
        unseen = [(alike.unseen, self._mean(key)) for key, alike in self._alike.items() if alike.unseen]
        pages = self._pages + sum(count * mean.pages for count, mean in unseen)
        scanned = self._scanned + sum(count * mean.scanned for count, mean in unseen)
        return takes.whole(Holds(pages, scanned), len(self._waiting))

    def _takes(self) -> _Takes:
        """What each kind takes, by all that is over, and the pages and questions that are, of what is not."""
        rates = {kind: replace(rate) for kind, rate in self._rates.items()}
        for begun in self._begun.values():
            stage, at = begun.step.stage, begun.step.at
            if stage in ("ocr", "ask"):
                rates[stage].add(begun.laps[stage] + begun.heard - begun.since, max(0, at - 1))
        own = [rate for kind, rate in rates.items() if kind != "ask"]
        pace = (_SURE + sum(rate.seconds for rate in own)) / (_SURE + sum(rate.units * rate.usual for rate in own))
        asked = [begun.counted["ask"] for begun in self._begun.values() if "ask" in begun.counted]
        questions = (self._rates["ask"].units + sum(asked)) / max(1, self._done + len(asked))
        return _Takes(**{kind: rate.at(pace) for kind, rate in rates.items()}, questions=questions)

    def _told(self, name: str) -> Holds:
        """What a file holds, as far as that is known."""
        return self._holds.get(name) or self._mean(_alike(self._sizes.get(name, 0)))

    def _mean(self, size: int) -> Holds:
        """What files of a size hold, or of one near it of which some are known; else what such files usually do."""
        known = [key for key, alike in self._alike.items() if alike.seen and abs(key - size) <= _NEAR]
        if not known:
            length = 2.0 ** (size / 2)
            return Holds(_USUAL, _USUAL if length > _USUAL * _SCAN else 0)
        alike = self._alike[min(known, key=lambda key: abs(key - size))]
        return Holds(alike.pages / alike.seen, alike.scanned / alike.seen)

    def _learn(self, name: str, holds: Holds) -> None:
        alike, before = self._alike[_alike(self._sizes.get(name, 0))], self._holds.get(name)
        more = [new - old for new, old in zip(holds, before or (0.0, 0.0), strict=True)]
        if name in self._waiting:
            alike.unseen -= before is None
            self._pages, self._scanned = self._pages + more[0], self._scanned + more[1]
        alike.seen += before is None
        alike.pages, alike.scanned = alike.pages + more[0], alike.scanned + more[1]
        self._holds[name] = holds

    def _leave(self, name: str) -> None:
        """A report waits no longer."""
        if name not in self._waiting:
            return
        del self._waiting[name]
        if name in self._holds:
            self._pages -= self._holds[name].pages
            self._scanned -= self._holds[name].scanned
        else:
            self._alike[_alike(self._sizes[name])].unseen -= 1


def _alike(size: int) -> int:
    """What stands for files of about one size: those of half as much again have another."""
    return round(2 * math.log2(size + 1))
