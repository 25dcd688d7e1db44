"""Prompts: plain text with $placeholders, rendered with what is asked and where it stands.

`prompts/system.txt` says how to answer, for every question. `prompts/<family>/<purpose>.txt` asks for one part of a
report; a part without a file of its own is asked for by `prompts/section.txt` or `prompts/table.txt`. A family of the
user's own brings its prompts in its folder; one without an ideograph in its titles is asked about in English
(`prompts/en/`). The version of a prompt is the hash of the rendered text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.abc import Traversable
from pathlib import Path
from string import Template

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.protocol import Numbers
from recount.pipeline.split.folding import has_ideograph
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind

_UNITS = {
    Kind.MONEY: ("金额", "amount"),
    Kind.PERCENT: ("百分数", "percentage"),
    Kind.COUNT: ("整数", "whole number"),
    Kind.AREA: ("平方米", "square metres"),
    Kind.SCORE: ("分", "points"),
    Kind.YEAR: ("年份", "year"),
    Kind.ANY: ("数字", "number"),
}
_MANY, _TEXT = ("列表，每行一项", "list, one item for each row"), ("文字", "text")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt. version: the beginning of the hash of its text."""

    system: str
    user: str

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits."""
        return hashlib.sha256(f"{self.system}\n{self.user}".encode()).hexdigest()[:12]


def render(family: Family, piece: Piece, answer: type[BaseModel], text: str, numbers: Numbers) -> Prompt:
    """The prompt for a piece. Raises UsageError where a prompt file has a placeholder that nothing fills."""
    values = {
        "report": family.title,
        "title": piece.title,
        "heading": piece.heading or piece.title,
        "fields": sheet(answer, in_english=is_in_english(family)),
        "text": text,
        "example": numbers.example,
        "rule": _rule(family, numbers),
    }
    return Prompt(_filled(family, "system", values), _filled(family, _name(family, piece), values))


def render_choice(family: Family, name: str, choices: Mapping[str, str], text: str, numbers: Numbers) -> Prompt:
    """The prompt for a choice: what a passage speaks of, what a report is. choices: each with what is said of it.

    Raises UsageError as render does.
    """
    colon = ": " if is_in_english(family) else "："
    lines = "\n".join(f"- {title}{colon if said else ''}{said}" for title, said in choices.items())
    rule = _rule(family, numbers)
    values = {"report": family.title, "fields": lines, "text": text, "example": numbers.example, "rule": rule}
    return Prompt(_filled(family, "system", values), _filled(family, name, values))


def naming(name: str, values: Mapping[str, str], *, in_english: bool) -> Prompt:
    """The prompt for names of a drafted family, or identities of it (names.txt, between.txt). values: what is in it."""
    common = resources.files("recount.prompts")
    texts = [_text_of((common / "en" if in_english else common) / f"{own}.txt") or "" for own in ("naming", name)]
    return Prompt(texts[0], Template(texts[1]).substitute(values))


def again(family: Family, prompt: Prompt, found: str) -> Prompt:
    """The same question once more, with what the verifier found in the answer."""
    return Prompt(prompt.system, f"{prompt.user}\n{_filled(family, 'again', {'found': found})}")


def is_in_english(family: Family) -> bool:
    """Whether a family is asked about in English: none of its titles has an ideograph."""
    return not has_ideograph(family.title) and _is_told_in_letters(family.report)


@cache
def _is_told_in_letters(model: type[BaseModel]) -> bool:
    return not any(map(has_ideograph, _titles_in(model)))


def _titles_in(model: type[BaseModel]) -> Iterator[str]:
    for field in fields_of(model).values():
        yield field.title
        yield from _titles_in(field.model) if field.model is not None else ()


def _rule(family: Family, numbers: Numbers) -> str:
    return numbers.rules.en if is_in_english(family) else numbers.rules.zh


def mended(problem: str, *, in_english: bool) -> str:
    """What is added to a question whose answer did not keep to the schema. problem: how."""
    common = resources.files("recount.prompts")
    text = _text_of((common / "en" if in_english else common) / "mended.txt") or "$problem"
    return Template(text).substitute(problem=problem).rstrip("\n")


def sheet(answer: type[BaseModel], depth: int = 0, *, in_english: bool = False) -> str:
    """The fields of an answer, a line each: key, official title, what stands there."""
    lines = []
    colon = ": " if in_english else "："
    for name, field in fields_of(answer).items():
        lines.append(f"{'  ' * depth}- {name}{colon}{field.title}{_stands_in(field, in_english)}")
        if field.model is not None:
            lines.append(sheet(field.model, depth + 1, in_english=in_english))
    return "\n".join(lines)


def _stands_in(field: Field, in_english: bool) -> str:
    words = _UNITS[field.kind] if field.kind is not None else _MANY if field.many else _TEXT if field.is_text else None
    if words is None:
        return ""
    return f" ({words[1]})" if in_english else f"（{words[0]}）"


def _name(family: Family, piece: Piece) -> str:
    if _source(family, piece.purpose) is not None:
        return piece.purpose
    return "section" if piece.paragraphs else "table"


def _filled(family: Family, name: str, values: dict[str, str]) -> str:
    source = _source(family, name)
    if source is None:
        raise UsageError(f"there is no prompt {name}.txt")
    try:
        return Template(source).substitute(values)
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"the prompt {name}.txt of {family.name} has a placeholder that nothing fills: {error}"
        ) from None


def _source(family: Family, name: str) -> str | None:
    """The text of a prompt file: of the family's own, else the common one."""
    common = resources.files("recount.prompts")
    places = (family.prompts, common / family.name, common / "en" if is_in_english(family) else common)
    return next((text for place in places if place and (text := _text_of(place / f"{name}.txt")) is not None), None)


def _text_of(file: Path | Traversable) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None
