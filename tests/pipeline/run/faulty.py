"""A file system and a database that fail, or whose process is killed, at the n-th thing that they are asked for.

What counts: opening a file to write it, every write to it (half of it is written then), fsync, rename, unlink, making
and removing folders; every statement of SQLite that writes. Put in place in a child process that ends with it:

    disturbed(lambda: run(...), Fault(at=7, kills=True))
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recount.pipeline.errors import RecountError

FINISHED, SAID, CRASHED, KILLED = 0, 3, 4, 9
"""What becomes of a process: it came to its end, said in words what failed, raised something else, was killed."""

WRITING = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "BEGIN", "COMMIT", "PRAGMA")
CALLS = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "write", "truncate", "ftruncate")
NEVER = 1 << 30


@dataclass
class Fault:
    """at: the number of the call that fails, from 1. kills: it ends the process instead. count: calls so far."""

    at: int = NEVER
    kills: bool = False
    count: int = 0

    def is_due(self) -> bool:
        self.count += 1
        return self.count == self.at

    def strike(self, error: Exception) -> None:
        if self.kills:
            os._exit(KILLED)
        raise error

    def check(self, error: Exception | None = None) -> None:
        if self.is_due():
            self.strike(error or OSError(errno.EIO, "Input/output error"))


class _File:
    """An open file whose every write may be the one."""

    def __init__(self, file: Any, fault: Fault) -> None:
        self._file, self._fault = file, fault

    def write(self, content: Any) -> Any:
        if self._fault.is_due():
            self._file.write(content[: len(content) // 2])
            self._file.flush()
            self._fault.strike(OSError(errno.ENOSPC, "No space left on device"))
        return self._file.write(content)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _install(fault: Fault) -> None:
    for name in CALLS:
        setattr(os, name, _counted(getattr(os, name), fault))
    opened = io.open

    def opening(file: Any, mode: str = "r", *others: Any, **more: Any) -> Any:
        if not set(mode) & set("wxa+"):
            return opened(file, mode, *others, **more)
        fault.check()
        return _File(opened(file, mode, *others, **more), fault)

    io.open = builtins.open = opening  # type: ignore[assignment]

    sqlite3.connect = connecting(fault)  # type: ignore[assignment]


def connecting(fault: Fault) -> Callable[..., sqlite3.Connection]:
    """What opens databases under a fault, in the place of sqlite3.connect."""

    class Connection(sqlite3.Connection):
        def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
            self._count(statement)
            return super().execute(statement, *values)

        def executemany(self, statement: str, *values: Any) -> sqlite3.Cursor:
            self._count(statement)
            return super().executemany(statement, *values)

        def executescript(self, script: str) -> sqlite3.Cursor:
            self._count(script)
            return super().executescript(script)

        def _count(self, statement: str) -> None:
            if statement.lstrip().upper().startswith(WRITING):
                fault.check(sqlite3.OperationalError("disk I/O error"))

    connect = sqlite3.connect
    return lambda *given, **options: connect(*given, **{**options, "factory": Connection})  # type: ignore[no-any-return]


def _counted(call: Callable[..., Any], fault: Fault) -> Callable[..., Any]:
    def counted(*given: Any, **options: Any) -> Any:
        fault.check()
        return call(*given, **options)

    return counted


def disturbed(do: Callable[[], object], fault: Fault, told: Path) -> tuple[int, int, str]:
    """Does something in a child process under a fault: what became of it, the number of calls, and its last words."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        words = told.read_text(encoding="utf-8") if told.exists() else "0\n"
        count, _, rest = words.partition("\n")
        told.unlink(missing_ok=True)
        return os.waitstatus_to_exitcode(status), int(count), rest
    code, last = CRASHED, ""
    try:
        write = os.write
        _install(fault)
        try:
            do()
            code = FINISHED
        except RecountError as error:
            code, last = SAID, str(error)
        except BaseException:  # noqa: BLE001 - whatever it is, the parent shall hear of it
            last = traceback.format_exc()
        target = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        write(target, f"{fault.count}\n{last}".encode("utf-8", "backslashreplace"))
    finally:
        os._exit(code)
