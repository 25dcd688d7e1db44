"""The options that commands share: their names, their help, what they take, and in which language that is told.

A group of options is a dataclass: a command with a parameter of its type (see `unfolded`) takes all of them and is
given them as one value. Those of SettingsOptions are called as the fields that they set, in Settings or its
ModelSettings; so another one is a line here and a field there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperGroup

from recount.pipeline.language import Language, _, spoken, told
from recount.pipeline.settings import (
    MapperName,
    ModelMode,
    OcrBackend,
    OcrMode,
    OcrPrecision,
    Settings,
    Severity,
    Workers,
)

Command = TypeVar("Command", bound=Callable[..., None])

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
    force: Annotated[bool, typer.Option("--force", help="Do unchanged reports again.")] = False
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
            help="f32 reads a scan the same on every machine; auto computes with 16 bits where that is faster.",
        ),
    ] = "auto"
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
        typer.Option("--settings", metavar="FILE", help="A TOML file whose [model] table says what options do not."),
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
        bool, typer.Option("--offline", help="Send nothing to any model; answers that are kept are used.")
    ] = False

    @property
    def settings(self) -> Settings:
        """The settings that they ask for. Raises UsageError for those that cannot be kept to."""
        return Settings.chosen(asdict(self))


# Some of a group: the others are as by default.
RetryOptions = Annotated[RunOptions, ("workers", "jobs", "quiet", "timeout", "memory", "log_json", "otel")]
VerifyOptions = Annotated[RunOptions, ("timeout", "memory")]
EvalOptions = Annotated[SettingsOptions, ("mapper", "model", "base_url", "rounds", "settings_file")]
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


# --- the commands, and their help in Chinese

_WrongUsage: type[Any] = typer.BadParameter.__bases__[0]
"""What is raised for wrong usage: by a library that lies in typer's newer versions, and beside its older ones."""


class Commands(TyperGroup):
    """The commands, each with --lang, and explained in the language that is spoken. What is wrong with their options is
    said in words that may quote a file name of anybody's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own = [parameter for parameter in self.params if "--lang" in parameter.opts]
        for command in _below(self):
            if not any("--lang" in parameter.opts for parameter in command.params):
                command.params += own

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        for command in _below(self) if spoken() == "zh" else ():
            _translate(command)
        with _said_visibly():
            return super().make_context(*arguments, **options)

    def invoke(self, context: Any) -> Any:
        with _said_visibly():
            return super().invoke(context)


def _below(command: Any) -> Iterator[Any]:
    """A command, and all that are below it."""
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _below(inner)


def _translate(command: Any) -> None:
    """Explains a command in Chinese."""
    command.help, command.epilog = _(command.help or ""), _(command.epilog or "")
    command.options_metavar = _(command.options_metavar or "")
    if hasattr(command, "subcommand_metavar"):
        command.subcommand_metavar = _(command.subcommand_metavar)
    command.context_class = type("Context", (command.context_class,), {"formatter_class": _Help})
    for parameter in command.params:
        parameter.help = _(parameter.help or "")
        parameter.metavar = _(parameter.metavar) if parameter.metavar else None


@contextmanager
def _said_visibly() -> Iterator[None]:
    try:
        yield
    except _WrongUsage as error:
        from recount.pipeline.archive.strangers import visible

        error.message = visible(error.message, keep="\n")
        if spoken() == "zh" and type(error).show is _WrongUsage.show:
            words = visible(_wrong(error), keep="\n")
            error.show = lambda file=None: print(words, file=file or sys.stderr)
        raise
    except KeyboardInterrupt:
        if spoken() == "en":  # typer says it
            raise
        print(f"\n{_('Aborted!')}", file=sys.stderr)
        raise typer.Exit(1) from None


def _wrong(error: Any) -> str:
    """What is said of wrong usage, as typer says it in English."""
    context, words = error.ctx, _("Error: {what}", what=told(error.format_message()))
    if context is None:
        return words
    return "\n".join(
        (context.get_usage(), _("Try '{command} --help' for help.", command=context.command_path), "", words)
    )


_FIRST_COLUMN = 30
"""Columns of the options' names at most, as typer has it."""
_EXTRA = re.compile(r"(.*?)(?:  )?\[([^\[\]]*)\]", re.DOTALL)
"""An explanation, and what typer adds to it: a default, a variable of the environment."""


class _Help:
    """Writes help in Chinese, as typer's own writer does in English; that one counts a sign of two columns as one."""

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        import shutil  # only here: English help is written by typer

        self.width = width or max(min(shutil.get_terminal_size().columns, max_width or 80) - 2, 50)
        self._lines: list[str] = []
        self._indent = ""

    def getvalue(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def write_paragraph(self) -> None:
        self._lines += [""] if self._lines else []

    def write_usage(self, program: str, arguments: str = "") -> None:
        self._write(f"{_('Usage:')} {program} ", arguments)

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(text.split("\n\n")):
            self._lines += [""] if number else []
            self._write("", paragraph)

    def write_dl(self, rows: Sequence[tuple[str, str]]) -> None:
        first = min(max(columns(name) for name, _help in rows), _FIRST_COLUMN) + 2
        for name, explanation in rows:
            words = _EXTRA.fullmatch(explanation)
            text, extra = (words[1], words[2]) if words else (explanation, "")
            told_extra = "；".join(
                _(part) if " " not in part else told(part) for part in filter(None, extra.split("; "))
            )
            text = _(text) + (f"［{told_extra}］" if extra else "")
            if columns(name) > first - 2:
                self._write("", name)
                name = ""
            self._write(name + " " * (first - columns(name)), text)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        self.write_paragraph()
        self._write("", f"{_(name)}：")
        with self.indentation():
            yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        before, self._indent = self._indent, self._indent + "  "
        yield
        self._indent = before

    def _write(self, head: str, text: str) -> None:
        """A text behind a head, broken into lines that begin where it began."""
        begin, room = self._indent + head, self.width - columns(self._indent + head)
        for line in broken(text, room) or [""]:
            self._lines.append(f"{begin}{line}".rstrip())
            begin = " " * columns(begin)


_OPENS, _CLOSES, _WIDE = "（《“［", "，。；：！？）》”］、…", "\u2e80-\uffef"
_PIECE = re.compile(rf"\s+|[{_OPENS}]*(?:[^\s{_WIDE}{_OPENS}{_CLOSES}]+|[{_WIDE}])[{_CLOSES}]*|.")
"""What is not broken: a word, or a Chinese sign with the marks that cling to it."""


def columns(text: str) -> int:
    """The columns of a terminal that a text takes."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def broken(text: str, room: int) -> list[str]:
    """A text in lines of so many columns at most, but where one piece is longer."""
    lines = [""]
    for piece in _PIECE.findall(text):
        if lines[-1] and columns(lines[-1] + piece.rstrip()) > room:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return lines
