"""An archive at the desk: a report that contradicts itself, in a zip archive under a name that would be a script; one
that does not; a text; a file that is none. And a browser, where there is one."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from recount.desk.app import application
from recount.desk.session import Asked, Session
from recount.desk.shelf import Shelf, key_of
from recount.desk.words import Words
from recount.pipeline.archive.sources import find_sources
from recount.pipeline.run.runner import run
from recount.tests.desk.made import EXAMPLE

BAD_NAME = "<script>\"'#%.pdf"
"""Of a file in a zip archive, where nothing keeps a name from being so."""
TOKEN = "the-token"
PORT = 4711
OWN = f"http://127.0.0.1:{PORT}"
CLEAN = next(EXAMPLE.parent.glob("北岭*.pdf"))


@pytest.fixture(scope="session")
def structured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive `src` and its output `out`; it is not to be written to."""
    folder = tmp_path_factory.mktemp("desk")
    archive = folder / "src"
    archive.mkdir()
    with zipfile.ZipFile(archive / "2022.zip", "w") as packed:
        packed.write(EXAMPLE, BAD_NAME)
    shutil.copy(CLEAN, archive / "clean.pdf")
    (archive / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    found = find_sources([archive])
    run(found.sources, folder / "out", others=found.others, jobs=1)
    return folder


@pytest.fixture
def desk(structured: Path, tmp_path: Path) -> Path:
    """The output, for a test to decide about."""
    return Path(shutil.copytree(structured / "out", tmp_path / "out"))


BAD = key_of(f"2022.zip/{BAD_NAME}")
"""The report that contradicts itself, in addresses."""


@pytest.fixture
def session(desk: Path) -> Iterator[Session]:
    opened = Session(Asked(desk, by="审计员"), Shelf(desk))
    yield opened
    opened.close()


Opener = Callable[..., TestClient]


def client_of(session: Session, language: Any = "zh") -> TestClient:
    """Asks the desk as a browser does that it led there."""
    app = application(session, Words(language), TOKEN, PORT)
    return TestClient(app, base_url=f"{OWN}/{TOKEN}/", headers={"origin": OWN}, follow_redirects=False)


@pytest.fixture
def client(session: Session) -> TestClient:
    return client_of(session)
