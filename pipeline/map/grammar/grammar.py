"""The grammar of the disclosure sentence: subject – amount – share – comparison with last year or budget – reason.

    财政拨款收入总计▮万元，其中：…。财政拨款收入总计与上年相比，增加▮万元，增长▮%，主要原因是：…。

Every number is classified by the words right before it; what the words do not make certain is left open. Numbers
inside a reason are free text, until a clause begins that speaks of a subject of the section.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from recount.pipeline.map.grammar import phrases
from recount.pipeline.map.grammar.passage import (
    FINAL,
    MONEY,
    Fact,
    Passage,
    Subject,
    Versus,
    Wording,
    clean,
)
from recount.pipeline.split.outline import ITEM
from recount.schemas.figures import DOWN, Ref


@dataclass(slots=True)
class Reader:
    """Reads one passage from number to number.

    default: the subject of a comparison that names none. at (in its methods): a number's index in the
    passage's shape.
    """

    passage: Passage
    subjects: Sequence[Subject]
    default: str
    wording: Wording = FINAL
    facts: dict[str, Fact] = field(default_factory=dict)
    unclaimed: list[int] = field(default_factory=list)
    last: Fact | None = None
    versus: Versus | None = None
    reason_from: int | None = None
    reasons: list[tuple[int, int]] = field(default_factory=list)
    done: int = 0
    start: int = 0
    stated: list[tuple[int, Fact]] = field(default_factory=list)

    def _rule(self, unit: str | None, *, within: bool = False) -> re.Pattern[str]:
        return phrases.rule_of(tuple(self.subjects), unit, self.wording.amount, within=within)

    def read(self, start: int = 0, end: int | None = None) -> dict[str, Fact]:
        """The facts between two indices of the passage's shape."""
        end = len(self.passage.shape) if end is None else end
        self.done = start
        self.start = start
        for at in [index for index in self.passage.numbers if start <= index < end]:
            self._leave_reason(at)
            if self._percent(at) if self._unit(at) == "%" else self._amount(at):
                self._begin_reason(end)
            elif self.reason_from is None:
                self.unclaimed.append(at)
        self._end_reason(end)
        self._unchanged(start, end)
        for fact in self.facts.values():
            if fact.comparison is not None and fact.comparison.final is None:
                fact.comparison.final = fact.comparison.stated
        return self.facts

    def _unchanged(self, start: int, end: int) -> None:
        """与上年持平: a change without figures, its sentence as the reason (docs/contract/report.md)."""
        for match in phrases.UNCHANGED.finditer(self.passage.shape, start, end):
            if any(a <= match.start() < b for a, b in self.reasons) or self._of_budget(match["words"]):
                continue
            named = [
                subject
                for subject in self.subjects
                if re.search(subject.words, match["words"]) and subject.units is MONEY
            ]
            fact = self._fact(phrases.group_of(named[0].key)) if named else self._spoken_of(match.start("words"))
            if fact is not None and fact.change is None:
                fact.change = Versus(
                    reason=clean(re.sub(r"^其中[，,：:]", "", self.passage.text(*match.span("words"))))
                )

    def _spoken_of(self, at: int) -> Fact | None:
        """What a sentence speaks of that names no subject again: what it stated last, None if nobody knows that; the
        section's own where it states nothing."""
        shape = self.passage.shape
        begin = max(shape.rfind(sign, 0, len(shape[:at].rstrip())) for sign in "。;\n")
        said: list[tuple[int, Fact | None]] = [(n, None) for n in self.unclaimed if self._unit(n) in MONEY]
        said += [(n, fact) for n, fact in self.stated if not phrases.is_aside(shape, n, at)]
        inside = [pair for pair in said if begin < pair[0] < at]
        if inside:
            return max(inside, key=lambda pair: pair[0])[1]
        return self._fact(self.default) if self.passage.headed else None

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
            return (self._compared(at) or self._completion_of_named(at)) and self._claimed(at)
        if self.versus and self.versus.amount and not self.versus.rate and phrases.RATE_ALONE.fullmatch(gap):
            self.versus.rate = replace(self._ref(at), negative=self.versus.amount.negative)
            return self._claimed(at)
        rate = phrases.RATE.fullmatch(gap)
        if rate and self.versus and self.versus.amount and not self.versus.rate and self._is_turned(rate, at):
            self.versus.rate = self._ref(at, rate["turn"])
            return self._claimed(at)
        if self.versus and self.versus.budget and not self.versus.rate and phrases.VARIANCE.fullmatch(gap):
            self.versus.rate = self._ref(at)
            return self._claimed(at)
        opened = self.versus is not None and self.versus.budget is not None and gap == "的"  # 完成预算▮万元的▮%
        said = phrases.COMPLETION.fullmatch(phrases.MOVED.sub("", gap)) or self._completes_above(gap)
        if (opened or said) and self._completed(at):
            return self._claimed(at)
        if self.last and not self.last.share and phrases.SHARE.fullmatch(phrases.BRACKETED.sub("", gap)):
            self.last.share, self.last.share_of = self._ref(at), gap
            return self._claimed(at)
        is_part = self.last is not None and self.last.key != self.default and self.versus is None
        if gap == "(" and self.last is not None and is_part and self.last.share is None:  # ▮万元(▮%)
            self.last.share = self._ref(at)
            return self._claimed(at)
        said = self._compared(at) or self._stated(at) or self._share_of_named(at) or self._completion_of_named(at)
        return said and self._claimed(at)

    def _share_of_named(self, at: int) -> bool:
        """〈subject〉占▮%, without its amount."""
        match = phrases.NAMED_SHARE.search(self.passage.shape, self.done, at)
        fact = self._subject(match["words"]) if match else None
        if match is None or fact is None or fact.share is not None:
            return False
        fact.share, fact.share_of = self._ref(at), match[0]
        return True

    def _completion_of_named(self, at: int) -> bool:
        """〈subject〉完成预算的▮%, without either amount."""
        match = phrases.NAMED_COMPLETION.search(self.passage.shape, self.done, at)
        if match is None or not self.wording.against_budget:
            return False
        if self.reason_from is not None and self.passage.shape[: match.start("words")].rstrip()[-1:] not in "。\n":
            sentence = self.passage.shape[self.reason_from : match.start("words")].rsplit("。", 1)
            if len(sentence) < 2 or "预算相比" not in sentence[1]:
                return False
        fact = self._named(at, match["words"], "")
        if fact is None or fact.comparison is not None:
            return False
        self._end_reason(self._clause(at))
        fact.comparison = self.versus = Versus(completion=self._ref(at))
        return True

    def _completes_above(self, gap: str) -> bool:
        """▮万元，主要是…，完成预算的: of the amount at the head of the sentence."""
        clause = gap[gap.rfind(",") + 1 :]
        stated = self.stated[-1][1] if self.stated else None
        return (
            stated is not None
            and stated is self.last
            and phrases.CLAUSES.fullmatch(gap) is not None
            and bool(phrases.COMPLETION.fullmatch(clause))
        )

    def _completed(self, at: int) -> bool:
        """完成预算的▮%: of the comparison that is open, or of the amount that was stated last, as its 决算数."""
        last = self.last
        if last is not None and last.comparison is None and self.versus in (None, last.change):
            last.comparison = self.versus = Versus(final=last.amount)
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
        if phrases.FINAL.fullmatch(phrases.BRACKETED.sub("", self.passage.shape[self.done : at])) is None:
            return False
        versus.final = self._ref(at)
        return True

    def _compared(self, at: int) -> bool:
        """〈subject〉比上年增加▮万元: the change of a subject, named or the one that was spoken of last."""
        gap = self.passage.shape[self.done : at]
        match = phrases.comparing(self.wording.base)[0].search(gap)
        if match is None or not self._is_turned(match, at):
            return False
        twice = phrases.TO_BUDGET.search(gap, 0, match.start()) is not None
        words = (phrases.UNIT.sub("", match["words"]) if twice else match["words"]) or match["again"]
        each = match["each"] or ""
        fact = self._of_section(at) if each and not words else self._named(at, words, gap[: match.start()], each)
        if fact is not None and not words and fact.change is not None and not self._is_said_again(fact.change, at):
            fact = self._stated_before(at)  # the section's own is known: of the part that was stated last
        return fact is not None and self._changed(
            fact, at, match["turn"], self._clause(self.done + match.start("words"))
        )

    def _of_part(self, at: int) -> bool:
        """其中：〈subject〉支出决算增加▮万元: the change of a part, below the change of the whole."""
        if not phrases.LAST_YEAR_NAMED.search(self.passage.shape, 0, at):
            return False
        gap = self.passage.shape[self.done : at]
        begin = self._clause(at) - self.done
        match = phrases.PART.fullmatch(gap, max(begin, 0))
        words = match["words"][self.passage.behind_colon(match["words"], at) :] if match else ""
        named = self._rule("万元", within=True).search(words) if words else None
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
        match = phrases.BUDGET.search(gap) if self.wording.against_budget else None
        if match is None:
            return False
        words = re.sub(r"^.*预算(?:数)?相比(?:情况)?[,:]?|[与较比和同(](?:\d{4}年度?)?$", "", match["words"])
        compared = "相比" in match["words"]
        subject = words.split(",")[-1].split(":")[-1]
        fact = self._named(at, subject, gap[: match.start()] + ("。" if compared else ""))
        if fact is None or (self.reason_from is not None and not (words.strip("其中:,") or compared)):
            return False
        if fact.comparison is not None:
            return self._adds_budget(fact.comparison, at)
        self._end_reason(self._clause(self.done + match.start("words")))
        same_sentence = fact is self.last and not re.search(r"[。\n]", gap)
        fact.comparison = self.versus = Versus(budget=self._ref(at), stated=fact.amount if same_sentence else None)
        self.last = fact
        return True

    def _adds_budget(self, comparison: Versus, at: int) -> bool:
        """完成年初预算的▮%（年初预算▮万元）: the budget of the comparison that is open."""
        if comparison is not self.versus or comparison.budget is not None or self.reason_from is not None:
            return False
        comparison.budget = self._ref(at)
        return True

    def _budget_of_amount(self, at: int) -> bool:
        """▮万元，完成预算▮万元的▮%: the budget of the amount that was stated last."""
        last = self.last
        if last is None or last.amount is None or last.comparison is not None or self.reason_from is not None:
            return False
        if not phrases.OF_BUDGET.fullmatch(self.passage.shape[self.done : at]) or not self.wording.against_budget:
            return False
        last.comparison = self.versus = Versus(budget=self._ref(at), final=last.amount)
        return True

    def _named(self, at: int, words: str, before: str, each: str = "") -> Fact | None:
        """The subject of a comparison, up to its number: named by its words; else, in the same sentence, the one spoken
        of last; else the section's own. None where words name no subject of the section, or a reason goes on."""
        words = clean(phrases.BRACKETED.sub("", words))
        words = phrases.NOTHING_NAMED.sub("", re.sub(rf"^{phrases.LEAD}", "", words))
        named = self._subject(words + each) if words else None
        if named is not None or (words and not self._says_section(words)):
            return named
        if ITEM.search(before):
            return None
        if self.reason_from is not None and not re.search(r"[。;\n]$", before):
            return None
        last = self._spoken_last(at)
        if last is not None and not re.search(r"[。\n]", before):
            counted = next((s.units is not MONEY for s in self.subjects if s.key == last.key), False)
            return (self._heading_over(at) if counted else last) or self._of_section(at)
        return self._of_section(at)

    def _spoken_last(self, at: int) -> Fact | None:
        """What was spoken of last, but for what an aside told: ▮万元（其中：…▮万元），比上年增加."""
        outside = [fact for stated, fact in self.stated if not phrases.is_aside(self.passage.shape, stated, at)]
        if self.stated and self.stated[-1][1] is self.last:
            return outside[-1] if outside else None
        return self.last

    def _of_section(self, at: int) -> Fact | None:
        """What a comparison is of that names nothing: what the section is about. None where that is not sure: right
        after a sentence whose amount nobody knows, or where the passage stands under another heading."""
        unknown = (n for n in reversed(self.unclaimed) if not phrases.is_beside(self.passage.shape, n, at))
        if (before := next(unknown, None)) is not None and self.passage.is_just_before(before, at):
            return None
        over = self._heading_over(at)
        if over is not None:
            return over
        if self.passage.headed:
            return self._fact(self.default)
        return self._stated_before(at) or self.facts.get(self.default)

    def _stated_before(self, at: int) -> Fact | None:
        """What was stated last, in the sentence of an index or right before it."""
        return self.stated[-1][1] if self.stated and self.passage.is_just_before(self.stated[-1][0], at) else None

    def _is_said_again(self, change: Versus, at: int) -> bool:
        said = {self.passage.value_of(ref) for ref in (change.amount, change.rate) if ref is not None}
        return self.passage.token(at).value in said

    def _heading_over(self, at: int) -> Fact | None:
        """The subject that the nearest numbered heading above a place names: 1.公务接待费支出情况。"""
        return self._subject(phrases.heading_over(self.passage.shape, self.start, at))

    def _says_section(self, words: str) -> bool:
        """财政拨款支出, where the section is about that."""
        own = next((subject.words for subject in self.subjects if subject.key == self.default), "")
        rest = words.removeprefix("财政拨款")
        return rest != words and "财政拨款" in own and not phrases.NOTHING_NAMED.sub("", rest)

    def _stated(self, at: int) -> bool:
        """〈subject〉▮万元. Before 万 without 元 a number is of no certain unit, before a word a name (12345热线).

        Of several in one place (收、支总计各是▮,▮万元) none is certainly the subject's.
        """
        behind = self.passage.shape[at + 1 : at + 2]
        named = behind == "万" or (behind.isalnum() and not self.passage.token(at).is_figure)
        if (self._unit(at) is None and named) or self.passage.is_in_a_row(at, phrases.AND):
            return False
        gap = self.passage.shape[self.done : at]
        boundary = phrases.BOUNDARY.search(gap)
        begin = max(boundary.end() if boundary else 0, self.passage.behind_number(self.done, at) - self.done)
        within = self.reason_from is not None and not (boundary and boundary[0] in "。\n")
        if within and (colon := self.passage.behind_colon(gap[begin:], at)):
            begin, boundary = begin + colon, None  # nothing that is known is said again there
        clause = gap[begin:]
        follows = self.last.key if self.last and not phrases.FOLLOWS.sub("", gap) else None
        direct = next((subject for subject in self.subjects if subject.after == follows and follows), None)
        if direct is not None and self._unit(at) in direct.units and direct.key not in self.facts:
            self.last = self._fact(phrases.group_of(direct.key))
            self.last.amount = self._ref(at)
            return True
        match = self._rule(self._unit(at), within=within).search(clause)
        fact = self._fact(match.lastgroup) if match and match.lastgroup else self._right_below_heading(at, clause)
        if fact is None:
            return False
        if fact.amount is not None:
            if self.reason_from is not None and not (boundary and boundary[0] in "。\n;"):
                return False
            stated = self.passage.value_of(fact.amount)
            if stated != self.passage.token(at).value:  # of something without a subject here
                return False
        else:
            fact.amount = self._ref(at)
        if self._unit(at) in MONEY:
            self.stated.append((at, fact))
        self._end_reason(self.done + begin)
        self.last, self.versus = fact, None
        return True

    def _right_below_heading(self, at: int, clause: str) -> Fact | None:
        """1.公务接待费。2018年决算数▮万元: what says no subject is of the heading that it follows at once."""
        if self.reason_from is not None or self._unit(at) not in MONEY or not phrases.AMOUNT_ALONE.fullmatch(clause):
            return None
        before = max((other for other in self.passage.numbers if other < at and self._unit(other)), default=self.start)
        fact = self._subject(phrases.heading_over(self.passage.shape, before, at))
        return fact if fact is not None and fact.comparison is None else None

    def _subject(self, words: str | None) -> Fact | None:
        """The fact of the subject that some words name; None where they name none."""
        match = self._rule(None).search(words) if words else None
        return self._fact(match.lastgroup) if match and match.lastgroup else None

    def _fact(self, group: str) -> Fact:
        key = next((subject.key for subject in self.subjects if phrases.group_of(subject.key) == group), group)
        return self.facts.setdefault(key, Fact(key))

    # --- reasons

    def _leave_reason(self, at: int) -> None:
        """Ends a reason where what follows cannot be one."""
        over = phrases.BREAK.search(self.passage.shape, self.reason_from, at) if self.reason_from is not None else None
        if over is not None:
            self._end_reason(over.start())
            self.done = over.start() - 1  # with the sign that ends it: a clause begins behind that

    def _clause(self, at: int) -> int:
        """Where the clause that holds an index begins."""
        boundary = phrases.BOUNDARY.search(self.passage.shape, self.done, at)
        return boundary.end() if boundary else at

    def _begin_reason(self, end: int) -> None:
        match = phrases.REASON.match(self.passage.shape, self.done, end)
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
        return self.last.change if phrases.LAST_YEAR_NAMED.search(words) else None

    def _of_budget(self, words: str) -> bool:
        """Whether words speak of a comparison with the budget."""
        return self.wording.against_budget and "预算" in words

    def _mentioned(self, words: str) -> Fact | None:
        """The fact of the first subject with an amount of money that words speak of, if it was stated."""
        named = (subject for subject in self.subjects if subject.units is MONEY and re.search(subject.words, words))
        return next((self.facts[subject.key] for subject in named if subject.key in self.facts), None)

    def _end_reason(self, end: int) -> None:
        if self.reason_from is not None and self.versus is not None:
            shape = self.passage.shape
            stop = phrases.STOP.search(shape, self.reason_from, end)
            while stop:
                end = stop.start()
                stop = phrases.STOP.search(shape, self.reason_from, end)
            unchanged = phrases.comparing(self.wording.base)[1].search(shape, self.reason_from, end)
            over = phrases.BREAK.search(shape, self.reason_from, end)
            end = min(match.start() for match in (unchanged, over) if match) if unchanged or over else end
            self._give_reasons(self.reason_from, end)
            self.reasons.append((self.reason_from, end))
        self.reason_from = None

    def _give_reasons(self, start: int, end: int) -> None:
        """…的主要原因是…。决算数较上年减少的主要原因是…: each to the comparison that it names."""
        versus = self.versus
        for other in phrases.OTHER_REASON.finditer(self.passage.shape, start, end):
            explained = self._explained(other["words"])
            if explained is None or explained is versus or explained.reason is not None:
                continue
            self._give(versus, start, other.start())
            versus, start = explained, other.end()
        self._give(versus, start, end)

    def _give(self, versus: Versus | None, start: int, end: int) -> None:
        if versus is not None:
            versus.reason = clean(self.passage.text(start, end)) or None


def read(
    passage: Passage,
    subjects: Sequence[Subject],
    default: str,
    start: int = 0,
    end: int | None = None,
    wording: Wording = FINAL,
    stated: Ref | None = None,
) -> dict[str, Fact]:
    """What a passage says of the subjects of its section, by their keys.

    default: the subject of a comparison that names none. start, end: between which indices of its shape it is read.
    stated: the amount of that subject, where it stands before the start.
    """
    reader = Reader(passage, subjects, default, wording)
    if stated is not None:
        reader.last = reader.facts[default] = Fact(default, amount=stated)
    return reader.read(start, end)
