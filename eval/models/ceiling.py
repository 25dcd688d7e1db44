"""What a model that answers perfectly could reach on reports whose wording no template knows; or what a real one does.

    python -m recount.eval.models.ceiling FOLDER [--mapper model,auto,template] [--only NAME…]
    python -m recount.eval.models.ceiling FOLDER --model gguf:PATH [--store FILE]

FOLDER holds a folder for each case: its source (report.pdf …), and expected.json (the report of the contract) or
gold.json (figures, names and yes by JSON pointer; `optional` figures may be null, those of `any_of` are not counted).
Without --model the answers are the gold's: each figure of it is pointed at where it is printed in what a prompt shows,
so that what is missing then is what was never asked for, or was refused.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args

from pydantic import BaseModel

from recount.eval.cases import EXPECTED, SOURCES, read_json
from recount.eval.score.align import by_name, name_parts
from recount.eval.score.leaves import face, is_number
from recount.eval.score.metrics import TRUSTED
from recount.eval.score.scores import outcome_of
from recount.pipeline.document import MONEY
from recount.pipeline.errors import DocumentError, RecountError, UsageError
from recount.pipeline.model.answer.evidence import Evidence, evidence_of, normal
from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.ask.shown import Place
from recount.pipeline.model.gguf import served
from recount.pipeline.recognise import family_of
from recount.pipeline.result import Result
from recount.pipeline.settings import MapperName, ModelSettings, Settings
from recount.pipeline.split.folding import fold
from recount.pipeline.structure import structure
from recount.pipeline.usage import NOTHING
from recount.schemas.describe import Field, Step, Trail, fields_of, leaves_in, steps_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind, Model

POINTED = "gold.json"
_BESIDE = ("optional", "any_of", "unmapped")
_NOT_SCORED = re.compile(r"/(unmapped_figures|overview|glossary)\b")
_FIGURE = re.compile(r"\d@\d")
_COUNTED = ("人次", "批次", "个", "辆", "台")
MARKED = re.compile(r"(?P<digits>-?[\d,，.]+)@(?P<mark>\d+)(?P<unit>万元|亿元|千元|元|[%％])?")


# --- a case


@dataclass(frozen=True, slots=True)
class Known:
    """A case. gold: nested. optional: pointers of figures that need not be delivered."""

    source: Path
    gold: Mapping[str, Any]
    optional: frozenset[str]


def known_in(folder: Path, only: Sequence[str] = ()) -> list[Known]:
    """The cases of a folder, in the order of their names. Raises UsageError if there is none."""
    found = [case for case in sorted(folder.iterdir()) if case.is_dir() and (not only or case.name in only)]
    known = [case for path in found if (case := _known(path)) is not None]
    if not known:
        raise UsageError(f"no case in {folder}: a case is a folder with a report, and {EXPECTED} or {POINTED}")
    return known


def _known(folder: Path) -> Known | None:
    source = next((path for path in sorted(folder.iterdir()) if path.suffix in SOURCES and path.stem == "report"), None)
    if source is None:
        return None
    if (folder / EXPECTED).is_file():
        whole = read_json(folder / EXPECTED)
        return Known(source, whole.get("report", whole), frozenset())
    if not (folder / POINTED).is_file():
        return None
    pointed = read_json(folder / POINTED)
    gold: dict[str, Any] = {}
    for pointer, value in pointed.items():
        if pointer not in _BESIDE:
            _put(gold, steps_of(pointer), value)
    return Known(source, _listed(gold), frozenset(pointed.get("optional", ())))


def _put(holder: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    for step in steps[:-1]:
        holder = holder.setdefault(step, {})
    holder[steps[-1]] = value


def _listed(value: Any) -> Any:
    """Nested values with lists in place of rows by number."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_listed(value[key]) for key in sorted(value, key=int)]
    return {key: _listed(inner) for key, inner in value.items()}


