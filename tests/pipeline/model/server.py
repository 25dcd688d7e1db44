"""An OpenAI-compatible server on loopback that answers by a script, with all the faults that real ones have.

    with scripted(lambda asked: {"income": "1.00@1"}, faults=[Status(429, retry_after="0")]) as server:
        settings = ModelSettings("any", base_url=server.base_url, mode="json_schema")
        ...
    assert server.requests[1].user.endswith("收入1.00@1万元")

Each request takes the next of `faults`, if one is left; otherwise the script answers. A script may return a fault, too.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


@dataclass(frozen=True)
class Asked:
    """A request to /chat/completions. body: its JSON. headers: by lower-case name."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def mode(self) -> str:
        """tools, json_schema, json or text."""
        if self.body.get("tools"):
            return "tools"
        kind = self.body.get("response_format", {}).get("type", "text")
        return {"json_object": "json"}.get(kind, kind)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema that the answer is to keep to; {} in JSON mode, where it is in the system prompt."""
        if self.mode == "tools":
            return self.body["tools"][0]["function"]["parameters"]  # type: ignore[no-any-return]
        if self.mode == "json_schema":
            return self.body["response_format"]["json_schema"]["schema"]  # type: ignore[no-any-return]
        return {}

    @property
    def system(self) -> str:
        """The system prompt."""
        return self._said("system")

    @property
    def user(self) -> str:
        """The user's prompt."""
        return self._said("user")

    def _said(self, role: str) -> str:
        contents = [each["content"] for each in self.body["messages"] if each["role"] == role]
        return "\n".join(each if isinstance(each, str) else "".join(part["text"] for part in each) for each in contents)


@dataclass(frozen=True)
class Status:
    """An HTTP error. retry_after: the header. message, code: of the error in the body."""

    status: int
    retry_after: str | None = None
    message: str = "no"
    code: str | None = None


@dataclass(frozen=True)
class Hang:
    """Nothing for so many seconds, then the connection is closed."""

    seconds: float = 30.0


@dataclass(frozen=True)
class Drip:
    """Headers, then a blank every so many seconds: a connection that is kept alive and never answers."""

    every: float = 0.05
    seconds: float = 30.0


@dataclass(frozen=True)
class Cut:
    """The connection is cut. part: how much of an answer is sent before, as a share."""

    part: float = 0.0


@dataclass(frozen=True)
class Raw:
    """A body as it is: no completion, or one in a shape of its own."""

    text: str
    content_type: str = "text/html"
    status: int = 200


@dataclass(frozen=True)
class Length:
    """An answer that breaks off at the limit of tokens."""

    content: str = '{"income": "1.0'


@dataclass(frozen=True)
class Refusal:
    """The model will not answer."""

    words: str = "I cannot help with that."


@dataclass(frozen=True)
class Words:
    """Words in place of what the mode asks for: a model that does not call its tool."""

    text: str


Fault = Status | Hang | Drip | Cut | Raw | Length | Refusal | Words
Content = str | Mapping[str, Any] | BaseModel
Script = Callable[[Asked], Content | Fault]


