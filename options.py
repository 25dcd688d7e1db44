"""The options that commands share: their names, their help, what they take.

A group of options is a dataclass: a command with a parameter of its type (see `unfolded`) takes all of them and is
given them as one value. Those of SettingsOptions are called as the fields that they set, in Settings or its
ModelSettings; so another one is a line here and a field there.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import typer

from recount.pipeline.language import LANGUAGES, asked_in
from recount.pipeline.settings import (
    MapperName,
    ModelMode,
    OcrBackend,
    OcrMode,
    OcrPrecision,
    Settings,
    Severity,
    Workers,
    filed,
    habits,
)
from recount.schemas.saying import Language

Command = TypeVar("Command", bound=Callable[..., None])

once = partial(typer.Option, allow_from_autoenv=False)
"""An option that is to be said each time: no environment and no file does (see habits_of)."""

FamilyOption = Annotated[
    str | None,
    typer.Option(
        "--family", metavar="NAME|PATH", help="The report family, or the folder of one of your own; else recognised."
    ),
]

LanguageOption = Annotated[
    Language | None,
    typer.Option(
        "--lang",
        expose_value=False,
        help="Speak Chinese or English; by default as RECOUNT_LANG says, else the system.",
    ),
]
"""Of the program; it may stand behind any command."""

OwnFamilyOption = Annotated[
    str | None,
    typer.Option("--family", metavar="PATH", help="The folder of a family of your own; else where the runs found it."),
]

FamiliesOption = Annotated[
    str | None,
    typer.Option("--families", metavar="DIR", help="The folder of your own families, a folder each."),
]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run works, and what is told of it. None of this decides results."""

    fail_on: Annotated[
        Severity | None,
        typer.Option(
            "--fail-on",
            help="Exit with 1 also if a check of this severity, or worse, fails in a report, if a figure is disputed, "
            "or if a page was not read.",
        ),
    ] = None
    workers: Annotated[
        Workers, typer.Option("--engine", help="Work on this machine, or on the Ray cluster that RAY_ADDRESS names.")
    ] = "local"
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", min=1, metavar="N", help="Worker processes; by default one a core if there are many reports."
        ),
    ] = None
    force: Annotated[bool, once("--force", help="Do unchanged reports again.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but failures.")] = False
    timeout: Annotated[
        float,
        typer.Option("--timeout", min=0, metavar="SECONDS", help="Give a report up after this time; 0 for no limit."),
    ] = 900.0
    memory: Annotated[
        int,
        typer.Option("--memory", min=0, metavar="MB", help="Give a report up that needs more memory; 0 for no limit."),
    ] = 4096
    log_json: Annotated[
        Path | None,
        typer.Option(
            "--log-json", metavar="FILE", help="Add a line of JSON for every report, and every call, to this log."
        ),
    ] = None
    otel: Annotated[
        bool, typer.Option("--otel", help="Give calls to a model away as OpenTelemetry spans, without any text.")
    ] = False


