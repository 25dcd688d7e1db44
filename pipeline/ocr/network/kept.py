"""What the networks said of images, kept beside the results of a run: no image is read twice.

A file for each report, called after the hash of its content and the version of what reads: the networks, what runs
them, and the code of this room. In it stands what was said of each image by the hash of that image; so a change of any
other line, in how pages are prepared or figures are read again, asks only about the images that are new by it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from recount.pipeline.lasting import replace_file

if TYPE_CHECKING:
    from recount.pipeline.ocr.image.prepare import Grey

T = TypeVar("T")

_DIGEST = 16


@dataclass(slots=True)
class _Readings:
    """What was said of the images of a report, by what stands for the question and the images."""

    said: dict[str, Any] = field(default_factory=dict)
    grown: bool = False


_open: list[tuple[Path | None, str, dict[str, _Readings]]] = []
"""The folder (None: readings are forgotten with the report), the hash of the report that this process reads, and its
readings by the networks' version."""


@contextmanager
def keeping(folder: Path | None, sha256: str) -> Iterator[None]:
    """Has what is read of a report kept in a folder, and taken from there. With None it is kept while it is read.

    sha256: of the report's content. A file of readings that is damaged is as none; what cannot be kept is not.
    """
    _open.append((folder, sha256, {}))
    try:
        yield
    finally:
        _, _, versions = _open.pop()
        for version, readings in versions.items():
            if readings.grown and folder is not None:
                with suppress(OSError):  # the report is read all the same
                    _write(folder, sha256, version, readings.said)


def asked(
    networks: str,
    question: Sequence[Any],
    images: Sequence[Grey],
    answer: Callable[[Sequence[Grey]], Sequence[T]],
    typed: Callable[[Any], T],
) -> list[T]:
    """What networks say of each image: as it is kept, or else as they answer. Equal images are read once.

    networks: their name, with all versions. question: plain values. answer: what the networks say of each of some
    images; it must not matter which others there are. typed: makes an answer out of its plain values.
    """
    readings = _readings(networks)
    keys = [_key(question, image) for image in images]
    new = {key: image for key, image in zip(keys, images, strict=True) if key not in readings.said}
    if new:
        said = json.loads(json.dumps(answer(list(new.values())), default=_plain))
        readings.said.update(zip(new, said, strict=True))
        readings.grown = True
    return [typed(readings.said[key]) for key in keys]


def _readings(networks: str) -> _Readings:
    """What is kept of the report that is being read; nothing where none is."""
    if not _open:
        return _Readings()
    folder, sha256, versions = _open[-1]
    version = _version(networks)
    if version not in versions:
        versions[version] = _Readings({} if folder is None else _read(_file(folder, sha256, version)))
    return versions[version]


def _plain(value: Any) -> Any:
    """An answer's parts as plain values; a float keeps every digit."""
    if hasattr(value, "dtype"):
        return float(value)
    return [getattr(value, name) for name in value.__dataclass_fields__]


def _key(question: Sequence[Any], image: Grey) -> str:
    digest = hashlib.sha256(json.dumps(question, ensure_ascii=False).encode("utf-8", "backslashreplace"))
    digest.update(f"{image.shape}{image.dtype}".encode())
    digest.update(image.tobytes())
    return digest.hexdigest()


@cache
def _version(networks: str) -> str:
    """What stands for networks, the libraries that scale images for them, and the code of this room with its ranges."""
    libraries = [f"{name} {version_of(name)}" for name in ("opencv-python-headless", "numpy")]
    digest = hashlib.sha256(" ".join([networks, *libraries]).encode())
    for file in sorted(Path(__file__).parent.iterdir()):
        if file.suffix in (".py", ".json"):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:_DIGEST]


# --- files: a hash before what is in them, for a bit that fell over would be a wrong digit


def _file(folder: Path, sha256: str, version: str) -> Path:
    return folder / f"{sha256}-{version}.gz"


def _read(file: Path) -> dict[str, Any]:
    """What a file keeps; nothing of one that is not there or is damaged."""
    try:
        content = gzip.decompress(file.read_bytes())
        digest, _, said = content.partition(b"\n")
        if hashlib.sha256(said).hexdigest().encode() == digest:
            found: dict[str, Any] = json.loads(said)
            return found
    except (OSError, EOFError, ValueError, zlib.error):
        pass
    return {}


def _write(folder: Path, sha256: str, version: str, said: dict[str, Any]) -> None:
    """Keeps what was said, in the place of what an earlier version was told. Raises OSError."""
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest().encode()
    replace_file(_file(folder, sha256, version), gzip.compress(digest + b"\n" + content, mtime=0))
    for old in folder.glob(f"{sha256}-*.gz"):
        if old != _file(folder, sha256, version):
            old.unlink(missing_ok=True)
