"""split: pages become blocks in reading order: paragraphs and grids, and every number a token."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from recount.pipeline.document import MONEY, Block, Cell, Document, Grid, Pages, Paragraph, Remark, Text, Token, hull
from recount.pipeline.split.abroad import (
    Shares,
    as_usual,
    combined,
    is_bracketed,
    is_latin,
    numbers_of,
    of_a_share,
    power_of,
    stated_abroad,
    stated_in_words,
)
from recount.pipeline.split.aligned import with_aligned
from recount.pipeline.split.folding import fold
from recount.pipeline.split.frames import with_rows
from recount.pipeline.split.furniture import running_lines, without_furniture
from recount.pipeline.split.lattice import PageTables, page_grids
from recount.pipeline.split.paragraphs import (
    Margins,
    TextRow,
    is_aligned,
    margins_of,
    margins_of_text,
    paragraphs_of,
    rows_of,
)
from recount.pipeline.split.restore import restore
from recount.pipeline.split.signs import all_bracketed
from recount.pipeline.split.statements import restored_statements
from recount.pipeline.split.tables import JoinedTable, join_tables
from recount.pipeline.split.text import Composed
from recount.pipeline.split.tokens import (
    Refused,
    TokenStore,
    Within,
    decimals_of,
    has_odd_point,
    say_point,
    stated_unit,
)
from recount.schemas.family import Family
from recount.schemas.saying import say

_CAPTION = re.compile(
    r"表$|单位:|公开\d*表|\(?20\d\d年度?\)?$|编制(?:单位|部门)|^(?:部门|单位)(?:名称)?:|续表|^附件|^附表|^附\d"
)
_TITLE = re.compile(r"[^。;,:]*(?:预算|决算)[^。;,:]*表")
_PART = re.compile(r"第[一二三四五六七八九十]{1,2}部分")
_SENTENCE = re.compile(r"[。;,]$|[。;]")
_CORRECTION = re.compile(r".{0,30}(?:更正|勘误)(?:说明|公告|启事|通知|声明|表|页)?")
_UNIT_LINE = re.compile(r"单位:|公开\d*表|编制(?:单位|部门)|^(?:部门|单位)(?:名称)?:")
_ASIDE = re.compile(r"\(.*\)|20\d\d年(?:度|\d{1,2}月(?:\d{1,2}日)?)?")
_GOES_ON = re.compile(r"续表|\(续.{0,3}\)|^续|(?i:\(?cont(?:inue|'|’)d\.?\)?)")
_NOTE = re.compile(r"注[:.]|备注:|说明:本表")
_LONGEST_CAPTION = 60  # characters
_LONGEST_ABROAD = 90  # the same in Latin script
_NEAR = 36.0  # points from one line of a title to the next, or to the table
_MOST_CAPTIONS = 5
_HEAD_ROWS = 5  # so many rows of a table may be its head


@dataclass(slots=True)
class Seen:
    """What is seen on the pages, beside the document that is made of it. tables: as they lie there, in the order of the
    document's grids; refused: digits that were taken for no number."""

    tables: list[JoinedTable] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def split(pages: Pages, *families: Family, seen: Seen | None = None) -> Document:
    """Split a report into its paragraphs, grids and number tokens.

    pages: as read; pages that are not readable are left out (Document.unreadable). families: those that it may be a
    report of; they give the words that begin a table or make a row of their own. seen: is told more.
    """
    readable = [page for page in pages.pages if page.readable]
    latin = {page.number for page in readable if is_latin(page)}
    running = running_lines(readable)
    raw = [with_rows(page_grids(page), latin=page.number in latin) for page in readable]
    raw = [
        replace(page_tables, lines=tuple(without_furniture(page_tables.page, page_tables.lines, running)))
        for page_tables in raw
    ]
    forms = [form for family in families for form in family.forms]
    lines = {part.page.number: part.lines for part in raw}
    rows_on = {number: rows_of(number, on_page) for number, on_page in lines.items()}
    aligned = is_aligned([row for part in raw if part.page.typed for row in rows_on[part.page.number]])
    restored = restore(_digital(raw, rows_on), forms, typed=any(part.page.typed for part in raw))
    raw = with_aligned([_without(part, restored.left.get(part.page.number)) for part in raw], _is_title, latin)
    rows_on |= {
        part.page.number: rows_of(part.page.number, part.lines)
        for part in raw
        if part.lines != lines[part.page.number]  # those that tables took lines of
    }
    unread = tuple(page.number for page in pages.pages if not page.readable)
    tables = _joined(raw, families, unread)
    typed = [row for part in raw if part.page.typed for row in rows_on[part.page.number]]
    torn = restored_statements(typed, {family.heads for family in families})
    rows_on = {page: [row for row in rows if id(row) not in torn.taken] for page, rows in rows_on.items()}
    blanks = _of_blanks([*torn.tables, *restored.tables]) if aligned else ()
    of_pages = [*(remark for page in pages.pages for remark in page.remarks), *torn.remarks, *restored.remarks, *blanks]
    store = TokenStore(
        origins={page.number: page.origin for page in readable},
        remarks=_by_page(of_pages),
        typed={page.number for page in readable if page.typed},
        latin=latin,
        numbers=numbers_of(families, [page for page in readable if page.number in latin]),
        units={unit for family in families if family.money is not None for unit in family.money.units},
    )
    found = (*tables, *torn.tables, *restored.tables)
    items = _in_reading_order(raw, found, rows_on, store)
    blocks = _with_grids(items, store)
    if seen is not None:
        seen.tables += [item for item in items if isinstance(item, JoinedTable)]
        seen.refused += store.refused
    corrections = list(_corrections(blocks))
    remarks = (*of_pages, *corrections, *_refused_units(blocks, families))
    tokens = _corrected(store.tokens, corrections) if corrections else store.tokens
    return Document(tuple(blocks), tuple(tokens), unread, remarks)


