"""A field is named by its own words: where the labels of two addends are exchanged in the print, the figures follow.

A sum is the same whichever addend a number is filed under, so only the labels tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from recount.eval.generator import Form, generate
from recount.eval.generator.budgets import generate_budget, generate_district_budget
from recount.pipeline.document import Cell, Document, Grid, Paragraph, Text
from recount.pipeline.map.registry import map_document
from recount.pipeline.map.tables.sheet import bare, has_chinese, heading, table_of
from recount.pipeline.split.folding import fold
from recount.pipeline.structure import document_of
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.recount import Status
from recount.schemas.describe import leaves_in, steps_of
from recount.schemas.family import Family
from recount.schemas.figures import Ref
from recount.schemas.terms import Sum

MADE: dict[str, Callable[[], bytes]] = {
    "x2023": lambda: generate(Form.X2023, 42).pdf,
    "s2024": lambda: generate(Form.S2024, 43).pdf,
    "budget": lambda: generate_budget(45).pdf,
    "district": lambda: generate_district_budget(46).pdf,
}
FOREIGN = "另类"
"""Before a label it makes another: 另类项目支出."""
FEWEST = 8  # pairs of addends in every report


class Report(NamedTuple):
    """A report as printed, and what it comes to."""

    document: Document
    family: Family
    verified: Verified


class Pair(NamedTuple):
    """Two addends of a sum: where they are filed, and what the print calls them."""

    pointers: tuple[str, str]
    labels: tuple[str, str]
    block: int


@cache
def report(name: str) -> Report:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.pdf"
        path.write_bytes(MADE[name]())
        document, family = document_of(path)
    return Report(document, family, verified(document, family))


def verified(document: Document, family: Family) -> Verified:
    mapped = map_document(document, family)
    return verify(mapped.report, document.tokens, mapped.mapper)


# --- which addends there are, and how they are labelled


def pairs(made: Report) -> Iterator[Pair]:
    """Neighbouring addends of every sum that holds, which differ in one key; of the rows of a list those of one.

    Changes are left out: their words (比上年增加) are those of what stands before them.
    """
    met = set()
    places = {
        number.token.index: index for index, block in enumerate(made.document.blocks) for number in numbers(block)
    }
    for evaluation in made.verified.evaluations:
        computed = evaluation.identity.computed
        if evaluation.result != "pass" or not isinstance(computed, Sum):
            continue
        for one, other in pairwise(computed.operands):
            way = tuple(step for at in (one, other) for step in steps_of(at.pointer) if not step.isdigit())
            if way in met or "change" in way or not differ_in_one_key(one.pointer, other.pointer):
                continue
            block = places[one.token]
            found = [label(made.document.blocks[block], figure.token) for figure in (one, other)]
            if block == places[other.token] and all(found) and found[0] != found[1]:
                met.add(way)
                yield Pair((one.pointer, other.pointer), (found[0], found[1]), block)


def differ_in_one_key(one: str, other: str) -> bool:
    steps, others = steps_of(one), steps_of(other)
    unlike = [step for pair in zip(steps, others, strict=False) if pair[0] != pair[1] for step in pair]
    return len(steps) == len(others) and len(unlike) == 2 and not any(step.isdigit() for step in unlike)


def numbers(block: Paragraph | Grid) -> tuple[object, ...]:
    cells = block.cells if isinstance(block, Grid) else (block,)
    return tuple(number for part in cells for number in part.numbers)


def label(block: Paragraph | Grid, token: int) -> str:
    """The words of a figure: right before it in its clause, or over its column. "" where they are not found."""
    if isinstance(block, Paragraph):
        return _words_before(block, token)
    cell = next(cell for cell in block.cells if any(number.token.index == token for number in cell.numbers))
    over = heading(table_of(block), cell.column)
    return over.text.printed if over is not None and has_chinese(over) else ""


def _words_before(paragraph: Paragraph, token: int) -> str:
    done = 0
    for number in paragraph.numbers:
        if number.token.index == token:
            before = _CLAUSE.search(paragraph.text.folded, done, number.start)
            return paragraph.text.printed[slice(*before.span("label"))] if before and number.token.unit != "%" else ""
        done = number.end
    return ""


_CLAUSE = re.compile(r"(?:^|[,。;:、])(?:其中|\d{4}年度?)*(?P<label>[^,。;:、]+?)(?:支出)?(?:决算)?(?:为|是)?$")


# --- the same report with other labels


def relabelled(document: Document, block: int, words: Mapping[str, str]) -> Document:
    """A report in which a paragraph, or the head of a table, has other words in the place of some."""
    old = document.blocks[block]
    new: Paragraph | Grid
    if isinstance(old, Paragraph):
        new = respelled(old, words)
    else:
        body = table_of(old).body
        new = replace(old, cells=tuple(_headed(cell, words) if cell.row < body else cell for cell in old.cells))
    blocks = (*document.blocks[:block], new, *document.blocks[block + 1 :])
    return replace(document, blocks=blocks)


def _headed(cell: Cell, words: Mapping[str, str]) -> Cell:
    printed = words.get(cell.text.printed, cell.text.printed)
    return cell if printed == cell.text.printed else replace(cell, text=Text(printed, printed), numbers=())


def respelled(paragraph: Paragraph, words: Mapping[str, str]) -> Paragraph:
    """A paragraph with other words in the place of some, its numbers where they then stand."""
    text, printed, folded, at = paragraph.text, "", "", 0
    moved: dict[int, int] = {}
    while at < len(text):
        moved[at] = len(printed)
        word = next((word for word in words if text.printed.startswith(word, at)), None)
        printed += words[word] if word else text.printed[at]
        folded += fold(words[word]) if word else text.folded[at]
        at += len(word) if word else 1
    moved[at] = len(printed)
    kept = [replace(number, start=moved[number.start], end=moved[number.end]) for number in paragraph.numbers]
    return replace(paragraph, text=Text(printed, folded), numbers=tuple(kept))


def filed(made: Report, document: Document, pointers: Iterable[str]) -> list[int | None]:
    """The numbers in some fields of a changed report that are verified; that is looked at only where one has moved."""
    report = map_document(document, made.family).report
    refs = {pointer: leaf.token for pointer, leaf in leaves_in(report) if isinstance(leaf, Ref)}
    if all(refs.get(pointer) is None for pointer in pointers):
        return [None for _ in pointers]
    found = verify(report, document.tokens, "template")
    return [refs.get(at) if found.statuses.get(at) is Status.VERIFIED else None for at in pointers]


# --- what must hold


@pytest.mark.parametrize("name", MADE)
def test_figures_follow_labels_that_are_exchanged(name: str) -> None:
    made = report(name)
    found = list(pairs(made))
    assert len(found) >= FEWEST
    for pair in found:
        one, other = pair.labels
        stays_in_no_field(made, pair, {one: other, other: one})


@pytest.mark.parametrize("name", MADE)
def test_a_label_that_says_something_else_names_no_addend(name: str) -> None:
    made = report(name)
    for pair in pairs(made):
        stays_in_no_field(made, pair, {words: FOREIGN + words for words in pair.labels})


def stays_in_no_field(made: Report, pair: Pair, words: Mapping[str, str]) -> None:
    """With other labels no number is verified where it was (another print of the field may be)."""
    before = [made.verified.figures[pointer].token for pointer in pair.pointers]
    after = filed(made, relabelled(made.document, pair.block, words), pair.pointers)
    assert all(now != was for now, was in zip(after, before, strict=True)), pair


def test_a_dash_behind_a_label_is_none_of_it() -> None:
    assert bare("本年支出合计—") == bare("本年支出合计")
    assert bare("302—01") != bare("302")
