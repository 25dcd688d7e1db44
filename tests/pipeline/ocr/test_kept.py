"""What OCR read is kept: nothing is read twice, and results are the same bytes with what is kept and without."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf
import pytest

from recount.eval.generator import Form, Options, generate
from recount.eval.scans.damage import LEVELS
from recount.eval.scans.degrade import degrade
from recount.pipeline.archive.sources import Source
from recount.pipeline.ocr.network import engine as engines
from recount.pipeline.ocr.network import kept
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.kept import keeping
from recount.pipeline.run.runner import READINGS, run
from recount.pipeline.run.store import result_path

HASH = "ab" * 32


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the networks were asked, as it is asked."""
    questions: list[str] = []
    for name in ("detect", "recognise", "recognise_once", "alternatives"):
        whole = getattr(engines, name)

        def counted(*arguments: Any, name: str = name, whole: Callable[..., Any] = whole, **named: Any) -> Any:
            questions.append(name)
            return whole(*arguments, **named)

        monkeypatch.setattr(engines, name, counted)
    return questions


def image(seed: int) -> Any:
    return np.random.default_rng(seed).integers(0, 255, (48, 200), np.uint8)


def answers(reader: Engine) -> tuple[Any, ...]:
    return (
        reader.detect(image(1)),
        reader.recognise([image(2), image(3)]),
        reader.alternatives([image(2)], "0123456789."),
        reader.alternatives([image(2)]),
    )


def test_each_image_is_read_once(reader: Engine, tmp_path: Path, asked: list[str]) -> None:
    right = answers(reader)
    asked.clear()
    with keeping(tmp_path, HASH):
        assert (answers(reader), answers(reader)) == (right, right)
        assert asked == ["detect", "recognise", "alternatives", "alternatives"]
    with keeping(tmp_path, HASH):
        assert answers(reader) == right
        assert len(asked) == 4
        assert reader.recognise([image(3), image(2)]) == list(reversed(right[1]))
        assert len(asked) == 4
        reader.recognise([image(3), image(4)])
        assert len(asked) == 5
        reader.recognise([image(4)], once=True)  # another question
        assert asked.pop() == "recognise_once"
    with keeping(tmp_path, "cd" * 32):
        answers(reader)
    assert len(asked) == 9
    with keeping(None, HASH):  # while a report is read
        assert (answers(reader), answers(reader)) == (right, right)
    assert len(asked) == 13
    answers(reader)
    answers(reader)
    assert len(asked) == 21


def test_equal_images_are_read_once(reader: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    whole = engines.recognise

    def counted(networks: Any, images: Any) -> Any:
        read.append(len(images))
        return whole(networks, images)

    monkeypatch.setattr(engines, "recognise", counted)
    one, other = image(2), image(3)
    lines = reader.recognise([one, other, one.copy(), one])
    assert read == [2]
    assert lines == [lines[0], lines[1], lines[0], lines[0]]


def test_what_an_image_says_does_not_depend_on_those_beside_it(reader: Engine) -> None:
    images = [image(seed)[:, : 40 + 7 * seed] for seed in range(20)]
    assert reader.recognise(images) == [reader.recognise([one])[0] for one in images]
    digits = "0123456789.,-%"
    assert reader.alternatives(images, digits) == [reader.alternatives([one], digits)[0] for one in images]


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "digit"])
def test_what_is_damaged_is_read_anew(reader: Engine, tmp_path: Path, asked: list[str], damage: str) -> None:
    with keeping(tmp_path, HASH):
        right = answers(reader)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    if damage == "digit":  # a bit that fell over, in a file that is one still
        import gzip

        digest, _, said = gzip.decompress(whole).partition(b"\n")
        file.write_bytes(gzip.compress(digest + b"\n" + re.sub(rb"\d", b"7", said, count=1)))
    else:
        file.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "other": b"no gzip file"}[damage])
    asked.clear()
    with keeping(tmp_path, HASH):
        assert answers(reader) == right
    assert len(asked) == 4
    assert file.read_bytes() == whole


def test_another_version_reads_anew_and_takes_its_place(
    reader: Engine, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with keeping(tmp_path, HASH):
        answers(reader)
    (before,) = tmp_path.iterdir()
    monkeypatch.setattr(kept, "_version", lambda networks: f"{len(networks):016}")
    asked.clear()
    with keeping(tmp_path, HASH):
        answers(reader)
    assert len(asked) == 4
    assert [file.name == before.name for file in tmp_path.iterdir()] == [False]


def test_the_version_is_another_with_other_networks_code_or_ranges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "__file__", str(tmp_path / "kept.py"))
    found = {kept._version.__wrapped__("small"), kept._version.__wrapped__("small, int8")}
    for name in ("kept.py", "ranges.json"):
        (tmp_path / name).write_text("1")
        found.add(kept._version.__wrapped__("small"))
        (tmp_path / name).write_text("2")
        found.add(kept._version.__wrapped__("small"))
    (tmp_path / "note.txt").touch()
    assert kept._version.__wrapped__("small") in found
    assert len(found) == 6


def test_a_folder_that_cannot_be_written_to_keeps_nothing(reader: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with keeping(tmp_path / "file", HASH):
        answers(reader)


def test_results_are_the_same_bytes_with_and_without(tmp_path: Path, asked: list[str]) -> None:
    case = generate(Form.X2021, 3, options=Options(projects=1, size="small"))
    path, out = tmp_path / "scan.pdf", tmp_path / "out"
    with pymupdf.open(stream=case.pdf) as whole:
        whole.select([1])
        whole[0].set_cropbox(whole[0].rect.transform(pymupdf.Matrix(1, 0.4)))  # title, project and funds
        path.write_bytes(degrade(whole.tobytes(), LEVELS["good"], 1).pdf)

    def result() -> str:
        run([Source(path, "scan.pdf")], out, jobs=1, force=True)
        content = json.loads(result_path(out, "scan.pdf").read_text(encoding="utf-8"))
        del content["summary"]["seconds"]
        return json.dumps(content, ensure_ascii=False)

    first, read = result(), len(asked)
    assert read > 0
    assert (result(), len(asked)) == (first, read)
    shutil.rmtree(out / READINGS)
    assert (result(), len(asked)) == (first, 2 * read)
