"""How an endpoint wants the parameters of a request called, as its refusals tell."""

from __future__ import annotations

import threading
from typing import Any

from recount.pipeline.model.settings import ModelSettings


class Dialect:
    """The parameters of requests to one endpoint.

    Most know max_tokens and temperature. OpenAI's reasoning models want max_completion_tokens and no temperature, and
    say so with HTTP 400; some endpoints know no seed.
    """

    def __init__(self, settings: ModelSettings) -> None:
        limit = settings.max_output_tokens
        self._given: dict[str, Any] = {"max_tokens": limit, "temperature": settings.temperature}
        if settings.seed is not None:
            self._given["seed"] = settings.seed
        self._lock = threading.Lock()

    @property
    def parameters(self) -> dict[str, Any]:
        """As they are sent now."""
        with self._lock:
            return dict(self._given)

    def learns(self, refused: dict[str, Any], said: str) -> bool:
        """Whether the request would be another now. refused: the parameters of a request that was turned down.
        said: the endpoint's words."""
        with self._lock:
            if "max_completion_tokens" in said and "max_tokens" in self._given:
                self._given["max_completion_tokens"] = self._given.pop("max_tokens")
            for name in ("temperature", "seed"):
                if name in said and "support" in said:
                    self._given.pop(name, None)
            return any(self._given.get(name) != value for name, value in refused.items())
