"""One request to an endpoint. The only module that knows openai and instructor.

instructor renders the request of a mode and reads the answer; that is all it is used for. Its own retries are off:
they let the history grow, repeat what cannot succeed, and add up the usage of several requests (which the
`completion:response` hook gives for each). openai's are off too, for every request goes into the ledger. What
endpoints have habits in stands between the two: `Dialect` says how a request looks, `answers` where its answer is.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any, TypeVar

from pydantic import BaseModel

from recount.pipeline.errors import ModelMisconfigured, ModelRefused, NoCompletion, Unreachable, UsageError
from recount.pipeline.model.ask.question import Messages
from recount.pipeline.model.transport.answers import answer_in, completion_of, get, is_whole, words_of
from recount.pipeline.model.transport.outcomes import TELLING, Dialect, Outcomes, Sent, choices_of
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
_LOOK = 10.0
"""Seconds for a look at what models an endpoint lists."""
_MOST_NAMED = 8
_CONTEXT_NAMES = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx", "n_ctx_train")
_NO_PLACE = re.compile(r"/(chat/completions|chat|completions|models|responses|embeddings)$")

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Where the environment says whose certificates are trusted."""

Listed = Mapping[str, Mapping[str, Any]]
"""What an endpoint says of its models, by their names."""


@cache
def _trusted(*_told: str | None) -> Any:
    """The certificates that are trusted; reading them takes longer than all else that a client is made of.

    _told: by the environment, which is looked at again where it tells another thing.
    """
    import httpx2

    return httpx2.create_ssl_context()


@dataclass(slots=True)
class _Flight:
    """A request on its way. body: its JSON. received: the completion that came."""

    body: Mapping[str, Any]
    received: Any = None


