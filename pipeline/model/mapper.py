"""The model mapper: the pieces of a report, asked of a language model and resolved.

A mapper never writes a number: an answer copies figures with their marks, and they become references to tokens, or
they are refused (`resolve`). Long tables are asked about in blocks of rows; an answer that was cut off is asked for
again in two halves; a piece that no answer is had for stays open, with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from pydantic import Field, create_model

from recount.pipeline.document import Document, Paragraph
from recount.pipeline.errors import (
    BudgetSpent,
    ModelError,
    ModelMisconfigured,
    ModelRefused,
    NotToSchema,
    Offline,
    Truncated,
    Unreachable,
)
from recount.pipeline.model.answer.draft import Draft, merged, rows_in, used_by, without
from recount.pipeline.model.answer.evidence import (
    Evidence,
    Pick,
    evidence_of,
    picks_in,
    row_of,
    stands_by,
    subject_in,
)
from recount.pipeline.model.answer.resolve import UNSAID, Refused, Resolved, resolve
from recount.pipeline.model.answer.vouch import vouched
from recount.pipeline.model.ask.loose import choice_of, chosen
from recount.pipeline.model.ask.pieces import Piece
from recount.pipeline.model.ask.prompting import Prompt, again, is_in_english, render, render_choice
from recount.pipeline.model.ask.protocol import PAIR, Numbers
from recount.pipeline.model.ask.question import Answer, Asker, Findings, Question, answer_model
from recount.pipeline.model.ask.shown import Block, Shown, blocks_of, halves, heading_over, show
from recount.pipeline.steps import Tally, tell
from recount.pipeline.usage import NOTHING, Usage
from recount.schemas.describe import Trail, fields_of, nested
from recount.schemas.family import Family
from recount.schemas.figures import Model
from recount.schemas.saying import Saying, say

MOST = 90
"""How many figures of running text are asked about at once. Each takes some 40 tokens of an answer, and an answer that
is cut off at the limit (4,096 by default) is paid for and lost."""
FEW = 24
"""How many figures of running text are asked about at once, once it was found that all are too many."""
_BEGINNING = 1500
"""Characters by which it is told what a report is."""
_PART_AND_FIELD = 2  # steps to a field of a part of the report
_SEPARATOR = re.compile(r"[、，,；;。\n]")

_ANSWERED = (Truncated, NotToSchema, ModelRefused)
"""What a model says that was asked, and will say again: there is no use in asking it in every run."""
_WHY: Mapping[type[ModelError], str] = {
    Truncated: "model_truncated",
    NotToSchema: "model_not_to_schema",
    BudgetSpent: "model_budget_spent",
    Unreachable: "model_unreachable",
    ModelRefused: "model_refused",
    ModelMisconfigured: "model_misconfigured",
    Offline: "model_offline",
}
"""What it means that there is no answer."""


def _why(error: ModelError) -> Saying:
    return say(_WHY.get(type(error), "model_failed"), problem=str(error))


@dataclass(frozen=True, slots=True)
class Part:
    """What one question is about: some paragraphs of a piece, or some rows of one of its tables."""

    paragraphs: tuple[Paragraph, ...]
    blocks: tuple[Block, ...]

    def halves(self) -> tuple[Part, ...]:
        """The part in two, the second under its heading; nothing where it cannot be parted."""
        first, second = halves(self.paragraphs)
        if second:
            return Part(first, ()), Part(second, self.blocks)
        if self.paragraphs and self.blocks:
            return Part(self.paragraphs, ()), Part((), self.blocks)
        if len(self.blocks) == 1 and self.blocks[0].last - self.blocks[0].first > 1:
            block = self.blocks[0]
            middle = (block.first + block.last) // 2
            return Part((), (replace(block, last=middle),)), Part((), (replace(block, first=middle),))
        return ()


@dataclass(frozen=True, slots=True)
class Mapper:
    """Asks about pieces. document: the hash of the file, for the ledger. asked: counts the questions."""

    asker: Asker
    family: Family
    document: str = ""
    numbers: Numbers = PAIR
    threads: int = 4
    asked: Tally = field(default_factory=partial(Tally, "ask"), repr=False, compare=False)

    def drafts(self, pieces: Sequence[Piece], found: Callable[[Piece], Findings | None] | None = None) -> list[Draft]:
        """The pieces, answered. found: what the verifier found in an earlier answer about a piece, to be put right."""
        if not pieces:
            return []
        self.asked.expect(sum(len(parts_of(piece)) or 1 for piece in pieces))
        with ThreadPoolExecutor(max_workers=min(self.threads, len(pieces))) as pool:
            return list(pool.map(lambda piece: self._draft(piece, found(piece) if found else None), pieces))

    def question(self, piece: Piece, part: Part, found: str | None = None) -> tuple[Shown, Prompt, Question]:
        """The question about a part of a piece. found: what the verifier found in an earlier answer."""
        shown = show(part.paragraphs, part.blocks, self.numbers.printed, years=piece.years)
        figures = [mark.printed for mark in shown.marks]
        most_rows = max(len(figures), sum(block.last - block.first for block in part.blocks), _items_in(shown.words))
        if piece.loose is not None:  # a row that is new has a figure of no field
            most_rows = min(most_rows, piece.left)
        answer = answer_model(self.family.report, self.numbers.figure_type(figures), piece.wanted, most_rows)
        prompt = render(self.family, piece, answer, shown.text, self.numbers)
        if found:
            prompt = again(self.family, prompt, found)
        english = is_in_english(self.family)
        question = Question(prompt.system, prompt.user, answer, piece.purpose, self.document, int(bool(found)), english)
        return shown, prompt, question

    def _draft(self, piece: Piece, found: Findings | None) -> Draft:
        draft = Draft(piece)
        try:
            if piece.loose is not None:
                draft.piece = piece = self._of_parts(draft)
            # Where most figures were left out, the section was too much for the model.
            for part in parts_of(piece, FEW if found and found.left_out else None):
                self._ask(draft, part, found.words if found else None)
        except ModelError as error:
            draft.open, draft.unanswered = _why(error), not isinstance(error, _ANSWERED)
            draft.usage += error.usage or NOTHING
        return draft

    def choice(self, piece: Piece) -> tuple[Prompt, Question] | None:
        """The question which parts of the report a passage speaks of; None where there is no choice."""
        report = self.family.report
        answer = choice_of(piece, report)
        if answer is None:
            return None
        shown = show(piece.paragraphs, piece.blocks, self.numbers.printed, years=piece.years)
        fields = [fields_of(report)[key] for key in piece.wanted]
        choices = {field.title: "、".join(_titles_in(field.model)) for field in fields if field.model is not None}
        prompt = render_choice(self.family, "parts", choices, shown.text, self.numbers)
        return prompt, Question(
            prompt.system, prompt.user, answer, "parts", self.document, in_english=is_in_english(self.family)
        )

    def _of_parts(self, draft: Draft) -> Piece:
        """The piece of a draft with the fields of those parts that it speaks of, as the model says."""
        asked = self.choice(draft.piece)
        if asked is None:
            return draft.piece
        prompt, question = asked
        self.asked.next()
        reply = self.asker.ask(question)
        draft.usage += reply.usage
        draft.prompts = (prompt.version,)
        return chosen(draft.piece, self.family.report, getattr(reply.value, "parts", ()))

    def _ask(self, draft: Draft, part: Part, found: str | None) -> None:
        """Ask about a part and take up the answer; ask about its halves where the answer was cut off."""
        shown, prompt, question = self.question(draft.piece, part, found)
        self.asked.next()
        try:
            reply = self.asker.ask(question)
        except Truncated as error:
            smaller = part.halves()
            if not smaller:
                raise
            draft.usage += error.usage or NOTHING
            self.asked.expect(len(smaller))
            for half in smaller:
                self._ask(draft, half, found)
            return
        draft.usage += reply.usage
        draft.prompts = tuple(dict.fromkeys([*draft.prompts, prompt.version]))
        self.take(draft, shown, reply.value)

    def take(self, draft: Draft, shown: Shown, answer: Any) -> None:
        """Resolves an answer about what was shown, and adds it to what is drafted of a piece."""
        before = dict(rows_in(draft.values))
        if draft.piece.item is not None:
            (name,) = draft.piece.wanted
            before[f"/{name}"] = draft.piece.item
        resolved: Resolved = resolve(answer, self.family.report, shown, self.numbers, before, draft.piece.depth)
        values = _one_item(draft.piece, resolved.values)
        if draft.piece.loose is not None:
            values = nested(_vouched(draft, values), _doubted)
        draft.values = _together(draft.piece, draft.values, values)
        draft.used |= used_by(values, shown, resolved.quoted)
        draft.refused += resolved.refused
        draft.shown.append(shown)


def family_of_report(
    document: Document, families: Sequence[Family], asker: Asker, sha256: str = ""
) -> tuple[Family | None, Usage]:
    """The family that a model takes a report for, by its beginning, and what asking took; None where it is of none, or
    no answer is had. sha256: of the file, for the ledger of calls."""
    times = Counter(family.title for family in families)
    kinds = {f"{own.title} ({own.name})" if times[own.title] > 1 else own.title: own for own in families}
    titles = tuple(kinds)
    choice: Any = Literal[titles] | None
    response = create_model("Kind", __base__=Answer, kind=(choice, Field(title="文件种类")))
    text = "\n".join(_lines(document))[:_BEGINNING]
    tell("ask", 1, 1)
    prompt = render_choice(families[0], "family", dict.fromkeys(titles, ""), text, PAIR)
    try:
        reply = asker.ask(Question(prompt.system, prompt.user, response, "family", sha256))
    except ModelError as error:
        return None, error.usage or NOTHING
    said = getattr(reply.value, "kind", None)
    return kinds.get(str(said)), reply.usage


def _lines(document: Document) -> Iterator[str]:
    """What a document says, a line for each paragraph and each cell of a table."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield block.text.printed
        else:
            yield from (paragraph.text.printed for paragraph in block.caption)
            yield from (cell.text.printed for cell in block.cells)


