"""The side process of `--model gguf:PATH`: xllamacpp serves one file on loopback until its standard input ends.

Run as a file (`python -P server.py PATH CONTEXT SLOTS THREADS`): it needs xllamacpp and nothing else, wherever
Recount itself is installed. Its first line of output is the address; what llama.cpp says goes to standard error.
"""

from __future__ import annotations

import os
import sys

_CACHE = 1024
"""Mebibytes for prompts as they were processed."""


def serve(path: str, context: int, slots: int, threads: int) -> None:
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
    serve(sys.argv[1], *(int(number) for number in sys.argv[2:5]))
    os._exit(0)  # without waiting for an answer that nobody reads any more
