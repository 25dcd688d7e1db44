"""What workers need, imported by the server that forks them (pool.py) while nobody waits for it yet, and by no other.

The server must not have threads, for a fork has only the one that forks: numpy's are left out, and of what OCR needs
nothing is imported, so that its libraries are loaded by the worker that meets a scan.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from importlib import import_module
from multiprocessing import forkserver

from recount.pipeline.run.pool import die_with_parent

_NEEDED = (
    "recount.pipeline.run.worker",
    "recount.pipeline.structure",
    "recount.pipeline.archive.pdfs",
    "recount.pipeline.ocr.network.kept",
    "recount.pipeline.map.final_accounts.mapper",
)


def get_ready() -> None:
    """Has this process end with its parent, and imports what workers import when they begin."""
    for number in (signal.SIGINT, signal.SIGTERM):  # who sends them to all means the parent, and workers that tidy up
        signal.signal(number, signal.SIG_IGN)
    die_with_parent()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    gc.disable()  # what is imported stays: looking through it for what could go takes a tenth of the time
    for name in _NEEDED:
        import_module(name)
    gc.freeze()
    gc.enable()


if getattr(sys.modules["__main__"], "main", None) is forkserver.main:  # which Python's server is started with
    get_ready()
