"""Which file a result was made of, and where that is now."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from recount.pipeline.archive.files import hash_of_source
from recount.pipeline.archive.sources import Source, file_of, find_sources
from recount.pipeline.errors import DocumentError, UsageError
from recount.pipeline.output.folder import sources_in
from recount.pipeline.result import Result
from recount.pipeline.run.ledger import LEDGER


def source_of(result: Result, file: Path, given: Path | None = None) -> Source:
    """The file of a report. file: that of its result; given: where it is now, or an archive that has it.

    Raises UsageError if nobody says where it is, or if it is not there with the content that the result was made of.
    """
    if given is not None:
        return _among(find_sources([given]).sources, result, given)
    out = next((folder for folder in Path(os.path.abspath(file)).parents if (folder / LEDGER).is_file()), None)
    source = sources_in(out).get(result.source.file) if out is not None else None
    if source is None:
        raise UsageError(f"nothing says where {file_of(result.source.file)} lies: name it with --source")
    return source


def _among(sources: tuple[Source, ...], result: Result, given: Path) -> Source:
    """The one of a place with the content that is looked for: the only one there, or one of the report's name."""
    if len(sources) == 1:
        return sources[0]
    name = PurePosixPath(file_of(result.source.file)).name
    alike = [source for source in sources if PurePosixPath(source.name).name == name]
    found = next((source for source in alike if _hash(source) == result.source.sha256), None)
    if found is None:
        raise UsageError(f"{given} has no {name} with the content that was structured")
    return found


def _hash(source: Source) -> str | None:
    try:
        return hash_of_source(source)
    except DocumentError:
        return None
