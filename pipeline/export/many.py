"""The same done to many result files: in several processes where that is worth their start, answers in order."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import TypeVar

from recount.pipeline.errors import UsageError

T = TypeVar("T")

_FEW = 100
"""Up to so many files another process costs more time to start than it saves."""
_PIECE = 8
_AHEAD = 4
"""Pieces of work that lie ready, or wait to be fetched, for each process: what bounds the memory."""


def of_each(files: Sequence[Path], work: Callable[[Path], T]) -> Iterator[T]:
    """What `work` makes of each file, in the order of the files.

    work: with more than a few files it must be importable by name (functools.partial of such a function will do).
    Raises what it raises, and UsageError if a process dies.
    """
    processes = os.cpu_count() or 1
    if len(files) <= _FEW or processes == 1:
        yield from map(work, files)
        return
    pieces = (files[at : at + _PIECE] for at in range(0, len(files), _PIECE))
    context = multiprocessing.get_context("spawn")
    # Ctrl-C is this process's to deal with.
    quiet = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(processes, mp_context=context, initializer=signal.signal, initargs=quiet) as pool:
        waiting: deque[Future[list[T]]] = deque()
        try:
            for piece in pieces:
                waiting.append(pool.submit(partial(_piece, work), piece))
                if len(waiting) > _AHEAD * processes:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise UsageError("a process that read results was killed: is there enough memory?") from error
        finally:
            for future in waiting:
                future.cancel()


def _piece(work: Callable[[Path], T], files: Sequence[Path]) -> list[T]:
    return [work(file) for file in files]
