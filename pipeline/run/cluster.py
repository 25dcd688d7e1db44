"""Workers on the machines of a Ray cluster: what a local pool does to a job is done there, under the same bounds.

Every Ray task hands one job to a child process of its Ray worker (pool.Pool), which is kept for the next one: a report
that hangs or takes too much memory is killed from outside there as here, and the child dies with the Ray worker. A job
whose worker died of itself, whichever of the two it was, is given out once more, then given up.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from recount.pipeline.errors import UsageError, needed
from recount.pipeline.run.pool import Assignment, Bounds, Died, Pool, no_main
from recount.pipeline.version import program_version

J = TypeVar("J")
R = TypeVar("R")

_QUEUED = 2
"""Jobs in the cluster for each of its processors: one being done, one that lies ready."""
_RESIZE_INTERVAL = 10.0
"""Seconds after which the size of the cluster is asked for again: machines come and go."""
_CONNECT_TIMEOUT = 10.0
"""Seconds for a first answer of the cluster."""
_NO_CLUSTER = "no Ray cluster was found; `ray start --head` begins one here, RAY_ADDRESS names another"


@dataclass(frozen=True, slots=True)
class _Instructions:
    """What Ray workers are to do with jobs: put into the cluster once. run: tells the runs of one driver apart."""

    run: str
    version: str
    handle: Callable[[Any], Any]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class _OtherVersion:
    """The answer of a machine that has another version of the program."""

    machine: str
    version: str


class Cluster(Generic[J, R]):
    """The processors of the Ray cluster that RAY_ADDRESS names, or that this machine belongs to.

    handle: as of a Pool; the package must be installed on all machines of the cluster, in this version. size: how many
    jobs are done at a time; None as many as there are processors. bounds: what a job may take.
    """

    def __init__(self, handle: Callable[[J], R], size: int | None, bounds: Bounds) -> None:
        self._instructions = _Instructions(secrets.token_hex(8), program_version(), handle, bounds)
        self._fixed_size = size
        self._size = 0
        self._size_updated = 0.0

    def work(self, jobs: Iterable[J]) -> Generator[tuple[J, R | Died], None, None]:
        """Every job with its answer, as they come; afterwards nothing of them is left in the cluster.

        Raises UsageError if there is no cluster, or if it cannot run this version of the program.
        """
        ray: Any = needed("ray", "--engine ray", "ray")
        waiting = deque(Assignment(job) for job in jobs)
        running: dict[Any, Assignment[J]] = {}
        with _connected(ray):
            task = ray.remote(num_cpus=1, max_retries=0)(perform)
            instructions = ray.put(self._instructions)
            try:
                while waiting or running:
                    self._update_size(ray)
                    while waiting and len(running) < self._size:
                        assignment = waiting.popleft()
                        running[task.remote(instructions, assignment.job)] = assignment
                    for reference in ray.wait(list(running), timeout=_RESIZE_INTERVAL)[0]:
                        assignment, answer = running.pop(reference), _answer(ray, reference)
                        if isinstance(answer, Died) and answer.again and assignment.tries_left > 1:
                            waiting.appendleft(replace(assignment, tries_left=assignment.tries_left - 1))
                        else:
                            yield assignment.job, answer
            finally:
                for reference in running:
                    ray.cancel(reference, force=True)

    def _update_size(self, ray: Any) -> None:
        """Asks the cluster, now and then, how many jobs it can take."""
        if self._fixed_size is not None:
            self._size = self._fixed_size
        elif not self._size or time.monotonic() - self._size_updated > _RESIZE_INTERVAL:
            self._size = max(1, _QUEUED * int(ray.cluster_resources().get("CPU", 0)))
            self._size_updated = time.monotonic()


@contextmanager
def _connected(ray: Any) -> Iterator[None]:
    """A connection to the cluster; one that the caller has already is used, and left alone."""
    if ray.is_initialized():
        yield
        return
    _check_reachable(os.environ.get("RAY_ADDRESS", ""))
    try:
        ray.init(address="auto", log_to_driver=False, configure_logging=False, logging_level=logging.WARNING)
    except (ConnectionError, RuntimeError) as error:
        raise UsageError(_NO_CLUSTER) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raises UsageError if nothing answers at an address; Ray itself would try for minutes."""
    host, _, port = address.partition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), _CONNECT_TIMEOUT).close()
    except OSError as error:
        raise UsageError(f"no Ray cluster answers at {address} (RAY_ADDRESS)") from error


def _answer(ray: Any, reference: Any) -> Any:
    """What a task has to say. Raises UsageError if its machine cannot run the program."""
    try:
        answer = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        reason = str(error).strip().splitlines()[-1]
        raise UsageError(f"the cluster's machines cannot run this version of Recount: {reason}") from error
    except ray.exceptions.OutOfMemoryError:
        return Died("its worker process needed more memory than its machine had left")
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.RaySystemError, ray.exceptions.ObjectLostError):
        return Died("its Ray worker died")
    except ray.exceptions.NodeDiedError:
        return Died("its machine left the cluster")
    if isinstance(answer, _OtherVersion):
        raise UsageError(
            f"{answer.machine} has Recount {answer.version}, this machine {program_version()}: results would differ"
        )
    return answer


_pools: dict[str, Pool[Any, Any]] = {}
"""In a Ray worker, the pool of the run that it works for."""


def perform(instructions: _Instructions, job: Any) -> Any:
    """Does a job in a Ray worker: its answer, or what the child process that had it died of."""
    if instructions.version != program_version():
        return _OtherVersion(socket.gethostname(), program_version())
    if instructions.run not in _pools:
        for pool in _pools.values():
            pool.stop()
        _pools.clear()
        _pools[instructions.run] = Pool(instructions.handle, 1, instructions.bounds)
    with no_main():  # all of Ray
        return _pools[instructions.run].once(job)
