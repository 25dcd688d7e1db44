"""Who may import whom, and the few rules that every file keeps (docs/ARCHITECTURE.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("schemas", "prompts", "pipeline", "eval", "desk", "options", "cli")
GROUND = {"schemas", "prompts"} | {
    f"pipeline.{room}" for room in ("document", "usage", "errors", "version", "mupdf", "lasting", "steps")
}
"""What every room of the pipeline may import."""
MAY_IMPORT: Mapping[str, set[str]] = {
    "schemas": set(),
    "prompts": set(),
    "options": {"pipeline.settings", "pipeline.language"},
    "pipeline.language": {"schemas"},
    "pipeline.document": {"schemas", "pipeline.usage"},
    "pipeline.usage": set(),
    "pipeline.version": set(),
    "pipeline.mupdf": set(),
    "pipeline.lasting": set(),
    "pipeline.steps": set(),
    "pipeline.errors": {"schemas", "pipeline.usage"},
    "pipeline.read": GROUND,
    "pipeline.split": GROUND,
    "pipeline.settings": GROUND,
    "pipeline.archive": GROUND,
    "pipeline.result": GROUND,
    "pipeline.map": GROUND | {"pipeline.split"},
    "pipeline.recognise": GROUND | {"pipeline.split", "pipeline.map"},
    "pipeline.verify": GROUND | {"pipeline.split"},
    "pipeline.review": GROUND | {f"pipeline.{room}" for room in ("archive", "split", "result", "verify")},
    "pipeline.assemble": GROUND | {"pipeline.verify", "pipeline.result"},
    "pipeline.ocr": GROUND | {f"pipeline.{room}" for room in ("read", "split", "archive", "settings")},
    "pipeline.model": GROUND | {f"pipeline.{room}" for room in ("split", "map", "verify", "settings", "archive")},
    "pipeline.structure": {"schemas", "pipeline"},
    "pipeline.run": {"schemas", "pipeline"},
    "pipeline.draft": {"schemas", "prompts", "pipeline"},
    "pipeline.output": {"schemas", "pipeline"},
    "eval": {"schemas", "prompts", "pipeline", "options"},
    "desk": {"schemas", "pipeline", "options", "eval"},
    "cli": {"schemas", "prompts", "pipeline", "options", "eval", "desk"},
}
"""The rooms, and which others each may import. A name stands for all that lies in it."""
IN_EVAL: Mapping[str, set[str]] = {
    "cases": set(),
    "generator": set(),
    "scans": {"cases"},
    "verifier": {"cases", "generator", "score"},
    "score": {"cases"},
    "report": {"cases", "score"},
    "models": {"cases", "score"},
    "goldset": {"cases", "generator", "scans", "score"},
    "commands": {"cases", "goldset", "score", "report"},
    "bench": {"cases", "generator", "scans", "score", "goldset"},
    "peers": {"cases", "score", "verifier"},
    "fingerprints": {"cases", "generator", "scans"},
    "found_identities": {"generator"},
    "in_line": set(),
    "carrying_lines": set(),
    "printed_lines": {"carrying_lines"},
    "broken_lines": {"carrying_lines", "printed_lines"},
    "cli": {"cases", "commands", "goldset", "verifier"},
}
"""The rooms of the evaluation, and which of its others each may import."""
MOST_LEVELS = 10
LONGEST_CHAIN = 18
MOST_MODULES = 223
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 21
"""Lines, with signature and docstring, of 95 of 100 functions."""
MOST_LOOSE = 13
"""Modules that lie in pipeline/ itself: one report's way, and what all of them stand on."""
BOUNDARIES = {"pipeline/run/worker.py", "pipeline/recognise.py", "pipeline/archive/locations.py"}
"""Where any exception may be caught: of a report, of a family that the user wrote, of a store that fsspec reaches."""


