"""What the verifier remembers of a report changes nothing in what it says of copies of it."""

from __future__ import annotations

from random import Random

import pytest

from recount.eval.generator import Form, generate
from recount.eval.verifier.base import Base, changed, load
from recount.eval.verifier.mismapped import MISMAPPED
from recount.eval.verifier.misread import MISREAD
from recount.pipeline.verify import Verified, verify


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    path = tmp_path_factory.mktemp("memo") / "report.pdf"
    path.write_bytes(generate(Form.S2024, 5).pdf)
    return load(path)


def said(found: Verified) -> tuple[object, ...]:
    checks = [(each.identity.rule, each.result, each.explanation, each.residual) for each in found.evaluations]
    suspects = {at: [each.figure.pointer for each in ranked] for at, ranked in found.suspects.items()}
    return found.statuses, found.cover, found.rejected, checks, suspects


@pytest.mark.parametrize("scanned", [False, True])
def test_copies_are_verified_as_if_nothing_were_known(base: Base, scanned: bool) -> None:
    first = base.as_scanned(twice=False) if scanned else base
    assert first.verified.figures
    rng = Random(1)
    for operator in MISREAD if scanned else MISMAPPED:
        fault = operator.make(rng, first)
        if fault is None:
            continue
        numbers = first.numbers.with_tokens(fault.tokens)
        report = changed(first.report, fault.report) if fault.report else first.report
        known = verify(report, numbers.tokens, "x", numbers=numbers)
        assert said(known) == said(verify(report, numbers.tokens, "x")), operator.name


def test_every_evaluation_is_an_object_of_its_own(base: Base) -> None:
    """The checks of a result are told apart by them."""
    again = verify(base.report, base.tokens, "x", numbers=base.numbers).evaluations
    assert len({id(each) for each in again}) == len(again)


def test_a_memory_does_not_grow_with_the_copies(base: Base) -> None:
    assert base.verified.figures
    memo = base.numbers.memo
    sizes = [len(each) for each in (memo.resolved, memo.covered, memo.parts, memo.single, memo.windows)]
    for _ in range(3):
        verify(base.report.model_copy(), base.tokens, "x", numbers=base.numbers)
    assert sizes == [len(each) for each in (memo.resolved, memo.covered, memo.parts, memo.single, memo.windows)]
