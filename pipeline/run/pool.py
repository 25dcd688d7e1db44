"""Worker processes that may die: a job whose worker died is given to another one once, then given up.

One that took more than its bounds is given up at once: it would hold the next worker up as long.

A worker that takes too long or too much memory is killed by its parent, from outside: in the worker, a library that
fails to get memory half-way might go on with half a page, and nothing interrupts one that hangs in C.

On Linux workers are forked by a server that has imported what they need (ready.py) and does nothing else: they begin at
once. Elsewhere each is a new interpreter.
"""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.forkserver
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar, cast

from recount.pipeline.steps import Step, heard

J = TypeVar("J")
R = TypeVar("R")

_FORKS = sys.platform == "linux"
"""Whether workers are forked. Elsewhere libraries of the system do not bear it, or there is no such thing."""
_TRIES = 2
_PR_SET_PDEATHSIG = 1
_POLL_INTERVAL = 0.1
"""Seconds between two checks of what the workers take."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_EXIT_TIMEOUT = 2.0
"""Seconds that a worker has to exit when it is told to."""


@dataclass(frozen=True, slots=True)
class Died:
    """What there is instead of an answer when every worker that was given a job died of it.

    again: whether another worker may fare better.
    """

    reason: str
    again: bool = True

    def __str__(self) -> str:
        return f"{self.reason} (given up after two tries)" if self.again else self.reason


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
    tries_left: int = _TRIES


@dataclass(slots=True, eq=False)
class _Worker(Generic[J]):
    """A process, this side's end of the connection to it, and what it is busy with.

    started: when it was given that. killed_for: why it was killed, in words; None if it was not.
    """

    process: BaseProcess
    connection: Connection
    busy_with: Assignment[J] | None = None
    started: float = 0.0
    killed_for: str | None = None


class Pool(Generic[J, R]):
    """A number of processes that all do the same to the jobs they are given.

    handle: done in the worker to every job; it must be importable by name there (jobs and answers are
    pickled). bounds: what a job may take. orphaned: done by a worker whose parent was killed, before it ends too.
    on_step: told when a job is given to a worker, and what that does with it then.
    """

    def __init__(
        self,
        handle: Callable[[J], R],
        size: int,
        bounds: Bounds = UNBOUNDED,
        orphaned: Callable[[], object] | None = None,
        on_step: Callable[[J, Step], None] | None = None,
    ) -> None:
        self._handle = handle
        self._orphaned = orphaned
        self._size = size
        self._bounds = bounds
        self._on_step = on_step
        self._workers: list[_Worker[J]] = []

    def work(self, jobs: Iterable[J]) -> Generator[tuple[J, R | Died], None, None]:
        """Every job with its answer, as they come. No worker outlives the iterator."""
        waiting = deque(Assignment(job) for job in jobs)
        try:
            self._assign(waiting)
            while self._busy():
                answered = []
                for assignment, answer in self._answers():
                    if isinstance(answer, Died) and answer.again and assignment.tries_left > 1:
                        waiting.appendleft(replace(assignment, tries_left=assignment.tries_left - 1))
                    else:
                        answered.append((assignment.job, answer))
                self._assign(waiting)  # before whoever asks does something with the answers, for which no worker waits
                yield from answered
        finally:
            self.stop()

    def answers(self, jobs: Sequence[J]) -> list[R]:
        """The answers to jobs (hashable), in their order. Raises RuntimeError if workers died of one of them."""
        done: dict[J, R] = {}
        for job, answer in self.work(jobs):
            if isinstance(answer, Died):
                raise RuntimeError(str(answer))
            done[job] = answer
        return [done[job] for job in jobs]

    def once(self, job: J) -> R | Died:
        """The answer to a job that is given to one worker only, which stays for the next one until `stop`."""
        self._assign(deque([Assignment(job)]))
        while True:
            for _, answer in self._answers():
                return answer

    def _answers(self) -> list[tuple[Assignment[J], R | Died]]:
        """The answers that have come, after a check of what the workers take."""
        busy = self._busy()
        connections = wait(list(busy), _POLL_INTERVAL if self._bounds.any else None)
        answers = filter(None, [self._answer(busy[cast("Connection", connection)]) for connection in connections])
        self._enforce_bounds()
        return list(answers)

    def _enforce_bounds(self) -> None:
        """Kills the workers that have taken too much; the end of their connections will tell."""
        for worker in self._busy().values():
            worker.killed_for = worker.killed_for or _excess(worker, self._bounds)
            if worker.killed_for:
                worker.process.kill()

    def _busy(self) -> dict[Connection, _Worker[J]]:
        """The workers that have something to do, by their connections."""
        return {worker.connection: worker for worker in self._workers if worker.busy_with is not None}

    def _assign(self, waiting: deque[Assignment[J]]) -> None:
        """Gives every idle worker a job, and starts workers up to the size of the pool."""
        idle = [worker for worker in self._workers if worker.busy_with is None]
        while waiting and (idle or len(self._workers) < self._size):
            worker = idle.pop() if idle else self._start_worker()
            worker.busy_with, worker.started = waiting.popleft(), time.monotonic()
            with suppress(OSError):  # it died while it was idle: the end of its connection will tell
                worker.connection.send(worker.busy_with.job)
            if self._on_step is not None:
                self._on_step(worker.busy_with.job, Step("begin"))

    def _start_worker(self) -> _Worker[J]:
        start_server()
        context: Any = multiprocessing.get_context("forkserver" if _FORKS else "spawn")
        own_end, worker_end = context.Pipe()
        what = worker_end, self._handle, self._orphaned, self._on_step is not None, dict(os.environ)
        process = context.Process(target=_serve, args=what, daemon=True)
        with nullcontext() if b"__main__" in pickle.dumps(self._handle) else no_main():
            process.start()
        worker_end.close()  # so that the connection ends when the worker does
        worker: _Worker[J] = _Worker(process, own_end)
        self._workers.append(worker)
        return worker

    def _answer(self, worker: _Worker[J]) -> tuple[Assignment[J], R | Died] | None:
        """What a worker has to say, and of what, None where it only tells what it does; if its connection has ended it
        is taken out of the pool."""
        assignment = worker.busy_with
        assert assignment is not None
        try:
            said = worker.connection.recv()
            if isinstance(said, Step) and self._on_step is not None:
                self._on_step(assignment.job, said)
                return None
            worker.busy_with = None
            return assignment, said
        except (EOFError, OSError):
            worker.busy_with = None
            self._workers.remove(worker)
            worker.connection.close()
            worker.process.join()
            killed_for = worker.killed_for
            return assignment, Died(killed_for, again=False) if killed_for else Died(_cause(worker.process.exitcode))

    def stop(self) -> None:
        """Sends idle workers away and terminates busy ones; none is left afterwards."""
        for worker in self._workers:
            if worker.busy_with is None:
                with suppress(OSError):  # it died while it was idle
                    worker.connection.send(None)
            else:
                worker.process.terminate()
            worker.connection.close()
        for worker in self._workers:
            worker.process.join(_EXIT_TIMEOUT)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()


@contextmanager
def no_main() -> Iterator[None]:
    """Keeps a worker that is started meanwhile from importing what began this process: a command line, say."""
    main = vars(sys.modules["__main__"])
    kept: dict[str, Any] = {name: main.pop(name) for name in ("__file__", "__spec__") if name in main}
    main["__spec__"] = None
    try:
        yield
    finally:
        main.update(kept)


def start_server() -> None:
    """Has the server that forks workers started, if there is to be one: it imports what they need, while this process
    goes on."""
    if _FORKS:
        _server()


@cache
def _server() -> None:
    begun = threading.Event()
    threading.Thread(target=_keep_server, args=(begun,), daemon=True).start()
    begun.wait()
    Finalize(None, end_server, exitpriority=-1)  # when no worker is left


def _keep_server(begun: threading.Event) -> None:
    """Starts the server and stays: it ends with the thread that started it."""
    multiprocessing.set_forkserver_preload(["recount.pipeline.run.ready"])
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        begun.set()
    threading.Event().wait()


def end_server() -> None:
    """Ends the server, if there is one, and waits for it: what workers took counts as taken by this process then. No
    worker may be left."""
    if not _server.cache_info().currsize:
        return
    server: Any = multiprocessing.forkserver._forkserver  # nothing public says which process it is
    process, server._forkserver_pid = server._forkserver_pid, None
    with suppress(OSError, TypeError):  # it has ended
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    _server.cache_clear()


def _excess(worker: _Worker[J], bounds: Bounds) -> str | None:
    """What a busy worker has too much of, in words; None if all is well."""
    if bounds.seconds is not None and time.monotonic() - worker.started > bounds.seconds:
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


def _serve(
    connection: Connection,
    handle: Callable[[J], R],
    orphaned: Callable[[], object] | None,
    tells: bool,
    environment: Mapping[str, str],
) -> None:
    """The life of a worker: answers jobs until it is sent away, or its connection ends, as it does when the parent
    dies. tells: whether it says what it does meanwhile. environment: the parent's, for the server has that of its own
    start."""
    if dict(os.environ) != environment:
        os.environ.clear()
        os.environ.update(environment)
    gc.freeze()  # what is there stays: collecting it would have every page of memory copied that is shared
    sending = threading.Lock()  # a model is asked by several threads, and each tells

    def send(said: R | Step) -> None:
        with sending, suppress(OSError):  # the parent is gone; the next turn ends it
            connection.send(said)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to deal with
    signal.signal(signal.SIGTERM, _exit_on_signal)
    _die_with_parent(orphaned)
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            if orphaned is not None:
                orphaned()
            return
        if job is None:
            return
        with heard(send) if tells else nullcontext():
            answer = handle(job)
        send(answer)


def _die_with_parent(orphaned: Callable[[], object] | None) -> None:
    """Ends this process when its parent is killed: the next run must not meet a worker that still writes results.

    Linux does that at once, whatever the worker is in the middle of, for the server dies with the parent; elsewhere, or
    where there is something to be done first, a thread watches.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if _FORKS and orphaned is None:
        die_with_parent()
        if not parent.is_alive():  # it died before it could be arranged
            os._exit(1)
    threading.Thread(target=_exit_after, args=(parent, orphaned), daemon=True).start()


def die_with_parent() -> None:
    """Has Linux kill this process when the thread ends that started it."""
    import ctypes  # a process that only starts workers can do without

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _exit_after(parent: BaseProcess, orphaned: Callable[[], object] | None) -> None:
    """Waits for the end of the parent, then ends this process."""
    parent.join()
    if orphaned is not None:
        orphaned()
    os._exit(1)


def _exit_on_signal(number: int, frame: object) -> NoReturn:  # noqa: ARG001 - the signature of a signal handler
    """Exits by way of an exception, so that a half-written file is removed."""
    sys.exit(128 + number)
