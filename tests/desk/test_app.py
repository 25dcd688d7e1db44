"""The desk's addresses: who may ask, what they answer, and that what documents say is text and no more."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from recount.desk.session import Asked, Session
from recount.desk.shelf import Shelf, key_of
from recount.desk.words import LANGUAGES, Words
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.errors import UsageError
from recount.pipeline.language import told as said
from recount.pipeline.review.decisions import Place, Verdict, append, read
from recount.pipeline.review.decisions import decide as decide_on
from recount.pipeline.run.runner import run
from recount.schemas.saying import Language, say
from recount.tests.desk import made
from recount.tests.desk.conftest import BAD, BAD_NAME, CLEAN, OWN, PORT, TOKEN, client_of
from recount.tests.desk.made import EXAMPLE

TOTAL = "/project_evaluations/0/total_score"
"""The disputed figure."""
PATHS = ("", "overview", f"r/{BAD}", f"r/{BAD}/state", f"r/{BAD}/page/1", "static/desk.css", "nothing")


# --- who may ask


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": f"http://127.0.0.1:{PORT + 1}"},
        {"origin": "null"},
        {"host": f"evil.example:{PORT}"},
        {"host": "127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_whoever_comes_from_elsewhere_gets_403(client: TestClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/other-token/", f"/{TOKEN[:-1]}/", "/static/desk.css", f"/x/{TOKEN}/", "/é/"])
def test_without_the_token_there_is_nothing(client: TestClient, path: str) -> None:
    assert client.get(f"{OWN}{path}").status_code == 403


def test_who_does_not_say_where_from_may_change_nothing(client: TestClient) -> None:
    del client.headers["origin"]
    assert client.get("").status_code == 200
    assert client.post(f"r/{BAD}/undo", content="{}").status_code == 403


def test_no_page_may_run_or_load_what_is_not_the_desks(client: TestClient) -> None:
    for path in PATHS:
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


# --- pages


def test_the_queue_has_every_report_the_worst_first_and_what_failed_with_the_reason(client: TestClient) -> None:
    page = client.get("").text
    assert [page.index(part) for part in ("&lt;script&gt;", "已损坏，无法读取", "clean.pdf")] == sorted(
        page.index(part) for part in ("&lt;script&gt;", "已损坏，无法读取", "clean.pdf")
    )
    assert "<script>\"'" not in page


@pytest.mark.parametrize(
    ("query", "there", "gone"),
    [
        ("state=open", "2022.zip", "clean.pdf"),
        ("state=clean", "clean.pdf", "2022.zip"),
        ("state=failed", "broken.pdf", "2022.zip"),
        ("unit=clean", "clean.pdf", "broken.pdf"),
        ("year=2022", "clean.pdf", "broken.pdf"),
        ("year=1999", "", "clean.pdf"),
        ("rule=nothing", "", "clean.pdf"),
        ("from=1", "", "2022.zip"),
        ("from=x", "2022.zip", "nothing"),
    ],
)
def test_the_queue_is_filtered(client: TestClient, session: Session, query: str, there: str, gone: str) -> None:
    rows = re.search(r"<table class=\"queue\">.*</table>", client.get(f"?{query}").text, re.DOTALL)
    shown = rows[0] if rows else ""
    assert there in shown
    assert gone not in shown
    del session


def test_reports_can_be_asked_for_by_the_identity_that_fails(client: TestClient) -> None:
    client.get(f"r/{BAD}")
    page = client.get(f"?rule={quote('总分 = 各指标得分之和 + 资金得分')}").text
    assert f"r/{BAD}" in page
    assert "clean.pdf" not in page


def test_a_report_shows_the_equation_with_both_sides_and_the_suspect(client: TestClient) -> None:
    page = client.get(f"r/{BAD}").text
    for part in ("总分 = 各指标得分之和 + 资金得分", "90.00", "91.75", "-1.75", "最可疑", "存疑"):
        assert part in page
    assert f'data-p="{TOTAL}"' in page
    assert BAD_NAME not in page


def test_what_the_browser_is_told_has_every_figure_and_the_cards(client: TestClient, session: Session) -> None:
    told = client.get(f"r/{BAD}/state").json()
    result = session.open(BAD).result
    assert set(told["data"]["figures"]) == set(result.figures)
    assert next(iter(told["data"]["cards"].values()))[0] == TOTAL
    assert told["data"]["figures"][TOTAL]["box"] == [float(side) for side in result.figures[TOTAL].bbox or ()]
    assert not told["data"]["waiting"]


def test_figures_come_by_section(client: TestClient) -> None:
    page = client.get(f"r/{BAD}/figures").text
    assert "项目支出绩效自评表" in page
    assert f'data-p="{TOTAL}"' in page


def test_pages_and_crops_are_pictures_and_the_source_is_itself(client: TestClient) -> None:
    sheets = client.get(f"r/{BAD}/sheets").json()["sheets"]
    small, large = (client.get(f"r/{BAD}/page/1?dpi={dpi}") for dpi in (60, "1000000"))
    assert small.headers["content-type"] == "image/png"
    assert len(small.content) < len(large.content) < 5_000_000
    assert "immutable" in small.headers["cache-control"]
    assert client.get(f"r/{BAD}/crop?pointer={TOTAL}").headers["content-type"].startswith("image/")
    source = client.get(f"r/{BAD}/source")
    assert (source.headers["content-type"], source.content[:4]) == ("application/pdf", b"%PDF")
    assert len(sheets) == 20
    assert client.get(f"r/{BAD}/page/{len(sheets) + 1}").status_code == 409
    assert client.get(f"r/{BAD}/crop?pointer=/nothing").status_code == 409


def test_a_report_that_is_a_web_page_comes_back_as_plain_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<meta charset=utf-8><script>alert(1)</script><p>岚市水利局2022年度部门决算公开说明</p>"
        "<p>一、收入支出决算总体情况说明</p><p>2022年度收入总计411.63万元，支出总计411.63万元。与上年相比，收、支总计各增加1.00万元，增长0.24%。</p>",
        encoding="utf-8",
    )
    run(find_sources([tmp_path / "a.html"]).sources, tmp_path / "out", jobs=1)
    session = Session(Asked(tmp_path / "out"), Shelf(tmp_path / "out"))
    client, key = client_of(session), key_of("a.html")
    assert client.get(f"r/{key}/source").headers["content-type"] == "text/plain; charset=utf-8"
    told = client.get(f"r/{key}/sheets").json()
    assert not told["sheets"]
    assert "411.63" in "".join(told["lines"])
    assert "<script>" not in client.get(f"r/{key}").text.replace("<script src=", "")
    session.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_had_in_both_languages(session: Session, language: str) -> None:
    client = client_of(session, language)
    for path in ("", "overview", f"r/{BAD}", f"r/{BAD}/figures", f"r/{key_of('clean.pdf')}"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert ("核对台" in answer.text) is (language == "zh" and not path.endswith("figures"))
        assert "{" not in re.sub(
            r"<template.*?</template>|<div id=\"labels\".*?</div>", "", answer.text, flags=re.DOTALL
        )


def test_the_overview_leads_to_the_lists(client: TestClient, session: Session) -> None:
    client.get(f"r/{BAD}")
    page = client.get("overview").text
    for part in ("year=2022", "state=disputed", "rule=", "<svg"):
        assert part in page
    del session


@pytest.mark.parametrize("path", ["r/0123456789abcdef", "r/x/state", "r/x/page/1", "r/x/sheets", "nothing"])
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


# --- decisions


def decide(client: TestClient, **given: object) -> tuple[int, dict[str, str]]:
    answer = client.post(f"r/{BAD}/decide", content=json.dumps(given))
    return answer.status_code, answer.json()


def test_a_decision_is_a_line_that_lasts_and_the_report_is_recounted(client: TestClient, desk: Path) -> None:
    before = client.get(f"r/{BAD}/state").json()
    status, made = decide(client, pointer=TOTAL, verdict="as_printed", note="核过原件")
    (line,) = read(desk, f"2022.zip/{BAD_NAME}").decisions
    assert (status, line.id, line.by, line.note, line.verdict) == (
        200,
        made["id"],
        "审计员",
        "核过原件",
        Verdict.AS_PRINTED,
    )
    results = [file.read_bytes() for file in sorted((desk / "reports").rglob("*.json"))]
    waiting = client.get(f"r/{BAD}/state").json()
    assert waiting["data"]["waiting"]
    assert waiting["data"]["figures"][TOTAL]["decided"]
    after = client.get(f"r/{BAD}/state?wait=1").json()
    assert not after["data"]["waiting"]
    assert "审计员 核定" in after["cards"]
    assert "核过原件" in after["cards"]
    assert "decided" not in before["cards"]
    assert [file.read_bytes() for file in sorted((desk / "reports").rglob("*.json"))] == results
    assert "1/1" in re.sub(r"\s", "", client.get("").text)


def test_a_decision_that_no_longer_fits_is_told_and_settles_nothing(client: TestClient, desk: Path) -> None:
    sha256 = client.get(f"r/{BAD}/source").content
    place = Place(16, (1.0, 2.0, 3.0, 4.0), "90.00")
    made = decide_on("审计员", hashlib.sha256(sha256).hexdigest(), TOTAL, Verdict.AS_PRINTED, place)
    append(desk, f"2022.zip/{BAD_NAME}", made)
    told = client.get(f"r/{BAD}/state?wait=1").json()
    assert "未采用的结论" in told["cards"]
    assert "0/1" in told["cards"]
    assert not told["data"]["figures"][TOTAL].get("decided")


def test_a_decision_is_taken_back_by_another_line(client: TestClient, desk: Path) -> None:
    decide(client, pointer=TOTAL, verdict="not_a_figure")
    assert client.post(f"r/{BAD}/undo", content="{}").json()["pointer"] == TOTAL
    assert [one.verdict for one in read(desk, f"2022.zip/{BAD_NAME}").decisions] == ["not_a_figure", "withdrawn"]
    assert client.post(f"r/{BAD}/undo", content="{}").status_code == 409
    assert not client.get(f"r/{BAD}/state?wait=1").json()["data"]["figures"][TOTAL].get("decided")


def test_what_is_taken_back_is_the_last_decision_of_the_report_that_is_looked_at(tmp_path: Path) -> None:
    made_of_two = tmp_path / "two.pdf"
    with made.mupdf.open(EXAMPLE) as both, made.mupdf.open(CLEAN) as other:
        both.insert_pdf(other)
        both.save(made_of_two)
    run(find_sources([made_of_two]).sources, tmp_path / "out", jobs=1)
    session = Session(Asked(tmp_path / "out", by="审计员"), Shelf(tmp_path / "out"))
    first, second = key_of("two.pdf#1"), key_of("two.pdf#2")
    of_first = session.decide(first, TOTAL, Verdict.AS_PRINTED)
    of_second = session.decide(second, next(iter(session.open(second).figures)), Verdict.AS_PRINTED)
    assert session.undo(first).id == of_first.id
    with pytest.raises(UsageError, match="nothing to take back"):
        session.undo(first)
    assert session.undo(second).id == of_second.id
    session.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_of_which_figure_something_was_decided_and_is_not_settled_by_what_nobody_doubts(
    session: Session, language: Language
) -> None:
    client = client_of(session, language)
    score = "/project_evaluations/0/indicators/0/score"
    assert session.open(BAD).figures[score].entry.status == "verified"
    decide(client, pointer=score, verdict="as_printed", note="看过")
    for wait in ("", "?wait=1"):
        cards = client.get(f"r/{BAD}/state{wait}").json()["cards"]
        told = re.search(r'<p class="made">.*?</p>', cards, re.DOTALL)
        assert told is not None
        assert "审计员" in told[0]
        assert "看过" in told[0]
        assert session.open(BAD).figures[score].name in told[0]
        assert "0/1" in cards
        assert 'error decided"' not in cards
    decide(client, pointer=TOTAL, verdict="as_printed")
    cards = client.get(f"r/{BAD}/state?wait=1").json()["cards"]
    assert cards.count('<p class="made">') == 2
    assert "1/1" in cards


def test_a_recount_that_failed_is_tried_again_when_it_is_asked_for(structured: Path, desk: Path) -> None:
    session = Session(Asked(desk, sources=structured / "src", by="审计员"), Shelf(desk))
    client = client_of(session)
    decide(client, pointer=TOTAL, verdict="as_printed")
    there, away = structured / "src" / "2022.zip", structured / "src" / "2022.away"
    there.rename(away)
    try:
        told = client.get(f"r/{BAD}/state?wait=1").json()
    finally:
        away.rename(there)
    assert re.search("[一-鿿]", told["trouble"])
    assert "data-again" in told["cards"]
    assert client.get(f"r/{BAD}/state?wait=1").json()["trouble"] == told["trouble"]
    assert client.post(f"r/{BAD}/again", content="{}").status_code == 200
    assert client.get(f"r/{BAD}/state").json()["data"]["waiting"]
    assert client.get(f"r/{BAD}/state?wait=1").json()["trouble"] == ""
    assert client.post(f"r/{BAD}/again", content="{}").status_code == 200  # nothing failed: nothing is forgotten
    assert not client.get(f"r/{BAD}/state").json()["data"]["waiting"]
    session.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_output_without_a_result_says_so(tmp_path: Path, language: Language) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    run(find_sources([tmp_path / "broken.pdf"]).sources, tmp_path / "out", jobs=1)
    session = Session(Asked(tmp_path / "out"), Shelf(tmp_path / "out"))
    client = client_of(session, language)
    page = client.get("").text
    assert Words(language)("no_results") in page
    assert said("broken.pdf is damaged and cannot be read.", language) in page
    assert client.get("overview").status_code == 200
    session.close()


def test_a_field_is_pointed_at_another_number_and_the_identities_recount(client: TestClient) -> None:
    other = "/project_evaluations/0/total_weight"
    told = client.get(f"r/{BAD}/state").json()["data"]["figures"]
    assert other in told
    status, _ = decide(client, pointer=TOTAL, verdict="other_token", target=other)
    assert status == 200
    after = client.get(f"r/{BAD}/state?wait=1").json()["data"]["figures"][TOTAL]
    assert (after["raw"], after["box"]) == (told[other]["raw"], told[other]["box"])
    decide(client, pointer=TOTAL, verdict="other_token", target={"page": 16, "box": [1, 2, 3, 4], "raw": "7"})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"pointer": TOTAL, "verdict": "misread", "value": "91.75"}, 409),  # of a digital page
        ({"pointer": "/nothing", "verdict": "as_printed"}, 409),
        ({"pointer": TOTAL, "verdict": "right"}, 400),
        ({"verdict": "as_printed"}, 400),
        ({"pointer": TOTAL, "verdict": "other_token", "target": {"page": "x", "raw": "1"}}, 400),
    ],
)
def test_what_no_run_would_apply_is_refused_and_leaves_no_line(
    client: TestClient, desk: Path, given: dict[str, object], status: int
) -> None:
    assert decide(client, **given)[0] == status
    assert not (desk / "corrections").exists()


@pytest.mark.parametrize(("content", "status"), [(b"[]", 400), (b"{", 400), (b"x" * 70_000, 413), (b"\xff", 400)])
def test_what_is_no_request_is_refused(client: TestClient, content: bytes, status: int) -> None:
    assert client.post(f"r/{BAD}/decide", content=content).status_code == status


def test_a_desk_to_look_at_decides_nothing(desk: Path) -> None:
    session = Session(Asked(desk, read_only=True), Shelf(desk))
    client = client_of(session)
    assert "只读" in client.get("").text
    assert decide(client, pointer=TOTAL, verdict="as_printed")[0] == 409
    assert client.post(f"r/{BAD}/undo", content="{}").status_code == 409
    assert client.post(f"r/{BAD}/promote", content="{}").status_code == 409
    assert not (desk / "corrections").exists()
    session.close()


def test_an_archive_that_moved_is_found_and_one_that_changed_is_not_shown(
    structured: Path, desk: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (moved / "clean.pdf").write_bytes((structured / "src" / "clean.pdf").read_bytes())
    session = Session(Asked(desk, sources=moved), Shelf(desk))
    client, key = client_of(session), key_of("clean.pdf")
    assert client.get(f"r/{key}/page/1").status_code == 200
    session.close()
    (moved / "clean.pdf").write_bytes((structured / "src" / "clean.pdf").read_bytes() + b"\n")
    session = Session(Asked(desk, sources=moved), Shelf(desk))
    client = client_of(session)
    answer = client.get(f"r/{key}/page/1")
    assert (answer.status_code, "原件已变动" in answer.json()["error"]) == (409, True)
    assert client.get(f"r/{key}").status_code == 200  # what was read of it is told all the same
    session.close()


def test_a_reviewed_report_becomes_gold(desk: Path, tmp_path: Path) -> None:
    session = Session(Asked(desk, gold=tmp_path / "gold", by="审计员"), Shelf(desk))
    client = client_of(session)
    assert client.post(f"r/{BAD}/promote", content="{}").status_code == 409  # it has a disputed figure yet
    decide(client, pointer=TOTAL, verdict="as_printed")
    where = Path(client.post(f"r/{BAD}/promote", content="{}").json()["where"])
    assert (where / "expected.json").is_file()
    session.close()
    with pytest.raises(UsageError, match="--gold"):
        Session(Asked(desk), Shelf(desk)).promote(BAD)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_may_be_in_doubt_is_shown(desk: Path, language: Language) -> None:
    """What was refused, left out, not read, read again, disputed by a second reading, remarked, decided and stale."""
    path = desk / "reports" / "2022.zip" / f"{BAD_NAME}.json"
    result = json.loads(path.read_bytes())
    first, second = list(result["figures"])[4:6]
    result["figures"][first] |= {"status": "repaired", "first_reading": "1<b>7"}
    result["figures"][second] |= {"status": "disputed", "second_reading": "3.33", "remark": {"code": "struck_by_line"}}
    result["rejected"] = [
        {"pointer": first, "proposed": "<i>9", "mapper": "model:m", "reason": "it is not on the page"}
    ]
    summary = result["summary"]
    summary["coverage"]["rows_left_out"] = [{"list": "/x", "page": 3, "numbers": ["1.00", "<u>2"]}]
    summary["unread_pages"] = [4, 5]
    summary["remarks"] = [
        {"kind": "torn", "page": 2, "bbox": [1, 2, 30, 40], "words": "its <s>row is cut"},
        {"kind": "sign", "page": 2, "bbox": None, "words": "a bullet or a minus", "line": 7},
    ]
    stale = {
        "verdict": "misread",
        "by": "<em>",
        "at": "2026",
        "state": "stale",
        "reason": {"code": "another_file"},
    }
    summary["decisions"] = [{"id": "1", "pointer": first, **stale}]
    path.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    session = Session(Asked(desk), Shelf(desk))
    client = client_of(session, language)
    page = client.get(f"r/{BAD}").text
    for part in (
        "1&lt;b&gt;7",
        "3.33",
        "&lt;i&gt;9",
        "&lt;u&gt;2",
        "its &lt;s&gt;row is cut",
        "crop?pointer=",
        'data-line="7"',
    ):
        assert part in page
    assert say("another_file").told(language) in page
    assert not re.search(r"<(b>7|i>9|u>2|s>row|em>)", page)
    remarks = client.get(f"r/{BAD}/state").json()["data"]["remarks"]
    assert [one["box"] for one in remarks] == [[1, 2, 30, 40], None]
    assert client.get(f"r/{BAD}/crop?pointer={first}").status_code == 200
    session.close()
