"""The options that commands share: their names, their help, what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recount.pipeline.model.settings import ModelMode
from recount.pipeline.settings import MapperName, Workers

EngineOption = Annotated[
    Workers, typer.Option("--engine", help="Work on this machine, or on the Ray cluster that RAY_ADDRESS names.")
]

FamilyOption = Annotated[
    str | None,
    typer.Option(
        "--family", metavar="NAME|PATH", help="The report family, or the folder of one of your own; else recognised."
    ),
]

JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, metavar="N", help="Worker processes; by default one a core if there are many reports."
    ),
]
TimeoutOption = Annotated[
    float,
    typer.Option("--timeout", min=0, metavar="SECONDS", help="Give a report up after this time; 0 for no limit."),
]
MemoryOption = Annotated[
    int,
    typer.Option("--memory", min=0, metavar="MB", help="Give a report up that needs more memory; 0 for no limit."),
]
LogOption = Annotated[
    Path | None, typer.Option("--log-json", metavar="FILE", help="Add a line of JSON for every report to this log.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but failures.")]
TIMEOUT, MEMORY = 900.0, 4096

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", envvar="RECOUNT_MODEL", help="The language model to ask, or gguf:PATH for a file."
    ),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option("--base-url", metavar="URL", envvar="RECOUNT_BASE_URL", help="Its OpenAI-compatible endpoint."),
]
ModeOption = Annotated[
    ModelMode, typer.Option("--model-mode", help="How it is asked to keep to a schema; auto tries what works.")
]
MapperOption = Annotated[
    MapperName,
    typer.Option("--mapper", help="Who maps: the template, the model, or (auto) the model what the template leaves."),
]
RoundsOption = Annotated[
    int, typer.Option("--rounds", min=1, metavar="N", help="Ask about a part of a report at most so often.")
]
PriceInOption = Annotated[
    str | None, typer.Option("--price-input", metavar="AMOUNT", help="What a million tokens cost that are sent …")
]
PriceOutOption = Annotated[
    str | None, typer.Option("--price-output", metavar="AMOUNT", help="… and a million that come back.")
]
BudgetOption = Annotated[
    str | None, typer.Option("--budget", metavar="AMOUNT", help="Ask no more once a run has cost so much.")
]
BudgetTokensOption = Annotated[
    int | None, typer.Option("--budget-tokens", min=1, metavar="N", help="Ask no more once a run took so many tokens.")
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, metavar="N", help="Requests at once, of each worker process.")
]
PaceOption = Annotated[
    int | None, typer.Option("--rpm", min=1, metavar="N", help="Requests a minute at most, of all processes.")
]
OfflineOption = Annotated[
    bool, typer.Option("--offline", help="Send nothing to any model; answers that are kept are used.")
]
