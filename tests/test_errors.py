"""The tree of errors at the head of pipeline/errors.py is what the package has."""

from __future__ import annotations

import importlib
import pkgutil
import re

import recount.eval
import recount.pipeline
import recount.prompts
import recount.schemas
from recount.pipeline import errors
from recount.pipeline.errors import RecountError

_LINE = re.compile(r"^((?:│   |    |├── |└── )*)(\w+)(?=\s|$)", re.MULTILINE)
_OPTIONAL = {"ray", "polars", "fsspec", "xllamacpp", "keyring", "pdfplumber", "pymupdf4llm"}
"""Libraries of the extras: a module that needs one of them at its head is looked at where it is installed."""


def import_everything() -> None:
    """Imports every module of the package, so that every subclass is known."""
    for package in (recount.pipeline, recount.schemas, recount.prompts, recount.eval):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            try:
                importlib.import_module(module.name)
            except ModuleNotFoundError as error:
                if error.name not in _OPTIONAL:
                    raise
    for name in ("recount.cli", "recount.options"):
        importlib.import_module(name)


def drawn() -> dict[str, str | None]:
    """Each error of the drawing with the one that it is below."""
    tree = (errors.__doc__ or "").split("\n\n")[1]
    above: list[str] = []
    parents: dict[str, str | None] = {}
    for indent, name in _LINE.findall(tree):
        depth = len(indent) // 4
        del above[depth:]
        parents[name] = above[-1] if above else None
        above.append(name)
    return parents


def found() -> dict[str, str | None]:
    """Each error of the package with the one that it is made from."""
    parents: dict[str, str | None] = {RecountError.__name__: None}
    waiting = [RecountError]
    while waiting:
        parent = waiting.pop()
        for child in parent.__subclasses__():
            assert child.__module__ == errors.__name__, f"{child.__module__} has an error of its own: {child.__name__}"
            parents[child.__name__] = parent.__name__
            waiting.append(child)
    return parents


def test_the_drawing_is_complete() -> None:
    import_everything()
    assert drawn() == found()


def test_every_exception_of_the_package_is_in_the_tree() -> None:
    """No module has an exception that is none of the tree's: nobody would know to catch it. The schemas import
    nothing of ours: what is wrong in one is a ValueError, and `recognise` says it as one of the tree."""
    import_everything()
    waiting: list[type] = [Exception]
    own = set()
    while waiting:
        for child in waiting.pop().__subclasses__():
            waiting.append(child)
            if child.__module__.startswith("recount.") and not child.__module__.startswith("recount.tests"):
                own.add(child)
    others = [child for child in own if not issubclass(child, RecountError)]
    assert not [child for child in others if not child.__module__.startswith("recount.schemas.")]
    assert all(issubclass(child, ValueError) for child in others)
