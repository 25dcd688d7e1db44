"""HTML: what a reader of the page sees, line by line, and its tables with their spans.

Scripts, navigation, the foot of the page and what is hidden are not read; what is struck out is disputed. A table that
holds tables only arranges the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from recount.pipeline.document import Spot
from recount.pipeline.read.typewriter import Item, Mark, Row, Run, Table, TableCell


def _named(names: str) -> frozenset[str]:
    return frozenset(names.split())


_VOID = _named("area base br col embed hr img input link meta param source track wbr")
_UNSEEN = _named(
    "script style noscript template head nav footer select datalist button iframe object svg audio video canvas map"
)
_BLOCKS = _named(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure form "
    "h1 h2 h3 h4 h5 h6 header hr html li main ol p pre section summary table tbody td tfoot th thead title tr ul"
)
_CLOSES = {
    "tr": ({"tr", "td", "th", "caption", "p", "li"}, {"table"}),
    "td": ({"td", "th", "p", "li"}, {"tr", "table"}),
    "th": ({"td", "th", "p", "li"}, {"tr", "table"}),
    "tbody": ({"thead", "tbody", "tfoot", "tr", "td", "th", "caption", "p", "li"}, {"table"}),
    "li": ({"li", "p"}, {"ul", "ol", "td", "th"}),
    "dd": ({"dd", "dt", "p"}, {"dl"}),
    "dt": ({"dd", "dt", "p"}, {"dl"}),
}
"""What a tag that begins ends, up to which of those around it: HTML lets end tags be left out."""
_CLOSES |= {"thead": _CLOSES["tbody"], "tfoot": _CLOSES["tbody"]}
_WALLS = frozenset({"table", "td", "th"})
_STRUCK = frozenset({"s", "del", "strike"})
_SMALL = frozenset({"sup", "sub"})
_HIDDEN = re.compile(r"display:none|visibility:(?:hidden|collapse)|font-size:0(?![.\d]*[1-9])|opacity:0(?![.\d]*[1-9])")
_LINE_THROUGH = re.compile(r"text-decoration[^;]*line-through")
_RULES = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SIMPLE = re.compile(r"[.#]?[\w-]+")
_WIDEST_SPAN = 200  # columns and rows of a cell: more are a mistake or meant to exhaust a machine
_MOST_PLACES = 400_000  # places of a table
_DEEPEST = 200  # elements in one another; what lies deeper lies beside


def is_table(item: Item) -> bool:
    """Whether an item is a table."""
    return isinstance(item, Table)


def items_of_markup(text: str, first_line: int = 1) -> list[Item]:
    """What a reader sees of an HTML text. first_line: the number that its first line has in the file."""
    tree = _Tree(first_line)
    tree.feed(text)
    tree.close()
    page = _Page(_hiding(tree.styles))
    page.walk(tree.root)
    page.end_line()
    return page.items


# --- the tree


@dataclass(slots=True)
class _Node:
    """An element. children: elements, and texts as their characters with the spots of each."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | list[tuple[str, Spot]]] = field(default_factory=list)

    def below(self, tag: str) -> Iterator[_Node]:
        """The elements of a tag in it, at any depth."""
        stack = list(self.elements)
        while stack:
            node = stack.pop()
            if node.tag == tag:
                yield node
            stack += node.elements

    @property
    def elements(self) -> list[_Node]:
        return [child for child in self.children if isinstance(child, _Node)]


class _Tree(HTMLParser):
    """Makes elements of tags, also where end tags are left out."""

    def __init__(self, first_line: int) -> None:
        super().__init__(convert_charrefs=False)
        self.root = _Node("html")
        self.styles = ""
        self._open = [self.root]
        self._first = first_line - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins; what it ends without saying so is ended."""
        ended, around = _CLOSES.get(tag, ({"p"} if tag in _BLOCKS else set(), {"td", "th", "table", "li"}))
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag in around or self._open[depth].tag in _UNSEEN:
                break
            if self._open[depth].tag in ended:
                del self._open[depth:]
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that ends at once if it is of those that may; HTML knows no other."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element of a tag ends, and all in it."""
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                return
            if self._open[depth].tag in _WALLS | _UNSEEN and tag not in _CLOSES and tag != "table":
                return

    def handle_data(self, data: str) -> None:
        """Characters as they stand."""
        if self._open[-1].tag == "style":
            self.styles += data
            return
        line, column = self._spot()
        text = []
        for char in data:
            text.append((char, (line, column)))
            line, column = (line + 1, 1) if char == "\n" else (line, column + 1)
        self._open[-1].children.append(text)

    def handle_entityref(self, name: str) -> None:
        """&nbsp; and its like."""
        self._reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """&#20803; and its like."""
        self._reference(f"&#{name};")

    def _reference(self, written: str) -> None:
        self._open[-1].children.append([(char, self._spot()) for char in unescape(written)])

    def _spot(self) -> Spot:
        line, column = self.getpos()
        return self._first + line, column + 1


def _hiding(styles: str) -> frozenset[str]:
    """The simple selectors (.name, #name, name) whose elements a style sheet hides."""
    sheet = re.sub(r"/\*.*?\*/", "", styles, flags=re.DOTALL)
    return frozenset(
        selector.strip()
        for selectors, rule in _RULES.findall(sheet)
        if _HIDDEN.search("".join(rule.split()).lower())
        for selector in selectors.split(",")
        if _SIMPLE.fullmatch(selector.strip())
    )


