"""The part of the HTML report that says what changed since another evaluation."""

from __future__ import annotations

from typing import Any

from recount.eval.report.markup import Child, Markup, element, joined, table
from recount.eval.score.compare import Change, Comparison

_KINDS = ("broken", "changed", "mended")
_LISTED = 500


def changes(comparison: Comparison) -> Markup:
    """The counts before and after, and every figure that is not what it was."""
    return joined(
        [
            element("h2", "Changes since the other run"),
            _counts(comparison),
            [element("p", f"{name}: {was} → {now}") for name, was, now in comparison.fates],
            element("p", "New cases: " + ", ".join(comparison.added)) if comparison.added else None,
            element("p", "Cases that are gone: " + ", ".join(comparison.gone)) if comparison.gone else None,
            [_kind(kind, comparison.of_kind(kind)) for kind in _KINDS],
        ]
    )


def _counts(comparison: Comparison) -> Markup:
    before, after = comparison.before, comparison.after
    names = ("right", "wrong", "missing", "invented", "silent", "trusted")
    rows = [
        (
            name,
            f"{getattr(before, name):,}",
            f"{getattr(after, name):,}",
            f"{getattr(after, name) - getattr(before, name):+,}",
        )
        for name in names
    ]
    return table(("figures of the cases in both", "before", "now", "difference"), rows)


def _kind(kind: str, found: list[Change]) -> Markup | None:
    if not found:
        return None
    rows: list[list[Child]] = [
        [change.case, element("td", change.pointer, class_="pointer"), _state(change.was), _state(change.now)]
        for change in found[:_LISTED]
    ]
    head = ("case", "figure", "before", "now")
    return joined([element("h3", f"{kind}: {len(found):,}"), table(head, rows, words=4)])


def _state(entry: dict[str, Any] | None) -> str:
    """How a figure stood."""
    if entry is None:
        return "right"
    return f"{entry['outcome']}: {entry['got']} for {entry['gold']} ({entry['status']})"
