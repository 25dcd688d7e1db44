"""What is printed of models: a run's plan, a model's check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table

from recount.pipeline.model.plan import Plan
from recount.pipeline.model.settings import ModelSettings
from recount.pipeline.model.transport.probe import ProbeResult

_MOST_REPORTS = 50


def render_plan(plans: Mapping[str, Plan], whole: Plan) -> Iterator[RenderableType]:
    """What a run would take: a line for each report that would be asked about, and the sum."""
    asked = {name: plan for name, plan in plans.items() if plan.calls}
    table = Table(box=None, pad_edge=False)
    table.add_column("report", overflow="fold")
    for heading in ("calls", "kept", "tokens sent", "tokens back, about", "price"):
        table.add_column(heading, justify="right")
    for name, plan in list(asked.items())[:_MOST_REPORTS]:
        table.add_row(name, *_cells(plan))
    if len(asked) > _MOST_REPORTS:
        table.add_row(f"… and {len(asked) - _MOST_REPORTS} more")
    table.add_row(f"{len(asked)} of {len(plans)} reports", *_cells(whole))
    yield table
    yield "Of the first round of questions; nothing was sent."


def _cells(plan: Plan) -> tuple[str, ...]:
    price = f"{plan.cost:.4f}" if plan.cost else "—"
    return f"{plan.calls:,}", f"{plan.kept:,}", f"{plan.input_tokens:,}", f"{plan.output_tokens:,}", price


def render_probe(settings: ModelSettings, results: Sequence[ProbeResult]) -> Iterator[RenderableType]:
    """What a model made of a tiny section, a line a mode."""
    table = Table(box=None, pad_edge=False)
    for heading in ("mode", "works", "figures", "seconds", "tokens", "why not"):
        table.add_column(heading, overflow="fold")
    for each in results:
        tokens = f"{each.usage.input_tokens} + {each.usage.output_tokens}"
        figures = ("right" if each.right else "wrong") if each.works else ""
        table.add_row(each.mode, "yes" if each.works else "no", figures, f"{each.usage.seconds:.2f}", tokens, each.why)
    yield f"{settings.name} at {settings.endpoint or 'its provider'}"
    yield table