@dataclass(frozen=True, slots=True)
class SettingsOptions:
    """What decides results. Amounts of money are text here: numbers with a point would not be exact."""

    family: FamilyOption = None
    families: Annotated[
        str | None,
        typer.Option(
            "--families", metavar="DIR", help="The folder of your own families, a folder each: recognised too."
        ),
    ] = None
    ocr: Annotated[
        OcrMode, typer.Option("--ocr", help="Read pages by OCR: those that need it, all of them, or none.")
    ] = "auto"
    ocr_backend: Annotated[OcrBackend, typer.Option("--ocr-engine", help="What runs the recogniser's networks.")] = (
        "openvino"
    )
    ocr_precision: Annotated[
        OcrPrecision,
        typer.Option(
            "--ocr-precision",
            help="f32 reads a scan the same on every machine; auto takes 16 or 8 bits where faster, int8 8.",
        ),
    ] = "auto"
    ocr_device: Annotated[
        str, typer.Option("--ocr-device", metavar="NAME", help="What openvino reads scans on: CPU, GPU, GPU.1 …")
    ] = "CPU"
    mapper: Annotated[
        MapperName,
        typer.Option(
            "--mapper", help="Who maps: the template, the model, or (auto) the model what the template leaves."
        ),
    ] = "auto"
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="NAME",
            envvar="RECOUNT_MODEL",
            help="The language model to ask, or gguf:PATH for a file.",
        ),
    ] = None
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", metavar="URL", envvar="RECOUNT_BASE_URL", help="Its OpenAI-compatible endpoint."),
    ] = None
    second_model: Annotated[
        str | None,
        typer.Option(
            "--second-model",
            metavar="NAME",
            help="Have another model (or `template`) read what no identity covers; where they differ it stays open.",
        ),
    ] = None
    second_base_url: Annotated[
        str | None,
        typer.Option("--second-base-url", metavar="URL", help="Its endpoint, where that is another."),
    ] = None
    mode: Annotated[
        ModelMode, typer.Option("--model-mode", help="How it is asked to keep to a schema; auto tries what works.")
    ] = "auto"
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--model-param",
            metavar="KEY=JSON",
            help="Add this to the body of every request, or with null leave it out; may be given again.",
        ),
    ] = None
    reasoning_effort: Annotated[
        str | None,
        typer.Option("--reasoning-effort", metavar="LEVEL", help="How long it thinks: low, medium … as it calls them."),
    ] = None
    thinking: Annotated[
        bool | None, typer.Option("--thinking/--no-thinking", help="Have a model think before it answers, or not.")
    ] = None
    settings_file: Annotated[
        Path | None,
        typer.Option(
            "--settings", metavar="FILE", help="A TOML file that says what options do not (recount help settings)."
        ),
    ] = None
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, metavar="N", help="Ask about a part of a report at most so often.")
    ] = 3
    price_input: Annotated[
        str | None, typer.Option("--price-input", metavar="AMOUNT", help="What a million tokens cost that are sent …")
    ] = None
    price_output: Annotated[
        str | None, typer.Option("--price-output", metavar="AMOUNT", help="… and a million that come back.")
    ] = None
    price_cached: Annotated[
        str | None,
        typer.Option("--price-cached", metavar="AMOUNT", help="What a million cost that the endpoint had kept."),
    ] = None
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="AMOUNT", help="Ask no more once its runs have cost so much."),
    ] = None
    budget_tokens: Annotated[
        int | None,
        typer.Option("--budget-tokens", min=1, metavar="N", help="Ask no more once its runs took so many tokens."),
    ] = None
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, metavar="N", help="Requests at once, of each worker process.")
    ] = 4
    requests_per_minute: Annotated[
        int | None, typer.Option("--rpm", min=1, metavar="N", help="Requests a minute at most, of all processes.")
    ] = None
    offline: Annotated[
        bool,
        once("--offline", help="Send nothing to any model; answers that are kept are used."),
    ] = False

    @property
    def settings(self) -> Settings:
        """The settings that they ask for. Raises UsageError for those that cannot be kept to."""
        return Settings.chosen(asdict(self))


# Some of a group: the others are as by default.
RetryOptions = Annotated[RunOptions, ("workers", "jobs", "quiet", "timeout", "memory", "log_json", "otel")]
VerifyOptions = Annotated[RunOptions, ("timeout", "memory")]
EvalOptions = Annotated[
    SettingsOptions, ("family", "families", "mapper", "model", "base_url", "rounds", "settings_file")
]
SplitOptions = Annotated[SettingsOptions, ("family", "families", "ocr", "ocr_backend", "ocr_precision", "ocr_device")]
NamingOptions = Annotated[
    SettingsOptions,
    (
        "model",
        "base_url",
        "mode",
        "parameters",
        "reasoning_effort",
        "thinking",
        "settings_file",
        "price_input",
        "price_output",
        "price_cached",
        "budget",
        "budget_tokens",
        "concurrency",
        "requests_per_minute",
        "offline",
    ),
]
EndpointOptions = Annotated[
    SettingsOptions, ("base_url", "mode", "parameters", "reasoning_effort", "thinking", "settings_file")
]


