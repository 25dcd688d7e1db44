"""The grammar of the disclosure sentence: subject – amount – share – comparison with last year or budget – reason.

    财政拨款收入总计▮万元，其中：…。财政拨款收入总计与上年相比，增加▮万元，增长▮%，主要原因是：…。

Every number is classified by the words right before it; what the words do not make certain is left open. Numbers
inside a reason are free text, until a clause begins that speaks of a subject of the section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from recount.pipeline.template.passage import N, Passage, clean
from recount.schemas.figures import Ref
from recount.schemas.parts import DOWN, UP

MONEY = frozenset({"万元", "元", "亿元"})
_YEAR_BEFORE = r"(?:上年度?|上一?年度?|去年|\d{4}年度?)"
_LAST_YEAR_NAMED = re.compile(rf"(?:比|与|较|同){_YEAR_BEFORE}")
_TURN = rf"(?P<turn>{UP}|{DOWN})(?P<either>\((?:{UP}|{DOWN})\))?"
"""The direction; either: where the publisher left both words of the form standing, it is not said."""
_PART = re.compile(rf"(?P<words>[^,。;\n{N}]+?){_TURN}(?:了|额|数)?(?:为|是)?:?")
_RATE = re.compile(rf"[,、;(]?(?:同比|较上年|比上年|各)?{_TURN}(?:了|率|幅度|比例)?(?:为|是|达)?:?")
_SHARE = re.compile(rf"[,、(]?(?:约|各)?占[^,。;\n{N}]{{0,30}}")
_BUDGET = re.compile(
    r"(?P<words>[^。;\n]*?)(?P<which>年初|全年|年中|调整)?预算(?:数|额|总额)?(?:安排|核定|批复)?(?:为|是|:)?$"
)
_FINAL = re.compile(r"[,、;]?(?:全年|本年)?(?:支出|收入|实际)?(?:决算|执行)(?:数|额)?(?:为|是|:)?")
_VARIANCE = re.compile(r"[,、;]?(?:预决算|预算)?(?:收支)?差异率(?:为|是|:)?")
_COMPLETION = re.compile(
    r"[,、;]?(?:为|完成|占)?(?:年初|全年|调整后?|本年)?预算(?:数|额)?的|[,、;]?完成(?:年初|全年|调整后?|本年)?预算(?:数|额)?(?:为|达)?"
)
_OF_BUDGET = re.compile(r"[,、;]?(?:为|完成)(?:年初|全年|调整后?|本年)?预算(?:数|额)?")
_OTHER_REASON = re.compile(
    rf"(?<=[。;\n])(?P<words>[^,。;:\n{N}]{{0,40}}?(?:预算|上年|去年)[^,。;:\n{N}]{{0,20}}?)(?:主要)?原因(?:主要)?(?:是|为|系)[:,]?"
)
_REASON = re.compile(
    rf"(?:,(?:与|和|同|比)?(?:上年|去年|预算)?(?:数)?(?:基本)?(?:持平|无变化|一致|无差异))?[,。;]?\n?(?P<words>[^,。;:\n{N}]{{0,40}}?)(?:主要原因|变动原因|差异原因|原因)(?:主要)?(?:是|为|系|在于)?[:,]?\s*"
    r"|[,。;]?(?:主要)?(?:是由于|系因|系由于|主要是)[:,]?"
)
_STOP = re.compile(
    r"(?:^|(?<=[。;,\n:]))(?:其中|具体情况如下|具体情况|具体如下|与[^,。;]{0,8}预算数?相比(?:情况)?|[^,。;:\n]{0,60}决算中)[,:]?$"
)
_BOUNDARY = re.compile(r"[。;,\n](?=[^。;,\n]*$)")
_AND = ",、和与及"
_LEAD = (
    r"(?:其中:?|具体情况如下:?|\d{4}年度?|本年度?|当年|财政拨款"
    r"|年末|我?(?:单位|部门|局)|[一二三四五六七八九十]是|\([一二三四五六七八九十]{1,3}\)|\(?\d?\)?)*"
)
_UNCHANGED = re.compile(
    r"(?:^|(?<=[。;\n:,]))(?P<sentence>(?:其中:)?(?P<words>[^。;:\n▮]*?(?:持平|无变化|没有变化|无增减变化)))(?=[。;,]|$)"
)
_NOTHING_NAMED = re.compile(r"^(?:本年|全年)?(?:决算|支出|总体|情况|数|总额)*$")


@dataclass(frozen=True, slots=True)
class Wording:
    """How reports of a kind call what they speak of.

    amount: what may stand between a subject and its amount (决算数). base: what of last year is compared with.
    against_budget: 预算数 is what an amount is compared with; else it is the amount.
    """

    amount: str
    base: str
    against_budget: bool


FINAL = Wording(r"(?:决算|金额|执行)?(?:数|额)?", r"(?:决算数?|同期|支出)?(?:决算)?", against_budget=True)
BUDGET = Wording(
    r"(?:财政拨款|当年)?(?:预算|金额|安排|拨款|资金)*(?:数|额)?",
    r"(?:年初|当年|部门|财政拨款)?(?:预算|执行|决算)?(?:安排)?(?:数|额)?(?:同期|支出)?",
    against_budget=False,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a section speaks of.

    key: the name that the section's mapping knows it by. words: a rule for the words right before its number.
    units: the units that its amount is printed in. after: the subject whose number it may follow without words of its
    own (▮批次，▮人次).
    """

    key: str
    words: str
    units: frozenset[str] = MONEY
    after: str | None = None


