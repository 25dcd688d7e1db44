"""`recount review`: where it listens, what it says, how it ends; and that its decisions recount one after the other."""

from __future__ import annotations

import json
import signal
import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from recount.cli import main
from recount.desk import session as sessions
from recount.desk.recounting import Again, NotRecounted, again
from recount.desk.session import Asked, Session
from recount.desk.shelf import Shelf, key_of
from recount.pipeline.archive.sources import Source
from recount.pipeline.review.decisions import NONE, Verdict, read
from recount.pipeline.settings import DEFAULTS
from recount.tests.desk.browser import sitting
from recount.tests.desk.conftest import BAD, CLEAN

TOTAL = "/project_evaluations/0/total_score"


def asked(address: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_the_desk_listens_on_this_machine_alone_and_ends_when_it_is_told(structured: Path) -> None:
    with sitting(structured / "out", "clean") as desk:
        assert desk.address.startswith("http://127.0.0.1:")
        assert desk.address.endswith(f"/r/{key_of('clean.pdf')}")
        assert asked(desk.address) == 200
        assert asked(desk.address, Origin="http://evil.example") == 403
        assert asked(desk.address, Host="evil.example") == 403
        port = int(desk.address.split(":")[2].split("/")[0])
        own = {about[4][0] for about in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)}
        for address in own - {"127.0.0.1", "127.0.1.1"}:
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((address, port), 2)
        desk.process.send_signal(signal.SIGINT)
        desk.process.wait(30)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "no output folder"),
        (["OUT", "no such report"], "no such report"),
        (["OUT", "--port", "PORT"], "cannot be had"),
    ],
)
def test_what_cannot_be_opened_is_said_in_a_sentence(
    structured: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        named = {"OUT": str(structured / "out"), "PORT": str(taken.getsockname()[1])}
        with pytest.raises(SystemExit) as end:
            main(["review", *(named.get(word, word) for word in arguments), "--no-browser"])
    assert end.value.code in (2, 3)
    assert said in capsys.readouterr().err


def test_a_recount_says_why_there_is_none(tmp_path: Path) -> None:
    def job(path: Path, name: str = "a.pdf", sha256: str = "0") -> Again:
        return Again(Source(path, name), name, sha256, NONE, DEFAULTS, None)

    missing, other = again(job(tmp_path / "gone.pdf")), again(job(CLEAN))
    assert isinstance(missing, NotRecounted)
    assert isinstance(other, NotRecounted)
    assert "cannot be read" in missing.reason
    assert "changed" in other.reason


def test_of_decisions_that_follow_each_other_the_last_is_recounted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a recount is under way two more decisions are made: the one between is not recounted for nothing."""
    begun, go_on, jobs = threading.Event(), threading.Event(), list[Any]()

    def slow(job: Again) -> NotRecounted:
        jobs.append(len(job.corrections.decisions))
        begun.set()
        go_on.wait(10)
        return NotRecounted("as told")

    def asking(seen: threading.Event) -> threading.Thread:
        """A browser that waits for the recount, and has seen what is decided up to now."""

        def ask() -> None:
            local.seen = seen
            session.open(BAD, wait=True)

        thread = threading.Thread(target=ask)
        thread.start()
        assert seen.wait(10)
        return thread

    def read_and_told(*asked: Any) -> Any:
        found = read(*asked)
        if hasattr(local, "seen"):
            local.seen.set()
        return found

    local = threading.local()
    monkeypatch.setattr(session._recounter, "recount", slow)
    monkeypatch.setattr(sessions, "read", read_and_told)
    threads = []
    for verdict in (Verdict.AS_PRINTED, Verdict.NOT_A_FIGURE, Verdict.AS_PRINTED):
        session.decide(BAD, TOTAL, verdict)
        threads.append(asking(threading.Event()))
        assert begun.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert jobs == [1, 3]
    assert session.open(BAD).trouble == "as told"


def test_a_result_that_is_written_anew_is_read_anew(session: Session, desk: Path) -> None:
    before = session.open(BAD)
    assert before.row.path is not None
    assert session.open(BAD).result is before.result
    content = json.loads(before.row.path.read_bytes())
    content["summary"]["unread_pages"] = [7]
    before.row.path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    assert session.open(BAD).findings.unread == (7,)
    del desk


def test_files_are_closed_when_others_are_opened(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_BOOKS", 1)
    first = session.book(BAD)
    assert first.file.exists()
    session.book(key_of("clean.pdf"))
    assert not first.file.exists()
    assert session.book(BAD) is not first


def test_a_model_is_not_asked_again_by_the_desk(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    session = Session(Asked(desk), Shelf(desk))
    last = sessions.last_of(desk)
    with_model = replace(last, settings=replace(last.settings, mapper="model", model=_model()))
    monkeypatch.setattr(sessions, "last_of", lambda _: with_model)
    session.decide(BAD, TOTAL, Verdict.AS_PRINTED)
    assert "model" in session.open(BAD, wait=True).trouble
    session.close()


def _model() -> Any:
    from recount.pipeline.settings import ModelSettings

    return ModelSettings("any")
