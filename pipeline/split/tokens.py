"""Number tokens: every number that is printed, with its characters, value, decimals, unit, page and box."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from recount.pipeline.document import Box, Number, Origin, Remark, Seat, Token, hull
from recount.pipeline.split.abroad import (
    USUAL,
    as_usual,
    currency_before,
    is_sided,
    scale_behind,
    signs_first,
    unit_in_words,
    without_mark,
)
from recount.pipeline.split.folding import fold
from recount.pipeline.split.signs import Signed, signed
from recount.pipeline.split.text import Composed, PagedLine, alike, compose, evenly, far, in_one_row, over
from recount.schemas.family import Numbers
from recount.schemas.saying import say

# What beside it is its sign, signs.py tells. Groups of three after a comma are one number; a comma before anything
# else ends it. Dates set with points (2022.12.31) are no numbers. Digits are those that are printed as 0 to 9: a raised
# ² is none.
_NUMBER = re.compile(
    r"(?<![0-9.])(?>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]++)(?>\.[0-9]+)?(?!\.+[0-9])(?P<percent>%)?"
)
# In Latin script lakhs may be parted too (1,23,456), and a number may follow an abbreviated word (Rs.1,000).
_NUMBER_ABROAD = re.compile(
    r"(?:(?<![0-9.])|(?<=[A-Za-z]\.))(?>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?![0-9])|[0-9]++)"
    r"(?>\.[0-9]+)?(?!\.+[0-9])(?P<percent>%)?"
)
# On a scan: decimals, or thousands whose comma was read as a point.
_THOUSANDTHS = re.compile(r"^[0-9]{1,3}(?:,[0-9]{3})*\.[0-9]{3}$")
# What may be a digit that could not be read, or was read as a letter (65O.64): no number stands beside it. A space
# keeps a word or a bullet off; and these few units do follow a number.
_UNREAD = "\ufffd\u3007\u25a1\ue000-\uf8ff\U000f0000-\U000ffffd"
_LETTERS = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u02af\u0370-\u052f\u0660-\u06f9"
_LATIN_UNIT = r"(?:[kcm]?m|hm|[kK]g|[kM]W|kWh|[kK]V|ha|t|[kKMGT]B)[23]?(?![A-Za-z])"
# Signs that may stand for a point or part thousands: with digits on both sides nobody can tell.
_ODD = "\u00b7\u2027\u2022\u2219\u22c5\u30fb\uff65'`\u00b4\u2018\u2019\u02d9^_*?!|\u00a6"
_DASHES = "\u2010-\u2015\u2212-"  # behind a point one is no sign
_FULL_STOP = re.compile("(?<=[0-9])。(?=[0-9]{1,2}(?![0-9年月日号.,、]))")
_BEHIND = re.compile(
    rf"[.,]*\ufffd|[{_ODD}]+[.,]?[0-9万亿元%]|(?<=[0-9])[.,][{_ODD}]+[0-9]|\.[{_DASHES}][0-9]"
    rf"|(?<=\.[0-9])[?|_^`]|{_FULL_STOP.pattern}"
)
_BEFORE = re.compile(rf"(?:\ufffd[.,]*|[0-9][.,]?[{_ODD}]+[.,]?|[0-9]\.[{_DASHES}])$")
_CLOSE_BEHIND = re.compile(
    rf"[.,]?[{_UNREAD}]|[.,][{_LETTERS}]{{1,2}}(?![{_LETTERS}])|(?!{_LATIN_UNIT})[{_LETTERS}]"
    "|(?<![.][0-9][0-9])[\u00b9\u00b2\u00b3\u2070-\u2079]{2}"  # cents that are set small and high
)
_CLOSE_BEFORE = re.compile(rf"(?:[{_UNREAD}][.,]?|[{_LETTERS}])$")
_ODD_AMOUNT = re.compile(rf"-?[0-9]{{1,3}}(?:,?[0-9]{{3}})*[0-9]*[{_ODD}。][0-9]{{2}}")
_AS_POINT = re.compile(f"[{_ODD}。]")
_AMOUNT = re.compile(r"-?[0-9,]+\.[0-9]{2}")
_BEGINS_FIGURE = re.compile(r"\s*-?[0-9]")
_DIGIT = re.compile("[0-9]")
_FEWEST_OTHERS = 2  # figures of a column that can say what a sign in another stands for
# A list without spaces (1,2,3号楼; 2022,2023年; 1.50,2.75); any other comma between digits is a damaged number's.
_LIST = re.compile(r"[0-9]{1,2},[0-9]{1,2}|[0-9]{4,},[0-9]{4,}|[0-9]*\.[0-9]+,[0-9.]+")
_ITEM_BEFORE = re.compile(r"[0-9.]+,$")
_ITEM_BEHIND = re.compile(r",[0-9]+(?:\.[0-9]+)?")
_NUMERIC = frozenset("0123456789.,")
_REACH = 24  # characters before a number that are looked at
_AS_USUAL = str.maketrans("萬億圆圓", "万亿元元")
_TENS = "[十百千万亿萬億]*"
_ABROAD = r"(?:(?:美|港|澳门?|欧|歐|日|韩|韓|加|新|新?[台臺])(?:元|圆|圓|币|幣)|美金|英镑|英鎊|法郎|卢布)"
_UNIT = re.compile(
    rf"{_TENS}(?:[元圆圓]|{_ABROAD}|人次|人(?!员)|名|辆|批次|批|平方米|公里|台|套|个|分|次|家|户|件|笔|份|场|期|项|条|所|亩|吨|天)|"
    r"[%‰年月日]"
)
# 单位：元江县财政局 names a place.
_OWN = rf"(?:人民币|RMB|CNY)?(?P<own>{_TENS}[元圆圓](?![江谋氏宝阳坝]))"
_IN_MONEY = rf"(?:{_OWN}|(?P<abroad>{_TENS}{_ABROAD}(?:{_TENS}[元圆圓])?))"
_STATED = re.compile(rf"单位:?{_IN_MONEY}(?P<other>[/或、及和](?:人民币)?{_TENS}[元圆圓])?")
_COLUMN = re.compile(rf"\({_IN_MONEY}\)")


_TOUCHED = 0.1  # share of each side of a figure that must lie under a remark for it to be meant


@dataclass(frozen=True, slots=True)
class Within:
    """What the cell that a number stands in says of it. head: the unit of money that the table's head or caption
    states. pointed: an odd sign between digits is the point, as the other figures of the column say. blanks: all of
    the table's figures have brackets. decimals: of a scan, how many those of the column have. seat, table: see Token.
    """

    head: str | None = None
    pointed: bool = False
    blanks: bool = False
    decimals: frozenset[int] = frozenset()
    seat: Seat | None = None
    table: int | None = None


RUNNING_TEXT = Within()


@dataclass(frozen=True, slots=True)
class Refused:
    """Digits that were taken for no number. why: "beside", for a sign stands at them that may be a part of it; "apart",
    for they differ in size or stand apart, and may be two."""

    raw: str
    page: int
    box: Box
    why: str


@dataclass(slots=True)
class TokenStore:
    """Collects the tokens of a document; an index is a token's position. origins, remarks: by page. typed: the pages of
    a text without print; latin: those in Latin script, numbers: how numbers are printed on these.
    units: further words for units of money. table: the number of the table whose cells are being read. refused: what
    was taken for no number."""

    tokens: list[Token] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)
    remarks: Mapping[int, Sequence[Remark]] = field(default_factory=dict)
    typed: Collection[int] = ()
    latin: Collection[int] = ()
    numbers: Numbers = USUAL
    units: Collection[str] = ()
    table: int = 0
    refused: list[Refused] = field(default_factory=list)

    def composed(self, pieces: Sequence[PagedLine], *, join_digits: bool) -> Composed:
        """Lines put together as one text, as their page's script wants it."""
        spaced = bool(pieces) and pieces[0].page in self.latin
        return compose(pieces, join_digits=join_digits, spaced=spaced, group=self.numbers.group)

    def numbers_in(self, composed: Composed, within: Within = RUNNING_TEXT) -> tuple[Number, ...]:
        """The numbers of a text, in order, each a new token."""
        folded = composed.text.folded
        if _DIGIT.search(folded) is None:
            return ()
        if within.pointed and has_odd_point(folded):
            folded = _AS_POINT.sub(".", folded)
        if self._is_abroad(composed):
            usual = as_usual(folded, self.numbers)
            formed = by_form(folded, usual, within.decimals) if within.decimals else None
            return tuple(self._numbers_abroad(composed, formed or usual, within, formed=formed is not None))
        found = (
            (match, _sign_of(match, composed, blanks=within.blanks))
            for match in _NUMBER.finditer(folded)
            if self._is_number(match, composed)
        )
        return tuple(Number(sign.start, sign.end, self._token(composed, match, sign, within)) for match, sign in found)

    def _is_abroad(self, composed: Composed) -> bool:
        return bool(composed.pieces) and composed.pieces[0].page in self.latin

    def _numbers_abroad(self, composed: Composed, folded: str, within: Within, *, formed: bool) -> Iterator[Number]:
        """The numbers of a text in Latin script, each with the sign of its currency. formed: as of by_form."""
        folded = without_mark(folded) if within.table is not None else folded
        plain = signs_first(folded)
        sure = within.table is not None or self.numbers.negative == "()"
        for match in _NUMBER_ABROAD.finditer(plain):
            if not self._is_number(match, composed, lists=False):
                continue
            if self.origins.get(composed.pieces[0].page) == "ocr" and _THOUSANDTHS.search(match[0]):
                continue
            end = match.start("percent") if match["percent"] else match.end()
            sign = signed(plain, match.start(), end, composed.apart, sure=sure)
            sign = replace(sign, doubtful=sign.doubtful or (within.table is not None and is_sided(plain, sign.end)))
            if folded[sign.start] != plain[sign.start]:  # ($91.1)
                sign = replace(sign, start=max(currency_before(folded, match.start()) - 1, 0))
            token = self._token(composed, match, sign, within, formed=formed)
            yield Number(currency_before(folded, sign.start), sign.end, token)

    def _is_number(self, match: re.Match[str], composed: Composed, *, lists: bool = True) -> bool:
        """Whether digits are a number for certain; what is none is kept apart. lists: as of _is_whole."""
        whole = _is_whole(match, composed.is_close, lists=lists)
        if whole and self._stands_together(composed, match):
            return True
        page, boxes, _ = _printed(composed, composed.raw_index(match.start()), composed.raw_index(match.end() - 1))
        self.refused.append(Refused(match[0], page, hull(boxes), "apart" if whole else "beside"))
        return False

    def _stands_together(self, composed: Composed, match: re.Match[str]) -> bool:
        """Whether the digits of a number are of one size, on one baseline and side by side, and nothing is in doubt."""
        if composed.open and not composed.open.isdisjoint(_run_around(match)):
            return False
        if self._are_even(composed, match):
            return True
        digit: Box | None = None  # the last of this row
        page, before, at = 0, (0.0, 0.0, 0.0, 0.0), -1  # of the last character; at: its index in the raw ones
        begin = end = 0  # of the line that it stands on
        text = match.string
        for index in range(match.start(), match.end()):
            sign = text[index]
            if sign in "-%":
                continue
            raw = composed.raw_index(index)
            if not begin <= raw < end:
                piece, offset = composed.piece_at(raw)
                begin, end = raw - offset, raw - offset + len(piece.line.boxes)
            box = piece.line.boxes[raw - begin]
            if page == piece.page and in_one_row(before, box):
                if over(before, box) or (at == raw - 1 and self._is_far(page, before, box)):
                    return False
            else:
                digit = None
            if sign.isdigit():
                if digit and not alike(digit, box):
                    return False
                digit = box
            page, before, at = piece.page, box, raw
        return True

    def _are_even(self, composed: Composed, match: re.Match[str]) -> bool:
        """Whether a number's characters stand on one line, as they are printed: then they are looked at together."""
        start, end = match.span()
        first = composed.raw_index(start)
        piece, offset = composed.piece_at(first)
        boxes = piece.line.boxes[offset : offset + end - start]
        return len(boxes) == end - start == composed.raw_index(end - 1) + 1 - first and evenly(boxes)

    def _is_far(self, page: int, before: Box, box: Box) -> bool:
        """Whether two characters without a space between stand apart all the same; where OCR puts them is not exact."""
        return far(before, box) and self.origins.get(page) != "ocr"

    def _token(
        self, composed: Composed, match: re.Match[str], sign: Signed, within: Within, *, formed: bool = False
    ) -> Token:
        start, end = sign.start, sign.end
        value, decimals = _value_of(match, sign)
        first, last = composed.raw_index(start), composed.raw_index(end - 1)
        page, boxes, confidences = _printed(composed, first, last)
        box = hull(boxes)
        token = Token(
            index=len(self.tokens),
            raw=composed.raw[first : last + 1].replace("\n", "").rstrip("%％﹪ "),
            value=value,
            decimals=decimals,
            unit=_unit_of(sign, composed.text.folded) or self._scale(composed, (start, end), within),
            page=page,
            box=box,
            origin="ocr" if confidences else self.origins.get(page, "text"),
            confidence=min(confidences, default=None),
            head=within.head,
            remark=_on(box, self.remarks.get(page, ())) or _unsure(sign, page, box, formed=formed),
            seat=within.seat,
            table=within.table,
        )
        self.tokens.append(token)
        return token

    def _scale(self, composed: Composed, ends: tuple[int, int], within: Within) -> str | None:
        if not self._is_abroad(composed):
            return None
        folded = composed.text.folded
        return unit_in_words(folded, *ends) if within is RUNNING_TEXT else scale_behind(folded, ends[1])


