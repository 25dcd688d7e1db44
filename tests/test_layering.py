"""Who may import whom, and the few rules that every file keeps."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAY_IMPORT = {
    "schemas": {"schemas"},
    "prompts": {"prompts"},
    "pipeline": {"pipeline", "schemas", "prompts"},
    "eval": {"eval", "pipeline", "schemas", "prompts"},
    "cli": {"cli", "eval", "pipeline", "schemas", "prompts"},
}
LONGEST = 500
BOUNDARIES = {"pipeline/worker.py"}
"""Where any exception of a report may be caught."""


def files() -> Iterator[Path]:
    yield ROOT / "cli.py"
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
            assert not node.level, "relative import"
            assert node.module is not None
            yield node.module
            if node.module == "recount":
                yield from (f"recount.{alias.name}" for alias in node.names)


every_file = pytest.mark.parametrize("path", [pytest.param(path, id=name(path)) for path in files()])


@every_file
def test_no_arrow_points_back(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imported(ast.parse(path.read_text(encoding="utf-8"))):
        first, *rest = module.split(".")
        assert first not in MAY_IMPORT, f"{module} is imported by its bare name"
        if first == "recount" and rest:
            assert rest[0] in MAY_IMPORT[layer], f"{layer} must not import {module}"


@every_file
def test_no_file_is_too_long_to_read(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


@every_file
def test_exceptions_are_caught_by_name(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = "everything" if node.type is None else ast.unparse(node.type)
        if caught == "BaseException":  # to clean up, and no more
            assert ast.unparse(node.body[-1]) == "raise", f"line {node.lineno} swallows {caught}"
        elif caught in ("everything", "Exception"):
            assert name(path) in BOUNDARIES, f"line {node.lineno} catches {caught}"


@every_file
def test_each_folder_is_a_package_and_each_module_says_what_it_is(path: Path) -> None:
    assert path.parent == ROOT or (path.parent / "__init__.py").exists()
    if path.name != "__init__.py":
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
