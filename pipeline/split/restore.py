"""Tables without lines, found by the labels of their heads among running text, and restored by their form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from recount.pipeline.document import Remark
from recount.pipeline.split.layout import Head, Outline, Torn, laid_out
from recount.pipeline.split.paragraphs import TextRow
from recount.pipeline.split.sequence import NUMBER, Label, Lexicon, Piece, pieces_in_print, pieces_of
from recount.pipeline.split.tables import JoinedTable
from recount.schemas.family import Form, Part, lost_among


@dataclass(frozen=True, slots=True)
class Restored:
    """Tables that were restored, the rows of running text that are left, by page, and what is to be said of them."""

    tables: tuple[JoinedTable, ...] = ()
    left: Mapping[int, list[TextRow]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


def restore(rows_on: Mapping[int, list[TextRow]], forms: Sequence[Form], *, typed: bool) -> Restored:
    """The tables of some forms among rows of running text.

    rows_on: the physical lines outside of ruled tables, by page, in reading order. typed: whether they are those of a
    text, whose cells follow each other; in print the lines of cells that are neighbours do.
    """
    left, rows, pieces = rows_on, list[TextRow](), list[Piece]()
    levels: Collection[str] | None = None  # those that the pieces were made with; None: of other rows, or not at all
    tables: list[JoinedTable] = []
    remarks: list[Remark] = []
    for form in forms:
        if levels != form.rows.levels.keys():
            levels = form.rows.levels.keys()
            rows = [row for page in sorted(left) for row in left[page]]
            pieces = pieces_of(rows) if typed else pieces_in_print(rows, levels)
        torn = _read(form, pieces)
        taken: set[int] = set()
        for outline in _outlines(torn):
            table, said = laid_out(torn, outline)
            tables.append(table)
            remarks += said
            taken |= {id(rows[piece.row]) for piece in torn.pieces[outline.start : outline.end]}
        if taken:
            left = {page: [row for row in on_page if id(row) not in taken] for page, on_page in left.items()}
            levels = None
    return Restored(tuple(tables), left, tuple(remarks))


def _read(form: Form, pieces: Sequence[Piece]) -> Torn:
    """Pieces of rows, with the labels of a form in them."""
    lexicon = _lexicon(form)
    return Torn(form, pieces, {at: found for at in range(len(pieces)) if (found := lexicon.at(pieces, at))})


@cache
def _lexicon(form: Form) -> Lexicon:
    words = {*form.rows.heads, *form.rows.levels, *form.pairs, *form.beside, *form.total, *form.money}
    heads = form.above.heads if form.above else ()
    return Lexicon(words.union(heads, *form.goals, *form.starts), form.short)


_BEFORE = 60  # pieces before a head in which its table may begin
_BEFORE_GOALS = 150  # and before one that stands below the goals
_AFTER = 60  # pieces without a number, from which on a table without a total has ended
_ROW = 2  # pieces of a row behind its level: a name and what is aimed at
_AIM = re.compile(r"[<>=≥≤≧≦]")
_ENDS = re.compile(r"第[一二三四五六七八九十]{1,2}部分|[一二三四五六七八九十]{1,2}、")


def _outlines(torn: Torn) -> Iterator[Outline]:
    """The tables, in order: each has a head of its main part."""
    heads = _heads(torn, torn.form.rows)
    above = _heads(torn, torn.form.above) if torn.form.above else []
    done = 0
    for index, head in enumerate(heads):
        if head.start < done:
            continue
        money = next((other for other in reversed(above) if done <= other.start < head.start), None)
        start = _start(torn, done, money.start if money else head.start)
        following = [other.start for other in (*heads[index + 1 :], *above) if other.start >= head.end]
        limit = _start(torn, head.end, min(following)) if following else len(torn.pieces)
        end, total = _end(torn, head, limit)
        yield Outline(start, end, money, head, total)
        done = end


def _heads(torn: Torn, part: Part) -> list[Head]:
    """The heads of a part."""
    found: list[Head] = []
    for at in sorted(torn.labels):
        if not found or at >= found[-1].end:
            head = _head(torn, part, at)
            found += [head] if head else []
    return found


def _head(torn: Torn, part: Part, start: int) -> Head | None:
    """The head of a part that begins with a piece: labels that follow each other."""
    columns: list[tuple[str, range]] = []
    lost: dict[int, str] = {}
    at = start
    while True:
        label = _known(torn, part, at)
        if label is None and columns:
            label = _lost(torn, part, at, {name for name, _ in columns})
            lost |= {len(columns): label.words} if label else {}
        if label is None:
            break
        columns.append((part.heads[label.words], range(label.start, label.end)))
        at = label.end
    if not columns:
        return None
    start, columns, lost = _with_first(torn, part, start, columns, lost)
    fields = {name for name, _ in columns}
    if len(fields & part.needs) < 2 or not part.must <= fields:
        return None
    return Head(start, at, tuple(columns), lost)


_Columns = list[tuple[str, range]]


def _with_first(
    torn: Torn, part: Part, start: int, columns: _Columns, lost: dict[int, str]
) -> tuple[int, _Columns, dict[int, str]]:
    """A head with the label right before it, if that has lost a character and is known by the others."""
    there = {name for name, _ in columns}
    for begin in range(start - 1, max(start - _MOST_TORN, 0) - 1, -1):
        meant = None if torn.labels.get(begin) else _meant(torn, part, range(begin, start), there)
        if meant is not None:
            first = (part.heads[meant], range(begin, start))
            return begin, [first, *columns], {0: meant, **{at + 1: words for at, words in lost.items()}}
    return start, columns, lost


def _meant(torn: Torn, part: Part, pieces: range, there: Collection[str]) -> str | None:
    """The label of a head that pieces are without one of its characters, where those that are there tell which."""
    whole = {words: name for words, name in part.heads.items() if words not in torn.form.short}
    return lost_among("".join(torn.pieces[at].text for at in pieces), whole, there)


def _known(torn: Torn, part: Part, at: int) -> Label | None:
    """The label of a head that begins with a piece."""
    return next((label for label in torn.labels.get(at, ()) if label.words in part.heads), None)


_MOST_TORN = 4  # pieces


def _lost(torn: Torn, part: Part, start: int, there: Collection[str]) -> Label | None:
    """A label amid a head that has lost a character and may be one of several, all but one of which are there."""
    for end in range(start, min(start + _MOST_TORN, len(torn.pieces))):
        meant = _meant(torn, part, range(start, end + 1), there)
        if meant is not None and _known(torn, part, end + 1):
            return Label(start, end + 1, meant, exact=False)
    return None


def _start(torn: Torn, done: int, before: int) -> int:
    """Where the table begins whose first head begins at a piece."""
    far = _BEFORE if torn.form.above else _BEFORE_GOALS
    reach = [at for at in range(max(done, before - far), before) if at in torn.labels]
    for names in torn.form.starts:
        found = [at for at in reach if any(label.words in names for label in torn.labels[at])]
        if found:
            return found[-1]
    others = torn.form.pairs | torn.form.beside
    return next((at for at in reach if any(label.words in others for label in torn.labels[at])), before)


def _end(torn: Torn, head: Head, limit: int) -> tuple[int, Label | None]:
    """Where a table ends, and the label of its last row, if it has one."""
    pieces = torn.pieces
    for at in range(head.end, limit):
        for label in torn.labels.get(at, ()):
            counts = label.words in torn.form.total and label.end < limit
            if counts and NUMBER.fullmatch(pieces[label.end].text):
                return _behind_figures(torn, head, label.end, limit), label
    end, scored = head.end, bool(head.of_kind(torn.form.rows, "points"))
    for at in range(head.end, limit):
        if at - end > _AFTER or _ENDS.match(pieces[at].text):
            break
        if NUMBER.fullmatch(pieces[at].text) or (not scored and _AIM.match(pieces[at].text)):
            end = at + 1
        elif not scored and (behind := _known_level(torn, at)):
            end = min(behind + _ROW, limit)
    return end, None


def _known_level(torn: Torn, at: int) -> int:
    """Behind the label of a level that begins with a piece; 0 where none does."""
    return next((label.end for label in torn.labels.get(at, ()) if label.words in torn.form.rows.levels), 0)


def _behind_figures(torn: Torn, head: Head, start: int, limit: int) -> int:
    """Behind the figures of a last row: as many as there are columns of points, each with its unit."""
    left = len(head.of_kind(torn.form.rows, "points"))
    end = start
    while end < limit and (torn.pieces[end].text == "分" or (left and NUMBER.fullmatch(torn.pieces[end].text))):
        left -= torn.pieces[end].text != "分"
        end += 1
    return end
