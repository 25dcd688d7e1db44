"""What the verifier says of nested values that a model chose, while they are no report yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from recount.pipeline.document import Document
from recount.pipeline.model.chosen import chosen_in
from recount.pipeline.model.draft import references, unsure_in
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.cover import Numbers
from recount.schemas.family import Family
from recount.schemas.figures import Model, Ref


@dataclass(frozen=True, slots=True)
class Verifying:
    """Verifies values about one document, again and again.

    mapper: who proposed the figures that were in the report before. model: who chose the others, as `model:<name>`.
    """

    document: Document
    family: Family
    mapper: str
    model: str
    _numbers: Numbers = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_numbers", Numbers(self.document.tokens))

    def report(self, values: dict[str, Any]) -> Model:
        """The values as a Report[Ref]."""
        known = {key: each for key, each in references(values).items() if each is not None}
        return self.family.report_of(Ref).model_validate(known)  # type: ignore[no-any-return]

    def verified(self, values: dict[str, Any]) -> Verified:
        """What the verifier says of them. What the words of a choice do not speak for is unsure."""
        return verify(
            self.report(values),
            self.document.tokens,
            self.mapper,
            numbers=self._numbers,
            unsure=frozenset(unsure_in(values)),
            mappers=dict.fromkeys((at for at, _ in chosen_in(values)), self.model),
        )
