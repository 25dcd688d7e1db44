"""Corrupted answers: what a model invents, and what becomes of it.

    python -m recount.eval.models.inventions REPORT.pdf... [--count 1000] [--seed 1]

Perfect answers about a report are corrupted one figure (or one pair) at a time, seeded, so many times per kind. A
corrupted figure must never come out verified with another value than the report's own; one that is not on the page
must be among the rejected.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from recount.eval.models.oracle import Oracle, perfect_answers
from recount.pipeline.document import Document
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.answer.draft import Draft, DraftVerifier, put_together
from recount.pipeline.model.ask.pieces import pieces_of
from recount.pipeline.model.ask.shown import Shown
from recount.pipeline.model.mapper import Mapper, parts_of
from recount.pipeline.structure import document_of
from recount.pipeline.verify import Verified
from recount.pipeline.verify.recount import Status
from recount.schemas.family import Family

CORRUPTED = "model:corrupted"
Steps = tuple[str | int, ...]
Corrupt = Callable[[str, random.Random, "Bench"], str]


@dataclass(slots=True)
class InventionOutcome:
    """What became of the corrupted answers of a kind, counted. silent: pointer and values of each silent error."""

    counts: Counter[str] = field(default_factory=Counter)
    silent: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a piece with its perfect answer. at: which piece it is about."""

    at: int
    shown: Shown
    response: type[BaseModel]
    answer: dict[str, Any]


class Bench:
    """A report with its perfect answers, and what the verifier makes of them."""

    def __init__(self, document: Document, family: Family) -> None:
        template = map_document(document, family)
        self.document, self.family = document, family
        self.mapper = Mapper(Oracle({}), family)
        answers = perfect_answers(document, self.mapper, template.report)
        self.pieces = list(pieces_of(document, family).asked)
        self.asked: list[Asked] = []
        for at, piece in enumerate(self.pieces):
            for part in parts_of(piece):
                shown, prompt, question = self.mapper.question(piece, part)
                self.asked.append(Asked(at, shown, question.response, answers[prompt.user]))
        self.drafts = [self._draft(at, None, {}) for at in range(len(self.pieces))]
        self._verifier = DraftVerifier(document, family, CORRUPTED, CORRUPTED)
        self.truth = self._verifier.verified(put_together(self.drafts))
        self.figures = [(asked, steps) for asked in self.asked for steps, _ in _figures(asked.answer)]

    def with_answer(self, asked: Asked, values: Mapping[str, Any]) -> tuple[Draft, Verified]:
        """One answer taken instead of the perfect one, and the report verified with it."""
        draft = self._draft(asked.at, asked, values)
        drafts = [*self.drafts[: asked.at], draft, *self.drafts[asked.at + 1 :]]
        return draft, self._verifier.verified(put_together(drafts))

    def _draft(self, at: int, instead: Asked | None, values: Mapping[str, Any]) -> Draft:
        draft = Draft(self.pieces[at])
        for asked in self.asked:
            if asked.at == at:
                answer = values if asked is instead else asked.answer
                self.mapper.take(draft, asked.shown, asked.response.model_validate(answer))
        return draft


# --- the kinds of corruption


def _digits(figure: str) -> tuple[str, str]:
    digits, _, mark = figure.partition("@")
    return digits, mark


def _digit_changed(figure: str, chance: random.Random, bench: Bench) -> str:  # noqa: ARG001
    digits, mark = _digits(figure)
    places = [at for at, sign in enumerate(digits) if sign.isdigit()]
    at = chance.choice(places)
    other = chance.choice([sign for sign in "123456789" if sign != digits[at]])
    return f"{digits[:at]}{other}{digits[at + 1 :]}@{mark}"


def _scaled(power: int) -> Corrupt:
    def scaled(figure: str, chance: random.Random, bench: Bench) -> str:  # noqa: ARG001
        digits, mark = _digits(figure)
        value = Decimal(digits.replace(",", "")).scaleb(power)
        return f"{value.normalize():f}@{mark}"

    return scaled