@dataclass(slots=True)
class Versus:
    """A comparison while it is read: with last year (amount, rate) or with the budget (budget, final, rates)."""

    amount: Ref | None = None
    rate: Ref | None = None
    budget: Ref | None = None
    final: Ref | None = None
    completion: Ref | None = None
    reason: str | None = None


@dataclass(slots=True)
class Fact:
    """What a section says of one subject."""

    key: str
    amount: Ref | None = None
    share: Ref | None = None
    change: Versus | None = None
    comparison: Versus | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a passage, by subject; the indices of its numbers that are repeats, and that nothing claims."""

    facts: dict[str, Fact]
    repeats: tuple[tuple[str, int], ...]
    unclaimed: tuple[int, ...]

    def amount(self, key: str) -> Ref | None:
        """The amount of a subject, if the passage states it."""
        fact = self.facts.get(key)
        return fact.amount if fact else None


@dataclass(slots=True)
class Reader:
    """Reads one passage from number to number. default: the subject of a comparison that names none."""

    passage: Passage
    subjects: Sequence[Subject]
    default: str
    wording: Wording = FINAL
    rules: re.Pattern[str] = field(init=False)
    facts: dict[str, Fact] = field(default_factory=dict)
    repeats: list[tuple[str, int]] = field(default_factory=list)
    unclaimed: list[int] = field(default_factory=list)
    last: Fact | None = None
    versus: Versus | None = None
    reason_from: int | None = None
    reasons: list[tuple[int, int]] = field(default_factory=list)
    done: int = 0
    stated: list[tuple[int, Fact]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules, _ = self._rules(None)

    def _rules(self, unit: str | None) -> tuple[re.Pattern[str], re.Pattern[str]]:
        return _compiled(tuple(self.subjects), unit, self.wording.amount)

    def read(self, start: int = 0, end: int | None = None) -> Reading:
        """The facts between two indices of the passage's shape."""
        end = len(self.passage.shape) if end is None else end
        self.done = start
        for at in [at for at in self.passage.numbers if start <= at < end]:
            if self._percent(at) if self._unit(at) == "%" else self._amount(at):
                self._begin_reason(end)
            elif self.reason_from is None:
                self.unclaimed.append(at)
        self._end_reason(end)
        self._unchanged(start, end)
        return Reading(self.facts, tuple(self.repeats), tuple(self.unclaimed))

    def _unchanged(self, start: int, end: int) -> None:
        """与上年持平: a change without figures, its sentence as the reason (contract, report.md)."""
        for match in _UNCHANGED.finditer(self.passage.shape, start, end):
            if any(a <= match.start() < b for a, b in self.reasons) or self._of_budget(match["words"]):
                continue
            named = [each for each in self.subjects if re.search(each.words, match["words"]) and each.units is MONEY]
            fact = self._fact(_group(named[0].key)) if named else self._spoken_of(match.start("words"))
            if fact.change is None:
                fact.change = Versus(
                    reason=clean(re.sub(r"^其中[，,：:]", "", self.passage.text(*match.span("words"))))
                )

    def _spoken_of(self, at: int) -> Fact:
        """What a sentence speaks of that names no subject again: what it stated last, else the section's own."""
        said = [
            fact
            for stated, fact in self.stated
            if stated < at and not re.search(r"[。;\n]", self.passage.shape[stated:at].rstrip())
        ]
        return said[-1] if said else self._fact(self.default)

    def _unit(self, at: int) -> str | None:
        return self.passage.token(at).unit

    def _ref(self, at: int, turn: str | None = None) -> Ref:
        """The number as a reference; what has decreased is negative, also where a minus is printed too."""
        down = turn is not None and re.fullmatch(DOWN, turn) is not None
        return Ref(self.passage.token(at).index, negative=down and self.passage.token(at).value > 0)

    def _claimed(self, at: int) -> bool:
        unit = self._unit(at) or ""
        self.done = at + 1 + len(unit)
        return True

    # --- percentages: they belong to the event right before them

    def _percent(self, at: int) -> bool:
        gap = self.passage.shape[self.done : at]
        if self.reason_from is not None:
            return self._compared(at) and self._claimed(at)
        rate = _RATE.fullmatch(gap)
        if rate and self.versus and self.versus.amount and not self.versus.rate and self._is_turned(rate, at):
            self.versus.rate = self._ref(at, rate["turn"])
            return self._claimed(at)
        if self.versus and self.versus.budget and not self.versus.rate and _VARIANCE.fullmatch(gap):
            self.versus.rate = self._ref(at)
            return self._claimed(at)
        opened = self.versus is not None and self.versus.budget is not None and gap == "的"  # 完成预算▮万元的▮%
        if (opened or _COMPLETION.fullmatch(gap)) and self._completed(at):
            return self._claimed(at)
        if self.last and not self.last.share and _SHARE.fullmatch(gap):
            self.last.share = self._ref(at)
            return self._claimed(at)
        return (self._compared(at) or self._stated(at)) and self._claimed(at)

    def _completed(self, at: int) -> bool:
        """完成预算的▮%: of the comparison that is open, or of the amount that was stated last, as its 决算数."""
        if self.versus is None and self.last is not None and self.last.comparison is None:
            self.last.comparison = self.versus = Versus(final=self.last.amount)
        if self.versus is None or self.versus.completion is not None:
            return False
        self.versus.completion = self._ref(at)
        return True

    def _is_turned(self, turned: re.Match[str], at: int) -> bool:
        """Whether a direction is said, or is of no matter: nothing has risen as it has fallen."""
        return turned["either"] is None or not self.passage.token(at).value

    # --- amounts

    def _amount(self, at: int) -> bool:
        return (
            (
                self._unit(at) in MONEY
                and (
                    self._final(at)
                    or self._compared(at)
                    or self._of_part(at)
                    or self._budget_of_amount(at)
                    or self._budget(at)
                )
            )
            or self._stated(at)
        ) and self._claimed(at)

    def _final(self, at: int) -> bool:
        versus = self.versus
        if versus is None or versus.budget is None or versus.final is not None or self.reason_from is not None:
            return False
        if _FINAL.fullmatch(self.passage.shape[self.done : at]) is None:
            return False
        versus.final = self._ref(at)
        return True

    def _compared(self, at: int) -> bool:
        """〈subject〉比上年增加▮万元: the change of a subject, named or the one that was spoken of last."""
        gap = self.passage.shape[self.done : at]
        match = _comparing(self.wording.base)[0].search(gap)
        if match is None or not self._is_turned(match, at):
            return False
        fact = self._named(match["words"] or match["again"], gap[: match.start()])
        return fact is not None and self._changed(
            fact, at, match["turn"], self._clause(self.done + match.start("words"))
        )

    def _of_part(self, at: int) -> bool:
        """其中：〈subject〉支出决算增加▮万元: the change of a part, below the change of the whole."""
        if not _LAST_YEAR_NAMED.search(self.passage.shape, 0, at):
            return False
        gap = self.passage.shape[self.done : at]
        begin = self._clause(at) - self.done
        match = _PART.fullmatch(gap, max(begin, 0))
        named = self._rules("万元")[1].search(match["words"]) if match else None
        if match is None or named is None or named.lastgroup is None or not self._is_turned(match, at):
            return False
        return self._changed(self._fact(named.lastgroup), at, match["turn"], self.done + begin)

    def _changed(self, fact: Fact, at: int, turn: str, start: int) -> bool:
        self._end_reason(start)
        if fact.change is not None:
            return False
        is_rate = self._unit(at) == "%"
        ref = self._ref(at, turn)
        fact.change = self.versus = Versus(rate=ref) if is_rate else Versus(amount=ref)
        return True

    def _budget(self, at: int) -> bool:
        """〈subject〉年初预算数▮万元: opens a comparison with the budget."""
        gap = self.passage.shape[self.done : at]
        match = _BUDGET.search(gap) if self.wording.against_budget else None
        if match is None:
            return False
        words = re.sub(r"^.*预算(?:数)?相比(?:情况)?[,:]?", "", match["words"])
        compared = words != match["words"]
        fact = self._named(words.split(",")[-1].split(":")[-1], gap[: match.start()] + ("。" if compared else ""))
        if fact is None or (self.reason_from is not None and not (words.strip("其中:,") or compared)):
            return False
        if fact.comparison is not None:
            return False
        self._end_reason(self._clause(self.done + match.start("words")))
        fact.comparison = self.versus = Versus(budget=self._ref(at))
        self.last = fact
        return True

    def _budget_of_amount(self, at: int) -> bool:
        """▮万元，完成预算▮万元的▮%: the budget of the amount that was stated last."""
        last = self.last
        if last is None or last.amount is None or last.comparison is not None or self.reason_from is not None:
            return False
        if not _OF_BUDGET.fullmatch(self.passage.shape[self.done : at]) or not self.wording.against_budget:
            return False
        last.comparison = self.versus = Versus(budget=self._ref(at), final=last.amount)
        return True

    def _named(self, words: str, before: str) -> Fact | None:
        """The subject of a comparison: named by its words; else, in the same sentence, the one spoken of last;
        else the section's own. None where words name no subject of the section, or a reason goes on."""
        words = _NOTHING_NAMED.sub("", re.sub(rf"^{_LEAD}", "", clean(words)))
        if words:
            match = self.rules.search(words)
            return self._fact(str(match.lastgroup)) if match and match.lastgroup else None
        if self.reason_from is not None and not re.search(r"[。\n]$", before):
            return None
        if self.last is not None and not re.search(r"[。\n]", before):
            return self.last
        return self._fact(self.default)

    def _stated(self, at: int) -> bool:
        """〈subject〉▮万元. A number before a 万 that lost its 元 is of no unit that is certain.

        Of several numbers in one place (收、支总计各是▮,▮万元) none is certainly the subject's.
        """
        if (self._unit(at) is None and self.passage.shape.startswith("万", at + 1)) or self._is_listed(at):
            return False
        gap = self.passage.shape[self.done : at]
        boundary = _BOUNDARY.search(gap)
        begin = boundary.end() if boundary else 0
        clause = gap[begin:]
        follows = self.last.key if self.last and not gap.strip(",、;() ") else None
        direct = next((each for each in self.subjects if each.after == follows and follows), None)
        if direct is not None and self._unit(at) in direct.units and direct.key not in self.facts:
            self.last = self._fact(_group(direct.key))
            self.last.amount = self._ref(at)
            return True
        anywhere, strict = self._rules(self._unit(at))
        match = (strict if self.reason_from is not None else anywhere).search(clause)
        if match is None or match.lastgroup is None:
            return False
        fact = self._fact(match.lastgroup)
        if fact.amount is not None:
            if self.reason_from is not None and not (boundary and boundary[0] in "。\n;"):
                return False
            if not self._says_again(fact.amount, at):
                return False
            self.repeats.append((fact.key, at))
        else:
            fact.amount = self._ref(at)
        if self._unit(at) in MONEY:
            self.stated.append((at, fact))
        self._end_reason(self.done + begin)
        self.last, self.versus = fact, None
        return True

    def _is_listed(self, at: int) -> bool:
        """Whether a number stands in a row of numbers that have one unit together."""
        shape, before = self.passage.shape, at - 2
        if before in self.passage.numbers and self._unit(before) is None and shape[at - 1] in _AND:
            return True
        return self._unit(at) is None and at + 2 in self.passage.numbers and shape[at + 1] in _AND

    def _says_again(self, stated: Ref, at: int) -> bool:
        """Whether a number is one that was stated before; another number is of something that has no subject here."""
        before = next(each.token for each in self.passage.numbers.values() if each.token.index == stated.token)
        return before.value == self.passage.token(at).value

    def _fact(self, group: str) -> Fact:
        key = next((each.key for each in self.subjects if _group(each.key) == group), group)
        return self.facts.setdefault(key, Fact(key))

    # --- reasons

    def _clause(self, at: int) -> int:
        """Where the clause that holds an index begins."""
        boundary = _BOUNDARY.search(self.passage.shape, self.done, at)
        return boundary.end() if boundary else at

    def _begin_reason(self, end: int) -> None:
        match = _REASON.match(self.passage.shape, self.done, end)
        if match is None:
            return
        versus = self._explained(match["words"] or "") or self.versus
        if versus is not None and versus.reason is None:
            self.versus = versus
            self.reason_from = self.done = match.end()

    def _explained(self, words: str) -> Versus | None:
        """〈subject〉决算数小于预算数的主要原因: the comparison that a reason names, of the last subject if of none."""
        fact = self._mentioned(words)
        if fact is not None:
            return fact.comparison if self._of_budget(words) else fact.change
        if self.last is None:
            return None
        if self._of_budget(words):
            return self.last.comparison
        return self.last.change if _LAST_YEAR_NAMED.search(words) else None

    def _of_budget(self, words: str) -> bool:
        """Whether words speak of a comparison with the budget."""
        return self.wording.against_budget and "预算" in words

    def _mentioned(self, words: str) -> Fact | None:
        """The fact of the first subject with an amount of money that words speak of, if it was stated."""
        named = (each for each in self.subjects if each.units is MONEY and re.search(each.words, words))
        return next((self.facts[each.key] for each in named if each.key in self.facts), None)

    def _end_reason(self, end: int) -> None:
        if self.reason_from is not None and self.versus is not None:
            shape = self.passage.shape
            stop = _STOP.search(shape, self.reason_from, end)
            while stop:
                end = stop.start()
                stop = _STOP.search(shape, self.reason_from, end)
            unchanged = _comparing(self.wording.base)[1].search(shape, self.reason_from, end)
            end = unchanged.start() if unchanged else end
            self._give_reasons(self.reason_from, end)
            self.reasons.append((self.reason_from, end))
        self.reason_from = None

    def _give_reasons(self, start: int, end: int) -> None:
        """…的主要原因是…。决算数较上年减少的主要原因是…: each to the comparison that it names."""
        versus = self.versus
        for other in _OTHER_REASON.finditer(self.passage.shape, start, end):
            explained = self._explained(other["words"])
            if explained is None or explained is versus or explained.reason is not None:
                continue
            self._give(versus, start, other.start())
            versus, start = explained, other.end()
        self._give(versus, start, end)

    def _give(self, versus: Versus | None, start: int, end: int) -> None:
        if versus is not None:
            versus.reason = clean(self.passage.text(start, end)) or None