class Endpoint:
    """Where the model is. The libraries are imported when the first request is sent."""

    def __init__(self, settings: ModelSettings, dialect: Dialect | None = None) -> None:
        self._settings = settings
        self._clients: dict[ModeName | None, Any] = {}
        self._lock = threading.Lock()
        self.dialect = dialect or Dialect(settings)
        self._at_work = threading.local()

    @cached_property
    def _key(self) -> str | None:
        """Not looked up before it is sent: a keyring may ask the user to unlock it."""
        if self._settings.provider:
            return provider_key(self._settings.name.partition("/")[0])
        return api_key(self._settings.endpoint)

    @cached_property
    def _headers(self) -> Mapping[str, str]:
        return {name: _from_environment(name, value) for name, value in self._settings.headers.items()}

    @cached_property
    def _outcomes(self) -> Outcomes:
        secrets = [self._headers[name] for name, value in self._settings.headers.items() if value.startswith("$")]
        return Outcomes(self._settings, [*secrets, *([self._key] if self._key and self._key != NO_KEY else ())])

    def send(self, messages: Messages, response: type[BaseModel], mode: ModeName, timeout: float) -> Sent:
        """Sends one request and waits for its answer. timeout: seconds.

        Raises ModelMisconfigured if there is no such endpoint; all else that can go wrong is in what is returned.
        """
        self.prepare(mode)
        from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException

        flight = _Flight({})
        started = time.monotonic()
        try:
            with self._ended_after(timeout):
                value = self._created(flight, messages, response, mode, timeout)
        except IncompleteOutputException:
            sent = self._cut_off(flight, response)
        except TimeoutError as error:
            sent = self._outcomes.failed(error)
        except InstructorRetryException as error:
            sent = self._failed(error.__cause__ or error, flight, response)
        else:
            # As the answer will be read from the store, it is read now: by its JSON.
            sent = _answered(answer_in(flight.received, response).value or value)
        sent = self._outcomes.hushed(_measured(sent, time.monotonic() - started, flight))
        if sent.astray and sent.error is not None and not self._settings.provider:
            # Not before the failure is done with: libraries log what an error came of.
            return replace(sent, error=type(sent.error)(f"{sent.error}; {self._whereabouts}"))
        return sent

    def prepare(self, mode: ModeName) -> None:
        """Makes ready to send, which takes seconds the first time. Raises ModelMisconfigured as send does."""
        self._client(mode)

    def body(self, messages: Messages, response: type[BaseModel], mode: ModeName) -> dict[str, Any]:
        """The body of the request that send would send, of one that is not streamed."""
        from instructor.core.exceptions import InstructorRetryException

        bodies: list[dict[str, Any]] = []

        def written(**rendered: Any) -> None:
            bodies.append(self.dialect.body({"model": self._settings.name, **rendered}))
            raise NotImplementedError  # there is no answer to read

        try:
            _rendered(written, messages, response, mode)
        except InstructorRetryException:
            return {name: value for name, value in bodies[0].items() if not name.startswith("stream")}
        raise AssertionError("a request that nobody sent was answered")

    def api(self, do: Callable[[Any], T]) -> T:
        """Does something of the batch API with an openai client, whose own retries serve here. Raises a ModelError."""
        import openai

        if self._settings.provider:
            raise UsageError("a batch needs the address of an endpoint")
        client = self._client("json").with_options(max_retries=self._settings.attempts - 1)
        try:
            with self._ended_after(self._settings.deadline):
                return do(client)
        except (openai.OpenAIError, TimeoutError) as error:
            if isinstance(error, openai.NotFoundError):
                raise ModelMisconfigured(f"{self._settings.endpoint} has no batch API, or not this batch") from error
            raise self._outcomes.failed(error).error or Unreachable(self._outcomes.short(error)) from error

    def _created(
        self, flight: _Flight, messages: Messages, response: type[BaseModel], mode: ModeName, timeout: float
    ) -> Any:
        """What instructor reads in the answer. Raises what it raises."""
        client = self._client(mode)
        if not self._settings.provider:
            return _rendered(partial(self._post, client, flight, timeout), messages, response, mode)
        from instructor.core.hooks import Hooks

        hooks = Hooks()
        hooks.on("completion:response", partial(setattr, flight, "received"))
        flight.body = self.dialect.body({})
        patience = {"timeout": timeout} if _is_http(client) else {}
        with_messages = {"messages": [dict(message) for message in messages], "max_retries": 0, "strict": False}
        return client.create(response_model=response, hooks=hooks, **with_messages, **flight.body, **patience)

    def _post(self, client: Any, flight: _Flight, timeout: float, **rendered: Any) -> Any:
        """Sends what instructor rendered, and returns the completion. Raises NoCompletion if there is none."""
        import httpx2
        from openai.types.chat import ChatCompletion

        flight.body = self.dialect.body({"model": self._settings.name, **rendered})
        options = {"timeout": timeout}
        response = client.post("/chat/completions", body=flight.body, cast_to=httpx2.Response, options=options)
        completion = completion_of(response.text)
        if not isinstance(completion, dict) or not completion.get("choices"):
            raise NoCompletion(response.text if completion is None else completion)
        flight.received = ChatCompletion.construct(**completion)
        return flight.received

    def _cut_off(self, flight: _Flight, response: type[BaseModel]) -> Sent:
        found = answer_in(flight.received, response).value if is_whole(flight.received) else None
        if found is None:
            return self._outcomes.cut_off(flight.received, self._settings.max_output_tokens)
        return _answered(found)

    def _failed(self, cause: BaseException, flight: _Flight, response: type[BaseModel]) -> Sent:
        if flight.received is not None and choices_of(flight.received):
            found = answer_in(flight.received, response)
            if found.value is not None:
                return _answered(found.value)
            return self._outcomes.unusable(flight.received, found.failure or cause)
        sent, heard = self._outcomes.failed(cause), self._outcomes.heard(cause)
        if sent.outcome in TELLING and self.dialect.learns(flight.body, heard):
            return replace(sent, again=True, pause=0.0, learned=True)
        if isinstance(sent.error, ModelRefused) and (own := self.dialect.own(flight.body, heard)):
            return replace(sent, error=ModelRefused(f"{sent.error}; leave out --model-param {own}"))
        return sent

    # --- what answers there

    def listed(self, address: str | None = None) -> Listed:
        """The models that the endpoint lists, or one at another address on its host; none if it lists none."""
        import httpx2
        import openai

        where = f"{(address or self._settings.address or '').rstrip('/')}/models"
        try:
            with self._ended_after(_LOOK):
                listed = self._client("json").get(where, cast_to=httpx2.Response, options={"timeout": _LOOK}).json()
        except (openai.OpenAIError, TimeoutError, ValueError):
            return {}
        models = (listed.get("data") or listed.get("models") or ()) if isinstance(listed, dict) else listed
        models = [model for model in models if isinstance(model, dict)] if isinstance(models, list) else []
        return {str(model.get("id") or model.get("name")): model for model in models}

    @cached_property
    def _whereabouts(self) -> str:
        """What answers at the address, or near it, in words for the user."""
        here = (self._settings.address or "").rstrip("/")
        if models := self.listed():
            return f"it lists {_some(models)}"
        base, host = _NO_PLACE.sub("", here), re.match(r"\w+://[^/]+", here)
        for other in dict.fromkeys([base, f"{base}/v1", f"{host[0] if host else base}/v1"]):
            if other != here and (models := self.listed(other)):
                return f"an endpoint answers at {other}, and lists {_some(models)}: --base-url {other}"
        return "an endpoint's address mostly ends in /v1, and has nothing behind it: --base-url says which"

    # --- clients

    def _client(self, mode: ModeName) -> Any:
        with self._lock:
            of = mode if self._settings.provider else None
            if of not in self._clients:
                # It logs the text of errors, which may quote a report or a key; what matters is in the ledger.
                logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)
                self._clients[of] = self._of_provider(mode) if self._settings.provider else self._of_address()
            return self._clients[of]

    def _of_address(self) -> Any:
        import instructor  # noqa: F401 - it takes seconds, which are not to be a request's
        import openai

        try:
            return openai.OpenAI(
                api_key=self._key or NO_KEY,
                base_url=self._settings.address,
                max_retries=0,
                default_headers=self._headers,
                http_client=self._http_client(),
            )
        except (ValueError, openai.OpenAIError) as error:
            where = self._settings.endpoint
            raise ModelMisconfigured(f"cannot ask a model at {where}: {self._outcomes.short(error)}") from error

    def _http_client(self) -> Any:
        """Every request has a connection of its own: how else would it be known which one is to be cut."""
        import httpx2
        import openai

        return openai.DefaultHttpxClient(
            event_hooks={"request": [self._watch], "response": [_checked]},
            headers={"Accept-Encoding": "identity"},
            limits=httpx2.Limits(max_keepalive_connections=0),
            verify=_trusted(*map(os.environ.get, _CERTIFICATES)),
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


def _rendered(create: Callable[..., Any], messages: Messages, response: type[BaseModel], mode: ModeName) -> Any:
    """Has instructor render a request, which create sends, and read its answer."""
    import instructor

    def sent(**rendered: Any) -> Any:
        return create(**rendered)

    told = [dict(message) for message in messages]
    patched: Any = instructor.patch(create=sent, mode=_mode(mode))
    return patched(response_model=response, messages=told, max_retries=0, strict=False)


def context_of(model: Mapping[str, Any]) -> int | None:
    """How many tokens a prompt with its answer may have, by what an endpoint lists of a model (vLLM, OpenRouter, Groq,
    LM Studio, llama.cpp); None if it says nothing of that."""
    meta = model.get("meta")
    named = {**model, **(meta if isinstance(meta, dict) else {})}
    return next((value for name in _CONTEXT_NAMES if isinstance(value := named.get(name), int)), None)


def _some(models: Listed) -> str:
    more = " …" if len(models) > _MOST_NAMED else ""
    return ", ".join(list(models)[:_MOST_NAMED]) + more


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


def _answered(value: BaseModel) -> Sent:
    return Sent("ok", answer=value.model_dump_json(by_alias=True))


def _measured(sent: Sent, seconds: float, flight: _Flight) -> Sent:
    """With the seconds that it took and the tokens that the endpoint counted (by the names of several providers)."""
    received = flight.received
    usage = get(received, "usage") or get(received, "usage_metadata")
    body = json.dumps(flight.body, ensure_ascii=False, default=str)
    details = get(usage, "prompt_tokens_details") or get(usage, "input_tokens_details")
    cached = _count(details, "cached_tokens") or _count(
        usage, "cached_tokens", "prompt_cache_hit_tokens", "cached_content_token_count"
    )
    return replace(
        sent,
        seconds=seconds,
        said=words_of(received) if received is not None and choices_of(received) else None,
        input_tokens=_count(usage, "prompt_tokens", "input_tokens", "prompt_token_count"),
        output_tokens=_count(usage, "completion_tokens", "output_tokens", "candidates_token_count"),
        cached_tokens=cached or 0,
        request=hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def _count(usage: Any, *names: str) -> int | None:
    return next((value for name in names if isinstance(value := get(usage, name), int) and value >= 0), None)


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


def _from_environment(name: str, value: str) -> str:
    """The value of a header: what the environment has, where it is $NAME. Raises ModelMisconfigured if it has none."""
    if not value.startswith("$"):
        return value
    held = os.environ.get(value[1:], "").strip()
    if not held:
        raise ModelMisconfigured(f"the header {name} is to have the value of {value}, which is not in the environment")
    return held


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
