"""From a form and a seed to a case: books, gold, planting, text, pages."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

from recount.eval.generator.accounts.draw import Wishes, draw_books
from recount.eval.generator.case import Case, Discrepancy, Form, Options
from recount.eval.generator.excerpt import excerpt, shortened
from recount.eval.generator.forms.evaluation_table import overall_table, project_table
from recount.eval.generator.forms.front import front
from recount.eval.generator.forms.national import National
from recount.eval.generator.forms.regional import Region, Script
from recount.eval.generator.forms.shanghai import Shanghai
from recount.eval.generator.forms.xinjiang import Narrative
from recount.eval.generator.gold.evaluations import Evaluator, narrative_texts
from recount.eval.generator.gold.national import NationalMaker
from recount.eval.generator.gold.parts import add
from recount.eval.generator.gold.regional import RegionMaker
from recount.eval.generator.gold.shanghai import ShanghaiMaker
from recount.eval.generator.gold.shape import Json, blank
from recount.eval.generator.gold.twins import Pair, align, doubled, twins
from recount.eval.generator.gold.xinjiang import Maker
from recount.eval.generator.money import exact_to_fen, wan
from recount.eval.generator.plant import REGIONAL, plant
from recount.eval.generator.slips import Typist, loosen
from recount.eval.generator.typeset.blocks import Block, Para
from recount.eval.generator.typeset.compose import Manuscript, Printed, typeset
from recount.eval.generator.typeset.style import Style, draw_style
from recount.eval.generator.words.units import Unit, draw_unit

_MAKERS: dict[Form, type[Maker]] = {Form.S2024: ShanghaiMaker, Form.N: NationalMaker}
_WRITERS: dict[Form, type[Shanghai]] = {Form.S2024: Shanghai, Form.N: National}


def generate(form: Form | Region, seed: int, *, options: Options | None = None) -> Case:
    """One report of a form or a region; the same form, seed and options give the same bytes."""
    return _job(form, seed, options).case()


def draft(form: Form | Region, seed: int, *, options: Options | None = None) -> tuple[Json, tuple[Discrepancy, ...]]:
    """The gold and the planted discrepancies of `generate`, without typesetting (much faster)."""
    return _job(form, seed, options).draft()


def _job(form: Form | Region, seed: int, options: Options | None) -> _Job:
    options = options or Options()
    return _RegionJob(form, seed, options) if isinstance(form, Region) else _Job(form, seed, options)


class _Job:
    """One report being made."""

    def __init__(self, form: Form | Region, seed: int, options: Options) -> None:
        self.form, self.seed, self.options = form, seed, options
        # a text as seed: its hash does not depend on the process
        self.rng = Random(f"{form.value}/{seed}")
        self.style: Style = draw_style(self.rng, options.style)
        # a year of its own only where the form's wording does not hang on it
        self.year = (options.year if form in _MAKERS else None) or form.year
        self.yuan = form in _MAKERS and self.chance(options.yuan, 0.1)

    def chance(self, wish: bool | None, chance: float) -> bool:
        """A wish, or else chance."""
        drawn = self.rng.random() < chance
        return drawn if wish is None else wish

    def draft(self) -> tuple[Json, tuple[Discrepancy, ...]]:
        """The gold as it will be printed, and what was planted in it."""
        with exact_to_fen(self.yuan):
            gold = self.gold()
        gold = loosen(self.rng, gold, self.options.slips)
        gold, planted = self.planted(gold)
        align(gold, self.twins(gold))
        return gold, planted

    def planted(self, gold: Json) -> tuple[Json, tuple[Discrepancy, ...]]:
        """The gold with the discrepancies that are wished for."""
        return plant(self.rng, gold, self.options.plant)

    def twins(self, gold: Json) -> list[Pair]:
        """The figures that are printed once and fill two keys."""
        assert isinstance(self.form, Form)
        return twins(self.form, gold)

    def case(self) -> Case:
        """Make everything."""
        gold, planted = self.draft()
        typist = Typist(
            self.rng,
            self.options.slips,
            thousands=self.rng.random() < 0.75,
            autospace=self.style.autospace,
            yuan=self.yuan,
        )
        blocks = self.run_in(self.blocks(gold, typist))
        self.note_raws(gold, typist)
        if self.options.sections is not None:
            blocks = excerpt(blocks, self.options.sections)
            gold = shortened(gold, self.options.sections)
        printed = typeset(blocks, self.style, self.unit.name)
        return Case(
            name=f"{self.form.value}-{self.seed:05d}",
            form=self.form,
            gold=gold,
            tags=self.tags(gold, printed, planted),
            discrepancies=planted,
            figures=tuple(doubled(typist.figures, self.twins(gold))),
            twins=tuple(self.twins(gold)),
            pdf=printed.pdf,
            manuscript=Manuscript(tuple(blocks), self.style, self.unit.name),
        )

    def run_in(self, blocks: list[Block]) -> list[Block]:
        """A slip of layout: a small heading on one line with the text that follows it."""
        out: list[Block] = []
        for block in blocks:
            head = out[-1] if out else None
            slip = self.rng.random() < self.options.slips * 0.2
            if (
                slip
                and isinstance(head, Para)
                and isinstance(block, Para)
                and (head.kind, block.kind) == ("h3", "body")
            ):
                out[-1] = Para(f"{head.text} {block.text}")
            else:
                out.append(block)
        return out

    @staticmethod
    def note_raws(gold: Json, typist: Typist) -> None:
        """Give the figures without a key the digits that were printed."""
        raws = dict(typist.figures)
        for index, entry in enumerate(gold["unmapped_figures"]):
            entry["raw"] = raws[f"/unmapped_figures/{index}/value"]

    def gold(self) -> Json:
        """The consistent gold report."""
        options = self.options
        explained = self.form is Form.X2023
        wishes = Wishes(options.funds, options.capital, options.size, options.trade, more_cars=explained)
        self.books = draw_books(self.rng, self.year, wishes)
        summary = self.form in (Form.X2023, Form.S2024, Form.N) and self.chance(options.summary, 0.4)
        self.unit: Unit = draw_unit(self.rng, self.books.trade, summary=summary, name=options.unit)
        assert isinstance(self.form, Form)
        self.maker = _MAKERS.get(self.form, Maker)(
            self.rng,
            self.books,
            self.unit,
            self.chance(options.level, 0.3),
            halfwidth=self.rng.random() < 0.4,
        )
        return self.with_statements() if self.form in _MAKERS else self.xinjiang()

    def with_statements(self) -> Json:
        """The gold of an S or N report, with those of the nine statements that are wished for."""
        return self.of_the_nine(self.maker.narrative())

    def of_the_nine(self, gold: Json) -> Json:
        """A gold with those of its statements that are wished for."""
        wished, all_nine = self.options.statements, gold["statements"]
        if wished is None:
            return gold
        return gold | {"statements": dict.fromkeys(all_nine) | {key: all_nine[key] for key in wished}}

    def xinjiang(self) -> Json:
        """The gold of an X report: performance tables, and from 2022 the narrative."""
        options = self.options
        count = options.projects or self.rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 25, 40))
        evaluator = Evaluator(self.rng, self.year, self.unit.name)
        tables = evaluator.projects(count)
        if self.form is Form.X2021:
            return blank("report", unit_name=self.unit.name, fiscal_year=self.year, project_evaluations=tables)
        gold = self.maker.narrative() | {"project_evaluations": tables}
        if self.form is Form.X2023 and self.chance(options.overall, 0.8):
            gold["overall_evaluation"] = evaluator.overall(self.unit.name, self.books.whole.total)
        gold["performance"] = self.performance(gold)
        return gold

    def performance(self, gold: Json) -> Json:
        """十一: counts and sums of the tables, and of classified projects that 十二 names (2023)."""
        tables, overall = gold["project_evaluations"], gold["overall_evaluation"]
        rows = [table["funds"][0] for table in tables]
        hidden = self.classified(gold)
        first = overall["funds"][0] if overall else None
        return blank(
            "performance",
            overall_table_count=1 if overall else None,
            overall_budget=first["annual_budget"] if first else None,
            overall_executed=first["executed"] if first else None,
            project_count=len(tables) + len(hidden),
            project_budget=add([row["annual_budget"] for row in rows] + [part[0] for part in hidden]),
            project_executed=add([row["executed"] for row in rows] + [part[1] for part in hidden]),
            **narrative_texts(self.rng, len(tables)),
        )

    def classified(self, gold: Json) -> list[tuple[Decimal, Decimal]]:
        """Classified projects' budgets and executed sums; 十二 says how many there are (2023)."""
        if self.form is not Form.X2023:
            return []
        if not self.chance(self.options.classified, 0.3):
            gold["other_notes"] = self.rng.choice(("无其他需说明的事项。", "本年度无其他需说明的情况。", None))
            return []
        count = self.rng.randint(1, 4)
        money = [self.rng.randint(100, 90000) * 10_000 for _ in range(count)]
        gold["other_notes"] = (
            f"我部门预算绩效评价项目中有{count}个涉密项目，计入第十一部分项目个数及金额，按规定不公开绩效自评表。"
        )
        return [(wan(part), wan(part)) for part in money]

    def blocks(self, gold: Json, typist: Typist) -> list[Block]:
        """The whole document as blocks."""
        if self.form in _WRITERS:
            return _WRITERS[self.form](self.rng, gold, typist, self.unit.name, self.unit.intro).blocks()
        tables: list[Block] = []
        for index, table in enumerate(gold["project_evaluations"]):
            tables += project_table(self.rng, table, f"/project_evaluations/{index}", typist)
        if self.form is Form.X2021:
            return front(self.rng, self.style, gold, self.unit, self.options.cover) + tables
        if gold["overall_evaluation"]:
            tables = overall_table(self.rng, gold["overall_evaluation"], "/overall_evaluation", typist) + tables
        inline = self.rng.random() < 0.3
        writer = Narrative(self.rng, gold, typist, self.unit.name, self.unit.intro, inline)
        body = writer.blocks()
        return front(self.rng, self.style, gold, self.unit, self.options.cover) + body + tables + writer.closing()

    def tags(self, gold: Json, printed: Printed, planted: tuple[Discrepancy, ...]) -> dict[str, Any]:
        """What the case is like, for choosing cases."""
        return {
            "form": self.form.value,
            "seed": self.seed,
            "style": self.style.name,
            "rules": self.style.rules,
            "pages": printed.pages,
            "tables_across_pages": printed.broken_tables,
            "slips": self.options.slips,
            "unit": "元" if self.yuan else "万元",
            "projects": len(gold["project_evaluations"]),
            "indicators": sum(len(table["indicators"]) for table in gold["project_evaluations"]),
            "fund_budget": bool(gold["government_funds"]) and not gold["government_funds"]["none"],
            "capital_budget": bool(gold["state_capital"]) and not gold["state_capital"]["none"],
            "summary": self.unit.summary,
            "overall_table": gold["overall_evaluation"] is not None,
            "levelled": self.maker.levelled,
            "split_rows": self.style.split_rows,
            "repeat_header": self.style.repeat_header,
            "planted": len(planted),
        }