def _printed(composed: Composed, first: int, last: int) -> tuple[int, Sequence[Box], Sequence[float]]:
    """Where some raw characters begin, the boxes of those that stand on that page, and how sure OCR was of each."""
    piece, offset = composed.piece_at(first)
    raw, page = composed.raw[first : last + 1], piece.page
    if composed.piece_at(last)[0] is piece and raw.split() == [raw]:  # as most do
        sure = piece.line.confidence
        return page, piece.line.boxes[offset : offset + len(raw)], () if sure is None else (sure,)
    boxes, confidences = [], []
    for index in range(first, last + 1):
        piece, offset = composed.piece_at(index)
        if offset < len(piece.line.boxes) and piece.page == page and not composed.raw[index].isspace():
            boxes.append(piece.line.boxes[offset])
            if piece.line.confidence is not None:
                confidences.append(piece.line.confidence)
    return page, boxes, confidences


def _on(box: Box, remarks: Iterable[Remark]) -> Remark | None:
    """The remark of a page that says most against a figure in a box."""
    met = [remark for remark in remarks if (remark.touches or remark.disputes) and _meets(box, remark.box)]
    return max(met, key=lambda remark: remark.disputes, default=None)


def _meets(box: Box, other: Box | None) -> bool:
    """Whether a box lies under another by a part that counts; None is the whole page."""
    if other is None:
        return True
    if min(box[3], other[3]) - max(box[1], other[1]) <= _TOUCHED * (box[3] - box[1]):  # as of most
        return False
    return min(box[2], other[2]) - max(box[0], other[0]) > _TOUCHED * (box[2] - box[0])


