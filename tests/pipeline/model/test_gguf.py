"""A model file of the user's own: what it is served by, under what name its answers are kept, and how that ends.

xllamacpp is played by a few lines, in the side process as here: the real one is in test_real_model.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.model.gguf import served
from recount.pipeline.settings import ModelSettings

PLAYED = '''
import json, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace


def CommonParams():
    return SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())


class Server:
    """Tells what it was started with."""

    def __init__(self, given):
        print("llama.cpp says something on standard output", flush=True)
        if b"broken" in open(given.model.path, "rb").read():
            print("0.01 E load: error loading model: tensor 'x' is out of bounds", file=sys.stderr)
            raise RuntimeError("Failed to init server")
        told = json.dumps({**vars(given), "model": given.model.path, "threads": given.cpuparams.n_threads}, default=str)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(told.encode())

        server = HTTPServer((given.hostnames[0], given.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listening_address = "http://127.0.0.1:%d" % server.server_port
'''


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that passes for weights, and the played xllamacpp in the way of the real one."""
    played = tmp_path / "played"
    played.mkdir()
    (played / "xllamacpp.py").write_text(PLAYED, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(played))
    monkeypatch.syspath_prepend(str(played))
    monkeypatch.delitem(sys.modules, "xllamacpp", raising=False)
    path = tmp_path / "tiny.gguf"
    path.write_bytes(b"GGUF and weights")
    return path


def told(settings: ModelSettings) -> dict[str, Any]:
    """What the server says that it was started with."""
    assert settings.base_url is not None
    with urllib.request.urlopen(settings.base_url, timeout=10) as reply:
        return json.load(reply)  # type: ignore[no-any-return]


def is_gone(address: str) -> bool:
    """Whether nothing answers at an address any more, or soon."""
    for _ in range(200):
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except urllib.error.URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                return True
        except ConnectionResetError:
            pass  # it ended while it was asked
        time.sleep(0.05)
    return False


def test_another_model_is_asked_where_it_is() -> None:
    settings = ModelSettings("qwen-plus", base_url="https://models.example/v1")
    with served(settings) as at_hand:
        assert at_hand is settings


def test_a_file_is_served_on_loopback_while_it_is_needed(model: Path) -> None:
    with served(ModelSettings(f"gguf:{model}", concurrency=1)) as settings:
        assert settings.base_url is not None
        assert settings.base_url.startswith("http://127.0.0.1:")
        given = told(settings)
    assert given["model"] == str(model)
    assert given["hostnames"] == ["127.0.0.1"]
    assert given["offline"] is True
    assert is_gone(settings.base_url)


def test_every_question_has_a_context_of_its_own(model: Path) -> None:
    with served(ModelSettings(f"gguf:{model}", concurrency=4)) as settings:
        given = told(settings)
    assert given["n_parallel"] == settings.concurrency <= 4
    assert given["n_ctx"] == 16384 * given["n_parallel"]
    assert 1 <= given["threads"] <= (os.cpu_count() or 1)


def test_answers_are_kept_under_the_files_content(model: Path) -> None:
    with served(ModelSettings(f"gguf:{model}")) as first, served(ModelSettings(f"gguf:{model}")) as second:
        assert first.base_url != second.base_url
        assert first.endpoint == second.endpoint == f"gguf:{hashlib.sha256(model.read_bytes()).hexdigest()}"
        assert (first.name, first.mode) == ("tiny", "json_schema")
    model.write_bytes(b"GGUF and other weights")
    with served(ModelSettings(f"gguf:{model}")) as third:
        assert third.endpoint != first.endpoint


def test_kept_answers_need_no_server(model: Path) -> None:
    asked = ModelSettings(f"gguf:{model}")
    with served(replace(asked, offline=True)) as settings:
        assert settings.base_url is None
    with served(asked) as online:
        assert settings.endpoint == online.endpoint


def test_the_server_ends_where_the_run_breaks(model: Path) -> None:
    with pytest.raises(KeyError), served(ModelSettings(f"gguf:{model}")) as settings:
        raise KeyError
    assert is_gone(str(settings.base_url))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no process is killed so here")
def test_the_server_ends_when_its_parent_is_killed(model: Path) -> None:
    lines = [
        "import sys, time",
        "from recount.pipeline.model.gguf import served",
        "from recount.pipeline.settings import ModelSettings",
        "with served(ModelSettings('gguf:' + sys.argv[1])) as settings:",
        "    print(settings.base_url, flush=True)",
        "    time.sleep(60)",
    ]
    paths = os.pathsep.join([os.environ["PYTHONPATH"], *(each for each in sys.path if each)])
    with subprocess.Popen(
        [sys.executable, "-c", "\n".join(lines), str(model)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    ) as parent:
        assert parent.stdout is not None
        address = parent.stdout.readline().strip()
        assert told(ModelSettings("tiny", base_url=address))["model"] == str(model)
        parent.kill()
    assert is_gone(address)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, r"the model .*tiny.gguf cannot be read: No such file"),
        (b"", r"tiny.gguf is no GGUF file"),
        (b"PK\x03\x04 a zip archive", r"tiny.gguf is no GGUF file"),
        (b"GGUF broken", r"xllamacpp cannot load the model .*tiny.gguf: tensor 'x' is out of bounds"),
    ],
)
def test_a_file_that_is_no_model_is_said_to_be_none(model: Path, content: bytes | None, said: str) -> None:
    if content is None:
        model.unlink()
    else:
        model.write_bytes(content)
    with pytest.raises(UsageError, match=said), served(ModelSettings(f"gguf:{model}")):
        pass


def test_without_the_extra_it_says_how_to_get_it(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    hint = r"pip install 'recount-reports\[local\]'"
    with pytest.raises(UsageError, match=hint), served(ModelSettings(f"gguf:{model}")):
        pass
