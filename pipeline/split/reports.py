"""Which pages of a file are whose: it may hold one report or several, a stray page of another, and pages twice.

A report ends where another title page stands, where headings of the outline begin again, or where the heads of tables
(部门：…) name another unit or year. Whatever is left out is told in a remark, and so is what cannot be told apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby, pairwise, takewhile

from recount.pipeline.document import Line, Page, Pages, Remark
from recount.pipeline.split.folding import fold
from recount.pipeline.split.titles import LONGEST_FRONT_LINE, Signs, name_in, signs_of
from recount.schemas.family import Family
from recount.schemas.saying import say

_NUMBERED = re.compile(r"[一二三四五六七八九十]")
_PLACES = frozenset("省市县区州旗镇乡")
_DIGITS = re.compile(r"\d+")
_BEGINS_AGAIN = 3  # so many headings that come again are another report's
_NEAR = 0.6  # share of the characters in which two readings of one name agree at the least
_FAR = 0.4  # the same of a name of which much was misread, over a table that the report lacks
_ALIKE = 0.8  # share of the characters in which two readings of one name agree, or of one page
_LITTLE = 100  # characters; a page with fewer (the end of a table: 总分 100 88.17) may well be printed like another
_SENTENCE = re.compile("[。;,:|]|^第|^[一二三四五六七八九十]{1,3}[、.]")
_PART = re.compile("第[一二三四五六七八九十]{1,2}(?:部分|章|篇)|目[录次]$")
_TITLE_END = re.compile("(?:公开|信息|情况|说明|报告|报表|文本|书|及|[(].{1,8}[)])*")
_MARGIN = 13.0  # points by which the rulings of a table reach beyond its words in a text
_FIGURES = 4  # so many numbers at least has a page whose figures may be another version's

Named = tuple[str, str]
"""A unit's name and a year, "" where they are not said."""


def reports_of(pages: Pages, *families: Family) -> tuple[Pages, ...]:
    """The pages of each report that a file holds, in the order of the file.

    pages: as read. families: those that they may be reports of, for their title pages and headings. A page that comes
    twice, and a stray page of another report, is in none, and a remark on the page before says so; a remark that
    touches a page keeps its figures from being verified where it cannot be told whose they are.
    """
    if any(page.typed for page in pages.pages):
        return _texts(pages, families)
    signs = signs_of(pages.pages, families)
    prints = _prints(pages.pages, signs)
    remarks: list[Remark] = []
    reports = []
    for group in _once_each(_cut(_not_in_a_row(pages.pages, prints), signs), prints):
        for report, strays in _by_heads(group, signs):
            own, doubts = _in_line(report, signs)
            remarks += [*strays, *doubts]
            reports.append(own)
    kept = {page.number for report in reports for page in report} | {remark.page for remark in remarks}
    remarks += [_repeated(page, prints) for page in pages.pages if page.number not in kept]
    if len(reports) == 1 and not remarks:
        return (pages,)
    return tuple(replace(pages, pages=report) for report in _remarked(reports, remarks))


def _remarked(reports: Sequence[Sequence[Page]], remarks: Iterable[Remark]) -> Iterator[tuple[Page, ...]]:
    """The pages with the remarks: each on its page, or on the page before it where that is left out."""
    homes = [page.number for report in reports for page in report]
    by_home = defaultdict(list)
    for remark in sorted(remarks, key=lambda remark: remark.page):
        by_home[max((home for home in homes if home <= remark.page), default=min(homes))].append(remark)
    for report in reports:
        yield tuple(
            replace(page, remarks=(*page.remarks, *by_home[page.number])) if page.number in by_home else page
            for page in report
        )


# --- texts: without pages of their own


def _texts(pages: Pages, families: tuple[Family, ...]) -> tuple[Pages, ...]:
    """The reports of a text. Its pages may be of any length: they are cut where titles and parts stand, and what is one
    report's is put together again."""
    pieces, homes = _pieces(pages.pages, families)
    reports = _cut(pieces, signs_of(pieces, families))
    if len(reports) == 1:
        return (pages,)
    return tuple(replace(pages, pages=tuple(_whole(report, homes))) for report in reports)


