"""Generated reports as text: the same figures as on the pages, whatever became of their words and places."""

from __future__ import annotations

import codecs
import re

import pytest

from recount.eval.generator import Form, Options, generate
from recount.eval.generator.budgets import generate_budget
from recount.eval.generator.texts import KINDS, written
from recount.eval.generator.texts.written import Kind
from recount.eval.generator.typeset.compose import Manuscript

PLAIN: tuple[Kind, ...] = ("raw", "tabs", "cells", "md", "html")
SMALL = Options(projects=2, size="small", slips=0.3)


def decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeError:
        return data.decode("gb18030")


def squeezed(text: str) -> str:
    return re.sub(r"[\s　]|</?[a-z][^>]*>", "", text)


def manuscript(seed: int = 3) -> Manuscript:
    return generate(Form.X2022, seed, options=SMALL).manuscript


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_writes_the_same_bytes(kind: Kind) -> None:
    report = manuscript()
    assert written(report, kind, 5) == written(report, kind, 5)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("kind", PLAIN)
def test_every_figure_stands_in_the_text(form: Form, kind: Kind) -> None:
    for seed in range(1, 3):
        case = generate(form, seed, options=SMALL)
        text = squeezed(decoded(written(case.manuscript, kind, seed).data))
        assert [(pointer, raw) for pointer, raw in case.figures if squeezed(raw) not in text] == []


def test_a_budget_is_written_too() -> None:
    case = generate_budget(3)
    for kind in PLAIN:
        text = squeezed(decoded(written(case.manuscript, kind, 3).data))
        assert [raw for _, raw in case.figures if squeezed(raw) not in text] == []
