"""Report families: one by its name or from a folder, the one that a document shows, the start of a new one.

The grammar and the split are imported where a document, or a family's own words, are looked at, and what reads a
family.toml where there is one: they take a second, and many commands and every worker process import this module.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import json
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from recount.pipeline.document import Document, Grid, Page, Paragraph, Text
from recount.pipeline.errors import TwoFamilies, UsageError
from recount.schemas.describe import fields_of
from recount.schemas.family import FILE, Family, Heading
from recount.schemas.figures import Model, Ref
from recount.schemas.registry import FAMILIES

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_STARTER = Path(__file__).resolve().parent.parent / "schemas" / "starter"
_SUFFIXES = {".py", ".toml", ".md", ".json", ".pdf", ".txt"}
"""Of the files that belong to a family."""
_MODULE = "family.py"
_PROMPTS = "prompts"
_NO_FRONT = "(?!)"
_HEAD_ROWS = 6
_FRONT = 3  # a title page counts as much as so many headings


# --- a family by its name, or one that the user brings: a folder with a family.toml or a family.py


def family_of(name: str, among: str | None = None) -> Family:
    """The family of a name, or of a folder. among: a folder of families, which may have it by the name of its folder.

    Raises UsageError if there is none, or if it is broken.
    """
    for family in FAMILIES:
        if family.name == name:
            return family
    path = Path(name)
    if path.is_file() and path.name in {_MODULE, FILE}:
        path = path.parent
    if among is not None and not _is_family(path) and _is_family(Path(among, name)):
        path = Path(among, name)
    if not _is_family(path):
        known = ", ".join(family.name for family in FAMILIES)
        raise UsageError(f"{name} is no known family ({known}), and no folder with a {FILE} or family.py")
    return _as_it_stands(path.resolve(), _state_of(path))


@lru_cache(maxsize=64)
def _as_it_stands(folder: Path, _state: object) -> Family:
    """The family of a folder, read once as long as its files stay as they are."""
    return _declared(folder) if (folder / FILE).is_file() else _loaded(folder)


def _state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells whether the files of a family were changed."""
    files = [(file, file.stat()) for file in _files(folder)]
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in files)


def families_in(folder: str) -> tuple[Family, ...]:
    """The families of a folder of families, by the names of their folders.

    Raises UsageError if there is no such folder, if one of them is broken, or if two have one name.
    """
    if not Path(folder).is_dir():
        raise UsageError(f"{folder} is no folder of families")
    found: dict[str, tuple[Family, str]] = {}
    for own in family_folders(folder):
        family = family_of(own)
        if family.name in found:
            raise UsageError(f"{found[family.name][1]} and {own} are both the family {family.name}: rename one of them")
        found[family.name] = family, own
    return tuple(family for family, _ in found.values())


def family_folders(path: str) -> list[str]:
    """The folders of families at a path: it is one itself, or a folder of them; anything else stands for itself."""
    if _is_family(Path(path)) or not Path(path).is_dir():
        return [path]
    return sorted(str(folder) for folder in Path(path).iterdir() if folder.is_dir() and _is_family(folder))


def _is_family(folder: Path) -> bool:
    return (folder / FILE).is_file() or (folder / _MODULE).is_file()


def fingerprint(name: str, among: str | None = None) -> str:
    """What tells one state of a family from another: its name; of the user's, its definition too. among, raises: as of
    family_of."""
    family = family_of(name, among)
    return f"{family.name}+{family.definition[:12]}" if family.definition else family.name


