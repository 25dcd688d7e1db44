"""Decisions laid over a mapped report: a token is read as a person read it, a field points elsewhere, or at nothing.

Nothing is solved for and nothing computed: what a person types is held to be printed there, and the identities recount
everything with it. A decision that no longer fits what was read is not applied and not dropped: it is stale, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from recount.pipeline.document import Token, Written
from recount.pipeline.errors import StaleDecision
from recount.pipeline.result import Decided, Review
from recount.pipeline.review.decisions import Corrections, Decision, Place, Verdict, field_of, standing
from recount.pipeline.split.tokens import parse_number
from recount.pipeline.verify import Verified, verify
from recount.pipeline.verify.cover import Word, identity_of
from recount.pipeline.verify.ground import Rejected, as_told, fits
from recount.schemas.describe import fields_of, leaves_in
from recount.schemas.figures import Kind, Model, Ref
from recount.schemas.saying import Saying, say

REVIEWER = "reviewer"
"""Who put a figure into its field, where a person did."""


def places_of(tokens: Sequence[Token], written: Written | None) -> list[Place]:
    """Where tokens stand in the file, as results tell it. tokens: at their places there; written: of a text."""
    return [_place_of(token, written) for token in tokens]


def _place_of(token: Token, written: Written | None) -> Place:
    if written is not None:
        line, columns = written.place(token.page, token.box)
        return Place(token.page, None, token.raw, line, columns)
    return Place(token.page, tuple(round(side, 2) for side in token.box), token.raw)


@dataclass(frozen=True, slots=True)
class Share:
    """What of the decisions about a file is about one report in it. decisions: those that stand. broken: lines that are
    none. sha256: of the file as it is now. places: of the report's tokens in the file."""

    decisions: tuple[Decision, ...]
    broken: tuple[Saying, ...]
    sha256: str
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class Overlaid:
    """A report under the decisions of people.

    report: Report[Ref]; tokens: with the readings that were typed; verified: of both. first: what was read first, by
    token. reviews: by figure, what was decided. taken_out: what fills no field any more. told: every decision that
    stands, with what became of it; None where there is none.
    """

    report: Any
    tokens: tuple[Token, ...]
    verified: Verified
    first: Mapping[int, str] = field(default_factory=dict)
    reviews: Mapping[str, Review] = field(default_factory=dict)
    taken_out: tuple[Rejected, ...] = ()
    told: tuple[Decided, ...] | None = None


def shared_out(corrections: Corrections, sha256: str, reports: Sequence[Sequence[Place]]) -> list[Share]:
    """The decisions about a file for each report in it: for the one that has the number, or a number of its page; else
    for the first. sha256: of the file; reports: the places of the numbers of each."""
    shares: list[list[Decision]] = [[] for _ in reports]
    for decision in standing(corrections.decisions):
        at = [report for report, places in enumerate(reports) if any(map(decision.place.meets, places))]
        page = decision.place.page
        pages = [report for report, places in enumerate(reports) if any(place.page == page for place in places)]
        shares[(*at, *pages, 0)[0]].append(decision)
    return [
        Share(tuple(own), () if report else corrections.broken, sha256, reports[report])
        for report, own in enumerate(shares)
    ]


def overlaid(report: Any, verified: Verified, tokens: Sequence[Token], share: Share | None) -> Overlaid:
    """A report as mapped and verified, with decisions laid over it, and verified anew.

    report: Report[Ref]. share: None where nothing was ever decided.
    """
    if share is None or not (share.decisions or share.broken):
        return Overlaid(report, tuple(tokens), verified)
    kinds = {pointer: figure.kind for pointer, figure in verified.figures.items()}
    refs = {pointer: leaf for pointer, leaf in leaves_in(report) if pointer in kinds}
    desk = _Desk(list(tokens), share.places, kinds, share.sha256, refs)
    told = [_told(decision, *desk.apply(decision)) for decision in share.decisions]
    told += [Decided("", "", "", "", "", "stale", words) for words in share.broken]
    changed = _changed(report, {**refs, **dict.fromkeys(kinds.keys() - refs.keys())} if desk.done else {})
    return Overlaid(
        changed,
        tuple(desk.tokens),
        _verified(changed, verified, desk) if desk.done else verified,
        {index: token.raw for index, token in desk.typed.items()},
        {pointer: _review(pointer, one, verified) for pointer, one in desk.reviewed.items()},
        tuple(_taken_out(pointer, one, verified) for pointer, one in desk.gone.items()),
        tuple(told),
    )