# --- perfect answers

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A marked figure of a prompt. pair: as an answer copies it. value, unit: as printed. at: where it stands in the
    words. place: what is said beside it."""

    pair: str
    value: Decimal
    unit: str
    at: int
    place: Place

    def is_one(self, gold: Decimal, kind: Kind) -> bool:
        """Whether it is a figure of the gold, but for its sign."""
        if kind is Kind.MONEY:
            power = MONEY.get(self.unit, MONEY["万元"]) - MONEY["万元"]
            return self.unit != "%" and abs(self.value.scaleb(power)) == abs(gold)
        return abs(self.value) == abs(gold) and (self.unit == "%" if kind is Kind.PERCENT else not self.unit)


class Perfect:
    """An asker whose answers are the gold's. family: of the report. asked: what it was asked, in order."""

    def __init__(self, gold: Mapping[str, Any], family: Family) -> None:
        self._gold, self._family = gold, family
        self.asked: list[Question] = []

    def ask(self, question: Question) -> Reply:
        """The perfect answer."""
        self.asked.append(question)
        reader = _Reader(question.user.partition("<<<")[2].partition(">>>")[0])
        report = self._family.report
        if set(fields_of(question.response)) <= set(fields_of(report)):
            values = reader.part(self._gold, question.response, report)
        else:
            values = {key: self._chosen(reader, field) for key, field in fields_of(question.response).items()}
        return Reply(question.response.model_validate(values), NOTHING)

    def known(self, question: Question) -> bool:
        """Everything is known."""
        return bool(question.user)

    def _chosen(self, reader: _Reader, field: Field) -> Any:
        """The family of a report, or the parts of it that a passage speaks of."""
        if not field.many:
            return self._family.title
        known = fields_of(self._family.report).items()
        titles = [told.title for key, told in known if reader.shows(self._gold.get(key), self._family.report, key)]
        return [title for title in titles if title in get_args(field.shape)]


