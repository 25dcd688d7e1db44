"""The key goes to the endpoint and nowhere else."""

from __future__ import annotations

import logging
import pickle
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from recount.pipeline.model.transport import endpoint as secret
from recount.pipeline.settings import ModelSettings
from recount.tests.pipeline.model.server import Cut, Status, Words, scripted
from recount.tests.pipeline.model.transport.common import RIGHT, ask, question, settings_for

KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in secret.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


def keyring(kept: dict[tuple[str, str], str]) -> ModuleType:
    module = ModuleType("keyring")
    module.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
    return module


def test_the_key_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    assert secret.api_key("http://a") is None
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setitem(sys.modules, "keyring", keyring({("recount", ""): "any"}))
    assert secret.api_key("http://a") == "any"
    kept = {("recount", ""): "any", ("recount", "http://a"): "its own", ("recount", "anthropic"): "theirs"}
    monkeypatch.setitem(sys.modules, "keyring", keyring(kept))
    assert secret.api_key("http://a") == "its own"
    monkeypatch.setenv("OPENAI_API_KEY", "openai")
    assert secret.api_key("http://a") == "openai"
    assert secret.provider_key("anthropic") == "theirs", "OpenAI's key is for nobody else"
    monkeypatch.setenv("RECOUNT_API_KEY", "recount")
    assert secret.api_key("http://a") == secret.provider_key("anthropic") == "recount"


def test_the_key_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(RIGHT) as server:
        ask(settings_for(server))
        monkeypatch.setenv("RECOUNT_API_KEY", KEY)
        ask(settings_for(server))
    assert [each.headers["authorization"] for each in server.requests] == ["Bearer none", f"Bearer {KEY}"]


def test_the_key_is_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Endpoints quote it in what they answer, models in what they say."""
    monkeypatch.setenv("RECOUNT_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    told = []
    faults = [
        Status(401, message=f"Incorrect API key provided: {KEY}", code=KEY),
        Status(400, message=f"your key is {KEY}", code=KEY),
        Status(404, message=KEY),
        Status(500, message=KEY),
        Status(429, message=KEY),
        Cut(),
        Words(f"no JSON but {KEY}"),
        Words(f'{{"income": "{KEY}"}}'),
    ]
    for number, fault in enumerate(faults):
        with scripted(RIGHT, faults=[fault] * 2) as server:
            settings = settings_for(server, store=tmp_path / "s.sqlite", attempts=2)
            told += ask(settings, question(f"问题{number}"))
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    shown = "".join(f"{each!r} {each} {getattr(each, 'failure', '')}" for each in told)
    assert "问题0".encode() not in stored, "a prompt is in the store"
    assert KEY.encode() not in stored
    assert KEY not in shown
    assert KEY.encode() not in pickle.dumps(settings)
    assert KEY not in caplog.text
    assert KEY not in "".join(capfd.readouterr())
    assert KEY not in server.requests[-1].user


def test_an_address_is_kept_without_what_may_be_secret_in_it() -> None:
    settings = ModelSettings("m", base_url=f"https://me:{KEY}@Example.com:8443/v1/?key={KEY}#x")
    assert settings.endpoint == "https://example.com:8443/v1"
    assert replace(settings, identity="local").endpoint == "local"
    assert ModelSettings("gpt").endpoint == "https://api.openai.com/v1"
    assert ModelSettings("anthropic/claude").endpoint == ""
