"""Names that a language model gives a drafted family: keys and titles, other labels of lines, which tables matter; and
identities between tables, as proposals.

It is shown titles and labels, no figure, and writes none. Whatever of its answers cannot be used is dropped and told,
and the draft without it stands: keys are checked for their form, names for numbers that the label does not print, and
each identity against the figures of all examples.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import log10, prod
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from recount.pipeline.draft.drawn import Drawn, Line, Rows, Table, beside
from recount.pipeline.draft.relations import MARGIN
from recount.pipeline.errors import ModelError
from recount.pipeline.map.statements import are_alike, spaceless
from recount.pipeline.model.ask.prompting import naming
from recount.pipeline.model.ask.question import Answer, Asker, Question
from recount.pipeline.result import Result
from recount.pipeline.settings import ModelSettings
from recount.pipeline.split.folding import has_ideograph
from recount.schemas.arithmetic import Evaluation, evaluate
from recount.schemas.declared import is_key
from recount.schemas.figures import Figure, Kind
from recount.schemas.formulae import FamilyError, Formula, formula_of

Part = Table | Rows
_LINES = 30
"""So many lines are asked about at once."""
_MOST_BETWEEN = 300
"""So many lines are shown for identities between tables, and _MOST_PROPOSED of these are looked at."""
_MOST_PROPOSED = 40
_MOST_LABELS = 3
_LONGEST = 80
"""Characters of a name."""
_LONGEST_KEY = 48
_SHOWN = 4
"""So many of the names that cannot be used are told."""


@contextmanager
def asking(settings: ModelSettings, folder: Path) -> Iterator[Asker]:
    """Whom a model's settings name, ready to be asked; answers are kept in the folder, so that none is asked for twice.

    Raises UsageError, or a ModelError, if it cannot be asked at all."""
    from recount.pipeline.model.gguf import served
    from recount.pipeline.model.transport.client import asker, prepare
    from recount.pipeline.model.transport.store import STORE_FILE

    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        ready = stack.enter_context(served(replace(settings, store=settings.store or folder / STORE_FILE)))
        prepare(ready)
        yield stack.enter_context(asker(ready))


# --- what is asked


class NamedLine(BaseModel):
    """A line in an answer. label: as it was shown, by which an answer that slipped by a line is found out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    line: int
    label: str
    key: str | None = None
    title: str | None = None
    labels: tuple[str, ...] = ()


class Names(Answer):
    """The names of a table, or of some of its lines."""

    matters: bool | None = None
    key: str | None = None
    title: str | None = None
    lines: tuple[NamedLine, ...] = ()


class Proposals(Answer):
    """Identities between tables."""

    most_rows = _MOST_PROPOSED
    identities: tuple[str, ...] = ()


T = TypeVar("T", bound=Answer)


def _asked(who: Asker, response: type[T], purpose: str, title: str, text: str, *, in_english: bool) -> T:
    """An answer. Raises a ModelError if there is none."""
    prompt = naming(purpose, {"title": title, "text": text}, in_english=in_english)
    value = who.ask(Question(prompt.system, prompt.user, response, purpose, in_english=in_english)).value
    assert isinstance(value, response)
    return value


def in_english(drawn: Drawn) -> bool:
    """Whether the parts of examples are asked about in English: no label has an ideograph."""
    return not any(has_ideograph(label) for part in parts_of(drawn) for label in (_title(part), *labels_of(part)))


def parts_of(drawn: Drawn) -> list[Part]:
    """All parts of a draft."""
    return [*drawn.tables, *drawn.lists, *([drawn.labels] if drawn.labels.lines else []), *drawn.worded]


def labels_of(part: Part) -> list[str]:
    """The labels of the lines of a part, or the heads of its columns."""
    return [line.label for line in part.lines] if isinstance(part, Table) else [title for title, _, _ in part.columns]


def _title(part: Part) -> str:
    return part.title if isinstance(part, Table) else part.columns[0][0]


def _keys(part: Part) -> list[str]:
    return [line.key for line in part.lines] if isinstance(part, Table) else [key for _, key, _ in part.columns]