def _pieces(pages: Sequence[Page], families: tuple[Family, ...]) -> tuple[list[Page], dict[int, Page]]:
    """The pieces of pages, numbered on, and by their numbers the pages that they are of."""
    fronts = [re.compile(f".*?(?:{family.front}){_TITLE_END.pattern}") for family in families]
    pieces: list[Page] = []
    homes: dict[int, Page] = {}
    for page in pages:
        lines = sorted(page.lines, key=lambda line: line.box[1])
        words = ["".join(fold(line.text).split()) for line in lines]
        starts = {at for at, line in enumerate(words) if _PART.match(line)}
        for at, line in enumerate(words):
            if _is_title(line) and any(front.fullmatch(line) for front in fronts):
                starts.add(at - 1 if at and _is_title(words[at - 1]) else at)
        for start, end in pairwise([0, *sorted(starts - {0}), len(lines)]):
            number = len(pieces) + 1
            homes[number] = page
            pieces.append(replace(page, number=number, lines=tuple(lines[start:end])))
    return pieces, homes


def _is_title(words: str) -> bool:
    """Whether a line may be one of a title: short, no sentence, and no heading."""
    return 1 < len(words) <= LONGEST_FRONT_LINE and not _SENTENCE.search(words)


def _whole(report: Sequence[Page], homes: Mapping[int, Page]) -> Iterator[Page]:
    """The pieces of a report as pages: of each page the lines that are its, and the rulings among them."""
    for home, parts in groupby(report, key=lambda piece: homes[piece.number]):
        lines = tuple(line for piece in parts for line in piece.lines)
        top, foot = min(line.box[1] for line in lines), max(line.box[3] for line in lines)
        rulings = tuple(ruling for ruling in home.rulings if top - _MARGIN <= ruling.y0 and ruling.y1 <= foot + _MARGIN)
        kept = set(lines)
        yield replace(home, lines=tuple(line for line in home.lines if line in kept), rulings=rulings)


# --- pages that come twice


def _prints(pages: Sequence[Page], signs: Mapping[int, Signs]) -> dict[int, int]:
    """By the number of each page that of the first page which shows the same."""
    earlier: dict[object, list[Page]] = defaultdict(list)
    first: dict[int, int] = {}
    for page in pages:
        lines = signs[page.number].lines
        known = earlier[page.origin, _key(page, lines), _table(page, signs)] if lines else []
        same = next((other for other in known if _is_copy(page, lines, signs[other.number].lines)), page)
        first[page.number] = same.number
        if same is page:
            known.append(page)
    return first


def _not_in_a_row(pages: Iterable[Page], prints: Mapping[int, int]) -> list[Page]:
    """The pages without those that show what the page before them shows."""
    kept: list[Page] = []
    for page in pages:
        if not kept or prints[page.number] != prints[kept[-1].number]:
            kept.append(page)
    return kept


def _once_each(reports: Iterable[Sequence[Page]], prints: Mapping[int, int]) -> Iterator[list[Page]]:
    """The reports without those that an earlier one holds whole, each without pages that come again in it.

    Two reports may share a page (名词解释 is the same word for word): it stays in both.
    """
    earlier: list[set[int]] = []
    for report in reports:
        own = {prints[page.number]: page for page in reversed(report)}
        if not any(shown.issuperset(own) for shown in earlier):
            earlier.append(set(own))
            yield [page for page in report if own[prints[page.number]] is page or _has_little(page)]


def _has_little(page: Page) -> bool:
    return sum(len(line.text) for line in page.lines) < _LITTLE


def _repeated(page: Page, prints: Mapping[int, int]) -> Remark:
    return Remark("repeated page", page.number, None, say("repeated_page", page=prints[page.number]))


def _key(page: Page, lines: Sequence[Line]) -> object:
    """What two prints of a page have in common for certain: all its text, or its digits as OCR reads them."""
    if page.origin == "text":
        return tuple([line.text for line in lines])
    return tuple(digits for line in lines for digits in _DIGITS.findall(fold(line.text)))


