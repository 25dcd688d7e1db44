"""How reports are to be structured, and by which model: one value that goes from the command line to every worker."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from recount.pipeline.errors import UsageError

OcrMode = Literal["auto", "always", "never"]
"""Which pages are read by OCR: those that need it, all of them, or none."""
OcrBackend = Literal["openvino", "onnxruntime"]
"""What runs the recogniser's networks."""
OcrPrecision = Literal["auto", "f32", "int8"]
"""How exactly: with 16 bits or 8 where the processor is faster so, with 32, which read the same on every machine, or
with 8."""
MapperName = Literal["auto", "template", "model"]
"""Who maps a report to the schema."""
ModeName = Literal["tools", "json_schema", "json"]
"""How an answer to a schema is asked for: as the call of a tool, by the endpoint's grammar, or by words alone."""
ModelMode = Literal["auto", ModeName]
"""How the user has answers asked for: "auto" tries what works."""
TEMPLATE = "template"
"""What stands for the template mapper where a second reader is named."""
Workers = Literal["local", "ray"]
"""Where worker processes run: on this machine, or on a Ray cluster. It decides no result."""
Severity = Literal["error", "minor"]
"""Of a check that fails (docs/contract/result.md): whether it has to be explained, or something does already."""

NOT_FOR_A_FILE = ("identity", "store", "run", "offline")
"""The settings of a model that a run makes, or that are to be said each time."""
_OF_A_QUESTION = ("model", "messages", "tools")
_SECRET_HEADER = re.compile("auth|key|token|secret|cookie", re.I)

