"""The desk as a server of this machine, for as long as somebody sits at it."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from recount.desk.app import application, new_token
from recount.desk.session import Asked, Session
from recount.desk.shelf import Shelf, key_of
from recount.desk.words import Words
from recount.pipeline.errors import UsageError
from recount.pipeline.output.folder import result_files
from recount.pipeline.run.store import find_result

_HOST = "127.0.0.1"


def serve(
    asked: Asked, words: Words, *, name: str | None, port: int, browser: bool, say: Callable[[str], None]
) -> None:
    """Opens the desk on a port of this machine alone (0: any that is free), until it is interrupted.

    name: a part of the name of the report to begin with. browser: whether to open it in one. say: is told the address.
    Raises UsageError if the folder is none, or the port cannot be had.
    """
    result_files(asked.out)  # who names a folder without results is told so before anything is opened
    session = Session(asked, Shelf(asked.out))
    token, stop = new_token(), threading.Event()
    with _bound(port) as listening:
        own = listening.getsockname()[1]
        address = f"http://{_HOST}:{own}/{token}/{_place_of(session, name)}"
        server = uvicorn.Server(
            uvicorn.Config(application(session, words, token, own), log_level="warning", access_log=False)
        )
        counting = threading.Thread(target=session.shelf.keep_counting, args=(stop,), daemon=True)
        counting.start()
        say(address)
        if browser:
            threading.Timer(0.4, webbrowser.open, [address]).start()
        try:
            server.run(sockets=[listening])
        finally:
            stop.set()
            session.close()


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((_HOST, port))
        listening.listen()  # before the address is said: who is quick waits, and is not refused
    except OSError as error:
        listening.close()
        raise UsageError(f"port {port} of this machine cannot be had: {error.strerror}") from error
    return listening


def _place_of(session: Session, name: str | None) -> str:
    """The address of the report whose name holds this, below the token."""
    if name is None:
        return ""
    path = find_result(session.asked.out, name)
    row = next((row for row in session.shelf.rows() if row.path == path), None)
    if row is None:
        raise UsageError(f"{path} is no result of {session.asked.out}")
    assert row.key == key_of(row.name)
    return f"r/{row.key}"
