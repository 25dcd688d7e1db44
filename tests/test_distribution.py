"""What is installed is Recount: the wheel, its extras, and every hint that tells somebody to install one."""

from __future__ import annotations

import ast
import email
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = "recount-reports"
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
OTHERS = {"paperpin": "what docs/verification.md compares with; it stands in an environment of its own"}
"""Packages of others that a hint may name though Recount never installs them."""


def name_of(requirement: str) -> str:
    """The package of a requirement: xlsxwriter of "xlsxwriter>=3.2,<4"."""
    return re.split(r"[\[<>=~! ;]", requirement, maxsplit=1)[0]


def texts() -> Iterator[tuple[str, str]]:
    """Every file in which somebody may be told to install something."""
    found = [*ROOT.glob("*.*"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.ipynb")]
    for folder in ("pipeline", "eval", "schemas", "prompts", "tests"):
        found += (ROOT / folder).rglob("*.py")
    for path in found:
        if path.suffix in {".md", ".py", ".toml", ".ipynb"}:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


# --- names


def test_the_project_has_its_own_name() -> None:
    assert PROJECT["name"] == NAME
    assert PROJECT["scripts"] == {"recount": "recount.cli:main"}


def test_nobody_is_told_to_install_a_stranger() -> None:
    """`recount` on the index is another project: an extra of Recount is one of `recount-reports`."""
    assert not [name for name, text in texts() if re.search(r"(?<![\w./-])recount\\?\[\w", text)]


def test_every_extra_that_is_named_exists() -> None:
    named = {(file, extra) for file, text in texts() for extra in re.findall(rf"{NAME}\\?\[([\w,]+)", text)}
    assert len(named) > 10
    assert not {(file, extra) for file, extra in named if extra not in EXTRAS}


def test_every_hint_names_what_there_is() -> None:
    hints = [
        (file, hint) for file, text in texts() for _, hint in re.findall(r"pip install (?:-e )?(['\"])(.+?)\1", text)
    ]
    known = {name_of(library) for group in [PROJECT["dependencies"], *EXTRAS.values()] for library in group}
    assert len(hints) > 8
    for file, hint in hints:
        if file != "tests/test_distribution.py":
            assert name_of(hint.replace("\\", "")) in {".", NAME, *known, *OTHERS}, f"{file} says: pip install {hint}"


CALLED = {
    "unrar.cffi.unrarlib": "unrar2-cffi",
    "opentelemetry.sdk": "opentelemetry-sdk",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter": "opentelemetry-exporter-otlp-proto-http",
}
"""What a library is called on the index, where that is not what it is imported as."""


def test_every_library_that_may_be_missing_is_in_the_extra_that_is_named() -> None:
    """needed("polars", …, "export") tells the user to install an extra: it has to bring that library."""
    calls = [
        [node.value for node in call.args if isinstance(node, ast.Constant)]
        for file, text in texts()
        if file.endswith(".py") and not file.startswith("tests/")
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "needed"
    ]
    assert len(calls) > 5
    for words in calls:
        module, extra = words[0], words[-1]
        assert CALLED.get(module, module) in map(name_of, EXTRAS[extra]), f"the extra {extra} does not bring {module}"


# --- the wheel


def done(command: list[str], **how: object) -> str:
    """Runs a command that must succeed; what it said."""
    process = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how)  # type: ignore[call-overload]
    assert process.returncode == 0, f"{command}:\n{process.stdout}"
    return str(process.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: pip install 'recount-reports[dev]'")
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation"]
    done([*pip, "-w", str(folder), str(ROOT)])
    [built] = folder.iterdir()
    return built


def test_the_wheel_holds_the_package_and_nothing_beside_it(wheel: Path) -> None:
    assert wheel.name.startswith("recount_reports-")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [about] = [name for name in names if name.endswith(".dist-info/METADATA")]
        headers = email.message_from_string(archive.read(about).decode())
        entries = archive.read(about.replace("METADATA", "entry_points.txt")).decode()
    info = about.partition("/")[0]
    assert {name.partition("/")[0] for name in names} == {"recount", info}
    assert (headers["Name"], headers["License-Expression"]) == (NAME, PROJECT["license"])
    assert set(headers.get_all("Provides-Extra") or ()) == set(EXTRAS)
    assert "recount = recount.cli:main" in entries
    assert f"{info}/licenses/LICENSE" in names
    assert {"recount/__init__.py", "recount/cli.py", "recount/eval/cli.py", "recount/py.typed"} <= set(names)
    pages = {
        f"recount/desk/templates/{name}" for name in ("page.html.j2", "page.css", "summary.html.j2", "summary.css")
    }
    assert pages <= set(names)
    assert not [
        name for name in names if name.startswith(("recount/tests/", "recount/eval/gold/", "recount/docs/pict"))
    ]
    assert {"recount/README.md", "recount/docs/settings.md"} <= set(names), "recount help tells what they say"
    for folder in ("pipeline", "schemas", "prompts", "eval"):
        for path in (ROOT / folder).rglob("*"):
            file = path.relative_to(ROOT).as_posix()
            if path.is_file() and "__pycache__" not in file and not file.startswith("eval/gold"):
                assert f"recount/{file}" in names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh virtual environment with the wheel and one extra, installed from its folder alone.

    The packages of others are those of this environment, which it sees behind its own; the checkout it does not, for
    what makes an editable installation (a .pth file there) is not followed.
    """
    pytest.importorskip("polars", reason="the extra export is not installed")
    fresh = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(fresh)
    python = fresh / ("Scripts" if os.name == "nt" else "bin") / "python"
    paths = done([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], env=alone())
    Path(paths.strip(), "others.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--find-links"]
    done([*pip, str(wheel.parent), "-q", "--no-deps", "--ignore-installed", NAME], env=alone())
    said = done([*pip, str(wheel.parent), f"{NAME}[export]"], env=alone())
    assert "does not provide the extra" not in said
    assert "Successfully installed" not in said, "all that the extra asks for was there"
    return python.parent


def alone() -> dict[str, str]:
    """An environment in which only what is installed is found."""
    return {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    }


def test_the_readmes_first_command_works_where_the_wheel_is_installed(installed: Path, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"^pip install \. && (recount structure .*)$", readme, flags=re.MULTILINE)
    assert first is not None
    for part in ("2021", "2022"):  # of all of them tests/test_docs.py makes results
        shutil.copytree(ROOT / "examples" / "archive" / part, tmp_path / "examples" / "archive" / part)
    where = {"cwd": tmp_path, "env": {**alone(), "PATH": f"{installed}{os.pathsep}{os.environ['PATH']}"}}
    assert done(["python", "-c", "import recount; print(recount.__file__)"], **where).startswith(str(installed.parent))
    assert "structured" in done(first[1].split(), **where)
    reports = {path.name for path in (tmp_path / "examples" / "archive").rglob("*.pdf")}
    assert {path.name for path in (tmp_path / "out" / "reports").rglob("*.json")} == {
        f"{name}.json" for name in reports
    }
    assert "figures" in done(["recount", "export", "out/", "--format", "xlsx", "-o", "all.xlsx"], **where)
