"""The part of the HTML report that shows every error, with what stands on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recount.eval.cases import Case, Place
from recount.eval.report.charts import COLOURS
from recount.eval.report.crops import Pages, open_pages
from recount.eval.report.markup import Child, Markup, element, joined, table
from recount.eval.score.harness import Scored
from recount.eval.score.leaves import Number
from recount.eval.score.scores import CaseScore, FigureError
from recount.pipeline.recognise import report_model
from recount.schemas.describe import titles
from recount.schemas.registry import FAMILIES

_PICTURES = 200
"""So many errors are shown with a picture: the file is to stay of a size that a browser opens at once."""

_FIGURES, _TEXTS = 1000, 300
"""So many errors of each kind are listed; results.json has all."""


def errors(scored: Scored) -> Markup:
    """Everything that is wrong: figures one by one, discrepancies, texts."""
    pairs = list(zip(scored.cases, scored.scores, strict=True))
    return joined([_failures(pairs), _figures(pairs), _discrepancies(pairs), _texts(pairs)])


Pairs = Sequence[tuple[Case, CaseScore]]


def _failures(pairs: Pairs) -> Markup | None:
    """The cases without a result."""
    rows = [(element("span", s.name, id=s.name), s.fate, s.reason or "") for _, s in pairs if s.fate != "scored"]
    if not rows:
        return None
    return joined([element("h2", f"Without a result: {len(rows)}"), table(("case", "", "reason"), rows, words=3)])


def _figures(pairs: Pairs) -> Markup:
    """The figures that are not right, case by case: those with silent errors first."""
    wrong = [(case, score) for case, score in pairs if score.fate == "scored" and score.figure_errors]
    wrong.sort(key=lambda pair: -sum(error.silent for error in pair[1].figure_errors))
    found = sum(len(score.figure_errors) for _, score in wrong)
    silent = sum(error.silent for _, score in wrong for error in score.figure_errors)
    note = f"{silent:,} of them silent." if found else "None."
    if found > _FIGURES:
        note += f" The first {_FIGURES:,} are shown; results.json has all."
    title = element("h2", f"Figures that are not right: {found:,}")
    return joined([title, element("p", note, class_="dim"), list(_shown(wrong))])


def _shown(pairs: Pairs) -> Iterator[Markup]:
    """The errors of cases, under the cases' names."""
    listed = 0
    for case, score in pairs:
        own = sorted(score.figure_errors, key=lambda error: not error.silent)[: _FIGURES - listed]
        if not own:
            return
        yield element("h3", score.name, id=score.name)
        pictures = max(0, _PICTURES - listed)
        with open_pages(case.source) as pages:
            yield from _cards(case, own, pages, pictures)
        listed += len(own)


def _cards(case: Case, own: Sequence[FigureError], pages: Pages | None, pictures: int) -> Iterator[Markup]:
    gold, places = case.gold(), case.gold_places()
    for at, error in enumerate(own):
        yield _card(error, gold, _picture(error, places, pages if at < pictures else None))


def _card(error: FigureError, gold: Mapping[str, Any], picture: Markup) -> Markup:
    """One figure: what the page shows, what was expected, what came."""
    model = report_model(FAMILIES[0].contract)
    status = error.status if error.outcome != "missing" else "not delivered"
    return element(
        "div",
        picture,
        element(
            "div",
            element("div", " › ".join(titles(model, gold, error.pointer))),
            element("div", error.pointer, class_="pointer"),
            element(
                "div",
                element("span", error.outcome, class_="mark", style=f"background:{COLOURS[error.outcome]}"),
                " expected ",
                element("b", _number(error.gold)),
                ", got ",
                element("b", _number(error.got)),
                f" (read as {error.raw})" if error.raw is not None else None,
                ", ",
                element("b", status),
            ),
        ),
        class_="error silent" if error.silent else "error",
    )


def _picture(error: FigureError, places: Mapping[str, Sequence[Place]], pages: Pages | None) -> Markup:
    """What stands where the figure was read; where none was read, what stands where it should have been."""
    if error.page is not None and error.bbox is not None:
        number, box = error.page, error.bbox
    else:
        number, box = next(iter(places.get(error.pointer, ())), (0, (0.0, 0.0, 0.0, 0.0)))
    content = pages.crop(number, box) if pages else None
    if content is None:
        return element("div", f"page {number}" if number else "no place is known", class_="none")
    return element(
        "div", element("img", src=content, alt=f"page {number}"), element("div", f"page {number}", class_="dim")
    )


def _number(value: Number | None) -> str:
    """A figure as it stands in the JSON; a dash for null."""
    return "null" if value is None else f"{value:f}" if not isinstance(value, int) else str(value)


def _discrepancies(pairs: Pairs) -> Markup | None:
    """What was not found of the source's mistakes, and what was found that is none."""
    rows: list[Sequence[Child]] = [
        (score.name, error.kind, error.rule, element("td", ", ".join(error.pointers), class_="text pointer"))
        for _, score in pairs
        if score.fate == "scored"
        for error in score.discrepancy_errors
    ]
    if not rows:
        return None
    head = ("case", "", "rule", "figures")
    return joined([element("h2", f"Discrepancies missed, excused or false: {len(rows)}"), table(head, rows, words=4)])


def _texts(pairs: Pairs) -> Markup | None:
    """The texts that differ in more than spaces and width."""
    found = [(score, error) for _, score in pairs if score.fate == "scored" for error in score.text_errors]
    if not found:
        return None
    rows: list[Sequence[Child]] = [
        (
            score.name,
            element("td", error.pointer, class_="pointer"),
            element("td", error.gold or "null", class_="text"),
            element("td", error.got or "null", class_="text"),
        )
        for score, error in found[:_TEXTS]
    ]
    head = ("case", "", "expected", "got")
    more = element("p", f"The first {_TEXTS}; results.json has all.", class_="dim") if len(found) > _TEXTS else None
    return joined([element("h2", f"Texts that differ: {len(found):,}"), more, table(head, rows, words=4)])
