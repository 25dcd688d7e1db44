"""A model file of the user's own: `--model gguf:PATH` is served by a side process on loopback while a run lasts.

Run as a program (PATH CONTEXT SLOTS THREADS) this module is that process: xllamacpp serves one file until the program's
standard input ends. Its first line of output is the address; what llama.cpp says goes to standard error.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import recount
from recount.pipeline.errors import UsageError, needed
from recount.pipeline.settings import ModelSettings

PREFIX = "gguf:"
_MAGIC = b"GGUF"
_CONTEXT = 16384
"""Tokens of a question with its answer: the longest section of a report, and 4096 for the answer."""
_TIMEOUT = 3600.0
"""Seconds of one answer at least: a processor may write ten tokens a second, shared between all who ask."""
_CACHE = 1024
"""Mebibytes for prompts as they were processed."""
_LEAST_SLOT = 1 << 29  # bytes of memory for the context of one question
_ERROR_SIGN = "error loading model: "
_LONGEST_REASON = 400  # characters


def is_local(settings: ModelSettings) -> bool:
    """Whether the model is a file that Recount serves itself."""
    return settings.name.startswith(PREFIX)


@contextmanager
def served(settings: ModelSettings) -> Iterator[ModelSettings]:
    """Settings to ask with: the same, or, where the name is "gguf:PATH", those of a server that runs until the end.

    They may be handed to other processes: all ask one server. Answers are kept under the name and the hash of the file,
    so the server's port does not matter. The server ends with this process, however that ends. Raises UsageError if
    there is no such file, xllamacpp is not installed, or it cannot load the file.
    """
    if not is_local(settings):
        yield settings
        return
    from recount.pipeline.archive.files import hash_of  # not where this module is the side process

    path = Path(settings.name.removeprefix(PREFIX)).expanduser()
    size = _checked(path)
    identity = PREFIX + hash_of(path)
    local = replace(
        settings,
        name=path.stem,
        identity=identity,
        mode="json_schema",
        timeout=max(settings.timeout, _TIMEOUT),
        deadline=max(settings.deadline, 2 * _TIMEOUT),
    )
    if settings.offline:  # kept answers need no server
        yield local
        return
    needed("xllamacpp", "--model gguf:PATH", "local")
    slots = _slots(size, settings.concurrency)
    with _running(path, slots) as address:
        yield replace(local, base_url=f"{address}/v1", concurrency=slots)


def _checked(path: Path) -> int:
    """The size of a model file."""
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise UsageError(f"{path} is no GGUF file")
            return file.seek(0, os.SEEK_END)
    except OSError as error:
        raise UsageError(f"the model {path} cannot be read: {error.strerror}") from error


def _slots(size: int, wanted: int) -> int:
    """How many questions may be answered at once. size: of the weights, in bytes.

    Each takes memory for its context, about half of what 4-bit weights take (16,384 tokens); half of the machine's
    memory is left to others. More than the cores gain nothing.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    fit = (memory - size) // max(size // 2, _LEAST_SLOT)
    return max(1, min(wanted, _cores(), fit))


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _running(path: Path, slots: int) -> Iterator[str]:
    """The address of the side process."""
    with TemporaryFile(prefix="recount-gguf-") as log:
        # A core is left to Recount: where llama.cpp's threads share theirs, they wait for each other.
        command = [sys.executable, "-P", "-m", __name__, path, _CONTEXT, slots, max(1, _cores() - 1)]
        found = os.pathsep.join(filter(None, [str(Path(recount.__path__[0]).parent), os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [str(argument) for argument in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": found},
            start_new_session=True,  # Ctrl-C is for Recount, which ends in order
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = process.stdout.readline().decode().strip()
            if not address:
                raise UsageError(f"xllamacpp cannot load the model {path}: {_reason(log)}")
            yield address
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()


def _reason(log: IO[bytes]) -> str:
    """Why the server could not load a model, in a line."""
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").splitlines()
    why = [line.partition(_ERROR_SIGN)[2] for line in lines if _ERROR_SIGN in line] or lines[-1:] or ["it said nothing"]
    return " ".join(why[0].split())[:_LONGEST_REASON]


# --- the side process


def _serve(path: str, context: int, slots: int, threads: int) -> None:
    """Serves a file, and returns when whoever started this process closes its pipe, or dies.

    context: tokens of one question with its answer. slots: questions at once.
    """
    answer = os.dup(1)
    os.dup2(2, 1)  # llama.cpp writes to both
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = path
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = context * slots
    parameters.n_parallel = slots
    parameters.fit_params = False  # it would make the context smaller, and say nothing
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    parameters.cache_ram_mib = _CACHE  # a question that is asked again begins with the same words
    parameters.offline = True
    parameters.ui = False
    parameters.endpoint_slots = False
    server = xllamacpp.Server(parameters)
    os.write(answer, f"{server.listening_address}\n".encode())
    os.close(answer)
    while os.read(0, 4096):
        pass


if __name__ == "__main__":
    _serve(sys.argv[1], *(int(number) for number in sys.argv[2:5]))
    os._exit(0)  # without waiting for an answer that nobody reads any more
