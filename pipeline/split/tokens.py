"""Number tokens: every number that is printed, with its characters, value, decimals, unit, page and box."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from recount.pipeline.document import Box, Number, Origin, Remark, Token
from recount.pipeline.split.contiguity import far, in_one_row, together
from recount.pipeline.split.text import Composed, fold, union

# A minus belongs to the number unless it joins two things (8-11月, 2022-12). Groups of three after a comma are
# one number; a comma before anything else ends it. Dates set with points (2022.12.31) are no numbers. Digits are those
# that are printed as 0 to 9: a raised ² is none.
_NUMBER = re.compile(
    r"(?:(?<![0-9A-Za-z)])-)?(?<![0-9.])(?>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]++)(?>\.[0-9]+)?(?!\.+[0-9])"
    r"(?P<percent>%)?"
)
# What may be a digit that could not be read, or was read as a letter (65O.64): no number stands beside it. A space keeps
# a word or a bullet off; and these few units do follow a number.
_UNREAD = "\ufffd\u3007\u25a1\ue000-\uf8ff\U000f0000-\U000ffffd"
_LETTERS = "A-Za-z\u00aa-\u02af\u0370-\u052f\u0660-\u06f9"
_LATIN_UNIT = r"(?:[kcm]?m|hm|[kK]g|[kM]W|kWh|[kK]V|ha|t|[kKMGT]B)[23]?(?![A-Za-z])"
# Signs that may stand for a point or part thousands: with digits on both sides nobody can tell.
_ODD = "\u00b7\u2027\u2022\u2219\u22c5\u30fb\uff65'`\u00b4\u2018\u2019\u02d9^_*?!|\u00a6"
_FULL_STOP = re.compile("(?<=[0-9])。(?=[0-9]{1,2}(?![0-9年月日号.,、]))")
_BEHIND = re.compile(rf"[.,]*\ufffd|[{_ODD}]+[.,]?[0-9]|(?<=[0-9])[.,][{_ODD}]+[0-9]|{_FULL_STOP.pattern}")
_BEFORE = re.compile(rf"(?:\ufffd[.,]*|[0-9][.,]?[{_ODD}]+[.,]?)$")
_CLOSE_BEHIND = re.compile(rf"[.,]?[{_UNREAD}]|(?!{_LATIN_UNIT})[{_LETTERS}]")
_CLOSE_BEFORE = re.compile(rf"(?:[{_UNREAD}][.,]?|[{_LETTERS}])$")
# A list without spaces (1,2,3号楼; 2022,2023年; 1.50,2.75); any other comma between digits is a damaged number's.
_LIST = re.compile(r"[0-9]{1,2},[0-9]{1,2}|[0-9]{4,},[0-9]{4,}|[0-9]*\.[0-9]+,[0-9.]+")
_ITEM_BEFORE = re.compile(r"[0-9.]+,$")
_ITEM_BEHIND = re.compile(r",[0-9]+(?:\.[0-9]+)?")
_REACH = 24  # characters before a number that are looked at
_UNIT = re.compile(
    r"万元|亿元|元|%|人次|人|名|辆|批次|批|平方米|公里|台|套|个|分|次|家|户|件|笔|份|场|期|项|条|所|亩|吨|天|年|月|日"
)


_TOUCHED = 0.1  # share of each side of a figure that must lie under a remark for it to be meant


@dataclass(slots=True)
class TokenStore:
    """Collects the tokens of a document; an index is a token's position. origins, remarks: by page."""

    tokens: list[Token] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)
    remarks: Mapping[int, Sequence[Remark]] = field(default_factory=dict)

    def numbers_in(self, composed: Composed, head: str | None = None) -> tuple[Number, ...]:
        """The numbers of a text, in order, each a new token.

        head: the unit of money that a table's head or caption states.
        """
        return tuple(
            Number(match.start(), match.end(), self._token(composed, match, head))
            for match in _NUMBER.finditer(composed.text.folded)
            if _is_whole(match, composed.is_close) and self._stands_together(composed, match)
        )

    def _stands_together(self, composed: Composed, match: re.Match[str]) -> bool:
        """Whether the digits of a number are of one size, on one baseline and side by side, and nothing is in doubt."""
        if any(match.start() <= place <= match.end() for place in composed.open):
            return False
        before: tuple[int, int, Box] | None = None
        for index in range(match.start(), match.end()):
            if not match.string[index].isdigit():
                continue
            raw = composed.raw_index(index)
            piece, offset = composed.piece_at(raw)
            box = piece.line.boxes[offset]
            if before and before[1] == piece.page and in_one_row(before[2], box):
                if not together(before[2], box):
                    return False
                if before[0] == raw - 1 and self.origins.get(piece.page) != "ocr" and far(before[2], box):
                    return False
            before = raw, piece.page, box
        return True

    def _token(self, composed: Composed, match: re.Match[str], head: str | None) -> Token:
        start, end = match.span()
        value, decimals = _value_of(match)
        first, last = composed.raw_index(start), composed.raw_index(end - 1)
        boxes, confidences, page = [], [], 0
        for index in range(first, last + 1):
            piece, offset = composed.piece_at(index)
            page = page or piece.page
            if offset < len(piece.line.boxes) and piece.page == page and not composed.raw[index].isspace():
                boxes.append(piece.line.boxes[offset])
                if piece.line.confidence is not None:
                    confidences.append(piece.line.confidence)
        box = union(boxes)
        token = Token(
            index=len(self.tokens),
            raw=composed.raw[first : last + 1].replace("\n", "").rstrip("%％﹪ "),
            value=value,
            decimals=decimals,
            unit=_unit_of(match, composed.text.folded),
            page=page,
            box=box,
            origin=self.origins.get(page, "text"),
            confidence=min(confidences, default=None),
            head=head,
            remark=_on(box, self.remarks.get(page, ())),
        )
        self.tokens.append(token)
        return token


