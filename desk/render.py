"""Templates filled with what a report holds: none of its words becomes markup, none is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from recount.desk.cards import Findings
from recount.desk.marks import below, equation, numbers_of, remarked, together, why
from recount.desk.told import word
from recount.pipeline.archive.strangers import visible
from recount.pipeline.language import told as said
from recount.pipeline.result import STATUSES, Result
from recount.pipeline.version import __version__
from recount.schemas.saying import Language, named

TEMPLATES = Path(__file__).parent / "templates"


def rendered(template: str, language: Language, **given: object) -> str:
    """A template as a page in a language. given: what it names beside the words."""
    words = {"word": partial(word, language), "language": language, "version": __version__}
    told = {
        "named": partial(named, language=language),
        "said": partial(said, language=language),
        "equation": partial(equation, language=language),
        "why": partial(why, language=language),
        "below": below,
        "remarked": partial(remarked, language=language),
    }
    return _environment().get_template(template).render({**words, **told, **given})


def style(name: str) -> Markup:
    """A style sheet, to stand in a page."""
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def about(result: Result, findings: Findings, language: Language) -> Mapping[str, Any]:
    """What the head of a page says of a report. Only where people decided, it counts what they did."""
    counts = {status: 0 for status in STATUSES if status != "reviewed"}
    for figure in result.figures.values():
        counts[figure.status] = counts.get(figure.status, 0) + 1
    return {
        "report": result.report,
        "source": result.source,
        "counts": counts,
        "identities": _identities(result, findings, language),
        "findings": findings,
        "numbers": numbers_of(findings),
        "remarks": list(together(findings.remarks).values()),
    }


def _identities(result: Result, findings: Findings, language: Language) -> str:
    """How many identities there are, and how many fail."""
    minor = sum(card.severity == "minor" for card in findings.cards)
    errors = len(findings.cards) - minor
    reach = result.summary.coverage
    if reach is None:
        return word(language, "identities unknown", errors=errors, minor=minor)
    due, evaluated = reach.identities.due, reach.identities.evaluated
    return word(language, "identities", due=due, evaluated=evaluated, errors=errors, minor=minor)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Words as a page shows them: what has no shape of its own, or turns what stands beside it, as its number."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value, keep="\n")
