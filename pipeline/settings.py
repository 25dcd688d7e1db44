"""How reports are to be structured, as one value that goes from the command line to every worker."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal

from recount.pipeline.errors import UsageError

if TYPE_CHECKING:
    from recount.pipeline.model.settings import ModelSettings

OcrMode = Literal["auto", "always", "never"]
"""Which pages are read by OCR: those that need it, all of them, or none."""
OcrBackend = Literal["openvino", "onnxruntime"]
"""What runs the recogniser's networks."""
MapperName = Literal["auto", "template", "model"]
"""Who maps a report to the schema."""
Workers = Literal["local", "ray"]
"""Where worker processes run: on this machine, or on a Ray cluster. It decides no result."""

_KEPT_AS = {"ocr_backend": "engine"}
"""The names of settings in the ledger where they are not those of the fields: ledgers are older than the fields."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides results beside the program and the files. It is pickled for workers, and kept in the ledger.

    family: the name of a report family, or the folder of one of the user's; None has it recognised. ocr: which pages
    are read by OCR. ocr_backend: what runs the recogniser's networks. mapper: who maps: "auto" the template mapper, and
    the model for what it leaves open, if there is one; "template" it alone; "model" the model alone. model: which one.
    rounds: how often it may be asked about a part of a report, the first question included.
    """

    family: str | None = None
    ocr: OcrMode = "auto"
    ocr_backend: OcrBackend = "openvino"
    mapper: MapperName = "auto"
    model: ModelSettings | None = None
    rounds: int = 3

    @property
    def asked(self) -> ModelSettings | None:
        """The model that may be asked; None if there is none, or the template maps alone."""
        return None if self.mapper == "template" else self.model

    @property
    def alone(self) -> bool:
        """Whether the model maps all of a report, and no template is used."""
        return self.mapper == "model"

    @property
    def variant(self) -> str:
        """What tells results by these settings from results by others: "" for the defaults.

        Raises UsageError if the family is unknown, or broken.
        """
        if self == Settings():
            return ""
        parts: list[str] = [self.ocr, self.ocr_backend]
        if self.family is not None:
            from recount.pipeline.recognise import family_of, fingerprint

            family_of(self.family)
            parts.append(fingerprint(self.family))
        if self.asked is not None:
            parts.append(f"{self.mapper}:{self.asked.name}:{self.asked.mode}:{self.rounds}")
        return "/".join(parts)

    def placed(self) -> Settings:
        """With the family's folder, if it is one, as it is called from anywhere: workers may work in another."""
        if self.family is None:
            return self
        from recount.schemas.registry import FAMILIES

        is_folder = all(self.family != family.name for family in FAMILIES) and os.path.exists(self.family)
        return replace(self, family=os.path.abspath(self.family)) if is_folder else self

    @property
    def stored(self) -> dict[str, Any]:
        """As the ledger keeps them."""
        kept = {_KEPT_AS.get(name, name): value for name, value in asdict(replace(self, model=None)).items()}
        kept["model"] = self.model.stored if self.model is not None else None
        return kept

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Settings:
        """Out of what a ledger has kept; what an earlier version did not keep is as by default."""
        names = {field.name: _KEPT_AS.get(field.name, field.name) for field in fields(cls)}
        kept = {name: stored[kept_as] for name, kept_as in names.items() if kept_as in stored}
        if kept.get("model") is not None:
            from recount.pipeline.model.settings import ModelSettings

            kept["model"] = ModelSettings.of(kept["model"])
        return cls(**kept)

    @classmethod
    def chosen(cls, options: Mapping[str, Any]) -> Settings:
        """Out of options by the names of the fields, those of the model beside them; `model` is what it is called.

        Raises UsageError for amounts that are none, limits that cannot be kept to, a key in an address, and if a mapper
        is asked for that needs a model.
        """
        own = {field.name: options[field.name] for field in fields(cls) if field.name in options}
        return cls(**{**own, "model": _model(options)})


DEFAULTS = Settings()


def _model(options: Mapping[str, Any]) -> ModelSettings | None:
    """The model that options name; None if they name none."""
    if options.get("model") is None:
        if options.get("mapper") == "model":
            raise UsageError("--mapper model needs a model: --model names it")
        return None
    # Imported when a model is named: its settings are no heavy import, but the others of its package are.
    from recount.pipeline.model.settings import AMOUNTS, ModelSettings, check

    limits = {field.name: options[field.name] for field in fields(ModelSettings) if field.name in options}
    limits |= {name: _amount(name, options.get(name)) for name in AMOUNTS}
    settings = ModelSettings(**{**limits, "name": options["model"]})
    check(settings)
    return settings


def _amount(name: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"--{name.replace('_', '-')} takes an amount, and {text} is none")
    return amount