@dataclass
class Scripted:
    """The running server. requests: those to /chat/completions so far. delay: seconds that every answer takes.

    modes: those that it understands; others are turned down with HTTP 400. models: what /models lists at an address
    ("/v1"), with what it says of each; nothing is listed elsewhere. most_at_once: requests, so far. files,
    batches: what its batch API holds. pending: how often a batch is still at work when it is asked about.
    """

    answer: Script
    base_url: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[Asked] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    delay: float = 0.0
    modes: Sequence[str] = ("tools", "json_schema", "json", "text")
    usage: Mapping[str, Any] | None = None
    models: Mapping[str, Any] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: int = 0
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # --- /chat/completions

    def complete(self, request: Request) -> Response:
        asked = Asked(request.get_json(), {name.lower(): value for name, value in request.headers.items()})
        with self.lock:
            self.requests.append(asked)
            self.times.append(time.monotonic())
            fault = self.faults.pop(0) if self.faults else None
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.closing.wait(self.delay)
            return self._respond(request, asked, fault)
        finally:
            with self.lock:
                self.at_once -= 1

    def _respond(self, request: Request, asked: Asked, fault: Fault | None) -> Response:
        if fault is None and asked.mode not in self.modes:
            fault = Status(400, message=f"{asked.mode} is not supported")
        outcome = fault or self.answer(asked)
        if isinstance(outcome, Status):
            headers = {} if outcome.retry_after is None else {"Retry-After": outcome.retry_after}
            error = {"error": {"message": outcome.message, "type": "error", "code": outcome.code}}
            return Response(json.dumps(error), outcome.status, headers, content_type="application/json")
        if isinstance(outcome, Hang):
            self.closing.wait(outcome.seconds)
            return self._cut(request)
        if isinstance(outcome, Drip):
            return Response(self._blanks(outcome), content_type="application/json")
        if isinstance(outcome, Cut):
            whole = json.dumps(self.completion(asked, {})).encode()
            return self._cut(request, whole, outcome.part)
        if isinstance(outcome, Raw):
            return Response(outcome.text, outcome.status, content_type=outcome.content_type)
        return Response(json.dumps(self.completion(asked, outcome)), content_type="application/json")

    def completion(self, asked: Asked, outcome: Content | Length | Refusal | Words) -> dict[str, Any]:
        """The body of an answer, in the shape of its mode."""
        content, reason = outcome, "stop"
        message: dict[str, Any] = {"role": "assistant", "content": None}
        if isinstance(outcome, Refusal):
            message["refusal"] = content = outcome.words
        elif isinstance(outcome, Words):
            message["content"] = content = outcome.text
        else:
            if isinstance(outcome, Length):
                content, reason = outcome.content, "length"
            elif isinstance(outcome, BaseModel):
                content = outcome.model_dump_json()
            elif isinstance(outcome, Mapping):
                content = json.dumps(outcome, ensure_ascii=False)
            if asked.mode == "tools":
                function = {"name": asked.body["tools"][0]["function"]["name"], "arguments": content}
                message["tool_calls"] = [{"id": "call_1", "type": "function", "function": function}]
                reason = "tool_calls" if reason == "stop" else reason
            else:
                message["content"] = content
        shown, said = len(asked.system) + len(asked.user), len(str(content))
        if isinstance(outcome, Length):
            said = asked.body.get("max_tokens", said)
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": asked.body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": self.usage or {"prompt_tokens": shown, "completion_tokens": said, "total_tokens": shown + said},
        }

    def _blanks(self, drip: Drip) -> Iterator[bytes]:
        until = time.monotonic() + drip.seconds
        while time.monotonic() < until and not self.closing.wait(drip.every):
            yield b" "

    def _cut(self, request: Request, whole: bytes = b"", part: float = 0.0) -> Response:
        connection: socket.socket = request.environ["werkzeug.socket"]
        if part:
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(whole)}\r\n\r\n"
            connection.sendall(head.encode() + whole[: round(len(whole) * part)])
        connection.shutdown(socket.SHUT_RDWR)
        return Response()

    def list(self, request: Request) -> Response:
        listed = self.models.get(request.path.removesuffix("/models"))
        return Response("no such path", 404) if listed is None else _json({"object": "list", "data": listed})

    # --- /files and /batches

    def upload(self, request: Request) -> Response:
        assert request.form["purpose"] == "batch"
        return _json(self._file(request.files["file"].read()))

    def download(self, request: Request) -> Response:
        return Response(self.files[request.path.split("/")[-2]], content_type="application/octet-stream")

    def submit(self, request: Request) -> Response:
        body = request.get_json()
        assert body["endpoint"] == "/v1/chat/completions"
        number = f"batch_{len(self.batches) + 1}"
        self.batches[number] = {
            "id": number,
            "object": "batch",
            "created_at": 0,
            "status": "validating",
            "completion_window": body["completion_window"],
            "endpoint": body["endpoint"],
            "input_file_id": body["input_file_id"],
        }
        return _json(self.batches[number])

    def look(self, request: Request) -> Response:
        batch = self.batches[request.path.split("/")[-1]]
        if self.pending:
            self.pending -= 1
            return _json({**batch, "status": "in_progress"})
        if "output_file_id" not in batch and batch["status"] != "failed":
            self._work(batch)
        return _json(batch)

    def _work(self, batch: dict[str, Any]) -> None:
        right, wrong = [], []
        for line in self.files[batch["input_file_id"]].decode().splitlines():
            order = json.loads(line)
            asked = Asked(order["body"], {})
            outcome = self.faults.pop(0) if self.faults else self.answer(asked)
            if isinstance(outcome, Status):
                reply = {"status_code": outcome.status, "body": {"error": {"message": outcome.message}}}
                wrong.append({"id": "x", "custom_id": order["custom_id"], "response": reply, "error": None})
            else:
                assert not isinstance(outcome, Hang | Drip | Cut | Raw)
                reply = {"status_code": 200, "body": self.completion(asked, outcome)}
                right.append({"id": "x", "custom_id": order["custom_id"], "response": reply, "error": None})
        batch["status"] = "completed"
        for name, lines in (("output_file_id", right), ("error_file_id", wrong)):
            batch[name] = self._file("\n".join(map(json.dumps, lines)).encode())["id"] if lines else None

    def _file(self, content: bytes) -> dict[str, Any]:
        number = f"file-{len(self.files) + 1}"
        self.files[number] = content
        kept = {"object": "file", "bytes": len(content), "created_at": 0, "filename": "x.jsonl", "purpose": "batch"}
        return {"id": number, "status": "processed", **kept}


class _Server(HTTPServer):
    """One that ends when it is told, and not at the next half second."""

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.01)


@contextmanager
def scripted(answer: Script | Content = "{}", faults: Sequence[Fault] = (), **options: Any) -> Iterator[Scripted]:
    """Runs a server that answers by a function of what is asked, or always the same. options: of Scripted."""
    script = answer if callable(answer) else lambda _: answer
    state = Scripted(script, faults=list(faults), **options)
    with _Server(host="127.0.0.1", threaded=True) as server:
        state.base_url = server.url_for("/v1")
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(state.complete)
        server.expect_request("/v1/files", method="POST").respond_with_handler(state.upload)
        server.expect_request(re.compile("/v1/files/.*/content")).respond_with_handler(state.download)
        server.expect_request("/v1/batches", method="POST").respond_with_handler(state.submit)
        server.expect_request(re.compile("/v1/batches/.*"), method="GET").respond_with_handler(state.look)
        server.expect_request(re.compile("/.*models"), method="GET").respond_with_handler(state.list)
        server.expect_request(re.compile(".*")).respond_with_data('{"detail": "Not Found"}', 404)
        try:
            yield state
        finally:
            state.closing.set()
        server.check_assertions()


def _json(body: Mapping[str, Any]) -> Response:
    return Response(json.dumps(body), content_type="application/json")
