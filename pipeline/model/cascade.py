"""A report mapped with a model, and a verifier in the loop: who is asked about what, and which answer is taken.

With `--mapper model` every piece is asked about; in the cascade only what the template mapper left open or the verifier
contradicts. What the verifier finds in an answer goes into the next question, at most so many rounds. A figure that is
verified is never overridden, and an answer is taken only if the report verifies better with it.
"""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from recount.pipeline.document import Cell, Document, ModelUse, Remark
from recount.pipeline.map import Mapped
from recount.pipeline.map.grammar.passage import passage_of, refs_in, unmapped_in
from recount.pipeline.model.answer.draft import (
    Draft,
    DraftVerifier,
    Reading,
    better,
    filled,
    findings_in,
    free_of_others,
    put_together,
    spoken_for,
    tokens_in,
    without,
)
from recount.pipeline.model.answer.evidence import Pick, picks_in, row_of
from recount.pipeline.model.answer.resolve import INVENTED
from recount.pipeline.model.ask.loose import loose_pieces, possible
from recount.pipeline.model.ask.pieces import Key, Piece, Pieces, pieces_of
from recount.pipeline.model.ask.prompting import is_in_english
from recount.pipeline.model.ask.protocol import PAIR
from recount.pipeline.model.ask.question import Asker, Findings
from recount.pipeline.model.ask.shown import Block, blocks_of, show
from recount.pipeline.model.mapper import Mapper, family_of_report
from recount.pipeline.model.transport.client import asker
from recount.pipeline.settings import TEMPLATE, ModelSettings, Settings
from recount.pipeline.split.folding import fold, plain
from recount.pipeline.split.outline import every_section
from recount.pipeline.usage import NOTHING, Usage
from recount.pipeline.verify.ground import Rejected
from recount.pipeline.verify.recount import Status
from recount.pipeline.verify.verify import Verified
from recount.schemas.common.parts import UNMAPPED, UnmappedFigure
from recount.schemas.describe import fields_of, leaves_in, nested
from recount.schemas.family import Family
from recount.schemas.figures import Model, Ref
from recount.schemas.saying import Saying, say

_MOST_IN_A_TEXT = 4
"""So many numbers the cell of a text may be; one of more has taken up the cells beside it."""
_MARK = re.compile(r"@\d+")
PARTED = say("not_seconded")


@dataclass(frozen=True, slots=True)
class Cascaded:
    """What came of it.

    open: the pieces that no answer was had for, with the reason; unanswered: those of them that may be asked again.
    prompts: their versions. usage: of all questions. agreed: the figures that a second reader put there too.
    """

    mapped: Mapped
    verified: Verified
    open: Mapping[str, Saying]
    prompts: Mapping[str, tuple[str, ...]]
    usage: Usage
    unanswered: tuple[str, ...] = ()
    agreed: Set[str] = frozenset()


def map_with_model(
    document: Document,
    family: Family,
    template: Mapped | None,
    settings: Settings,
    sha256: str,
    who: Asker | None = None,
    second: Asker | Mapped | None = None,
) -> tuple[Mapped, Verified, ModelUse]:
    """Maps a document of a family by the model that the settings name.

    template: what the template mapper made of it; None has the model map all of it. sha256: of its file, for the ledger
    of calls. who, second: asked instead of the endpoints of the model and of the second one, which may be what the
    template mapper made of it. Returns the report, what the verifier says of it, and what the model had to do with it;
    a question that was not answered leaves its piece open. Raises UsageError if the store of answers or a prompt cannot
    be used.
    """
    asked = settings.asked
    assert asked is not None, "only with a model that may be asked"
    mapper = Mapper(who or _asker(asked), family, sha256, threads=asked.concurrency)
    again = _second(mapper, settings, second)
    if template is None:
        done = map_by_model(document, mapper, asked.name, settings.rounds - 1, again=again)
    else:
        done = cascade(document, mapper, asked.name, settings.rounds, template, again)
    name = again.name if again is not None else None
    use = ModelUse(done.mapped.mapper, done.usage, done.prompts, done.open, done.unanswered, name, done.agreed)
    return done.mapped, done.verified, use


