"""Whom questions are put to: kept answers first, then the model."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError

from recount.pipeline.errors import ModelError, ModelMisconfigured, NotToSchema, Offline, Truncated, Unreachable
from recount.pipeline.model.ask.question import Asker, Question, Reply
from recount.pipeline.model.settings import ModelSettings, ModeName, check
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.exchange import Post, not_to_schema, put
from recount.pipeline.model.transport.probe import working_mode
from recount.pipeline.model.transport.store import find, key_of, mode_of, opened
from recount.pipeline.usage import NOTHING

if TYPE_CHECKING:
    pass


_MOST_MISSED = 3
_PATIENCE = 120.0
"""Seconds for which an endpoint is left alone that did not answer so many questions in a row."""


@contextmanager
def asker(settings: ModelSettings) -> Iterator[Asker]:
    """Opens the store, and answers from it or by the model. Several threads may ask at once.

    Raises UsageError if the store cannot be opened, or a budget is given without prices.
    """
    check(settings)
    with opened(settings.store) as store:
        yield _Asker(Post(settings, store, Endpoint(settings)))


def prepare(settings: ModelSettings) -> None:
    """Finds out, if it is not known yet, in which mode the model answers; offline nothing is tried.

    Raises a ModelError if it cannot be asked at all, and UsageError as asker does.
    """
    if settings.offline:
        return
    check(settings)
    with opened(settings.store) as store:
        _Asker(Post(settings, store, Endpoint(settings))).mode()


class Silence:
    """How long an endpoint has not answered: after a few questions in a row it is left alone for a while.

    Else a server that is down would cost every question of an archive its deadline.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._missed, self._since = 0, 0.0

    def check(self) -> None:
        """Raises Unreachable while the endpoint is left alone."""
        if self._missed >= _MOST_MISSED and time.monotonic() - self._since < self._patience:
            raise Unreachable("not asked: the endpoint has not answered the last questions", NOTHING)

    def met(self) -> None:
        """A question was not answered."""
        self._missed, self._since = self._missed + 1, time.monotonic()

    def over(self) -> None:
        """A question was answered."""
        self._missed = 0


class _Asker:
    def __init__(self, post: Post) -> None:
        self._post = post
        self._slots = threading.BoundedSemaphore(post.settings.concurrency)
        self._probing = threading.Lock()
        self._hopeless: ModelMisconfigured | None = None
        self._silence = Silence()

    def ask(self, question: Question) -> Reply:
        """Returns the answer, kept or new. Raises a ModelError if there is none."""
        mode = self.mode()
        kept = self._kept(question, mode)
        if kept is not None:
            return _replayed(kept)
        if self._post.settings.offline:
            raise Offline("--offline: the model may not be asked, and no answer is kept")
        with self._slots:
            # Another thread may have asked the same meanwhile.
            kept = self._kept(question, mode)
            return self._asked(question, mode) if kept is None else _replayed(kept)

    def known(self, question: Question) -> bool:
        """Whether the outcome of a question is kept, so that nothing would be sent."""
        mode = mode_of(self._post.store, self._post.settings)
        return mode is not None and self._kept(question, mode) is not None

    def _asked(self, question: Question, mode: ModeName) -> Reply:
        if self._hopeless is not None:
            raise ModelMisconfigured(str(self._hopeless), NOTHING)
        self._silence.check()
        try:
            reply = put(self._post, question, mode)
        except ModelMisconfigured as error:
            self._hopeless = error
            raise
        except Unreachable:
            self._silence.met()
            raise
        self._silence.over()
        return reply

    def _kept(self, question: Question, mode: ModeName) -> Reply | ModelError | None:
        """The outcome of a question as it was when it was put, if it is kept."""
        kept = find(self._post.store, self._post.settings, key_of(self._post.settings, mode, question))
        if kept is None:
            return None
        if kept.outcome == "truncated":
            return Truncated(kept.answer, NOTHING)
        if kept.outcome == "invalid":
            return NotToSchema(not_to_schema(kept.answer), NOTHING, kept.answer)
        try:
            return Reply(question.response.model_validate_json(kept.answer), NOTHING, cached=True)
        except ValidationError:  # of a batch: its answers are kept as they come
            return None

    def mode(self) -> ModeName:
        """In which mode the model is asked. Raises a ModelError if it cannot be asked."""
        store, settings = self._post.store, self._post.settings
        mode = mode_of(store, settings)
        if mode is not None:
            return mode
        if settings.offline:
            raise Offline("--offline: the model may not be asked, and no answer is kept")
        with self._probing:
            return mode_of(store, settings) or working_mode(self._post)


def _replayed(kept: Reply | ModelError) -> Reply:
    if isinstance(kept, ModelError):
        raise kept
    return kept
