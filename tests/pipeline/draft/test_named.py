"""Names that a model gives a draft: what can be used is, and a useless model leaves the draft as good as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recount.pipeline.draft.drafted import Drafted, draft
from recount.pipeline.recognise import family_of
from recount.pipeline.result import Result
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structure
from recount.schemas.declared import family_from
from recount.tests.pipeline.draft.test_drafted import amounts, balance, typeset
from recount.tests.pipeline.draft.test_drafted_forms import incomes
from recount.tests.pipeline.draft.test_drafted_forms import told as in_words
from recount.tests.pipeline.model.server import Asked, Length, Script, Scripted, Status, Words, scripted
from recount.tests.pipeline.test_own_family import run

YEARS = (("2023", 41), ("2022", 97))
MEMBERS = [["", "2023", "2022"], ["Members at the close", "1,204.00", "1,187.00"], ["Letters sent", "77.10", "64.30"]]


def income(net: Sequence[str] = (amounts(41)[-1], amounts(97)[-1])) -> list[list[str]]:
    return [["", "2023", "2022"], ["Revenue", "88,210.15", "80,117.20"], ["Closing net worth", *net]]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A balance sheet, an income statement of which a line is printed in it, and a table in which nothing adds up."""
    unit = "(USD thousands)"
    return typeset(
        tmp_path / "a.pdf",
        (["Balance Sheet", unit], balance(*YEARS)),
        (["Income", unit], income()),
        (["Of the club", unit], MEMBERS),
    )


# --- models


def labels_in(asked: Asked) -> list[str]:
    """The labels that a question about names shows."""
    return re.findall(r"^\d+\. (.*)$", asked.user, re.MULTILINE)


def is_about(asked: Asked, title: str) -> bool:
    return f'"{title}"' in asked.user


TERMS = {
    "Balance Sheet": "balance",
    "Income": "income_statement",
    "Of the club": "club",
    "Cash and cash equivalents": "cash",
    "Trade receivables": "receivables",
    "Closing net worth": "net_worth",
}
ALSO = {"Trade receivables": ["Accounts receivable", "Debtors"]}


def term(label: str) -> str:
    return TERMS.get(label, re.sub(r"\W+", "_", label.lower()))


def well_read(asked: Asked, proposed: Sequence[str] = ()) -> Any:
    """What somebody says who knows reports."""
    if "identities" in asked.schema["properties"]:
        return {"identities": proposed}
    (title,) = re.findall(r'^This is "(.*?)" of', asked.user, re.MULTILINE)
    lines = [
        {"line": at, "label": label, "key": term(label), "title": label, "labels": ALSO.get(label, [])}
        for at, label in enumerate(labels_in(asked), 1)
    ]
    return {"matters": title != "Of the club", "key": term(title), "title": title, "lines": lines}


@contextmanager
def by_model(script: Script, **others: Any) -> Iterator[tuple[Settings, Scripted]]:
    """Settings with a model that answers by a script."""
    with scripted(script) as server:
        given = {"mode": "json_schema", "backoff": (0.01, 0.02), "timeout": 5.0, "deadline": 10.0} | others
        yield Settings(model=ModelSettings("any", base_url=server.base_url, **given)), server


def drafted_by(script: Script, examples: Sequence[Path], out: Path, **others: Any) -> Drafted:
    with by_model(script, **others) as (settings, _):
        return draft("trust", examples, out, settings)


def text_of(drafted: Drafted) -> str:
    return (drafted.folder / "family.toml").read_text("utf-8")


def read_by(drafted: Drafted, path: Path) -> Result:
    return structure(path, family_of(str(drafted.folder)))


def told(result: Result) -> list[tuple[int, Any, str]]:
    """What is delivered, whatever it is called."""
    return sorted((figure.page, figure.value, figure.status) for figure in result.figures.values())


# --- what can be used


