"""A report as the browser is told of it: what its figures and cards point at, and numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from recount.desk.cards import Card, Figure
from recount.desk.pages import Book
from recount.desk.session import Opened
from recount.desk.words import Words
from recount.pipeline.result import STATUSES, Check, Mention
from recount.pipeline.review.decisions import Decision, field_of, place_of

MARKS: Mapping[str, str] = {"verified": "✓", "repaired": "✎", "reviewed": "◆", "grounded": "○", "disputed": "✗"}
"""As on the terminal (pipeline/output/show.py)."""


def amount(number: object, like: object = None) -> str:
    """A number with its thousands apart, and its own decimals, or as many as the one beside it has; – for none."""
    if not isinstance(number, Decimal):
        return "–" if number is None else str(number)
    decimals = max(_decimals(number), _decimals(like) if isinstance(like, Decimal) else 0)
    return f"{number:,.{decimals}f}"


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def browser_data(now: Opened, words: Words) -> dict[str, Any]:
    """What the browser is told of a report besides the page of it: figures, identities, other numbers of the pages."""
    checks = {check.id: check for check in now.result.checks}
    decided = decided_figures(now)
    return {
        "figures": {pointer: _figure(figure, pointer in decided, words) for pointer, figure in now.figures.items()},
        "checks": {own: _check(check) for own, check in checks.items() if check.result != "not_applicable"},
        "cards": {
            card.id: [figure.pointer for figure in (*card.suspects, *_rest(card))] for card in now.findings.cards
        },
        "named": [card.id for card in now.findings.cards if card.named],
        "left": {card.id: card.operands[0].pointer for card in now.findings.cards if card.operands},
        "others": [_mention(one) for one in now.result.summary.mentions],
        "remarks": [
            {"page": remark.page, "box": remark.bbox, "line": remark.line, "kind": words.kind(remark.kind)}
            for remark in now.result.summary.remarks
        ],
        "text": now.result.source.file.lower().endswith((".txt", ".md", ".html", ".htm", ".xhtml")),
        "pages": now.result.source.pages,
        "waiting": now.waiting,
    }


def sheets(book: Book) -> dict[str, Any]:
    """The sizes of the pages of a file, in points; of a text its lines."""
    return {"sheets": [[round(sheet.width, 2), round(sheet.height, 2)] for sheet in book.sheets], "lines": book.lines}


def _rest(card: Card) -> Iterable[Figure]:
    return (figure for figure in card.operands if figure not in card.suspects)


def _figure(figure: Figure, decided: bool, words: Words) -> dict[str, Any]:
    entry = figure.entry
    told: dict[str, Any] = {
        "name": figure.name,
        "where": figure.titles[0],
        "status": entry.status,
        "said": f"{MARKS[entry.status]} {words(STATUS_WORDS[entry.status])}",
        "page": entry.page,
        "box": entry.bbox,
        "raw": entry.raw,
        "value": amount(entry.value),
        "unit": entry.unit,
        "printed_unit": entry.printed_unit,
        "origin": entry.origin,
        "checks": entry.checks,
    }
    more = {
        "line": entry.line,
        "columns": entry.columns,
        "first": entry.first_reading,
        "second": entry.second_reading,
        "remark": words.said(entry.remark) if entry.remark else None,
        "decided": decided or None,
    }
    return told | {key: value for key, value in more.items() if value is not None}


STATUS_WORDS = {status: "reviewed_status" if status == "reviewed" else status for status in STATUSES}
"""The word of each status (words.py)."""


def _check(check: Check) -> list[Any]:
    return [check.rule, check.expression or "", check.result]


def _mention(one: Mention) -> dict[str, Any]:
    return {"raw": one.raw, "page": one.page, "box": one.bbox, "line": one.line}


def decided_figures(now: Opened) -> dict[str, Decision]:
    """The figures that something stands about, by pointer: as the result says, and what it was not made with yet."""
    by_id = {one.id: one for one in now.decisions}
    found: dict[str, Decision] = {}
    for pointer, figure in now.figures.items():
        review = figure.entry.reviewed
        if review is not None and review.id in by_id:
            found[pointer] = by_id[review.id]
    for one in now.decisions if now.waiting or now.trouble else ():
        for pointer, figure in now.figures.items():
            if field_of(pointer) == field_of(one.pointer) and one.place.meets(place_of(figure.entry)):
                found[pointer] = one
    return found


def card_decision(card: Card, decided: Mapping[str, Decision]) -> Decision | None:
    """What was decided about one of the figures that a card is about; None while nothing was."""
    about: Sequence[Figure] = [figure for figure in card.operands if figure.entry.status in ("disputed", "reviewed")]
    return next((decided[figure.pointer] for figure in (*card.suspects, *about) if figure.pointer in decided), None)
