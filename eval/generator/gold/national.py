"""The narrative of form N (national wording) as gold; forms.md, N, and the general 财政部 template."""

from __future__ import annotations

from dataclasses import dataclass

from recount.eval.generator.accounts.books import Spending
from recount.eval.generator.gold.shanghai import ShanghaiMaker, unmapped_figure
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.gold.xinjiang import Maker
from recount.eval.generator.money import wan

TRIPS = "（二）“三公”经费财政拨款支出决算具体情况说明"
VEHICLES = "公务用车购置及运行维护费支出"


@dataclass(frozen=True)
class NationalMaker(ShanghaiMaker):
    """Builds the gold of an N report: as S, but with all portions, item completion and the X procurement."""

    national: bool = True

    def overview(self) -> Json:
        """Duties and inner offices; subordinate units where it is a summary."""
        unit = self.unit
        return blank(
            "overview",
            functions=list(unit.duties),
            office_count=len(unit.offices),
            offices=list(unit.offices),
            subordinate_units=list(unit.subordinates),
        )

    def income(self) -> Json:
        """二、: every kind, zero or not."""
        return Maker.income(self)

    def expenditure(self) -> Json:
        """三、: every kind, zero or not."""
        return Maker.expenditure(self)

    def general(self) -> Json:
        """五、: items print their completion; no purpose."""
        node = super().general()
        by_code = sorted(
            (line for line in self.books.of("general") if line.total), key=lambda line: line.subject.item_code
        )
        for item, line in zip(node["items"], by_code, strict=True):
            item["budget"] = self.completion(line.total, line.budget, item["budget"]["reason"])
            item["purpose"] = None
        return node

    def trips(self) -> tuple[Json, list[Json]]:
        """七、: budget, final and completion of the whole and of every part; no changes."""
        books, travel = self.books, self.books.travel
        vehicles = books.purchase + books.running
        total = books.overseas + vehicles + books.reception
        node = blank(
            "three_public",
            total=wan(total.now),
            budget=self.completion(total.now, total.budget),
            overseas=blank("part", amount=wan(books.overseas.now)),
            vehicles=blank("part", amount=wan(vehicles.now)),
            reception=blank("part", amount=wan(books.reception.now)),
            vehicle_purchase=wan(books.purchase.now),
            vehicle_running=wan(books.running.now),
            overseas_budget=self.part_completion(books.overseas),
            vehicle_purchase_budget=self.part_completion(books.purchase),
            vehicle_running_budget=self.part_completion(books.running),
            reception_budget=self.part_completion(books.reception),
            overseas_groups=travel.groups,
            overseas_visits=travel.visits,
            vehicles_bought=books.assets.vehicles.bought,
            vehicles_owned=travel.owned,
            reception_batches=travel.batches,
            reception_visits=travel.guests,
        )
        extra = [unmapped_figure(TRIPS, f"{VEHICLES}预算", wan(vehicles.budget), "万元")]
        if vehicles.budget:
            rate = self._rate(vehicles)
            extra.append(unmapped_figure(TRIPS, f"{VEHICLES}完成预算的", rate, "%"))
        return node, extra

    def part_completion(self, spend: Spending) -> Json:
        """A part's Comparison, without a reason."""
        return self.completion(spend.now, spend.budget) | {"reason": None}

    def performance(self) -> tuple[Json, list[Json]]:
        """十、: how many projects were evaluated, and their money."""
        count, money = self.rng.randint(1, 60), wan(self.books.sum(lambda x: x.project))
        return blank("performance", project_count=count, project_budget=money), []

    def purchases(self) -> tuple[Json, list[Json]]:
        """十一（二）: as form X."""
        return self.procurement(), []

    def assets(self) -> Json:
        """十一（三）: the fleet by kind with its note."""
        return super().assets() | {"vehicles_other_note": self.books.assets.vehicles.other_note}