OPENAI = "https://api.openai.com/v1"
AMOUNTS = ("budget", "price_input", "price_output", "price_cached")
"""The settings that are amounts of money."""
_KEPT_AS = {"ocr_backend": "engine"}
"""The names of settings in the ledger where they are not those of the fields: ledgers are older than the fields."""


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model is asked, where and within what limits. No secret is in it: whoever sends looks up the key.

    name: as the endpoint calls the model. base_url: None stands for OpenAI's, or with a name "provider/model" for
    one of instructor's providers.
    identity: what stands for the endpoint in the key of an answer, for servers whose address changes from run to run.
    max_output_tokens: of one answer. timeout: seconds of one request. deadline: seconds that a question may wait for
    the endpoint, with all attempts and the pauses between them. attempts: requests per answer when the transport
    fails. reasks: how often an answer that does not keep to the schema is asked for again. backoff: seconds; pauses
    grow from the first to the second. concurrency: requests at once, per process. requests_per_minute: over all
    processes that share the store. budget: of all runs that share it, in the currency of the prices; budget_tokens: the
    same in tokens. price_input, price_output: per million tokens; price_cached: of those that the endpoint had kept of
    earlier prompts, None: as any that are sent. store: the SQLite file of answers and calls, None:
    in memory. run: id of the run, for the ledger. offline: nothing is sent, kept answers are used.
    reasoning_effort: as the endpoint calls it. thinking: on, off, or as the endpoint has it. parameters: what else a
    request's body holds, by name; None: this one is not sent. headers: of requests; a value $NAME stands for what the
    environment has under this name.
    """

    name: str
    base_url: str | None = None
    identity: str | None = None
    mode: ModelMode = "auto"
    temperature: float = 0.0
    max_output_tokens: int = 4096
    seed: int | None = None
    timeout: float = 300.0
    deadline: float = 900.0
    attempts: int = 6
    reasks: int = 1
    backoff: tuple[float, float] = (1.0, 60.0)
    concurrency: int = 4
    requests_per_minute: int | None = None
    budget: Decimal | None = None
    budget_tokens: int | None = None
    price_input: Decimal | None = None
    price_output: Decimal | None = None
    store: Path | None = None
    run: str = ""
    offline: bool = False
    price_cached: Decimal | None = None
    reasoning_effort: str | None = None
    thinking: bool | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def endpoint(self) -> str:
        """What stands for the endpoint in keys and in the ledger: its address without what may be secret in one."""
        if self.identity is not None:
            return self.identity
        if self.address is None:
            return ""
        parts = urlsplit(self.address)
        host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
        return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"

    @property
    def address(self) -> str | None:
        """Where requests go: OpenAI's unless another is named; None where one of instructor's providers knows."""
        return self.base_url or (None if self.provider else OPENAI)

    @property
    def provider(self) -> bool:
        """Whether the name is one of instructor's "provider/model"."""
        return self.base_url is None and "/" in self.name

    @property
    def manner(self) -> dict[str, Any]:
        """How it is asked, where that is not as by default: part of what answers and results are kept under."""
        names = ("reasoning_effort", "thinking", "parameters", "headers")
        return {name: value for name in names if (value := getattr(self, name)) not in (None, {})}

    @property
    def stored(self) -> dict[str, Any]:
        """As the ledger keeps them: plain values."""
        kept = asdict(self)
        for name in AMOUNTS:
            kept[name] = None if kept[name] is None else str(kept[name])
        kept["store"] = None if self.store is None else str(self.store)
        return kept

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> ModelSettings:
        """Out of what a ledger has kept; what an earlier version did not keep is as by default."""
        kept = {field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        for name in AMOUNTS:
            kept[name] = None if kept.get(name) is None else Decimal(kept[name])
        kept["store"] = None if kept.get("store") is None else Path(kept["store"])
        if "backoff" in kept:
            kept["backoff"] = tuple(kept["backoff"])
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides results beside the program and the files. It is pickled for workers, and kept in the ledger.

    family: the name of a report family, or the folder of one of the user's; None has it recognised. families: the
    folder of the user's families, which are recognised too. ocr: which pages are read by OCR. ocr_backend: what runs
    the recogniser's networks; ocr_precision: how exactly; ocr_device: on what, as openvino calls it. mapper: who maps:
    "auto" the template mapper, and the model for what it leaves open, if there is one; "template" it alone; "model" the
    model alone. model: which one. rounds: how often it may be asked about a part of a report, the first question
    included. second_model: who reads again what a model mapped and no identity covers; of the name
    "template" it is the template mapper.
    """

    family: str | None = None
    ocr: OcrMode = "auto"
    ocr_backend: OcrBackend = "openvino"
    ocr_precision: OcrPrecision = "auto"
    ocr_device: str = "CPU"
    mapper: MapperName = "auto"
    model: ModelSettings | None = None
    rounds: int = 3
    second_model: ModelSettings | None = None
    families: str | None = None

    @property
    def ocr_by(self) -> tuple[OcrBackend, OcrPrecision, str]:
        """What runs the recogniser's networks, how exactly, and on what."""
        return self.ocr_backend, self.ocr_precision, self.ocr_device

    @property
    def asked(self) -> ModelSettings | None:
        """The model that may be asked; None if there is none, or the template maps alone."""
        return None if self.mapper == "template" else self.model

    @property
    def second(self) -> ModelSettings | None:
        """The model that is asked a second time; None if there is none, or the template is the second reader."""
        second = self.second_model if self.asked is not None else None
        return second if second is not None and second.name != TEMPLATE else None

    @property
    def by_template(self) -> bool:
        """Whether the template mapper reads again what a model mapped."""
        return self.asked is not None and self.second_model is not None and self.second is None

    @property
    def alone(self) -> bool:
        """Whether the model maps all of a report, and no template is used."""
        return self.mapper == "model" and self.model is not None

    @property
    def stored(self) -> dict[str, Any]:
        """As the ledger keeps them."""
        plain = asdict(replace(self, model=None, second_model=None))
        kept = {_KEPT_AS.get(name, name): value for name, value in plain.items() if name != "second_model"}
        kept["model"] = self.model.stored if self.model is not None else None
        if self.families is None:
            del kept["families"]
        return kept if self.second_model is None else {**kept, "second_model": self.second_model.stored}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Settings:
        """Out of what a ledger has kept; what an earlier version did not keep is as by default."""
        names = {field.name: _KEPT_AS.get(field.name, field.name) for field in fields(cls)}
        kept = {name: stored[kept_as] for name, kept_as in names.items() if kept_as in stored}
        models = {name: ModelSettings.of(kept[name]) for name in ("model", "second_model") if kept.get(name)}
        return cls(**kept | models)

    @classmethod
    def chosen(cls, options: Mapping[str, Any]) -> Settings:
        """Out of options by the names of the fields, those of the model beside them; `model` is what it is called, and
        `settings_file` a file that says what the options do not (see filed).

        Raises UsageError for a file that cannot be used, amounts that are none, limits that cannot be kept to, a key in
        an address, and if a mapper is asked for that needs a model.
        """
        own = {field.name: options[field.name] for field in fields(cls) if field.name in options}
        model = _model(options)
        return cls(**{**own, "model": model, "second_model": _second(options, model)})


DEFAULTS = Settings()


def _model(options: Mapping[str, Any]) -> ModelSettings | None:
    """The model that options name, or else a file of settings; None if they name none."""
    file = options.get("settings_file")
    table = {} if file is None else filed(file)
    name = options.get("model") or table.get("name")
    if name is None:
        if options.get("mapper") == "model":
            raise UsageError("--mapper model needs a model: --model names it")
        return None
    defaults = {entry.name: entry.default for entry in fields(ModelSettings)}
    said = {key: options[key] for key in defaults if key in options and options[key] != defaults[key]}
    said["parameters"] = table.get("parameters", {}) | parameters_of(options.get("parameters") or ())
    chosen = {**table, **said, "name": name}
    settings = ModelSettings(**chosen | {key: _amount(key, chosen.get(key)) for key in AMOUNTS})
    check(settings)
    return settings


def _second(options: Mapping[str, Any], model: ModelSettings | None) -> ModelSettings | None:
    """The second reader that options name: asked as the model is, where they name no other endpoint."""
    name = options.get("second_model")
    if name is None:
        return None
    if model is None:
        raise UsageError("--second-model reads again what a model mapped: --model names that")
    if name == TEMPLATE and options.get("mapper") != "model":
        raise UsageError("--second-model template needs --mapper model: else the model has what the template left open")
    second = replace(model, name=name, base_url=options.get("second_base_url") or model.base_url)
    check(second)
    return second


def parameters_of(pairs: Sequence[str]) -> dict[str, Any]:
    """Parameters of requests out of KEY=JSON; a word that is no JSON stands for itself. Raises UsageError else."""
    parameters: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        try:
            parameters[name] = json.loads(value)
        except ValueError:
            parameters[name] = value
            equals = equals if re.fullmatch(r"[\w.:/-]+", value) else ""
        if not equals or not name:
            raise UsageError(f'--model-param takes KEY=JSON, as top_k=20 or stop=["。"], and {pair} is none')
    return parameters


def habits(path: Path, known: Collection[str]) -> dict[str, Any]:
    """What a file of settings says beside its table [model]: values by the names of options, known: of all there are.

    Raises UsageError for a file that cannot be read, and for a name that no option has.
    """
    text, content = _read(path)
    said = {key.replace("_", "-"): value for key, value in content.items() if not isinstance(value, dict)}
    if unknown := sorted(said.keys() - known):
        line = re.search(rf"^[ \t]*[\"']?{unknown[0].replace('-', '[-_]')}[\"']?[ \t]*=", text, re.MULTILINE)
        number = text.count("\n", 0, line.start()) + 1 if line else 1
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(unknown[0], known) or sorted(known))
        raise UsageError(f"{path}, line {number}, says {unknown[0]}, which is no setting; there is {near}")
    return said


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    """A file of settings, as it is written and what it says; one table, [model], and values beside it."""
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"the settings in {path} cannot be read: {error}") from error
    if others := [key for key, value in content.items() if isinstance(value, dict) and key != "model"]:
        raise UsageError(f"{path} has the table [{others[0]}], and is to hold one table, [model], and values before it")
    return text, content