@dataclass(frozen=True, slots=True)
class Second:
    """A second reader. name: "template", or `model:<name>`. drafts: what it says of pieces."""

    name: str
    drafts: Callable[[Sequence[Piece]], Sequence[Draft]]


def _second(first: Mapper, settings: Settings, who: Asker | Mapped | None) -> Second | None:
    """The second reader that settings name. first: the mapper that reads first; who: as of map_with_model."""
    if isinstance(who, Mapped):
        report = values_of(who.report)
        return Second(TEMPLATE, lambda pieces: [Draft(piece, report) for piece in pieces[:1]])
    if settings.second is None:
        return None
    mapper = replace(first, asker=who or _asker(settings.second), threads=settings.second.concurrency)
    return Second(f"model:{settings.second.name}", mapper.drafts)


def family_by_model(
    document: Document, families: Sequence[Family], settings: Settings, sha256: str, who: Asker | None = None
) -> tuple[Family | None, Usage]:
    """The family of a document that shows none, as the model of the settings says, and what asking took.

    Nobody is asked about one without a figure (the cover of a portfolio). Raises UsageError as map_with_model does.
    """
    assert settings.asked is not None, "only with a model that may be asked"
    if not any(token.is_figure for token in document.tokens):
        return None, NOTHING
    return family_of_report(document, families, who or _asker(settings.asked), sha256)


