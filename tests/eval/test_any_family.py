"""Faults in reports of any family: each kind does what it says, and what passes is counted as what it is."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from recount.cli import app
from recount.eval.generator.enterprise import FAMILIES
from recount.eval.verifier.any_family import (
    Counted,
    Fate,
    any_family,
    as_scanned,
    examples_of,
    fate_of,
    read,
    render_family,
    sheet_of,
)
from recount.eval.verifier.misprint import MISPRINTS, Sheet
from recount.pipeline.document import Pages
from recount.pipeline.errors import UsageError
from recount.pipeline.recognise import family_of
from recount.pipeline.settings import DEFAULTS
from recount.pipeline.structure import pages_of
from recount.pipeline.verify.doubt import Unsettled

CHARITY, ENTERPRISE = (str(FAMILIES / name) for name in ("charity_accounts", "enterprise_statements"))


class Read:
    """A report of a family, read once."""

    def __init__(self, folder: str) -> None:
        self.family = family_of(folder)
        self.pages = pages_of(examples_of(folder)[0], DEFAULTS)
        self.base = read(self.pages, self.family)
        self.sheet: Sheet = sheet_of(self.pages, self.base)

    def with_fault(self, kind: str, seed: int = 0) -> Pages:
        rng = Random(seed)
        return next(made for made in (MISPRINTS[kind](rng, self.sheet) for _ in range(50)) if made is not None)


@pytest.fixture(scope="module")
def charity() -> Read:
    return Read(CHARITY)


@pytest.fixture(scope="module")
def enterprise() -> Read:
    return Read(ENTERPRISE)


def printed(pages: Pages) -> Counter[str]:
    return Counter(line.text for page in pages.pages for line in page.lines)


def placed(pages: Pages) -> list[tuple[int, str, object]]:
    return [(page.number, line.text, line.box) for page in pages.pages for line in page.lines]


def test_every_figure_of_the_report_is_found_on_its_pages(charity: Read, enterprise: Read) -> None:
    for report in (charity, enterprise):
        digits = {"".join(filter(str.isdigit, spot.text(report.pages))) for spot in report.sheet.spots}
        raw = {"".join(filter(str.isdigit, token.raw)) for token in report.base.document.tokens}
        assert digits <= raw
        assert len(report.sheet.spots) == len({figure.token for figure in report.base.figures.values()})


@pytest.mark.parametrize("kind", MISPRINTS)
def test_a_fault_changes_few_lines_and_is_the_same_again(kind: str, charity: Read, enterprise: Read) -> None:
    report = enterprise if kind in ("point lost", "minus lost") else charity
    faulty = report.with_fault(kind)
    changed = set(placed(report.pages)) ^ set(placed(faulty))
    assert 0 < len(changed) < len(placed(report.pages)) / 2
    assert faulty == report.with_fault(kind)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("brackets lost", "(3,532)", "3,532"),
        ("figure read as a dash", "8,268", "–"),
        ("minus read", "8,268", "-8,268"),
        ("unit read as another", "£000", "£"),
    ],
)
def test_what_is_read_is_what_the_fault_says(kind: str, before: str, after: str, charity: Read) -> None:
    seeds = (charity.with_fault(kind, seed) for seed in range(400))
    found = next(pages for pages in seeds if printed(charity.pages)[before] > printed(pages)[before])
    assert printed(found)[after] > printed(charity.pages)[after]


def test_nothing_that_is_right_is_counted_as_wrong(charity: Read) -> None:
    again = read(charity.pages, charity.family)
    for reading in (again, as_scanned(again, charity.base)):
        fate, passed = fate_of(charity.base, reading, consistent=False, printed=True)
        assert (fate, passed) == (Fate.HARMLESS, ())


def test_heads_that_were_swapped_are_caught_and_would_be_silent_without_the_guard(
    charity: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty = charity.with_fault("heads of two columns swapped")
    caught, _ = fate_of(charity.base, read(faulty, charity.family), consistent=True, printed=True)
    assert caught is Fate.CAUGHT
    monkeypatch.setattr(
        sys.modules["recount.pipeline.verify.verify"], "unsettled", lambda *_: Unsettled((), (), frozenset())
    )
    silent, passed = fate_of(charity.base, read(faulty, charity.family), consistent=True, printed=True)
    assert silent is Fate.SILENT
    assert any("→" in told for told in passed)


def test_what_agrees_with_itself_is_told_as_such(enterprise: Read) -> None:
    """Nothing ties the income statement of an enterprise to its balance sheet."""
    faulty = enterprise.with_fault("unit read as another")
    fate, _ = fate_of(enterprise.base, read(faulty, enterprise.family), consistent=True, printed=True)
    assert fate is Fate.CONSISTENT
    scanned, _ = fate_of(
        enterprise.base,
        as_scanned(read(faulty, enterprise.family), enterprise.base),
        consistent=True,
        printed=False,
    )
    assert scanned is Fate.UNVERIFIED


def test_a_campaign_finds_nothing_silent_and_tells_every_kind() -> None:
    found = any_family(examples_of(CHARITY), CHARITY, each=1, seed=4, jobs=1)
    assert found.silent == 0, found.passed
    assert found.reports == 1
    assert found.verified > 80
    shown = render_family(found)
    assert all(f"| {kind} |" in shown for kind in found.fates)
    assert len(found.fates) >= len(MISPRINTS) - 2  # no minus and no point is printed there


def test_what_is_silent_ends_the_command_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for fate, code in ((Fate.SILENT, 1), (Fate.CAUGHT, 0)):
        counted = Counted({"digit changed": Counter({fate: 1})}, reports=1, figures=9)
        monkeypatch.setattr("recount.eval.verifier.any_family.any_family", lambda *_, found=counted, **__: found)
        ran = CliRunner().invoke(app, ["eval", "verifier", "--family", CHARITY])
        assert (ran.exit_code, "digit changed" in ran.output) == (code, True)


def test_a_family_without_reports_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no report lies in"):
        examples_of(str(tmp_path))
    with pytest.raises(UsageError, match="no figure of"):
        any_family(examples_of(ENTERPRISE), CHARITY, each=1, jobs=1)
    ran = CliRunner().invoke(app, ["eval", "verifier", "--family", CHARITY, "--prints", str(tmp_path)])
    assert ran.exit_code == 2
