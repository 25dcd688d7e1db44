"""Worker processes that may die: a job whose worker died is given to another one once, then given up."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, NoReturn, TypeVar

J = TypeVar("J")
R = TypeVar("R")

_CHANCES = 2
_PATIENCE = 2.0
"""Seconds that a worker has to leave when it is told to."""


@dataclass(frozen=True, slots=True)
class Died:
    """What there is instead of an answer when every worker that was given a job died of it."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Assignment(Generic[J]):
    """A job, and how many workers it may still be given to."""

    job: J
    chances: int = _CHANCES


@dataclass(slots=True, eq=False)
class _Worker(Generic[J]):
    """A process, this side's end of the line to it, and what it is busy with."""

    process: SpawnProcess
    line: Connection
    busy_with: _Assignment[J] | None = None


class Pool(Generic[J, R]):
    """A number of processes that all do the same to the jobs they are given.

    handle: done in the worker to every job; it must be importable by name there (jobs and answers are
    pickled).
    """

    def __init__(self, handle: Callable[[J], R], size: int) -> None:
        self._handle = handle
        self._size = size
        self._workers: list[_Worker[J]] = []

    def work(self, jobs: Iterable[J]) -> Generator[tuple[J, R | Died], None, None]:
        """Every job with its answer, as they come. No worker outlives the iterator."""
        waiting = deque(_Assignment(job) for job in jobs)
        try:
            while waiting or self._busy():
                self._hand_out(waiting)
                busy = self._busy()
                for line in wait([worker.line for worker in busy.values()]):
                    assignment, answer = self._answer(busy[line])
                    if isinstance(answer, Died) and assignment.chances > 1:
                        waiting.appendleft(replace(assignment, chances=assignment.chances - 1))
                    else:
                        yield assignment.job, answer
        finally:
            self._stop()

    def _busy(self) -> dict[object, _Worker[J]]:
        """The workers that have something to do, by their lines."""
        return {worker.line: worker for worker in self._workers if worker.busy_with is not None}

    def _hand_out(self, waiting: deque[_Assignment[J]]) -> None:
        """Gives every idle worker a job, and hires up to the size of the pool."""
        idle = [worker for worker in self._workers if worker.busy_with is None]
        while waiting and (idle or len(self._workers) < self._size):
            worker = idle.pop() if idle else self._hire()
            worker.busy_with = waiting.popleft()
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

    def _answer(self, worker: _Worker[J]) -> tuple[_Assignment[J], R | Died]:
        """What a worker has to say, and of what; if its line has ended it is dismissed."""
        assignment, worker.busy_with = worker.busy_with, None
        assert assignment is not None
        try:
            return assignment, worker.line.recv()
        except (EOFError, OSError):
            self._workers.remove(worker)
            worker.line.close()
            worker.process.join()
            return assignment, Died(_cause(worker.process.exitcode))

    def _stop(self) -> None:
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


def _cause(exitcode: int | None) -> str:
    """What a process died of, in words."""
    if exitcode is not None and exitcode < 0:
        return f"its worker process was ended by {signal.Signals(-exitcode).name}"
    return f"its worker process ended with exit code {exitcode}"


def _serve(line: Connection, handle: Callable[[J], R]) -> None:
    """The life of a worker: answers jobs until its line ends, as it does when the parent dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to deal with
    signal.signal(signal.SIGTERM, _leave)
    while True:
        try:
            job = line.recv()
        except (EOFError, OSError):
            return
        answer = handle(job)
        with suppress(OSError):  # the parent is gone; the next turn ends it
            line.send(answer)


def _leave(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signature of a signal handler
    """Leaves by way of an exception, so that a half-written file is removed."""
    sys.exit(128 + number)
