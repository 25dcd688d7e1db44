"""Sections in words in Latin script: what stands beside the words of a field is its figure, and nothing else is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.document import Paragraph
from recount.pipeline.draft.drawn import UNKNOWN
from recount.pipeline.map.worded import labels_in
from recount.pipeline.model.ask.prompting import is_in_english
from recount.pipeline.recognise import family_of
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import splits_of, structure
from recount.schemas.family import Family
from recount.tests.pipeline.model.server import Asked, scripted

FAMILY = """
name = "trust"
title = "Annual report of the trust"
money = "USD thousands"

[[section]]
key = "income"
title = "Income"
level = 1
fields = [
  { key = "total", title = "Total income" },
  { key = "donations", title = "Donations" },
  { key = "interest", title = "Interest" },
  { key = "share", title = "Share of donations", kind = "percent" },
  { key = "donors", title = "Donors", kind = "count" },
]
identities = ["total = donations + interest"]
"""


@pytest.fixture
def family(tmp_path: Path) -> Family:
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "family.toml").write_text(FAMILY, encoding="utf-8")
    return family_of(str(folder))


def written(folder: Path, *lines: str) -> Path:
    with pymupdf.open() as document:
        page = document.new_page(width=700)
        for at, (size, text) in enumerate(
            [(18, "Annual report of the trust"), (11, "Year ended 31 December 2024"), *((11, line) for line in lines)]
        ):
            page.insert_text((60, 60 + 26 * at), text, fontsize=size)
        document.save(folder / "report.pdf")
    return folder / "report.pdf"


def read(folder: Path, family: Family, *lines: str) -> dict[str, Any]:
    """What a report says of income, and with which status, under a heading, with another section behind it."""
    lines = ("1. Income", *lines, "2. Staff", "Total income was USD 5 thousand. Interest was USD 6 thousand.")
    result = structure(written(folder, *lines), family)
    said = (result.report.get("income") or {}).items()
    return {key: (value, str(result.figures[f"/income/{key}"].status)) for key, value in said if value is not None}


def test_words_before_and_behind_their_figures_are_read_and_recounted(tmp_path: Path, family: Family) -> None:
    found = read(
        tmp_path,
        family,
        "Total income for 2024 was $1,250 thousand, of which donations amounted to USD 1,180 thousand.",
        "We had USD 70 thousand in interest, and 14 donors (share of donations: 94.4%).",
    )
    assert {key: value for key, (value, _) in found.items()} == {
        "total": 1250,
        "donations": 1180,
        "interest": 70,
        "share": Decimal("94.4"),
        "donors": 14,
    }
    assert {key for key, (_, status) in found.items() if status == "verified"} == {"total", "donations", "interest"}


@pytest.mark.parametrize(
    "text",
    [
        "Restricted donations were USD 30 thousand.",
        "Donations of goods were USD 30 thousand.",
        "Donations rose by USD 30 thousand.",
        "Donations in 2023 were USD 30 thousand.",
        "In 2023, donations were USD 30 thousand.",
        "Donations were USD 30 thousand in 2023.",
        "Budgeted donations were USD 30 thousand.",
        "We expected donations of USD 30 thousand.",
        "In the previous year the donations were USD 30 thousand.",
        "Compared with USD 30 thousand in donations.",
        "Donations were EUR 30 thousand.",
        "Donations were $30,000.",
        "Donations were 30.50.",
        "Donations: 30%.",
        "Donations were USD 30 thousand. Donations: USD 40 thousand.",
        "Of donations and interest, USD 30 thousand of donations and interest was spent.",
    ],
)
def test_what_the_words_do_not_make_certain_is_left_open(text: str, tmp_path: Path, family: Family) -> None:
    assert "donations" not in read(tmp_path, family, "Total income: USD 100 thousand.", text)


def test_an_amount_in_another_scale_is_converted(tmp_path: Path, family: Family) -> None:
    assert read(tmp_path, family, "Donations of USD 1.18 million came in.")["donations"][0] == 1180


def test_a_figure_that_is_said_twice_alike_is_read(tmp_path: Path, family: Family) -> None:
    found = read(tmp_path, family, "Donations: USD 30 thousand. Donations were USD 30 thousand, as said.")
    assert found == {"donations": (30, "grounded")}


def test_a_heading_is_known_by_its_words_however_it_is_numbered(tmp_path: Path, family: Family) -> None:
    for heading in ("Income", "INCOME", "IV. Income", "Note 5: Income", "3.1 Income", "B) Income:"):
        result = structure(written(tmp_path, heading, "Interest: USD 70 thousand."), family)
        assert result.report["income"]["interest"] == 70, heading


def test_the_next_number_ends_a_section_and_that_of_a_list_inside_does_not(tmp_path: Path, family: Family) -> None:
    lines = (
        "Note 5: Income",
        "1. Interest",
        "Interest: USD 70 thousand.",
        "Note 6: Leases",
        "Donations: USD 9 thousand.",
    )
    result = structure(written(tmp_path, *lines), family)
    assert (result.report["income"]["interest"], result.report["income"]["donations"]) == (70, None)


def answered(_: Asked) -> dict[str, Any]:
    return {"income": {"total": "1,250@1", "donations": "1,180@2", "interest": "70@3", "share": None, "donors": None}}


def test_a_model_is_asked_in_the_language_of_the_family(tmp_path: Path, family: Family) -> None:
    report = written(
        tmp_path,
        "1. Income",
        "The trust raised USD 1,250 thousand, total income of all kinds. As donations it had USD 1,180 thousand,",
        "and as interest that it earned USD 70 thousand.",
    )
    assert is_in_english(family)
    with scripted(answered) as server:
        model = ModelSettings("any", base_url=server.base_url, mode="json_schema")
        result = structure(report, family, Settings(model=model, mapper="auto"))
        (asked,) = server.requests
    assert not [sign for sign in asked.system + asked.user if "\u2e80" <= sign <= "\u9fff"]
    assert 'the text of "1. Income"' in asked.user
    assert result.report["income"]["interest"] == 70


# --- labels that a draft takes for fields


def labels(folder: Path, words: str, year: int | None = 2024) -> list[tuple[str, str, str]]:
    (folder / "a.txt").write_text(f"1. Income\n\n{words}\n", encoding="utf-8")
    blocks = splits_of(folder / "a.txt", UNKNOWN)[0].document.blocks
    read = [block for block in blocks if isinstance(block, Paragraph)]
    return [(label, kind.value, token.raw) for label, kind, token in labels_in(read, year)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Total income for 2024 was USD 1,250 thousand.", [("total income", "money", "1,250")]),
        ("Grants paid: USD 70 thousand, and the fees were USD 8 thousand.",
         [("grants paid", "money", "70"), ("fees", "money", "8")]),
        ("The trust has 14 staff. Share of donations: 94.4%.",
         [("staff", "count", "14"), ("share of donations", "percent", "94.4")]),
        ("We had USD 70 thousand in interest.", [("interest", "money", "70")]),
        ("Salaries were USD 9 thousand, compared with USD 8 thousand.", [("salaries", "money", "9")]),
        ("Salaries for 2023 were USD 9 thousand.", []),
        ("Under rule 405 of the act it was 7.", []),
        ("Section 13 or 15(d), telephone: 555-1234", []),
        ("In the three months ended June it was USD 5 thousand.", []),
        ("It was USD 5 thousand, which is USD 3 thousand.", []),
    ],
)  # fmt: skip
def test_labels_are_the_words_by_which_a_figure_would_be_read(
    tmp_path: Path, words: str, found: list[tuple[str, str, str]]
) -> None:
    assert labels(tmp_path, words) == found
