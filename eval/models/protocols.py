"""How well a model answers under each protocol, on the narrative sections of reports whose gold is known.

    python -m recount.eval.models.protocols REPORT.pdf… --model NAME --base-url URL [--store FILE] [--out FILE.json]
    python -m recount.eval.models.protocols REPORT.pdf… --model gguf:PATH

A report's gold is X.gold.json beside X.pdf, or expected.json in its folder. Every protocol is measured after each
round of the verifier's questions; the arm "alone" is what a user would have of the model without Recount (alone.py).
With --store every answer is kept: killed and started again, nothing is asked twice, and what it took is still known.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from recount.eval.cases import EXPECTED, read_json
from recount.eval.models.alone import answered_alone
from recount.eval.models.forced import Forced
from recount.eval.models.metered import Metered, Took
from recount.eval.score.align import by_name
from recount.eval.score.leaves import face
from recount.eval.score.metrics import ABSENT, TRUSTED
from recount.eval.score.scores import outcome_of
from recount.pipeline.archive.files import hash_of
from recount.pipeline.assemble import plain_values
from recount.pipeline.document import Document
from recount.pipeline.errors import RecountError, UsageError
from recount.pipeline.model.ask.pieces import Piece, pieces_of
from recount.pipeline.model.ask.protocol import PROTOCOLS
from recount.pipeline.model.cascade import map_by_model
from recount.pipeline.model.gguf import served
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.model.transport.client import asker
from recount.pipeline.model.transport.store import opened
from recount.pipeline.result import write_json
from recount.pipeline.settings import ModelSettings
from recount.pipeline.structure import document_of
from recount.schemas.family import Family

ALONE = "alone"
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Score:
    """A report to be asked about: its document, its gold, and the purposes of the pieces that are asked about."""

    name: str
    sha256: str
    document: Document
    family: Family
    gold: Mapping[str, Any]
    purposes: tuple[str, ...]

    @property
    def pieces(self) -> list[Piece]:
        """The pieces that are asked about."""
        return [piece for piece in pieces_of(self.document, self.family).asked if piece.purpose in self.purposes]

    def asked_gold(self) -> dict[str, Any]:
        """The gold of what is asked about."""
        wanted = [name for piece in self.pieces for name in piece.wanted]
        return {name: self.gold.get(name) for name in wanted}


@dataclass(frozen=True, slots=True)
class Count:
    """What one protocol came to on one report after some rounds of the verifier's questions.

    Figures of the gold: right, wrong, missing. invented: figures where the gold has none. rejected: proposals that were
    not taken. verified: of the delivered ones. silent: wrong or invented, and called verified. open: pieces without an
    answer. errors: what is not right: pointer, outcome, gold, got, status.
    """

    report: str
    protocol: str
    rounds: int
    right: int
    wrong: int
    missing: int
    invented: int
    rejected: int
    verified: int
    silent: int
    open: Mapping[str, str]
    took: Took
    errors: tuple[tuple[str, str, str, str, str], ...] = field(repr=False, default=())

    @property
    def gold(self) -> int:
        """Figures that the gold has."""
        return self.right + self.wrong + self.missing


def reading(path: Path, purposes: Sequence[str] = ()) -> Score:
    """A report with its gold. purposes: of the pieces to ask about; all that are running text if none are named.

    Raises UsageError if there is no gold, or no such piece; a DocumentError if the report cannot be read.
    """
    beside = path.with_name(f"{path.stem}.gold.json")
    gold = read_json(beside if beside.is_file() else path.with_name(EXPECTED))
    document, family = document_of(path)
    asked = pieces_of(document, family).asked
    chosen = tuple(piece.purpose for piece in asked if (piece.purpose in purposes if purposes else piece.paragraphs))
    if not chosen:
        raise UsageError(f"{path} has none of the sections asked for; it has {', '.join(e.purpose for e in asked)}")
    return Score(path.stem, hash_of(path), document, family, gold, chosen)


def compared(
    readings: Sequence[Score],
    settings: ModelSettings,
    protocols: Sequence[str],
    rounds: int = ROUNDS,
    *,
    forced: bool = False,
) -> Iterator[Count]:
    """A line for each report, protocol and number of rounds, as soon as it is known.

    settings: with a store. forced: no field may be left open (see forced.py).
    """
    numbers = {known.name: known for known in PROTOCOLS}
    with asker(settings) as asking, opened(settings) as store:
        for read in readings:
            for protocol in protocols:
                if protocol == ALONE:
                    yield _alone(read, Metered(asking, store))
                    continue
                for count in range(rounds + 1):
                    metered = Metered(asking, store)
                    mapper = Mapper(
                        Forced(metered) if forced else metered,
                        read.family,
                        read.sha256,
                        numbers[protocol],
                        settings.concurrency,
                    )
                    yield _mapped(read, mapper, settings.name, count, metered)


def _mapped(read: Score, mapper: Mapper, name: str, rounds: int, metered: Metered) -> Count:
    cascaded = map_by_model(read.document, mapper, name, rounds, read.purposes)
    verified = cascaded.verified
    statuses = {pointer: status.value for pointer, status in verified.statuses.items()}
    report = plain_values(verified.report)
    open_ = {part: str(reason) for part, reason in cascaded.open.items()}
    name, rejected = mapper.numbers.name, len(verified.rejected)
    return _line(read, name, rounds, report, statuses, rejected, open_, metered.took())


def _alone(read: Score, metered: Metered) -> Count:
    report, unanswered = answered_alone(metered, read.family, read.sha256, read.pieces)
    return _line(read, ALONE, 0, report, {}, 0, unanswered, metered.took())


def _line(
    read: Score,
    protocol: str,
    rounds: int,
    report: Mapping[str, Any],
    statuses: Mapping[str, str],
    rejected: int,
    unanswered: Mapping[str, str],
    took: Took,
) -> Count:
    counts: Counter[str] = Counter()
    errors = []
    for pair in face(read.asked_gold(), report, by_name).pairs:
        outcome = outcome_of(pair.gold, pair.got)
        if outcome is None:
            continue
        status = statuses.get(pair.got_pointer or "", ABSENT)
        counts[outcome] += 1
        counts["verified"] += status in TRUSTED
        if outcome != "right":
            counts["silent"] += status in TRUSTED
            errors.append((pair.pointer, str(outcome), str(pair.gold), str(pair.got), status))
    return Count(
        read.name,
        protocol,
        rounds,
        counts["right"],
        counts["wrong"],
        counts["missing"],
        counts["invented"],
        rejected,
        counts["verified"],
        counts["silent"],
        dict(unanswered),
        took,
        tuple(errors),
    )


# --- the command

_HEAD = (
    f"{'report':16} {'protocol':8} {'rounds':>6} {'gold':>5} {'right':>5} {'wrong':>5} {'miss.':>5} {'inv.':>5}"
    f" {'rej.':>5} {'verif.':>6} {'silent':>6} {'open':>4} {'asked':>5} {'in':>8} {'out':>7} {'seconds':>8}"
)


def row(line: Count) -> str:
    """A line of the printed table."""
    took = line.took
    return (
        f"{line.report:16.16} {line.protocol:8} {line.rounds:6} {line.gold:5} {line.right:5} {line.wrong:5}"
        f" {line.missing:5} {line.invented:5} {line.rejected:5} {line.verified:6} {line.silent:6} {len(line.open):4}"
        f" {took.questions:5} {took.input_tokens:8,} {took.output_tokens:7,} {took.seconds:8.1f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures, prints and writes; 0 if nothing wrong came out as verified, 1 if something did, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="protocols", description=(__doc__ or "").partition("\n")[0])
    names = [*(protocol.name for protocol in PROTOCOLS), ALONE]
    parser.add_argument("paths", metavar="PDF", nargs="+", type=Path, help="digital reports with gold")
    parser.add_argument("--model", required=True, help="as the endpoint calls it, or gguf:PATH")
    parser.add_argument("--base-url", help="of an OpenAI-compatible endpoint")
    parser.add_argument("--protocol", default=",".join(names), help=f"of {', '.join(names)} (default: all)")
    parser.add_argument("--sections", default="", help="purposes of pieces, such as income; default: all text")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"of the verifier's questions (default: {ROUNDS})")
    parser.add_argument("--concurrency", type=int, default=4, help="questions at once (default: 4)")
    parser.add_argument("--forced", action="store_true", help="no field may be left open: guesses, for the verifier")
    parser.add_argument("--store", type=Path, help="where answers are kept")
    parser.add_argument("--out", type=Path, help="where the results go as JSON")
    options = parser.parse_args(arguments)
    protocols = _listed(options.protocol)
    if unknown := set(protocols) - set(names):
        parser.error(f"there is no protocol {', '.join(sorted(unknown))}")
    try:
        readings = [reading(path, _listed(options.sections)) for path in options.paths]
        lines = _measured(readings, protocols, options)
    except RecountError as error:
        print(f"protocols: {error}", file=sys.stderr)
        return 2
    return 1 if any(line.silent for line in lines) else 0


def _measured(readings: Sequence[Score], protocols: Sequence[str], options: argparse.Namespace) -> list[Count]:
    lines: list[Count] = []
    print(_HEAD, flush=True)
    with TemporaryDirectory(prefix="recount-") as aside:
        settings = ModelSettings(
            options.model,
            base_url=options.base_url,
            concurrency=options.concurrency,
            store=options.store or Path(aside, "answers.sqlite"),
        )
        with served(settings) as at_hand:
            for line in compared(readings, at_hand, protocols, options.rounds, forced=options.forced):
                lines.append(line)
                print(row(line), flush=True)
                if options.out:
                    write_json(options.out, {"model": at_hand.name, "lines": [asdict(measured) for measured in lines]})
    return lines


def _listed(words: str) -> list[str]:
    return [word for word in words.split(",") if word]


if __name__ == "__main__":
    sys.exit(main())
