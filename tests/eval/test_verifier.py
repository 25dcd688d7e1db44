"""The mutation harness: what it does to a report, and the promise that it measures."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from recount.cli import app
from recount.eval.cases import GOLD
from recount.eval.generator import Form, generate
from recount.eval.verifier import benchmark, render
from recount.eval.verifier.base import Base, at, changed, load, steps
from recount.eval.verifier.campaign import Campaign, measure
from recount.eval.verifier.fault import Fault
from recount.eval.verifier.judge import Effect, judge
from recount.eval.verifier.mismapped import MISMAPPED
from recount.eval.verifier.misread import MISREAD, OTHERWISE_READ, as_read
from recount.schemas.figures import Ref

SMALL = GOLD / "digital" / "tables-only" / "report.pdf"
EACH = 3
PROMISED = ("off the page", "on the page")


@cache
def _made(form: Form, folder: str) -> Path:
    path = Path(folder) / f"{form.value}.pdf"
    path.write_bytes(generate(form, 11).pdf)
    return path


BUDGETS = ("budget-national", "budget-district")


@pytest.fixture(scope="module", params=[Form.X2022, Form.S2024, *BUDGETS])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if request.param in BUDGETS:
        return GOLD / "digital" / request.param / "report.pdf"
    return _made(request.param, str(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="module")
def base(source: Path) -> Base:
    return load(source)


@pytest.fixture(scope="module")
def found(source: Path) -> Campaign:
    return measure(source, each=EACH, seed=3)


def test_no_single_fault_comes_out_as_verified(found: Campaign) -> None:
    silent = [
        miss.fault
        for miss in found.misses
        if miss.verdict.outcome is Effect.SILENT and found.operators[miss.verdict.operator] in PROMISED
    ]
    assert silent == []


def test_nothing_fails_without_a_fault(found: Campaign) -> None:
    assert [rule for rules in found.failing.values() for rule in rules if not rule.startswith("minor")] == []


def test_most_figures_are_covered(found: Campaign) -> None:
    (coverage,) = found.coverage.values()
    assert coverage.covered(1) > 0.85


def test_the_tables_show_every_operator(found: Campaign) -> None:
    shown = render(found)
    for operator in (*MISREAD, *OTHERWISE_READ, *MISMAPPED):
        assert f"| {operator.name} |" in shown


def test_the_same_seed_makes_the_same_faults() -> None:
    one, other = (measure(SMALL, each=1, seed=3) for _ in range(2))
    assert one.verdicts == other.verdicts
    assert (one.misses, one.operators) == (other.misses, other.operators)


def drawn(base: Base, name: str) -> Iterator[Fault]:
    """Faults of a kind, each once: a report of few tables has few that are of a whole one."""
    (operator,) = [each for each in (*MISREAD, *MISMAPPED) if each.name == name]
    rng = Random(5)
    seen: list[Fault] = []
    for _ in range(40):
        fault = operator.make(rng, base)
        if fault is not None and fault not in seen:
            seen.append(fault)
            yield fault


@pytest.mark.parametrize("name", [each.name for each in MISREAD if each.name not in ("invented figure",)])
def test_a_misreading_changes_one_token_or_loses_it(base: Base, name: str) -> None:
    for fault in drawn(base, name):
        assert len(fault.tokens) <= 1
        assert fault.wrong


def test_a_separator_lost_is_a_hundredfold(base: Base) -> None:
    for fault in drawn(base, "separator lost"):
        ((index, token),) = fault.tokens.items()
        assert token.value == base.tokens[index].value.scaleb(base.tokens[index].decimals)


def test_an_invented_figure_is_rejected(base: Base) -> None:
    assert {judge(base, fault).outcome for fault in drawn(base, "invented figure")} == {Effect.REJECTED}


def test_a_swap_knows_the_right_values(base: Base) -> None:
    for fault in drawn(base, "two fields swapped"):
        (one, other) = fault.report
        report = changed(base.report, fault.report)
        assert at(report, one) == at(base.report, other)
        assert [*fault.wrong.values()] == [base.verified.figures["/" + "/".join(p)].value for p in (one, other)]


def test_an_equal_value_is_harmless(base: Base) -> None:
    pointer, figure = next(iter(base.verified.figures.items()))
    fault = Fault("none", report={steps(pointer): base.refs[pointer]}, wrong={pointer: figure.value})
    assert judge(base, fault).outcome is Effect.HARMLESS


def test_a_changed_report_leaves_the_first_as_it_was(base: Base) -> None:
    pointer = next(iter(base.refs))
    before = base.refs[pointer]
    report = changed(base.report, {steps(pointer): Ref(0, negative=True)})
    assert at(report, steps(pointer)) == Ref(0, negative=True)
    assert at(base.report, steps(pointer)) == before


def test_a_token_read_otherwise_keeps_its_place(base: Base) -> None:
    token = base.tokens[0]
    read = as_read(token, "12.345")
    assert (read.value, read.decimals, read.page, read.box) == (Decimal("12.345"), 3, token.page, token.box)


def test_a_row_that_is_dropped_doubled_or_shifted_is_noticed(found: Campaign) -> None:
    rows = [v for v in found.verdicts if found.operators[v.operator] == "rows" and not v.idle]
    assert rows
    assert [v for v in rows if not v.noticed] == []


def test_the_unit_of_a_table_is_blamed_as_such(base: Base) -> None:
    """Not a figure of the table: the table. Where nothing ties it to others nothing fails, and nothing is blamed."""
    places = [judge(base, fault).place for fault in drawn(base, "unit of the head ignored")]
    assert set(places) <= {1, None}


def test_a_table_that_nothing_counts_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(generate(Form.X2021, 4).pdf)
    tables = load(path)
    dropped = [f for f in drawn(tables, "row dropped") if ("project_evaluations",) in f.report]
    assert all(fault.idle for fault in dropped)


def test_a_second_reading_confirms_all_but_what_it_read_otherwise(base: Base) -> None:
    twice = base.as_scanned(twice=True)
    assert twice.confirmed == frozenset(range(len(base.tokens)))
    assert base.as_scanned(twice=False).confirmed == frozenset()
    misread = next(drawn(twice, "×10"))
    assert judge(twice, misread).outcome in (
        Effect.HARMLESS,
        Effect.REJECTED,
        Effect.DISPUTED,
        Effect.GROUNDED,
    )


def test_two_classes_that_are_exchanged_are_never_verified() -> None:
    """Their sum is the same: their names say which of the table's lines each of them is."""
    budget = load(GOLD / "digital" / "budget-national" / "report.pdf")
    one, other = (f"/fiscal_appropriation/by_class/{at}/amount" for at in (1, 3))
    right = {pointer: budget.verified.figures[pointer].value for pointer in (one, other)}
    swapped = {steps(one): budget.refs[other], steps(other): budget.refs[one]}
    assert judge(budget, Fault("two fields swapped", report=swapped, wrong=right)).outcome is not Effect.SILENT


def test_the_gold_sets_budgets_are_tried_unless_others_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Path] = []

    def campaign(sources: list[Path], **_: object) -> Campaign:
        tried.extend(sources)
        return Campaign()

    monkeypatch.setattr("recount.eval.verifier.campaign", campaign)
    assert CliRunner().invoke(app, ["eval", "verifier"]).exit_code == 0
    assert {GOLD / "digital" / name / "report.pdf" for name in BUDGETS} <= set(tried)
    assert all("digital" in path.parts for path in tried)


def test_the_benchmark_measures_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    benchmark.main([str(SMALL), "--faults", "1"])
    *_, row = capsys.readouterr().out.splitlines()
    assert len(row.split("|")) == 8
    assert all(float(cell) > 0 for cell in row.split("|")[2:-1])