@cache
def _asker(settings: ModelSettings) -> Asker:
    """One asker a process: it holds the connection and the store open until the process ends."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(asker(settings))


def map_by_model(
    document: Document,
    mapper: Mapper,
    name: str,
    rounds: int,
    purposes: Sequence[str] | None = None,
    again: Second | None = None,
) -> Cascaded:
    """Every piece of a report, asked of a model. rounds: how often it may be asked again about what was found.

    purposes: of the only pieces that are asked about; the others stay as if they were not in the report. again: reads
    again what no identity covers.
    """
    pieces = pieces_of(document, mapper.family)
    state = _State(document, mapper, name, pieces, {})
    state.take(mapper.drafts([piece for piece in pieces.asked if purposes is None or piece.purpose in purposes]))
    state.ask_again(rounds)
    if purposes is None:
        state.ask_loose()
    state.read_again(again)
    return state.cascaded(f"model:{name}")


def cascade(
    document: Document, mapper: Mapper, name: str, rounds: int, template: Mapped, again: Second | None = None
) -> Cascaded:
    """The template's report, with what it left open or the verifier contradicts asked of a model. again: as of
    map_by_model."""
    if not template.found:
        return map_by_model(document, mapper, name, rounds - 1, again=again)
    pieces = pieces_of(document, mapper.family)
    state = _State(document, mapper, name, pieces, values_of(template.report), template)
    unmapped = getattr(template.report, UNMAPPED, None)  # some families have no field for these
    asked = open_pieces(pieces, template.report, state.verified, state.unmapped() if unmapped is None else unmapped)
    state.told = {piece.key: note for piece in asked if (note := state.findings(Draft(piece)))}
    state.take(mapper.drafts(asked, _note_in(state.told)))
    state.ask_again(rounds - 1)
    state.ask_loose()
    state.read_again(again)
    return state.cascaded("cascade" if state.drafts else template.mapper)


# --- what is open


def open_pieces(
    pieces: Pieces, report: Model, verified: Verified, unmapped: Sequence[UnmappedFigure[Ref]]
) -> list[Piece]:
    """The pieces of a report with fields that the template mapper left open or the verifier contradicts.

    A field is open if nothing is in it while figures of its section, or its table, are in no field. Of a table that was
    read in part those blocks are asked about that hold figures which are in no field and no text of the report.
    unmapped: the figures of running text that are in no field.
    """
    left = {figure.value.token for figure in unmapped if figure.value is not None}
    disputed = {pointer for pointer, status in verified.statuses.items() if status is Status.DISPUTED}
    held = tokens_in(values_of(report))
    texts = {"".join(fold(text).split()) for _, text in leaves_in(report) if isinstance(text, str)}
    asked = []
    for piece in pieces.asked:
        blocks = tuple(block for grid in piece.grids for block in blocks_of(grid) if _is_open(block, held, texts))
        if not piece.paragraphs and blocks and any(token.index in held for token in piece.tokens):
            asked.append(replace(piece, blocks=blocks))
            continue
        gaps = _Gaps(piece, left & {token.index for token in piece.tokens}, disputed)
        wanted = gaps.fields(type(report), report, piece.wanted, "")
        if wanted and piece.paragraphs:
            shown = show(piece.paragraphs, [block for grid in piece.grids for block in blocks_of(grid)], PAIR.printed)
            wanted = dict(possible(type(report), wanted, shown.marks))
        if wanted:
            asked.append(replace(piece, wanted=wanted))
    return asked


def _is_open(block: Block, held: Set[int], texts: Set[str]) -> bool:
    """Whether a figure of some rows is in no field. held: the tokens that fields hold; texts: those of the report."""
    return any(
        number.token.is_figure and number.token.index not in held
        for cell in block.grid.cells
        if block.first <= cell.row < block.last
        if (cell.words not in texts or len(cell.numbers) > _MOST_IN_A_TEXT) and _is_of_numbers(cell)
        for number in cell.numbers
    )


def _is_of_numbers(cell: Cell) -> bool:
    """Whether most of a cell is numbers: else it is a sentence that has some."""
    return sum(number.end - number.start for number in cell.numbers) * 2 > len(cell.text)


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What is open of a piece. left: its tokens that are in no field. disputed: the pointers of all such figures."""

    piece: Piece
    left: Set[int]
    disputed: Set[str]

    def fields(self, model: type[Model], report: Any, wanted: Mapping[str, Any], pointer: str) -> dict[str, Any]:
        """The wanted fields of a part that are to be asked about. report: the part, None where there is none."""
        found: dict[str, Any] = {}
        for name, inside in wanted.items():
            at, value = f"{pointer}/{name}", getattr(report, name, None) if report is not None else None
            inner = fields_of(model)[name].model
            if value in (None, ()) or inner is None:
                if self._is_disputed(at) or self._is_empty(model, name, value, pointer):
                    found[name] = None
            elif isinstance(value, tuple):
                if self._is_disputed(at) and self.piece.item is None:
                    found[name] = None
            else:
                deeper = inside if inside is not None else dict.fromkeys(fields_of(inner))
                if opened := self.fields(inner, value, deeper, at):
                    found[name] = opened
        return found

    def _is_disputed(self, at: str) -> bool:
        return any(pointer == at or pointer.startswith(f"{at}/") for pointer in self.disputed)

    def _is_empty(self, model: type[Model], name: str, value: Any, pointer: str) -> bool:
        """Whether nothing is in a field that a figure may be in. pointer: of its part."""
        field = fields_of(model)[name]
        holds_figures = field.kind is not None or field.model is not None
        open_here = value in (None, ()) and _says_figures(self.piece) and (bool(self.left) or not pointer)
        return open_here and holds_figures


def _says_figures(piece: Piece) -> bool:
    return any(token.is_figure for token in piece.tokens)


# --- which answer is taken


