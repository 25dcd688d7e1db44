"""What happens to words on their way: characters lost, blanks that were none, lines torn. Never inside a figure."""

from __future__ import annotations

import re
from random import Random

_FIGURE = re.compile(r"[-−－+]?[\d０-９][\d０-９,，.．\s]*[%％‰]?")
_WORD = re.compile(r"[\u4e00-\u9fff（）“”、]+")


def is_word(text: str) -> bool:
    """Whether a cell's text is a label of ideographs only, and says no unit: what it loses changes no figure."""
    return _WORD.fullmatch(text) is not None and "元" not in text


def with_loss(rng: Random, text: str, chance: float) -> str:
    """A label of four characters or more, by chance without one of them; any other text as it is."""
    if len(text) < 4 or not is_word(text) or rng.random() >= chance:
        return text
    at = rng.randrange(len(text))
    return text[:at] + text[at + 1 :]


def with_blanks(text: str, width: int) -> str:
    """A label with the blanks that the ends of its lines became, when its cell was so many characters wide."""
    if not is_word(text):
        return text
    return " ".join(text[at : at + width] for at in range(0, len(text), width))


def torn(rng: Random, text: str, chance: float) -> list[str]:
    """A paragraph, by chance in two: before a figure, behind one, or in the middle of a word."""
    if len(text) < 20 or rng.random() >= chance:
        return [text]
    figures = [match.span() for match in _FIGURE.finditer(text)]
    starts = [start for start, _ in figures if start > 0]
    if starts and rng.random() < 0.5:
        at = rng.choice(starts)
    else:
        places = [at for at in range(8, len(text) - 4) if not any(start < at < end for start, end in figures)]
        if not places:
            return [text]
        at = rng.choice(places)
    return [text[:at].rstrip(), text[at:].lstrip()]
