"""Worker processes that may die: a job whose worker died is given to another one once, then given up.

A worker that takes too long or too much memory is ended by its parent, from outside: in the worker, a library that
fails to get memory half-way might go on with half a page, and nothing interrupts one that hangs in C.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, NoReturn, TypeVar, cast

J = TypeVar("J")
R = TypeVar("R")

_CHANCES = 2
_PR_SET_PDEATHSIG = 1
_GLANCE = 0.1
"""Seconds between two looks at what the workers take."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PATIENCE = 2.0
"""Seconds that a worker has to leave when it is told to."""


@dataclass(frozen=True, slots=True)
class Died:
    """What there is instead of an answer when every worker that was given a job died of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker may take for one job: seconds, and bytes of memory; None where there is no limit."""

    seconds: float | None = None
    memory: int | None = None

    @property
    def any(self) -> bool:
        return self.seconds is not None or self.memory is not None


UNBOUNDED = Bounds()


@dataclass(frozen=True, slots=True)
class Assignment(Generic[J]):
    """A job, and how many workers it may still be given to."""

    job: J
    chances: int = _CHANCES


@dataclass(slots=True, eq=False)
class _Worker(Generic[J]):
    """A process, this side's end of the line to it, and what it is busy with."""

    process: SpawnProcess
    line: Connection
    busy_with: Assignment[J] | None = None
    since: float = 0.0
    ended_for: str | None = None


class Pool(Generic[J, R]):
    """A number of processes that all do the same to the jobs they are given.

    handle: done in the worker to every job; it must be importable by name there (jobs and answers are
    pickled). bounds: what a job may take.
    """

    def __init__(self, handle: Callable[[J], R], size: int, bounds: Bounds = UNBOUNDED) -> None:
        self._handle = handle
        self._size = size
        self._bounds = bounds
        self._workers: list[_Worker[J]] = []

    def work(self, jobs: Iterable[J]) -> Generator[tuple[J, R | Died], None, None]:
        """Every job with its answer, as they come. No worker outlives the iterator."""
        waiting = deque(Assignment(job) for job in jobs)
        try:
            while waiting or self._busy():
                self._hand_out(waiting)
                for assignment, answer in self._answers():
                    if isinstance(answer, Died) and assignment.chances > 1:
                        waiting.appendleft(replace(assignment, chances=assignment.chances - 1))
                    else:
                        yield assignment.job, answer
        finally:
            self.stop()

    def once(self, job: J) -> R | Died:
        """The answer to a job that is given to one worker only, which stays for the next one until `stop`."""
        self._hand_out(deque([Assignment(job)]))
        while True:
            for _, answer in self._answers():
                return answer

    def _answers(self) -> list[tuple[Assignment[J], R | Died]]:
        """The answers that have come, after a glance at what the workers take."""
        busy = self._busy()
        lines = wait(list(busy), _GLANCE if self._bounds.any else None)
        answers = [self._answer(busy[cast("Connection", line)]) for line in lines]
        self._bound()
        return answers

    def _bound(self) -> None:
        """Ends the workers that have taken too much; their lines will tell."""
        for worker in self._busy().values():
            worker.ended_for = worker.ended_for or _excess(worker, self._bounds)
            if worker.ended_for:
                worker.process.kill()

    def _busy(self) -> dict[Connection, _Worker[J]]:
        """The workers that have something to do, by their lines."""
        return {worker.line: worker for worker in self._workers if worker.busy_with is not None}

    def _hand_out(self, waiting: deque[Assignment[J]]) -> None:
        """Gives every idle worker a job, and hires up to the size of the pool."""
        idle = [worker for worker in self._workers if worker.busy_with is None]
        while waiting and (idle or len(self._workers) < self._size):
            worker = idle.pop() if idle else self._hire()
            worker.busy_with, worker.since = waiting.popleft(), time.monotonic()
            with suppress(OSError):  # it died while it was idle: the end of its line will tell
                worker.line.send(worker.busy_with.job)

    def _hire(self) -> _Worker[J]:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._handle), daemon=True)
        process.start()
        theirs.close()  # so that the line ends when the worker does
        worker: _Worker[J] = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _answer(self, worker: _Worker[J]) -> tuple[Assignment[J], R | Died]:
        """What a worker has to say, and of what; if its line has ended it is dismissed."""
        assignment, worker.busy_with = worker.busy_with, None
        assert assignment is not None
        try:
            return assignment, worker.line.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            worker.line.close()
            worker.process.join()
            return assignment, Died(worker.ended_for or _cause(worker.process.exitcode))

    def stop(self) -> None:
        """Lets idle workers go and stops busy ones; none is left afterwards."""
        for worker in self._workers:
            worker.line.close()
            if worker.busy_with is not None:
                worker.process.terminate()
        for worker in self._workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()


def _excess(worker: _Worker[J], bounds: Bounds) -> str | None:
    """What a busy worker has too much of, in words; None if all is well."""
    if bounds.seconds is not None and time.monotonic() - worker.since > bounds.seconds:
        return f"it took longer than {bounds.seconds:,g} seconds"
    if bounds.memory is not None and _memory_of(worker.process.pid) > bounds.memory:
        return f"it needed more than {bounds.memory >> 20:,} MB of memory"
    return None


def _memory_of(process: int | None) -> int:
    """The bytes of memory that a process holds; 0 where the system does not say (it has no /proc)."""
    try:
        return int(Path(f"/proc/{process}/statm").read_bytes().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _cause(exitcode: int | None) -> str:
    """What a process died of, in words."""
    if exitcode is not None and exitcode < 0:
        return f"its worker process was ended by {signal.Signals(-exitcode).name}"
    return f"its worker process ended with exit code {exitcode}"


def _serve(line: Connection, handle: Callable[[J], R]) -> None:
    """The life of a worker: answers jobs until its line ends, as it does when the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to deal with
    signal.signal(signal.SIGTERM, _leave)
    _die_with_parent()
    while True:
        try:
            job = line.recv()
        except (EOFError, OSError):
            return
        answer = handle(job)
        with suppress(OSError):  # the parent is gone; the next turn ends it
            line.send(answer)


def _die_with_parent() -> None:
    """Ends this process when its parent is killed: the next run must not meet somebody who still writes results.

    Linux does that at once, whatever the worker is in the middle of; elsewhere a thread watches.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it died before it could be arranged
            os._exit(1)
    threading.Thread(target=_outlive, args=(parent,), daemon=True).start()


def _outlive(parent: BaseProcess) -> None:
    """Waits for the end of the parent, then ends this process."""
    parent.join()
    os._exit(1)


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signature of a signal handler
    """Leaves by way of an exception, so that a half-written file is removed."""
    sys.exit(128 + number)
