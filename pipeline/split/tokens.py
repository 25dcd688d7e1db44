"""Number tokens: every number that is printed, with its characters, value, decimals, unit, page and box."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from recount.pipeline.document import Box, Number, Origin, Remark, Token
from recount.pipeline.split.signs import Signed, signed
from recount.pipeline.split.text import Composed, fold, union

# What beside it is its sign, signs.py tells. Groups of three after a comma are one number; a comma before anything
# else ends it. Dates set with points (2022.12.31) are no numbers, nor is what stands next to a character that could not
# be read: it may be a digit.
_NUMBER = re.compile(r"(?<![\d.\ufffd])(?>\d{1,3}(?:,\d{3})+(?!\d)|\d++)(?>\.\d+)?(?!\.\d|\ufffd)(?P<percent>%)?")
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
        folded = composed.text.folded
        found = ((match, _sign_of(match, composed)) for match in _NUMBER.finditer(folded))
        return tuple(Number(sign.start, sign.end, self._token(composed, match, sign, head)) for match, sign in found)

    def _token(self, composed: Composed, match: re.Match[str], sign: Signed, head: str | None) -> Token:
        start, end = sign.start, sign.end
        value, decimals = _value_of(match, sign)
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
            unit=_unit_of(sign, composed.text.folded),
            page=page,
            box=box,
            origin=self.origins.get(page, "text"),
            confidence=min(confidences, default=None),
            head=head,
            remark=_on(box, self.remarks.get(page, ())) or _unsure(sign, page, box),
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


def _unsure(sign: Signed, page: int, box: Box) -> Remark | None:
    """What keeps a number from being confirmed whose sign can be taken either way."""
    return Remark("sign", page, box, "whether it is negative cannot be told", touches=True) if sign.doubtful else None


def _sign_of(match: re.Match[str], composed: Composed | None = None) -> Signed:
    """The sign of a number of a text that was put together; without it, of one that has no places."""
    end = match.start("percent") if match["percent"] else match.end()
    return signed(match.string, match.start(), end, composed.apart if composed else lambda *_: False)


def _unit_of(sign: Signed, folded: str) -> str | None:
    if "%" in folded[sign.start : sign.end]:
        return "%"
    unit = _UNIT.match(folded, sign.end)
    return unit[0] if unit else None


def parse_number(text: str) -> tuple[Decimal, int] | None:
    """The value and the printed decimals of the one number in a text; None if there is none, or more than one."""
    matches = list(_NUMBER.finditer("".join(fold(text).split())))
    return _value_of(matches[0], _sign_of(matches[0])) if len(matches) == 1 else None


def _value_of(match: re.Match[str], sign: Signed) -> tuple[Decimal, int]:
    value = Decimal(match[0].rstrip("%").replace(",", ""))
    exponent = value.as_tuple().exponent
    return -value if sign.negative else value, -exponent if isinstance(exponent, int) else 0
