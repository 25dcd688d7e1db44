"""An evaluation as one HTML file for people: needs no network, tells no more than results.json, shows more."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from recount.eval.report.changes import changes
from recount.eval.report.charts import Bar, bars, legend
from recount.eval.report.errors import errors
from recount.eval.report.markup import Child, Markup, element, joined, table
from recount.eval.report.style import STYLE
from recount.eval.score.compare import Comparison
from recount.eval.score.harness import Scored
from recount.eval.score.metrics import ABSENT, OUTCOMES, STATUSES, TRUSTED, Tally, interval, tally
from recount.eval.score.results import Totals, by_section, by_status, by_tag, tag_of, telling_tags, totals
from recount.eval.score.scores import CaseScore

REPORT = "report.html"

_WORST = 20
"""So many documents are listed as the worst ones."""


def write_report(path: Path, scored: Scored, version: str, comparison: Comparison | None = None) -> None:
    """Writes the report; whoever looks at path sees the old one or the whole new one."""
    temporary = path.with_name(f".{path.name}.recount-tmp")
    temporary.write_text(render(scored, version, comparison), encoding="utf-8")
    os.replace(temporary, path)


def render(scored: Scored, version: str, comparison: Comparison | None = None) -> str:
    """The whole report."""
    scores, sums = scored.scores, totals(scored.scores)
    body = [
        element("h1", "Recount: evaluation"),
        element("p", f"program {version}, {sums.cases} cases, {sums.spend.pages} pages read", class_="dim"),
        headline(sums),
        changes(comparison) if comparison else None,
        statuses(sums),
        sections(scores),
        tags(scores),
        repairs(scores),
        worst(scores),
        other(sums),
        errors(scored),
    ]
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width"),
            element("title", "Recount: evaluation"),
            element("style", Markup(STYLE)),
        ),
        element("body", body),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


def headline(sums: Totals) -> Markup:
    """The numbers that matter, the one that must be nought first and largest."""
    figures, failed = sums.figures, sums.cases - sums.fates.get("scored", 0)
    low, high = figures.interval
    return element(
        "div",
        _tile("silent errors", str(figures.silent), "wrong, yet called verified or repaired", bad=figures.silent > 0),
        _tile(
            "figures right",
            percent(figures.accuracy),
            f"{figures.right:,} of {figures.gold:,}; 95 % interval {percent(low)} – {percent(high)}",
        ),
        _tile("verified share", percent(figures.trust, 1), f"of {figures.delivered:,} delivered figures"),
        _tile("wrong · missing · invented", f"{figures.wrong} · {figures.missing} · {figures.invented}", "figures"),
        _tile("without a result", str(failed), _fates(sums), bad=failed > 0),
        class_="tiles",
    )


def _fates(sums: Totals) -> str:
    return ", ".join(f"{number} {fate}" for fate, number in sorted(sums.fates.items()))


def _tile(name: str, value: str, note: str, *, bad: bool = False) -> Markup:
    return element(
        "div",
        element("div", name, class_="name"),
        element("div", value, class_="value bad" if bad else "value"),
        element("div", note.replace(" %", "\u00a0%"), class_="dim"),
        class_="tile",
    )


def percent(value: float | None, places: int = 3) -> str:
    """A share in percent. What is not all is never rounded up to it."""
    if value is None:
        return "–"
    shown = f"{100 * value:.{places}f}"
    while value < 1 and float(shown) >= 100:
        places += 1
        shown = f"{100 * value:.{places}f}"
    return f"{shown} %"


def statuses(sums: Totals) -> Markup:
    """How far each status may be believed: a picture, and the numbers."""
    delivered = {
        name: figures for name, figures in by_status(sums.cells).items() if figures.delivered or name in STATUSES[:4]
    }
    chart = bars(
        [
            Bar(
                name,
                [("right", figures.right), ("wrong", figures.wrong), ("invented", figures.invented)],
                percent(figures.precision, 2),
            )
            for name, figures in delivered.items()
        ],
        "Delivered figures by status: right, wrong, invented",
    )
    rows = [
        [
            name,
            f"{figures.delivered:,}",
            f"{figures.right:,}",
            _count(figures.wrong, grave=name in TRUSTED),
            _count(figures.invented, grave=name in TRUSTED),
            percent(figures.precision),
            "{} – {}".format(*(percent(end) for end in interval(figures.right, figures.delivered))),
        ]
        for name, figures in delivered.items()
    ]
    missing = sum(number for cell, number in sums.cells.items() if cell.status == ABSENT)
    head = ("status", "delivered", "right", "wrong", "invented", "share right", "95 % interval")
    return joined(
        [
            element("h2", "Status against truth"),
            legend(),
            chart,
            table(head, rows),
            element("p", f"{missing:,} more figures of the gold were not delivered.", class_="dim"),
        ]
    )


def _count(number: int, *, grave: bool = False) -> Child:
    """A number of errors; none is set lightly, silent ones stand out."""
    shown = f"{number:,}"
    if not number:
        return element("td", shown, class_="n dim")
    return element("td", shown, class_="n grave" if grave else "n err")


def sections(scores: Sequence[CaseScore]) -> Markup:
    """The figures by section and form."""
    groups = by_tag(scores, "form")
    sums = {form: by_section(totals(group).cells) for form, group in groups.items()}
    every = by_section(totals(scores).cells)
    rows = [
        [
            name,
            f"{figures.gold:,}",
            *(_count(number) for number in (figures.wrong, figures.missing, figures.invented)),
            _count(figures.silent, grave=True),
            percent(figures.trust, 1),
            *(_accuracy(sums[form].get(name)) for form in groups),
            _accuracy(figures),
        ]
        for name, figures in every.items()
    ]
    head = ("section", "figures", "wrong", "missing", "invented", "silent", "verified", *groups, "all forms")
    return joined([element("h2", "By section and form: share of figures right"), table(head, rows)])


def _accuracy(figures: Tally | None) -> Markup:
    """A share of right figures, the paler the better."""
    if figures is None or figures.accuracy is None:
        return element("td", "", class_="n")
    looks = "all" if figures.right == figures.gold and not figures.invented else "most"
    if figures.accuracy < 0.99:
        looks = "few"
    return element("td", percent(figures.accuracy, 2), class_=f"n {looks}", title=f"{figures.right} of {figures.gold}")


def tags(scores: Sequence[CaseScore]) -> Markup:
    """The figures by what the cases are like."""
    parts: list[Markup] = [element("h2", "By kind of case")]
    asked = totals(scores).spend.calls > 0
    head = (
        *("", "cases", "figures", "right", "95 % interval", *OUTCOMES[1:], "silent", "verified", "by document"),
        "s/page",
        *(("calls/page", "tokens/page", "cost/page") if asked else ()),
    )
    for tag in telling_tags(scores):
        groups = {value: totals(group) for value, group in by_tag(scores, tag).items()}
        parts += [
            element("h3", tag),
            bars([_outcomes(value, sums.figures) for value, sums in groups.items()], f"Figures by {tag}"),
            table(head, [_tag_row(value, sums, asked=asked) for value, sums in groups.items()]),
        ]
    return joined(parts)


def _outcomes(label: str, figures: Tally) -> Bar:
    parts = [(name, int(getattr(figures, name))) for name in OUTCOMES]
    return Bar(label, parts, percent(figures.accuracy, 2))


def _tag_row(value: str, sums: Totals, *, asked: bool) -> list[Child]:
    """A group of cases: how right, and what it took. asked: whether a language model was."""
    figures, spend = sums.figures, sums.spend
    calls, tokens, cost = (rate or 0 for rate in (spend.calls_per_page, spend.tokens_per_page, spend.cost_per_page))
    return [
        value,
        f"{sums.cases}",
        f"{figures.gold:,}",
        percent(figures.accuracy),
        "{} – {}".format(*(percent(end) for end in figures.interval)),
        *(_count(getattr(figures, name)) for name in OUTCOMES[1:]),
        _count(figures.silent, grave=True),
        percent(figures.trust, 1),
        percent(sums.macro),
        f"{spend.seconds_per_page or 0:.3f}",
        *((f"{calls:.2f}", f"{tokens:,.0f}", f"{cost:.4f}") if asked else ()),
    ]


def repairs(scores: Sequence[CaseScore]) -> Markup | None:
    """OCR alone against after repair, by level of scan; nothing where no figure was read from a picture."""
    groups = {level: totals(group) for level, group in by_tag(scores, "scan").items()}
    rows = [
        [
            level,
            f"{sums.repairs.ocr:,}",
            f"{sums.repairs.ocr_right_before:,}",
            percent(sums.repairs.alone),
            f"{sums.repairs.ocr_right:,}",
            percent(sums.repairs.after),
            f"{sums.repairs.repaired:,}",
            f"{sums.repairs.right:,}",
            _count(sums.figures.silent, grave=True),
        ]
        for level, sums in groups.items()
        if sums.repairs.ocr
    ]
    if not rows:
        return None
    head = ("scan", "figures read", "right by OCR alone", "", "right after repair", "", "repaired", "right", "silent")
    return joined([element("h2", "OCR alone against after repair"), table(head, rows)])


def worst(scores: Sequence[CaseScore]) -> Markup | None:
    """The documents with the most to mend."""
    marked = [(tally(score.cells), score) for score in scores]
    bad = [pair for pair in marked if pair[0].right < pair[0].gold or pair[0].invented]
    bad.sort(key=lambda pair: (-pair[0].silent, pair[0].accuracy or 0.0, pair[1].name))
    if not bad:
        return None
    rows = [
        [
            element("a", score.name, href=f"#{score.name}"),
            tag_of(score, "form"),
            tag_of(score, "scan"),
            score.reason or score.fate,
            f"{figures.gold:,}",
            percent(figures.accuracy),
            *(_count(getattr(figures, name)) for name in OUTCOMES[1:]),
            _count(figures.silent, grave=True),
        ]
        for figures, score in bad[:_WORST]
    ]
    head = ("case", "form", "scan", "fate", "figures", "right", *OUTCOMES[1:], "silent")
    return joined(
        [element("h2", f"Worst documents ({len(bad)} of {len(scores)} are not all right)"), table(head, rows, words=4)]
    )


def other(sums: Totals) -> Markup:
    """What is counted beside the figures."""
    texts, rows, found, places = sums.texts, sums.rows, sums.discrepancies, sums.places
    spend, repairs = sums.spend, sums.repairs
    at_pointers = tally(sums.at_pointers)
    lines: list[tuple[str, str, str]] = [
        ("figures at their JSON pointers", percent(at_pointers.accuracy), f"{at_pointers.right:,} right"),
        ("figures right, by document", percent(sums.macro), "mean of the documents' shares"),
        ("rows found", percent(rows.recall), f"{rows.matched:,} of {rows.gold:,}; the results have {rows.got:,}"),
        ("texts as printed", percent(texts.accuracy), f"{texts.exact:,} of {texts.gold:,}"),
        (
            "texts, similarity",
            percent(texts.similarity),
            f"{texts.folded} differ in spaces or width, {texts.different} in words, {texts.missing} are missing, "
            f"{texts.invented} invented",
        ),
        (
            "discrepancies found",
            f"{found.found} of {found.planted}",
            f"{found.missed} missed, {found.excused} excused as minor; "
            f"{found.false} false, {found.minor} minor besides",
        ),
        (
            "figures on their place",
            percent(places.box / places.known if places.known else None),
            f"{places.box:,} of {places.known:,} whose place is known; {places.page:,} on the right page",
        ),
        (
            "repaired figures",
            f"{repairs.repaired}",
            f"{repairs.right} right now, {repairs.right_before} right as first read; "
            f"of all figures {percent(sums.before_repair)} would be right without repair",
        ),
        ("seconds a page", f"{spend.seconds_per_page or 0:.3f}", f"{spend.seconds:.1f} s, {spend.pages:,} pages"),
        (
            "model",
            f"{spend.calls} calls",
            f"{spend.input_tokens:,} + {spend.output_tokens:,} tokens, cost {spend.cost:f}, "
            f"{spend.model_seconds:.1f} s",
        ),
    ]
    return joined([element("h2", "Beside the figures"), table(("", "", ""), lines, words=3)])