class _State:
    """A report while it is asked about: its values so far, and what the verifier says of them."""

    def __init__(
        self,
        document: Document,
        mapper: Mapper,
        name: str,
        pieces: Pieces,
        values: dict[str, Any],
        template: Mapped | None = None,
    ) -> None:
        self.document, self.mapper, self.pieces = document, mapper, pieces
        self.model = f"model:{name}"
        self.template = template
        self.verifier = DraftVerifier(document, mapper.family, template.mapper if template else self.model, self.model)
        self.drafts: dict[Key, Draft] = {}
        self.usage: Usage = NOTHING
        self.told: dict[Key, Findings] = {}
        self.values = values
        self.verified = self.verifier.verified(values)
        self.again: list[Draft] = []
        self.agreed: Set[str] = frozenset()
        self.rejected: list[Rejected] = []

    def take(self, drafts: Sequence[Draft]) -> None:
        """Answers about pieces: one is taken if the report verifies better with it, or it fills what was open."""
        self.usage = sum((draft.usage for draft in drafts), self.usage)
        if self.template is None and not self.drafts:
            self.drafts = {draft.piece.key: draft for draft in drafts}
            self.values = self._assembled(drafts)
            self.verified = self.verifier.verified(self.values)
            return
        for draft in drafts:
            self._fill(draft, draft.values, rows=draft.piece.item is not None or bool(draft.piece.blocks))
            if draft.open is None or draft.piece.key not in self.drafts:  # else the earlier answer stands
                self.drafts[draft.piece.key] = draft

    def _fill(self, draft: Draft, values: Mapping[str, Any], *, rows: bool) -> bool:
        """Values that were answered, if the report verifies better with them; whether it does, or has them already.

        rows: they are some rows of a list.
        """
        values = free_of_others(values, self.values, draft.refused, loose=draft.piece.loose is not None)
        used = tokens_in(self.values) if rows else None
        candidate = filled(self.values, values, "", self._settled, used)
        if candidate == self.values:
            return True
        verified = self.verifier.verified(candidate)
        taken = better(verified, self.verified, sure=spoken_for(values))
        if taken:
            self.values, self.verified = candidate, verified
        return taken

    def ask_loose(self) -> None:
        """Asks about the figures that no field has: what is answered of each part is taken for itself.

        Those of pieces that are to be asked about again wait for that. A passage of which nothing is asked is kept
        where no template lists its figures.
        """
        used = tokens_in(self.values).union(*(draft.used for draft in self.drafts.values()))
        used.update(token.index for draft in self.drafts.values() if draft.unanswered for token in draft.piece.tokens)
        report = self.verifier.report(self.values)
        loose = loose_pieces(self.document, self.mapper.family, report, used)
        for draft in self.mapper.drafts([piece for piece in loose if piece.wanted or self.template is None]):
            self.usage += draft.usage
            self.drafts[draft.piece.key] = draft
            for name, value in draft.values.items():
                if not self._fill(draft, {name: value}, rows=True) and isinstance(value, Mapping):
                    for key, inner in value.items():  # one list that contradicts does not cost the others
                        self._fill(draft, {name: {key: inner}}, rows=True)

    def findings(self, draft: Draft) -> Findings | None:
        """What the verifier says of an answer, in the language of the questions."""
        english = is_in_english(self.mapper.family)
        return findings_in(draft, self.verified, self.document.tokens, in_english=english)

    def ask_again(self, rounds: int) -> None:
        """Rounds of questions about what was found, until nothing is found or no answer betters the report."""
        for _ in range(rounds):
            notes = {
                key: note
                for key, draft in self.drafts.items()
                if draft.open is None
                and draft.piece.loose is None
                and (note := self.findings(draft))
                and not _same(note, self.told.get(key))
            }
            if not notes:
                return
            before = self.verified
            pieces = [draft.piece for key, draft in self.drafts.items() if key in notes]
            self.told.update(notes)
            self.take(self.mapper.drafts(pieces, _note_in(notes)))
            if self.verified is before:
                return

    def read_again(self, second: Second | None) -> None:
        """Has a second reader say where the figures stand that no identity covers: what it does not put there is left
        open. Agreement alone verifies nothing."""
        alone = list(self._uncovered())
        if second is None or not alone:
            return
        tokens = {pick.ref.token for _, pick in alone}
        self.again = list(second.drafts([d.piece for d in self.drafts.values() if tokens & d.used]))
        self.usage = sum((draft.usage for draft in self.again), self.usage)
        reading = Reading([draft.values for draft in self.again])
        parted = {at: pick for at, pick in alone if not reading.has(at, pick, row_of(self.values, at))}
        self.rejected = [Rejected(at, pick.mark.printed, self.model, PARTED) for at, pick in parted.items()]
        self.values = dict(without(self.values, parted.keys()))
        self.verified = self.verifier.verified(self.values)
        left = self._uncovered()
        self.agreed = {at for at, pick in left if reading.has(at, pick, row_of(self.values, at))}

    def _uncovered(self) -> Iterator[tuple[str, Pick]]:
        """The figures of the model that no identity covers."""
        statuses = self.verified.statuses
        return ((at, pick) for at, pick in picks_in(self.values) if statuses.get(at) is Status.GROUNDED)

    def cascaded(self, name: str) -> Cascaded:
        """The report as it stands, with the figures that have no key."""
        values, verified = self.values, self.verified
        if self.drafts:
            if UNMAPPED in fields_of(self.mapper.family.report):
                values = {**values, UNMAPPED: list(self.unmapped())}
            verified = self.verifier.verified(values)
        rejected = [
            Rejected(refused.pointer, refused.proposed, self.model, refused.reason)
            for draft in self.drafts.values()
            for refused in draft.refused
            if refused.pointer not in verified.figures or refused.reason in INVENTED
        ]
        verified = replace(verified, rejected=(*verified.rejected, *rejected, *self.rejected))
        report = self.verifier.report(values)
        mapped = Mapped(report, name, found=bool(verified.figures), remarks=self._remarks(report))
        drafts = [*self.drafts.values(), *self.again]
        return Cascaded(
            mapped,
            verified,
            {_name(draft.piece.key): draft.open for draft in drafts if draft.open is not None},
            {_name(draft.piece.key): draft.prompts for draft in drafts if draft.prompts},
            self.usage,
            tuple(_name(draft.piece.key) for draft in drafts if draft.unanswered),
            self.agreed,
        )

    def _assembled(self, drafts: Sequence[Draft]) -> dict[str, Any]:
        values = put_together(drafts)
        for name, section in self.pieces.copied.items():
            passage = passage_of(section.paragraphs)
            values[name] = plain(passage.printed.replace("\n", "")) or None
        return self._with_names_of_parts(values)

    def _with_names_of_parts(self, values: dict[str, Any]) -> dict[str, Any]:
        """A file without a title page has its unit and its year in its tables."""
        model = self.mapper.family.report
        parts = [part for value in values.values() for part in (value if isinstance(value, list) else [value])]
        for name, field in fields_of(model).items():
            if values.get(name) is None and field.model is None:
                said = (part.get(name) for part in parts if isinstance(part, Mapping))
                values[name] = next((words for words in said if words is not None), None)
        return values

    def _settled(self, pointer: str) -> bool:
        """Whether a figure may not be overridden: unless it is disputed, or no words speak for it."""
        return self.verified.statuses.get(pointer) is not Status.DISPUTED and pointer not in self.verified.unsure

    def unmapped(self) -> tuple[UnmappedFigure[Ref], ...]:
        """The figures that are in no field. What the template mapper left without one may have found one since."""
        outline = self.mapper.family.outline
        return unmapped_in(every_section(self.document, outline), outline, self.verifier.report(self.values))

    def _remarks(self, report: Model) -> tuple[Remark, ...]:
        """What the template says of tables that it left open; not of pages from which a model took figures."""
        if self.template is None:
            return ()
        taken = {ref.token for ref in refs_in(report)} - {ref.token for ref in refs_in(self.template.report)}
        pages = {self.document.tokens[index].page for index in taken}
        return tuple(remark for remark in self.template.remarks if remark.page not in pages)


def values_of(model: Any) -> Any:
    """A Report[Ref] as nested values."""
    return nested(model, lambda leaf: leaf)


def _name(key: Key) -> str:
    return key[0] if key[1] is None else f"{key[0]}/{key[1]}"


def _note_in(notes: Mapping[Key, Findings]) -> Callable[[Piece], Findings | None]:
    return lambda piece: notes.get(piece.key)


def _same(note: Findings, told: Findings | None) -> bool:
    """Whether a model was told this before; the marks of a note depend on what was shown."""
    return told is not None and _MARK.sub("", note.words) == _MARK.sub("", told.words)
