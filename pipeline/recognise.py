"""Report families: one by its name or from a folder, the one that a document shows, the start of a new one.

The grammar and the split are imported where a document, or a family's own words, are looked at: they take a second, and
every command and worker process imports this module.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.machinery
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from recount.pipeline.document import Document, Grid, Paragraph, Text
from recount.pipeline.errors import UsageError
from recount.schemas.declared import FILE, family_from
from recount.schemas.describe import fields_of
from recount.schemas.family import Family, Heading
from recount.schemas.figures import Model, Ref
from recount.schemas.formulae import FamilyError
from recount.schemas.registry import FAMILIES

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_STARTER = Path(__file__).resolve().parent.parent / "schemas" / "starter"
_SUFFIXES = {".py", ".toml", ".md", ".json", ".pdf", ".txt"}
"""Of the files that belong to a family."""
_HEAD_ROWS = 6
_FRONT = 3  # a title page counts as much as so many headings


# --- a family by its name, or one that the user brings: a folder with a family.toml or a family.py


def family_of(name: str) -> Family:
    """The family of a name, or of a folder. Raises UsageError if there is none, or if it is broken."""
    for family in FAMILIES:
        if family.name == name:
            return family
    path = Path(name)
    if path.is_file() and path.name in {"family.py", FILE}:
        path = path.parent
    if (path / FILE).is_file():
        return _declared(path.resolve())
    if not (path / "family.py").is_file():
        known = ", ".join(family.name for family in FAMILIES)
        raise UsageError(f"{name} is no known family ({known}), and no folder with a {FILE} or family.py")
    return _loaded(path.resolve())


def fingerprint(name: str) -> str:
    """What tells one state of a family from another: its name; of a folder, the hash of its content too."""
    path = Path(name)
    if any(family.name == name for family in FAMILIES) or not path.exists():
        return name
    digest = hashlib.sha256()
    for file in _files(path if path.is_dir() else path.parent):
        digest.update(file.name.encode() + b"\n" + hashlib.sha256(file.read_bytes()).digest())
    return f"{path.resolve().name}+{digest.hexdigest()[:12]}"


def _declared(folder: Path) -> Family:
    """The family of a folder's family.toml, checked."""
    try:
        family = family_from(folder / FILE)
    except (FamilyError, UnicodeDecodeError) as error:
        raise UsageError(f"the family in {folder} is broken: {error}") from error
    except OSError as error:
        raise UsageError(f"cannot read {folder / FILE}: {error.strerror}") from error
    wrong = _wrong(family)
    if wrong is not None:
        raise UsageError(f"the family in {folder} is broken: {wrong}")
    return _with_prompts(family, folder)


def _with_prompts(family: Family, folder: Path) -> Family:
    prompts = folder / "prompts"
    return replace(family, prompts=prompts) if family.prompts is None and prompts.is_dir() else family


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
    return _with_prompts(family, folder)


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


def known_families(families: Sequence[Family] = FAMILIES) -> str:
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
