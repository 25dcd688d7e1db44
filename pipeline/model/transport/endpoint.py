"""One request to an endpoint. The only module that knows openai and instructor.

instructor renders the request of a mode and reads the answer; that is all it is used for. Its own retries are off:
they let the history grow, repeat what cannot succeed, and add up the usage of several requests (which the
`completion:response` hook gives for each). openai's are off too, for every request goes into the ledger.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel

from recount.pipeline.errors import ModelMisconfigured, Unreachable, UsageError
from recount.pipeline.model.ask.question import Messages
from recount.pipeline.model.transport.outcomes import Outcomes, Sent, choices_of
from recount.pipeline.settings import ModelSettings, ModeName

T = TypeVar("T")

VARIABLES = ("RECOUNT_API_KEY", "OPENAI_API_KEY")
"""Where a key is looked for first."""

KEYRING = "recount"
"""The service of the system's keyring where a key is looked for next; the user name is the endpoint's address."""

NO_KEY = "none"
"""What is sent to an endpoint that needs no key."""

_LARGEST_ANSWER = 1 << 24
"""Bytes of an answer: a hundred times what the longest has."""
_LARGEST_FILE = 1 << 30
"""Bytes of a batch's answers."""
_MOST_REDIRECTS = 3


class Endpoint:
    """Where the model is. The libraries are imported when the first request is sent."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._clients: dict[ModeName, Any] = {}
        self._lock = threading.Lock()
        self._dialect = Dialect(settings)
        self._at_work = threading.local()

    @cached_property
    def _key(self) -> str | None:
        """Not looked up before it is sent: a keyring may ask the user to unlock it."""
        if self._settings.provider:
            return provider_key(self._settings.name.partition("/")[0])
        return api_key(self._settings.endpoint)

    @cached_property
    def _outcomes(self) -> Outcomes:
        return Outcomes(self._settings, None if self._key == NO_KEY else self._key)

    def send(self, messages: Messages, response: type[BaseModel], mode: ModeName, timeout: float) -> Sent:
        """Sends one request and waits for its answer. timeout: seconds.

        Raises ModelMisconfigured if there is no such endpoint; all else that can go wrong is in what is returned.
        """
        client = self._client(mode)
        from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
        from instructor.core.hooks import Hooks

        received: list[Any] = []
        hooks = Hooks()
        hooks.on("completion:response", received.append)
        parameters = self._dialect.parameters
        started = time.monotonic()
        try:
            with self._ended_after(timeout):
                value = client.create(
                    response_model=response,
                    messages=[dict(message) for message in messages],
                    max_retries=0,
                    strict=False,
                    hooks=hooks,
                    **parameters,
                    **self._address(client, timeout),
                )
        except IncompleteOutputException:
            sent = self._outcomes.cut_off()
        except TimeoutError as error:
            sent = self._outcomes.failed(error)
        except InstructorRetryException as error:
            sent = self._failed(error.__cause__ or error, received, parameters)
        else:
            # As the answer will be read from the store, it is read now: by its JSON.
            sent = Sent("ok", answer=value.model_dump_json(by_alias=True))
        return _measured(sent, time.monotonic() - started, received)

    def prepare(self, mode: ModeName) -> None:
        """Makes ready to send, which takes seconds the first time. Raises ModelMisconfigured as send does."""
        self._client(mode)

    def body(self, messages: Messages, response: type[BaseModel], mode: ModeName) -> dict[str, Any]:
        """The body of the request that send would send."""
        import instructor
        from instructor.core.exceptions import InstructorRetryException

        bodies: list[dict[str, Any]] = []

        def written(**body: Any) -> None:
            bodies.append(body)
            raise NotImplementedError  # there is no answer to read

        create = instructor.patch(create=written, mode=_mode(mode))
        try:
            create(
                response_model=response,
                messages=[dict(message) for message in messages],
                max_retries=0,
                model=self._settings.name,
                **self._dialect.parameters,
            )
        except InstructorRetryException:
            return bodies[0]
        raise AssertionError("a request that nobody sent was answered")

    def api(self, do: Callable[[Any], T]) -> T:
        """Does something of the batch API with an openai client, whose own retries serve here. Raises a ModelError."""
        import openai

        if self._settings.provider:
            raise UsageError("a batch needs the address of an endpoint")
        client = self._client("json").client.with_options(max_retries=self._settings.attempts - 1)
        try:
            with self._ended_after(self._settings.deadline):
                return do(client)
        except (openai.OpenAIError, TimeoutError) as error:
            if isinstance(error, openai.NotFoundError):
                raise ModelMisconfigured(f"{self._settings.endpoint} has no batch API, or not this batch") from error
            raise self._outcomes.failed(error).error or Unreachable(self._outcomes.short(error)) from error

    def _failed(self, cause: BaseException, received: Sequence[Any], parameters: dict[str, Any]) -> Sent:
        if received and choices_of(received[0]):
            return self._outcomes.unusable(received[0], cause)
        sent = self._outcomes.failed(cause)
        if sent.outcome == "http 400" and self._dialect.learns(parameters, self._outcomes.short(cause)):
            return replace(sent, again=True, pause=0.0)
        return sent

    def _address(self, client: Any, timeout: float) -> dict[str, Any]:
        model = {} if self._settings.provider else {"model": self._settings.name}
        return model | ({"timeout": timeout} if _is_http(client) else {})

    # --- clients

    def _client(self, mode: ModeName) -> Any:
        with self._lock:
            if mode not in self._clients:
                # It logs the text of errors, which may quote a report or a key; what matters is in the ledger.
                logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)
                self._clients[mode] = self._of_provider(mode) if self._settings.provider else self._of_address(mode)
            return self._clients[mode]

    def _of_address(self, mode: ModeName) -> Any:
        import instructor
        import openai

        try:
            client = openai.OpenAI(
                api_key=self._key or NO_KEY,
                base_url=self._settings.address,
                max_retries=0,
                http_client=self._http_client(),
            )
        except (ValueError, openai.OpenAIError) as error:
            where = self._settings.endpoint
            raise ModelMisconfigured(f"cannot ask a model at {where}: {self._outcomes.short(error)}") from error
        return instructor.from_openai(client, mode=_mode(mode))

    def _http_client(self) -> Any:
        """Every request has a connection of its own: how else would it be known which one is to be cut."""
        import httpx2
        import openai

        return openai.DefaultHttpxClient(
            event_hooks={"request": [self._watch], "response": [_checked]},
            headers={"Accept-Encoding": "identity"},
            limits=httpx2.Limits(max_keepalive_connections=0),
            max_redirects=_MOST_REDIRECTS,
        )

    def _watch(self, request: Any) -> None:
        request.extensions = {**request.extensions, "trace": self._at_work.patience.trace}

    @contextmanager
    def _ended_after(self, seconds: float) -> Iterator[None]:
        """Raises TimeoutError where what is sent within, by this thread, took longer."""
        patience = self._at_work.patience = _Patience(seconds)
        try:
            yield
        except BaseException as error:
            if patience.is_over and not isinstance(error, KeyboardInterrupt):
                raise TimeoutError from error
            raise
        finally:
            patience.end()

    def _of_provider(self, mode: ModeName) -> Any:
        import instructor
        from instructor.core.exceptions import InstructorError

        key: dict[str, Any] = {"api_key": self._key} if self._key else {}
        try:
            client = instructor.from_provider(self._settings.name, async_client=False, mode=_mode(mode), **key)
        except (InstructorError, ImportError, ValueError) as error:
            raise ModelMisconfigured(f"cannot ask {self._settings.name}: {self._outcomes.short(error)}") from error
        if _is_http(client):
            client.client.max_retries = 0  # type: ignore[union-attr]
        return client


def _mode(mode: ModeName) -> Any:
    import instructor

    modes = instructor.Mode
    return {"tools": modes.TOOLS, "json_schema": modes.JSON_SCHEMA, "json": modes.JSON}[mode]


def _is_http(client: Any) -> bool:
    """Whether it is one of the clients that are made like openai's (anthropic and others): with retries and timeout."""
    return hasattr(client.client, "max_retries")


