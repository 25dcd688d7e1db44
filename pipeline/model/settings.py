"""Which model is asked, where and within what limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from recount.pipeline.errors import UsageError

OPENAI = "https://api.openai.com/v1"

ModeName = Literal["tools", "json_schema", "json"]
"""How an answer to a schema is asked for: as the call of a tool, by the endpoint's grammar, or by words alone."""
ModelMode = Literal["auto", ModeName]
"""How the user has answers asked for: "auto" tries what works."""

AMOUNTS = ("budget", "price_input", "price_output")
"""The settings that are amounts of money."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model is asked, where and within what limits. No secret is in it: whoever sends looks up the key.

    name: as the endpoint calls the model. base_url: None stands for OpenAI's, or with a name "provider/model" for
    one of instructor's providers.
    identity: what stands for the endpoint in the key of an answer, for servers whose address changes from run to run.
    max_output_tokens: of one answer. timeout: seconds of one request. deadline: seconds that a question may wait for
    the endpoint, with all attempts and the pauses between them. attempts: requests per answer when the transport
    fails. reasks: how often an answer that does not keep to the schema is asked for again. backoff: seconds; pauses
    grow from the first to the second. concurrency: requests at once, per process. requests_per_minute: over all
    processes that share the store. budget: of the run, in the currency of the prices; budget_tokens: of the run.
    price_input, price_output: per million tokens. store: the SQLite file of answers and calls, None: in memory.
    run: id of the run, for the ledger and the budget. offline: nothing is sent, kept answers are used.
    """

    name: str
    base_url: str | None = None
    identity: str | None = None
    mode: ModelMode = "auto"
    temperature: float = 0.0
    max_output_tokens: int = 4096
    seed: int | None = None
    timeout: float = 300.0
    deadline: float = 900.0
    attempts: int = 6
    reasks: int = 1
    backoff: tuple[float, float] = (1.0, 60.0)
    concurrency: int = 4
    requests_per_minute: int | None = None
    budget: Decimal | None = None
    budget_tokens: int | None = None
    price_input: Decimal | None = None
    price_output: Decimal | None = None
    store: Path | None = None
    run: str = ""
    offline: bool = False

    @property
    def endpoint(self) -> str:
        """What stands for the endpoint in keys and in the ledger: its address without what may be secret in one."""
        if self.identity is not None:
            return self.identity
        if self.address is None:
            return ""
        parts = urlsplit(self.address)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"

    @property
    def address(self) -> str | None:
        """Where requests go: OpenAI's unless another is named; None where one of instructor's providers knows."""
        return self.base_url or (None if self.provider else OPENAI)

    @property
    def provider(self) -> bool:
        """Whether the name is one of instructor's "provider/model"."""
        return self.base_url is None and "/" in self.name

    @property
    def stored(self) -> dict[str, Any]:
        """As the ledger keeps them: plain values."""
        kept = asdict(self)
        for name in AMOUNTS:
            kept[name] = None if kept[name] is None else str(kept[name])
        kept["store"] = None if self.store is None else str(self.store)
        return kept

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> ModelSettings:
        """Out of what a ledger has kept; what an earlier version did not keep is as by default."""
        kept = {each.name: stored[each.name] for each in fields(cls) if each.name in stored}
        for name in AMOUNTS:
            kept[name] = None if kept.get(name) is None else Decimal(kept[name])
        kept["store"] = None if kept.get("store") is None else Path(kept["store"])
        if "backoff" in kept:
            kept["backoff"] = tuple(kept["backoff"])
        return cls(**kept)


def check(settings: ModelSettings) -> None:
    """Raises UsageError for settings that cannot be kept to."""
    if settings.budget is not None and settings.price_input is None and settings.price_output is None:
        raise UsageError("a budget in currency needs the prices of the model's tokens")
    if settings.requests_per_minute is not None and settings.requests_per_minute < 1:
        raise UsageError("at least one request a minute must be allowed")
    if min(settings.concurrency, settings.attempts, settings.max_output_tokens) < 1 or settings.reasks < 0:
        raise UsageError("requests at once, attempts and output tokens must be at least 1, re-asks at least 0")
    if "@" in urlsplit(settings.base_url or "").netloc:
        raise UsageError("the address of an endpoint must hold no password: the key is taken from the environment")
