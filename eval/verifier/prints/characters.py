"""Faults of characters: what stands in, at and beside a number makes it another number, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from random import Random

from recount.eval.verifier.prints.base import Figure
from recount.eval.verifier.prints.draft import Draft, Kind, Made, Spot, other
from recount.eval.verifier.prints.fonts import remap
from recount.eval.verifier.prints.sheets import Text

_SMALL, _RAISED = 0.6, 0.35
"""A footnote mark, in sizes of its figure: how large it is, and how high above the line."""
_GAP = 2.2
"""Two columns stand so many sizes apart, where no line of the table parts them."""
_ARABIC, _LOW = "٫", "‚"
Change = Callable[[Spot, Random], Made | None]


def _at(change: Change) -> Callable[[Draft, Figure | None, Random], Made | None]:
    """A change of one figure."""

    def make(draft: Draft, figure: Figure | None, rng: Random) -> Made | None:
        spot = draft.spot(figure) if figure else None
        return change(spot, rng) if spot is not None else None

    return make


def _after(run: Text, text: str, scale: float = 1.0, rise: float = 0.0, gap: float = 0.0) -> Text:
    """What follows a run on its line."""
    x = run.x + run.width + gap * run.size
    return replace(run, x=x, y=run.y - rise * run.size, text=text, size=scale * run.size)


def _mark_added(spot: Spot, rng: Random) -> Made | None:
    """A footnote mark behind the number: the number is what it was."""
    mark = rng.choice("123456789")
    if not spot.is_clear(0, spot.run.size):
        return None
    spot.put(spot.run, _after(spot.run, mark, _SMALL, _RAISED))
    return spot.prints(f"{spot.run.text} with a raised small {mark}", spot.run.text)


def _mark_taken(spot: Spot, rng: Random) -> Made | None:
    """The last digit printed small and raised: it is no digit of the number any more."""
    del rng
    raw = spot.run.text
    if not _is_amount(raw) or raw.endswith("0"):
        return None
    run = replace(spot.run, text=raw[:-1])
    spot.put(run, _after(run, raw[-1], _SMALL, _RAISED))
    return spot.prints(f"the last digit of {raw} raised and small", raw[:-1])


def _index_taken(spot: Spot, rng: Random) -> Made | None:
    """The same below the line, as an index."""
    del rng
    raw = spot.run.text
    if not _is_amount(raw) or raw.endswith("0"):
        return None
    run = replace(spot.run, text=raw[:-1])
    spot.put(run, _after(run, raw[-1], _SMALL, -0.15))
    return spot.prints(f"the last digit of {raw} lowered and small", raw[:-1])


def _spoilt(before: str, after: str, spot: Spot, rng: Random) -> Made | None:
    """The consistent number with a sign before or behind it that makes it no number."""
    del rng
    raw = spot.run.text
    if raw.endswith("%") or not _framed(spot, before, after):
        return None  # behind its sign a percent is whole
    return spot.prints(f"{raw} printed {before}{raw}{after}", None)


def _replaced(sign: str, spot: Spot, rng: Random) -> Made | None:
    """One of its digits become a sign: a reader may still guess it, but a part of the number is another number."""
    raw = spot.run.text
    places = [at for at in range(1, len(raw) - 1) if raw[at].isdigit()]
    if not places:
        return None
    at = rng.choice(places)
    printed = raw[:at] + sign + raw[at + 1 :]
    if not spot.set(printed):
        return None
    return spot.prints(f"{raw} printed {printed}", raw)


def _wrapped(spot: Spot, rng: Random) -> Made | None:
    """The number on two lines of a narrow cell, cut before its last digit or its decimals."""
    raw = spot.run.text
    if not _is_amount(raw) or not spot.figure.in_table:
        return None
    at = rng.choice((len(raw) - 1, raw.index(".") + 1, raw.index(".")))
    run, size = spot.run, 0.8 * spot.run.size
    upper = replace(run, text=raw[:at], y=run.y - 0.45 * size, size=size)
    spot.put(upper, replace(upper, text=raw[at:], y=upper.y + 1.1 * size))
    return spot.prints(f"{raw} on two lines, {raw[:at]} and {raw[at:]}", raw)


def _parted(spot: Spot, rng: Random) -> Made | None:
    """The consistent number as two numbers that stand apart on one line."""
    raw = spot.run.text
    whole = raw.partition(".")[0]
    places = [at for at in range(1, len(whole)) if whole[at - 1].isdigit() and whole[at].isdigit()]
    if not places or not _is_amount(raw):
        return None
    at = rng.choice(places)
    if not spot.is_clear(0, (_GAP + 0.5) * spot.run.size):
        return None
    run = replace(spot.run, text=raw[:at])
    spot.put(run, _after(run, raw[at:], gap=_GAP))
    return spot.prints(f"{raw} printed as {raw[:at]} and {raw[at:]}, apart", None)


def _stacked(spot: Spot, rng: Random) -> Made | None:
    """The consistent number as two whole numbers below each other in one cell."""
    raw = spot.run.text
    whole = raw.partition(".")[0]
    places = [at for at in range(2, len(whole)) if whole[at - 1].isdigit() and whole[at].isdigit()]
    if not places or not _is_amount(raw) or not spot.figure.in_table:
        return None
    at, run, size = rng.choice(places), spot.run, 0.8 * spot.run.size
    upper = replace(run, text=f"{raw[:at]}.00", y=run.y - 0.45 * size, size=size)
    spot.put(upper, replace(upper, text=raw[at:], y=upper.y + 1.1 * size))
    return spot.prints(f"{raw} printed as {raw[:at]}.00 above {raw[at:]}", None)


def _overflowing(spot: Spot, rng: Random) -> Made | None:
    """The number runs on into the next one of its line, without a gap."""
    del rng
    near = spot.neighbour()
    if near is None or near.x - spot.run.x - spot.run.width > 8 * spot.run.size:
        return None
    spot.put(replace(spot.run, x=near.x - spot.run.width))
    return spot.prints(f"{spot.run.text} runs into {near.text}", spot.run.text)


def _pointed(sign: str, spot: Spot, rng: Random) -> Made | None:
    """An odd sign for the decimal point."""
    del rng
    raw = spot.run.text
    if "." not in raw or not _set(spot, raw.replace(".", sign)):
        return None
    return spot.prints(f"{raw} printed {raw.replace('.', sign)}", raw)


def _pointed_behind(sign: str, spot: Spot, rng: Random) -> Made | None:
    """The consistent number, an odd sign, and more digits: nobody knows what number that is."""
    raw = spot.run.text
    more = str(rng.randint(1, 9))
    if not _is_amount(raw) or not _framed(spot, "", sign + more):
        return None
    return spot.prints(f"{raw} printed {raw}{sign}{more}", None)


def _grouped(sign: str, spot: Spot, rng: Random) -> Made | None:
    """An odd sign between the thousands."""
    del rng
    raw = spot.run.text
    whole, point, rest = raw.replace(",", "").replace("，", "").partition(".")
    if len(whole) < 4 or not whole.isdigit():
        return None
    printed = f"{int(whole):,}".replace(",", sign) + point + rest
    if not spot.set(printed):
        return None
    return spot.prints(f"{raw} printed {printed}", raw)


def _signed(before: str, after: str, spot: Spot, rng: Random) -> Made | None:
    """The consistent number with a sign that makes it negative."""
    del rng
    raw, figure = spot.run.text, spot.figure
    if not figure.in_table or any(value <= 0 for value in figure.pointers.values()):
        return None
    if not _framed(spot, before, after):
        return None
    return spot.prints(f"{raw} printed {before}{raw}{after}", raw, Decimal(-1))


def _dashed(spot: Spot, rng: Random) -> Made | None:
    """A dash in the empty cell before the number: no sign of it."""
    del rng
    if not spot.figure.in_table or not spot.is_clear(4.5 * spot.run.size, 0):
        return None
    spot.put(replace(spot.run, text="—", x=spot.run.x - 4 * spot.run.size), spot.run)
    return spot.prints(f"a dash in the column before {spot.run.text}", spot.run.text)


def _unlike(spot: Spot, rng: Random) -> Made | None:
    """The last digit of another colour and size: that of a watermark, or of what is printed beside it."""
    del rng
    raw = spot.run.text
    if not _is_amount(raw) or raw.endswith("0") or not spot.is_clear(0, spot.run.size):
        return None
    run = replace(spot.run, text=raw[:-1])
    pale = replace(_after(run, raw[-1], 1.9), colour=(0.82, 0.82, 0.82))
    spot.put(run, pale)
    return spot.prints(f"the last digit of {raw} pale and large", raw[:-1])


def _bold(spot: Spot, rng: Random) -> Made:
    """The number printed twice, a little apart, as bold print is."""
    offset = rng.choice((0.3, 0.8, 1.3))
    spot.put(spot.run, replace(spot.run, x=spot.run.x + offset))
    return spot.prints(f"{spot.run.text} printed twice, {offset} points apart", spot.run.text)


def _over_printed(spot: Spot, rng: Random) -> Made:
    """Another number printed over it: nobody can read either."""
    raw = other(spot.run.text, rng)
    spot.put(spot.run, replace(spot.run, text=raw, x=spot.run.x + 0.2))
    return spot.prints(f"{raw} printed over {spot.run.text}", None)


def _framed(spot: Spot, before: str, after: str) -> bool:
    """Puts characters before and behind a figure, if there is room for them."""
    room = (_width(spot.run, before + after)) + 0.3 * spot.run.size
    if not spot.is_clear(room if before else 0, room if after else 0):
        return False
    return _set(spot, before + spot.run.text + after, spot.follows(before))


def _set(spot: Spot, text: str, x: float | None = None) -> bool:
    """Sets other characters. No font has an Arabic point: another sign is drawn for it, and told to be one."""
    if _ARABIC in text and "tiro" in spot.draft.base.maker.mapped:
        spot.draft.after.append(partial(remap, lies={_LOW: _ARABIC}))
        return spot.set(text.replace(_ARABIC, _LOW), x)
    return spot.set(text, x)


def _is_amount(raw: str) -> bool:
    return "." in raw and not raw.endswith("%")


def _width(run: Text, text: str) -> float:
    return replace(run, text=text).width if text else 0.0


def _kinds() -> Iterator[Kind]:
    for name, change in (
        ("added behind it", _mark_added),
        ("its last digit raised", _mark_taken),
        ("its last digit lowered", _index_taken),
    ):
        yield Kind("footnote marks", name, _at(change))
    for before, after in (("", "Z"), ("", "�1"), ("O", ""), ("B", ""), ("", "l"), ("", "..5")):
        yield Kind("cut", f"{before}373.50{after}", _at(partial(_spoilt, before, after)))
    for sign in ("O", "Z", "�", "l"):
        yield Kind("cut", f"a digit printed {sign}", _at(partial(_replaced, sign)))
    yield Kind("cut", "wrapped in its cell", _at(_wrapped))
    yield Kind("joined", "two columns of a line", _at(_parted))
    yield Kind("joined", "two rows of a cell", _at(_stacked))
    yield Kind("joined", "overflow into the neighbour", _at(_overflowing))
    yield Kind("joined", "printed twice as bold", _at(_bold))
    yield Kind("joined", "another number printed over it", _at(_over_printed))
    for sign in ("·", "‧", "。", "．", "٫", "’", "..", " . "):
        yield Kind("odd points", f"{sign} for the point", _at(partial(_pointed, sign)))
    for sign in ("·", "’", "٫", ".."):
        yield Kind("odd points", f"373.50{sign}2", _at(partial(_pointed_behind, sign)))
    for sign in ("\u00a0", "’", " "):
        yield Kind("odd points", f"U+{ord(sign):04X} between thousands", _at(partial(_grouped, sign)))
    for before, after in _SIGNS:
        yield Kind("sign forms", f"{_told(before)}74.50{_told(after)}", _at(partial(_signed, before, after)))
    yield Kind("sign forms", "a dash in the column before", _at(_dashed))
    yield Kind("watermark", "a digit of it behind the number", _at(_unlike))


def _told(sign: str) -> str:
    return sign if sign.isprintable() else f"U+{ord(sign):04X} "


_SIGNS = (
    *(("(", ")"), ("（", "）"), ("△", ""), ("▲", ""), ("负", ""), ("", "-"), ("", "−"), ("\u00ad", ""), ("−", "")),
    *(("\u2010", ""), ("–", ""), ("—", ""), ("－", ""), ("﹣", ""), ("- ", "")),
)
CHARACTERS = tuple(_kinds())