class _Reader:
    """Finds figures in what a prompt shows, as a careful reader would: by value, unit, and the words beside them."""

    def __init__(self, text: str) -> None:
        self._seen: list[_Seen] = []
        self._words = ""
        self._ends: list[int] = []  # of the lines of tables
        self._lines: list[Span] = []  # of running text
        self._taken: set[str] = set()  # by fields
        before, heads = "", ()  # type: tuple[str, tuple[str, ...]]
        for line in text.split("\n"):
            done, beside, start, table = 0, "", len(self._words), line.startswith("|")
            heads = _heads(line, heads)
            for match in MARKED.finditer(line):
                self._say(words := line[done : match.start()])
                before, beside = before + fold(words), beside + fold(words)
                place = (
                    Place("", re.sub(r"[▮|\s]", "", beside), _head_over(heads, line[: match.start()]), 0)
                    if table
                    else Place(before, unit=_unit_after(line, match.end()))
                )
                value = Decimal(re.sub("[,，]", "", match["digits"]).rstrip("."))
                pair = f"{match['digits']}@{match['mark']}"
                self._seen.append(_Seen(pair, value, match["unit"] or "", len(self._words), place))
                self._say(match["digits"])
                before, beside, done = before + "▮", beside + "▮", match.end() - len(match["unit"] or "")
            self._say(line[done:])
            before += fold(line[done:]) + "\n"
            self._ends += [len(self._words)] if table else []
            self._lines += [(start, len(self._words))] if not table else []

    def part(self, gold: Any, asked: type[BaseModel], model: type[Model]) -> dict[str, Any]:
        """The fields of a part of a report that are asked for, as far as they are shown. gold: of the part."""
        self._taken = set()
        return self._part(gold, asked, model, (), (0, len(self._words) + 1))

    def shows(self, gold: Any, model: type[Model], key: str) -> bool:
        """Whether figures of a field of a report are shown, with words that speak for it."""
        found = self._value(gold, model, model, key, (), (0, len(self._words) + 1))
        return any(isinstance(value, str) and "@" in value for _, value in leaves_in(found))

    def _say(self, words: str) -> None:
        self._words += "".join(fold(words).split())

    def _part(self, gold: Any, asked: type[BaseModel], model: type[Model], trail: Trail, span: Span) -> dict[str, Any]:
        said = gold if isinstance(gold, Mapping) else {}
        return {key: self._value(said.get(key), asked, model, key, trail, span) for key in fields_of(asked)}

    def _value(self, gold: Any, asked: type[BaseModel], model: type[Model], key: str, trail: Trail, span: Span) -> Any:
        """What stands in a field. asked: the model of the answer's part; model: the same part in the schema."""
        field, inner, way = fields_of(model)[key], fields_of(asked)[key].model, (*trail, Step(model, key))
        if field.kind is not None:
            return self._figure(gold, way, span) if is_number(gold) else None
        if field.many and field.model is not None and inner is not None:
            return list(self._rows(gold or (), inner, field.model, way, span))
        if field.many:
            return [text for text in gold or () if self._says(text)]
        if field.model is not None and inner is not None:
            return self._small(gold, inner, field.model, way, span) if gold else None
        if isinstance(gold, str) and not field.choice:
            return gold if self._says(gold) else None
        return gold if gold is not None else False if field.shape is bool else None

    def _small(self, gold: Any, asked: type[BaseModel], model: type[Model], trail: Trail, span: Span) -> dict[str, Any]:
        """A part of a part (an amount and its share): in one paragraph, if it is there as well as in all."""
        lines = [line for line in self._lines if span[0] <= line[0] and line[1] <= span[1]] if len(trail) > 1 else []
        return self._best(gold, asked, model, trail, [*lines, span]) or {}

    def _best(
        self, gold: Any, asked: type[BaseModel], model: type[Model], trail: Trail, spans: Iterable[Span]
    ) -> dict[str, Any] | None:
        """A part as it is found in that span of several that has most of it."""
        found, before = [], self._taken
        for span in spans:
            self._taken = set(before)
            found.append((self._part(gold, asked, model, trail, span), self._taken))
        best, self._taken = max(found, key=lambda one: _figures_in(one[0]), default=(None, before))
        return best

    def _figure(self, gold: Decimal, trail: Trail, span: Span) -> str | None:
        kind = trail[-1].field.kind or Kind.ANY
        found = [seen for seen in self._seen if span[0] <= seen.at < span[1] and seen.is_one(gold, kind)]
        said = {Evidence.FOR: [], Evidence.SILENT: [], Evidence.AGAINST: []}  # type: dict[Evidence, list[_Seen]]
        for seen in found:
            said[evidence_of(trail[1:], seen.place)].append(seen)
        # Where the words say nothing, a 0 may be any, unless its sentence has some of the words of the field, or it is
        # in a line of a table.
        silent = [
            seen
            for seen in said[Evidence.SILENT]
            if gold or seen.place.row or _speaks_of(trail[-1].field.title, seen.place)
        ]
        best = said[Evidence.FOR] or silent
        if trail[-1].key in trail[-1].model.phrasing.also_own:  # the amount of another field, once more
            return best[0].pair if best else None
        best = [seen for seen in best if seen.pair not in self._taken] or best
        self._taken.update(seen.pair for seen in best[:1])
        return best[0].pair if best else None

    def _rows(
        self, rows: Sequence[Any], asked: type[BaseModel], model: type[Model], trail: Trail, span: Span
    ) -> Iterator[dict[str, Any]]:
        """The rows that are shown: each with the figures between its name and that of the next."""
        names = [_name(row) for row in rows]
        for row, name in zip(rows, names, strict=True):
            others = {other for other in names if other and other != name}
            # A row that has lists itself is a table, any other is a line of one.
            whole = any(field.many and field.model for field in fields_of(model).values())
            spans = self._spans(name, others, span, whole=whole) if name else [span]
            best = self._best(row, asked, model, trail, spans)
            if best is not None and (_figures_in(best) or not holds(row)):
                yield best

    def _spans(self, name: str, others: set[str], span: Span, *, whole: bool) -> Iterator[Span]:
        for match in re.finditer(re.escape(name), self._words[: span[1]]):
            following = [at for other in others if (at := self._words.find(other, match.end())) >= 0]
            line = [end for end in self._ends if end >= match.end()][:1] if not whole else []
            if match.start() >= span[0]:
                yield match.start(), min([*following, *line, span[1]])

    def _says(self, text: str) -> bool:
        return fold("".join(text.split())) in self._words


