"""The template mapper: reads the statutory wording and the statutory tables. No network, no cost."""

from __future__ import annotations

from dataclasses import dataclass

from recount.pipeline.document import Remark
from recount.pipeline.split.outline import Section
from recount.schemas.figures import Model


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapped report.

    report: Report[Ref] of its family. found: whether any part of the family's form was met. remarks: on the tables that
    are known and were left open. sections: all that the document was cut into; None where it was not.
    """

    report: Model
    mapper: str
    found: bool
    remarks: tuple[Remark, ...] = ()
    sections: tuple[Section, ...] | None = None
