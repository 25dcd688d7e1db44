"""Who may import whom, and the few rules that every file keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "schemas": {"schemas"},
    "prompts": {"prompts"},
    "pipeline": {"pipeline", "schemas", "prompts"},
    "eval": {"eval", "options", "pipeline", "schemas", "prompts"},
    "options": {"options", "pipeline"},
    "cli": {"cli", "options", "eval", "pipeline", "schemas", "prompts"},
}
LONGEST = 500
BOUNDARIES = {"pipeline/run/worker.py", "pipeline/recognise.py", "pipeline/archive/place.py"}
"""Where any exception may be caught: of a report, of a family that the user wrote, of a store that fsspec reaches."""


def files() -> Iterator[Path]:
    yield ROOT / "cli.py"
    yield ROOT / "options.py"
    for layer in MAY_IMPORT:
        yield from sorted((ROOT / layer).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, "a relative import"
            assert not node.level, "a relative import"
            yield node.module
            if node.module == "recount":
                yield from (f"recount.{alias.name}" for alias in node.names)


FILES = {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in files()}


def test_no_arrow_points_back() -> None:
    wrong = []
    for file, tree in FILES.items():
        layer = file.partition("/")[0].removesuffix(".py")
        for module in imported(tree):
            first, _, rest = module.partition(".")
            if first in MAY_IMPORT:
                wrong.append(f"{file} imports {module} by its bare name")
            elif first == "recount" and rest and rest.partition(".")[0] not in MAY_IMPORT[layer]:
                wrong.append(f"{file} must not import {module}")
    assert not wrong


def test_no_family_imports_another() -> None:
    """What two families share stands in schemas/common."""
    folders = {path.parent.name for path in (ROOT / "schemas").glob("*/family.py")}
    assert {"final_accounts", "department_budget", "starter"} <= folders
    wrong = []
    for file, tree in FILES.items():
        parts = file.split("/")
        if parts[0] != "schemas" or parts[1] not in folders | {"common"}:
            continue
        for module in imported(tree):
            family = module.removeprefix("recount.schemas.").partition(".")[0]
            if family in folders - {parts[1]}:
                wrong.append(f"{file} imports {module}")
    assert not wrong


def test_the_schemas_have_no_circle_of_imports() -> None:
    """Not for types either: an import below TYPE_CHECKING counts."""
    trees = {file.removesuffix(".py").replace("/", "."): tree for file, tree in FILES.items() if "schemas/" in file}
    needs = {name: {module.removeprefix("recount.") for module in imported(tree)} for name, tree in trees.items()}
    while free := {name for name, needed in needs.items() if not needed & needs.keys()}:
        needs = {name: needed for name, needed in needs.items() if name not in free}
    assert not needs


def test_no_file_is_too_long_to_read() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert not {file: length for file, length in lengths.items() if length > LONGEST}


def test_exceptions_are_caught_by_name() -> None:
    wrong = []
    for file, tree in FILES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            caught = "everything" if node.type is None else ast.unparse(node.type)
            cleans_up = caught == "BaseException" and ast.unparse(node.body[-1]) == "raise"
            broad = caught in ("everything", "Exception", "BaseException")
            if broad and not cleans_up and file not in BOUNDARIES:
                wrong.append(f"{file}:{node.lineno} catches {caught}")
    assert not wrong


def test_each_folder_is_a_package_and_each_module_says_what_it_is() -> None:
    folders = {(ROOT / file).parent for file in FILES} - {ROOT}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]
    silent = [file for file, tree in FILES.items() if not ast.get_docstring(tree)]
    assert not [file for file in silent if not file.endswith("__init__.py")]
