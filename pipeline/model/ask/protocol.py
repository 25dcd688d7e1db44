"""How a number is shown to a model and how it answers with it.

Measured with a 1.5B model on 84 figures of hard sections: a figure copied with its mark 82 right, plain figures 80, an
enum of the section's figures 78 (a forced choice), marks alone 0. So the copied pair is the default; the others stay
for `python -m recount.eval.models.protocols`, which repeats the comparison for any model.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol

from pydantic import BeforeValidator, WithJsonSchema

DIGITS = r"-?[0-9][0-9,]{0,15}(\.[0-9]{1,6})?"
"""Bounded: a small model that is held to a grammar writes zeros for ever."""
_PAIR = re.compile(r"[^\d@+-]*(?P<digits>[-+]?\d[\d,]*(?:\.\d+)?)[^\d@]*(?:@(?P<mark>\d+)\D*)?")


def as_printed(answer: str) -> re.Match[str] | None:
    """The digits and the mark of a figure as models copy it, with full-width signs, spaces, units: 1，955.06＠1万元.

    None if it holds no figure, or more than one.
    """
    return _PAIR.fullmatch("".join(unicodedata.normalize("NFKC", answer).replace("−", "-").split()))


@dataclass(frozen=True, slots=True)
class Copied:
    """A number of an answer: its value, and the mark that came with it (None where the protocol has none)."""

    value: Decimal | None
    mark: int | None


class Rules(NamedTuple):
    """A rule in the languages of the prompts."""

    zh: str
    en: str


class Numbers(Protocol):
    """A way of showing numbers and answering with them.

    name: as `--protocol` of the comparison calls it. example: a number as an answer writes it. rules: how numbers are
    to be copied, for the prompt, in Chinese and in English.
    """

    @property
    def name(self) -> str: ...

    @property
    def example(self) -> str: ...

    @property
    def rules(self) -> Rules: ...

    def printed(self, digits: str, mark: int) -> str:
        """A number as it is shown."""
        ...

    def figure_type(self, shown: Sequence[str]) -> Any:
        """What stands in a figure field of the answer's schema. shown: the numbers as shown."""
        ...

    def copied(self, answer: str) -> Copied | None:
        """A number of an answer; None if it is none."""
        ...


_LONGEST = 80
"""Characters of what stands in the place of a figure that are kept."""


def _written(pattern: str) -> Any:
    """A figure field: the schema asks for the pattern; what an answer has instead is kept as it says it, to be resolved
    or refused by itself, for it costs no other field anything."""
    return Annotated[str, BeforeValidator(_said), WithJsonSchema({"type": "string", "pattern": pattern})]


def _said(value: Any) -> str:
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))[:_LONGEST]


def _number_in(text: str) -> tuple[Decimal, int] | None:
    # Imported where an answer is read: every command imports this module, and splitting takes long to import.
    from recount.pipeline.split.tokens import parse_number

    return parse_number(text)


@dataclass(frozen=True, slots=True)
class Pair:
    """The figure as printed together with its mark: 1,955.06@7."""

    name: str = "pair"
    example: str = "1,955.06@7"
    rules: ClassVar[Rules] = Rules(
        "数字连同其后的“@编号”一起照抄，如“1,955.06@7”；不抄“%”、“万元”等单位",
        'Copy each figure with the "@number" behind it, such as "1,955.06@7"; do not copy %, currencies and units',
    )

    def printed(self, digits: str, mark: int) -> str:
        """1,955.06@7."""
        return f"{digits}@{mark}"

    def figure_type(self, shown: Sequence[str]) -> Any:  # noqa: ARG002 - the pattern is the same for every section
        """A pattern, not an enum: a forced choice turns a slip into a wrong figure."""
        return _written(rf"^{DIGITS}@[0-9]{{1,4}}$")

    def copied(self, answer: str) -> Copied | None:
        """The figure, and its mark if one was copied."""
        match = as_printed(answer)
        if match is None:
            return None
        number = _number_in(match["digits"])
        return Copied(number[0], int(match["mark"]) if match["mark"] else None) if number else None


@dataclass(frozen=True, slots=True)
class Plain:
    """The figure alone, as printed: 1,955.06."""

    name: str = "plain"
    example: str = "1,955.06"
    rules: ClassVar[Rules] = Rules(
        "数字照抄原文，如“1,955.06”；不抄“%”、“万元”等单位",
        'Copy each figure as it is printed, such as "1,955.06"; do not copy %, currencies and units',
    )

    def printed(self, digits: str, mark: int) -> str:  # noqa: ARG002 - the protocol shows no marks
        """1,955.06."""
        return digits

    def figure_type(self, shown: Sequence[str]) -> Any:  # noqa: ARG002
        """Any number."""
        return _written(rf"^{DIGITS}$")

    def copied(self, answer: str) -> Copied | None:
        """The figure."""
        number = _number_in(answer)
        return Copied(number[0], None) if number else None


@dataclass(frozen=True, slots=True)
class Choice(Pair):
    """One of the section's figures with their marks, as an enum."""

    name: str = "enum"

    def figure_type(self, shown: Sequence[str]) -> Any:
        """The numbers of the section, and no others."""
        return Literal[tuple(dict.fromkeys(shown))] if shown else Pair.figure_type(self, shown)


@dataclass(frozen=True, slots=True)
class MarkAlone(Pair):
    """The mark alone: 7."""

    name: str = "mark"
    example: str = "7"
    rules: ClassVar[Rules] = Rules(
        "只写该数字后面“@”之后的编号，如“1,955.06@7”写“7”",
        'Write only the number behind the "@" of a figure: "7" for "1,955.06@7"',
    )

    def figure_type(self, shown: Sequence[str]) -> Any:  # noqa: ARG002
        """A whole number."""
        return _written(r"^[0-9]{1,4}$")

    def copied(self, answer: str) -> Copied | None:
        """The mark."""
        return Copied(None, int(answer)) if re.fullmatch(r"\s*[0-9]{1,4}\s*", answer) else None


PAIR = Pair()
PROTOCOLS: tuple[Numbers, ...] = (PAIR, Plain(), Choice(), MarkAlone())
