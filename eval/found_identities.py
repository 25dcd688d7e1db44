"""How many of the identities that people wrote for a family are found from figures alone, and how many are false.

    python -m recount.eval.found_identities [--reports 10] [--fresh 20] [--seed 0] [--missing]

From so many generated reports of each form of final accounts the relations are searched by which `recount init-family
--from` drafts identities (pipeline/draft/relations.py): within each section and table, between the columns of lists of
rows, and between places that print the same. Then is said, of each form and of all:

- written: the identities of the schema that three of those reports at least evaluate, not all with a base of nothing,
  and that are of a kind that is searched: sums and shares within a section, a table, or a row of a list; the sum of a
  list's rows; one amount in two places. Of the others (a sum over the rows of one class or over several sections, a
  bound) and of seldom ones only the number;
- found: those of them that what was found implies (a = b + c and d = a imply d = b + c);
- false: found ones that fail in a fresh report, where all their figures are printed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import count
from typing import Any

from recount.eval.generator import Form, draft
from recount.pipeline.draft.relations import MARGIN, Series, Value, relations
from recount.pipeline.verify.place import key_of, list_of
from recount.pipeline.verify.recount import identities_of
from recount.schemas.arithmetic import Identity, evaluate
from recount.schemas.common.parts import TABLED, UNMAPPED
from recount.schemas.describe import ROW, fields_of, steps_of, way_of
from recount.schemas.figures import Figure, Kind
from recount.schemas.final_accounts.family import FINAL_ACCOUNTS
from recount.schemas.terms import Rate, Sum

Vector = Mapping[str, Fraction]
"""A sum that comes to nothing: how often each place counts in it."""


# --- reports as figures


def report_of(form: Form, seed: int) -> Any:
    """The gold of a generated report as Report[Figure]."""
    gold, _ = draft(form, seed)
    return _filled(FINAL_ACCOUNTS.report_of(Figure), gold, "", count())


def _filled(model: Any, said: Mapping[str, Any], pointer: str, tokens: Iterator[int]) -> Any:
    values = {key: _value(fields_of(model)[key], said[key], f"{pointer}/{key}", tokens) for key in said}
    return model(**values)


def _value(own: Any, said: Any, pointer: str, tokens: Iterator[int]) -> Any:
    if isinstance(said, list):
        return tuple(_value(own, inner, f"{pointer}/{at}", tokens) for at, inner in enumerate(said))
    if isinstance(said, Mapping):
        return _filled(own.model, said, pointer, tokens)
    if own.kind is None or said is None:
        return said
    number = Decimal(str(said))
    places = int(number.as_tuple().exponent)
    places = min(places, -2) if own.kind in (Kind.MONEY, Kind.PERCENT) else min(places, 0)
    return Figure(pointer, number, Decimal(1).scaleb(places), own.kind, next(tokens))


def figures_in(value: Any) -> Iterator[Figure]:
    """The figures of a report, in the order of its form."""
    return (figure for _, _, figure in _cells_in(value, "") if figure is not None)


def _cells_in(value: Any, pointer: str) -> Iterator[tuple[str, Kind, Figure | None]]:
    """The figures of a report, and the blank cells of its tables."""
    if isinstance(value, tuple):
        for at, inner in enumerate(value):
            yield from _cells_in(inner, f"{pointer}/{at}")
    elif hasattr(type(value), "model_fields"):
        for key, own in fields_of(value.__class__).items():
            inside, place = getattr(value, key), f"{pointer}/{key}"
            if own.kind is None or own.many:
                yield from _cells_in(inside, place) if key != UNMAPPED else ()
            elif inside is not None or (key in value.model_fields_set and steps_of(place)[0] in TABLED):
                yield place, own.kind, inside


# --- places, and what is searched together


@dataclass(slots=True)
class Group:
    """Places whose figures are searched together. values: by place and observation (a report, or a row of one)."""

    places: list[str] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    last: str = ""
    values: dict[str, dict[str, Value]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, place: str, kind: Kind, observation: str, value: Value | None) -> None:
        """A figure at a place, or a blank; a new one stands behind the one before it in its report."""
        if place not in self.kinds:
            self.places.insert(self.places.index(self.last) + 1 if self.last in self.kinds else 0, place)
            self.kinds[place] = kind
            columns = not place.startswith("Σ") and (" " in place or ROW in place)
            self.roles[place] = "" if columns else role_of(place)
        if value is not None:
            self.values[place][observation] = value
        self.last = place

    def series(self) -> list[Series]:
        """What is searched."""
        seen = dict.fromkeys(observation for values in self.values.values() for observation in values)
        return [
            Series(self.kinds[place], tuple(map(self.values[place].get, seen)), role=self.roles[place])
            for place in self.places
        ]


def groups_of(reports: Sequence[Any]) -> dict[str, Group]:
    """The places of some reports: those of a section or table, with the sum of each column of its lists; and by list
    the columns of its rows."""
    groups: dict[str, Group] = defaultdict(Group)
    for number, report in enumerate(reports):
        for group in groups.values():
            group.last = ""
        sums: dict[tuple[str, str], list[Figure]] = defaultdict(list)
        for pointer, kind, figure in _cells_in(report, ""):
            at, part = list_of(pointer), _part(pointer)
            value = (figure.value, figure.half) if figure is not None else None
            if at is None:
                groups[part].add(pointer, kind, f"{number}", value)
                parent, _, key = pointer.rpartition("/")
                if role_of(pointer):  # the columns of a line, as those of a row
                    name = f"{part} {role_of(pointer).partition('.')[0]}"
                    groups[name].add(f"{name}/{key}", kind, f"{number}{parent}", value)
                continue
            row = f"{number}{pointer[: -len(key_of(pointer))]}"
            groups[_way(pointer)].add(place_of(pointer), kind, row, value)
            if figure is not None:
                sums[at, key_of(pointer)].append(figure)
        for (at, key), column in sums.items():
            whole = sum((figure.value for figure in column), Decimal(0))
            half = sum((figure.half for figure in column), Decimal(0))
            if ROW not in way_of(steps_of(at)) and column[0].kind is not Kind.PERCENT:
                groups[_part(at)].add(f"Σ {at}/{ROW}/{key}", column[0].kind, f"{number}", (whole, half))
    return groups


def role_of(place: str) -> str:
    """What a place is of the part of a section that it is in: the amount of a portion, the amount of its change."""
    model: Any = FINAL_ACCOUNTS.report_of(Figure)
    role, depth = "", 0
    steps = steps_of(place.removeprefix("Σ "))
    for step in steps:
        if step != ROW:
            role, depth = f"{model.__name__}.{step}", depth + 1
            model = fields_of(model)[step].model
    return role if depth > (3 if steps[0] in TABLED else 2) else ""


def _part(pointer: str) -> str:
    steps = steps_of(pointer)
    return "/".join(steps[: 2 if steps[0] in TABLED else 1])


def _way(pointer: str) -> str:
    return "/".join(way_of(steps_of(list_of(pointer) or "")))


def place_of(pointer: str) -> str:
    """A place: the pointer of a figure, without the number of its row."""
    return pointer if list_of(pointer) is None else f"/{_way(pointer)}/{ROW}/{key_of(pointer)}"


# --- what is found


@dataclass(frozen=True, slots=True)
class Found:
    """A relation between places: a sum, or with a whole a share."""

    stated: str
    terms: tuple[tuple[int, str], ...]
    whole: tuple[tuple[int, str], ...] = ()

    @property
    def places(self) -> list[str]:
        """Every place in it."""
        return [self.stated, *(place for _, place in (*self.terms, *self.whole))]


def found_in(groups: Mapping[str, Group]) -> list[Found]:
    """The relations within groups, and the places of two that print the same. What is said of the columns of one line
    of a table is searched in all its lines together."""
    found: list[Found] = []
    tabled = {part for name in groups for part, of, _ in [name.partition(" ")] if of and part.split("/")[0] in TABLED}
    for name, group in groups.items():
        for relation in relations(group.series()):
            for own in _parents(name, group):
                places = [own(place) for place in group.places]
                terms, whole = (
                    tuple((sign, places[at]) for sign, at in part) for part in (relation.terms, relation.whole)
                )
                one = Found(places[relation.stated], terms, whole)
                if name not in tabled or not all(map(role_of, one.places)) or len(set(map(_line, one.places))) > 1:
                    found.append(one)
    return [*dict.fromkeys(found), *_same(groups)]


def _line(place: str) -> str:
    return place.rpartition("/")[0]


def _parents(name: str, group: Group) -> Iterator[Callable[[str], str]]:
    """What makes the places of a group those of the report: of the columns of lines, those of each line."""
    if " " not in name:
        yield lambda place: place
        return
    seen = {observation.lstrip("0123456789") for values in group.values.values() for observation in values}
    for parent in sorted(seen):
        yield partial(_below, parent)


def _below(parent: str, place: str) -> str:
    return f"{parent}/{place.rpartition('/')[2]}"


def _same(groups: Mapping[str, Group]) -> Iterator[Found]:
    """Places of two groups that print the same in every report, each with the first, of its own key if there is one."""
    alike: dict[Any, list[tuple[str, str]]] = defaultdict(list)
    for name, group in groups.items():
        for place, values in group.values.items():
            distinct = {value for value, _ in values.values()} - {Decimal(0)}
            digits = sum(len(str(abs(value)).replace(".", "").strip("0")) for value in distinct)
            same = (group.kinds[place], tuple(sorted((at, value) for at, (value, _) in values.items() if value)))
            if ROW in place or " " in name or digits < MARGIN + 4:
                continue
            others = [other for own, other in alike[same] if own != name]
            others.sort(key=lambda other: steps_of(place)[-1] not in steps_of(other))
            if others:
                yield Found(place, ((1, others[0]),))
            alike[same].append((name, place))


# --- against what was written, and against fresh reports


def vector_of(identity: Identity, sizes: Mapping[str, int]) -> Vector | None:
    """A written sum between places; None for what is not searched. sizes: by place, how many figures a column has."""
    if identity.printed is None or not isinstance(identity.computed, Sum) or identity.computed.constant is not None:
        return None
    return _vector(identity.printed, identity.computed.terms, sizes)


def _vector(stated: Figure, terms: Iterable[tuple[int, Figure]], sizes: Mapping[str, int]) -> Vector | None:
    operands = [(-1, stated), *terms]
    rows = {_row(figure) for _, figure in operands}
    parts = {_part(figure.pointer) for _, figure in operands}
    if len(operands) > 2 and len(parts) > 1:
        return None
    if len(rows) == 1:
        return _counted((sign, place_of(figure.pointer)) for sign, figure in operands)
    inside = [place_of(figure.pointer) for _, figure in operands if _row(figure) is not None]
    column = inside[0]
    if _row(stated) is not None or len({*inside}) > 1 or len(inside) < sizes[column]:
        return None
    outside = [(sign, place_of(figure.pointer)) for sign, figure in operands if _row(figure) is None]
    return _counted([*outside, (1, f"Σ {column}")])


def _row(figure: Figure) -> str | None:
    return figure.pointer[: -len(key_of(figure.pointer))] if list_of(figure.pointer) is not None else None


def _counted(terms: Iterable[tuple[int, str]]) -> Vector:
    found: dict[str, Fraction] = defaultdict(Fraction)
    for sign, place in terms:
        found[place] += sign
    return {place: times for place, times in found.items() if times}


class Span:
    """What follows from some sums: kept in echelon form."""

    def __init__(self, vectors: Iterable[Vector]) -> None:
        self.rows: dict[str, dict[str, Fraction]] = {}
        for vector in vectors:
            rest = self.rest(vector)
            if rest:
                pivot = min(rest)
                self.rows[pivot] = {place: times / rest[pivot] for place, times in rest.items()}

    def rest(self, vector: Vector) -> dict[str, Fraction]:
        """What is left of a sum that does not follow; empty where it does."""
        left = dict(vector)
        while pivots := [place for place in left if place in self.rows]:
            pivot = min(pivots)
            times = left[pivot]
            for place, own in self.rows[pivot].items():
                left[place] = left.get(place, Fraction(0)) - times * own
            left = {place: own for place, own in left.items() if own}
        return left


@dataclass(slots=True)
class Implied:
    """What was found says of a report in which not every place is printed: what is not is nothing."""

    sums: Sequence[Vector]
    shares: Mapping[str, Sequence[Found]]
    spans: dict[frozenset[str], Span] = field(default_factory=dict)

    def span(self, printed: frozenset[str]) -> Span:
        """What follows from the sums between printed places."""
        if printed not in self.spans:
            left = [{place: times for place, times in one.items() if place in printed} for one in self.sums]
            self.spans[printed] = Span(one for one in left if one)
        return self.spans[printed]

    def says(self, identity: Identity, printed: frozenset[str], sizes: Mapping[str, int]) -> bool | None:
        """Whether it implies an identity; None where that is of no kind that is searched. sizes: see vector_of."""
        computed = identity.computed
        if identity.at_most or identity.at_least or identity.custom or identity.printed is None:
            return None
        span = self.span(printed)
        if isinstance(computed, Sum):
            vector = vector_of(identity, sizes)
            return None if vector is None else not span.rest(vector)
        if not isinstance(computed, Rate) or computed.part.constant or computed.whole.constant:
            return None
        operands = [identity.printed, *computed.operands]
        if len({_row(figure) for figure in operands}) > 1 or len({_part(figure.pointer) for figure in operands}) > 1:
            return None
        part, whole = (
            [(sign, place_of(one.pointer)) for sign, one in own.terms] for own in (computed.part, computed.whole)
        )
        mine = self.shares.get(place_of(identity.printed.pointer), ())
        return any(_follows(span, part, one.terms) and _follows(span, whole, one.whole) for one in mine)


def _follows(span: Span, one: Iterable[tuple[int, str]], other: Iterable[tuple[int, str]]) -> bool:
    return not span.rest(_counted([*one, *((-sign, place) for sign, place in other)]))


def _is_false(found: Found, groups: Mapping[str, Group]) -> bool:
    """Whether a relation fails where all its figures are printed."""
    values = {place: own for group in groups.values() for place, own in group.values.items()}
    seen = set.intersection(*(set(values.get(place, ())) for place in found.places))
    return any(not _holds(found, {place: values[place][one] for place in found.places}) for one in seen)


def _holds(found: Found, values: Mapping[str, Value]) -> bool:
    made = {place: Figure(place, value, 2 * half or Decimal(1), Kind.MONEY if half else Kind.COUNT, at)
            for at, (place, (value, half)) in enumerate(values.items())}  # fmt: skip
    terms, whole = (Sum(tuple((sign, made[place]) for sign, place in part)) for part in (found.terms, found.whole))
    return evaluate(Identity("", made[found.stated], Rate(terms, whole) if found.whole else terms)).result != "fail"


@dataclass(slots=True)
class Tally:
    """Counts of a form."""

    written: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    other: set[str] = field(default_factory=set)
    relations: int = 0
    false: list[Found] = field(default_factory=list)

    def line(self, name: str) -> str:
        share = len(self.found) / len(self.written) if self.written else 1.0
        false = len(self.false) / self.relations if self.relations else 0.0
        return (
            f"{name}: {len(self.found)} of {len(self.written)} written identities found ({share:.1%}); "
            f"{len(self.false)} of {self.relations} found ones false ({false:.1%}); {len(self.other)} of other kinds"
        )


def _printed(report: Any) -> Mapping[str | None, frozenset[str]]:
    """The places that a report prints, those of each row for themselves."""
    found: dict[str | None, set[str]] = defaultdict(set)
    for figure in figures_in(report):
        found[_row(figure)].add(place_of(figure.pointer))
        if _row(figure) is not None:
            found[None].add(f"Σ {list_of(figure.pointer)}/{ROW}/{key_of(figure.pointer)}")
    return {row: frozenset(places) for row, places in found.items()}


_SELDOM = 3
"""Reports: of what fewer print nothing is learnt."""


def _says_something(identity: Identity) -> bool:
    """Whether an identity holds, and not of nothing alone."""
    found = evaluate(identity)
    if isinstance(identity.computed, Rate) and (not found.computed or identity.printed is None):
        return False
    return found.result == "pass" and found.explanation is None and any(operand.value for operand in found.operands)


def tally(form: Form, reports: int, fresh: int, first: int = 0) -> Tally:
    """What is found of a form, from so many reports, held against so many fresh ones."""
    known = [report_of(form, seed) for seed in range(first, first + reports)]
    found = found_in(groups_of(known))
    shares: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        shares[one.stated] += [one] if one.whole else []
    implied = Implied([_counted([(-1, one.stated), *one.terms]) for one in found if not one.whole], shares)
    result = Tally(relations=len(found))
    missed: set[str] = set()
    met: dict[str, set[int]] = defaultdict(set)
    for number, report in enumerate(known):
        printed, sizes = _printed(report), Counter(place_of(figure.pointer) for figure in figures_in(report))
        for identity in identities_of(report):
            if identity.printed is not None and _says_something(identity):
                own = _row(identity.printed)
                said = implied.says(identity, printed.get(own, frozenset()) | printed[None], sizes)
                rule = f"{place_of(identity.printed.pointer)} = {identity.rule.rpartition(' = ')[2]}"
                met[rule].add(number)
                (result.other if said is None else result.written).add(rule)
                missed |= {rule} if said is False else set()
    seldom = {rule for rule, reports_with in met.items() if len(reports_with) < _SELDOM}
    result.other |= seldom & result.written
    result.written -= result.other
    result.found = result.written - missed
    others = groups_of([report_of(form, seed) for seed in range(1000, 1000 + fresh)])
    result.false = [one for one in found if _is_false(one, others)]
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=10)
    parser.add_argument("--fresh", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0, help="the first of the reports")
    parser.add_argument("--missing", action="store_true", help="name what was not found, and what is false")
    options = parser.parse_args()
    whole = Tally()
    for form in Form:
        own = tally(form, options.reports, options.fresh, options.seed)
        print(own.line(form.value), flush=True)
        for words in [*sorted(own.written - own.found), *map(str, own.false)] if options.missing else ():
            print(f"  {words}")
        whole.written |= {f"{form}{rule}" for rule in own.written}
        whole.found |= {f"{form}{rule}" for rule in own.found}
        whole.other |= {f"{form}{rule}" for rule in own.other}
        whole.relations += own.relations
        whole.false += own.false
    print(whole.line("all"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
