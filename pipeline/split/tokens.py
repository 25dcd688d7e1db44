"""Number tokens: every number that is printed, with its characters, value, decimals, unit, page and box."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from recount.pipeline.document import Box, Number, Origin, Remark, Token
from recount.pipeline.split.text import Composed, fold, union

# A minus belongs to the number unless it joins two things (8-11月, 2022-12). Groups of three after a comma are
# one number; a comma before anything else ends it. Dates set with points (2022.12.31) are no numbers, nor
# is what stands next to a character that could not be read: it may be a digit.
_NUMBER = re.compile(
    r"(?:(?<![\dA-Za-z)])-)?(?<![\d.\ufffd])(?>\d{1,3}(?:,\d{3})+(?!\d)|\d++)(?>\.\d+)?(?!\.\d|\ufffd)(?P<percent>%)?"
)
MONEY: Mapping[str, int] = MappingProxyType(
    {
        "元": 0,
        "百元": 2,
        "千元": 3,
        "万元": 4,
        "十万元": 5,
        "百万元": 6,
        "千万元": 7,
        "亿元": 8,
        "十亿元": 9,
        "百亿元": 10,
        "千亿元": 11,
        "万亿元": 12,
    }
)
"""The units of money that are understood, each with the power of ten that it is of 元."""
TENS = "十百千万亿"
_AS_USUAL = str.maketrans("萬億圆圓", "万亿元元")
_TENS = "[十百千万亿萬億]*"
_ABROAD = r"(?:(?:美|港|澳门?|欧|歐|日|韩|韓|加|新|新?[台臺])(?:元|圆|圓|币|幣)|美金|英镑|英鎊|法郎|卢布)"
_UNIT = re.compile(
    rf"{_TENS}(?:[元圆圓]|{_ABROAD}|人次|人|名|辆|批次|批|平方米|公里|台|套|个|分|次|家|户|件|笔|份|场|期|项|条|所|亩|吨|天)|"
    r"[%‰年月日]"
)
# 单位：元江县财政局 names a place.
_OWN = rf"(?:人民币|RMB|CNY)?(?P<own>{_TENS}[元圆圓](?![江谋氏宝阳坝]))"
_AMOUNT = rf"(?:{_OWN}|(?P<abroad>{_TENS}{_ABROAD}(?:{_TENS}[元圆圓])?))"
_STATED = re.compile(rf"单位:?{_AMOUNT}(?P<other>[/或、及和](?:人民币)?{_TENS}[元圆圓])?")
_COLUMN = re.compile(rf"\({_AMOUNT}\)")


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
        folded = composed.text.folded
        return tuple(
            Number(match.start(), match.end(), self._token(composed, match, head)) for match in _NUMBER.finditer(folded)
        )

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


def parse_number(text: str) -> tuple[Decimal, int] | None:
    """The value and the printed decimals of the one number in a text; None if there is none, or more than one."""
    matches = list(_NUMBER.finditer("".join(fold(text).split())))
    return _value_of(matches[0]) if len(matches) == 1 else None


def _value_of(match: re.Match[str]) -> tuple[Decimal, int]:
    value = Decimal(match[0].rstrip("%").replace(",", ""))
    exponent = value.as_tuple().exponent
    return value, -exponent if isinstance(exponent, int) else 0