def filed(path: Path) -> dict[str, Any]:
    """What the [model] table of a TOML file says, by the names of ModelSettings' fields; the values of `parameters` and
    `extra_body` go into the bodies of requests, those of `headers` to their headers.

    Raises UsageError for a file that cannot be read, and for what it says that is no setting of a model.
    """
    table = _read(path)[1].get("model")
    if not isinstance(table, dict):
        return {}
    from pydantic import TypeAdapter, ValidationError

    table["parameters"] = {**table.get("parameters", {}), **table.pop("extra_body", {})}
    known = {entry.name for entry in fields(ModelSettings)} - set(NOT_FOR_A_FILE)
    if unknown := sorted(table.keys() - known):
        raise UsageError(f"{path} says {unknown[0]}, which is no setting of a model: {', '.join(sorted(known))}")
    amounts = {name: str(table[name]) for name in AMOUNTS if name in table}
    try:
        whole = TypeAdapter(ModelSettings).validate_python({"name": ""} | table | amounts)
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise UsageError(f"{path} says of {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}") from error
    return {name: getattr(whole, name) for name in table} | amounts


def _amount(name: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise UsageError(f"--{name.replace('_', '-')} takes an amount, and {text} is none")
    return amount


def check(settings: ModelSettings) -> None:
    """Raises UsageError for settings that cannot be kept to."""
    if settings.budget is not None and settings.price_input is None and settings.price_output is None:
        raise UsageError("a budget in currency needs the prices of the model's tokens")
    if settings.requests_per_minute is not None and settings.requests_per_minute < 1:
        raise UsageError("at least one request a minute must be allowed")
    if min(settings.concurrency, settings.attempts, settings.max_output_tokens) < 1 or settings.reasks < 0:
        raise UsageError("requests at once, attempts and output tokens must be at least 1, re-asks at least 0")
    if taken := sorted(settings.parameters.keys() & set(_OF_A_QUESTION)):
        raise UsageError(f"{taken[0]} is part of every question, and no parameter beside it")
    for name, value in settings.headers.items():
        if _SECRET_HEADER.search(name) and not value.startswith("$"):
            raise UsageError(f"the header {name} is to be given as $NAME, which stands in the environment")
    address = urlsplit(settings.base_url or "")
    if "@" in address.netloc or address.query or address.fragment:
        raise UsageError(
            "the address of an endpoint must hold no password and nothing after ? or #: the key is taken from the "
            "environment"
        )