def _verified(report: Any, before: Verified, desk: _Desk) -> Verified:
    """The report verified anew, with what is a person's word told apart."""
    has_gone = [any(one.pointer in desk.gone for one in e.operands) for e in before.evaluations]
    loosened = frozenset(identity_of(e) for e, gone in zip(before.evaluations, has_gone, strict=True) if gone)
    mappers = {**before.mappers, **dict.fromkeys(desk.moved, REVIEWER)}
    word = Word(desk.typed, frozenset(desk.kept), frozenset(desk.reviewed), loosened)
    unsure = before.unsure - desk.moved
    return verify(report, desk.tokens, before.mapper, mappers=mappers, unsure=unsure, word=word)


def _told(decision: Decision, pointer: str, reason: Saying | None) -> Decided:
    """What became of a decision. pointer: of its figure; reason: why it was not applied."""
    state = "applied" if reason is None else "stale"
    return Decided(decision.id, pointer, decision.verdict.value, decision.by, decision.at, state, reason)


def _taken_out(pointer: str, decision: Decision, before: Verified) -> Rejected:
    words = say("taken_out", by=decision.by)
    words = say("with_words", what=words, words=decision.note) if decision.note else words
    return Rejected(pointer, decision.place.raw, before.mapper_of(pointer), words)


def _review(pointer: str, decision: Decision, before: Verified) -> Review:
    figure = before.figures.get(pointer)
    return Review(
        decision.id,
        decision.by,
        decision.at,
        decision.verdict.value,
        as_told(figure) if figure is not None else None,
        decision.note,
    )


