"""The commands in the documents are run, or checked word by word; their numbers are those of the files behind them."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer.main

from recount.cli import app, main
from recount.tests import notebook

ROOT = Path(__file__).resolve().parent.parent
TOP = ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")
DOCUMENTS = [*(ROOT / name for name in TOP), *sorted((ROOT / "docs").rglob("*.md"))]
GOLD_CASE = ROOT / "eval" / "gold" / "digital" / "tables-only"
"""A small case of the gold set: what stands for a user's own cases."""

NOT_RUN = {
    r"^pip install": "an installation: .ci/run makes one as README says, tests/test_distribution.py one of the wheel",
    r"^pytest$": "these are the tests; .ci/run runs them so",
    r"^python3 -m venv|^\. \.venv": "a virtual environment: .ci/run makes one",
    r"^recount decide DIR NAME POINTER VERDICT$": "decides of a figure: tests/pipeline/run/test_decided.py does",
    r"^recount review": "it serves until it is interrupted: tests/desk opens it, and looks at it in a browser",
    r"^recount models check": "asks a model's endpoint",
    r"--model (?!NAME .*--dry-run)": "asks a model, at its endpoint or out of its file",
    r"--engine ray": "needs a Ray cluster: tests/pipeline/run/test_cluster.py has one",
    r"^recount eval( --out NEW --compare RUN| --fail-under 0\.999)?$": "the whole gold set takes minutes",
    r"^recount eval verifier( --(prints|texts) DIR| --family FOLDER REPORT…)?$": "thousands of faults, for minutes",
    r"^recount eval --gold \.\./": "a folder beside the repository",
    r"^recount (structure|show|status|export|export --keys zh|eval generate)$": "the name of a command, no call of it",
    r"^recount COMMAND --help$": "any command: test_cli.py asks each for its help",
    r"^python -m recount\.": "measurements, and what makes the gold set: minutes each",
    r"^python cli\.py": "the same as recount: tests/test_cli.py calls it so",
}
"""Which commands are not run, and why; their command and options must exist all the same."""

FILLED = {
    "recount structure PATH...": {"PATH...": "examples/archive/2021", "NAME": "any", "URL": "http://127.0.0.1:9/v1"},
    "recount export": {"FILE": "figures.csv"},
    "recount export DIR --keys zh": {"FILE.xlsx": "tables.xlsx"},
    "recount show DIR": {"NAME": "水利局", "FILE": "page.html"},
    "recount mark": {"FILE": "marked.pdf"},
    "recount split": {"FILE": "PDF"},
    "recount init-family": {"NAME": "mine"},
    "recount help": {"TOPIC": "statuses"},
    "recount eval": {"--count 100": "--count 1", "RUN": "run"},
    "recount eval --gold": {"DIR": "gold"},
    "recount structure s3://": {
        "s3://": "memory://",
        "--ledger ledger/": "--ledger ledger/ --jobs 1 --timeout 0 --memory 0",
    },
    "recount": {"DIR": "out/"},
}
"""What stands for the placeholders of a command that begins so; and what is smaller or nearer than what is typed.

memory:// is a store at a URL that nobody has to run, if one process does all."""

STARTS_ANEW = {"docs/families.md"}
"""Documents whose commands make the output folder that they show."""


@dataclass(frozen=True)
class Command:
    """A command of a document. fenced: it stands in a block of its own."""

    file: str
    text: str
    fenced: bool = True

    @property
    def words(self) -> list[str]:
        """The words, without the settings of variables before them."""
        words = shlex.split(self.text)
        while re.match(r"[A-Z_]+=", words[0]):
            words.pop(0)
        return words

    @property
    def reason(self) -> str | None:
        """Why it is not run; None where it is."""
        return next((why for pattern, why in NOT_RUN.items() if re.search(pattern, self.text)), None)


