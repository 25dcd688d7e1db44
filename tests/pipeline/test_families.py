"""A folder of families: each report goes to the one that it shows, and one that two fit is told."""

from __future__ import annotations

import dataclasses
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import recount
from recount.cli import main
from recount.desk.session import Asked, Session
from recount.desk.shelf import Shelf, key_of
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.draft.drafted import draft
from recount.pipeline.errors import ModelError, NotAReport, TwoFamilies, UsageError
from recount.pipeline.lasting import encoded
from recount.pipeline.model.ask.question import Question, Reply
from recount.pipeline.output.export import export
from recount.pipeline.recognise import families_in, family_folders, family_of, fingerprint
from recount.pipeline.result import plain, read_result
from recount.pipeline.run.runner import run, variant_of
from recount.pipeline.settings import ModelSettings, Settings
from recount.pipeline.structure import structure
from recount.pipeline.usage import NOTHING
from recount.schemas.registry import FAMILIES
from recount.tests.pipeline.draft.test_drafted import balance, typeset

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = sorted((ROOT / "examples" / "archive").rglob("*.pdf"))[0]
HARBOUR, LAKE, HILL = "Harbour Trust plc", "Lake Fund", "Hill Company"


def of(path: Path, name: str, year: int = 2023, seed: int = 41) -> Path:
    """A balance sheet of somebody."""
    columns = ((f"December 31, {year}", seed), (f"December 31, {year - 1}", seed + 1))
    return typeset(path, ([name, "Balance Sheet", "(USD thousands)"], balance(*columns)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two families, drafted from a report each, and an archive with another year's of each and one of Recount's own."""
    folder = tmp_path_factory.mktemp("families")
    (folder / "archive").mkdir()
    for name, key in ((HARBOUR, "harbour"), (LAKE, "lake")):
        draft(key, [of(folder / f"{key}.pdf", name, 2022, 97)], folder / "own")
        of(folder / "archive" / f"{key}.pdf", name)
    shutil.copy(EXAMPLE, folder / "archive" / "shipped.pdf")
    return folder


def settings(place: Path) -> Settings:
    return Settings(families=str(place / "own"))


@pytest.fixture(scope="module")
def out(place: Path) -> Path:
    summary = run(find_sources([place / "archive"]).sources, place / "out", settings=settings(place), jobs=1)
    assert [outcome.attempt.status for outcome in summary.outcomes] == ["ok"] * 3
    return place / "out"


def without_times(path: Path) -> bytes:
    content = plain(read_result(path)) if path.suffix == ".json" else plain(structure(path))
    content["summary"]["seconds"] = {}
    return encoded(content)


def test_each_report_of_a_mixed_archive_goes_to_its_family(place: Path, out: Path) -> None:
    found = {name: read_result(out / "reports" / f"{name}.pdf.json") for name in ("harbour", "lake", "shipped")}
    assert {name: result.contract for name, result in found.items()} == {
        "harbour": "harbour/1", "lake": "lake/1", "shipped": "final-accounts/1",
    }  # fmt: skip
    definition = family_of(str(place / "own" / "lake")).definition
    assert found["lake"].family is not None
    assert (found["lake"].family.name, found["lake"].family.sha256) == ("lake", definition)
    assert found["shipped"].family is None


def test_families_beside_it_change_nothing_of_a_report(place: Path, out: Path) -> None:
    assert without_times(out / "reports" / "shipped.pdf.json") == without_times(place / "archive" / "shipped.pdf")
    one = structure(place / "archive" / "lake.pdf", family_of("lake", str(place / "own")))
    other = read_result(out / "reports" / "lake.pdf.json")
    assert (one.report, [*one.figures]) == (other.report, [*other.figures])
    assert {figure.status for figure in other.figures.values()} == {"verified"}


def test_results_are_read_without_naming_a_family(out: Path, tmp_path: Path) -> None:
    opened = recount.open(out)
    assert opened["lake.pdf"].report.balance_sheet[0].total_assets > 0
    assert {type(report.report).__module__ for report in opened.reports()} > {"recount.schemas.declared"}
    assert export(out, tmp_path / "all.sqlite", "sqlite").rows["balance_sheet"] == 4
    for command in (
        ["show", str(out), "lake"],
        ["list", str(out)],
        ["chain", str(out)],
        ["verify", str(out), "--quick"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert ended.value.code == 0, command


def test_where_families_have_moved_their_folder_is_asked_for_and_taken(place: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "out")
    (tmp_path / "out" / "ledger.sqlite").unlink()
    with pytest.raises(UsageError, match=r"results of lake/1 are of a family that is not at hand: give its folder"):
        recount.open(tmp_path / "out")["lake.pdf"].report  # noqa: B018
    assert recount.open(tmp_path / "out", place / "own")["lake.pdf"].report.balance_sheet
    for option in ("--family", "--families"):
        with pytest.raises(SystemExit) as ended:
            main(["show", str(tmp_path / "out"), "lake", option, str(place / "own")])
        assert ended.value.code == 0


def test_families_that_came_with_the_results_are_no_programs_to_be_run(place: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(out, tmp_path / "mailed")
    shutil.copytree(place / "own", tmp_path / "mailed" / "own")
    with closing(sqlite3.connect(tmp_path / "mailed" / "ledger.sqlite")) as ledger:
        where = str(tmp_path / "mailed" / "own")
        ledger.execute("UPDATE runs SET arguments = json_set(arguments, '$.families', ?)", [where])
        ledger.commit()
    with pytest.raises(UsageError, match=r"results of lake/1 are of a family that is not at hand"):
        recount.open(tmp_path / "mailed")["lake.pdf"].report  # noqa: B018


def test_a_definition_that_was_changed_since_is_told(place: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own" / "lake", tmp_path / "lake")
    path = tmp_path / "lake" / "family.toml"
    path.write_text(path.read_text().replace('"Total liabilities", ', "").replace("total_liabilities", "borrowings"))
    path.write_text('name = "lake"\n[[statement]]\ntitle = "Balance sheet"\nlines = ["Nothing"]\n')
    with pytest.raises(UsageError, match="another definition of the family lake than the one at hand"):
        recount.open(out, tmp_path / "lake")["lake.pdf"].report  # noqa: B018


def test_a_report_of_somebody_else_is_of_none_and_the_nearest_is_told(place: Path, tmp_path: Path) -> None:
    with pytest.raises(NotAReport, match=r"of no known family.*harbour.*; nearest is harbour, without its sign \^Harb"):
        structure(of(tmp_path / "hill.pdf", HILL), settings=settings(place))


def test_a_report_that_two_fit_is_told_and_a_family_that_says_more_is_taken(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own" / "harbour", tmp_path / "own" / "a")
    for key, signs in (("b", '["BalanceSheet"]'), ("c", '["USDthousands"]')):
        (tmp_path / "own" / key).mkdir()
        (tmp_path / "own" / key / "family.toml").write_text(f'name = "{key}"\nsigns = {signs}\n')
    report = of(tmp_path / "harbour.pdf", HARBOUR)
    with pytest.raises(TwoFamilies, match="it fits two families, harbour and c: name one with --family"):
        structure(report, settings=Settings(families=str(tmp_path / "own")))
    assert structure(report, settings=Settings("harbour", families=str(place / "own"))).contract == "harbour/1"
    shutil.copytree(tmp_path / "own", tmp_path / "fewer", ignore=shutil.ignore_patterns("c"))
    # What speaks for b speaks for harbour too, and more does.
    assert structure(report, settings=Settings(families=str(tmp_path / "fewer"))).contract == "harbour/1"


def test_a_family_without_signs_is_taken_by_name_alone_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "own" / "mute").mkdir(parents=True)
    (tmp_path / "own" / "mute" / "family.toml").write_text('name = "mute"\n[[statement]]\ntitle = "Balance sheet"\n')
    report, own = of(tmp_path / "hill.pdf", HILL), str(tmp_path / "own")
    with pytest.raises(NotAReport, match=r"; mute says no signs, and is taken with --family alone$"):
        structure(report, settings=Settings(families=own))
    assert structure(report, settings=Settings("mute", families=own)).contract == "mute/1"


@pytest.mark.parametrize(
    "example", sorted(ROOT.glob("examples/families/*/example/*.pdf")), ids=lambda path: path.parts[-3]
)
def test_the_families_of_the_repository_are_recognised(example: Path) -> None:
    result = structure(example, settings=Settings(families=str(ROOT / "examples" / "families")))
    assert result.family is not None
    assert result.family.sha256 == family_of(str(example.parent.parent)).definition


def test_a_title_page_that_a_family_says_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "own" / "hill").mkdir(parents=True)
    said = 'name = "hill"\nfront = "^HillCompany"\nsigns = ["Balance sheet"]\n[[statement]]\ntitle = "Balance sheet"\n'
    (tmp_path / "own" / "hill" / "family.toml").write_text(said)
    own = Settings(families=str(tmp_path / "own"))
    assert structure(of(tmp_path / "hill.pdf", HILL), settings=own).contract == "hill/1"
    with pytest.raises(NotAReport):
        structure(of(tmp_path / "lake.pdf", LAKE), settings=own)


def test_a_family_with_few_signs_takes_no_report_of_recounts_own(tmp_path: Path) -> None:
    (tmp_path / "own" / "greedy").mkdir(parents=True)
    (tmp_path / "own" / "greedy" / "family.toml").write_text('name = "greedy"\nsigns = ["项目名称"]\n')
    assert structure(EXAMPLE, settings=Settings(families=str(tmp_path / "own"))).contract == "final-accounts/1"


def test_a_report_that_may_as_well_be_one_of_recounts_own_is_told(tmp_path: Path) -> None:
    (tmp_path / "own" / "park").mkdir(parents=True)
    (tmp_path / "own" / "park" / "family.toml").write_text('name = "park"\nsigns = ["园区费用表"]\n')
    rows = [["项目", "2023"], ["园区水费", "1.00"], ["费用合计", "1.00"]]
    report = typeset(tmp_path / "report.pdf", (["园区费用表", "支出决算表"], rows), font="china-s")
    with pytest.raises(TwoFamilies, match="it fits two families, park and final_accounts"):
        structure(report, settings=Settings(families=str(tmp_path / "own")))


# --- the folder


class Chooser:
    """Takes every report for one kind, and knows nothing else."""

    def __init__(self, kind: str) -> None:
        self.kind, self.seen = kind, ""

    def ask(self, question: Question) -> Reply:
        if question.purpose != "family":
            raise ModelError("it knows nothing")
        self.seen = question.user
        return Reply(question.response.model_validate({"kind": self.kind}), NOTHING)

    def known(self, question: Question) -> bool:
        return not question.purpose


def test_a_model_may_say_that_a_report_is_of_a_family_of_the_folder(place: Path, tmp_path: Path) -> None:
    report = of(tmp_path / "sea.pdf", "Sea Company")
    model = ModelSettings("scripted", base_url="http://localhost:9")
    asked = dataclasses.replace(settings(place), model=model)
    titles = [family.title for family in families_in(str(place / "own"))]
    kind = f"{titles[1]} (lake)" if titles[0] == titles[1] else titles[1]
    chooser = Chooser(kind)
    result = structure(report, settings=asked, who=chooser)
    assert result.contract == "lake/1"
    assert result.summary.figures["verified"] > 0
    assert kind in chooser.seen


def test_a_family_that_was_edited_is_read_again(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own" / "lake", tmp_path / "lake")
    before = family_of(str(tmp_path / "lake"))
    assert family_of(str(tmp_path / "lake")) is before
    file = tmp_path / "lake" / "family.toml"
    file.write_text(re.sub('^title = ".*"', 'title = "Lakes and seas"', file.read_text(), count=1, flags=re.MULTILINE))
    assert family_of(str(tmp_path / "lake")).title == "Lakes and seas"


def test_the_desk_sees_what_was_edited(place: Path, out: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own", tmp_path / "own")
    session, key = Session(Asked(out, family=str(tmp_path / "own")), Shelf(out)), key_of("lake.pdf")
    before = session.open(key).model
    assert session.open(key).model is before
    file = tmp_path / "own" / "lake" / "family.toml"
    words = file.read_text()
    assert "Total assets" in words
    file.write_text(words.replace('"Total assets"', '{ key = "total_assets", title = "Sum of assets" }'))
    after = session.open(key).model
    assert "Sum of assets" in str(after.model_json_schema())
    assert "Sum of assets" not in str(before.model_json_schema())


def test_a_broken_family_is_told_with_file_and_line_before_anything_is_done(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own", tmp_path / "own")
    with (tmp_path / "own" / "lake" / "family.toml").open("a") as file:
        file.write("\nidentitties = []\n")
    wanted = r"own/lake is broken: family\.toml, line \d+: a statement has no identitties \(perhaps identities\)"
    with pytest.raises(UsageError, match=wanted):
        run(find_sources([place / "archive"]).sources, tmp_path / "out", settings=settings(tmp_path))
    assert not (tmp_path / "out").exists()


def test_two_families_of_one_name_and_no_folder_are_told(place: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        shutil.copytree(place / "own" / "lake", tmp_path / name)
    with pytest.raises(UsageError, match=r"one and .*two are both the family lake: rename one of them"):
        families_in(str(tmp_path))
    with pytest.raises(UsageError, match="nowhere is no folder of families"):
        families_in(str(tmp_path / "nowhere"))


def test_a_family_of_the_folder_may_be_named(place: Path) -> None:
    assert family_of("lake", str(place / "own")).name == "lake"
    assert [Path(folder).name for folder in family_folders(str(place / "own"))] == ["harbour", "lake"]
    assert family_folders("final_accounts") == ["final_accounts"]
    assert variant_of(Settings("lake", families=str(place / "own"))).endswith(fingerprint(str(place / "own" / "lake")))


def test_examples_are_no_part_of_a_definition(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own" / "lake", tmp_path / "lake")
    before = family_of(str(tmp_path / "lake")).definition
    (tmp_path / "lake" / "expected.json").write_text("{}")
    assert family_of(str(tmp_path / "lake")).definition == before
    (tmp_path / "lake" / "prompts").mkdir()
    (tmp_path / "lake" / "prompts" / "balance_sheet.txt").write_text("Look well.")
    assert family_of(str(tmp_path / "lake")).definition != before
    assert not any(family.definition for family in FAMILIES)


def test_a_new_family_is_begun_in_the_folder(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recount.toml").write_text('families = "mine"\n')
    monkeypatch.chdir(tmp_path)
    for command in (["init-family", "charity"], ["init-family", "lake", "--from", str(place / "lake.pdf")]):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert ended.value.code == 0
    assert [family.name for family in families_in("mine")] == ["charity", "lake"]


def test_a_draft_says_where_it_is_not_told_apart(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "own", tmp_path / "own")
    assert "family" not in draft("hill", [of(tmp_path / "hill.pdf", HILL)], tmp_path / "own").told
    again = draft("sea", [of(tmp_path / "hill.pdf", HILL)], tmp_path / "own").told
    assert "; it fits two families, hill and sea: name one with --family" in again
    rows = [["项目", "2023"], ["甲", "1.00"], ["乙", "2.00"], ["合计", "3.00"]]
    shipped = typeset(tmp_path / "shipped.pdf", (["支出决算表"], rows), font="china-s")
    told = draft("none", [shipped], tmp_path / "alone").told
    assert told.endswith("; no line over its tables is a sign of its own: --family alone has it taken")


def test_where_a_report_shows_one_of_recounts_own_labels_join_the_signs(tmp_path: Path) -> None:
    rows = [["项目", "2023"], ["园区水费", "1.00"], ["园区电费", "2.00"], ["费用合计", "3.00"]]
    report = typeset(tmp_path / "report.pdf", (["园区费用表", "支出决算表"], rows), font="china-s")
    folder = draft("park", [report], tmp_path / "own").folder
    assert family_of(str(folder)).signs == ("^园区费用表$", "^园区水费$")
    assert structure(report, settings=Settings(families=str(tmp_path / "own"))).contract == "park/1"


def test_the_desk_shows_a_report_of_an_own_family(out: Path) -> None:
    session = Session(Asked(out, read_only=True), Shelf(out))
    try:
        opened = session.open(key_of("lake.pdf"))
    finally:
        session.close()
    assert "Balance Sheet" in opened.figures["/balance_sheet/0/total_assets"].title