@dataclass(slots=True)
class _Desk:
    """A report while decisions are laid over it, one after the other.

    places: of the tokens. kinds: of its figures. refs: what these point at now. typed: what was read, by token, where
    a number was typed; kept: the tokens that no other reading is taken of. reviewed, gone: by pointer, the decision on
    a figure, and on one that was taken out. moved: the fields that a person pointed elsewhere. done: whether anything
    was applied.
    """

    tokens: list[Token]
    places: Sequence[Place]
    kinds: Mapping[str, Kind]
    sha256: str
    refs: dict[str, Ref]
    typed: dict[int, Token] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    reviewed: dict[str, Decision] = field(default_factory=dict)
    gone: dict[str, Decision] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    done: bool = False

    def apply(self, decision: Decision) -> tuple[str, Saying | None]:
        """Lays a decision over the report: the pointer of its figure, and the reason if nothing is changed."""
        try:
            if decision.sha256 != self.sha256:
                raise StaleDecision(say("another_file"))
            token = self._token(decision.place, decision.pointer)
            pointer = _HOW[decision.verdict](self, decision, token)
        except StaleDecision as error:
            return decision.pointer, error.why
        self.done = True
        return pointer, None

    def as_printed(self, decision: Decision, token: int) -> str:
        """The page prints this. A reading that had to be repaired for it is a typed one."""
        pointer = self._field(decision, token)
        if decision.value not in (None, self.tokens[token].raw):
            return self.misread(decision, token)
        self.kept.add(token)
        self.reviewed[pointer] = decision
        return pointer

    def misread(self, decision: Decision, token: int) -> str:
        """The token is read as it was typed, for every field that it fills."""
        before, parsed = self.tokens[token], parse_number(decision.value or "")
        if before.origin != "ocr":
            raise StaleDecision(say("not_ocr"))
        if parsed is None:
            raise StaleDecision(say("typed_no_number"))
        raw = (decision.value or "").strip("%％ ")
        typed = replace(before, raw=raw, value=parsed[0], decimals=parsed[1], confidence=None)
        filled = self._filled_by(token)
        self._check_fit(typed, filled)
        self.tokens[token] = typed
        self.typed.setdefault(token, before)
        self.kept.add(token)
        self.reviewed |= dict.fromkeys(filled, decision)
        own = list(filter(_is_of(decision.pointer), filled))
        return decision.pointer if decision.pointer in filled else (*own, *filled, decision.pointer)[0]

    def other_token(self, decision: Decision, token: int) -> str:
        """The field points at another token, in the direction that its words say."""
        pointer = self._field(decision, token)
        if decision.target is None:
            raise StaleDecision(say("no_target"))
        target = self._target(decision.target)
        self._check_fit(self.tokens[target], [pointer])
        self.refs[pointer] = replace(self.refs[pointer], token=target)
        self.kept.add(target)
        self.moved.add(pointer)
        self.reviewed[pointer] = decision
        return pointer

    def not_a_figure(self, decision: Decision, token: int) -> str:
        """The field holds nothing."""
        pointer = self._field(decision, token)
        del self.refs[pointer]
        self.reviewed.pop(pointer, None)
        self.gone[pointer] = decision
        return pointer

    # --- what a decision is about

    def _token(self, place: Place, pointer: str = "") -> int:
        """The token at a place, with the characters that were seen there. pointer: of the field that it fills, if there
        are more: of what is torn over lines of a text only the line is known."""
        there = [number for number, own in enumerate(self.places) if own.meets(place)]
        if not there:
            raise StaleDecision(say("nothing_there"))
        found = [number for number in there if self.places[number].raw == place.raw]
        if not found:
            raise StaleDecision(say("read_as", raw=self.places[there[0]].raw))
        own = [token for token in found if any(map(_is_of(pointer), self._filled_by(token)))]
        return (own or found)[0]

    def _target(self, place: Place) -> int:
        """The token that a person pointed at: at its place, or alone within a box that was drawn around it."""
        if place.raw:
            return self._token(place)
        found = [number for number, own in enumerate(self.places) if _is_within(own, place)]
        if len(found) != 1:
            raise StaleDecision(say("several_there" if found else "no_target_there"))
        return found[0]

    def _filled_by(self, token: int) -> list[str]:
        return [pointer for pointer, ref in self.refs.items() if ref.token == token]

    def _field(self, decision: Decision, token: int) -> str:
        """The field that a decision is about: the one of its pointer, or of that pointer in another row."""
        filled = self._filled_by(token)
        found = list(filter(_is_of(decision.pointer), filled))
        if decision.pointer in found:
            return decision.pointer
        if not found:
            raise StaleDecision(say("fills_another" if filled else "fills_none"))
        return found[0]

    def _check_fit(self, token: Token, pointers: Iterable[str]) -> None:
        if any(not fits(token, self.kinds[pointer]) for pointer in pointers):
            raise StaleDecision(say("does_not_suit", raw=token.raw))


def _is_of(pointer: str) -> Callable[[str], bool]:
    """Whether a pointer is that of the same field, in whatever row."""
    own = field_of(pointer)
    return lambda other: field_of(other) == own


def _never(desk: _Desk, decision: Decision, token: int) -> str:  # noqa: ARG001 - as the others are called
    raise StaleDecision(say("says_nothing"))


_HOW: Mapping[Verdict, Callable[[_Desk, Decision, int], str]] = {
    Verdict.AS_PRINTED: _Desk.as_printed,
    Verdict.MISREAD: _Desk.misread,
    Verdict.OTHER_TOKEN: _Desk.other_token,
    Verdict.NOT_A_FIGURE: _Desk.not_a_figure,
    Verdict.WITHDRAWN: _never,
}


def _is_within(own: Place, drawn: Place) -> bool:
    """Whether the middle of a number lies in a box."""
    if own.page != drawn.page or own.bbox is None or drawn.bbox is None:
        return own.meets(drawn)
    x, y = (own.bbox[0] + own.bbox[2]) / 2, (own.bbox[1] + own.bbox[3]) / 2
    return drawn.bbox[0] <= x <= drawn.bbox[2] and drawn.bbox[1] <= y <= drawn.bbox[3]


def _changed(value: Any, refs: Mapping[str, Ref | None], pointer: str = "") -> Any:
    """A report with other references at some pointers."""
    if pointer in refs:
        return refs[pointer]
    if isinstance(value, Model):
        keys = fields_of(type(value))
        return value.model_copy(update={key: _changed(getattr(value, key), refs, f"{pointer}/{key}") for key in keys})
    if isinstance(value, tuple):
        return tuple(_changed(row, refs, f"{pointer}/{number}") for number, row in enumerate(value))
    return value