def _run_around(match: re.Match[str]) -> range:
    """The digits, points and commas in which a number stands, with what is behind them."""
    text, start, end = match.string, match.start(), match.end()
    while start and text[start - 1] in _NUMERIC:
        start -= 1
    while end < len(text) and text[end] in _NUMERIC:
        end += 1
    return range(start, end + 1)


def _unsure(sign: Signed, page: int, box: Box, *, formed: bool) -> Remark | None:
    """What keeps a number from being confirmed whose sign can be taken either way, or that is one by its form alone."""
    if sign.doubtful or formed:
        return Remark("sign", page, box, say("sign_unsure" if sign.doubtful else "parted_otherwise"), touches=True)
    return None


def _sign_of(match: re.Match[str], composed: Composed | None = None, *, blanks: bool = False) -> Signed:
    """The sign of a number of a text that was put together; without it, of one that has no places."""
    end = match.start("percent") if match["percent"] else match.end()
    return signed(match.string, match.start(), end, composed.apart if composed else lambda *_: False, blanks=blanks)


def _unit_of(sign: Signed, folded: str) -> str | None:
    if "%" in folded[sign.start : sign.end]:
        return "%"
    unit = _UNIT.match(folded, sign.end)
    return unit[0].translate(_AS_USUAL) if unit else None