def _definition_of(folder: Path) -> str:
    """The SHA-256 of what defines a family: its modules, family.toml and prompts, and none of its examples."""
    digest = hashlib.sha256()
    for file in _files(folder):
        below = file.relative_to(folder)
        if file.suffix in {".py", ".toml"} or below.parts[0] == _PROMPTS:
            digest.update(below.as_posix().encode() + b"\n" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _declared(folder: Path) -> Family:
    """The family of a folder's family.toml, checked."""
    from recount.schemas.declared import family_from
    from recount.schemas.formulae import FamilyError

    try:
        family = family_from(folder / FILE)
    except (FamilyError, UnicodeDecodeError) as error:
        raise UsageError(f"the family in {folder} is broken: {error}") from error
    except OSError as error:
        raise UsageError(f"cannot read {folder / FILE}: {error.strerror}") from error
    wrong = _wrong(family)
    if wrong is not None:
        raise UsageError(f"the family in {folder} is broken: {wrong}")
    return _brought(family, folder)


def _brought(family: Family, folder: Path) -> Family:
    """A family that the user brings: with its prompts, and the hash of its definition."""
    prompts = folder / _PROMPTS
    own = prompts if family.prompts is None and prompts.is_dir() else family.prompts
    return replace(family, prompts=own, definition=_definition_of(folder))


def _loaded(folder: Path) -> Family:
    """FAMILY of a folder's family.py, checked."""
    package = _package(folder)
    try:
        module = importlib.import_module(f"{package}.family")
        family = getattr(module, "FAMILY", None)
        wrong = _wrong(family)
    except Exception as error:  # the user's own code: whatever is wrong in it, one line says so
        raise UsageError(f"the family in {folder} is broken: {_where(error, folder)}") from error
    if wrong is not None or not isinstance(family, Family):
        raise UsageError(f"the family in {folder} is broken: {wrong}")
    return _brought(family, folder)


def _package(folder: Path) -> str:
    """The folder as a package under a name of its own, so that it may import its modules (from .models import …)."""
    name = f"recount_family_{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
    for loaded in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[loaded]
    importlib.invalidate_caches()
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    package.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
    sys.modules[name] = package
    return name


def _where(error: Exception, folder: Path) -> str:
    """What is wrong, with the file and line of the folder where it is."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}, line {error.lineno}: {error.msg}"
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    place = f"{Path(own[-1].filename).name}, line {own[-1].lineno}: " if own else ""
    return f"{place}{type(error).__name__}: {' '.join(str(error).split())}"


def _wrong(family: object) -> str | None:
    """What a family lacks that the pipeline needs; None if nothing."""
    if family is None:
        return "family.py has no FAMILY"
    if not isinstance(family, Family):
        return f"FAMILY is a {type(family).__name__}, it must be a Family (recount.schemas.family)"
    if not (isinstance(family.report, type) and issubclass(family.report, Model)):
        return "its report is no Model (recount.schemas.figures)"
    if not family.report.__pydantic_generic_metadata__["parameters"]:
        return "its report must be generic in the figure type: class Report(Model, Generic[F])"
    if not all(isinstance(heading, Heading) for heading in family.outline):
        return "its outline must be a tuple of Heading (recount.schemas.family)"
    if any(family.contract == known.contract for known in FAMILIES):
        return f"its contract {family.contract} is that of another family"
    return next(filter(None, map(_wrong_pattern, _patterns(family))), None)


def _patterns(family: Family) -> Iterator[str]:
    """Every regular expression of a family."""
    yield from (family.front, family.table_starts, *family.signs, *(heading.title for heading in family.outline))
    yield from _words_in(family.report_of(Ref))


def _words_in(model: type[Model]) -> Iterator[str]:
    """The rules for the words of a model's fields and of those below it."""
    from recount.pipeline.map.grammar.sections import words_of

    for field in fields_of(model).values():
        yield words_of(field)
        if field.model is not None and field.model is not model:
            yield from _words_in(field.model)


def _wrong_pattern(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"{pattern!r} is no regular expression: {error}"
    return None


# --- the beginning of a family, to be changed by the user


def write_starter(name: str, out: Path) -> Path:
    """Write the beginning of a family into `out`/`name`; returns that folder.

    Raises UsageError for a name that is none, or is taken, and if the folder cannot be written.
    """
    folder = free_name(name, out)
    try:
        for file in _files(_STARTER):
            target = folder / file.relative_to(_STARTER)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_renamed(file, name))
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    return folder


def free_name(name: str, out: Path) -> Path:
    """The folder of a new family in another. Raises UsageError for a name that is none, or is taken."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name} is no name for a family: small letters, digits and _ only, a letter first")
    if any(family.name == name for family in FAMILIES):
        raise UsageError(f"there is a family {name} already")
    folder = out / name
    if folder.exists():
        raise UsageError(f"{folder} exists already")
    return folder


def _files(folder: Path) -> Iterator[Path]:
    """The files of a family, in a fixed order."""
    found = (file for file in folder.rglob("*") if file.is_file() and file.suffix in _SUFFIXES)
    return iter(sorted(file for file in found if "__pycache__" not in file.parts))


def _renamed(file: Path, name: str) -> bytes:
    """A file of the starter as one of the new family: it imports its own modules, and bears its own name."""
    content = file.read_bytes()
    if file.suffix == ".py":
        words = content.decode().replace("from recount.schemas.starter.", "from .")
        words = words.replace('"starter/1"', f'"{name.replace("_", "-")}/1"').replace('"starter"', f'"{name}"')
        return words.encode()
    return content


# --- the family that a document shows


def recognise(document: Document, families: Sequence[Family] = FAMILIES) -> Family | None:
    """The family that most of a document's lines speak for, None where none does for any."""
    from recount.pipeline.split.titles import FRONT_LINES, LONGEST_FRONT_LINE

    lines = [line for line in _lines(document) if 0 < len(line) <= LONGEST_FRONT_LINE and "。" not in line]
    front = "".join(lines[:FRONT_LINES])
    evidence = {family.name: _evidence(family, front, lines) for family in families}
    best = max(families, key=lambda family: evidence[family.name])
    return best if evidence[best.name] else None


def known_families(families: Iterable[Family] = FAMILIES) -> str:
    """The families by name, for a message."""
    return ", ".join(f"{family.title} ({family.name})" for family in families)


def _evidence(family: Family, front: str, lines: Sequence[str]) -> int:
    """How many lines are signs of a family; its title page counts for several."""
    signs = re.compile("|".join(f"(?:{sign})" for sign in family.signs) or "(?!)")
    title = _FRONT if re.search(family.front, front) else 0
    return title + sum(signs.search(line) is not None for line in lines)


def _lines(document: Document) -> Iterator[str]:
    """Paragraphs, titles and heads of tables, without spaces."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield _words(block.text)
        elif isinstance(block, Grid):
            yield from (_words(paragraph.text) for paragraph in block.caption)
            yield from (_words(cell.text) for cell in block.cells if cell.row < _HEAD_ROWS)


def _words(text: Text) -> str:
    return "".join(text.folded.split()).rstrip(":;,.")


# --- one of the user's families that pages show


@dataclass(frozen=True, slots=True)
class _Shown:
    """What pages show of a family. front: its title page; lines: those with a sign."""

    family: Family
    front: bool
    lines: frozenset[str]

    @property
    def weight(self) -> int:
        return len(self.lines) + (_FRONT if self.front else 0)

    def has_all_of(self, other: _Shown) -> bool:
        """Whether all that speaks for another speaks for this one, and more does."""
        return self.front >= other.front and self.lines >= other.lines and self.weight > other.weight


def own_family_of(pages: Iterable[Page], own: Sequence[Family]) -> Family | None:
    """The one of the user's families that pages show: its title page, if it says one, and all of its signs, in letters
    of either case. None where they show none, or twice as much of one of Recount's.

    Where two of them fit, it is the one that all the other's lines speak for as well, and more. Raises TwoFamilies
    where neither is, or where it may as well be one of Recount's.
    """
    from recount.pipeline.split.titles import FRONT_LINES

    lines = list(short_lines(pages))
    front = "".join(lines[:FRONT_LINES])
    fitting = [shown for family in own if (shown := _fits(family, front, lines)) is not None]
    if not fitting:
        return None
    best = max(fitting, key=lambda shown: shown.weight)
    rivals = [other for other in fitting if other is not best and not best.has_all_of(other)]
    shipped = _most_shipped(front, lines)
    if not rivals and shipped.weight >= 2 * best.weight:
        return None
    rivals += [shipped] if 2 * shipped.weight > best.weight else []
    if rivals:
        one, two = best.family.name, rivals[0].family.name
        raise TwoFamilies(f"it fits two families, {one} and {two}: name one with --family, or more signs of either")
    return best.family


def _most_shipped(front: str, lines: Sequence[str]) -> _Shown:
    return max((_shown(family, front, lines) for family in FAMILIES), key=lambda shown: shown.weight)


def shown_of_shipped(lines: Sequence[str]) -> int:
    """How much short lines show of one of Recount's own families, a title page counting as three lines."""
    from recount.pipeline.split.titles import FRONT_LINES

    return _most_shipped("".join(lines[:FRONT_LINES]), lines).weight


def is_recognised(family: Family) -> bool:
    """Whether one of the user's families says by what its reports are recognised."""
    return bool(family.signs) or family.front != _NO_FRONT


def nearest_of(pages: Iterable[Page], own: Sequence[Family]) -> tuple[Family, str] | None:
    """The one of the user's families of which pages show some signs, the most of all, and the first that they lack."""
    lines = list(short_lines(pages))
    found: list[tuple[int, Family, str]] = []
    for family in own:
        there = [any(map(_sign(sign).search, lines)) for sign in family.signs]
        if any(there) and not all(there):
            found.append((sum(there), family, family.signs[there.index(False)]))
    return max(found, key=lambda one: one[0])[1:] if found else None


def short_lines(pages: Iterable[Page]) -> Iterator[str]:
    """The lines of pages that may be signs, from top to bottom, folded and without spaces."""
    from recount.pipeline.split.folding import fold
    from recount.pipeline.split.titles import LONGEST_FRONT_LINE

    for page in pages:
        for line in sorted(page.lines, key=lambda line: (round(line.box[1]), line.box[0])):
            words = "".join(fold(line.text).split()).rstrip(":;,.")
            if 0 < len(words) <= LONGEST_FRONT_LINE and "。" not in words:
                yield words


def _shown(family: Family, front: str, lines: Sequence[str]) -> _Shown:
    title = re.search(family.front, front) is not None
    signs = [_sign(sign) for sign in family.signs]
    return _Shown(family, title, frozenset(line for line in lines if any(sign.search(line) for sign in signs)))


@cache
def _sign(said: str) -> re.Pattern[str]:
    """A sign in letters of either case; lines have no spaces, and those in a sign count for nothing."""
    return re.compile("".join(said.split()), re.IGNORECASE)


def _fits(family: Family, front: str, lines: Sequence[str]) -> _Shown | None:
    """What is shown of a family that is one of the user's; None if its title page or one of its signs is not."""
    shown = _shown(family, front, lines)
    all_there = all(any(_sign(sign).search(line) for line in shown.lines) for sign in family.signs)
    has_front = shown.front or family.front == _NO_FRONT
    return shown if all_there and has_front and shown.weight else None


# --- results by their families: the model that they are read by


def family_of_result(contract: str, own: Sequence[Family] = ()) -> Family:
    """The family of a result's contract. own: the user's. Raises UsageError for one that this version does not know."""
    for family in (*own, *FAMILIES):
        if family.contract == contract:
            return family
    if any(family.contract.partition("/")[0] == contract.partition("/")[0] for family in FAMILIES):
        raise UsageError(f"results of {contract} are of another version of Recount: structure their reports again")
    raise UsageError(
        f"results of {contract} are of a family that is not at hand: give its folder with --family, or the folder of "
        "your families with --families"
    )


def report_model(contract: str, *own: Family) -> type[BaseModel]:
    """The model of the reports of a contract, in the figure type of result files. own, raises: as family_of_result."""
    model: type[BaseModel] = family_of_result(contract, own).report_of(Decimal)
    return model


class _AsWritten(GenerateJsonSchema):
    """The schema of what result files hold: there a Decimal is a number, with its printed digits."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:  # noqa: ARG002
        return {"type": "number"}


def json_schema(family: Family | None = None) -> str:
    """The JSON Schema of the `report` of a result file of a family, by default of the final accounts, as JSON."""
    chosen = family or FAMILIES[0]
    model = report_model(chosen.contract, chosen)
    schema = model.model_json_schema(mode="serialization", schema_generator=_AsWritten)
    words = json.dumps({"$schema": GenerateJsonSchema.schema_dialect, **schema}, ensure_ascii=False, indent=2)
    # The models are generic in their figure type; to a reader of results Portion[Decimal] is just Portion.
    return words.replace("_Decimal_", "").replace("[Decimal]", "")
