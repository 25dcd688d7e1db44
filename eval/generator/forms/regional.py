"""Regional forms as data: a file of a few lines of text with slots, below `eval/generator/regions`.

Lines before the first heading say what the region is like:

    =year 2021                   the fiscal year of its reports; =level section: its items are 款, not 项; =bare: 类
                                 without 支出; =yuan: money in 元; =rename OLD NEW: a name of the classification
    ~change WORDS                a piece of a sentence, put in by {~change PLACE}; in it .key is a key of that place;
                                 {~change PLACE=OTHER}: what it prints is of the other as well

The others are the document, in its order:

    ^ title   # part   ## section @key   ### sub-section        headings; @key: whose keys the slots below are
    @tables, @contents                                          the nine tables, a table of contents
    WORDS                                                       a paragraph
    *rows WORDS ** rows WORDS                                   one for each row; below each, those of its 类
    ?key LINE   !key LINE                                       a line where something is not nothing, or is

In the words:

    {key} {section.key}     a figure or a text; {a=b}: b is the same print; {a~b}: of either;
                            {key!}: with its sign; {key?}: nothing certain says what it is of, it may stay open
    {Y} {L} {U} {W} {D}     year, last year, the unit, 单位 or 部门, the year's end; {n} {c} {m}: which row this is
    [WORDS]                 only where all figures in it are there, and the first is not 0
    <place:UP|DOWN|SAME>    by the sign of a change or a comparison; <?:ONE|OTHER> as it comes
    «rows；|WORDS»          all rows, with 、 or ； or nothing between them; «income*；|{label}{amount}»: all kinds of
                            income (of expenditure, vehicles, three_public), with + for * those that are not 0
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from recount.eval.generator.forms.statements import Statements
from recount.eval.generator.forms.xinjiang import NUMERALS
from recount.eval.generator.gold.regional import laid_over, nothing, printed_only, same_figures
from recount.eval.generator.gold.shape import Json
from recount.eval.generator.slips import Typist
from recount.eval.generator.typeset.blocks import Block, Break, Para, ParaKind
from recount.eval.generator.words.kinds import EXPENDITURE, FLEET, INCOME
from recount.eval.generator.words.units import Unit

FOLDER = Path(__file__).resolve().parent.parent / "regions"
LABELS: Mapping[str, Mapping[str, str]] = {
    "income": dict(INCOME),
    "expenditure": dict(EXPENDITURE),
    "state_assets": {f"vehicles_{kind}": label for kind, label in FLEET.items()},
    "three_public": {
        "overseas": "因公出国（境）费",
        "vehicles": "公务用车购置及运行维护费",
        "reception": "公务接待费",
    },
}
"""What the kinds of income, expenditure, vehicles and the three expenses are called, by their keys."""
_CLOSING = {"{": "}", "[": "]", "<": ">", "«": "»"}
_KINDS: Mapping[str, ParaKind] = {"^": "cover", "#": "h1", "##": "h2", "###": "h3", "": "body"}
_LINE = re.compile(r"(?P<mark>\^|#{1,3}|)\s*(?P<words>.*?)\s*(?:@(?P<key>\w+))?$")
_ROWS = re.compile(r"\*(?P<path>[\w.]+[*+]?) (?P<words>.*)$")
_ASKED = re.compile(r"(?P<mark>[?!])(?P<path>[\w.]+) (?P<line>.*)$")
_LOOSE = re.compile(r"[，；、：]+(?=[。；])|(?<=[：，])[，；、]+")

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Region:
    """A region's form. value: its name. settings, pieces: the lines that begin with = and with ~, by their names."""

    value: str
    settings: Mapping[str, tuple[str, ...]] = field(hash=False)
    pieces: Mapping[str, str] = field(hash=False)
    lines: tuple[str, ...] = ()

    @property
    def year(self) -> int:
        """The fiscal year of its reports."""
        return int(self.settings["year"][0])


