"""The verifier: ground, recount, blame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from recount.pipeline.document import Remark, Token
from recount.pipeline.verify.blame import Suspect, blamed, explained, firm, suspects_of
from recount.pipeline.verify.cover import NO_WORD, DocumentNumbers, Rivals, Word, covered
from recount.pipeline.verify.doubt import (
    Unsettled,
    doubtful,
    in_tables,
    many_fail,
    misscaled,
    nameless,
    of_two_prints,
    told,
    unsettled,
    without_unit,
)
from recount.pipeline.verify.ground import Rejected, Resolver
from recount.pipeline.verify.place import Skipped, places_of, table_of
from recount.pipeline.verify.precision import columns_of, odd_ones, sharpened
from recount.pipeline.verify.recount import Status, recount, set_aside, statuses
from recount.schemas.arithmetic import Evaluation
from recount.schemas.describe import title_of
from recount.schemas.figures import Figure, Model
from recount.schemas.saying import say

NO_OTHERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verified:
    """A report with its figures, each grounded and with a status; the evaluated identities; refused proposals.

    report: Report[Figure]. figures, statuses: by JSON pointer. cover: how many identities cover a figure. suspects:
    of each failing evaluation, by its position, the most suspect first. mapper: who proposed the figures; mappers: who
    proposed some of them, by pointer, where another did. unsure: figures that no identity may confirm, for nothing
    speaks for the fields that they were put in. skipped: the lines of tables from which no row was read.
    off_scale: the tables that were read in another unit than the rest, each with the power of ten that settles it, the
    likeliest first. unitless: the amounts of which no unit is printed, nor tied to any. remarks: what is to be said.
    word: what people said of the figures.
    """

    report: Any
    figures: dict[str, Figure]
    statuses: dict[str, Status]
    evaluations: tuple[Evaluation, ...]
    rejected: tuple[Rejected, ...]
    mapper: str
    cover: Mapping[str, int] = field(default_factory=dict)
    suspects: Mapping[int, Sequence[Suspect]] = field(default_factory=dict)
    mappers: Mapping[str, str] = field(default_factory=dict)
    unsure: Set[str] = frozenset()
    skipped: tuple[Skipped, ...] = ()
    off_scale: Mapping[str, int] = field(default_factory=dict)
    unitless: Set[str] = frozenset()
    remarks: tuple[Remark, ...] = ()
    word: Word = NO_WORD

    def mapper_of(self, pointer: str) -> str:
        """Who proposed a figure."""
        return self.mappers.get(pointer, self.mapper)


def verify(
    report: Model,
    tokens: Sequence[Token],
    mapper: str,
    confirmed: Set[int] = frozenset(),
    numbers: DocumentNumbers | None = None,
    mappers: Mapping[str, str] = NO_OTHERS,
    unsure: Set[str] = frozenset(),
    word: Word = NO_WORD,
) -> Verified:
    """Verify a mapped report (Report[Ref]) against the number tokens of its document.

    confirmed: tokens of scanned pages that a second reading read alike. numbers: what is known of the tokens from
    before, where reports that are mapped from them are verified more than once. mappers, unsure, word: see Verified.
    """
    numbers = numbers or DocumentNumbers([*tokens, *word.typed.values()])
    resolver = Resolver(tokens, mapper)
    resolved, figures = resolver.model(report), resolver.figures
    evaluations, lacking = set_aside(resolved, recount(resolved), figures, tokens)
    odd = odd_ones(figures, tokens, columns_of(figures, tokens))
    many = many_fail(evaluations)
    confirming = firm([e for e in sharpened(evaluations, odd) if not (word.loosens(e) or (many and of_two_prints(e)))])
    places = places_of(figures, tokens, evaluations)
    rivals = Rivals(numbers, figures, places, confirmed, refused=resolver.refused, odd=odd, word=word)
    cover = covered(rivals, confirming)
    scaled = misscaled(tokens, evaluations)
    off_scale = told(scaled)
    in_other_unit = in_tables(off_scale, figures, tokens)
    suspects = suspects_of(evaluations, cover, rivals, in_other_unit)
    unnamed = nameless(resolved, figures, tokens)
    touched = _touched(figures, tokens, unnamed)
    unitless = without_unit(figures, tokens, evaluations)
    loose = frozenset(pointer for pointers in unitless.values() for pointer in pointers)
    vague = unsettled(figures, tokens, evaluations)
    doubts = vague.figures.union(unsure, touched, loose, lacking)
    doubts |= doubtful(figures, tokens, evaluations, suspects, scaled)
    if doubts:
        rivals = replace(rivals, doubtful=doubts)
        cover = covered(rivals, confirming)
        suspects = suspects_of(evaluations, cover, rivals, in_other_unit)
    disputed = blamed(evaluations, cover, suspects) | _contradicted(touched, figures, tokens)
    if disputed:
        cover = covered(rivals, _sound(confirming, disputed))
    return Verified(
        resolved,
        figures,
        statuses(figures, cover, disputed, word.settled),
        explained(resolved, evaluations, suspects),
        tuple(replace(rejection, mapper=mappers.get(rejection.pointer, mapper)) for rejection in resolver.rejected),
        mapper,
        cover,
        suspects,
        mappers,
        unsure,
        rivals.places.skipped,
        off_scale,
        loose,
        tuple(_remarks(resolved, tokens, figures, unitless, many, unnamed, vague)),
        word,
    )


def _remarks(
    report: Any,
    tokens: Sequence[Token],
    figures: Mapping[str, Figure],
    unitless: Mapping[str, Sequence[str]],
    many: tuple[int, int] | None,
    unnamed: Mapping[str, Sequence[str]],
    vague: Unsettled,
) -> Iterator[Remark]:
    """What a reader of the result must be told of the report as a whole, and of tables without a unit or a name, or
    that contradict one another in their periods."""
    if many is not None:
        yield Remark("many identities fail", 1, None, say("many_fail", failing=many[0], checks=many[1]))
    for table, pointers in unitless.items():
        page = tokens[figures[pointers[0]].token].page
        yield Remark("unit", page, None, say("no_unit", table=title_of(report, table)))
    for pointers in unnamed.values():
        yield Remark("no name", tokens[figures[pointers[0]].token].page, None, say("table_nameless"))
    for table in vague.units:
        yield Remark("unit", _page_of([table], tokens, figures), None, say("other_unit", table=title_of(report, table)))
    for tables in sorted({tuple(sorted(set(map(table_of, columns)))) for columns in vague.columns}):
        words = say("columns_exchanged", tables=tuple(title_of(report, table) for table in tables))
        yield Remark("columns", _page_of(tables, tokens, figures), None, words)


def _page_of(tables: Collection[str], tokens: Sequence[Token], figures: Mapping[str, Figure]) -> int:
    """The first page that tables have figures on."""
    return min(tokens[figure.token].page for figure in figures.values() if table_of(figure.pointer) in tables)


def _touched(figures: Mapping[str, Figure], tokens: Sequence[Token], unnamed: Mapping[str, Sequence[str]]) -> set[str]:
    """The figures that something on the page touches, and those of tables of which the name was not read."""
    touched = {pointer for pointer, figure in figures.items() if tokens[figure.token].remark is not None}
    return touched.union(*unnamed.values())


def _contradicted(touched: Iterable[str], figures: Mapping[str, Figure], tokens: Sequence[Token]) -> set[str]:
    """The figures that the page itself contradicts: struck out, corrected elsewhere."""
    remarks = ((pointer, tokens[figures[pointer].token].remark) for pointer in touched)
    return {pointer for pointer, remark in remarks if remark is not None and remark.disputes}


def _sound(evaluations: Sequence[Evaluation], disputed: Set[str]) -> list[Evaluation]:
    """The evaluations without the identities that hold with a disputed figure: those confirm nothing."""
    return [
        evaluation
        for evaluation in evaluations
        if evaluation.result != "pass" or not any(operand.pointer in disputed for operand in evaluation.operands)
    ]