def test_lines_and_tables_are_called_as_the_model_says(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(well_read, [example], tmp_path)
    assert drafted.left == ()
    text = text_of(drafted)
    assert '"total_current_assets = cash + receivables"' in text
    assert 'labels = ["Trade receivables", "Accounts receivable", "Debtors"]' in text
    assert '"income_statement.net_worth = balance.net_assets"' in text
    result = read_by(drafted, example)
    assert result.report["balance"][0]["cash"] == Decimal(amounts(41)[1].replace(",", ""))
    assert result.figures["/income_statement/0/net_worth"].status == "verified"


def test_a_line_is_found_under_another_label_and_its_own_comes_first(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(well_read, [example], tmp_path)
    rows = [list(row) for row in balance(("2024", 55), ("2023", 41))]
    rows[3][0] = "Debtors"
    other = typeset(tmp_path / "b.pdf", (["Balance Sheet", "(USD thousands)"], rows))
    assert read_by(drafted, other).figures["/balance/0/receivables"].status == "verified"
    rows[9][0] = "Trade receivables"  # of another kind than the debtors, says the report
    both = typeset(tmp_path / "c.pdf", (["Balance Sheet", "(USD thousands)"], rows))
    assert read_by(drafted, both).report["balance"][0]["receivables"] == Decimal(rows[9][1].replace(",", ""))


def test_a_table_that_does_not_matter_is_kept_as_a_comment(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(well_read, [example], tmp_path)
    text = text_of(drafted)
    assert '# key = "club"' in text
    assert "club" not in read_by(drafted, example).report
    path = drafted.folder / "family.toml"
    path.write_text(re.sub(r"^# (?=\[\[|\w+ = |\]|  )", "", text, flags=re.MULTILINE), "utf-8")
    assert read_by(drafted, example).report["club"][0]["letters_sent"] == Decimal("77.10")


def test_what_adds_up_is_kept_whatever_the_model_says(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(lambda asked: {**well_read(asked), "matters": False}, [example], tmp_path)
    assert "Balance Sheet: it adds up, and is kept" in drafted.left
    assert len(read_by(drafted, example).figures) == 26


def test_chinese_lines_have_english_keys_and_titles_of_their_own(tmp_path: Path) -> None:
    rows = [
        ["项目", "2023年12月31日", "2022年12月31日"],
        ["一、货币资金", "905,402,299.44", "627,041,535.44"],
        ["其中：存货", "637,768,124.78", "601,968,438.28"],
        ["流动资产合计", "1,543,170,424.22", "1,229,009,973.72"],
    ]
    rows[2][0] = "二、存货"
    path = typeset(tmp_path / "z.pdf", (["远山科技股份有限公司", "合并资产负债表", "单位：元"], rows), font="china-s")
    known = {
        "一、货币资金": ("cash", "货币资金"),
        "二、存货": ("inventories", "存货"),
        "流动资产合计": ("current_assets", "流动资产合计"),
    }

    def answer(asked: Asked) -> Any:
        assert "个 JSON" in asked.system
        lines = [
            {"line": at, "label": label, "key": known[label][0], "title": known[label][1], "labels": []}
            for at, label in enumerate(labels_in(asked), 1)
        ]
        return {"matters": True, "key": "balance_sheet", "title": "资产负债表", "lines": lines}

    drafted = drafted_by(answer, [path], tmp_path)
    text = text_of(drafted)
    assert '{ key = "cash", title = "货币资金", labels = ["一、货币资金"] }' in text
    assert 'title = "资产负债表"\nlabels = [\n  "合并资产负债表",\n]' in text
    assert '"current_assets = cash + inventories"' in text
    result = read_by(drafted, path)
    assert result.report["balance_sheet"][0]["cash"] == Decimal("905402299.44")
    assert result.summary.figures["verified"] == 6


# --- what cannot


def shifted(asked: Asked) -> Any:
    """An answer that slipped by a line."""
    said = well_read(asked)
    if "lines" in said:
        lines = said["lines"]
        moved = zip(lines, [*lines[1:], lines[0]], strict=True)
        said["lines"] = [{**line, **{name: other[name] for name in ("label", "key", "title")}} for line, other in moved]
    return said


def of_one_key(asked: Asked) -> Any:
    said = well_read(asked)
    said |= {"key": "table"} if "key" in said else {}
    said |= {"lines": [{**line, "key": "amount", "labels": labels_in(asked)[:3]} for line in said.get("lines", [])]}
    return said


def with_numbers(asked: Asked) -> Any:
    said = well_read(asked)
    lines = [{**line, "key": f"line_{line['line']}", "title": "Cash 1,234.56", "labels": ["77.10", "Cash of 2023"]}
             for line in said.get("lines", [])]  # fmt: skip
    return {**said, "key": "2023", "title": "12,345", "lines": lines}


def of_python(asked: Asked) -> Any:
    said = well_read(asked)
    words = ("class", "model_dump", "a b", "Ünder", "", "x" * 60, "__init__")
    lines = [{**line, "key": words[at % len(words)], "title": "", "labels": ["\n", "?!"]}
             for at, line in enumerate(said.get("lines", []))]  # fmt: skip
    return {**said, "key": "lines", "lines": lines}


def nobodys_lines(_: Asked) -> Any:
    line = {"line": 77, "label": "Unicorns", "key": "unicorns", "title": "Unicorns", "labels": []}
    return {"matters": False, "key": None, "title": None, "lines": [line, {**line, "line": -1}, {**line, "line": 0}]}


NONSENSE: Mapping[str, Script] = {
    "shifted": shifted,
    "of one key": of_one_key,
    "with numbers": with_numbers,
    "of Python": of_python,
    "nobody's lines": nobodys_lines,
    "nothing": lambda _: "{}",
    "words": lambda _: Words("I am happy to help with your balance sheet!"),
    "cut off": lambda _: Length('{"matters": true, "lines": ['),
    "refused": lambda _: Status(400, message="content filter", code="content_filter"),
    "a list": lambda _: "[1, 2, 3]",
}


@pytest.mark.parametrize("script", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_useless_model_leaves_the_draft_as_good_as_it_was(tmp_path: Path, example: Path, script: Script) -> None:
    without = draft("trust", [example], tmp_path / "without")
    drafted = drafted_by(script, [example], tmp_path / "with")
    assert told(read_by(drafted, example)) == told(read_by(without, example))
    assert drafted.told == without.told
    numbers = re.compile(r"1,234|77\.10|12,345|2023")
    assert not [line for line in text_of(drafted).splitlines() if numbers.search(line)]
    family_from(drafted.folder / "family.toml")


def test_what_cannot_be_used_is_told(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(of_one_key, [example], tmp_path)
    (of_balance,) = [line for line in drafted.left if line.startswith("Balance Sheet: ")]
    assert re.fullmatch(r"Balance Sheet: \d+ names cannot be used, as .*amount.*", of_balance)
    drafted = drafted_by(shifted, [example], tmp_path / "more")
    assert "Income: 2 names cannot be used, as Closing net worth, Revenue" in drafted.left


def test_names_by_which_figures_are_read_otherwise_are_dropped(tmp_path: Path) -> None:
    """A label under which something else stands that one of two reports says, and that is no field for that."""
    examples = [in_words(tmp_path / "1.txt", "1120.35", "88.61", 11), in_words(tmp_path / "2.txt", "97.02", "15.40", 9)]
    examples[0].write_text(examples[0].read_text("utf-8").replace("理事", "名誉理事5人，理事", 1), "utf-8")

    def answer(asked: Asked) -> Any:
        if "identities" in asked.schema["properties"]:
            return {"identities": []}
        labels = dict(enumerate(labels_in(asked), 1))
        more = {"理事": ["名誉理事"]}
        lines = [
            {"line": at, "label": label, "key": "abcdefg"[at], "title": label, "labels": more.get(label, [])}
            for at, label in labels.items()
        ]
        return {"matters": True, "key": None, "title": None, "lines": lines}

    drafted = drafted_by(answer, examples, tmp_path)
    assert drafted.left == ("组织情况: figures are read otherwise by its names, which are dropped",)
    report = read_by(drafted, examples[0]).report
    assert report["组织情况"]["理事"] == 11
    assert report["收入情况"]["d"] == Decimal("88.61")


def test_lines_of_the_same_words_keep_them_and_are_named_apart(tmp_path: Path) -> None:
    rows = [["", "2023"], ["Gain on swaps", "55.20"], ["Tax effect", "11.04"], ["Gain on bonds", "40.10"],
            ["Tax effect", "8.02"]]  # fmt: skip
    path = typeset(tmp_path / "t.pdf", (["Other income", "(USD thousands)"], rows))

    def answer(asked: Asked) -> Any:
        said = well_read(asked)
        lines = [{**line, "key": f"{line['key']}_{'abcdefg'[line['line']]}"} for line in said.get("lines", ())]
        return {**said, "lines": lines} if lines else said

    drafted = drafted_by(answer, [path], tmp_path)
    assert drafted.left == ()
    (only,) = read_by(drafted, path).report["other_income"]
    assert (only["tax_effect_c"], only["tax_effect_e"]) == (Decimal("11.04"), Decimal("8.02"))


def test_a_key_that_a_percentage_beside_another_line_has_is_dropped(tmp_path: Path) -> None:
    path = incomes(tmp_path / "a.pdf", (88_210, 31_755, 4_102), (80_117, 26_438, 3_977), shares=True)

    def answer(asked: Asked) -> Any:
        lines = [
            {"line": at, "label": label, "key": key, "title": None, "labels": []}
            for at, (label, key) in enumerate(
                zip(labels_in(asked), ("gifts", "gifts_of_total", "c", "d"), strict=True), 1
            )
        ]
        return {"matters": True, "key": None, "title": None, "lines": lines}

    drafted = drafted_by(answer, [path], tmp_path)
    assert drafted.left == ("Of income: 4 names cannot be used, as gifts, gifts_of_total, c, d",)
    assert read_by(drafted, path).figures["/of_income/0/gifts_of_total"].status == "verified"


# --- identities between tables


def proposing(*identities: str) -> Script:
    return lambda asked: well_read(asked, identities)


def test_identities_that_hold_in_all_examples_are_kept(tmp_path: Path) -> None:
    """A difference of two lines of another table, which is not searched for."""
    unit = "(USD thousands)"

    def report(path: Path, *years: tuple[str, int]) -> Path:
        def own(seed: int) -> str:
            cash, loans = (Decimal(amounts(seed)[at].replace(",", "")) for at in (1, 9))
            return f"{cash - loans:,.2f}"

        debt = [["", *(year for year, _ in years)], ["Net debt", *(own(seed) for _, seed in years)]]
        return typeset(path, (["Balance Sheet", unit], balance(*years)), (["Of debt", unit], debt))

    examples = [report(tmp_path / "1.pdf", *YEARS), report(tmp_path / "2.pdf", ("2024", 55), ("2023", 41))]
    good = "of_debt.net_debt = balance.cash - balance.borrowings"
    bad = {
        "of_debt.net_debt = balance.cash": "it does not hold in 1.pdf",
        "of_debt.net_debt = balance.cash - balance.goodwill": "it does not hold in 1.pdf",
        "balance.net_assets = balance.total_assets - balance.total_liabilities": "it is of one table alone",
        "of_debt.net_debt <= balance.cash": "it is no sum and no share of one period",
    }
    drafted = drafted_by(
        proposing(good, *bad, good, "of_debt.net_debt = balance.unicorns", "77.10"), examples, tmp_path
    )
    text = text_of(drafted)
    assert f'"{good}"' in text
    assert not [formula for formula in bad if f'"{formula}"' in text]
    for formula, why in bad.items():
        assert f"proposed identity {formula!r}: {why}" in drafted.left
    assert drafted.left[-1].startswith(
        "2 proposed identities cannot be read, as 'of_debt.net_debt = balance.unicorns': "
    )
    assert read_by(drafted, examples[1]).figures["/of_debt/0/net_debt"].status == "verified"


def test_an_identity_of_few_digits_may_be_chance(tmp_path: Path) -> None:
    unit = "(USD thousands)"
    other = [["", "2023"], ["Members", "12"], ["Guests", "7"], ["Letters", "99"]]
    more = [["", "2023"], ["Rooms", "12"], ["Doors", "31"], ["Halls", "2"]]
    path = typeset(tmp_path / "a.pdf", (["Of people", unit], other), (["Of the house", unit], more))
    drafted = drafted_by(proposing("of_people.members = of_the_house.rooms"), [path], tmp_path)
    assert "identities" not in text_of(drafted)
    assert drafted.left[-1].endswith("what the examples print is too little to tell it from chance")


def test_a_line_that_never_counts_is_no_part_of_an_identity(tmp_path: Path) -> None:
    rows = [*income(), ["Nothing", "0.00", "0.00"]]
    path = typeset(tmp_path / "n.pdf", (["Balance Sheet", "(USD)"], balance(*YEARS)), (["Income", "(USD)"], rows))
    formula = "balance.net_assets = income_statement.net_worth + income_statement.nothing"
    drafted = drafted_by(proposing(formula), [path], tmp_path)
    assert f'"{formula}"' not in text_of(drafted)
    assert any(line.startswith(f"proposed identity {formula!r}: what the examples print") for line in drafted.left)


# --- the asking


def test_nothing_is_asked_twice_and_no_figure_is_sent(tmp_path: Path, example: Path) -> None:
    with by_model(well_read) as (settings, server):
        first = draft("trust", [example], tmp_path, settings)
        sent = len(server.requests)
        assert sent == 4  # three tables, and what is between them
        again = draft("again", [example], tmp_path, settings)
        assert len(server.requests) == sent
    assert text_of(first).replace("trust", "again") == text_of(again)
    shown = "\n".join(asked.system + asked.user for asked in server.requests)
    figures = [figure.raw for figure in read_by(first, example).figures.values()]
    assert figures
    assert not [raw for raw in figures if raw in shown]


def test_a_budget_that_is_spent_leaves_the_rest_as_it_was(tmp_path: Path, example: Path) -> None:
    drafted = drafted_by(well_read, [example], tmp_path, budget_tokens=6_000, concurrency=1)
    assert any("no names, for" in line or "no identities between tables, for" in line for line in drafted.left)
    without = draft("without", [example], tmp_path)
    verified = [read_by(own, example).summary.figures["verified"] for own in (drafted, without)]
    assert verified[0] == verified[1] > 20


def test_a_model_that_cannot_be_asked_is_told_before_anything_is_written(tmp_path: Path, example: Path) -> None:
    settings = Settings(model=ModelSettings("any", base_url="http://127.0.0.1:9/v1", attempts=1, deadline=1.0))
    with pytest.raises(Exception, match=r"127\.0\.0\.1"):
        draft("trust", [example], tmp_path, settings)
    assert not (tmp_path / "trust").exists()


def test_the_command_asks_a_model(tmp_path: Path, example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(proposing("balance.cash = income_statement.revenue")) as server:
        model = ("--model", "any", "--base-url", server.base_url, "--model-mode", "json_schema")
        assert run("init-family", "trust", "--from", example, "--out", tmp_path, *model) == 0
    said = capsys.readouterr()
    assert "names are asked of any at" in said.err
    assert "left out: proposed identity 'balance.cash = income_statement.revenue': it does not hold in a.pdf" in (
        said.out.replace("\n", " ")
    )
    assert (tmp_path / "model.sqlite").exists()
