"""Which modes an endpoint understands: a tiny section is asked for in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from recount.pipeline.errors import BudgetSpent, ModelError, ModelMisconfigured, Offline, Unreachable
from recount.pipeline.model.ask.question import Question
from recount.pipeline.model.settings import ModelSettings, ModeName, check
from recount.pipeline.model.transport.endpoint import Endpoint
from recount.pipeline.model.transport.exchange import Post, put
from recount.pipeline.model.transport.store import MODES, opened, remember
from recount.pipeline.usage import NOTHING, Usage

_Copied = Annotated[str, StringConstraints(pattern=r"^[0-9][0-9,]*(\.[0-9]+)?@[0-9]+$")]


class ProbeAnswer(BaseModel):
    """The answer to the probe. Its fields are not in the prompt: only who is shown the schema can keep to it."""

    model_config = ConfigDict(extra="forbid")

    total_income: _Copied | None = Field(title="收入合计")
    fiscal_appropriation_income: _Copied | None = Field(title="财政拨款收入")


QUESTION = Question(
    system="你从报告正文中照抄数字，连同其后的“@编号”，不计算，不改写。只输出 JSON。",
    user="正文：\n本年收入合计1,955.06@1万元，其中：财政拨款收入1,950.38@2万元。\n\n需要的数字：收入合计，财政拨款收入。",
    response=ProbeAnswer,
    purpose="probe",
)
_ATTEMPTS = 3
_BROKEN = (500, 501)
"""What servers answer that stumble over a mode (llama.cpp over tool_choice)."""

RIGHT = ProbeAnswer(total_income="1,955.06@1", fiscal_appropriation_income="1,950.38@2")


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What became of the probe in one mode.

    works: the answer kept to the schema. right: both figures were copied rightly. why: why it does not work.
    usage: what it took.
    """

    mode: ModeName
    works: bool
    right: bool
    why: str
    usage: Usage


def probe(settings: ModelSettings) -> list[ProbeResult]:
    """Asks in every mode, or in the one that is set, and remembers the first that works.

    Raises Unreachable, Offline or BudgetSpent if nothing can be asked.
    """
    if settings.offline:
        raise Offline("--offline: the model may not be asked")
    check(settings)
    with opened(settings.store) as store:
        post = Post(settings, store, Endpoint(settings))
        results: list[ProbeResult] = []
        for mode in MODES if settings.mode == "auto" else (settings.mode,):
            results.append(_tried(post, mode, first=not results))
        works = next((each.mode for each in results if each.works), None)
        if works is not None:
            remember(store, settings, works)
        return results


def working_mode(post: Post) -> ModeName:
    """The first mode that works; it is remembered. Raises ModelMisconfigured if none does, and as probe does."""
    results: list[ProbeResult] = []
    for mode in MODES:
        results.append(_tried(post, mode, first=not results))
        if results[-1].works:
            remember(post.store, post.settings, mode)
            return mode
    reasons = "; ".join(f"{each.mode}: {each.why}" for each in results)
    usage = sum((each.usage for each in results), Usage())
    raise ModelMisconfigured(f"no way of asking {post.settings.name} works: {reasons}", usage)


def _tried(post: Post, mode: ModeName, *, first: bool) -> ProbeResult:
    """Tries a mode. An endpoint that cannot be reached at first is not tried on; one that breaks down over a mode may
    understand another."""
    brief = replace(post, settings=replace(post.settings, attempts=min(post.settings.attempts, _ATTEMPTS)))
    try:
        reply = put(brief, QUESTION, mode, keeps=False)
    except BudgetSpent:
        raise
    except ModelError as error:
        if first and isinstance(error, Unreachable) and error.status not in _BROKEN:
            raise
        return ProbeResult(mode, False, False, str(error), error.usage or NOTHING)
    return ProbeResult(mode, True, reply.value == RIGHT, "", reply.usage)
