"""A model that errs: a perfect one whose answers were filled up with figures and rows that are not theirs.

    python -m recount.eval.models.noisy FOLDER… [--rate 0.3] [--seeds 3] [--mapper model,auto] [--errors]

Small models fill every field that they are asked for, and make rows of whatever a passage says. So does this one, with
a chance for each field; two of it with other seeds err independently of each other. Printed is what comes of the cases
of the folders (as of `ceiling`) with one of them, and with two: then what no identity covers stays open unless both
point at the same place.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from recount.eval.models.ceiling import MARKED, Known, Line, Perfect, compared, known_in
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.recognise import family_of
from recount.pipeline.settings import TEMPLATE, MapperName, ModelSettings, Settings
from recount.pipeline.structure import structure
from recount.schemas.describe import Field, fields_of, holds_figures
from recount.schemas.family import Family
from recount.schemas.figures import Kind

_LABEL = re.compile(r"[^\s，。；：、|（）()“”]{2,20}$")
_DIGITS = re.compile(r"[\d,，.]+(@\d+)?")


class Noisy:
    """An asker that answers as the gold does, but errs with a chance of `rate` at each field and each list.

    gold, family: of the report. rate: 0 to 1. seed: another for another model.
    """

    def __init__(self, gold: Mapping[str, Any], family: Family, rate: float, seed: int = 0) -> None:
        self._perfect, self._rate, self._seed = Perfect(gold, family), rate, seed

    @property
    def asked(self) -> list[Question]:
        """What it was asked, in order."""
        return self._perfect.asked

    def ask(self, question: Question) -> Reply:
        """The perfect answer with errors in it; the same for the same question."""
        right = self._perfect.ask(question)
        chance = random.Random(f"{self._seed} {question.user}")
        wrong = _Wrong(question.user.partition("<<<")[2].partition(">>>")[0], chance, self._rate)
        values = wrong.part(right.value.model_dump(), question.response)
        return Reply(question.response.model_validate(values), right.usage)

    def known(self, question: Question) -> bool:
        """As of Perfect."""
        return self._perfect.known(question)


class _Wrong:
    """Errs about what a prompt shows. pairs: its figures, each with the word before it."""

    def __init__(self, text: str, chance: random.Random, rate: float) -> None:
        self._chance, self._rate = chance, rate
        self._pairs = [
            (f"{match['digits']}@{match['mark']}", match["unit"] or "", _label_in(text[: match.start()]))
            for match in MARKED.finditer(text)
        ]

    def part(self, said: Mapping[str, Any] | None, asked: type[BaseModel]) -> dict[str, Any]:
        """A part of an answer with errors. said: as the gold says it."""
        given = said or {}
        return {key: self._value(given.get(key), field, asked) for key, field in fields_of(asked).items()}

    def _value(self, said: Any, field: Field, asked: type[BaseModel]) -> Any:
        if field.kind is not None:
            return self._figure(field.kind) if self._errs() else said
        if field.many and field.model is not None:
            rows = [self.part(row, field.model) for row in said or ()]
            return [*rows, *(self._row(field.model) for _ in range(3) if holds_figures(asked, field.key))]
        if field.many:
            titles = get_args(field.shape)
            return list(said or ()) or [*titles[:1]] if titles else list(said or ())
        if field.model is not None:
            return self.part(said, field.model) if said or self._errs() else None
        return said

    def _row(self, model: type[BaseModel]) -> dict[str, Any]:
        """A row that is none: a word of the passage as its name, and what stands behind it as its figures."""
        at = self._chance.randrange(max(len(self._pairs), 1))
        name = self._pairs[at][2] if self._pairs else None
        if not self._errs() or name is None:
            return dict.fromkeys(fields_of(model)) | {k: [] for k, f in fields_of(model).items() if f.many}
        following = iter(self._pairs[at:])
        row: dict[str, Any] = {}
        for key, field in fields_of(model).items():
            if field.kind is not None:
                row[key] = next((pair for pair, unit, _ in following if _may_be(unit, field.kind)), None)
            elif field.many or field.choice:
                row[key] = [] if field.many else None
            elif field.model is not None:
                row[key] = self.part(None, field.model)
            else:
                row[key] = name
        return row

    def _figure(self, kind: Kind) -> str | None:
        fitting = [pair for pair, unit, _ in self._pairs if _may_be(unit, kind)]
        return self._chance.choice(fitting) if fitting else None

    def _errs(self) -> bool:
        return self._chance.random() < self._rate


def _label_in(before: str) -> str | None:
    """The word that stands right before a figure."""
    match = _LABEL.search(before)
    return _DIGITS.sub("", match[0]) or None if match else None


def _may_be(unit: str, kind: Kind) -> bool:
    """Whether a figure with a unit behind it may be of a kind."""
    if kind is Kind.MONEY:
        return unit.endswith("元")
    return (unit == "%" or unit == "％") if kind is Kind.PERCENT else not unit


# --- what comes of it


def read(case: Known, family: Family, mapper: MapperName, rate: float, seed: int, second: str | None) -> Line:
    """What comes of a case as such models read it. second: another of them, or the template, reads it again; None:
    nobody does."""
    other = ModelSettings(second) if second is not None else None
    settings = Settings(family.name, mapper=mapper, model=ModelSettings("noisy"), rounds=1, second_model=other)
    first, again = (Noisy(case.gold, family, rate, number) for number in (seed, seed + 1000))
    result = structure(case.source, settings=settings, who=first, second=again)
    return compared(case, result, mapper, family)


_COUNTED = ("right", "wrong", "extra", "missing", "verified", "silent", "unsure", "unsure_wrong")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 0 if nothing wrong came out as verified, 1 if something did."""
    parser = argparse.ArgumentParser(prog="noisy", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", help="with a folder for each case")
    parser.add_argument("--family", default="final_accounts", help="of the reports (default: final_accounts)")
    parser.add_argument("--rate", type=float, default=0.3, help="how often it errs, 0 to 1 (default: 0.3)")
    parser.add_argument("--seeds", type=int, default=3, help="so many models for each case (default: 3)")
    parser.add_argument("--mapper", default="model,auto", help="of model, auto (default: both)")
    parser.add_argument("--errors", action="store_true", help="say what is not right")
    options = parser.parse_args(arguments)
    print(f"{'mapper':8} {'second':9} " + " ".join(f"{name:>8}" for name in _COUNTED))
    silent = 0
    for mapper, second in _readers(options.mapper.split(",")):
        counts: Counter[str] = Counter()
        for case in (case for folder in options.folders for case in known_in(folder)):
            for seed in range(options.seeds):
                line = read(case, family_of(options.family), mapper, options.rate, seed, second)
                counts.update({name: getattr(line, name) for name in _COUNTED})
                for error in line.errors if options.errors else ():
                    print(f"  {line.name} {error}")
        silent += counts["silent"]
        print(f"{mapper:8} {second or '':9} " + " ".join(f"{counts[name]:8}" for name in _COUNTED), flush=True)
    return 1 if silent else 0


def _readers(mappers: Sequence[Any]) -> Iterator[tuple[MapperName, str | None]]:
    for mapper in mappers:
        yield mapper, None
        yield mapper, "another"
        if mapper == "model":
            yield mapper, TEMPLATE


if __name__ == "__main__":
    sys.exit(main())
