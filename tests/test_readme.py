"""What the README tells people to type exists and is what the checks run."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from recount.cli import app
from recount.pipeline.version import __version__

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def blocks() -> list[str]:
    """The shell commands that the README shows, a block each."""
    return re.findall(r"^```sh\n(.*?)\n```$", README, flags=re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """Every recount command in the README, cut into words."""
    found = re.findall(r"(?:`|&& |^)recount ([a-z][^`\n]*)", README, flags=re.MULTILINE)
    return [line.split() for line in found]


def test_set_up_is_one_line_each() -> None:
    assert "pip install . && recount structure examples/archive --out out/" in blocks()
    assert "pip install -e '.[dev]' && pytest" in blocks()


def test_the_example_archive_is_there() -> None:
    assert list((ROOT / "examples" / "archive").rglob("*.pdf"))


def test_every_command_is_mentioned() -> None:
    group: Any = typer.main.get_command(app)
    assert set(group.commands) == {words[0] for words in commands()}


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m 1 -E '(.*)' README\.md", script)
    assert pattern is not None
    found = [line for line in README.splitlines() if re.search(pattern[1], line)]
    assert found == ["pip install -e '.[dev]' && pytest"]
    assert 'eval "$test_command"' in script


def test_the_version_is_told_once() -> None:
    assert PROJECT["project"].get("version", __version__) == __version__


def test_the_licence_is_the_one_that_is_named() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.split()[:8] == ["GNU", "AFFERO", "GENERAL", "PUBLIC", "LICENSE", "Version", "3,", "19"]
    assert PROJECT["project"]["license"] == "AGPL-3.0-or-later"
    assert "AGPL-3.0-or-later" in README


def test_nothing_names_a_machine() -> None:
    """Paths of somebody's machine and addresses of their registry have no place in the repository."""
    try:
        listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git checkout")
    words = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/", "/" + "opt/", "index" + "-url"]))
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ""} and path.is_file():
            found = words.search(path.read_text(encoding="utf-8", errors="replace"))
            assert not found, f"{name} names {found and found[0]}"
