"""Processes that ask a model."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from typing import Any

import pytest

from recount.pipeline.run.pool import end_server

_SLOW = [
    "openai.resources.chat",
    "instructor.core.hooks",
    "instructor.v2.providers.openai.client",
    "httpx2",
    "recount.tests.pipeline.model.transport.asking",
]


@pytest.fixture(scope="module")
def processes() -> Iterator[ForkServerContext]:
    """Processes that begin with the libraries loaded, as killing one is to be a matter of milliseconds: a server of
    their own forks them, for that of other tests has loaded other things."""
    end_server()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_SLOW)
    yield context
    forkserver: Any = multiprocessing.forkserver._forkserver
    forkserver._stop()