# --- what is seen of it


@dataclass(slots=True)
class _Page:
    """The items of a page while its elements are walked over. hiding: selectors of what is hidden."""

    hiding: frozenset[str]
    items: list[Item] = field(default_factory=list)
    text: list[tuple[str, Spot]] = field(default_factory=list)
    marked: dict[int, Mark] = field(default_factory=dict)

    def walk(self, node: _Node, mark: Mark | None = None, *, kept: bool = False) -> None:
        """What is seen of an element. mark: how what is around it is set; kept: its blanks are."""
        if node.tag in _STRUCK or _LINE_THROUGH.search(_style(node)):
            mark = "struck"
        elif node.tag in _SMALL:
            mark = mark or "small"
        for child in node.children:
            if isinstance(child, list):
                self._add(child, mark, kept=kept)
            elif self._is_hidden(child):
                continue
            elif child.tag == "table" and not any(child.below("table")):
                self.end_line()
                self._table(child)
            elif child.tag == "br":
                self.end_line()
            else:
                if child.tag in _BLOCKS:
                    self.end_line()
                self.walk(child, mark, kept=kept or child.tag == "pre")
                if child.tag in _BLOCKS:
                    self.end_line()

    def _is_hidden(self, node: _Node) -> bool:
        names = {node.tag, f"#{node.attributes.get('id', '')}"}
        names.update(f".{name}" for name in node.attributes.get("class", "").split())
        unseen = node.tag in _UNSEEN or "hidden" in node.attributes or not names.isdisjoint(self.hiding)
        return unseen or _HIDDEN.search(_style(node)) is not None

    def _add(self, text: Sequence[tuple[str, Spot]], mark: Mark | None, *, kept: bool) -> None:
        for char, spot in text:
            if kept and char in "\r\n":
                self.end_line()
                continue
            if char in " \t\n\r\f":
                if not self.text or self.text[-1][0] == " ":
                    continue
                char = " "
            if mark:
                self.marked[len(self.text)] = mark
            self.text.append((char, spot))

    def end_line(self) -> None:
        """The line ends; nothing happens where none began."""
        while self.text and self.text[-1][0].isspace():
            self.text.pop()
        first = next((at for at, (char, _) in enumerate(self.text) if not char.isspace()), 0)
        if self.text:
            chars, spots = zip(*self.text[first:], strict=True)
            marked = {at - first: mark for at, mark in self.marked.items() if first <= at < len(self.text)}
            self.items.append(Row((Run("".join(chars), spots, 0.0, marked),)))
        self.text, self.marked = [], {}

    def _table(self, table: _Node) -> None:
        """A table, its caption above it. One that is too large for a table is read line by line."""
        for caption in table.below("caption"):
            self.walk(caption)
            self.end_line()
        rows = [row for row in _rows(table) if not self._is_hidden(row)]
        cells = list(self._cells(rows))
        if len(cells) > 1:
            self.items.append(Table(_filled(cells)))
            return
        for row in rows:
            self.walk(row)
            self.end_line()

    def _cells(self, rows: Sequence[_Node]) -> Iterator[TableCell]:
        """The cells of a table at their places; those that reach down from above keep theirs."""
        taken: set[Spot] = set()
        for y, row in enumerate(rows):
            x = 0
            for node in row.elements:
                if node.tag not in ("td", "th") or self._is_hidden(node):
                    continue
                while (y, x) in taken:
                    x += 1
                width, height = (_span(node, name) for name in ("colspan", "rowspan"))
                height = min(height or len(rows), len(rows) - y)
                width = next((more for more in range(1, width or 1) if (y, x + more) in taken), width or 1)
                taken.update((y + down, x + right) for down in range(height) for right in range(width))
                if len(taken) > _MOST_PLACES:
                    return
                yield TableCell(y, x, self._lines(node), height, width)
                x += width

    def _lines(self, node: _Node) -> list[Run]:
        inner = _Page(self.hiding)
        inner.walk(node)
        inner.end_line()
        return [run for item in inner.items if isinstance(item, Row) for run in item.runs]


def _style(node: _Node) -> str:
    return "".join(node.attributes.get("style", "").split()).lower()


def _span(node: _Node, name: str) -> int:
    """How many rows or columns a cell takes; 0 for all that are left."""
    written = node.attributes.get(name, "").strip()
    return min(int(written), _WIDEST_SPAN) if written.isascii() and written.isdigit() else 1


def _rows(table: _Node) -> Iterator[_Node]:
    for node in table.elements:
        if node.tag == "tr":
            yield node
        elif node.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(node)


def _filled(cells: Sequence[TableCell]) -> list[TableCell]:
    """The cells with empty ones at the places that none takes: a row may end early."""
    taken = {
        (cell.row + down, cell.column + right)
        for cell in cells
        for down in range(cell.rows)
        for right in range(cell.columns)
    }
    rows, columns = (1 + max(place[side] for place in taken) for side in (0, 1))
    return [*cells, *(TableCell(y, x, ()) for y in range(rows) for x in range(columns) if (y, x) not in taken)]
