"""A report mapped with a model, as the settings say: by the model alone, or by the template mapper first."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

from recount.pipeline.document import Document, Mapped
from recount.pipeline.map.registry import map_document
from recount.pipeline.model.ask.question import Asker
from recount.pipeline.model.cascade import cascade, map_by_model
from recount.pipeline.model.mapper import Mapper
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.client import asker
from recount.pipeline.settings import Settings
from recount.pipeline.usage import Usage
from recount.pipeline.verify import Verified
from recount.schemas.family import Family


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What a model had to do with a result.

    name: who mapped it: template, cascade or model:<name>. usage: calls, tokens, cost. prompts: the versions of the
    prompts, by the part asked about. open: the parts that no answer was had for, with the reason.
    """

    name: str
    usage: Usage
    prompts: Mapping[str, tuple[str, ...]]
    open: Mapping[str, str]


def map_with_model(
    document: Document, family: Family, settings: Settings, sha256: str, who: Asker | None = None
) -> tuple[Mapped, Verified, ModelUse]:
    """Map a document of a family by the model that the settings name.

    sha256: of its file, for the ledger of calls. who: asked instead of the model's endpoint.
    """
    asked = settings.asked
    assert asked is not None, "only with a model that may be asked"
    mapper = Mapper(who or _asker(asked), family, sha256, threads=asked.concurrency)
    if settings.alone:
        done = map_by_model(document, mapper, asked.name, settings.rounds - 1)
    else:
        done = cascade(document, mapper, asked.name, settings.rounds, map_document(document, family))
    return done.mapped, done.verified, ModelUse(done.mapped.mapper, done.usage, done.prompts, done.open)


@cache
def _asker(settings: ModelSettings) -> Asker:
    """One asker a process: it holds the connection and the store open until the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(asker(settings))
