"""The command line in Chinese: no English sentence is left in what it prints."""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

from recount.cli import app, main
from recount.desk.helping import broken, columns
from recount.desk.manual import TOPICS
from recount.pipeline import errors
from recount.pipeline.errors import RecountError
from recount.pipeline.language import _, told

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = next((ROOT / "examples" / "archive" / "2022").glob("望垣*.pdf"))
NAMES = re.findall(
    r"\w+",
    "Recount recount PDF JSON Schema OCR URL TOML MB HTTP OpenAI OpenTelemetry Ray RAY_ADDRESS RECOUNT_LANG "
    "RECOUNT_MODEL RECOUNT_BASE_URL Ctrl zip csv parquet jsonl xlsx sqlite auto template gguf null low medium title en "
    "zh md html txt cells raw tabs unruled fax good fair poor report figures budget_items discrepancies verified "
    "repaired misread other_token as_printed not_a_figure disputed money unit year charity enterprise openvino CPU GPU",
)
"""Products, units, formats, and words that one types: they are the same in any language; so are the commands."""
NO_SENTENCE = re.compile(
    r"--?[A-Za-z][\w-]*|https?:\S+|s3:\S*|[\w./#<>*…-]*[/.][\w./#<>*-]+|<[^>\n]*>|\[[a-z_|]+\]|'[^'\n]*'|`[^`\n]*`"
    r"|默认 [\w.]+|pip install \S+|\b[a-z]\w*=\S+|\b[xn]\d{4}\b|\bf32\b|\bint8\b|X0,Y0,X1,Y1"
    r"|\b\d{4}-\d\d-\d\dT\S+|>=|<="
)
"""Options, paths, addresses, types, what is quoted, what is typed, times."""


@cache
def commands() -> list[tuple[str, ...]]:
    def below(command: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield way
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*way, name))

    return list(below(typer.main.get_command(app), ()))


def english(printed: str) -> list[str]:
    """The words of a text that are English, and no names."""
    commanded = {name for way in commands() for name in way} | TOPICS.keys()
    typed = re.sub(rf"\b({'|'.join(sorted(commanded, key=len, reverse=True))})\b", "", printed)
    return [word for word in re.findall(r"[A-Za-z_]{2,}", NO_SENTENCE.sub(" ", typed)) if word not in NAMES]


