"""The family: `recount structure REPORT.pdf --out DIR --family THIS_FOLDER` looks for FAMILY here."""

from __future__ import annotations

from recount.schemas.family import Family
from recount.schemas.starter.models import Report
from recount.schemas.starter.outline import OUTLINE

FAMILY = Family(
    name="starter",
    title="starter",
    contract="starter/1",
    report=Report,
    outline=OUTLINE,
    # The words of the title page, without spaces; the named groups fill fields of the report.
    front=r"^(?P<unit_name>.+?)(?P<fiscal_year>20\d\d)年度?收支情况报告",
    # The fields' titles and words (models.py) are all that the reader needs.
    labelled=True,
)