@cache
def regions() -> dict[str, Region]:
    """The regions by their names, those of the files."""
    return {path.stem: parsed(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.txt"))}


def parsed(name: str, text: str) -> Region:
    """A region of the text of its file."""
    settings: dict[str, tuple[str, ...]] = {}
    pieces: dict[str, str] = {}
    lines: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        key, _, rest = line[1:].partition(" ")
        if line[0] == "=":
            settings[key] = (*settings.get(key, ()), rest)
        elif line[0] == "~":
            pieces[key] = rest
        elif line[0] != "%":
            lines.append(line)
    return Region(name, settings, pieces, tuple(lines))


@dataclass(frozen=True)
class _Scope:
    """Where the words stand: below which section, in which row (and which row of the list around it)."""

    section: Path_ = ()
    row: Path_ = ()
    argument: Path_ = ()
    twin: Path_ = ()
    index: int = 0
    outer: int = 0


@dataclass
class Script:
    """What one report of a region says: its words with the places of figures, found once and typed later.

    printed: the pointers of all that is said. pairs: which prints fill a second pointer. unknowable: those of either
    of two, of which a reader need not fill both.
    """

    region: Region
    rng: Random
    full: Json
    unit: Unit
    printed: set[str] = field(default_factory=set)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    unknowable: set[str] = field(default_factory=set)
    paragraphs: list[tuple[ParaKind | None, str]] = field(default_factory=list)
    _values: list[object] = field(default_factory=list)
    _scope: _Scope = field(default_factory=_Scope)

    def __post_init__(self) -> None:
        self.printed |= {"/unit_name", "/fiscal_year"}
        scope = _Scope()
        for line in self.region.lines:
            scope = self._line(line, scope)

    # --- what is said

    @property
    def gold(self) -> Json:
        """The gold: what is printed, the twins of it, and no key for what has none."""
        finals = same_figures(self.full, self.printed)
        self.unknowable |= {pointer for pair in finals for pointer in pair if pointer.endswith("/final")}
        self.pairs = list(dict.fromkeys(self.pairs + finals))
        gold: Json = printed_only(self.full, self.printed | {twin for _, twin in self.pairs})
        for key in ("government_funds", "state_capital"):
            if gold[key] and gold[key]["none"] is None:
                gold[key]["none"] = False
        gold["statements"] = self.full["statements"] if "/statements" in self.printed else None
        return gold

    def blocks(self, gold: Json, typist: Typist, rng: Random) -> list[Block]:
        """The document, its figures out of `gold`."""
        out: list[Block] = []
        values = laid_over(self.full, gold)
        for kind, words in self.paragraphs:
            if words == "@tables":
                out += [Break(), *Statements(rng, gold, typist, self.unit.name, national=True).blocks(), Break()]
            elif words == "@contents":
                heads = [text for kind, text in self.paragraphs if kind in ("h1", "h2")]
                out += [Break(), Para("目录", "toc"), *(Para(head, "toc") for head in heads), Break()]
            else:
                out.append(Para(typist.fill(words, values), kind or "body"))
        return out

    # --- lines

    def _line(self, line: str, scope: _Scope) -> _Scope:
        """One line; the scope of the next one."""
        if asked := _ASKED.match(line):
            there = not nothing(self._at(self._find(asked["path"], scope)))
            return self._line(asked["line"], scope) if there == (asked["mark"] == "?") else scope
        if line in ("@tables", "@contents"):
            self.paragraphs.append((None, line))
            self.printed |= {"/statements"} if line == "@tables" else set()
            return scope
        if rows := _ROWS.match(line):
            self._rows(rows["path"], rows["words"], scope)
            return scope
        found = _LINE.match(line)
        assert found is not None, line
        if found["key"]:
            scope = _Scope((found["key"],)) if found["key"] in self.full else _Scope()
        if found["words"]:
            self._say(_KINDS[found["mark"]], found["words"], scope)
        return scope

    def _say(self, kind: ParaKind, words: str, scope: _Scope) -> None:
        if said := _LOOSE.sub("", self._words(words, scope)):
            self.paragraphs.append((kind, said))

    def _rows(self, path: str, words: str, scope: _Scope) -> None:
        """A paragraph for each row, and where wished one for each row of another list that is of its 类."""
        own, _, below = words.partition(" ** ")
        for index, place in enumerate(self._places(path, scope)):
            self._say("body", own, replace(scope, row=place, index=index))
            if below:
                list_, _, more = below.partition(" ")
                self._below(self._at(place), list_, more, replace(scope, outer=index))

    def _below(self, row: Json, path: str, words: str, scope: _Scope) -> None:
        """The rows of another list that belong to a class."""
        place = self._find(path, scope)
        mine = [at for at, other in enumerate(self._at(place)) if other["_class"] == row["_class"]]
        for index, at in enumerate(mine):
            self.printed.add(_pointer((*place, at, "class_name")))
            self._say("body", words, replace(scope, row=(*place, at), index=index))

    # --- words

    def _words(self, words: str, scope: _Scope) -> str:
        """Words with all that is in brackets put in."""
        writers: Mapping[str, Callable[[str, _Scope], str]] = {
            "{": self._slot,
            "[": self._maybe,
            "<": self._chosen,
            "«": self._listed,
        }
        return "".join(writers[mark](inner, scope) if mark else inner for mark, inner in _pieces(words))

    def _slot(self, name: str, scope: _Scope) -> str:
        if name[0:1] == "~":
            piece, _, places = name[1:].partition(" ")
            place, _, other = places.partition("=")
            inner = replace(scope, argument=self._find(place, scope), twin=self._find(other, scope) if other else ())
            return self._words(self.region.pieces[piece], inner)
        fixed = self._fixed(name, scope)
        if fixed is not None:
            return fixed
        either = name.rstrip("!?").split("~")
        first, *twins = name.rstrip("!?").replace("~", "=").split("=")
        found = self._find(first, scope)
        value = self._at(found)
        self._values.append(value)
        self.printed.add(_pointer(found))
        self.pairs += [(_pointer(found), _pointer(self._find(twin, scope))) for twin in twins]
        if len(either) > 1 or name.endswith("?"):
            self.unknowable |= {_pointer(self._find(path, scope)) for path in either}
        if first[0:1] == "." and scope.twin:
            self.pairs.append((_pointer(found), _pointer((*scope.twin, *found[len(scope.argument) :]))))
        return f"{{{'.'.join(map(str, found))}:{_spec(str(found[-1]), value, signed=name.endswith('!'))}}}"

    def _fixed(self, name: str, scope: _Scope) -> str | None:
        year = self.full["fiscal_year"]
        if name == "D":
            self.printed.add("/state_assets/as_of")
        if name == "label":
            return LABELS[str(scope.row[-2])][str(scope.row[-1])]
        return {
            "Y": str(year),
            "L": str(year - 1),
            "N": str(year + 1),
            "U": self.unit.name,
            "W": "部门" if self.unit.summary else "单位",
            "D": f"{year}年12月31日",
            "n": str(scope.index + 1),
            "m": str(scope.outer + 1),
            "c": NUMERALS[min(scope.index, len(NUMERALS) - 1)],
            "o": chr(ord("①") + min(scope.index, 19)),
        }.get(name)

    def _maybe(self, words: str, scope: _Scope) -> str:
        """Words, where all of their figures are there and the first is not 0."""
        kept = self.printed.copy(), self.pairs.copy(), self._values
        self._values = []
        said = self._words(words, scope)
        values, self._values = self._values, kept[2]
        if not nothing(values[0]) and None not in values:
            return said
        self.printed, self.pairs = kept[0], kept[1]
        return ""

    def _chosen(self, words: str, scope: _Scope) -> str:
        place, _, rest = words.partition(":")
        choices = _split(rest)
        if place == "?":
            return self._words(self.rng.choice(choices), scope)
        sign = _sign(self._at(self._find(place, scope)))
        at = 1 if sign < 0 else 2 if sign == 0 and len(choices) > 2 else 0
        return self._words(choices[at], scope)

    def _listed(self, words: str, scope: _Scope) -> str:
        head, inner = words.split("|", 1)
        found = re.match(r"[\w.]+[*+]?", head, re.ASCII)
        assert found is not None, words
        rows = self._places(found[0], scope)
        said = [self._words(inner, replace(scope, row=row, index=at)) for at, row in enumerate(rows)]
        return head[found.end() :].join(said)

    def _places(self, path: str, scope: _Scope) -> list[Path_]:
        """The rows of a list, or the kinds of a section: with * all, with + those that are not 0."""
        place = self._find(path.rstrip("*+"), scope)
        if path[-1] not in "*+":
            return [(*place, at) for at in range(len(self._at(place)))]
        rows: list[Path_] = [(*place, name) for name in LABELS[str(place[-1])]]
        return [row for row in rows if path[-1] == "*" or not nothing(_amount(self._at(row)))]

    # --- places

    def _find(self, path: str, scope: _Scope) -> Path_:
        """The place that a path names: of the argument, the row, the section or the report. KeyError if of none."""
        if path[0:1] == ".":
            steps = tuple(path[1:].split(".")) if len(path) > 1 else ()
            return (*scope.argument, *steps)
        steps = tuple(path.split(".")) if path else ()
        for base in dict.fromkeys((scope.row or scope.section, scope.section, ())):
            node = self._at(base)
            if not steps or (isinstance(node, dict) and steps[0] in node):
                return (*base, *(int(step) if step.isdigit() else step for step in steps))
        raise KeyError(f"{self.region.value}: nothing is called {path}")

    def _at(self, place: Path_) -> Any:
        node: Any = self.full
        for step in place:
            node = None if node is None else node[step]
        return node


def _amount(node: Any) -> Any:
    """What a part of a whole comes to."""
    return node["amount"] if isinstance(node, dict) else node


def _pointer(place: Path_) -> str:
    """A place as a JSON pointer."""
    return "".join(f"/{step}" for step in place)


def _spec(key: str, value: object, *, signed: bool) -> str:
    """How the typist prints a value; without its sign, unless that is wished for."""
    if isinstance(value, str):
        return "t"
    if isinstance(value, int):
        return "i"
    percent = "percent" in key or key in ("_share", "_rate", "_micro_of_sme")
    return ("p" if percent else "m") if signed else ("P" if percent else "M")


def _sign(node: Any) -> int:
    """Which way a change, a comparison or an amount goes."""
    if isinstance(node, dict):
        node = node["amount"] if "amount" in node else node["final"] - node["budget"]
    value = Decimal(node or 0)
    return (value > 0) - (value < 0)


def _pieces(words: str) -> Iterator[tuple[str, str]]:
    """Words and what is in brackets, in their order: the bracket that opens (or ""), and what is in it."""
    plain, at = "", 0
    while at < len(words):
        if words[at] not in _CLOSING:
            plain, at = plain + words[at], at + 1
            continue
        end = _end(words, at)
        yield "", plain
        yield words[at], words[at + 1 : end]
        plain, at = "", end + 1
    yield "", plain


def _end(words: str, start: int) -> int:
    """Where the bracket closes that opens at `start`."""
    opening, depth = words[start], 0
    for at in range(start, len(words)):
        depth += (words[at] == opening) - (words[at] == _CLOSING[opening])
        if not depth:
            return at
    raise ValueError(f"{opening} without {_CLOSING[opening]}: {words}")


def _split(words: str) -> list[str]:
    """Choices, apart at each | that is in no bracket."""
    choices = [""]
    for mark, inner in _pieces(words):
        if mark:
            choices[-1] += mark + inner + _CLOSING[mark]
            continue
        first, *others = inner.split("|")
        choices[-1] += first
        choices += others
    return choices
