"""What a process of a run does, for the tests that have several of them, or kill one."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from recount.pipeline.errors import BudgetSpent
from recount.pipeline.model.transport.client import asker
from recount.pipeline.settings import ModelSettings
from recount.tests.pipeline.model.transport.common import in_threads, question

THREADS = 3


def ask_all(settings: ModelSettings, numbers: Sequence[int], told: Any) -> None:
    """Asks numbered questions from several threads, and tells each number once its answer is there; -1 for those
    that there was no budget for."""

    def put(index: int) -> None:
        number = numbers[index]
        try:
            who.ask(question(f"问题{number}"))
        except BudgetSpent:
            number = -1
        told.send_bytes(number.to_bytes(4, "big", signed=True))

    with asker(settings) as who:
        in_threads(len(numbers), put, THREADS)


def started(
    context: ForkServerContext, settings: ModelSettings, numbers: Sequence[int]
) -> tuple[ForkServerProcess, Any]:
    """A process that asks, and where it tells what it has."""
    told, teller = context.Pipe(duplex=False)
    process = context.Process(target=ask_all, args=(settings, numbers, teller), daemon=True)
    process.start()
    teller.close()
    return process, told


def heard(told: Any) -> list[int]:
    """All that a process told until it ended."""
    numbers = []
    while True:
        try:
            numbers.append(int.from_bytes(told.recv_bytes(), "big", signed=True))
        except (EOFError, OSError):
            return numbers
