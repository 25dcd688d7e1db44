"""Options become settings by their names: none is lost on the way, and both have the same defaults."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
import typer.main

from recount.cli import app, main
from recount.options import RetryOptions, RunOptions, SettingsOptions, habits_of, unfolded
from recount.pipeline.errors import UsageError
from recount.pipeline.settings import ModelSettings, Settings


def taken(command: Any, arguments: Sequence[str]) -> dict[str, Any]:
    """What a command is given, by its parameters."""
    given: dict[str, Any] = {}
    small = typer.Typer(add_completion=False)
    small.command()(unfolded(command(given)))
    small(arguments, standalone_mode=False)
    return given


def both(given: dict[str, Any]) -> Any:
    def command(*, first: Annotated[str, typer.Argument()], work: RunOptions, asked: SettingsOptions) -> None:
        given.update(first=first, work=work, asked=asked)

    return command


def some(given: dict[str, Any]) -> Any:
    def command(*, work: RetryOptions) -> None:
        given.update(work=work)

    return command


def test_a_command_is_given_its_options_as_groups() -> None:
    arguments = ["a", "--engine", "ray", "--timeout", "3", "--ocr-engine", "onnxruntime", "--model-mode", "json"]
    assert taken(both, [*arguments, "--rpm", "9", "--price-input", "0.1"]) == {
        "first": "a",
        "work": RunOptions(workers="ray", timeout=3.0),
        "asked": SettingsOptions(ocr_backend="onnxruntime", mode="json", requests_per_minute=9, price_input="0.1"),
    }


def test_a_command_may_take_some_of_a_group() -> None:
    assert taken(some, ["--jobs", "2"]) == {"work": RunOptions(jobs=2)}
    with pytest.raises(Exception, match="No such option: --force"):
        taken(some, ["--force"])


def test_each_option_is_called_as_a_field_of_the_settings() -> None:
    named = {field.name for group in (Settings, ModelSettings) for field in fields(group)}
    assert {field.name for field in fields(SettingsOptions)} - {"settings_file", "second_base_url"} <= named


def test_defaults_of_options_are_those_of_settings() -> None:
    assert SettingsOptions().settings == Settings()
    assert SettingsOptions(model="m").settings == Settings(model=ModelSettings("m"))


def test_every_option_reaches_the_settings(tmp_path: Path) -> None:
    """Each is changed alone, and each changes the settings."""
    file = tmp_path / "settings.toml"
    file.write_text("[model]\nseed = 3\n")
    others: dict[str, Any] = {
        "family": "budget", "ocr": "never", "ocr_backend": "onnxruntime", "ocr_precision": "f32",
        "ocr_device": "GPU", "mapper": "model",
        "model": "other", "base_url": "http://there", "mode": "json", "rounds": 1, "price_input": "1",
        "price_output": "2", "budget": "4", "budget_tokens": 5, "concurrency": 6, "requests_per_minute": 7,
        "offline": True, "parameters": ["top_k=20"], "reasoning_effort": "low",
        "thinking": False, "price_cached": "0.1", "settings_file": file, "second_model": "another", "second_base_url": "http://elsewhere",
        "families": "mine",
    }  # fmt: skip
    assert others.keys() == {field.name for field in fields(SettingsOptions)}
    base = SettingsOptions(model="m", price_input="0.10")
    for name, other in others.items():
        asked = replace(base, second_model="another") if name == "second_base_url" else base
        assert replace(asked, **{name: other}).settings != asked.settings, name


def test_the_second_reader_is_asked_as_the_first_is_but_for_what_is_said_of_it() -> None:
    chosen = SettingsOptions(model="m", base_url="http://here", budget_tokens=5, second_model="n").settings
    assert chosen.second == replace(chosen.model or ModelSettings(""), name="n")
    assert Settings.of(chosen.stored) == chosen
    template = SettingsOptions(model="m", mapper="model", second_model="template").settings
    assert (template.second, template.second_model and template.second_model.name) == (None, "template")


def test_amounts_are_exact() -> None:
    model = SettingsOptions(model="m", price_input="0.10", budget="1e2").settings.model
    assert model is not None
    assert (model.price_input, model.price_output, model.budget) == (Decimal("0.10"), None, Decimal("1e2"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"model": "m", "budget": "much"}, "--budget takes an amount, and much is none"),
        ({"model": "m", "price_output": "-1"}, "--price-output takes an amount, and -1 is none"),
        ({"model": "m", "budget": "1"}, "needs the prices"),
        ({"model": "m", "base_url": "http://u:p@h/"}, "must hold no password"),
        ({"mapper": "model"}, "--mapper model needs a model: --model names it"),
        ({"second_model": "n"}, "reads again what a model mapped"),
        ({"model": "m", "second_model": "template"}, "needs --mapper model"),
    ],
)
def test_what_cannot_be_kept_to_is_told(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        _ = SettingsOptions(**options).settings


def test_the_command_line_keeps_its_words() -> None:
    """Fields may be called otherwise; options, and the ledger's keys, are what people and earlier runs have."""
    commands: Any = typer.main.get_command(app)
    options = {option for parameter in commands.commands["structure"].params for option in parameter.opts}
    assert {"--engine", "--ocr", "--ocr-engine", "--mapper", "--model-mode", "--rpm", "--price-input"} <= options
    reading = ["ocr", "engine", "ocr_precision", "ocr_device"]
    assert list(Settings().stored) == ["family", *reading, "mapper", "model", "rounds"]
    assert Settings.of({"engine": "onnxruntime", "workers": "ray", "jobs": 2}) == Settings(ocr_backend="onnxruntime")


