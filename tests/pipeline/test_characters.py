"""A report whose characters have other codes is the same report: its numbers, its fields and its status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from recount.eval.generator import Form, generate
from recount.pipeline.document import Pages
from recount.pipeline.map.registry import map_document
from recount.pipeline.read import read_pdf
from recount.pipeline.recognise import recognise
from recount.pipeline.split.folding import ORDINARY, SIMPLIFIED, fold
from recount.pipeline.split.split import split
from recount.pipeline.verify.verify import Verified, verify
from recount.schemas.registry import FAMILIES

TRADITIONAL = {printed: chr(form) for form, printed in SIMPLIFIED.items()}
RADICALS = {ord(shown): chr(code) for code, shown in ORDINARY.items() if shown >= "\u2e80"}


@cache
def pages_of(form: Form) -> Pages:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(generate(form, 7).pdf)
        return read_pdf(path)


def verified(pages: Pages) -> Verified:
    document = split(pages, *FAMILIES)
    family = recognise(document)
    assert family is not None
    mapped = map_document(document, family)
    assert mapped is not None
    return verify(mapped.report, document.tokens, mapped.mapper)


def recoded(pages: Pages, codes: Mapping[int, str]) -> Pages:
    return replace(
        pages,
        pages=tuple(
            replace(page, lines=tuple(replace(line, text=line.text.translate(codes)) for line in page.lines))
            for page in pages.pages
        ),
    )


def values(found: Verified) -> dict[str, Decimal]:
    return {pointer: figure.value for pointer, figure in found.figures.items()}


@pytest.mark.parametrize("form", [Form.X2022, Form.N, Form.S2024])
def test_a_report_of_radicals_is_the_same_report(form: Form) -> None:
    plain, other = verified(pages_of(form)), verified(recoded(pages_of(form), RADICALS))
    assert other.report.model_dump_json() == plain.report.model_dump_json()
    assert other.statuses == plain.statuses


@pytest.mark.parametrize("form", [Form.X2022, Form.N, Form.S2024])
def test_a_traditional_report_has_the_same_figures_and_its_own_words(form: Form) -> None:
    plain, other = verified(pages_of(form)), verified(recoded(pages_of(form), TRADITIONAL))
    assert values(other) == values(plain)
    said = other.report.model_dump_json()
    assert fold(said) == fold(plain.report.model_dump_json())
    assert said != fold(said)