def _table(page: Page, signs: Mapping[int, Signs]) -> str:
    """The table that a page goes on with: two of them may have the same rows, and they are two."""
    return signs[page.number].under if page.rulings and not signs[page.number].steps else ""


def _is_copy(page: Page, lines: Sequence[Line], others: Sequence[Line]) -> bool:
    """Whether two pages of one key are one: the same lines at the same places, on scans nearly the same words."""
    if page.origin == "ocr":
        one, two = ("".join(line.text for line in part) for part in (lines, others))
        return SequenceMatcher(None, one, two, autojunk=False).ratio() >= _ALIKE
    across, down = page.width / 100, page.height / 100
    return all(
        abs(line.box[0] - same.box[0]) <= across and abs(line.box[1] - same.box[1]) <= down
        for line, same in zip(lines, others, strict=True)
    )


# --- whose a page is


@dataclass(slots=True)
class _Open:
    """A report while its pages are gathered. name, year: of its title page. seen: the headings in it, with
    their pages. begun: it has a page that is neither title nor contents."""

    pages: list[Page] = field(default_factory=list)
    name: str = ""
    year: str = ""
    seen: dict[str, int] = field(default_factory=dict)
    last: str = ""
    begun: bool = False

    def add(self, page: Page, signs: Signs) -> None:
        """The next page of it."""
        self.pages.append(page)
        if signs.title is not None and not self.begun:
            self.name, self.year = self.name or signs.title[0], self.year or signs.title[1]
        self.seen.update((step, page.number) for step in signs.steps)
        self.last = signs.steps[-1] if signs.steps else self.last
        self.begun = self.begun or (signs.title is None and not signs.contents and bool(signs.lines))

    def again(self, steps: Iterable[str]) -> set[str]:
        """Those of some headings that stood in it before."""
        return {step for step in steps if step in self.seen and not _goes_on(step, self.last)}


def _goes_on(step: str, last: str) -> bool:
    """Whether a heading is that of the page before: the title of a table or a part may stand on each of its pages."""
    return step == last and _NUMBERED.match(step) is None


def _cut(pages: Sequence[Page], signs: Mapping[int, Signs]) -> list[list[Page]]:
    """The pages parted where a title page or the outline says that another report begins."""
    reports = [_Open()]
    for index, page in enumerate(pages):
        if reports[-1].begun and _begins(reports[-1], pages[index:], signs):
            front = _front(reports[-1].pages, page, signs) if signs[page.number].title is None else 0
            moved = [reports[-1].pages.pop() for _ in range(front)]
            reports.append(_Open())
            for early in reversed(moved):
                reports[-1].add(early, signs[early.number])
        reports[-1].add(page, signs[page.number])
    return [report.pages for report in reports if report.pages]


def _front(before: Sequence[Page], page: Page, signs: Mapping[int, Signs]) -> int:
    """How many of the pages before one with which the outline begins again belong to it.

    Its table of contents; or the pages since the printed page numbers began again, if they run on to it.
    """
    numbers = [signs[early.number].number for early in before]
    index, number = len(before), signs[page.number].number
    while index and number and numbers[index - 1] == number - 1:
        index, number = index - 1, number - 1
    if index and number and (numbers[index - 1] or 0) >= number:
        return len(before) - index
    return sum(1 for _ in takewhile(lambda early: signs[early.number].contents, reversed(before)))


def _begins(report: _Open, pages: Sequence[Page], signs: Mapping[int, Signs]) -> bool:
    """Whether the first of some pages begins another report than the one that is open."""
    own = signs[pages[0].number]
    if own.title is None and not report.again(own.steps):
        return False
    rest = list(takewhile(lambda page: page is pages[0] or signs[page.number].title is None, pages))
    again = {page.number: report.again(signs[page.number].steps) for page in rest}
    steps = set().union(*again.values())
    if own.title is not None:
        return bool(steps) or _is_other(own.title, report, signs)
    # What stood on one page together is no report but its contents; what comes again on one page, a stray page.
    spread = len({report.seen[step] for step in steps}) > 1 and (len(rest) == 1 or sum(map(bool, again.values())) > 1)
    return len(steps) >= _BEGINS_AGAIN and spread