def _of_blanks(tables: Iterable[JoinedTable]) -> Iterator[Remark]:
    """What is to be said of tables that blanks alone hold together: a name on two lines has figures beside and between
    its lines, and may be another's."""
    for table in tables:
        lines = [part for cell in table.cells for part in cell.fragments]
        for page in sorted({line.page for line in lines}):
            box = hull([line.line.box for line in lines if line.page == page])
            yield Remark("torn", page, box, say("held_by_blanks"), touches=True)


def _joined(raw: Sequence[PageTables], families: Sequence[Family], unread: Collection[int]) -> tuple[JoinedTable, ...]:
    """The tables of the pages, each as a whole. unread: the numbers of pages that could not be read."""
    starts = re.compile("|".join(family.table_starts for family in families))
    labels = frozenset[str]().union(*(family.row_labels for family in families))
    return join_tables(raw, labels=labels, starts=lambda words: bool(starts.match(fold(words))), unread=unread)


def _digital(raw: Sequence[PageTables], rows_on: Mapping[int, list[TextRow]]) -> dict[int, list[TextRow]]:
    """The rows of the pages whose characters are sure: on scans nothing is made of lines that were not found."""
    return {part.page.number: rows_on[part.page.number] for part in raw if part.page.origin == "text"}


def _without(part: PageTables, left: Sequence[TextRow] | None) -> PageTables:
    """A page without the lines that went into tables. left: the rows that did not; None where none was looked at."""
    if left is None:
        return part
    kept = {id(piece.line) for row in left for piece in row.pieces}
    return replace(part, lines=tuple(line for line in part.lines if id(line) in kept or not line.text.strip()))


def _by_page(remarks: Iterable[Remark]) -> dict[int, list[Remark]]:
    found: dict[int, list[Remark]] = defaultdict(list)
    for remark in remarks:
        found[remark.page].append(remark)
    return found


def _corrections(blocks: Iterable[Block]) -> Iterator[Remark]:
    """The pages that correct others (更正说明, 勘误表), each once."""
    seen: set[int] = set()
    for block in blocks:
        titles = (block,) if isinstance(block, Paragraph) else block.caption
        for title in titles:
            words = "".join(title.text.folded.split()).rstrip(":。")
            if title.page not in seen and _CORRECTION.fullmatch(words):
                seen.add(title.page)
                yield Remark("correction", title.page, None, say("corrects_itself", title=title.text.printed))