def commands_of(path: Path) -> Iterator[Command]:
    """The commands of a document: those of its shell blocks, then those within its text, each once."""
    file, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    found: dict[str, Command] = {}
    for block in re.findall(r"^```sh\n(.*?)\n```$", text, flags=re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            for part in re.sub(r"\s+#.*", "", line).split(" && "):
                found.setdefault(part, Command(file, part))
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for part in re.findall(r"`((?:recount [a-zC]|python -m recount\.|python cli\.py)[^`\n]*)`", prose):
        found.setdefault(part, Command(file, part, fenced=False))
    yield from found.values()


COMMANDS = {path.relative_to(ROOT).as_posix(): list(commands_of(path)) for path in DOCUMENTS}


def to_run() -> dict[str, list[Command]]:
    """The commands that are run, by document; within the text only what no document before it says."""
    chosen: dict[str, list[Command]] = {}
    seen: set[str] = set()
    for file, commands in COMMANDS.items():
        chosen[file] = [
            command for command in commands if not command.reason and (command.fenced or command.text not in seen)
        ]
        seen |= {command.text for command in commands}
    return chosen


RUN = to_run()


# --- every command exists


def known(words: list[str]) -> set[str]:
    """The options of a recount command, and those of the groups that it is in; fails for one that there is not."""
    group: Any = typer.main.get_command(app)
    options: set[str] = {"--help"}
    for word in words:
        if word not in getattr(group, "commands", {}):
            break
        group = group.commands[word]
        options |= {name for parameter in group.params for name in parameter.opts}
    else:
        word = ""
    is_a_call_of_the_group = not word or word.startswith("-") or word == "COMMAND"
    assert not hasattr(group, "commands") or is_a_call_of_the_group, f"there is no {word}"
    return options


@pytest.mark.parametrize("file", [file for file, commands in COMMANDS.items() if commands])
def test_every_command_and_option_exists(file: str) -> None:
    for command in COMMANDS[file]:
        program, *words = command.words
        options = [word for word in words if re.match(r"--?[a-z]", word)]
        if program == "recount":
            assert set(options) <= known(words), f"{file}: {command.text}"
        elif words and words[0] == "-m" and words[1].startswith("recount."):
            module = importlib.util.find_spec(words[1].rstrip(".…"))
            assert module is not None, f"{file}: {command.text}"
            package = Path(module.origin or "").with_name("__main__.py") if module.submodule_search_locations else None
            source = (package or Path(module.origin or "")).read_text(encoding="utf-8")
            assert not [option for option in options[1:] if f'"{option}"' not in source], f"{file}: {command.text}"


def test_what_is_not_run_is_known_for_a_reason() -> None:
    """A rule that fits nothing is gone; a block has no command of others beside what the rules know."""
    everything = [command for commands in COMMANDS.values() for command in commands]
    unused = [rule for rule in NOT_RUN if not any(re.search(rule, command.text) for command in everything)]
    assert not unused
    assert not [command.text for command in everything if not command.reason and command.words[0] != "recount"]


# --- and is run


def call(words: list[str], where: Path) -> tuple[int, str]:
    """Calls recount in a folder, in this process: its exit code, and what it said."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.chdir(where), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        with pytest.raises(SystemExit) as left:
            main(words)
        sys.stdout.flush()
    return int(left.value.code or 0), said.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def structured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which README's first command was run."""
    folder = tmp_path_factory.mktemp("documents")
    for part in ("archive", "families"):
        shutil.copytree(ROOT / "examples" / part, folder / "examples" / part)
    first = next(command for command in RUN["README.md"] if command.text.startswith("recount structure"))
    code, said = call(first.words[1:], folder)
    assert code == 0, said
    return folder


def filled(command: Command, here: Path) -> list[str]:
    """A command's words with what stands for its placeholders."""
    text = command.text
    for start in sorted((start for start in FILLED if text.startswith(start)), key=len, reverse=True):
        for placeholder, value in FILLED[start].items():
            text = re.sub(rf"(?<!\w){re.escape(placeholder)}(?![A-Z=])", value, text)
    for placeholder, pattern in (("RESULT", "out/reports/2021/*.json"), ("PDF", "examples/archive/2021/*.pdf")):
        text = text.replace(placeholder, str(next(here.glob(pattern), "")))
    return shlex.split(text)


def put_into_memory(archive: Path) -> None:
    """A small archive at memory://bucket/archive."""
    fsspec = pytest.importorskip("fsspec", reason="the extra remote is not installed")
    store = fsspec.filesystem("memory")
    for report in archive.glob("2021/*.pdf"):
        store.pipe(f"/bucket/archive/{report.name}", report.read_bytes())


@pytest.mark.parametrize("file", [file for file, commands in RUN.items() if commands])
def test_the_commands_of_a_document_work_in_their_order(file: str, structured: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    shutil.copytree(structured, here)
    shutil.copytree(GOLD_CASE, here / "gold" / "case")
    if file in STARTS_ANEW:
        shutil.rmtree(here / "out")
    if any("s3://" in command.text for command in RUN[file]):
        put_into_memory(here / "examples" / "archive")
    for command in RUN[file]:
        words = filled(command, here)
        assert not [word for word in words if re.fullmatch(r"[A-Z]{2,}(\.\.\.)?", word)], f"not filled: {words}"
        code, said = call(words[1:], here)
        assert code == 0, said
        assert said, f"{command.text} says nothing"


def test_the_notebook_runs_and_says_what_it_was_committed_with(structured: Path) -> None:
    """Where its outputs are to change: `python -m recount.tests.notebook`, and a look at the charts."""
    assert notebook.told(notebook.executed(structured)) == notebook.told(notebook.read())


# --- paths and numbers


FOLDERS = "docs|eval|examples|pipeline|prompts|schemas|tests"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_files_that_a_document_names_are_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]*)`", text)
    assert not [name for name in named if not (ROOT / name).exists()]
    linked = [link.partition("#")[0] for link in re.findall(r"\]\((?!https?://)([^)]+)\)", text)]
    assert not [link for link in linked if link and not (path.parent / link).exists()]


COUNTED = {"no": 0, "none": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
MARK = re.compile(r"<!-- (?P<what>from|table from|by hand)[: ]\s*(?P<rest>.*?)\s*-->\n", flags=re.DOTALL)


@dataclass(frozen=True)
class Backed:
    """A mark in a document, and the paragraph or table behind it.

    `<!-- from FILE: PRINTED = KEY; PRINTED = KEY + KEY; PRINTED < KEY -->` stands before a paragraph that prints these
    numbers; `<!-- table from FILE: ROW = KEY; … | COLUMN = KEY; … -->` before a table whose cells are the values at the
    row's key and the column's below it. FILE is a JSON file of the repository, a KEY a way into it (summary.cases).
    `<!-- by hand: HOW -->` stands before a table that no file backs, and says how it was measured.
    """

    file: str
    what: str
    rest: str
    block: str

    @property
    def source(self) -> Any:
        """What the file holds that the numbers come from."""
        return json.loads((ROOT / self.rest.partition(":")[0]).read_text(encoding="utf-8"))

    @property
    def said(self) -> str:
        """The pairs of what is printed and its key."""
        return re.sub(r"\s+", " ", self.rest.partition(":")[2])


def marks() -> Iterator[Backed]:
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for mark in MARK.finditer(text):
            block = text[mark.end() :].partition("\n\n")[0]
            yield Backed(path.relative_to(ROOT).as_posix(), mark["what"], mark["rest"], block)


MARKS = list(marks())


def value_at(source: Any, key: str) -> Decimal:
    """The number at a key, or the sum of those at several."""
    total = Decimal(0)
    for way in key.split("+"):
        found = source
        for step in way.strip().split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        total += Decimal(str(found))
    return total


def agrees(printed: str, value: Decimal) -> bool:
    """Whether a printed number is the value, as far as it is printed. 100 % is all, not nearly all."""
    if printed in COUNTED:
        return value == COUNTED[printed]
    number = Decimal(printed.removesuffix("%").strip().replace(",", ""))
    if printed.endswith("%"):
        value *= 100
        if number in (0, 100):
            return value == number
    return abs(value - number) <= Decimal(1).scaleb(int(number.as_tuple().exponent)) / 2


@pytest.mark.parametrize("mark", [mark for mark in MARKS if mark.what == "from"], ids=lambda mark: mark.rest[:60])
def test_the_numbers_of_a_paragraph_are_those_of_its_file(mark: Backed) -> None:
    for pair in mark.said.split(";"):
        printed, relation, key = map(str.strip, re.split(r"([=<])", pair, maxsplit=1))
        assert re.search(rf"(?<![\w,.]){re.escape(printed)}(?!\w|[,.]\d)", mark.block), f"{printed} is not printed"
        value = value_at(mark.source, key)
        if relation == "<":
            assert Decimal(printed.removesuffix("%").strip()) / (100 if "%" in printed else 1) < value, pair
        else:
            assert agrees(printed, value), f"{printed} is printed, {key} is {value}"


def cells_of(table: str) -> list[list[str]]:
    """The rows of a table without the line below its heads."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return [row for row in rows if not all(re.fullmatch(r"[ :-]*", cell) for cell in row)]


def keys_of(said: str) -> dict[str, str]:
    pairs = (pair.split("=") for pair in said.split(";"))
    return {name.strip(): key.strip() for name, key in pairs}


@pytest.mark.parametrize("mark", [mark for mark in MARKS if mark.what == "table from"], ids=lambda mark: mark.rest[:60])
def test_the_cells_of_a_table_are_those_of_its_file(mark: Backed) -> None:
    rows, columns = map(keys_of, mark.said.split("|"))
    (_, *heads), *lines = cells_of(mark.block)
    assert (list(columns), list(rows)) == (heads, [line[0] for line in lines])
    for name, *cells in lines:
        for head, printed in zip(heads, cells, strict=True):
            value = value_at(mark.source, f"{rows[name]}.{columns[head]}")
            assert agrees(printed, value), f"{name}, {head}: {printed} is printed, the file has {value}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_table_of_numbers_says_where_they_come_from(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for table in re.finditer(r"(?:^\|.*\n?)+", text, flags=re.MULTILINE):
        cells = [cell for row in cells_of(table[0])[1:] for cell in row[1:] if cell]
        numbers = [cell for cell in cells if re.fullmatch(r"[\d.,]+( %)?", cell)]
        marked = text[: table.start()].endswith("-->\n")
        assert marked or len(numbers) <= len(cells) / 2, f"{path.name}: no mark before\n{table[0][:200]}"


def test_a_number_that_is_not_the_files_is_noticed() -> None:
    value = Decimal("0.9568064554774702")
    assert agrees("95.7 %", value)
    assert not agrees("95.8 %", value)
    assert not agrees("100 %", Decimal("0.9999"))
    assert agrees("1,955.06", Decimal("1955.06"))
    assert not agrees("one", Decimal(2))
    assert value_at({"a": {"b": [1, 2]}, "c": 3}, "a.b.1 + c") == 5