def stated_unit(words: str) -> str | None:
    """The unit of money that the words of a caption or a head state: 单位：千元, 项目（万元）.

    It may be one that is not of MONEY (美元): amounts in it are refused. None where none is stated, or two are
    (单位：元/万元), or it is no unit of money.
    """
    folded = "".join(fold(words).split())
    match = _STATED.search(folded) or _COLUMN.search(folded)
    if match is None or match.groupdict().get("other"):
        return None
    return (match["own"] or match["abroad"]).translate(_AS_USUAL)


def has_odd_point(folded: str) -> bool:
    """Whether a text is an amount whose point is another sign: 373·52."""
    return _ODD_AMOUNT.fullmatch(folded.strip()) is not None


def say_point(column: Iterable[str]) -> bool:
    """Whether the figures of a column say that an odd sign in another of them stands for the point.

    column: the folded texts of its cells. There must be some, and each must print a point and two decimals.
    """
    figures = [text.strip() for text in column if _BEGINS_FIGURE.match(text)]
    others = [text for text in figures if not has_odd_point(text)]
    return len(others) >= _FEWEST_OTHERS and all(map(_AMOUNT.fullmatch, others))


def decimals_of(column: Iterable[str]) -> frozenset[int]:
    """How many decimals figures of a column have, as several of its cells say that part thousands or decimals. column:
    their texts, as usual."""
    printed = (_PARTED.fullmatch(text) for text in column)
    times = Counter(len(match["decimals"] or "") for match in printed if match)
    return frozenset(number for number, count in times.items() if count >= _FEWEST_OTHERS)


