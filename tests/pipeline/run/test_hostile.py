"""An archive full of files that mean no good, next to real reports: those are all right, every other has its reason.

RECOUNT_HOSTILE=200 makes so many bad files instead of one of each kind.
"""

from __future__ import annotations

import os
import resource
import shutil
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from recount.pipeline.archive.sources import find_sources
from recount.pipeline.result import Result, read_result
from recount.pipeline.run.pool import Bounds
from recount.pipeline.run.runner import run
from recount.pipeline.run.store import result_path
from recount.pipeline.run.worker import structure_report
from recount.pipeline.settings import Settings
from recount.tests.pipeline.helpers import raw_pdf

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = sorted((ROOT / "examples" / "archive").rglob("*.pdf"), key=lambda path: path.stat().st_size)
BAD = int(os.environ.get("RECOUNT_HOSTILE", "0"))
SECONDS = 20.0 if BAD else 60.0
MEMORY = 700 << 20
NO_OCR = Settings(ocr="never")


def truncated(path: Path) -> None:
    content = EXAMPLES[0].read_bytes()
    path.write_bytes(content[: len(content) // 4])


def encrypted(path: Path) -> None:
    document = pymupdf.open(EXAMPLES[0])
    document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="x", owner_pw="y")


def empty(path: Path) -> None:
    path.touch()


def no_pages(path: Path) -> None:
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    )


def picture(path: Path) -> None:
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 40), False)
    path.write_bytes(pixels.tobytes("png"))


def letter(path: Path, pages: int = 1) -> None:
    document = pymupdf.open()
    for number in range(pages):
        document.new_page().insert_text((72, 72), f"Page {number} of a letter about something else.")
    document.save(path)


def many_pages(path: Path) -> None:
    letter(path, 1000 if BAD else 100)


def unmapped_font(path: Path) -> None:
    document: Any = pymupdf.open(EXAMPLES[0])
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "ToUnicode")[0] != "null":
            document.xref_set_key(xref, "ToUnicode", "null")
    document.save(path)


def huge_page(path: Path) -> None:
    document = pymupdf.open()
    document.new_page(width=200_000, height=200_000)
    document.save(path)


def noise(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 40)


def stream(words: bytes, keys: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (keys, len(words), words)


PAGE = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
)


def unpacking_bomb(path: Path) -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(300)) + packer.flush()
    path.write_bytes(raw_pdf(*PAGE, stream(bomb, b"/Filter/FlateDecode")))


def hanging(path: Path) -> None:
    """A form that draws another form ten times, which draws another ten times …"""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
    forms = [stream(b"/F Do " * 10, head + b"/Resources<</XObject<</F %d 0 R>>>>" % number) for number in range(6, 16)]
    path.write_bytes(raw_pdf(*PAGE, stream(b"/F Do"), *forms, stream(b"0 0 1 1 re f", head)))


def pipe(path: Path) -> None:
    os.mkfifo(path)


KINDS: dict[Callable[[Path], None], str] = {
    truncated: "",
    encrypted: "password",
    empty: "is empty",
    no_pages: "",
    picture: "not a PDF",
    letter: "was found in it",
    many_pages: "was found in it",
    unmapped_font: "",
    huge_page: "inches long",
    noise: "",
    unpacking_bomb: "unpacks to more than 256 MB",
    hanging: "it took longer than",
    pipe: "is no regular file",
}
"""Ways of being bad, each with words that its reason must hold."""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes, memory")
def test_bad_files_have_reasons_and_good_ones_are_right(tmp_path: Path) -> None:
    archive, good = tmp_path / "archive", {}
    archive.mkdir()
    for number in range(50 if BAD else 2):
        name = f"good {number}.pdf"
        shutil.copy(EXAMPLES[number % len(EXAMPLES)], archive / name)
        with (archive / name).open("ab") as file:
            file.write(b"\n%% copy %d" % number)  # no two have the same content
        good[name] = EXAMPLES[number % len(EXAMPLES)]
    kinds = [
        kind for kind in KINDS if BAD or kind is not hanging
    ]  # which would take two minutes, and is tested elsewhere
    hangs = 0
    for number in range(BAD or len(kinds)):
        kind = kinds[number % len(kinds)]
        hangs += kind is hanging
        kind(archive / f"bad {number} {kind.__name__}.pdf")
    summary = run(
        find_sources([archive]).sources, tmp_path / "out", jobs=2, settings=NO_OCR, bounds=Bounds(SECONDS, MEMORY)
    )
    reasons = {outcome.attempt.file: outcome.attempt.reason for outcome in summary.outcomes}
    for name in good:
        assert reasons[name] is None
    right = {path: values(*structure_report(path, settings=NO_OCR)) for path in set(good.values())}
    for name, path in good.items():
        assert values(read_result(result_path(tmp_path / "out", name))) == right[path]
    for name, reason in reasons.items():
        if name not in good:
            kind = next(kind for kind in kinds if kind.__name__ in name)
            assert reason is not None, name
            assert KINDS[kind] in reason, (name, reason)
            assert "internal error" not in reason, (name, reason)
    print(
        f"{len(reasons)} files, {hangs} hang, {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10} MB at most"
    )


def values(result: Result) -> dict[str, Any]:
    return {pointer: (figure.value, figure.status) for pointer, figure in result.figures.items()}
