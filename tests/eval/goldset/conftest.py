"""The text cases, of all kinds, written once: to draw and typeset the reports takes most of the time."""

from __future__ import annotations

import pytest

from recount.eval.cases import Case
from recount.eval.goldset.texts import write_texts


@pytest.fixture(scope="session")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return write_texts(tmp_path_factory.mktemp("texts"))