def _heads(line: str, heads: tuple[str, ...]) -> tuple[str, ...]:
    """The words over the columns of a table, after a line of it: those of the last that hold words alone."""
    if not line.startswith("|"):
        return ()
    cells = tuple(fold(cell.strip()) for cell in line.strip("|").split("|"))
    if _FIGURE.search(line):
        return heads
    return tuple(map("".join, zip(heads, cells, strict=False))) if len(heads) == len(cells) else cells


def _head_over(heads: Sequence[str], before: str) -> str:
    """The head of the column that a figure is in. before: the line up to it."""
    column = before.count("|") - 1
    return heads[column] if column < len(heads) else ""


def _name(row: Any) -> str:
    """What a row is called, by the last of its names."""
    said = [part for key, part in name_parts(row).items() if key != "unit_kind"]
    return fold("".join(said[-1].split())) if said else ""


def _figures_in(values: Any) -> int:
    return sum(isinstance(value, str) and "@" in value for _, value in leaves_in(values))


def holds(row: Any) -> bool:
    """Whether a row of the gold has figures."""
    return any(is_number(value) for _, value in leaves_in(row))


def _speaks_of(title: str, place: Place) -> bool:
    """Whether most of a title, by pairs of characters, stands in the sentence before a figure."""
    words, sentence = normal(title), normal(re.split(r"[。\n]", place.before)[-1])
    pairs = [words[at : at + 2] for at in range(len(words) - 1)]
    return sum(pair in sentence for pair in pairs) * 2 > len(pairs)


def _unit_after(line: str, at: int) -> str:
    return next((unit for unit in _COUNTED if line.startswith(unit, at)), "")


# --- what comes of it


@dataclass(frozen=True, slots=True)
class Line:
    """What came of a case by a mapper. Figures of the gold: right, wrong, missing; extra: where it has none; silent:
    wrong or extra, and called verified. unsure, unsure_wrong: grounded ones of the model's that are right, and that
    are not. asked: questions (calls of a real model). errors: what is not right."""

    name: str
    mapper: str
    right: int = 0
    wrong: int = 0
    missing: int = 0
    extra: int = 0
    verified: int = 0
    silent: int = 0
    unsure: int = 0
    unsure_wrong: int = 0
    asked: int = 0
    tokens: int = 0
    seconds: float = 0.0
    errors: tuple[str, ...] = ()


def measured(
    case: Known,
    family: Family,
    mapper: MapperName,
    model: ModelSettings | None,
    rounds: int = 3,
    second: ModelSettings | None = None,
) -> Line:
    """A case, structured and compared. model: None has the gold answer. rounds: of questions about a part. second:
    reads again what no identity covers."""
    perfect = Perfect(case.gold, family)
    who: Asker | None = perfect if model is None else None
    model = model or ModelSettings("gold")
    settings = Settings(mapper=mapper, model=model, family=family.name, rounds=rounds, second_model=second)
    started = time.monotonic()
    try:
        result = structure(case.source, settings=settings, who=who)
    except DocumentError as error:
        return Line(case.source.parent.name, mapper, missing=_figures_of(case), errors=(str(error),))
    line = compared(case, result, mapper, family)
    use = result.summary.mapper
    tokens = use.input_tokens + use.output_tokens
    asked = len(perfect.asked) if who is not None else use.calls
    return replace(line, asked=asked, tokens=tokens, seconds=round(time.monotonic() - started, 1))