_PARTED = re.compile(
    r"[^0-9]*(?=[0-9]*[.,])[0-9]{1,3}(?:,[0-9]{3})*(?:\.(?P<decimals>[0-9]{1,2}))?(?:[^0-9.,][^0-9]*)?"
)


def by_form(folded: str, usual: str, decimals: Collection[int]) -> str | None:
    """The text of a cell of a scan with its number as it must be by its form, as usual and of the same length: right
    groups of three, and as many decimals as others of the column have, parted by signs that OCR takes for one another.
    None where it is in the usual form, or in none. decimals: as of decimals_of.
    """
    runs = list(_DIGITS_PARTED.finditer(folded))
    match = _IN_THREES.fullmatch(runs[0][0]) if len(runs) == 1 else None
    if match is None or len(match["decimals"] or "") not in decimals:
        return None
    start, end = runs[0].span()
    if _USUAL.fullmatch(usual, start, end) and not _THOUSANDTHS.match(usual[start:end]):
        return None
    whole, cents = (re.sub(r"[^0-9]", ",", match["whole"]), match["decimals"])
    return usual[:start] + (f"{whole}.{cents}" if cents else whole) + usual[end:]


_DIGITS_PARTED = re.compile(r"[0-9](?:[0-9.,'\u2019]*[0-9])?")
_IN_THREES = re.compile(r"(?P<whole>[0-9]{1,3}(?:[.,'\u2019][0-9]{3})*)(?:[.,'\u2019](?P<decimals>[0-9]{1,2}))?")
_USUAL = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?")


def _is_whole(match: re.Match[str], is_close: Callable[[int], bool], *, lists: bool = True) -> bool:
    """Whether nothing beside a number may be a part of it.

    is_close: whether no space was printed between a character of the text and the next. lists: of numbers with commas
    and no spaces between them are printed.
    """
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - _REACH) : start]
    if not before and end == len(text):  # as most figures of tables do
        return True
    own = match[0].rstrip("%").rsplit(",", 1)[-1]
    if before:
        item = _ITEM_BEFORE.search(before)
        if _BEFORE.search(before) or _FULL_STOP.match(text, start - 1):
            return False
        if is_close(start - 1) and (
            _CLOSE_BEFORE.search(before) or (item and not (lists and _LIST.fullmatch(item[0] + own)))
        ):
            return False
    if match["percent"] or end == len(text):
        return True
    if _BEHIND.match(text, end) or (is_close(end - 1) and _CLOSE_BEHIND.match(text, end)):
        return False
    item = _ITEM_BEHIND.match(text, end)
    return not (item and is_close(end) and not (lists and _LIST.fullmatch(own + item[0])))


def parse_number(text: str) -> tuple[Decimal, int] | None:
    """The value and the printed decimals of the one number in a text; None if there is none, or more than one."""
    matches = [match for match in _NUMBER.finditer("".join(fold(text).split())) if _is_whole(match, lambda _: True)]
    return _value_of(matches[0], _sign_of(matches[0])) if len(matches) == 1 else None


def _value_of(match: re.Match[str], sign: Signed) -> tuple[Decimal, int]:
    digits = match[0].rstrip("%").replace(",", "")
    value, decimals = Decimal(digits), len(digits.partition(".")[2])
    return -value if sign.negative else value, decimals