class _RegionJob(_Job):
    """A report of a regional form: all that could be said is made, and what the region says of it is kept."""

    def __init__(self, form: Region, seed: int, options: Options) -> None:
        super().__init__(form, seed, options)
        self.region = form
        self.year = options.year or form.year
        self.yuan = "yuan" in form.settings

    def gold(self) -> Json:
        """The gold of what the region says."""
        options, settings = self.options, self.region.settings
        wishes = Wishes(options.funds, options.capital, options.size, options.trade)
        self.books = draw_books(self.rng, self.year, wishes)
        summary = self.chance(options.summary, 0.3)
        self.unit = draw_unit(self.rng, self.books.trade, summary=summary, name=options.unit)
        renamed = tuple((old, new) for old, _, new in (line.partition(" ") for line in settings.get("rename", ())))
        self.maker = RegionMaker(
            self.rng,
            self.books,
            self.unit,
            levelled=not options.plant and self.chance(options.level, 0.3),
            halfwidth=False,
            level=settings.get("level", ("item",))[0],
            bare="bare" in settings,
            names=renamed,
        )
        full = self.of_the_nine(self.maker.narrative()) | {"unit_name": self.unit.name}
        self.script = Script(self.region, self.rng, full, self.unit)
        return self.script.gold

    def planted(self, gold: Json) -> tuple[Json, tuple[Discrepancy, ...]]:
        """The same, in what regions print."""
        return plant(self.rng, gold, self.options.plant, REGIONAL)

    def twins(self, gold: Json) -> list[Pair]:
        """Those of the words: what was planted is in either."""
        del gold
        return self.script.pairs

    def blocks(self, gold: Json, typist: Typist) -> list[Block]:
        """The document in the region's words."""
        return self.script.blocks(gold, typist, self.rng)

    def case(self) -> Case:
        """The case: what has no key of the contract is in no gold, and so is compared with nothing."""
        case = super().case()
        gold = {key: value for key, value in case.gold.items() if key != "unmapped_figures"}
        figures = tuple(printed for printed in case.figures if "/_" not in printed[0])
        tags = case.tags | {"unknowable": sorted(self.script.unknowable)}
        return replace(case, gold=gold, figures=figures, tags=tags)
