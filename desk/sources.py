"""Which files results were made of, and where those are now."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from recount.pipeline.archive.files import hash_of_source
from recount.pipeline.archive.sources import Source, file_of, find_sources
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.output.folder import sources_in
from recount.pipeline.result import Result
from recount.pipeline.run.ledger import LEDGER


class Whereabouts:
    """Where the reports of results are.

    near: a result file, or the folder of a run, whose ledger says where they were. given: where they are now, or an
    archive that has them.
    """

    def __init__(self, near: Path, given: Path | None = None) -> None:
        self._near, self._given = Path(os.path.abspath(near)), given

    def of(self, result: Result) -> Source:
        """The file of a report. Raises UsageError if nobody says where it is, or if an archive has none of its name
        with the content that the result was made of."""
        if self._given is not None:
            return self._among(result, self._given)
        source = self._kept.get(result.source.file)
        if source is None:
            raise UsageError(f"nothing says where {file_of(result.source.file)} lies: name it with --source")
        return source

    @cached_property
    def _kept(self) -> Mapping[str, Source]:
        folders = (self._near, *self._near.parents)
        out = next((folder for folder in folders if (folder / LEDGER).is_file()), None)
        return sources_in(out) if out is not None else {}

    @cached_property
    def _found(self) -> Sequence[Source]:
        assert self._given is not None
        return find_sources([self._given]).sources

    def _among(self, result: Result, given: Path) -> Source:
        """The only file of a place; of several the one of the report's name that has its content."""
        if len(self._found) == 1:
            return self._found[0]
        name = PurePosixPath(file_of(result.source.file)).name
        alike = (source for source in self._found if PurePosixPath(source.name).name == name)
        found = next((source for source in alike if _hash(source) == result.source.sha256), None)
        if found is None:
            raise UsageError(f"{given} has no {name} with the content that was structured")
        return found


def _hash(source: Source) -> str | None:
    try:
        return hash_of_source(source)
    except DocumentError:
        return None
