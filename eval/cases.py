"""Cases: a source file, what it should become, and what it is like.

A gold folder holds cases in one of three layouts, at any depth:

- a folder for each: the source file (report.pdf, report.txt …, or the only one), expected.json (the report of the
  contract), and, if they are known, tags.json (what the case is like, the planted discrepancies, and the figures that
  nobody could place) and places.json (where on the pages the figures stand);
- several in a folder, as `recount init-family --from` writes it: expected.json holds the report of each file beside it,
  by the file's name;
- side by side, as the developers' samples: name.pdf, name.gold.json, name.LEVEL-scan.pdf, name.notes.md, and texts of
  the same report: name.txt and the like, there or in the folder text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.result import decoded

GOLD = Path(__file__).resolve().parent / "gold"
"""The gold set of the repository; an installed Recount does not have it."""

EXPECTED, TAGS, PLACES = "expected.json", "tags.json", "places.json"
SOURCES = (".pdf", ".txt", ".md", ".html")
"""The ends of the names of what a case is read from."""
_GOLD = ".gold.json"
_SCAN = re.compile(r"\.(?P<level>[a-z]+)-scan$")
_BY_FILE = re.compile(r'\s*\{\s*"[^"]+\.(?:pdf|txt|md|html)"\s*:\s*\{')
_HEAD = 512
_SOURCE = re.compile(r"^-?\s*SOURCE:\s*(?P<pointers>/[^:]*):", re.MULTILINE)

Place = tuple[int, tuple[float, float, float, float]]
"""A page, counted from 1, and a box in points, origin top left."""


@dataclass(frozen=True, slots=True)
class Case:
    """A report with its gold. name: its path below the gold folder.

    planted: for each discrepancy that the source holds, the pointers that it may be laid at; None if unknown.
    unknowable: figures of the gold that need not be delivered, for the source does not tell which they are: where a
    text has lost its empty cells, nobody knows in which column an amount stood. Delivered they must be right. within:
    the key of its report in a file that holds those of several.
    """

    name: str
    source: Path
    expected: Path
    tags: Mapping[str, Any] = field(default_factory=dict)
    planted: tuple[tuple[str, ...], ...] | None = None
    places: Path | None = None
    unknowable: frozenset[str] = frozenset()
    within: str | None = None

    def gold(self) -> dict[str, Any]:
        """The expected report; numbers are int or Decimal."""
        gold = read_json(self.expected)
        if self.within is not None:
            gold = gold[self.within]
        if not isinstance(gold, dict):
            raise UsageError(f"{self.expected} is no report")
        return gold

    def gold_places(self) -> dict[str, list[Place]]:
        """Where figures are printed (some more than once), as far as that is known, by their pointers in the gold."""
        if self.places is None:
            return {}
        return {
            pointer: [(int(page), (float(x0), float(y0), float(x1), float(y1))) for page, x0, y0, x1, y1 in places]
            for pointer, places in read_json(self.places).items()
        }

    @property
    def form(self) -> str:
        """Which form of report this is, as far as that is known."""
        return str(self.tags.get("form", "?"))

    @property
    def scan(self) -> str:
        """How the source is damaged; "digital" if it is no scan."""
        return str(self.tags.get("scan") or "digital")

    @property
    def text(self) -> str:
        """In which kind of text the source is; "pdf" if in none."""
        return str(self.tags.get("text") or "pdf")


def read_json(path: Path) -> Any:
    """A JSON file, decimals as printed. Raises UsageError if it cannot be read."""
    try:
        return decoded(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path} is no JSON file: {error}") from error


def find_cases(gold: Path) -> list[Case]:
    """The cases below a folder, in the order of their names. Raises UsageError if there is none."""
    if not gold.is_dir():
        raise UsageError(f"{gold} is no folder with cases")
    cases = [case for path in gold.rglob(EXPECTED) for case in _from_folder(gold, path.parent)]
    for path in gold.rglob(f"*{_GOLD}"):
        cases += _side_by_side(gold, path)
    if not cases:
        raise UsageError(f"no case in {gold}: a case is a folder with {EXPECTED}, or NAME.pdf beside NAME{_GOLD}")
    return sorted(cases, key=lambda case: case.name)


def _from_folder(root: Path, folder: Path) -> Iterator[Case]:
    """The case of a folder, or the cases: of each file beside whose report expected.json has by its name."""
    with (folder / EXPECTED).open("rb") as opened:
        several = _BY_FILE.match(opened.read(_HEAD).decode("utf-8", "replace")) is not None
    if several:
        expected = read_json(folder / EXPECTED)
        if not any((folder / name).is_file() for name in expected):
            raise UsageError(f"{folder / EXPECTED} is of {', '.join(expected)}, and none of these lies beside it")
        for name in expected:
            if (folder / name).is_file():
                own = (folder / name).relative_to(root).as_posix()
                yield Case(own, folder / name, folder / EXPECTED, within=name)
        return
    yield _alone(root, folder)


def _alone(root: Path, folder: Path) -> Case:
    """The one case of a folder."""
    sources = sorted(path for path in folder.iterdir() if path.suffix in SOURCES)
    named = [path for path in sources if path.stem == "report"] or sources
    if len(named) != 1:
        raise UsageError(f"{folder} has {len(sources)} sources; a case has one, or one that is called report")
    tags = read_json(folder / TAGS) if (folder / TAGS).is_file() else {}
    planted = tags.pop("discrepancies", None)
    tags.pop("figures", None)
    unknowable = frozenset(tags.pop("unknowable", ()))
    return Case(
        name=folder.relative_to(root).as_posix() if folder != root else folder.resolve().name,
        source=named[0],
        expected=folder / EXPECTED,
        tags=tags,
        planted=None if planted is None else tuple(_pointers(entry) for entry in planted),
        places=folder / PLACES if (folder / PLACES).is_file() else None,
        unknowable=unknowable,
    )


def _pointers(planted: Mapping[str, Any]) -> tuple[str, ...]:
    """The figures that a discrepancy may be laid at: one if it was planted, several if it was found."""
    return tuple(planted["pointers"]) if "pointers" in planted else (planted["pointer"],)


def _side_by_side(root: Path, expected: Path) -> Iterator[Case]:
    """The digital case, the scans and the texts that share a gold."""
    stem = expected.name.removesuffix(_GOLD)
    notes = expected.with_name(f"{stem}.notes.md")
    planted = _noted(notes) if notes.is_file() else None
    form = _form(read_json(expected))
    for source in sorted(expected.parent.glob(f"{stem}*.pdf")):
        rest = source.name.removeprefix(stem).removesuffix(".pdf")
        scan = _SCAN.fullmatch(rest)
        if rest and scan is None:
            continue  # another sample, whose name begins with this one's
        tags = {"form": form, "sample": True} | ({"scan": scan["level"]} if scan else {})
        name = (source.parent.relative_to(root) / source.stem).as_posix()
        yield Case(name, source, expected, tags, planted)
    for suffix in SOURCES[1:]:
        for source in (expected.with_name(stem + suffix), expected.parent / "text" / (stem + suffix)):
            if source.is_file():
                tags = {"form": form, "sample": True, "text": suffix[1:]}
                yield Case(source.relative_to(root).as_posix(), source, expected, tags, planted)


def _noted(notes: Path) -> tuple[tuple[str, ...], ...]:
    """The discrepancies that a sample's notes list, one a line: "SOURCE: /pointer, /pointer: what is wrong"."""
    text = notes.read_text(encoding="utf-8")
    return tuple(tuple(re.findall(r"/[\w/]+", match["pointers"])) for match in _SOURCE.finditer(text))


def _form(gold: Mapping[str, Any]) -> str:
    """The form of a sample, which has no tags: only Shanghai's reports carry the statements."""
    return "s2024" if gold.get("statements") else f"x{gold.get('fiscal_year')}"
