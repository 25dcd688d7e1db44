"""What may be a title: the lines of a title page, and what stands over a table or in its first rows.

And by such lines what a page says of the report that it belongs to: whose it is, of what year, which headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from recount.pipeline.document import Grid, Line, Page, Paragraph
from recount.pipeline.split.folding import fold
from recount.pipeline.split.furniture import in_margin, page_number
from recount.schemas.family import Family

FRONT_LINES = 12
"""How many lines a title page has at most: unit, year, title, publisher, date, 目录."""
LONGEST_FRONT_LINE = 60
"""Characters of one of its lines; what is longer is running text, which may mention anything."""
TITLE_ROWS = 3
"""How many rows a table may begin with that hold its title, 公开01表 and 单位：万元."""
LONGEST_TITLE = 80
"""Characters of a line over a table that may be its title."""


def front_lines(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The lines of a title page that may say what the report is, out of what stands before its first heading."""
    return [paragraph for paragraph in paragraphs[:FRONT_LINES] if len(paragraph.text) <= LONGEST_FRONT_LINE]


def titles_over(grid: Grid) -> Iterator[tuple[str, str]]:
    """The lines that may be the title of a table, folded, without white space; each with the line above it.

    The nearest line over the table comes first, for it counts most; a title may take two lines. Then the cells of its
    first rows that are wider than half of it. Sentences are none: they may mention any table.
    """
    lines = [paragraph.text.folded for paragraph in grid.caption if not _is_sentence(paragraph.text.folded)]
    yield from reversed(list(pairwise(["", *("".join(line.split()) for line in lines)])))
    for cell in grid.cells:
        if cell.row < TITLE_ROWS and cell.column_end - cell.column > grid.columns / 2:
            yield "", cell.words


def _is_sentence(line: str) -> bool:
    return "。" in line or len(line) > LONGEST_TITLE


# --- what a page says of its report

_ORDINAL = re.compile(r"(?:第([一二三四五六七八九十]{1,2})(?:部分|章|篇)|([一二三四五六七八九十]{1,3})[、.])[、.:]?")
_ORDERED = re.compile(r"\s*[第一二三四五六七八九十]")
_SENTENCE = re.compile(r"[。;,:]")
_LEADER = re.compile(r"(?:[.·…]{3,}|…)\d{0,4}$|[一-鿿》]\d{1,3}$")
"""The end of a line of a table of contents."""
_CONTENTS = re.compile(r"目录|目次")
_TABLE_TITLE = re.compile(r"(?!.*绩效)[^。;,:]{2,40}?(?:决算|预算|收支|收入|支出)[^。;,:]{0,12}表(?:\(.{1,6}\))?")
_IN_TABLES = re.compile(r"公开\d|单位:|栏次|合计|绩效")
"""What stands on pages of tables and evaluations, and on no title page."""
_HEAD = re.compile(r"(?:编制|预算|公开)?(?:部门|单位)(?:名称)?:(?P<unit>[一-鿿()]{4,40}?)(?:20\d\d|单位:|金额|$)")
_YEAR = re.compile(r"(20\d\d)年?度?(?!\d{0,2}月)")
_YEAR_ALONE = re.compile(r"\(?(20\d\d)年?度?\)?")
_SIGNS_OF_YEARS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"二[〇○零][〇○零一二三四五六七八九]{2}")
_NO_NAME = re.compile(
    r"\(.*?\)|部门|单位|[决预]算|信息|公开|情况|说明|报告|报表|附[件表]|文本|目录|目次|本级|机关$|本部|汇总|[^一-鿿]|[年度月日表书的]"
)
"""What a title says besides whose it is."""
_HEAD_ROWS = 8  # lines of a page in which the title and the head of its first table stand
_LONGEST_HEADING = 48  # characters
_FEWEST_LISTED = 5  # headings of a page that is a table of contents though it does not say so
_LISTED = 10  # so many headings are no page of a report, but a table of contents

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Signs:
    """What a page says of the report that it belongs to, folded and without spaces unless it says otherwise.

    lines: all but page numbers, from top to bottom. title: whose report its title announces and of what year, "" where
    it does not say; None if it is no title page. head: the same of the head of a table. evaluated: the year of the
    evaluation (绩效自评表) that begins on it. steps: the headings of the
    outline and the titles of tables on it, in order. contents: it is a table of contents. number: the page number
    printed on it. under: the last of its steps, or of the pages before it if it has none.
    """

    lines: tuple[Line, ...] = ()
    title: tuple[str, str] | None = None
    head: tuple[str, str] | None = None
    evaluated: str = ""
    steps: tuple[str, ...] = ()
    contents: bool = False
    number: int | None = None
    under: str = ""

    @property
    def text(self) -> str:
        """Its lines as printed."""
        return "\n".join([line.text for line in self.lines])


def signs_of(pages: Sequence[Page], families: tuple[Family, ...]) -> dict[int, Signs]:
    """The signs of each page by its number."""
    titles = [
        re.compile(heading.title)
        for family in families
        for heading in family.outline
        if 2 in (heading.level, heading.also)
    ]
    fronts = [re.compile(family.front) for family in families]
    found: dict[int, Signs] = {}
    before = Signs()
    for page in pages:
        own = _signs(page, titles, fronts, before.contents) if page.readable else Signs()
        before = replace(own, under=own.steps[-1] if own.steps else before.under)
        found[page.number] = before
    return found