def _sign(figure: str, chance: random.Random, bench: Bench) -> str:  # noqa: ARG001
    return f"-{figure}"


def _invented(figure: str, chance: random.Random, bench: Bench) -> str:  # noqa: ARG001
    return f"{chance.randint(1, 999999) / 100:.2f}@{chance.randint(1, 60)}"


def _elsewhere(figure: str, chance: random.Random, bench: Bench) -> str:  # noqa: ARG001
    token = chance.choice(bench.document.tokens)
    return f"{token.raw.lstrip('-')}@{chance.randint(1, 60)}"


KINDS: Mapping[str, Corrupt] = {
    "digit changed": _digit_changed,
    "times 10": _scaled(1),
    "times 10000": _scaled(4),
    "sign": _sign,
    "invented": _invented,
    "of another section": _elsewhere,
}
SWAPPED = "swapped within a section"


def corrupted(bench: Bench, kind: str, count: int, seed: int) -> InventionOutcome:
    """So many corrupted answers of a kind, and what became of them."""
    outcome = InventionOutcome()
    chance = random.Random(f"{seed} {kind}")
    for _ in range(count):
        asked, steps = chance.choice(bench.figures)
        values = deepcopy(asked.answer)
        old = _get(values, steps)
        if kind == SWAPPED:
            other = chance.choice([place for whose, place in bench.figures if whose is asked])
            new = _get(values, other)
            _set(values, other, old)
        else:
            new = KINDS[kind](old, chance, bench)
        if _digits(new)[0] != _digits(old)[0]:
            _set(values, steps, new)
            _judge(bench, outcome, asked, values)
    return outcome


def _judge(bench: Bench, outcome: InventionOutcome, asked: Asked, values: Mapping[str, Any]) -> None:
    draft, verified = bench.with_answer(asked, values)
    truth = bench.truth.figures
    wrong = [
        (pointer, figure.value)
        for pointer, figure in verified.figures.items()
        if pointer not in truth or truth[pointer].value != figure.value
    ]
    silent = [pair for pair in wrong if verified.statuses[pair[0]] is Status.VERIFIED]
    outcome.silent += [f"{at}: {value} for {truth[at].value if at in truth else None}" for at, value in silent]
    if silent:
        outcome.counts["silent"] += 1
    elif wrong and any(verified.statuses[at] is Status.DISPUTED for at, _ in wrong):
        outcome.counts["disputed"] += 1
    elif wrong:
        outcome.counts["grounded only"] += 1
    elif draft.refused or verified.rejected:
        outcome.counts["put right" if verified.figures.keys() >= truth.keys() else "rejected"] += 1
    else:
        outcome.counts["harmless"] += 1


# --- figures in an answer


def _figures(values: Any, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield from _figures(value, (*steps, key))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from _figures(value, (*steps, index))
    elif isinstance(values, str) and "@" in values:
        yield steps, values


def _get(values: Any, steps: Steps) -> str:
    for step in steps:
        values = values[step]
    return str(values)


def _set(values: Any, steps: Steps, new: str) -> None:
    for step in steps[:-1]:
        values = values[step]
    values[steps[-1]] = new


def main() -> None:
    """Prints a table: a line a kind."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reports", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=1000, help="of each kind, over all reports")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    benches = [Bench(*document_of(path)) for path in arguments.reports]
    for kind in (*KINDS, SWAPPED):
        share = -(-arguments.count // len(benches))
        found = [corrupted(bench, kind, share, arguments.seed + at) for at, bench in enumerate(benches)]
        counts = sum((outcome.counts for outcome in found), Counter())
        print(f"{kind:26} " + "  ".join(f"{name} {counts[name]}" for name in sorted(counts)))
        for line in [line for outcome in found for line in outcome.silent][:10]:
            print(f"    SILENT {line}")


if __name__ == "__main__":
    main()
