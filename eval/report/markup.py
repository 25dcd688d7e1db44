"""HTML and SVG from Python values: whatever is not markup already is escaped, so no text of a report can become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Union

from recount.pipeline.archive.strangers import in_xml

Child = Union["Markup", str, int, None, Iterable["Child"]]

_VOID = frozenset({"img", "meta", "br", "col"})


class Markup(str):
    """Text that is markup, and stays as it is."""

    __slots__ = ()


def element(name: str, /, *children: Child, **attributes: object) -> Markup:
    """An element. An attribute that Python has a word for ends in an underscore; `_` in a name stands for `-`."""
    words = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{in_xml(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{words}>")
    return Markup(f"<{name}{words}>{joined(children)}</{name}>")


def joined(children: Child) -> Markup:
    """Children one after the other."""
    if children is None:
        return Markup()
    if isinstance(children, Markup):
        return children
    if isinstance(children, str | int):
        return Markup(in_xml(str(children)))
    return Markup("".join(joined(child) for child in children))


def table(head: Iterable[Child], rows: Iterable[Iterable[Child]], *, words: int = 1) -> Markup:
    """A table; the first `words` columns are text, the others numbers, set to the right."""
    return element(
        "table",
        element("thead", element("tr", [_cell("th", at, cell, words) for at, cell in enumerate(head)])),
        element(
            "tbody",
            [element("tr", [_cell("td", at, cell, words) for at, cell in enumerate(row)]) for row in rows],
        ),
    )


def _cell(name: str, at: int, content: Child, words: int) -> Markup:
    # A cell that comes as one keeps its own looks.
    if isinstance(content, Markup) and content.startswith("<td"):
        return content
    return element(name, content, class_=None if at < words else "n")