def _fields(part: Part) -> list[str]:
    """The keys of all figures of a part: those of percentages beside its lines, too."""
    rates = [rate.key for rate in part.rates] if isinstance(part, Table) else []
    return [*_keys(part), *(f"{key}_{rate}" for key in _keys(part) for rate in rates)]


# --- names


def name_parts(drawn: Drawn, who: Asker, threads: int = 4) -> list[str]:
    """Gives the parts of a draft and their lines the names that a model has for them; returns what was dropped of its
    answers, a sentence each. A part that does not matter is put aside, unless something in it adds up, or most of what
    is said of it cannot be used."""
    parts, english = parts_of(drawn), in_english(drawn)
    questions = [(at, first) for at, part in enumerate(parts) for first in range(0, len(labels_of(part)), _LINES)]

    def ask(question: tuple[int, int]) -> Names | ModelError:
        at, first = question
        labels = labels_of(parts[at])[first : first + _LINES]
        text = "\n".join(f"{number}. {label}" for number, label in enumerate(labels, first + 1))
        try:
            return _asked(who, Names, "names", _title(parts[at]), text, in_english=english)
        except ModelError as error:
            return error

    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        answers = list(pool.map(ask, questions))
    dropped: list[str] = []
    by_part: dict[int, list[Names]] = {at: [] for at, _ in questions}
    for (at, _), answer in zip(questions, answers, strict=True):
        if isinstance(answer, ModelError):
            dropped.append(f"{_title(parts[at])}: no names, for {answer}")
        else:
            by_part[at].append(answer)
    mechanical = [part.key for part in parts]
    unwanted: set[int] = set()
    for at, said in by_part.items():
        others = {*mechanical[:at], *mechanical[at + 1 :], *(part.key for part in parts if part is not parts[at])}
        named, unusable = _taken_up(parts[at], said, others)
        dropped += unusable
        if said and said[0].matters is False and 2 * named > len(labels_of(parts[at])):
            unwanted.add(at)
    _put_aside(drawn, unwanted, dropped)
    return dropped


def _taken_up(part: Part, said: Sequence[Names], taken: Collection[str]) -> tuple[int, list[str]]:
    """Names a part as some answers say; returns how many of its lines have a key of theirs, and what cannot be used of
    them, in one sentence if anything."""
    use, own, title = _Use([]), _keys(part), _title(part)
    if said and said[0].key is not None:
        part.key = use.key(said[0].key, title, taken) or part.key
    if said and said[0].title is not None and isinstance(part, Table):
        part.called = use.words(said[0].title, title) or part.called
    labels = labels_of(part)
    lines = [line for one in said for line in one.lines if _is_of(line, labels, use)]
    keys: dict[int, str] = {}
    for line in lines:
        at = line.line - 1
        others = {*own[:at], *own[at + 1 :], *keys.values()}
        key = use.key(line.key, labels[at], others) if line.key is not None and at not in keys else None
        keys |= {at: key} if key else {}
        if isinstance(part, Table):
            _call(part.lines, at, line, use)
    _set_keys(part, keys)
    if len(set(_fields(part))) < len(_fields(part)):  # cash_share is the share of cash already
        use.unusable += keys.values()
        _set_keys(part, dict(enumerate(own)))
        keys = {}
    words = ", ".join(use.unusable[:_SHOWN])
    number = len(use.unusable)
    return len(keys), [f"{title}: {number} names cannot be used, as {words}"] if number else []


def _is_of(line: NamedLine, labels: Sequence[str], use: _Use) -> bool:
    """Whether a line of an answer is the one that it says."""
    there = 0 < line.line <= len(labels) and spaceless(line.label) == spaceless(labels[line.line - 1])
    use.unusable += [] if there else [line.label]
    return there


def _call(lines: Sequence[Line], at: int, said: NamedLine, use: _Use) -> None:
    """Gives a line its title and its other labels: none that another line of the table may be taken for."""
    line = lines[at]
    others = [word for other in lines if other is not line for word in (other.label, *other.labels)]

    def free(words: str | None) -> str | None:
        usable = use.words(words, line.label) if words else None
        if usable and not are_alike(usable, line.label) and any(are_alike(usable, other) for other in others):
            use.unusable.append(usable)
            return None
        return usable

    line.title = free(said.title) or ""
    more = [free(words) for words in said.labels[:_MOST_LABELS]]
    line.labels = tuple(dict.fromkeys(words for words in more if words and not are_alike(words, line.label)))


