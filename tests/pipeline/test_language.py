"""The language that is spoken, and how a sentence is found again in the catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recount.pipeline.errors import NotAPdf, UsageError
from recount.pipeline.language import _, asked_in, language_of, named, speaking, spoken, told
from recount.schemas.saying import say


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "en"),
        (None, {"LANG": "zh_CN.UTF-8"}, "zh"),
        (None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        (None, {"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:en"}, "en"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, "zh"),
        (None, {"RECOUNT_LANG": "zh", "LC_ALL": "en_GB.UTF-8"}, "zh"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        ("en", {"RECOUNT_LANG": "zh"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for(asked: str | None, environment: dict[str, str], language: str) -> None:
    assert language_of(asked, environment) == language


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("--lang zh status out", "zh"),
        ("status out --lang zh", "zh"),
        ("status out --lang=zh", "zh"),
        ("status out", "en"),
        ("status -- --lang zh", "en"),
        ("status out --lang", "en"),
        ("status out --lang fr", "en"),
    ],
)
def test_lang_stands_before_a_command_or_behind(line: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUNT_LANG", "en")
    assert asked_in(line.split()) == language


def test_the_environment_counts_where_no_option_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOUNT_LANG", "zh")
    assert asked_in(["status", "out"]) == "zh"
    assert asked_in(["status", "out", "--lang", "en"]) == "en"


def test_a_language_is_spoken_for_a_while() -> None:
    assert (spoken(), _("{number} figures: ", number=3)) == ("en", "3 figures: ")
    with speaking("zh"):
        assert (spoken(), _("{number} figures: ", number=3)) == ("zh", "数字 3 个：")
        with pytest.raises(KeyError), speaking("en"):
            raise KeyError
        assert spoken() == "zh"
    assert spoken() == "en"


def test_words_and_what_results_say_are_told_in_it() -> None:
    seldom = say("row_missing", amount="3.00")
    assert (named("disputed"), named("unchanged"), told(seldom)) == ("disputed", "unchanged", str(seldom))
    with speaking("zh"):
        assert (named("disputed"), named("unchanged"), named("未知")) == ("存疑", "未变动", "未知")
        assert told(seldom) == "似缺一行，金额约3.00"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("a budget in currency needs the prices of the model's tokens", "按金额设预算须给出词元价格"),
        ("a b.pdf is not a PDF file.", "a b.pdf 不是 PDF 文件。"),
        ("/x: y cannot be read: No such file or directory", "/x: y 无法读取：文件不存在"),
        ("x.zip is no zip archive that can be read: Bad magic", "x.zip 不是可读的 zip 压缩包：Bad magic"),
        ("it took longer than 900 seconds (given up after two tries)", "超过 900 秒未完成（两次均未成功）"),
        ("same content as b.pdf, which failed: needs a password", "与 b.pdf 内容相同，而后者失败：需要密码"),
        ("cannot be read: Permission denied; the earlier result stands", "无法读取：没有权限；以前的结果仍然有效"),
        ("a.doc is a Word document; b.xls is a spreadsheet", "a.doc 是文字处理文档；b.xls 是电子表格"),
        ("is a WPS document: LibreOffice, which is not installed, turns it into a PDF",
         "是金山文档：须由 LibreOffice 转为 PDF，而本机未安装"),
        ("a b.zip holds no reports (PDF files, page images or files of text); c.pdf is empty",
         "a b.zip 其中没有报告（PDF 文件、页面图像或文本文件）；c.pdf 文件为空"),
        ("page 3", "第 3 页"),
        ("a page that was not read", "a page that was not read"),
        ("nobody has translated this sentence", "nobody has translated this sentence"),
        ("here is some library's message", "here is some library's message"),
        ("failed", "failed"),
    ],
)  # fmt: skip
def test_a_sentence_is_told_with_what_it_quotes(english: str, chinese: str) -> None:
    assert told(english, "zh") == chinese
    assert told(english, "en") == english


def test_an_error_is_told_as_it_was_raised() -> None:
    folder = "out {0} {name}"
    error = UsageError(f"{folder} is no output folder of recount structure: it has no ledger.sqlite")
    assert told(str(error), "zh") == f"{folder} 不是 recount structure 的输出目录：其中没有 ledger.sqlite"
    assert told(str(NotAPdf("x.pdf is empty.")), "zh") == "x.pdf 为空。"


@given(st.text())
def test_no_sentence_is_lost(sentence: str) -> None:
    assert told(sentence, "en") == sentence
    assert bool(told(sentence, "zh")) == bool(sentence)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name_comes_through_a_sentence(name: str, other: str) -> None:
    """A file is called as its owner likes, with braces and line breaks, and keeps its name."""
    said = told(f"{name} is not the report that {other} was made of", "zh")
    assert told(name, "zh") in said
    assert told(other, "zh") in said
    assert "不是" in said