def files() -> Iterator[Path]:
    yield ROOT / "__init__.py"
    yield ROOT / "cli.py"
    yield ROOT / "options.py"
    for layer in LAYERS:
        yield from sorted((ROOT / layer).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def module(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports: at its top, inside a function, and for types."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, "a relative import"
            assert not node.level, "a relative import"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def trees() -> dict[str, ast.Module]:
    """The files, parsed when the first test asks: whoever only collects the tests of all files need not wait."""
    return {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in files()}


@cache
def modules() -> dict[str, str]:
    return {module(name(path)): name(path) for path in files()}


def target(imported_name: str) -> str | None:
    """The module of ours that an import names."""
    own = imported_name.removeprefix("recount.")
    return own if own != imported_name and own in modules() else None


@cache
def imports() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for own, file in modules().items():
        named = list(imported(trees()[file]))
        # `from recount.a import b` is an import of the module b, if there is one, and else of a.
        inner = {target(other) for other in named}
        packages = {other for other in inner if other and modules()[other].endswith("__init__.py")}
        exact = {other for other in inner if other and other != own}
        shadowed = {other for other in packages if any(deeper.startswith(f"{other}.") for deeper in exact)}
        found[own] = exact - {other for other in shadowed if not _takes_name(trees()[file], other)}
    return found


def _takes_name(tree: ast.AST, package: str) -> bool:
    """Whether a name of a package itself is imported, and not only modules that lie in it."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == f"recount.{package}"
        and any(f"{package}.{alias.name}" not in modules() for alias in node.names)
        for node in ast.walk(tree)
    )


def room(own: str) -> str:
    """The room of a module: a folder of the pipeline or a module that lies loose in it, else its layer."""
    parts = own.split(".")
    return ".".join(parts[:2]) if parts[0] == "pipeline" else parts[0]


def rooms() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {room(own): set() for own in modules()}
    for own, others in imports().items():
        found[room(own)] |= {room(other) for other in others} - {room(own)}
    return found


def depths(graph: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """How many stand below each, itself included. Fails where there is a cycle."""

    @cache
    def depth(node: str) -> int:
        assert node not in open_nodes, f"a cycle through {node}: {open_nodes}"
        open_nodes.append(node)
        below = max((depth(other) for other in graph.get(node, ())), default=0)
        open_nodes.pop()
        return below + 1

    open_nodes: list[str] = []
    return {node: depth(node) for node in graph}


def test_no_arrow_points_up() -> None:
    wrong = [
        f"{own} must not import {other}"
        for own, others in imports().items()
        for other in others
        if own and room(own) != room(other) and own.partition(".")[2] != ""
        if not {room(other), room(other).partition(".")[0]} & MAY_IMPORT[room(own)]
    ]
    assert not wrong
    assert not [own for own in modules() if own not in ("", "__init__", "pipeline") and room(own) not in MAY_IMPORT]


def test_no_arrow_points_up_in_the_evaluation() -> None:
    def inner(own: str) -> str:
        return own.split(".")[1]

    pairs = [(own, other) for own, others in imports().items() for other in others if own.startswith("eval.")]
    wrong = [
        f"{own} must not import {other}"
        for own, other in pairs
        if other.startswith("eval.") and inner(own) != inner(other) and inner(other) not in IN_EVAL[inner(own)]
    ]
    assert not wrong


def test_nothing_is_imported_by_its_bare_name() -> None:
    wrong = [
        f"{file} imports {other}"
        for file, tree in trees().items()
        for other in imported(tree)
        if other.partition(".")[0] in LAYERS
    ]
    assert not wrong


def test_the_rooms_lie_on_few_levels() -> None:
    levels = depths(rooms())
    assert max(levels.values()) <= MOST_LEVELS, levels


def test_no_chain_of_imports_is_long_and_none_is_a_circle() -> None:
    depths(imports())  # no circle, in the evaluation either
    atop = {"eval", "desk"}  # each a building of its own that stands on the product
    product = {
        own: {o for o in others if room(o) not in atop} for own, others in imports().items() if room(own) not in atop
    }
    assert max(depths(product).values()) <= LONGEST_CHAIN
    desk = {own: {o for o in others if room(o) == "desk"} for own, others in imports().items() if room(own) == "desk"}
    assert max(depths(desk).values()) <= LONGEST_CHAIN // 2


def test_there_are_few_rooms() -> None:
    loose = [
        file for file in trees() if file.count("/") == 1 and file.startswith("pipeline/") and "__init__" not in file
    ]
    assert len([file for file in loose if "__init__" not in file]) <= MOST_LOOSE, loose
    assert len([file for file in trees() if not file.startswith(("eval/", "prompts/", "desk/"))]) <= MOST_MODULES


def test_a_family_imports_no_other() -> None:
    """What two families share stands in schemas/common."""
    families = {path.parent.name for path in (ROOT / "schemas").glob("*/family.py")}
    assert {"final_accounts", "department_budget", "starter"} <= families
    wrong = []
    for own, others in imports().items():
        layer, _, rest = own.partition(".")
        room_of = rest.partition(".")[0]
        if layer == "schemas" and room_of in families | {"common"}:
            away = {f"schemas.{family}" for family in families - {room_of}}
            wrong += [f"{own} imports {other}" for other in others if ".".join(other.split(".")[:2]) in away]
    assert not wrong


def test_no_file_is_too_long_to_read() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in trees()}
    assert not {file: length for file, length in lengths.items() if length > LONGEST_FILE}


def test_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for file, tree in trees().items()
        if not file.startswith("eval/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[-1] <= LONGEST_FUNCTION
    assert lengths[int(len(lengths) * 0.95)] <= USUAL_FUNCTION


def test_exceptions_are_caught_by_name() -> None:
    wrong = []
    for file, tree in trees().items():
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
    folders = {(ROOT / file).parent for file in trees()} - {ROOT}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]
    silent = [file for file, tree in trees().items() if not ast.get_docstring(tree)]
    assert not [file for file in silent if not file.endswith("__init__.py")]