def _corrected(tokens: Sequence[Token], corrections: Sequence[Remark]) -> Iterable[Token]:
    """The tokens; those that are printed again on a page of corrections are disputed by it."""
    by_page = {remark.page: remark for remark in corrections}
    told = {
        (token.value, token.decimals): by_page[token.page]
        for token in tokens
        if token.page in by_page and token.is_figure and token.value
    }
    for token in tokens:
        remark = told.get((token.value, token.decimals)) if token.page not in by_page and token.is_figure else None
        yield token if remark is None else replace(token, remark=replace(remark, touches=True, disputes=True))


Item = Paragraph | JoinedTable


def _in_reading_order(
    raw: Sequence[PageTables],
    tables: Sequence[JoinedTable],
    rows_on: Mapping[int, list[TextRow]],
    store: TokenStore,
) -> list[Item]:
    """Paragraphs and tables in reading order. Text flows on from page to page until a table stops it, or a page of
    another size. rows_on: the rows of running text, by page."""
    beginning: dict[int, list[JoinedTable]] = defaultdict(list)
    for table in tables:
        beginning[table.pages[0]].append(table)
    margins = _margins(raw, rows_on)
    items: list[Item] = []
    flow: list[TextRow] = []
    size = None

    def flush() -> None:
        if flow:
            items.extend(paragraphs_of(flow, margins[size], store))
            flow.clear()

    for page_tables in raw:
        number = page_tables.page.number
        if _size(page_tables) != size:
            flush()
            size = _size(page_tables)
        rows = rows_on[number]
        for table in sorted(beginning[number], key=lambda table: table.top[1]):
            flow += [row for row in rows if _middle(row) < table.top[1]]
            rows = [row for row in rows if _middle(row) >= table.top[1]]
            flush()
            items.append(table)
        if page_tables.tables and rows and not beginning[number] and _middle(rows[0]) > page_tables.tables[0].ys[0]:
            flush()  # below the rest of a table from the page before
        flow += rows
    flush()
    return items


def _with_grids(items: Sequence[Item], store: TokenStore) -> list[Block]:
    """Every table with the lines that belong to it: its caption above, its 注 below."""
    blocks: list[Block] = []
    titles: tuple[Paragraph, ...] = ()
    for index, item in enumerate(items):
        if isinstance(item, Paragraph):
            if not (index and isinstance(items[index - 1], JoinedTable) and _is_note(item)):
                blocks.append(item)
            continue
        below = items[index + 1] if index + 1 < len(items) else None
        note = below if isinstance(below, Paragraph) and _is_note(below) else None
        caption = _take_caption(blocks, item.pages[0], item.top[1] if item.pages[0] in store.latin else None)
        if _is_another(caption, titles):
            store.table += 1
            titles = caption
        last = blocks[-1] if blocks and item.pages[0] in store.latin else None
        told = last.text.folded if isinstance(last, Paragraph) and last.page == item.pages[0] else ""
        blocks.append(_grid(item, caption, note, store, stated_in_words(told)))
    return blocks


def _is_another(caption: Sequence[Paragraph], before: Sequence[Paragraph]) -> bool:
    """Whether a table with a caption is another than the one before: its title is another, and does not go on."""
    words, others = ([line.text.folded for line in lines] for lines in (caption, before))
    return not any(map(_GOES_ON.search, words)) and not set(_titles(words)) <= set(_titles(others))


