"""What all formats have in common: tables are opened, given rows report by report, and closed."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from recount.pipeline.errors import UsageError
from recount.pipeline.export.rows import Row
from recount.pipeline.export.tables import Table

INSTALL = "pip install 'recount[export]'"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written. folder: where; name: of the one file, None for a file each table. keys: en or zh."""

    folder: Path
    name: str | None
    tables: Sequence[Table]
    keys: str

    def path(self, table: Table, suffix: str) -> Path:
        """The file of a table, where every table has its own."""
        return self.folder / (self.name or f"{table.name}.{suffix}")


class Sink(ABC):
    """Takes the rows of all tables."""

    @abstractmethod
    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Rows of one report."""

    @abstractmethod
    def close(self) -> None:
        """All rows were given: finishes the files."""

    @abstractmethod
    def abandon(self) -> None:
        """Something went wrong: lets go of the files, which nobody will look at."""


def plain(value: Any, type_: str) -> Any:
    """A value in the type of its column: whole numbers as int, whatever the result file had."""
    return int(value) if type_ == "integer" and value is not None else value


def utf8(text: str) -> str:
    """Text without lone surrogates, which only JSON can spell: \\udc80 in words."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def needed(module: str, purpose: str) -> ModuleType:
    """A library that only exports use. Raises UsageError, with what to do, if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(f"{purpose} needs {module}, which is not installed: {INSTALL}") from error