class _Patience:
    """Cuts the connections of a request that takes too long, whatever its server sends meanwhile: a timeout of
    single reads would be outlasted by a byte a second, of the headers too."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        """Told by the connection what it does: once it is there, it is kept at hand."""
        if not event.endswith(("connect_tcp.complete", "connect_unix_socket.complete")):
            return
        with self._lock:
            # A copy of its own: TLS takes the one that there is away.
            self._sockets.append(about["return_value"].get_extra_info("socket").dup())
        if self.is_over:
            self._cut()

    def _cut(self) -> None:
        self.is_over = True
        with self._lock:
            for connection in self._sockets:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """The request has come to its end."""
        self._timer.cancel()
        with self._lock:
            for connection in self._sockets:
                connection.close()
            self._sockets.clear()


def _checked(response: Any) -> None:
    """Follows no redirect to another host, which would be sent the report's text, and reads no answer without end."""
    import httpx2

    if response.has_redirect_location:
        target = response.url.join(response.headers["location"])
        if not _same_host(response.url, target):
            raise ModelMisconfigured(f"{_host(response.url)} sends on to {_host(target)}, which is not followed")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise Unreachable(f"{_host(response.url)} packs its answers, though it was asked not to")
    inner = response.stream
    largest = _LARGEST_FILE if "/files/" in response.url.path else _LARGEST_ANSWER

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in inner:
                size += len(chunk)
                if size > largest:
                    raise Unreachable(f"{_host(response.url)} answers with more than {largest >> 20:,} MB")
                yield chunk

        def close(self) -> None:
            inner.close()

    response.stream = Bounded()