def _is_other(title: Named, report: _Open, signs: Mapping[int, Signs]) -> bool:
    """Whether a title page names another unit or year than the report before it."""
    name, year = title
    if year and report.year and year != report.year:
        return True
    if not name:
        return False
    if report.name:
        return not _is_one_name(name, report.name)
    said = "".join(signs[page.number].text for page in report.pages)
    return name not in name_in(said)


def _is_one_name(one: str, other: str) -> bool:
    """Whether two names may be of one unit: one is the end of the other or leaves out characters of it.

    What a name has behind the other's end is a unit of that department (民政局, 民政局救助站), not the same.
    """
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and long != short:
        return False
    if long.endswith(short):
        return True
    rest = iter(long)
    left_out = Counter(long) - Counter(short)
    return short[-1:] == long[-1:] and all(char in rest for char in short) and not _PLACES.intersection(left_out)


def _by_heads(pages: Sequence[Page], signs: Mapping[int, Signs]) -> list[tuple[list[Page], list[Remark]]]:
    """The pages parted by whom the heads of their tables name, each report with the remarks on what is left out.

    Most heads name the report's own unit and year. Tables of another are its report if they are the same tables.
    """
    heads = {page.number: head for page in pages if (head := signs[page.number].head)}
    if not heads and not any(signs[page.number].steps for page in pages):
        return [(report, []) for report in _by_years(pages, signs)]
    owner = _owner(pages, heads, signs)
    if set(heads.values()) <= {owner}:
        return [(list(pages), [])]
    runs = _runs(pages, heads, owner, signs)
    own_steps = {step for page in runs[owner] for step in signs[page.number].steps}
    reports, remarks = {owner: runs.pop(owner)}, []
    for other, strays in runs.items():
        same = own_steps.intersection(step for page in strays for step in signs[page.number].steps)
        if len(same) >= _BEGINS_AGAIN:
            reports[other] = strays
        else:
            said = say("of_another_report", whose=f"{other[0]} {other[1]}".strip())
            remarks += [Remark("other report", page.number, None, said) for page in strays]
    remarks += [_doubtful(page) for page in reports[owner] if _is_doubtful(heads.get(page.number, owner), owner, page)]
    return [(report, remarks if head == owner else []) for head, report in reports.items()]


def _owner(pages: Sequence[Page], heads: Mapping[int, Named], signs: Mapping[int, Signs]) -> Named:
    """Whose a report is: whom most heads name; its title page, if that names another and few tables have a head."""
    title = next((title for page in pages if (title := signs[page.number].title) and title[0]), ("", ""))
    if not heads:
        return title
    named, times = Counter(heads.values()).most_common(1)[0]
    tables = sum(any(not _NUMBERED.match(step) for step in signs[page.number].steps) for page in pages)
    is_other = title[0] and named[0] not in title[0] and not _is_one_name(named[0], title[0])
    return title if is_other and times * 2 < tables else named


def _doubtful(page: Page) -> Remark:
    return Remark("out of line", page.number, None, say("head_of_another"), touches=True)


def _by_years(pages: Sequence[Page], signs: Mapping[int, Signs]) -> list[list[Page]]:
    """The pages of a file of nothing but evaluations, those of each year apart."""
    reports: list[list[Page]] = [[]]
    year = ""
    for page in pages:
        own = signs[page.number].evaluated or year
        if year and own != year:
            reports.append([])
        reports[-1].append(page)
        year = own
    return reports


def _runs(
    pages: Sequence[Page], heads: Mapping[int, Named], owner: Named, signs: Mapping[int, Signs]
) -> dict[Named, list[Page]]:
    """The pages by the heads that they stand under; a page of text without a head is the owner's."""
    runs: dict[Named, list[Page]] = {owner: []}
    current = owner
    steps = Counter(step for page in pages for step in signs[page.number].steps)
    for page in pages:
        head = heads.get(page.number)
        if head is not None:
            read = page.origin == "ocr"
            current = next((known for known in runs if _is_one_head(head, known, read=read)), head)
            once = all(steps[step] == 1 for step in signs[page.number].steps)
            if current not in runs and read and once and _is_far_from(head, owner):
                current = owner
        elif signs[page.number].steps or not page.rulings:
            current = owner
        runs.setdefault(current, []).append(page)
    return runs