def _signs(page: Page, titles: Sequence[Pattern], fronts: Sequence[Pattern], listing: bool) -> Signs:
    """What a page says. titles: of the headings 一、; fronts: of title pages. listing: it follows a contents page."""
    lines = sorted(page.lines, key=lambda line: line.box[1])
    numbers = {index: page_number(line) for index, line in enumerate(lines) if in_margin(page, line)}
    body = [line for index, line in enumerate(lines) if index not in numbers]
    numbered = [line for line in body if _ORDERED.match(line.text)]  # few are: first, for there may be many rulings
    ordered = [(line, _words(line)) for line in _outside_tables(page, numbered)]
    top = [(line, _words(line)) for line in body[: FRONT_LINES + 1]]
    first_words = [words for _, words in top]
    contents = any(_CONTENTS.fullmatch(line) for line in first_words) or _is_list(body, ordered, listing)
    steps = () if contents else _in_order([*_tables(top), *_headings(ordered, titles)])
    return Signs(
        lines=tuple(line for index, line in enumerate(lines) if numbers.get(index) is None),
        title=_title(first_words, fronts),
        head=_head([_words(line) for line in lines[: _HEAD_ROWS + 2]]),
        evaluated=_evaluated(first_words[:_HEAD_ROWS]),
        steps=steps if len(steps) < _LISTED else (),
        contents=contents or len(steps) >= _LISTED,
        number=next(filter(None, reversed(numbers.values())), None),
    )


def _in_order(steps: Iterable[tuple[float, str]]) -> tuple[str, ...]:
    """Headings with how far down they stand, the highest first, without years."""
    return tuple(_YEAR.sub("", words) for _, words in sorted(steps))


def _outside_tables(page: Page, lines: Iterable[Line]) -> Iterator[Line]:
    """The lines that no upright ruling runs beside: a row of a table has an ordinal too, and is no heading."""
    walls = {(ruling.y0, ruling.y1) for ruling in page.rulings if ruling.x0 == ruling.x1}
    top, bottom = min((wall[0] for wall in walls), default=0.0), max((wall[1] for wall in walls), default=0.0)
    for line in lines:
        middle = (line.box[1] + line.box[3]) / 2
        if not top < middle < bottom or not any(y0 < middle < y1 for y0, y1 in walls):
            yield line


def _words(line: Line) -> str:
    return "".join(fold(line.text).split())


def _is_list(body: Sequence[Line], ordered: Iterable[tuple[Line, str]], listing: bool) -> bool:
    """Whether most lines of a page are headings, or many and no line says anything. listing: it goes on with a list."""
    listed = sum(_LEADER.search(words) is not None or _is_short(words) for _, words in ordered)
    if listed * 5 >= len(body) * 3:
        return listed >= (1 if listing else _FEWEST_LISTED)
    return listed >= _FEWEST_LISTED and not any("。" in line.text or "，" in line.text for line in body)


def _is_short(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and _SENTENCE.search(line) is None


def _tables(top: Iterable[tuple[Line, str]]) -> Iterator[tuple[float, str]]:
    """The titles of tables at the top of a page."""
    for line, words in [*top][:_HEAD_ROWS]:
        if _TABLE_TITLE.fullmatch(words) and not _ORDINAL.match(words):
            yield line.box[1], words


def _headings(ordered: Iterable[tuple[Line, str]], titles: Sequence[Pattern]) -> Iterator[tuple[float, str]]:
    """The headings of the outline among the lines with an ordinal."""
    for line, words in ordered:
        ordinal = _ORDINAL.match(words)
        if ordinal is None or not _is_short(words) or _LEADER.search(words):
            continue
        if ordinal[1]:
            yield line.box[1], f"第{ordinal[1]}部分"
        elif any(title.fullmatch(words, ordinal.end()) for title in titles):
            yield line.box[1], words


def _title(top: Sequence[str], fronts: Sequence[Pattern]) -> tuple[str, str] | None:
    """Whose report a title page announces, and of what year; None if the page is no title page."""
    lines: list[str] = []
    for line in top:
        ordinal = _ORDINAL.match(line)
        if _CONTENTS.fullmatch(line) or (ordinal and (ordinal[1] or ordinal[2] == "一")):
            break
        if ordinal or len(lines) == FRONT_LINES or len(line) > LONGEST_FRONT_LINE or re.search(r"[。;,]", line):
            return None
        lines.append(line)
    joined = _WRITTEN_YEAR.sub(lambda match: match[0].translate(_SIGNS_OF_YEARS), "".join(lines))
    if _IN_TABLES.search(joined) or not any(front.search(joined) for front in fronts):
        return None
    year = _YEAR.search(joined)
    return name_in(joined), year[1] if year else ""


def _head(top: Sequence[str]) -> tuple[str, str] | None:
    """The unit that the head of a table names, and the year beside it."""
    if any("绩效" in line for line in top):
        return None
    for index, line in enumerate(top):
        match = _HEAD.match(line)
        if match:
            beside = "".join(top[max(0, index - 1) : index + 3])
            year = _YEAR.search(line) or _YEAR.search(beside)
            return name_in(match["unit"]), year[1] if year else ""
    return None


def _evaluated(top: Sequence[str]) -> str:
    """The year that stands under the title of an evaluation, "" where there is none."""
    if not any("自评" in line for line in top):
        return ""
    return next((match[1] for line in top if (match := _YEAR_ALONE.fullmatch(line))), "")


def name_in(title: str) -> str:
    """What a title says besides the words that every title has: whose it is."""
    return _NO_NAME.sub("", title)
