"""What the title page says of a report: its fields with the blanks that words in Latin script have between them."""

from __future__ import annotations

from typing import Generic

import pytest

from recount.pipeline.map.labelled import front_of
from recount.schemas.describe import fields_of
from recount.schemas.figures import F, Model, text
from recount.tests.pipeline.map.grids import paragraph


class Report(Model, Generic[F]):
    unit_name: str | None = text("Name")


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("Harbour Lights Trust", "Annual report 2024"), "Harbour Lights Trust"),
        (("Harbour", "Lights Trust", "Annual report 2024"), "Harbour Lights Trust"),
        (("CAFÉ Ægir Trust", "Annual report 2024"), "CAFÉ Ægir Trust"),
        (("北岭 市供水", "有限公司 Annual report 2024"), "北岭市供水有限公司"),
        (("北岭 ABC 公司", "Annual report 2024"), "北岭ABC公司"),
    ],
)
def test_a_name_has_its_blanks_in_latin_script_alone(lines: tuple[str, ...], name: str) -> None:
    found = front_of([paragraph(line) for line in lines], r"^(?P<unit_name>.+?)Annualreport20\d\d", fields_of(Report))
    assert found == {"unit_name": name}


def test_a_title_page_that_says_nothing_fills_nothing() -> None:
    assert front_of([paragraph("Harbour Lights Trust")], r"^(?P<unit_name>.+?)Annualreport", fields_of(Report)) == {}
    assert front_of([], r"^(?P<unit_name>.+?)Annualreport", fields_of(Report)) == {}