def _is_one_head(one: Named, other: Named, *, read: bool) -> bool:
    """Whether two heads may name one unit and year. read: by OCR, which misreads a character now and then."""
    if read:
        return _likeness(one, other) >= _NEAR
    return not (one[1] and other[1] and one[1] != other[1]) and _is_one_name(one[0], other[0])


def _is_far_from(head: Named, owner: Named) -> bool:
    """Whether a head may be the owner's, with much of its name misread."""
    return head[1] == owner[1] and len(head[0]) == len(owner[0]) and _likeness(head, owner) >= _FAR


def _is_doubtful(head: Named, owner: Named, page: Page) -> bool:
    """Whether a head that OCR read may be another's than the report's after all."""
    years = bool(head[1] and owner[1] and head[1] != owner[1])
    return page.origin == "ocr" and (years or _likeness(head, owner) < _ALIKE)


def _likeness(one: Named, other: Named) -> float:
    return 1.0 if _is_one_name(one[0], other[0]) else SequenceMatcher(None, one[0], other[0], autojunk=False).ratio()


# --- what does not stand in line


def _in_line(pages: Sequence[Page], signs: Mapping[int, Signs]) -> tuple[list[Page], list[Remark]]:
    """The pages of a report without those that break into it, and the remarks on what cannot be told apart.

    A heading that comes again on another page, or two pages that differ in nothing but their figures: one of the two is
    not this report's, or no longer. If the printed page numbers go on without it, it is left out; else neither counts.
    """
    strays, doubled = _out_of_line(pages, signs)
    remarks: dict[int, Remark] = {}
    for first, second in [*_headed_alike(pages, signs), *_worded_alike(pages, signs)]:
        for page, other in ((first, second), (second, first)):
            if page.number in strays:
                words = say("stands_elsewhere", page=other.number)
                remarks[page.number] = Remark("other report", page.number, None, words)
            elif other.number not in strays:
                words = say("two_versions", page=other.number)
                remarks.setdefault(page.number, Remark("two versions", page.number, None, words, touches=True))
    left_out = {number for number in remarks if number in strays}
    for number in strays | doubled:
        remarks.setdefault(number, Remark("out of line", number, None, say("page_out_of_line"), touches=True))
    return [page for page in pages if page.number not in left_out], list(remarks.values())


def _out_of_line(pages: Sequence[Page], signs: Mapping[int, Signs]) -> tuple[set[int], set[int]]:
    """The pages without which the printed page numbers go on (one of another number between 7 and 8), and those of
    which two that follow each other have one number (7, 7, 8)."""
    numbers = [signs[page.number].number for page in pages]
    strays, doubled = set(), set()
    for first, page, before, own, after in zip(pages, pages[1:], numbers, numbers[1:], numbers[2:], strict=False):
        if before and own and after == before + 1:
            if own == before:
                doubled |= {first.number, page.number}
            elif own != after:
                strays.add(page.number)
    return strays, doubled


def _headed_alike(pages: Sequence[Page], signs: Mapping[int, Signs]) -> Iterator[tuple[Page, Page]]:
    """Pages with the same heading."""
    homes: dict[str, Page] = {}
    last = ""
    for page in pages:
        for step in signs[page.number].steps:
            first = homes.setdefault(step, page)
            if first is not page and not _goes_on(step, last):
                yield first, page
            last = step


def _worded_alike(pages: Sequence[Page], signs: Mapping[int, Signs]) -> Iterator[tuple[Page, Page]]:
    """Pages that differ in nothing but their figures."""
    homes: dict[Named, Page] = {}
    for page in pages:
        words, figures = _DIGITS.subn("#", signs[page.number].text)
        if figures >= _FIGURES and not _has_little(page):
            first = homes.setdefault((words, signs[page.number].under), page)
            if first is not page:
                yield first, page
