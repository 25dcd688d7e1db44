"""Drawing the books of an invented department from a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from recount.eval.generator.accounts.books import (
    Assets,
    Books,
    Entry,
    Pool,
    Procurement,
    Source,
    Spending,
    Staff,
    Travel,
    Vehicles,
)
from recount.eval.generator.accounts.classification import (
    CAPITAL_ITEMS,
    ECONOMIC,
    EXTRA,
    FUND_ITEMS,
    SOCIAL,
    TRADES,
    subject,
)
from recount.eval.generator.money import FEN_PER_WAN, GRAIN, split
from recount.eval.generator.words.kinds import FLEET

OWN_INCOMES = ("superior_subsidy", "institutional", "business", "affiliate_remittance", "other")
VEHICLE_NOTES = (
    "一般公务用车",
    "业务用车、通勤客车",
    "勘查及检测用车",
    "送货车和检修车",
    "机关日常公务用车2辆及租用前已购通勤车",
)
# economic items that stand for functional ones
_TIED = {
    "30108": ("2080505",),
    "30109": ("2080506",),
    "30110": ("2101101", "2101102"),
    "30111": ("2101103",),
    "30113": ("2210201",),
    "30302": ("2080501", "2080502"),
    "30304": ("2080801",),
    "30112": ("2089999", "2101199"),
}


@dataclass(frozen=True)
class Wishes:
    """What the books must or must not have; None leaves it to chance."""

    funds: bool | None = None
    capital: bool | None = None
    size: str | None = None  # small, medium, large, huge
    trade: str | None = None  # a key of TRADES
    more_cars: bool = False  # cars among the assets that 七 does not count: only where the form says why


def draw_books(rng: Random, year: int, wishes: Wishes | None = None) -> Books:
    """The books of an invented department for `year`."""
    return _Drawer(rng, year, wishes or Wishes()).books()


class _Drawer:
    """One drawing of books."""

    def __init__(self, rng: Random, year: int, wishes: Wishes) -> None:
        self.rng, self.year, self.wishes = rng, year, wishes
        size = wishes.size or rng.choices(("small", "medium", "large", "huge"), (4, 5, 2, 1))[0]
        low, high = {"small": (4, 30), "medium": (25, 160), "large": (150, 2500), "huge": (2000, 40000)}[size]
        self.active = self.log(low, high)
        self.personnel = self.active * rng.randint(9 * FEN_PER_WAN, 22 * FEN_PER_WAN)
        self.public = max(self.active * rng.randint(FEN_PER_WAN, 4 * FEN_PER_WAN), 4 * FEN_PER_WAN)
        drawn = rng.choice(sorted(TRADES))
        self.trade = wishes.trade or drawn

    def books(self) -> Books:
        """Draw everything; what depends on the lines comes after them."""
        lines = self.general() + self.own() + self.funds() + self.capital()
        sources: tuple[Source, ...] = ("general", "funds", "capital", "own")
        pools = {source: self.pool(lines, source) for source in sources}
        own = pools["own"]
        trips = self.trips()
        travel = self.travel(trips)
        costs = self.costs()
        return Books(
            trade=self.trade,
            year=self.year,
            lines=tuple(lines),
            pools={source: pool for source, pool in pools.items() if pool.total or pool.last_total},
            own_income=self.own_income(own.income, lines),
            personnel=self.personnel,
            public=self.public,
            economic=self.economic(lines, trips),
            administrative=costs[0],
            institution=costs[1],
            overseas=trips[0],
            purchase=trips[1],
            running=trips[2],
            reception=trips[3],
            travel=travel,
            procurement=self.procurement(lines),
            assets=self.assets(trips, travel.owned),
            staff=Staff(self.active, self.rng.choice((0, 0, 0, 0, 1, 2)), self.rng.randint(0, self.active)),
        )

    def log(self, low: float, high: float) -> int:
        """A whole number, its logarithm evenly drawn."""
        return round(math.exp(self.rng.uniform(math.log(low), math.log(high))))

    def near(self, amount: int, low: float = 0.55, high: float = 1.6, same: float = 0.03) -> int:
        """Another year's amount: about this one, sometimes nothing, sometimes the same."""
        chance = self.rng.random()
        if chance < same:
            return amount
        if chance < same + 0.12:
            return 0
        return max(GRAIN, int(amount * self.rng.uniform(low, high)))

    def general(self) -> list[Entry]:
        """The lines of the general public budget."""
        running, projects = TRADES[self.trade]
        basics: dict[str, int] = {}
        for code, weight, chance in SOCIAL:
            if self.rng.random() < chance:
                basics[code] = max(GRAIN, int(self.personnel * weight * self.rng.uniform(0.6, 1.3)))
        rest = self.personnel - sum(basics.values()) + self.public
        heads = running if self.rng.random() < 0.6 else running[:1]
        for code, part in zip(heads, split(rest, [self.rng.uniform(0.3, 1) for _ in heads]), strict=True):
            basics[code] = part
        return self._general_lines(basics, list(projects))

    def _general_lines(self, basics: dict[str, int], codes: list[str]) -> list[Entry]:
        """Lines for the basic amounts, for some project items, and for items that ended last year."""
        rng = self.rng
        rng.shuffle(codes)
        used = codes[: rng.randint(1, len(codes))] + [code for code in EXTRA if rng.random() < 0.25]
        projects = {code: self.log(0.3, 8) * self.log(1, 1000) * self.personnel // 2000 for code in used}
        if rng.random() < 0.4:
            first = next(iter(basics))
            projects[first] = projects.get(first, 0) + self.log(1, 60) * FEN_PER_WAN // 3
        lines = [
            self.line(code, "general", basics.get(code, 0), max(GRAIN, projects[code]) if code in projects else 0)
            for code in sorted({*basics, *projects})
        ]
        ended = [c for c in (*codes, "2080801", "2101199", "2240104") if c not in basics and c not in projects]
        rng.shuffle(ended)
        gone = [
            Entry(subject(code), "general", last=self.log(1, 4000) * GRAIN, budget=0)
            for code in dict.fromkeys(ended[: rng.choice((0, 0, 1, 2, 3))])
        ]
        return lines + gone

    def line(self, code: str, source: Source, basic: int, project: int) -> Entry:
        """A line with last year's and the budget's amounts."""
        total = basic + project
        return Entry(
            subject(code),
            source,
            basic=basic,
            project=project,
            last=self.near(total),
            budget=total if self.rng.random() < 0.15 else self.near(total, 0.6, 1.3, 0),
        )

    def own(self) -> list[Entry]:
        """Lines paid from the department's own money."""
        if self.rng.random() < 0.45:
            return []
        code = TRADES[self.trade][0][0]
        amount = self.log(0.05, 60) * self.personnel // 200 + GRAIN
        basic = int(amount * self.rng.choice((0, 0.4, 0.8)))
        line = self.line(code, "own", basic, amount - basic)
        if self.rng.random() < 0.12:
            return [
                line,
                Entry(subject(code), "own", business=self.log(1, 900) * GRAIN, last=self.log(1, 900) * GRAIN),
            ]
        return [line]

    def funds(self) -> list[Entry]:
        """Lines of the government fund budget."""
        has = self.rng.random() < 0.25 if self.wishes.funds is None else self.wishes.funds
        if not has:
            return []
        codes = sorted(self.rng.sample(FUND_ITEMS, self.rng.randint(1, 3)))
        return [
            self.line(code, "funds", 0, self.log(200, 900000) * GRAIN + self.rng.randint(0, 9999)) for code in codes
        ]

    def capital(self) -> list[Entry]:
        """Lines of the state capital budget."""
        has = self.rng.random() < 0.06 if self.wishes.capital is None else self.wishes.capital
        return [self.line(self.rng.choice(CAPITAL_ITEMS), "capital", 0, self.log(200, 90000) * GRAIN)] if has else []

    def pool(self, lines: list[Entry], source: Source) -> Pool:
        """The pool that pays some lines, with its carry-overs."""
        mine = [line for line in lines if line.source == source]
        spent, last = sum(x.total for x in mine), sum(x.last for x in mine)
        if not spent and not last:
            return Pool(0, 0, 0, 0, 0)
        closing = 0 if self.rng.random() < 0.35 else int(spent * self.rng.uniform(0.001, 0.15)) + GRAIN
        # neither year may earn less than nothing
        opening = 0 if self.rng.random() < 0.35 else int((spent + closing) * self.rng.uniform(0.001, 0.2))
        earlier = 0 if self.rng.random() < 0.35 else int((last + opening) * self.rng.uniform(0.001, 0.2))
        used = distribution = 0
        if source == "own":
            used = int(spent * self.rng.uniform(0.1, 0.6)) if self.rng.random() < 0.3 else 0
            distribution = int(spent * self.rng.uniform(0.01, 0.2)) if self.rng.random() < 0.1 else 0
        return Pool(
            opening if opening >= GRAIN else 0,
            closing,
            spent,
            earlier if earlier >= GRAIN else 0,
            last,
            used if used >= GRAIN else 0,
            distribution if distribution >= GRAIN else 0,
            budget=sum(x.budget for x in mine),
        )

    def own_income(self, income: int, lines: list[Entry]) -> dict[str, int]:
        """The department's own income by kind."""
        kinds = dict.fromkeys(OWN_INCOMES, 0)
        weights = [self.rng.random() if self.rng.random() < 0.3 else 0.0 for _ in OWN_INCOMES[:-1]] + [0.5]
        if not any(line.business for line in lines):
            weights[2] = 0.0
        if income < 100 * GRAIN:
            weights[:-1] = [0.0] * (len(weights) - 1)  # too little to be divided
        if income:
            kinds = dict(zip(OWN_INCOMES, split(income, weights), strict=True))
        return kinds

    def trips(self) -> tuple[Spending, Spending, Spending, Spending]:
        """出国, 购置, 运行, 接待: now, last year, and the full year's budget; all well below 公用经费."""
        rng, cap = self.rng, self.public // 4

        def one(now_chance: float, last_chance: float, top: int) -> Spending:
            now = min(cap, self.log(10, top) * GRAIN + rng.randint(0, 9999)) if rng.random() < now_chance else 0
            last = min(cap, self.log(10, top) * GRAIN) if rng.random() < last_chance else 0
            over = rng.choice((1.0, 1.0, 1.02, 1.2, 1.9))
            budget = int(now * over) if now else (self.log(10, top) * GRAIN if rng.random() < 0.1 else 0)
            return Spending(now, last, budget)

        purchase = one(0.12, 0.1, 4000)
        running = one(0.75, 0.8, 300 * max(3, self.active // 15))
        reception = one(0.4, 0.5, 20 * max(3, self.active // 10))
        return one(0.06, 0.05, 1500), purchase, running, reception

    def travel(self, trips: tuple[Spending, Spending, Spending, Spending]) -> Travel:
        """Counts that fit the amounts: none where nothing was spent."""
        rng = self.rng
        abroad, guests = trips[0].now > 0, trips[3].now > 0
        batches = rng.randint(1, 40) if guests else 0
        return Travel(
            rng.randint(1, 4) if abroad else 0,
            rng.randint(1, 12) if abroad else 0,
            rng.randint(1, max(2, self.active // 12)) if trips[2].now else 0,
            batches,
            batches * rng.randint(3, 14) + rng.randint(0, 3) if guests else 0,
        )

    def economic(self, lines: list[Entry], trips: tuple[Spending, Spending, Spending, Spending]) -> dict[str, int]:
        """Basic expenditure by economic item; the items that stand for a functional one carry its amount."""
        rng = self.rng
        basic = {x.subject.item_code: x.basic for x in lines if x.source == "general"}
        pay = {code: sum(basic.get(item, 0) for item in items) for code, items in _TIED.items()}
        free = [c for c in ECONOMIC if c[:3] in ("301", "303") and c not in pay and c != "30310"]
        names = ["30101", "30102", *(c for c in free if c not in ("30101", "30102") and rng.random() < 0.35)]
        weights = [1.0 if c[:3] == "301" else 0.03 for c in names]
        pay |= dict(zip(names, split(self.personnel - sum(pay.values()), weights), strict=True))
        office = {"30212": trips[0].now, "31013": trips[1].now, "30231": trips[2].now, "30217": trips[3].now}
        free = [c for c in ECONOMIC if c[:3] in ("302", "310") and c not in office]
        names = [
            "30201",
            *(c for c in free if c != "30201" and rng.random() < (0.5 if c[:3] == "302" else 0.08)),
        ]
        rest = split(self.public - sum(office.values()), [rng.uniform(0.05, 1) for _ in names])
        amounts = pay | office | dict(zip(names, rest, strict=True))
        return {code: amounts[code] for code in ECONOMIC if amounts.get(code)}

    def costs(self) -> tuple[Spending | None, Spending | None]:
        """机关运行经费 and 公用经费: one of them, or both, together 公用经费."""
        kind = self.rng.choices(("administrative", "institution", "both"), (5, 3, 2))[0]
        parts = split(self.public, [0.7, 0.3]) if kind == "both" else [self.public, self.public]
        wanted = {"administrative": (True, False), "institution": (False, True), "both": (True, True)}[kind]
        spend = [Spending(part, self.near(part), 0) if want else None for part, want in zip(parts, wanted, strict=True)]
        return spend[0], spend[1]

    def procurement(self, lines: list[Entry]) -> Procurement:
        """Procurement: a part of what was spent."""
        rng = self.rng
        if rng.random() < 0.15:
            return Procurement(0, 0, 0, 0, 0)
        total = max(3 * GRAIN, int(sum(x.total for x in lines) * rng.uniform(0.01, 0.4)))
        weights = [rng.uniform(0.2, 1), rng.choice((0.0, 0.0, 2.7)), rng.choice((0.0, 0.9, 2.2))]
        goods, works, services = split(total, weights)
        sme = total if rng.random() < 0.5 else int(total * rng.uniform(0.2, 1))
        micro = sme if rng.random() < 0.4 else int(sme * rng.uniform(0, 1))
        return Procurement(goods, works, services, sme, micro)

    def assets(self, trips: tuple[Spending, Spending, Spending, Spending], owned: int) -> Assets:
        """Fixed assets, house, fleet; it counts the vehicles `owned` and sometimes some more."""
        rng = self.rng
        kinds = dict.fromkeys(FLEET, 0)
        more = rng.randint(1, max(2, self.active // 20)) if rng.random() < 0.4 else 0
        count = owned + (more if self.wishes.more_cars else 0)
        for _ in range(count):
            kinds[rng.choices(tuple(FLEET), (0.1, 1, 1, 2, 3, 2, 1, 6))[0]] += 1
        house = self.log(100, 40000) * FEN_PER_WAN // 20 if rng.random() < 0.7 else 0
        area = self.log(5000, 4000000) if house else 0
        fleet = Vehicles(
            kinds,
            rng.randint(1, 3) if trips[1].now else 0,
            count * self.log(600, 4000) * GRAIN,
            rng.choice(VEHICLE_NOTES) if kinds["other"] else None,
        )
        fixed = house + fleet.value + self.log(1000, 3000000) * GRAIN + rng.randint(0, 9999)
        return Assets(fixed, area, house, rng.choice((0, 0, 0, 1, 2, 7)), fleet)