def _same_host(one: Any, other: Any) -> bool:
    """Whether two URLs are of one server; it may send from http to https, and never back."""
    ports = {"http": 80, "https": 443}
    old, new = ((url.scheme, url.port or ports.get(url.scheme)) for url in (one, other))
    return one.host == other.host and (old == new or (old, new) == (("http", 80), ("https", 443)))


def _host(url: Any) -> str:
    """A URL without what may be secret in it."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}".replace(url.userinfo.decode("ascii") + "@", "")


def _measured(sent: Sent, seconds: float, received: Sequence[Any]) -> Sent:
    """With the seconds that it took and the tokens that the endpoint counted (by the names of several providers)."""
    usage = getattr(received[0], "usage", None) if received else None
    if usage is None and received:
        usage = getattr(received[0], "usage_metadata", None)
    return replace(
        sent,
        seconds=seconds,
        said=_said(received[0]) if received and choices_of(received[0]) else None,
        input_tokens=_count(usage, "prompt_tokens", "input_tokens", "prompt_token_count"),
        output_tokens=_count(usage, "completion_tokens", "output_tokens", "candidates_token_count"),
    )


def _count(usage: Any, *names: str) -> int | None:
    return next((value for name in names if isinstance(value := getattr(usage, name, None), int)), None)


def _said(completion: Any) -> str:
    """All that was answered, as far as it is found in the shape of OpenAI's completions."""
    messages = [getattr(choice, "message", None) for choice in choices_of(completion)]
    calls = [call for message in messages for call in getattr(message, "tool_calls", None) or ()]
    words = [getattr(message, "content", None) for message in messages]
    words += [getattr(getattr(call, "function", None), "arguments", None) for call in calls]
    return "".join(word for word in words if isinstance(word, str))


# --- the parameters of a request, as its refusals tell


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


# --- the key: looked up where it is sent, never kept, logged or shown


def api_key(endpoint: str) -> str | None:
    """The key for an endpoint; None if the user has given none."""
    for variable in VARIABLES:
        if key := os.environ.get(variable, "").strip():
            return key
    return _from_keyring(endpoint)


def provider_key(provider: str) -> str | None:
    """The key for one of instructor's providers; None leaves it to the provider's own variable."""
    return os.environ.get(VARIABLES[0], "").strip() or _from_keyring(provider)


def _from_keyring(endpoint: str) -> str | None:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(KEYRING, endpoint) or keyring.get_password(KEYRING, "")
    except KeyringError:
        return None
