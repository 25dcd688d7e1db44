"""Faults off the page: what a reader makes of printed characters. The number is then one that is not printed there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random

from recount.eval.verifier.base import Base, steps
from recount.eval.verifier.fault import Fault, Group, Operator, Reading
from recount.pipeline.document import Token
from recount.schemas.figures import Ref

Misread = Callable[[Random, str], str | None]
"""Other characters for those of a number (digits and a point); None where it has not the characters for it."""


def _digit(rng: Random, shown: str) -> str | None:
    at = _a_digit(rng, shown)
    return shown[:at] + rng.choice([d for d in "0123456789" if d != shown[at]]) + shown[at + 1 :]


def _transposed(rng: Random, shown: str) -> str | None:
    places = [at for at in range(len(shown) - 1) if shown[at : at + 2].isdigit() and shown[at] != shown[at + 1]]
    if not places:
        return None
    at = rng.choice(places)
    return shown[:at] + shown[at + 1] + shown[at] + shown[at + 2 :]


def _lost(rng: Random, shown: str) -> str | None:
    at = _a_digit(rng, shown)
    rest = shown[:at] + shown[at + 1 :]
    return rest if rest.strip(".") else None


def _doubled(rng: Random, shown: str) -> str | None:
    at = _a_digit(rng, shown)
    return shown[: at + 1] + shown[at:]


def _separator_lost(_: Random, shown: str) -> str | None:
    return shown.replace(".", "") if "." in shown else None


def _comma_as_point(_: Random, shown: str) -> str | None:
    """1,955.06 as 1.955."""
    whole = shown.partition(".")[0]
    return f"{whole[:-3]}.{whole[-3:]}" if len(whole) > 3 else None


def _point_moved(rng: Random, shown: str) -> str | None:
    whole, point, part = shown.partition(".")
    if not point:
        return None
    digits = whole + part
    places = [at for at in range(1, len(digits)) if at != len(whole)]
    at = rng.choice(places) if places else 0
    return f"{digits[:at]}.{digits[at:]}" if at else None


def _times(power: int) -> Misread:
    def larger(_: Random, shown: str) -> str | None:
        value = Decimal(shown).scaleb(power)
        places = shown.partition(".")[2]
        return f"{value:.{len(places)}f}"

    return larger


def _seven_as_one(rng: Random, shown: str) -> str | None:
    places = [at for at, sign in enumerate(shown) if sign in "71"]
    if not places:
        return None
    at = rng.choice(places)
    return shown[:at] + ("1" if shown[at] == "7" else "7") + shown[at + 1 :]


def _letter(rng: Random, shown: str) -> str | None:
    """S for 5: the number ends before it."""
    places = [at for at, sign in enumerate(shown) if sign == "5" and at]
    return shown[: rng.choice(places)].rstrip(".") or None if places else None


def _sign(_: Random, shown: str) -> str | None:
    return f"-{shown}"


def _a_digit(rng: Random, shown: str) -> int:
    return rng.choice([at for at, sign in enumerate(shown) if sign.isdigit()])


def as_read(token: Token, shown: str) -> Token:
    """A token with other characters."""
    value = Decimal(shown)
    exponent = value.as_tuple().exponent
    return replace(token, raw=shown, value=value, decimals=max(-exponent, 0) if isinstance(exponent, int) else 0)


def _misread(name: str, change: Misread) -> Operator:
    def make(rng: Random, base: Base) -> Fault | None:
        index = rng.choice(list(base.fields_of))
        token = base.tokens[index]
        shown = change(rng, f"{abs(token.value):f}")
        if shown is None:
            return None
        new = as_read(token, f"-{shown}" if token.value < 0 and not shown.startswith("-") else shown)
        return Fault(name, tokens={index: new}, wrong=_right_values(base, index))

    return Operator(name, "off the page", make, reading="otherwise")


def _right_values(base: Base, token: int) -> dict[str, Decimal | None]:
    return {pointer: base.verified.figures[pointer].value for pointer in base.fields_of[token]}


def _isolated_lost(rng: Random, base: Base) -> Fault | None:
    """A lone 0 or 1 that OCR does not see: there is no figure then."""
    lone = [index for index in base.fields_of if base.tokens[index].raw in ("0", "1")]
    if not lone:
        return None
    index = rng.choice(lone)
    return Fault(
        "isolated 0 or 1 lost",
        report={steps(pointer): None for pointer in base.fields_of[index]},
        wrong=_right_values(base, index),
    )


def _invented(rng: Random, base: Base) -> Fault | None:
    """A reference to a number that the document does not have."""
    pointer = rng.choice(list(base.refs))
    return Fault(
        "invented figure",
        report={steps(pointer): Ref(len(base.tokens) + rng.randrange(1000))},
        wrong={pointer: base.verified.figures[pointer].value},
    )


def _any(name: str, group: Group, reading: Reading) -> Operator:
    """Any of the misreadings."""

    def make(rng: Random, base: Base) -> Fault | None:
        return rng.choice(MISREAD).make(rng, base)

    return Operator(name, group, make, reading)


MISREAD = (
    _misread("digit changed", _digit),
    _misread("digits transposed", _transposed),
    _misread("digit lost", _lost),
    _misread("digit doubled", _doubled),
    _misread("separator lost", _separator_lost),
    _misread("comma read as point", _comma_as_point),
    _misread("decimal point moved", _point_moved),
    _misread("×10", _times(1)),
    _misread("×10⁴", _times(4)),
    _misread("minus read", _sign),
    _misread("7 as 1, 1 as 7", _seven_as_one),
    _misread("S for 5", _letter),
    Operator("isolated 0 or 1 lost", "off the page", _isolated_lost, reading="otherwise"),
    Operator("invented figure", "off the page", _invented, reading="otherwise"),
)
OTHERWISE_READ = (
    _any("any of these, read once", "off the page", "once"),
    _any("any of these, misread twice alike", "misread twice alike", "alike"),
)