def _group(key: str) -> str:
    return key.replace(".", "__")


@cache
def _comparing(base: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """〈subject〉比上年增加, up to its number; a sentence that says the next one unchanged."""
    versus = rf"(?:比|与|较|同){_YEAR_BEFORE}{base}"
    compared = (
        rf"(?P<words>[^,。;:\n{N}]*?),?(?:{versus}(?:相比较?|比较|比)?|(?:按)?(?:同口径)?同比)[,:]?"
        rf"(?P<again>[^,。;:\n{N}]{{0,24}}?)(?:各|均|净)?{_TURN}(?:了|额|数)?(?:为|是)?:?$"
    )
    unchanged = rf"(?<=[。\n])(?:[^。\n]*?{versus}|其中[,:])[^。\n]*?(?:持平|无变化)"
    return re.compile(compared), re.compile(unchanged)


@cache
def _compiled(subjects: tuple[Subject, ...], unit: str | None, amount: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The rules for the subjects that are printed in a unit (for all, if None): anywhere, and for a whole clause."""
    fitting = [each for each in subjects if unit is None or unit in each.units]
    names = "|".join(f"(?P<{_group(each.key)}>{each.words})" for each in fitting) or "(?!)"
    tail = (
        rf"(?:的)?(?:支出|收入)?{amount}(?:\([^)]{{0,20}}\))?"
        r"(?:总额|总计|合计|共计|共有|共|总)?(?:均|各)?(?:为|是|约|计|有)?:?"
    )
    return re.compile(rf"(?:{names}){tail}$"), re.compile(rf"^{_LEAD}(?:{names}){tail}$")


def read(
    passage: Passage,
    subjects: Sequence[Subject],
    default: str,
    start: int = 0,
    end: int | None = None,
    wording: Wording = FINAL,
) -> Reading:
    """What a passage says of the subjects of its section."""
    return Reader(passage, subjects, default, wording).read(start, end)