def parts_of(piece: Piece, figures: int | None = None) -> list[Part]:
    """The questions that a piece takes: one for its words with their small tables, one for each block of a long one.

    figures: so many of its words are asked about at once, as far as paragraphs go; None: as many as an answer takes.
    """
    blocks = [*piece.blocks] or [block for grid in piece.grids for block in blocks_of(grid)]
    if piece.loose is not None and not piece.wanted:
        return []
    if not piece.paragraphs:
        return [Part((), (block,)) for block in blocks]
    if figures is None:
        return _fitting(Part(piece.paragraphs, tuple(blocks)))
    groups = _groups(piece.paragraphs, figures)
    return [Part(groups[0], tuple(blocks)), *(Part(group, ()) for group in groups[1:])]


def _fitting(part: Part) -> list[Part]:
    """A part in halves of halves until the answer about each fits."""
    if sum(len(paragraph.numbers) for paragraph in part.paragraphs) <= MOST:
        return [part]
    return [smaller for half in part.halves() for smaller in _fitting(half)] or [part]


def _groups(paragraphs: Sequence[Paragraph], figures: int) -> list[tuple[Paragraph, ...]]:
    """Paragraphs in groups of about so many figures, each under its heading."""
    groups: list[tuple[Paragraph, ...]] = [()]
    for at, paragraph in enumerate(paragraphs):
        held = sum(len(above.numbers) for above in groups[-1])
        if held and held + len(paragraph.numbers) > figures:
            groups.append(heading_over(paragraphs, at))
        groups[-1] = (*groups[-1], paragraph)
    return groups