# --- what a file says of the model


def written(folder: Path, text: str) -> Path:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_says_what_options_do_not(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        [model]
        name = "qwen"
        base_url = "http://there/v1"
        temperature = 0.3
        price_input = 0.1
        backoff = [0.5, 2]
        parameters = { top_k = 20, top_p = 0.9 }
        extra_body = { repetition_penalty = 1.05 }
        headers = { X-Tenant = "finance", Api-Key = "$THEIR_KEY" }
        """,
    )
    model = SettingsOptions(settings_file=file, parameters=["top_p=0.5"], base_url="http://here/v1").settings.model
    assert model == ModelSettings(
        "qwen",
        base_url="http://here/v1",
        temperature=0.3,
        price_input=Decimal("0.1"),
        backoff=(0.5, 2.0),
        parameters={"top_k": 20, "top_p": 0.5, "repetition_penalty": 1.05},
        headers={"X-Tenant": "finance", "Api-Key": "$THEIR_KEY"},
    )
    assert ModelSettings.of(model.stored) == model


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[model", "cannot be read"),
        ("[modell]\nname = 'm'", "one table, \\[model\\]"),
        ("[model]\nname = 'm'\ntemprature = 1", "temprature, which is no setting of a model"),
        ("[model]\nname = 'm'\nrun = '1'", "run, which is no setting"),
        ("[model]\nname = 'm'\ntemperature = 'warm'", "says of temperature: "),
        ("[model]\nname = 'm'\nprice_input = 'much'", "says of price_input: "),
        ("[model]\nname = 'm'\nheaders = { Authorization = 'Bearer abc' }", "to be given as \\$NAME"),
        ("[model]\nname = 'm'\nparameters = { messages = [] }", "part of every question"),
    ],
)
def test_a_file_that_cannot_be_kept_to_is_told(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        _ = SettingsOptions(settings_file=written(tmp_path, text)).settings
    assert "abc" not in str(caught.value)
    with pytest.raises(UsageError, match="cannot be read"):
        _ = SettingsOptions(settings_file=tmp_path / "none.toml").settings


@pytest.mark.parametrize(
    ("pair", "value"),
    [("n=5", 5), ("stop=null", None), ('stop=["。"]', ["。"]), ("effort=low", "low"), ('a={"b": 0.5}', {"b": 0.5})],
)
def test_a_parameter_is_json_or_a_word(pair: str, value: Any) -> None:
    model = SettingsOptions(model="m", parameters=[pair]).settings.model
    assert model is not None
    assert dict(model.parameters) == {pair.partition("=")[0]: value}


@pytest.mark.parametrize("pair", ["top_k", "=5", "stop=[", "a=b c"])
def test_a_parameter_that_is_none_is_told(pair: str) -> None:
    with pytest.raises(UsageError, match="--model-param takes KEY=JSON"):
        _ = SettingsOptions(model="m", parameters=[pair]).settings


# --- what is the same every day


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RECOUNT_")]:
        monkeypatch.delenv(name)
    return tmp_path


def chosen(*arguments: str) -> dict[str, Any]:
    """What `recount structure` is given."""
    group: Any = typer.main.get_command(app)
    context = group.make_context("recount", ["structure", *arguments])
    command = group.commands["structure"]
    inner = command.make_context("structure", [*context._protected_args, *context.args][1:], parent=context)
    return dict(inner.params)


def test_the_command_line_goes_before_the_environment_before_the_file_before_the_default(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen("--out", "o")["jobs"] is None
    (folder / "recount.toml").write_text('jobs = 2\nocr-precision = "f32"\nquiet = true\nlog_json = "a.log"\n')
    given = chosen("--out", "o")
    assert (given["jobs"], given["ocr_precision"], given["quiet"], given["log_json"]) == (2, "f32", True, Path("a.log"))
    monkeypatch.setenv("RECOUNT_JOBS", "3")
    assert chosen("--out", "o")["jobs"] == 3
    assert chosen("--out", "o", "--jobs", "4")["jobs"] == 4


def test_a_file_that_is_named_goes_before_the_one_that_lies_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "recount.toml").write_text("jobs = 2\n")
    (folder / "a.toml").write_text("jobs = 3\n[model]\nname = 'm'\n")
    (folder / "b.toml").write_text("jobs = 4\n")
    given = chosen("--out", "o", "--settings", "a.toml")
    assert (given["jobs"], given["settings_file"]) == (3, Path("a.toml"))
    assert chosen("--out", "o", "--settings=a.toml")["jobs"] == 3
    monkeypatch.setenv("RECOUNT_SETTINGS", "b.toml")
    assert chosen("--out", "o")["jobs"] == 4


def test_a_model_of_the_file_that_lies_there_is_asked(folder: Path) -> None:
    (folder / "recount.toml").write_text("[model]\nname = 'm'\nconcurrency = 9\n")
    model = SettingsOptions(settings_file=chosen("--out", "o")["settings_file"]).settings.model
    assert model == ModelSettings("m", concurrency=9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("jobs = 2\ntimeuot = 3\n", "recount.toml, line 2, says timeuot, which is no setting; there is timeout"),
        ("out = 'o'\n", "line 1, says out, which is no setting"),
        ("settings = 'o'\n", "line 1, says settings, which is no setting"),
        ("help = true\n", "line 1, says help, which is no setting"),
        ("force = true\n", "line 1, says force, which is no setting"),
        ("[structure]\njobs = 1\n", "has the table \\[structure\\], and is to hold one table, \\[model\\]"),
        ("jobs = \n", "cannot be read"),
    ],
)
def test_what_a_file_says_that_is_no_setting_is_told(folder: Path, text: str, words: str) -> None:
    (folder / "recount.toml").write_text(text)
    with pytest.raises(UsageError, match=words):
        chosen("--out", "o")


def test_a_wrong_value_is_told_with_where_it_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "recount.toml").write_text('jobs = "many"\n')
    with pytest.raises(Exception, match=r"jobs in recount\.toml"):
        typer.main.get_command(app).main(["structure", "x", "--out", "o"], standalone_mode=False)
    monkeypatch.setenv("RECOUNT_JOBS", "more")
    with pytest.raises(Exception, match="RECOUNT_JOBS in the environment"):
        typer.main.get_command(app).main(["structure", "x", "--out", "o"], standalone_mode=False)
    with pytest.raises(Exception, match="valid integer") as caught:
        typer.main.get_command(app).main(["structure", "x", "--out", "o", "--jobs", "x"], standalone_mode=False)
    assert "(" not in str(caught.value)


def test_help_and_version_are_given_whatever_a_file_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "recount.toml").write_text("nonsense")
    for arguments in (["--version"], ["structure", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code
    assert "RECOUNT_JOBS" not in capsys.readouterr().out, "the variables by rule would fill the help"


def test_no_habit_shares_its_name_with_another_kind_of_option() -> None:
    """One name in the file holds for all commands that take it: they must take the same."""
    kinds: dict[str, set[str]] = {}
    for habit in habits_of(typer.main.get_command(app)):
        kinds.setdefault(habit.name, set()).add(
            f"{habit.option.default} {habit.option.multiple} {habit.option.is_flag}"
        )
    assert {"jobs", "memory", "timeout", "ocr", "ocr-precision", "model", "lang", "keys", "family"} <= kinds.keys()
    assert not {"out", "output", "help", "version", "force", "dry-run", "value", "undo"} & kinds.keys()
    assert not {name: types for name, types in kinds.items() if len(types) > 1}


def test_what_holds_is_told_with_what_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "recount.toml").write_text("memory = 99\nkeys = 'zh'\n[model]\nname = 'm'\n")
    monkeypatch.setenv("RECOUNT_JOBS", "3")
    monkeypatch.setenv("RECOUNT_API_KEY", "very-secret")
    with pytest.raises(SystemExit) as ended:
        main(["settings"])
    said = capsys.readouterr().out
    assert not ended.value.code
    rows = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line.split()}
    assert (rows["jobs"], rows["memory"], rows["keys"]) == (
        ["3", "RECOUNT_JOBS"],
        ["99", "recount.toml"],
        ["zh", "recount.toml"],
    )
    assert (rows["timeout"], rows["model.name"]) == (["900.0"], ["m", "recount.toml"])
    assert "very-secret" not in said
    assert "RECOUNT_API_KEY" in said