def _titles(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a caption that say what a table is: no day, no unit, nothing in brackets."""
    bare = (_UNIT_LINE.split("".join(line.split()))[0] for line in lines)
    return (line for line in bare if line and not _ASIDE.fullmatch(line))


def _refused_units(blocks: Iterable[Block], families: Sequence[Family]) -> Iterator[Remark]:
    """Of each table whose amounts are in a unit that no family understands, a remark."""
    monies = [family.money for family in families if family.money is not None]
    for block in blocks:
        if not isinstance(block, Grid) or block.unit is None or block.unit in MONEY:
            continue
        if all(power_of(block.unit, money) is None for money in monies):
            yield Remark("unit", block.pages[0], None, say("foreign_unit", unit=block.unit))


def _is_note(paragraph: Paragraph) -> bool:
    return _NOTE.match(paragraph.text.folded) is not None


def _take_caption(blocks: list[Block], page: int, top: float | None) -> tuple[Paragraph, ...]:
    """The lines right above a table that are its own, taken off the running text. top: where it begins on a page in
    Latin script, on which short lines near above a table are of it."""
    caption: list[Paragraph] = []
    match blocks[-2:]:
        case [Paragraph() as over, Paragraph() as head] if _is_head_amid(over, head):
            caption.append(head)
            blocks.pop()
    while blocks and len(caption) < _MOST_CAPTIONS:
        above = blocks[-1]
        if not isinstance(above, Paragraph) or above.page != page:
            break
        near = top is not None and top - above.top < _NEAR and _is_short(above)
        if not (near or _is_caption(above)) and not (caption and _begins_title(above, caption[-1])):
            break
        caption.append(above)
        blocks.pop()
        top = above.top if near else None
    return tuple(reversed(caption))


def _is_short(paragraph: Paragraph) -> bool:
    """Whether a paragraph in Latin script is no longer than a title, and no sentence."""
    words = paragraph.text.folded.strip()
    if is_bracketed(words):
        return stated_abroad(words) is not None or len(words) <= _LONGEST_ABROAD
    return len(words) <= _LONGEST_ABROAD and not words.endswith((".", ";", ":", ","))


def _is_head_amid(over: Paragraph, head: Paragraph) -> bool:
    """Whether the last words above a grid stand below the unit of its table: a head over all columns."""
    unit, words = ("".join(paragraph.text.folded.split()) for paragraph in (over, head))
    short = len(words) <= _LONGEST_CAPTION and _SENTENCE.search(words) is None
    return short and len(unit) <= _LONGEST_CAPTION and stated_unit(unit) is not None


def _is_title(texts: Sequence[str]) -> bool:
    """Whether the texts of a row are a title, a caption or a note of a table, and not a row of it."""
    if any(_UNIT_LINE.search(text) for text in texts):
        return True
    return len(texts) == 1 and (_CAPTION.search(texts[0]) or _PART.match(texts[0]) or _NOTE.match(texts[0])) is not None


def _begins_title(above: Paragraph, below: Paragraph) -> bool:
    """Whether a full line begins the title that the line below ends: too long to stand centred."""
    first, rest = ("".join(paragraph.text.folded.split()) for paragraph in (above, below))
    return len(first) <= _LONGEST_CAPTION and _TITLE.fullmatch(first + rest) is not None


def _is_caption(paragraph: Paragraph) -> bool:
    words = "".join(paragraph.text.folded.split())
    if len(words) > _LONGEST_CAPTION or _PART.match(words):
        return False
    if _CAPTION.search(words):
        return True
    return paragraph.centred and _SENTENCE.search(words) is None


def _grid(
    table: JoinedTable,
    caption: tuple[Paragraph, ...],
    note: Paragraph | None,
    store: TokenStore,
    told: str | None = None,
) -> Grid:
    """A table as a grid. told: the unit that the sentence before it states."""
    texts = [store.composed(cell.fragments, join_digits=False) for cell in table.cells]
    abroad = table.pages[0] in store.latin
    unit, columns = _money_units(caption, table, texts, partial(_stated, store, abroad), abroad)
    unit = unit or told
    pointed = _pointed(table, texts)
    blanks = all_bracketed(composed.text.folded for composed in texts)
    own = _of_shares(table, texts) if abroad and unit else ()
    number = len(store.tokens) if table.pages[0] in store.typed else None
    decimals = _decimals(table, texts, store) if abroad else {}
    cells = []
    for cell, composed in zip(table.cells, texts, strict=True):
        place = None if number is None else (number, cell.row, cell.column, cell.column_end)
        head = columns.get(cell.column, unit)
        head = of_a_share(head) if cell.row in own else head
        usual = decimals.get(cell.column, frozenset())
        within = Within(head, cell.column in pointed, blanks, usual, place, store.table)
        numbers = store.numbers_in(composed, within) if composed.raw else ()
        text = Text(cell.label, cell.label) if cell.label else composed.text
        left = cell.fragments[0].line.box[0] if cell.fragments else None
        cells.append(Cell(cell.row, cell.column, cell.row_end, cell.column_end, text, numbers, left))
    return Grid(table.rows, table.columns, tuple(cells), caption, note, table.pages, unit)


def _stated(store: TokenStore, abroad: bool, words: str) -> str | None:
    """The unit of money that a text states: in the words of a family, or as such pages state it."""
    own = (unit for unit in store.units if re.search(rf"(?<![A-Za-z0-9]){re.escape(unit)}(?![A-Za-z0-9])", words))
    return next(own, None) or (stated_abroad if abroad else stated_unit)(words)


def _of_shares(table: JoinedTable, texts: Sequence[Composed]) -> set[int]:
    """The rows of a table whose amounts are per share."""
    shares = Shares()
    rows: dict[int, list[str]] = defaultdict(list)
    for cell, composed in zip(table.cells, texts, strict=True):
        rows[cell.row].append(composed.text.folded)
    return {row for row, (label, *others) in rows.items() if shares.holds(label, [text for text in others if text])}


def _pointed(table: JoinedTable, texts: Sequence[Composed]) -> frozenset[int]:
    """The columns with an amount whose point is an odd sign, where the other figures say that it is the point."""
    odd = {cell.column for cell, made in zip(table.cells, texts, strict=True) if has_odd_point(made.text.folded)}
    return frozenset(
        column
        for column in odd
        if say_point(made.text.folded for cell, made in zip(table.cells, texts, strict=True) if cell.column == column)
    )


def _decimals(table: JoinedTable, texts: Sequence[Composed], store: TokenStore) -> dict[int, frozenset[int]]:
    """How many decimals the figures of each column of a scanned table have."""
    columns: dict[int, list[str]] = defaultdict(list)
    if store.origins.get(table.pages[0]) == "ocr":
        for cell, composed in zip(table.cells, texts, strict=True):
            columns[cell.column].append(as_usual(composed.text.folded.strip(), store.numbers))
    return {column: decimals_of(folded) for column, folded in columns.items()}


def _money_units(
    caption: Iterable[Paragraph],
    table: JoinedTable,
    texts: Sequence[Composed],
    stated: Callable[[str], str | None],
    abroad: bool,
) -> tuple[str | None, dict[int, str]]:
    """The unit of a table's amounts (单位：元, 项目资金（万元）), and by column those of heads that state another.

    stated: the unit that a text states.
    """
    over = [stated(paragraph.text.folded) for paragraph in caption]
    above = combined(over) if abroad else next(filter(None, over), None)
    heads = [
        (cell, stated(made.text.folded if abroad else "".join(part.line.text for part in cell.fragments)))
        for cell, made in zip(table.cells, texts, strict=True)
        if cell.row < _HEAD_ROWS
    ]
    if abroad:
        heads = [(cell, combined((unit, above)) if unit else None) for cell, unit in heads]
    units = {unit for _, unit in heads if unit} | ({above} if above else set())
    if len(units) == 1:
        return units.pop(), {}
    return above, {column: unit for cell, unit in heads if unit for column in range(cell.column, cell.column_end)}


def _size(page_tables: PageTables) -> tuple[int, int]:
    """The size of a page, rounded to 4 points."""
    return round(page_tables.page.width / 4), round(page_tables.page.height / 4)


def _margins(raw: Sequence[PageTables], rows_on: Mapping[int, list[TextRow]]) -> dict[tuple[int, int] | None, Margins]:
    """The margins of running text for each size of page."""
    by_size: dict[tuple[int, int] | None, list[TextRow]] = defaultdict(list)
    for page_tables in raw:
        by_size[_size(page_tables)] += rows_on[page_tables.page.number]
    of = margins_of_text if any(of_page.page.typed for of_page in raw) else margins_of
    return {size: of(rows, 4.0 * size[1]) for size, rows in by_size.items() if size}


def _middle(row: TextRow) -> float:
    return (row.box[1] + row.box[3]) / 2