def _on(box: Box, remarks: Iterable[Remark]) -> Remark | None:
    """The remark of a page that says most against a figure in a box."""
    met = [remark for remark in remarks if (remark.touches or remark.disputes) and _meets(box, remark.box)]
    return max(met, key=lambda remark: remark.disputes, default=None)


def _meets(box: Box, other: Box | None) -> bool:
    """Whether a box lies under another by a part that counts; None is the whole page."""
    if other is None:
        return True
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    return across > _TOUCHED * (box[2] - box[0]) and down > _TOUCHED * (box[3] - box[1])


def _unit_of(match: re.Match[str], folded: str) -> str | None:
    if match["percent"]:
        return "%"
    unit = _UNIT.match(folded, match.end())
    return unit[0] if unit else None


def _is_whole(match: re.Match[str], is_close: Callable[[int], bool]) -> bool:
    """Whether nothing beside a number may be a part of it.

    is_close: whether no space was printed between a character of the text and the next.
    """
    text, start, end = match.string, match.start(), match.end()
    before = text[max(0, start - _REACH) : start]
    if (
        _BEFORE.search(before)
        or _FULL_STOP.match(text, max(0, start - 1))
        or (before and is_close(start - 1) and _CLOSE_BEFORE.search(before))
    ):
        return False
    own = match[0].rstrip("%").lstrip("-").rsplit(",", 1)[-1]
    item = _ITEM_BEFORE.search(before)
    if item and is_close(start - 1) and not _LIST.fullmatch(item[0] + own):
        return False
    if match["percent"] or end == len(text):
        return True
    if _BEHIND.match(text, end) or (is_close(end - 1) and _CLOSE_BEHIND.match(text, end)):
        return False
    item = _ITEM_BEHIND.match(text, end)
    return not (item and is_close(end) and not _LIST.fullmatch(own + item[0]))


def parse_number(text: str) -> tuple[Decimal, int] | None:
    """The value and the printed decimals of the one number in a text; None if there is none, or more than one."""
    matches = [match for match in _NUMBER.finditer("".join(fold(text).split())) if _is_whole(match, lambda _: True)]
    return _value_of(matches[0]) if len(matches) == 1 else None


def _value_of(match: re.Match[str]) -> tuple[Decimal, int]:
    value = Decimal(match[0].rstrip("%").replace(",", ""))
    exponent = value.as_tuple().exponent
    return value, -exponent if isinstance(exponent, int) else 0