def _set_keys(part: Part, keys: Mapping[int, str]) -> None:
    own = [keys.get(at, key) for at, key in enumerate(_keys(part))]
    if isinstance(part, Table):
        for line, key in zip(part.lines, own, strict=True):
            line.key = key
    else:
        part.columns = [(title, key, kind) for (title, _, kind), key in zip(part.columns, own, strict=True)]


@dataclass(slots=True)
class _Use:
    """What of a model's names can be used. unusable: those that cannot."""

    unusable: list[str]

    def key(self, said: str, label: str, taken: Collection[str]) -> str | None:
        """A key, if it is one, is not taken, and has no number that the label does not print."""
        good = is_key(said) and said == said.casefold() and len(said) <= _LONGEST_KEY and said not in taken
        if good and _numbers(said) <= _numbers(label):
            return said
        self.unusable.append(said[:_LONGEST])
        return None

    def words(self, said: str, label: str) -> str | None:
        """A name, if it is words, and has no number that the label does not print."""
        words = " ".join(said.split())
        if re.search(r"[^\W\d_]{2}", words) and len(words) <= _LONGEST and _numbers(words) <= _numbers(label):
            return words
        self.unusable.append(words[:_LONGEST])
        return None


def _numbers(words: str) -> set[str]:
    return set(re.findall(r"\d+", words))


def _put_aside(drawn: Drawn, unwanted: Collection[int], dropped: list[str]) -> None:
    """Puts the parts aside that a model does not want, by their numbers: those in which nothing adds up, not all."""
    parts = parts_of(drawn)
    tied = {name.partition(".")[0] for formula in drawn.between for name in _names_in(formula)}
    idle = [at for at in unwanted if not parts[at].found and parts[at].key not in tied]
    kept = [at for at in unwanted if at not in idle]
    dropped += [f"{_title(parts[at])}: it adds up, and is kept" for at in kept]
    if len(idle) == len(parts):
        dropped.append("no table is said to matter: all are kept")
        return
    drawn.aside = [parts[at] for at in idle]


def restore(named: Drawn, drawn: Drawn, wanted: Collection[int]) -> list[str]:
    """Gives parts of a draft, by their numbers, the names back that they had before; returns their titles."""
    for at in wanted:
        part, before = parts_of(named)[at], parts_of(drawn)[at]
        part.key = before.key
        _set_keys(part, dict(enumerate(_keys(before))))
        if isinstance(part, Table):
            part.called = ""
            for line in part.lines:
                line.title, line.labels = "", ()
    return [_title(parts_of(named)[at]) for at in wanted]


def read_otherwise(drawn: Drawn, named: Drawn, before: Sequence[Result], after: Sequence[Result]) -> set[int]:
    """The parts, by their numbers, of which a figure is not delivered by their new names as it was before: another
    value, or no longer verified. Those that were put aside are not looked at."""
    aside = {part.key for part in named.aside}
    places = {
        old.key: (at, new.key, dict(zip(_fields(old), _fields(new), strict=True)))
        for at, (old, new) in enumerate(zip(parts_of(drawn), parts_of(named), strict=True))
        if new.key not in aside
    }
    found: set[int] = set()
    for old_result, new_result in zip(before, after, strict=True):
        for pointer, was in old_result.figures.items():
            _, key, *steps = pointer.split("/")
            if key in places:
                at, part, lines = places[key]
                own = new_result.figures.get("/".join(["", part, *steps[:-1], lines.get(steps[-1], steps[-1])]))
                same = own is not None and own.value == was.value
                kept = same and (own is None or own.status == was.status or was.status != "verified")
                found |= set() if kept else {at}
    return found


# --- identities between tables


