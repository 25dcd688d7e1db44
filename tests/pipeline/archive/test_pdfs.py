"""What a stream unpacks to is found out through every filter that it has, and through every way of naming them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from recount.pipeline.archive.pdfs import Limits, check
from recount.pipeline.errors import TooLarge
from recount.tests.pipeline.helpers import raw_pdf

LIMIT = Limits(unpacked=4 << 20)
ZEROS = bytes(8 << 20)


def deflated(content: bytes) -> bytes:
    return zlib.compress(content, 9)


def run_lengths(content: bytes) -> bytes:
    """Of zeros alone."""
    return b"\x81\0" * (len(content) // 128) + b"\x80"


def hexadecimal(content: bytes) -> bytes:
    return content.hex().encode() + b">"


def pdf(path: Path, content: bytes, keys: bytes, *more: bytes) -> Path:
    """A PDF of one page with this stream; more: objects from 5."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<<%s/Length %d>>\nstream\n%s\nendstream" % (keys, len(content), content),
        *more,
    )
    path.write_bytes(raw_pdf(*objects))
    return path


@pytest.mark.parametrize(
    ("keys", "packed", "more"),
    [
        (b"/Filter/FlateDecode", [deflated], []),
        (b"/Filter/Fl", [deflated], []),
        (b"/Filter[/FlateDecode/FlateDecode]", [deflated, deflated], []),
        (b"/Filter[/FlateDecode/FlateDecode/FlateDecode]", [deflated, deflated, deflated], []),
        (b"/Filter[/FlateDecode/RunLengthDecode]", [run_lengths, deflated], []),
        (b"/Filter[/ASCIIHexDecode/FlateDecode]", [deflated, hexadecimal], []),
        (b"/Filter 5 0 R", [deflated, deflated], [b"[6 0 R/FlateDecode]", b"/FlateDecode"]),
        (b"/Filter[/FlateDecode/FlateDecode/DCTDecode]", [deflated, deflated], []),
    ],
)
def test_a_bomb_is_told_by_what_comes_of_it(
    keys: bytes, packed: list[Callable[[bytes], bytes]], more: list[bytes], tmp_path: Path
) -> None:
    content, good = ZEROS, bytes(1 << 20)
    for pack in packed:
        content, good = pack(content), pack(good)
    with pytest.raises(TooLarge, match="unpacks to more than 4 MB"):
        check(pdf(tmp_path / "bomb.pdf", content, keys, *more), LIMIT)
    check(pdf(tmp_path / "good.pdf", good, keys, *more), LIMIT)


def test_a_bomb_of_a_kilobyte_is_told_by_the_usual_limits(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    content = b"".join(packer.compress(ZEROS) for _ in range(40)) + packer.flush()
    path = pdf(tmp_path / "a.pdf", deflated(deflated(content)), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]")
    assert path.stat().st_size < 2_000
    with pytest.raises(TooLarge, match="unpacks to more than 256 MB"):
        check(path)


def test_a_filter_that_names_itself_is_no_loop(tmp_path: Path) -> None:
    check(pdf(tmp_path / "a.pdf", b"x", b"/Filter 5 0 R", b"[5 0 R]"), LIMIT)
