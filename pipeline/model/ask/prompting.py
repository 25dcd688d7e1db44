"""Prompts: plain text with $placeholders, rendered with what is asked and where it stands.

`prompts/system.txt` says how to answer, for every question. `prompts/<family>/<purpose>.txt` asks for one part of a
report; a part without a file of its own is asked for by `prompts/section.txt` or `prompts/table.txt`. A family of the
user's own brings its prompts in its folder. The version of a prompt is the hash of the rendered text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template

from pydantic import BaseModel

from recount.pipeline.errors import UsageError
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.protocol import Numbers
from recount.schemas.describe import Field, fields_of
from recount.schemas.family import Family
from recount.schemas.figures import Kind

_UNITS = {
    Kind.MONEY: "金额",
    Kind.PERCENT: "百分数",
    Kind.COUNT: "整数",
    Kind.AREA: "平方米",
    Kind.SCORE: "分",
    Kind.YEAR: "年份",
    Kind.ANY: "数字",
}


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
        "fields": sheet(answer),
        "text": text,
        "example": numbers.example,
        "rule": numbers.rule,
    }
    return Prompt(_filled(family, "system", values), _filled(family, _name(family, piece), values))


def render_choice(family: Family, name: str, choices: Mapping[str, str], text: str, numbers: Numbers) -> Prompt:
    """The prompt for a choice: what a passage speaks of, what a report is. choices: each with what is said of it.

    Raises UsageError as render does.
    """
    lines = "\n".join(f"- {title}{'：' if said else ''}{said}" for title, said in choices.items())
    values = {"report": family.title, "fields": lines, "text": text, "example": numbers.example, "rule": numbers.rule}
    return Prompt(_filled(family, "system", values), _filled(family, name, values))


def again(family: Family, prompt: Prompt, found: str) -> Prompt:
    """The same question once more, with what the verifier found in the answer."""
    return Prompt(prompt.system, f"{prompt.user}\n{_filled(family, 'again', {'found': found})}")


def sheet(answer: type[BaseModel], depth: int = 0) -> str:
    """The fields of an answer, a line each: key, official title, what stands there."""
    lines = []
    for name, field in fields_of(answer).items():
        lines.append(f"{'  ' * depth}- {name}：{field.title}{_stands_in(field)}")
        if field.model is not None:
            lines.append(sheet(field.model, depth + 1))
    return "\n".join(lines)


def _stands_in(field: Field) -> str:
    if field.kind is not None:
        return f"（{_UNITS[field.kind]}）"
    return "（列表，每行一项）" if field.many else "（文字）" if field.is_text else ""


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


@cache
def _source(family: Family, name: str) -> str | None:
    """The text of a prompt file: of the family's own, else the common one."""
    own = family.prompts / f"{name}.txt" if family.prompts is not None else None
    if own is not None and own.is_file():
        return own.read_text(encoding="utf-8")
    common = resources.files("recount.prompts")
    for place in (common / family.name, common):
        file = place / f"{name}.txt"
        if file.is_file():
            return file.read_text(encoding="utf-8")
    return None
