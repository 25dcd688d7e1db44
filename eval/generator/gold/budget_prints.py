"""How the figures of a budget are printed: taken down by the figures themselves whenever they are put into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

from recount.eval.generator.gold.shape import Json


@dataclass
class Prints:
    """What was printed: JSON pointers and characters, in the order in which the words and tables were made.

    That is not everywhere the order of the pages.
    """

    figures: list[tuple[str, str]] = field(default_factory=list)

    def noting(self, gold: Json) -> Json:
        """A copy of a gold whose figures take down how they are printed; the year is printed everywhere."""
        return {key: value if key == "fiscal_year" else self._noting(value, f"/{key}") for key, value in gold.items()}

    def _noting(self, value: Any, pointer: str) -> Any:
        if isinstance(value, dict):
            return {key: self._noting(below, f"{pointer}/{key}") for key, below in value.items()}
        if isinstance(value, list):
            return [self._noting(below, f"{pointer}/{at}") for at, below in enumerate(value)]
        if isinstance(value, Decimal):
            return _Amount.of(value, pointer, self)
        return _Count.of(value, pointer, self) if isinstance(value, int) and not isinstance(value, bool) else value


class _Amount(Decimal):
    """An amount or a rate. Its size, or the same amount in 元, is the same figure."""

    pointer: str
    prints: Prints

    @classmethod
    def of(cls, value: Decimal, pointer: str, prints: Prints) -> Self:
        made = cls(value)
        made.pointer, made.prints = pointer, prints
        return made

    def _as(self, value: Decimal) -> Self:
        return self.of(value, self.pointer, self.prints)

    def __abs__(self) -> Self:
        return self._as(super().__abs__())

    def __mul__(self, other: Decimal | int) -> Self:
        return self._as(super().__mul__(other))

    def quantize(self, exp: Decimal | int, rounding: str | None = None, context: Any = None) -> Self:
        return self._as(super().quantize(exp, rounding, context))

    def __format__(self, specifier: str, context: Any = None, /) -> str:
        shown = Decimal(self).__format__(specifier)
        self.prints.figures.append((self.pointer, shown))
        return shown


class _Count(int):
    """A number of things."""

    pointer: str
    prints: Prints

    @classmethod
    def of(cls, value: int, pointer: str, prints: Prints) -> Self:
        made = cls(value)
        made.pointer, made.prints = pointer, prints
        return made

    def __format__(self, specifier: str, /) -> str:
        shown = super().__format__(specifier)
        self.prints.figures.append((self.pointer, shown))
        return shown