Say = Callable[..., str]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command line in Chinese; gives what it printed."""
    monkeypatch.delenv("RECOUNT_LANG")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    def say(*arguments: object, code: int = 0) -> str:
        with pytest.raises(SystemExit) as exit:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert int(exit.value.code or 0) == code, printed
        return printed.out + printed.err

    return say


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive `src`: a report that contradicts itself, a copy, and what is no report."""
    folder = tmp_path_factory.mktemp("chinese")
    (folder / "src").mkdir()
    shutil.copy(EXAMPLE, folder / "src" / "报告.pdf")
    shutil.copy(EXAMPLE, folder / "src" / "副本.pdf")
    (folder / "src" / "坏.pdf").write_bytes(b"%PDF-1.7 and no more")
    (folder / "src" / "空.pdf").touch()
    (folder / "src" / "坏.zip").write_bytes(b"PK\3\4 and no more")
    (folder / "src" / "演示.pptx").write_bytes(b"PK\3\4")
    return folder


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_help_is_chinese_and_fits(say: Say, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    printed = say(*command, "--help")
    assert not english(printed)
    assert "用法：" in printed
    assert max(map(columns, printed.splitlines())) <= 80


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("shwo", "没有命令 'shwo'。是否指 'show'？"),
        ("structure", "缺少选项 '--out'。"),
        ("structure --out", "选项 '--out' 须带值。"),
        ("structure x --out y --nosuch", "没有选项 --nosuch"),
        ("structure x --out y --ocr sometimes", "'--ocr' 的值无效：'sometimes' 不是 'auto', 'always', 'never' 之一。"),
        ("structure x --out y --jobs none", "'--jobs' 的值无效："),
        ("structure x --out y --jobs 0", "'--jobs' 的值无效："),
        ("status x y z", "多余的参数（y z）"),
        ("models check", "未说明询问哪个模型"),
        ("decide x y /z", "应给出结论，或用 --undo 撤销"),
        ("status --lang fr", "'--lang' 的值无效："),
        ("--lang zh status /nosuch", "/nosuch 不是 recount structure 的输出目录：其中没有 ledger.sqlite"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_chinese(say: Say, line: str, words: str) -> None:
    printed = say(*line.split(), code=2)
    assert words in printed
    assert not english(printed)


def test_english_is_spoken_to_who_asks_for_it(say: Say) -> None:
    assert "Usage: recount status" in say("status", "--help", "--lang", "en")
    assert "Error: No such option: --nosuch" in say("--lang", "en", "status", "--nosuch", code=2)
    assert "no such file or folder" in say("structure", "/nosuch", "--out", "x", "--lang=en", code=2)


def test_the_file_of_settings_may_say_the_language(say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the command line and RECOUNT_LANG, before the system."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recount.toml").write_text('lang = "en"\n')
    assert "no output folder" in say("status", "nosuch", code=2)
    monkeypatch.setenv("RECOUNT_LANG", "zh")
    assert "不是 recount structure 的输出目录" in say("status", "nosuch", code=2)
    (tmp_path / "recount.toml").write_text("lang = [\n")
    assert "设置无法读取：" in say("status", "nosuch", code=2)


def test_whoever_interrupts_is_answered_in_chinese(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("recount.pipeline.run.status.status_of", interrupted)
    assert say("status", "out", code=1) == "\n已中止。\n"


def test_from_a_run_to_its_tables_all_is_chinese(say: Say, archive: Path) -> None:
    out = archive / "out"
    printed = say("structure", archive / "src", "--out", out, "--jobs", 1, code=1)
    assert "已结构化" in printed
    assert "✗ 存疑" in printed
    assert "坏.pdf：坏.pdf 已损坏，无法读取。" in printed
    assert "空.pdf：文件为空" in printed
    assert "坏.zip：不是可读的 zip 压缩包：" in printed
    assert "略过 1 个，演示文稿：" in printed
    kept = json.loads((out / "summary.json").read_bytes())
    assert {failure["reason"] for failure in kept["failures"]} >= {"is empty"}, "what is kept stays English"
    for line, code in (
        (("status", out), 0),
        (("list", out), 0),
        (("list", out, "--disputed", "--sort", "money"), 0),
        (("show", out, "报告.pdf"), 0),
        (("show", out, "报告.pdf", "--section", "nosuch"), 2),
        (("show", out, "nosuch"), 2),
        (("chain", out), 0),
        (("verify", out, "--quick"), 0),
        (("retry", out, "--jobs", 1), 1),
        (("export", out, "-o", archive / "x.csv"), 0),
        (("export", out, "-o", archive / "x.doc"), 2),
        (("export", out, "-o", archive / "x.csv", "--status", "nosuch"), 2),
        (("mark", out, "报告.pdf", "-o", archive / "x.pdf"), 0),
        (("decide", out, "报告.pdf", "/nosuch", "misread", "--value", "1"), 2),
        (("decide", out, "报告.pdf", "/income_expenditure/income_total", "as_printed"), 0),
        (("status", out), 0),
        (("init-family", "Nosuch", "--out", archive), 2),
        (("structure", archive / "nosuch", "--out", out), 2),
    ):
        printed += say(*line, code=code)
    told_of = re.sub("(?i)nosuch", "", printed).replace("income_expenditure", "")
    assert not english(re.sub(r"(?m)^[0-9a-f]+ (?=原件如此)|现有 .*|bad magic.*|File is not a zip file", "", told_of))


def test_an_error_of_each_class_is_told_in_chinese() -> None:
    """What each class of errors is raised with somewhere: the catalogue has it (test_messages), and finds it again."""
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, RecountError)]
    raised = {
        "UsageError": "out is no output folder of recount structure: it has no ledger.sqlite",
        "OutputBusy": "another run is writing to out (it has just started)",
        "Truncated": "the model's answer broke off at 100 tokens",
        "NotToSchema": "the model does not keep to the schema: figures: Field required",
        "BudgetSpent": "the budget of 5 is spent but for 0.1, and this question is reckoned at 0.3: it is not asked",
        "Unreachable": "there is no connection to localhost; an endpoint's address mostly ends in /v1, and has nothing "
        "behind it: --base-url says which",
        "ModelRefused": "localhost turned the request down (HTTP 400): no",
        "ModelMisconfigured": "localhost knows no model 'm' (HTTP 404)",
        "Offline": "--offline: the model may not be asked, and no answer is kept",
        "NoCompletion": "a response without an answer: {}",
        "ZipProblem": "holds 9 files; the limit is 8",
        "SourceUnreachable": "cannot be read: Permission denied",
        "TooLarge": "has 9,000 pages; the limit is 3,000",
        "NotAPdf": "a.pdf is damaged; no page of it can be read.",
        "NotAText": "a.txt holds no text in an encoding that is known.",
        "Encrypted": "a.pdf is encrypted; it opens only with a password.",
        "NoPages": "a.pdf has no pages.",
        "NeedsOcr": "no page has a usable text layer: it is a scan",
        "NotAReport": "it is of no known family: no part of a report of 部门决算 was found in it",
        "TwoFamilies": "it fits two families, a and b: name one with --family, or more signs of either",
        "SeveralReports": "it holds 3 reports, where one was asked for",
        "DocumentError": "its result cannot be written: No space left on device",
    }
    abstract = {"RecountError", "ModelError", "StaleDecision"}  # never raised as such; told as codes
    assert {one.__name__ for one in classes} == raised.keys() | abstract
    quoted = r"'m'|\bout\b|Field required|a\.\w+|localhost|figures|HTTP| no$"
    assert not {
        name: told(words, "zh") for name, words in raised.items() if english(re.sub(quoted, "", told(words, "zh")))
    }


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS])
def test_what_the_system_says_is_told_in_chinese(number: int) -> None:
    import os

    assert not english(told(f"out cannot be read: {os.strerror(number)}", "zh").removeprefix("out"))


def test_lines_are_broken_where_chinese_may_be() -> None:
    text = "把“报告”结构化，每份一个 JSON 文件。"
    assert broken(text, 10) == ["把“报告”结", "构化，每份", "一个 JSON", "文件。"]
    assert all(columns(line) <= 10 for line in broken(text, 10))
    assert "".join(broken(text, 10)).replace(" ", "") == text.replace(" ", "")
    assert _("unknown words") == "unknown words"
