"""Which template mapper reads a family: here alone the pipeline knows that families differ.

The imports are inside, so that a run loads the mappers of the families that it meets.
"""

from __future__ import annotations

from collections.abc import Callable

from recount.pipeline.document import Document
from recount.pipeline.map import Mapped
from recount.schemas.family import Family
from recount.schemas.figures import Ref

Mapper = Callable[[Document], Mapped]


def _final_accounts(document: Document) -> Mapped:
    from recount.pipeline.map.final_accounts.mapper import map_report

    return map_report(document)


def _department_budget(document: Document) -> Mapped:
    from recount.pipeline.map.department_budget.mapper import map_budget

    return map_budget(document)


MAPPERS: dict[str, Mapper] = {"final_accounts": _final_accounts, "department_budget": _department_budget}
"""By the name of the family; a family whose fields are labelled needs none."""


def map_document(document: Document, family: Family) -> Mapped:
    """Map a split document of a family. What its form does not make certain is left open.

    A family that nobody wrote a template for, and whose fields are not labelled, is left to a model.
    """
    if family.labelled:
        from recount.pipeline.map.labelled import map_labelled

        return map_labelled(document, family)
    if family.name not in MAPPERS:
        return Mapped(family.report_of(Ref)(), "template", found=False)
    return MAPPERS[family.name](document)
