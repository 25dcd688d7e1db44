"""Real language models, small ones, asked over HTTP about a report of our own: what they get right differs, what is
said of it must not. A model's answers are its own; so nothing here expects a particular one.

The models are fetched once (tests/models/fetch.py), and their answers are kept beside them: what is asked anew is only
what was not asked before. Where they or xllamacpp cannot be had, the tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.eval.cases import read_json
from recount.eval.generator import Form, Options, generate
from recount.eval.generator.files import write_case
from recount.eval.models.forced import Forced
from recount.eval.score.align import by_name
from recount.eval.score.leaves import face, is_number
from recount.pipeline.assemble import plain_values
from recount.pipeline.document import Document
from recount.pipeline.model.ask.pieces import pieces_of
from recount.pipeline.model.ask.protocol import Choice
from recount.pipeline.model.cascade import Cascaded, map_by_model
from recount.pipeline.model.gguf import served
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.model.transport.client import asker, probe
from recount.pipeline.settings import ModelSettings
from recount.pipeline.structure import document_of
from recount.pipeline.verify.recount import Status
from recount.schemas.family import Family
from recount.tests.models.fetch import NotHad, model

TRUSTED = (Status.VERIFIED, Status.REPAIRED)
LONGEST = 400
"""Tokens of an answer; what goes on for longer goes round in circles."""


@dataclass(frozen=True)
class Report:
    """A short report: one section of text, with a title page."""

    path: Path
    document: Document
    family: Family
    gold: Mapping[str, Any]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    case = generate(Form.X2022, 5, options=Options(sections=("income",), projects=0, cover=False))
    folder = write_case(case, tmp_path_factory.mktemp("case"))
    document, family = document_of(folder / "report.pdf")
    return Report(folder / "report.pdf", document, family, read_json(folder / "expected.json"))


@contextmanager
def asked(name: str) -> Iterator[ModelSettings]:
    """A real model, served by the side process."""
    pytest.importorskip("xllamacpp")
    try:
        path = model(name)
    except NotHad as reason:
        pytest.skip(f"no model to ask: {reason}")
    store = path.parent / "answers.sqlite"
    with served(ModelSettings(f"gguf:{path}", store=store, concurrency=2, max_output_tokens=LONGEST)) as settings:
        yield settings


@pytest.fixture(scope="module")
def qwen() -> Iterator[ModelSettings]:
    with asked("qwen-0.5b") as settings:
        yield settings


@pytest.fixture(scope="module")
def mapped(report: Report, qwen: ModelSettings) -> Cascaded:
    """The report, mapped by the half-billion model alone."""
    return by_model(report, qwen)


def by_model(report: Report, settings: ModelSettings) -> Cascaded:
    with asker(settings) as asking:
        mapper = Mapper(asking, report.family, threads=settings.concurrency)
        return map_by_model(report.document, mapper, settings.name, 1)


def wrong(report: Report, cascaded: Cascaded) -> dict[str, Status]:
    """The figures that are delivered and not the gold's, each with what is said of it."""
    verified = cascaded.verified
    pairs = face(report.gold, plain_values(verified.report), by_name).pairs
    return {
        pair.got_pointer: verified.statuses[pair.got_pointer]
        for pair in pairs
        if pair.got_pointer and is_number(pair.got) and pair.got != pair.gold
    }


def printed_at(report: Report, cascaded: Cascaded) -> dict[str, tuple[str, str]]:
    """Of every delivered figure: its digits as they are delivered, and the words of the page at its place."""
    found = {}
    with pymupdf.open(report.path) as pages:
        for pointer, figure in cascaded.verified.figures.items():
            token = report.document.tokens[figure.token]
            x0, y0, x1, y1 = token.box
            words = pages[token.page - 1].get_textbox((x0 - 1, y0 - 1, x1 + 1, y1 + 1))
            found[pointer] = (token.raw, "".join(words.split()))
    return found


def test_the_probe_finds_out_that_it_keeps_to_a_schema(qwen: ModelSettings) -> None:
    (result,) = probe(qwen)
    assert (result.mode, result.works) == ("json_schema", True)
    assert result.usage.output_tokens > 0


def test_every_question_is_answered_to_the_schema(report: Report, mapped: Cascaded) -> None:
    assert mapped.open == {}
    asked = {piece.purpose for piece in pieces_of(report.document, report.family).asked}
    # And what the answers leave without a field is offered again.
    assert {purpose for purpose in mapped.prompts if not purpose.startswith("loose")} == asked
    assert not mapped.usage.calls or mapped.usage.calls >= len(mapped.prompts)  # none where all answers were kept


def test_every_figure_stands_on_the_page_at_its_place(report: Report, mapped: Cascaded) -> None:
    places = printed_at(report, mapped)
    assert places
    assert {pointer: both for pointer, both in places.items() if both[0] not in both[1]} == {}


def test_no_wrong_figure_is_verified(report: Report, mapped: Cascaded) -> None:
    assert {pointer for pointer, status in wrong(report, mapped).items() if status in TRUSTED} == set()
    assert Status.VERIFIED in mapped.verified.statuses.values()


def test_what_is_rejected_is_not_delivered(mapped: Cascaded) -> None:
    delivered = mapped.verified.figures
    for refused in mapped.verified.rejected:  # an invention is told even where another answer had the figure
        assert refused.reason
        assert refused.pointer not in delivered or str(delivered[refused.pointer].value) != str(refused.proposed)


def test_of_a_model_that_knows_nothing_no_wrong_figure_is_verified(report: Report) -> None:
    with asked("smollm2-135m") as settings, asker(settings) as asking:
        guessing = Mapper(Forced(asking), report.family, numbers=Choice(), threads=settings.concurrency)
        mapped = map_by_model(report.document, guessing, settings.name, 0)
    places = printed_at(report, mapped)
    assert {pointer: both for pointer, both in places.items() if both[0] not in both[1]} == {}
    assert wrong(report, mapped) or mapped.verified.rejected, "it guesses: some of it is wrong"
    assert {pointer for pointer, status in wrong(report, mapped).items() if status in TRUSTED} == set()