def propose(drawn: Drawn, who: Asker, known: Iterable[str], examples: Sequence[str]) -> tuple[list[str], list[str]]:
    """The identities between tables that a model knows and that hold in all examples, and why each other one was
    dropped. known: those that are found already. examples: what they are called."""
    places = {f"{table.key}.{line.key}": (table, line) for table in _told(drawn) for line in table.lines}
    if len({name.partition(".")[0] for name in places}) < 2:
        return [], []
    shown = list(places.items())[:_MOST_BETWEEN]
    text = "\n".join(f"{name}: {line.title or line.label}" for name, (_, line) in shown)
    try:
        answer = _asked(who, Proposals, "between", "", text, in_english=in_english(drawn))
    except ModelError as error:
        return [], [f"no identities between tables, for {error}"]
    met = {_meaning(formula_of(one, list(places), {})) for one in known if set(_names_in(one)) <= places.keys()}
    kept: list[str] = []
    dropped: list[str] = []
    unread: list[FamilyError] = []
    for written in answer.identities[:_MOST_PROPOSED]:
        try:
            formula = formula_of(written, list(places), {})
        except FamilyError as error:
            unread.append(error)
            continue
        if _meaning(formula) in met:
            continue
        met.add(_meaning(formula))
        why = _why_not(formula, places, examples)
        if why is None:
            kept.append(formula.rule)
        else:
            dropped.append(f"proposed identity {formula.rule!r}: {why}")
    more = [f"{len(unread)} proposed identities cannot be read, as {unread[0]}"] if unread else []
    return kept, [*dropped, *more]


def _told(drawn: Drawn) -> list[Table]:
    """The tables and sections of which identities may be said, those first in which most adds up."""
    aside = {part.key for part in drawn.aside}
    tables = [part for part in parts_of(drawn) if isinstance(part, Table) and part.key not in aside]
    return sorted(tables, key=lambda table: -len(table.found))


def _names_in(formula: str) -> list[str]:
    return re.findall(r"\w+\.\w+", formula)


def _meaning(formula: Formula) -> object:
    """What an identity says, whichever of its sides is written first."""
    plain = not (formula.whole or formula.factor or formula.at_most)
    if plain and len(formula.terms) == 1 and formula.terms[0][0] > 0:
        return frozenset(formula.names)
    return formula.stated, frozenset(formula.terms), frozenset(formula.whole), formula.factor, formula.at_most


def _why_not(formula: Formula, places: Mapping[str, tuple[Table, Line]], examples: Sequence[str]) -> str | None:
    """Why a proposed identity is not taken; None if it holds wherever it can be counted, and is no chance."""
    if formula.at_most or formula.factor or formula.looks_beside:
        return "it is no sum and no share of one period"
    if len({name.partition(".")[0] for name in formula.names}) < 2:
        return "it is of one table alone"
    digits, counts = 0.0, dict.fromkeys(formula.names, False)
    for example, found in _counted(formula, places):
        if found.result == "fail":
            return f"it does not hold in {examples[example]}"
        stated = found.identity.printed
        if found.result == "pass" and stated is not None and found.tolerance is not None:
            slack = max(found.tolerance, stated.quantum / 2)
            digits += max(0.0, log10(abs(stated.value) / (2 * slack))) if stated.value else 0.0
            counts |= {figure.pointer: True for figure in found.operands if abs(figure.value) > slack}
    lines = [places[name] for name in formula.names]
    alike = len(lines) == 2 and len({spaceless(line.label) for _, line in lines}) == 1
    guesses = 1 if alike else prod(len(table.lines) for table, _ in lines)
    if not all(counts.values()) or digits < MARGIN + log10(guesses):
        return "what the examples print is too little to tell it from chance"
    return None


def _counted(formula: Formula, places: Mapping[str, tuple[Table, Line]]) -> Iterator[tuple[int, Evaluation]]:
    """An identity in each column of its first table, with the columns of one period in the others; by example."""
    tables = {table.key: table for table, _ in (places[name] for name in formula.names)}
    first = next(iter(tables.values()))
    for column, period in first.wholes().items():
        columns = {
            key: [column] if table is first else beside(column[0], period, table) for key, table in tables.items()
        }
        if any(len(own) != 1 for own in columns.values()):
            continue
        figures = {
            name: Figure(name, value, 2 * half, line.kind or Kind.MONEY, at)
            for at, (name, (table, line)) in enumerate(places.items())
            if name in formula.names and columns[table.key][0] in line.values
            for value, half in [line.values[columns[table.key][0]]]
        }
        yield column[0], evaluate(formula.identity(figures, formula.rule, blank=False))