def compared(case: Known, result: Result, mapper: str, family: Family) -> Line:
    """A result against its gold; rows face each other by their names."""
    counts: Counter[str] = Counter()
    errors = []
    whole = {key: case.gold.get(key) for key in fields_of(family.report)}
    for pair in face(whole, result.report, by_name).pairs:
        outcome = outcome_of(pair.gold, pair.got)
        skipped = outcome == "missing" and pair.gold_pointer in case.optional
        if outcome is None or skipped or _NOT_SCORED.match(pair.pointer):
            continue
        entry = result.figures.get(pair.got_pointer or "")
        trusted = entry is not None and entry.status in TRUSTED
        counts.update({outcome: 1, "verified": trusted, "silent": trusted and outcome != "right"})
        if entry is not None and entry.status == "grounded" and entry.mapper.startswith("model:"):
            counts["unsure" if outcome == "right" else "unsure_wrong"] += 1
        if outcome != "right":
            errors.append(f"{'silent, ' if trusted else ''}{outcome}: {pair.pointer} {pair.gold} {pair.got}")
    return Line(
        case.source.parent.name,
        mapper,
        counts["right"],
        counts["wrong"],
        counts["missing"],
        counts["invented"],
        counts["verified"],
        counts["silent"],
        counts["unsure"],
        counts["unsure_wrong"],
        errors=tuple(errors),
    )


def _figures_of(case: Known) -> int:
    return sum(is_number(value) for _, value in leaves_in(case.gold))


# --- the command

_HEAD = (
    f"{'case':12} {'mapper':8} {'gold':>5} {'right':>5} {'wrong':>5} {'miss.':>5} {'extra':>5} {'verif.':>6}"
    f" {'silent':>6} {'asked':>5} {'tokens':>8} {'seconds':>8}"
)


def row_of(line: Line) -> str:
    """A line of the printed table."""
    gold = line.right + line.wrong + line.missing
    return (
        f"{line.name:12.12} {line.mapper:8} {gold:5} {line.right:5} {line.wrong:5} {line.missing:5} {line.extra:5}"
        f" {line.verified:6} {line.silent:6} {line.asked:5} {line.tokens:8,} {line.seconds:8.1f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 0 if nothing wrong came out as verified, 1 if something did, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="ceiling", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="with a folder for each case")
    parser.add_argument("--family", default="final_accounts", help="of the reports (default: final_accounts)")
    parser.add_argument("--mapper", default="model,auto", help="of model, auto, template (default: model,auto)")
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME", help="of these cases alone")
    parser.add_argument("--model", help="a real one, as its endpoint calls it, or gguf:PATH; default: the gold answers")
    parser.add_argument("--second-model", help="another, who reads again what no identity covers")
    parser.add_argument("--base-url", help="of an OpenAI-compatible endpoint")
    parser.add_argument("--rounds", type=int, default=3, help="of questions about one part of a report (default: 3)")
    parser.add_argument("--store", type=Path, help="where answers are kept")
    parser.add_argument("--errors", action="store_true", help="say what is not right")
    options = parser.parse_args(arguments)
    try:
        lines = list(_lines(options))
    except RecountError as error:
        print(f"ceiling: {error}", file=sys.stderr)
        return 2
    return 1 if any(line.silent for line in lines) else 0


def _lines(options: argparse.Namespace) -> Iterator[Line]:
    family = family_of(options.family)
    cases = known_in(options.folder, options.only)
    print(_HEAD, flush=True)
    with TemporaryDirectory(prefix="recount-") as aside, ExitStack() as stack:
        store = options.store or Path(aside, "answers.sqlite")
        model, second = (
            stack.enter_context(served(ModelSettings(name, base_url=options.base_url, store=store, concurrency=1)))
            if name is not None
            else None
            for name in (options.model, options.second_model)
        )
        for mapper in options.mapper.split(","):
            sums: dict[str, Any] = dict.fromkeys(_SUMMED, 0)
            for case in cases:
                line = measured(case, family, mapper, model, options.rounds, second)
                print(row_of(line), *(line.errors if options.errors else ()), sep="\n  ", flush=True)
                sums = {name: value + getattr(line, name) for name, value in sums.items()}
                yield line
            print(row_of(Line("all", mapper, **sums)), flush=True)


_SUMMED = ("right", "wrong", "missing", "extra", "verified", "silent", "asked", "tokens", "seconds")


if __name__ == "__main__":
    sys.exit(main())
