"""Slips of typists: what forms.md says that reports do to wording, numbers and marks.

Slips that change what the gold says (decimals, marks within texts) work on the gold report (`loosen`); those that only
change how a figure looks work when it is printed (`Typist`).
"""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.money import CENT

_WIDE = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")
_HALF = str.maketrans("，；：（）", ",;:()")
# texts whose marks a typist may have typed half-width; names and labels stay
_TEXTS = {
    "reason",
    "deviation",
    "expected_goal",
    "actual_completion",
    "achievements",
    "problems",
    "improvements",
}
# wordings a reader accepts for the form's own; a bend replaces the left one by one of the right
BENDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("主要原因是：", ("主要原因：", "主要是：", "原因是：")),
    ("与上年相比，", ("比上年", "与上年度相比，")),
    ("比上年决算", ("比上年", "较上年决算")),
    ("，比上年", ("，较上年", "，与上年相比")),
    ("主要原因是：", ("主要原因是:", "主要原因为：")),
    ("(类)", ("（类）", "（类)")),
    ("(款)", ("（款）",)),
    ("(项):", ("（项）：", "（项）。", "(项)：")),
    ("截止", ("截至",)),
    ("截至", ("截止",)),
    ("公务用车运行维护费", ("公务用车运行费",)),
    ("全年预算数", ("全年预算",)),
    ("其中：", ("其中:", "其中，")),
    ("支出决算数为", ("支出决算为", "决算数为")),
    ("“三公”", ('"三公"', "”三公”", "三公")),
    ("万元、", ("万元，",)),
    ("，占", ("占", ",占")),
    ("预决算差异率", ("预决算差异率为",)),
    ("，结余分配", ("，其中结余分配",)),
)


def loosen(rng: Random, gold: Any, rate: float) -> Any:
    """The gold with some figures printed with fewer decimals (100.00 -> 100) and some texts in half-width marks."""
    if isinstance(gold, dict):
        return {key: _loosen_value(rng, key, value, rate) for key, value in gold.items()}
    if isinstance(gold, list):
        return [loosen(rng, value, rate) for value in gold]
    return gold


def _loosen_value(rng: Random, key: str, value: Any, rate: float) -> Any:
    """One value of an object, loosened."""
    if isinstance(value, Decimal) and value.as_tuple().exponent == -2 and rng.random() < rate * 0.15:
        text = f"{value:f}".rstrip("0")
        return Decimal(text.rstrip(".")) if text.endswith(".") else Decimal(text)
    if isinstance(value, str) and key in _TEXTS and rng.random() < rate * 0.15:
        return value.translate(_HALF)
    return loosen(rng, value, rate)


@dataclass
class Typist:
    """Prints templates with figures, with this publisher's habits and slips; records how each figure was printed."""

    rng: Random
    rate: float
    thousands: bool = True
    autospace: bool = False
    yuan: bool = False  # money (given in 万元) is printed in 元
    figures: list[tuple[str, str]] = field(default_factory=list)

    def fill(self, template: str, node: Any, pointer: str = "") -> str:
        """A template with the figures of `node` in their places.

        A place is `{key:spec}` or `{key.key:spec}`; spec m money, p percent (M, P: without sign), i count,
        n points, t text.
        Everything else is the form's wording and may be bent.
        """
        out = []
        for words, name, spec, _ in string.Formatter().parse(template):
            out.append(self.words(words))
            if name is not None:
                value: Any = node
                for key in name.split("."):
                    value = value[int(key)] if isinstance(value, list) else value[key]
                out.append(self.value(value, spec or "t", f"{pointer}/{name.replace('.', '/')}"))
        return self.spaced("".join(out))

    def value(self, value: Any, spec: str, pointer: str) -> str:
        """One value as printed; figures are recorded with their pointer."""
        if spec == "t":
            return self.text(str(value))
        if spec in "MP":  # the sign is in the words before it
            value, spec = abs(value), spec.lower()
        if spec == "m" and self.yuan and isinstance(value, Decimal):
            value = (value * 10_000).quantize(CENT)
        raw = self.number(value, thousands=spec == "m")
        if spec == "p":
            raw += "％" if self._slip(0.06) else "%"
        self.figures.append((pointer, raw.rstrip("%％")))
        return raw

    def number(self, value: Decimal | int, *, thousands: bool = True) -> str:
        """The digits of a figure: grouped or not, sometimes full-width, sometimes with a stray space."""
        text = (
            f"{value:,}" if thousands and self.thousands else f"{value:f}" if isinstance(value, Decimal) else str(value)
        )
        if self._slip(0.03):
            text = text.replace(",", "")
        if self._slip(0.04):
            text = text.translate(_WIDE)
        elif self._slip(0.05):
            text = text.replace(",", "，") if "," in text else text.replace(".", "．")
        if "-" in text and self._slip(0.1):
            text = text.replace("-", "－")
        if self._slip(0.04) and len(text) > 4:
            at = self.rng.choice(
                [i for i in range(1, len(text)) if text[i - 1] in ".,．，" or text[i] in ".,．，"] or [1]
            )
            text = text[:at] + " " + text[at:]
        return text

    def words(self, words: str) -> str:
        """The form's own wording, sometimes bent."""
        for old, new in BENDS:
            if old in words and self._slip(0.06):
                words = words.replace(old, self.rng.choice(new), 1)
        if self._slip(0.05):
            words = words.replace("，", ",")
        if self._slip(0.04):
            words = words.replace("（", "(").replace("）", ")")
        if self._slip(0.03) and len(words) > 3:
            at = self.rng.randrange(1, len(words))
            words = words[:at] + " " + words[at:]
        return words

    def text(self, text: str) -> str:
        """A free text as printed: some of its digits full-width, a stray space."""
        if self._slip(0.03):
            text = "".join(c.translate(_WIDE) if c.isdigit() else c for c in text)
        if self._slip(0.06) and len(text) > 3:
            at = self.rng.randrange(1, len(text))
            if not (text[at - 1].isdigit() and text[at].isdigit()):
                text = text[:at] + " " + text[at:]
        return text

    def spaced(self, text: str) -> str:
        """Spaces between Chinese and digits, where this publisher's program sets them."""
        if not self.autospace:
            return text
        out = ""
        for char in text:
            if out and _touch(out[-1], char):
                out += " "
            out += char
        return out

    def heading(self, mark: str, title: str) -> str:
        """A heading: its number, sometimes a space, its title."""
        return mark + (" " if self._slip(0.15) else "") + title

    def blank_mark(self) -> str:
        """What stands in a cell without a figure."""
        return self.rng.choice(("—", "-", "")) if self._slip(0.2) else "—"

    def _slip(self, chance: float) -> bool:
        """Whether a slip of this likelihood (at rate 1) happens here."""
        return self.rate > 0 and self.rng.random() < chance * self.rate * 2


def _touch(left: str, right: str) -> bool:
    """Whether a program puts a space between two characters: ideograph beside digit."""

    def han(char: str) -> bool:
        return "\u4e00" <= char <= "\u9fff"

    def digit(char: str) -> bool:
        return char in "0123456789%"

    return (han(left) and digit(right) and right != "%") or (digit(left) and han(right))
