"""An endpoint that means no good holds nobody up, gets no text that was not meant for it, and is said so."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.errors import ModelError, ModelMisconfigured, Unreachable, UsageError
from recount.pipeline.model.ask.question import Reply
from recount.pipeline.model.transport import endpoint
from recount.pipeline.settings import ModelSettings, Settings
from recount.tests.pipeline.model.server import scripted
from recount.tests.pipeline.model.transport.common import RIGHT, ask, calls

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7LVZ5IMmR3sZPqpg
SCCNHwKAGi/EynD+jHH6aFoNwsihRANCAAR036hmedW6NUeezC4o2FAXvJsmrlnc
bKhwwZih0VEzLv6hixOlrsDInYSySsyshAUh4vmJ/4xRyHuKz+bAliXk
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUPsorWC1MeMTtEuectkyN1Qp2mywwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyODIyNTI0NVoYDzIxMjYxMTA0
MjI1MjQ1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR036hmedW6NUeezC4o2FAXvJsmrlncbKhwwZih0VEzLv6hixOlrsDI
nYSySsyshAUh4vmJ/4xRyHuKz+bAliXko2QwYjAdBgNVHQ4EFgQUfvJ+heZGgiZh
7LxH/F01nkGuia8wHwYDVR0jBBgwFoAUfvJ+heZGgiZh7LxH/F01nkGuia8wDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IH9+4e9NN45IkUte9jNkFMVBP5kCjDyHBuoxaoRW8uM4AiEAhFfh2+uOEeN31zgb
iNH1bviLZg27gXwjCBcN839BHMM=
-----END CERTIFICATE-----
"""
"""A key and its certificate, signed by itself for 127.0.0.1 until 2126."""

Serve = Callable[[socket.socket], None]


@contextmanager
def serving(serve: Serve, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> Iterator[Any]:
    """A server on loopback that does this with every connection; yields its address, and counts connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        with suppress(OSError), wrap(connection) as talking:
            talking.recv(1 << 16)
            serve(talking)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                taken.append(connection)
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1], taken
    finally:
        listener.close()
        for connection in taken:
            connection.close()


def asked(port: int, scheme: str = "http", **others: Any) -> tuple[ModelError | Reply, float]:
    given = {"mode": "json_schema", "attempts": 1, "timeout": 1.0, "deadline": 5.0, "backoff": (0.01, 0.05)} | others
    settings = ModelSettings("model", base_url=f"{scheme}://127.0.0.1:{port}/v1", **given)  # type: ignore[arg-type]
    began = time.monotonic()
    [outcome] = ask(settings)
    return outcome, time.monotonic() - began


def dripped(head: bytes) -> Serve:
    def serve(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    return serve


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 O", HEAD + b"X-Slow: ", HEAD + b"Content-Length: 9999\r\n\r\n"])
def test_what_is_dripped_ends_with_the_timeout(head: bytes, tmp_path: Path) -> None:
    with serving(dripped(head)) as (port, _):
        store = tmp_path / "s.sqlite"
        outcome, seconds = asked(port, store=store)
    assert isinstance(outcome, Unreachable)
    assert "did not answer in time" in str(outcome)
    assert seconds < 30
    assert [line[0] for line in calls(ModelSettings("model", store=store))] == ["timeout"]


def test_a_handshake_that_is_dripped_ends_with_the_timeout() -> None:
    """Of TLS: a byte now and then of the record that the client waits for."""
    with serving(dripped(b"\x16\x03\x03\x40\x00")) as (port, _):
        outcome, seconds = asked(port, "https")
    assert isinstance(outcome, Unreachable)
    assert seconds < 30


def test_an_answer_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "_LARGEST_ANSWER", 1 << 20)
    sent = 0

    def endless(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(HEAD + b"\r\n")
        while True:
            sent += connection.send(b" " * (1 << 16))

    with serving(endless) as (port, taken):
        outcome, _ = asked(port, timeout=20.0, attempts=3)
        assert len(taken) == 1
    assert isinstance(outcome, Unreachable)
    assert str(outcome) == f"http://127.0.0.1:{port} answers with more than 1 MB"
    assert sent < 64 << 20


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(1 << 20))

    def pack(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)

    with serving(pack) as (port, _):
        outcome, _ = asked(port)
    assert isinstance(outcome, Unreachable)
    assert "packs its answers" in str(outcome)


def redirect(to: str, status: int = 307) -> Serve:
    return lambda connection: connection.sendall(
        f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(status: int) -> None:
    """It would be sent the report's text."""
    with (
        scripted(RIGHT) as other,
        serving(redirect(f"{other.base_url}/chat/completions?x=secret", status)) as (port, taken),
    ):
        outcome, _ = asked(port, attempts=6)
        assert not other.requests
        assert len(taken) == 1
    assert isinstance(outcome, ModelMisconfigured)
    there = other.base_url.removesuffix("/v1")
    assert str(outcome) == f"http://127.0.0.1:{port} sends on to {there}, which is not followed"


def test_a_redirect_on_the_same_host_is_followed_a_few_times() -> None:
    with serving(redirect("/v1/elsewhere")) as (port, taken):
        outcome, _ = asked(port, attempts=2, timeout=10.0, deadline=30.0)
    assert isinstance(outcome, ModelError)
    assert len(taken) <= 2 * 4


def test_a_certificate_that_is_not_trusted_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "pem").write_text(SELF_SIGNED)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "pem")
    with serving(lambda _: None, lambda plain: context.wrap_socket(plain, server_side=True)) as (port, taken):
        outcome, _ = asked(port, "https", attempts=6, timeout=10.0)
        assert len(taken) == 1
    assert isinstance(outcome, ModelMisconfigured)
    assert str(outcome) == f"no TLS with https://127.0.0.1:{port}/v1: self-signed certificate"


def test_a_server_that_speaks_no_tls_is_said_so() -> None:
    with scripted(RIGHT) as server:
        outcome, _ = asked(int(server.base_url.rpartition(":")[2].partition("/")[0]), "https", timeout=10.0)
    assert isinstance(outcome, Unreachable)
    assert "no TLS with https://127.0.0.1:" in str(outcome)


def test_a_key_in_the_address_is_turned_away() -> None:
    for address in ("http://127.0.0.1/v1?api-key=sk-1", "http://127.0.0.1/v1#sk-1", "http://a:sk-1@127.0.0.1/v1"):
        with pytest.raises(UsageError) as caught:
            Settings.chosen({"model": "m", "base_url": address})
        assert "sk-1" not in str(caught.value)
        assert "environment" in str(caught.value)
