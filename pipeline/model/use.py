"""How a report is mapped with a model."""

from __future__ import annotations

from dataclasses import dataclass

from recount.pipeline.model.ask.question import Asker
from recount.pipeline.model.settings import ModelSettings


@dataclass(frozen=True, slots=True)
class Modelling:
    """How a report is mapped with a model.

    settings: which model is asked. alone: it maps all, and no template is used. rounds: how often it may be asked about
    a part of a report, the first question included. asker: who is asked instead of the settings' endpoint.
    """

    settings: ModelSettings
    alone: bool = False
    rounds: int = 3
    asker: Asker | None = None