def unfolded(command: Command) -> Command:
    """A command as typer is to see it: where a parameter is a group of options, these stand in its place."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, tuple[type, Mapping[str, Parameter]]] = {}
    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        group, options = _group(hints[name])
        if group is None:
            parameters.append(parameter.replace(annotation=hints[name]))
        else:
            groups[name] = group, options
            parameters.extend(options.values())

    @wraps(command)
    def called(**given: Any) -> None:
        for name, (group, options) in groups.items():
            given[name] = group(**{option: given.pop(option) for option in options})
        command(**given)

    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called  # type: ignore[return-value]


def _group(hint: Any) -> tuple[type | None, Mapping[str, Parameter]]:
    """The group of options that a parameter of this type is, with those that it takes; None if it is none."""
    group, *some = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    if not is_dataclass(group) or not isinstance(group, type):
        return None, {}
    types = get_type_hints(group, include_extras=True)
    defaults = {field.name: field.default for field in fields(group)}
    return group, {
        name: Parameter(name, Parameter.KEYWORD_ONLY, default=defaults[name], annotation=types[name])
        for name in (some[0] if some else defaults)
    }


# --- what is the same every day

FOUND = Path("recount.toml")
"""The file of settings that is used where none is named: in the folder that one works in."""
_NAMES_FILE = "--settings"


@dataclass(frozen=True, slots=True)
class Habit:
    """An option that the environment or a file may set. name: as on the command line, without its dashes; path: of the
    command that takes it; option: as typer has it."""

    name: str
    path: tuple[str, ...]
    option: Any

    @property
    def variable(self) -> str:
        """What it is called in the environment."""
        return f"RECOUNT_{self.name.upper().replace('-', '_')}"


def habits_of(commands: Any) -> list[Habit]:
    """All options of a tree of commands that may be set once for all: those that no command must be given, and of which
    it is not said that they are to be said each time (`allow_from_autoenv`). Of what is measured (eval) none is."""
    found = [Habit(_name(option), path, option) for path, option in _options(commands, ()) if path[0] != "eval"]
    required = {habit.name for habit in found if habit.option.required}
    return [
        habit
        for habit in found
        if habit.name not in required and habit.option.allow_from_autoenv and not habit.option.is_eager
    ]


def _options(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _options(inner, (*path, name))
    if not hasattr(command, "commands"):
        yield from ((path, option) for option in command.params if option.param_type_name == "option")


def _name(option: Any) -> str:
    return next((name.removeprefix("--") for name in option.opts if name.startswith("--")), "")


def settings_file(arguments: Sequence[str]) -> Path | None:
    """The file of settings that holds: the one that a command line or the environment names, else the one that lies in
    the folder that one works in."""
    for at, argument in enumerate(arguments):
        if argument == _NAMES_FILE and at + 1 < len(arguments):
            return Path(arguments[at + 1])
        if argument.startswith(f"{_NAMES_FILE}="):
            return Path(argument.partition("=")[2])
    named = os.environ.get("RECOUNT_SETTINGS")
    return Path(named) if named else FOUND if FOUND.is_file() else None


def language_for(arguments: Sequence[str]) -> Language:
    """The language of a command line: as it says, else RECOUNT_LANG, the file of settings, the system. What is wrong
    with the file is told when its settings are taken."""
    file, said = settings_file(arguments), None
    if file is not None:
        with suppress(OSError, ValueError):
            said = tomllib.loads(file.read_text(encoding="utf-8")).get("lang")
    return asked_in(arguments, said if said in LANGUAGES else None)


def defaults(commands: Any, arguments: Sequence[str]) -> dict[str, Any]:
    """What options are where the command line does not say: by the path of their command, as click wants a default map.

    Has every such option looked for in the environment, too, before the file. Raises UsageError for a file that cannot
    be read, or says what no option is called.
    """
    own = habits_of(commands)
    for habit in own:
        if not habit.option.envvar:
            habit.option.envvar, habit.option.show_envvar = habit.variable, False
    file = settings_file(arguments)
    if file is None:
        return {}
    said = habits(file, {habit.name for habit in own} - {"settings"}) | {"settings": file}
    tree: dict[str, Any] = {"": str(file)}
    for habit in own:
        if habit.name in said and habit.path[0] != "help":  # which is an option of the whole as well, and would take it
            inner = tree
            for step in habit.path:
                inner = inner.setdefault(step, {})
            inner[habit.option.name] = _several(said[habit.name]) if habit.option.multiple else said[habit.name]
    return tree


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def origin(context: Any, option: Any) -> str:
    """Where a value that a command line does not name comes from, in brackets; "" where it does."""
    source = context.get_parameter_source(option.name) if context is not None and option is not None else None
    if source is None or source.name not in ("ENVIRONMENT", "DEFAULT_MAP"):
        return ""
    if source.name == "ENVIRONMENT":
        return f" ({option.envvar} in the environment)"
    return f" ({_name(option)} in {context.find_root().default_map['']})"


def held(commands: Any, file: Path | None) -> Iterator[tuple[str, str, str]]:
    """Every option that may be set once for all: its name, what it is now, and what says so; "" for the default. And
    what the file of settings, if there is one, says of a model."""
    own = {habit.name: habit for habit in reversed(habits_of(commands))}
    said = habits(file, own.keys() - {"settings"}) if file else {}
    for name, habit in sorted(own.items()):
        variable = habit.option.envvar or habit.variable
        if os.environ.get(variable):
            yield name, os.environ[variable], variable
        elif name in said:
            yield name, str(said[name]), str(file)
        else:
            yield name, "" if habit.option.default is None else str(habit.option.default), ""
    for name, value in (filed(file) if file else {}).items():
        yield f"model.{name}", str(value), str(file)