def _titles_in(part: type[Model]) -> list[str]:
    """What the fields of a part are called, without those that any part may have."""
    return [field.title for field in fields_of(part).values() if not field.is_text and subject_in(field.title)]


def _items_in(words: str) -> int:
    """How many items a list in running text can have."""
    return len(_SEPARATOR.findall(words)) + 1


def _one_item(piece: Piece, values: dict[str, Any]) -> dict[str, Any]:
    """A table that is one row of a list has one answer, whatever the model made of it."""
    if piece.item is None:
        return values
    (name,) = piece.wanted
    rows: Iterable[Any] = values.get(name) or ()
    return {name: list(rows)[:1]}


def _doubted(value: Any) -> Any:
    """A figure of a passage of which only the model says what part of the report it speaks of: where the words do not
    say so too, no identity confirms it."""
    if isinstance(value, Pick) and evidence_of(value.trail, value.mark.place) is not Evidence.FOR:
        return replace(value, evidence=Evidence.SILENT)
    return value


def _vouched(draft: Draft, values: dict[str, Any]) -> dict[str, Any]:
    """Values without the figures of which nothing but the model says that they are of their part: no words vouch for
    them, nor for another of the same row, or of the same small part (an amount and its share), that they stand by."""
    picks = dict(picks_in(values))
    sure = [
        (_whole(at, pick.trail), pick.mark.place)
        for at, pick in picks.items()
        if vouched(pick.trail, pick.mark.place, row_of(values, at))
    ]
    unsaid = set()
    for at, pick in picks.items():
        whole = _whole(at, pick.trail)
        if not any(whole == other and stands_by(pick.mark.place, place) for other, place in sure):
            draft.refused.append(Refused(at, pick.mark.printed, UNSAID))
            unsaid.add(at)
    return dict(without(values, unsaid)) if unsaid else values


def _whole(at: str, trail: Trail) -> str:
    """The pointer of the row or the small part that a figure is of; its own where it is of a part of the report."""
    row = re.match(r".*/\d+(?=/)", at)
    return row[0] if row else at.rpartition("/")[0] if len(trail) > _PART_AND_FIELD else at


def _together(piece: Piece, values: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The answers about the blocks of one piece; those of one table of a list are parts of one row."""
    if piece.item is None or not values:
        return dict(merged(values, more))
    (name,) = piece.wanted
    one, other = values.get(name) or [], more.get(name) or []
    return {name: [merged(one[0], other[0])] if one and other else one or other}
