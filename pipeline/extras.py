"""Libraries that only some runs use: each belongs to an optional extra of the package."""

from __future__ import annotations

import importlib
from types import ModuleType

from recount.pipeline.errors import UsageError


def needed(module: str, purpose: str, extra: str) -> ModuleType:
    """The library. Raises UsageError, with the extra that has it, if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        hint = f"pip install 'recount-reports[{extra}]'"
        raise UsageError(f"{purpose} needs {module}, which is not installed: {hint}") from error
