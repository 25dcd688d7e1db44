"""What all formats have in common: tables are opened, given rows report by report, and closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recount.pipeline.export.rows import Row
from recount.pipeline.export.tables import Table


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


Prepare = Callable[[Table, Sequence[Row]], Any]
"""Makes of the rows that a report adds to a table what the sink takes. It runs in other processes: it is pickled."""


class Sink(ABC):
    """Takes the rows of all tables, as `prepare` makes them."""

    prepare: Prepare

    @abstractmethod
    def add(self, table: Table, prepared: Any) -> None:
        """What was prepared of the rows of one report; reports come in order."""

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
