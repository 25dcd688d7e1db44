"""What is read with little paper or fewer bits: what it leaves in doubt is read again, and the result says so."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.ocr.network import backends
from recount.pipeline.ocr.network import engine as engines
from recount.pipeline.ocr.network.backends import Networks, _Bits, load, name_by, name_of
from recount.pipeline.ocr.network.engine import engine
from recount.pipeline.ocr.network.reading import Decoded, alternatives, recognise, recognise_once
from recount.pipeline.ocr.network.steps import Whole
from recount.pipeline.settings import OcrPrecision

SIGNS = ("", "1", "7", " ")
Floats = npt.NDArray[np.float32]


class Network:
    """Reads every line as one sign, with a probability that stands in the line's first pixel; in batches as wide as
    networks learn with another, if told, and surely. asked: how many lines; sizes, widths: of the batches."""

    def __init__(self, sign: str, with_paper: str | None = None) -> None:
        self.sign = SIGNS.index(sign)
        self.with_paper = None if with_paper is None else SIGNS.index(with_paper)
        self.asked = 0
        self.sizes: list[int] = []
        self.widths: list[int] = []

    def __call__(self, batch: Floats) -> Floats:
        self.asked += int(batch.any(axis=(1, 2, 3)).sum())
        self.sizes.append(len(batch))
        self.widths.append(batch.shape[3])
        steps = np.zeros((len(batch), 4, len(SIGNS)), np.float32)
        chance = (batch[:, 0, 0, 0] + 1) / 2
        sign = self.sign
        if self.with_paper is not None and batch.shape[3] >= 320:
            sign, chance = self.with_paper, np.ones_like(chance)
        steps[:, 1, sign] = chance
        steps[:, 1, 3] = 1 - chance
        steps[:, [0, 2, 3], 0] = 1.0
        return steps


def networks(fast: Network, exact: Network) -> Networks:
    recogniser = Whole(fast)
    return Networks(fast, recogniser, recogniser if exact is fast else Whole(exact), SIGNS, "none")


def line(chance: float, width: int = 96) -> npt.NDArray[np.uint8]:
    return np.full((48, width), round(255 * chance), np.uint8)


def test_lines_with_a_doubtful_sign_are_read_by_the_exact_network() -> None:
    fast, exact = Network("7"), Network("1")
    read = recognise(networks(fast, exact), [line(0.98), line(0.75), line(0.85), line(0.6)])
    assert [one.text for one in read] == ["7", "1", "7", "1"]
    assert (fast.asked, exact.asked) == (4 + 2, 2)


@pytest.mark.parametrize(
    ("lines", "width", "sizes"),
    [(2, 96, [1, 1]), (4, 96, [6]), (6, 96, [6]), (8, 96, [6, 1, 1]), (9, 96, [6, 6]), (3, 480, [1, 1, 1])],
)
def test_batches_are_full_or_a_line_alone(lines: int, width: int, sizes: list[int]) -> None:
    only = Network("7")
    read = recognise(networks(only, only), [np.full((48, width), 250, np.uint8)] * lines)
    assert [one.text for one in read] == ["7"] * lines
    assert (only.sizes, only.asked) == (sizes, lines)


def test_what_is_not_sure_is_read_alone() -> None:
    fast, exact = Network("7"), Network("1")
    recognise(networks(fast, exact), [line(0.6)] * 5)
    assert (fast.sizes, exact.sizes) == ([6, *[1] * 5], [1] * 5)


def test_what_is_sure_is_read_with_little_paper() -> None:
    only = Network("7", with_paper="1")
    assert recognise(networks(only, only), [line(0.95), line(0.95, 30)]) == [
        Decoded("7", (pytest.approx(0.375),), (pytest.approx(0.95, abs=0.01),)),
        Decoded("7", (1.0,), (pytest.approx(0.95, abs=0.01),)),
    ]
    assert only.widths == [96, 96]


@pytest.mark.parametrize(("width", "shown"), [(96, 96), (128, 128), (150, 128), (256, 192), (800, 640), (9000, 3200)])
def test_lines_that_are_not_short_are_squeezed_at_first(width: int, shown: int) -> None:
    only = Network("7")
    recognise(networks(only, only), [line(0.95, width)])
    assert only.widths == [shown]


def test_no_line_is_squeezed_of_which_more_than_one_text_is_asked_for_or_a_single_look() -> None:
    only = Network("7")
    alternatives(networks(only, only), [line(0.95, 256)])
    recognise_once(networks(only, only), [line(0.95, 256)])
    assert only.widths == [256, 256]


def test_a_squeezed_line_that_is_not_sure_is_read_as_wide_as_it_is() -> None:
    only = Network("7")
    assert recognise(networks(only, only), [line(0.6, 640)])[0].text == "7"
    assert only.widths == [512, 640]


def test_what_is_not_sure_is_read_with_as_much_paper_as_the_network_learnt_with() -> None:
    only = Network("7", with_paper="1")
    assert [one.text for one in recognise(networks(only, only), [line(0.6), line(0.95), line(0.75)])] == ["1", "7", "1"]
    assert only.widths == [96, 320, 320]
    assert alternatives(networks(only, only), [line(0.6)])[0][0].text == "1"


def test_one_look_is_enough_where_no_other_is_asked_for() -> None:
    fast, exact = Network("7", with_paper="1"), Network("1")
    assert [one.text for one in recognise_once(networks(fast, exact), [line(0.6), line(0.95)])] == ["7", "7"]
    assert (fast.widths, exact.asked) == ([96, 96], 0)


def test_of_two_readings_the_surer_one_counts() -> None:
    """With more paper a sign may be lost, and another be seen for it."""

    class Lost(Network):
        def __call__(self, batch: Floats) -> Floats:
            steps = super().__call__(batch)
            if batch.shape[3] >= 320:
                steps[:, 1, self.sign] /= 2
            return steps

    only, exact = Lost("7"), Lost("1")
    [read] = recognise(networks(only, only), [line(0.75)])
    assert (read.text, read.scores) == ("7", (pytest.approx(0.75, abs=0.01),))
    assert recognise(networks(only, exact), [line(0.75)])[0].text == "7"


def test_the_exact_network_is_not_asked_about_what_paper_makes_sure() -> None:
    fast, exact = Network("7", with_paper="1"), Network("7")
    assert recognise(networks(fast, exact), [line(0.6)])[0].text == "1"
    assert exact.asked == 0


def test_a_long_line_that_is_not_sure_is_not_read_twice_in_the_same_way() -> None:
    only = Network("7")
    assert alternatives(networks(only, only), [line(0.6, 320)])[0][0].text == "7"
    assert (only.asked, only.widths) == (1, [320])


def test_the_exact_network_reads_with_paper_too() -> None:
    fast, exact = Network("7"), Network("7", with_paper="1")
    assert [one.text for one in recognise(networks(fast, exact), [line(0.6), line(0.6, 300)])] == ["1", "1"]
    assert (fast.widths, exact.widths) == ([96, 256, 320, 320], [320, 320])


def test_the_exact_network_is_not_asked_about_long_lines() -> None:
    fast, exact = Network("7"), Network("1")
    assert [one.text for one in recognise(networks(fast, exact), [line(0.6, 320), line(0.6, 321)])] == ["1", "7"]
    assert exact.asked == 1


def test_what_a_line_may_say_is_asked_of_the_exact_network_where_the_other_is_not_sure() -> None:
    fast, exact = Network("7"), Network("1")
    readings = alternatives(networks(fast, exact), [line(0.6), line(0.95)])
    assert [one[0].text for one in readings] == ["1", "7"]
    assert (fast.asked, exact.asked) == (2 + 1, 1)


def test_only_the_signs_that_are_allowed_are_read() -> None:
    only = Network("7")
    [readings] = alternatives(networks(only, only), [line(0.3)], "1 ")
    assert [one.text for one in readings if one.score > 0.5] == [" "]


def test_networks_of_32_bits_read_with_them_alone() -> None:
    exact = load("openvino")
    assert exact.exact is exact.recogniser
    assert exact.name == name_of("openvino")
    assert "bf16" not in exact.name
    assert "int8" not in exact.name


def test_the_name_says_with_how_many_bits_was_computed() -> None:
    fast = load("openvino", "auto")
    assert (fast.exact is fast.recogniser) == (not fast.name.endswith((", bf16)", ", int8)")))
    assert load("onnxruntime", "auto").name == name_of("onnxruntime")


@pytest.mark.parametrize(
    ("amx", "vnni", "bits"),
    [(True, True, "bf16"), (True, False, "bf16"), (False, True, "int8"), (False, False, "f32")],
)
def test_fewer_bits_are_taken_where_they_pay(
    amx: bool, vnni: bool, bits: _Bits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "_has_amx", lambda: amx)
    monkeypatch.setattr(backends, "_has_vnni", lambda: vnni)
    assert name_by("openvino", "auto") == name_of("openvino", bits=bits)
    assert name_by("openvino", "f32") == name_of("openvino")
    assert name_by("onnxruntime", "auto") == name_of("onnxruntime")


def test_16_bits_are_computed_with_only_where_the_processor_has_matrices_of_them() -> None:
    """Without AMX they take longer than 32, whatever openvino says that it can."""
    asked = "from recount.pipeline.ocr.network import backends; print(backends._has_amx())"
    older = {**os.environ, "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI"}
    said = subprocess.run([sys.executable, "-c", asked], env=older, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"


def test_8_bits_that_cannot_be_had_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    words = r"^scans are read with 8 bits \(--ocr-precision int8\) by openvino on a processor that has AVX-512 VNNI"
    with pytest.raises(UsageError, match=words):
        engine("onnxruntime", "int8")
    monkeypatch.setattr(backends, "_has_vnni", lambda: False)
    with pytest.raises(UsageError, match=words):
        load("openvino", "int8")


def test_ranges_of_another_network_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "_has_vnni", lambda: True)
    monkeypatch.setattr(backends, "checksum", lambda _: 1)
    with pytest.raises(UsageError, match="8 bits"):
        name_by("openvino", "int8")
    monkeypatch.setattr(backends, "_has_amx", lambda: False)
    assert name_by("openvino", "auto") == name_of("openvino")


def test_the_detector_keeps_its_32_bits_where_the_recogniser_has_8(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[tuple[str, str]] = []

    def detector(path: Path, on: backends._On) -> Network:
        loaded.append((path.name, on.bits))
        return Network("1")

    monkeypatch.setattr(backends, "_has_vnni", lambda: True)
    monkeypatch.setattr(backends, "_openvino_detector", detector)
    monkeypatch.setattr(backends, "_openvino_recogniser", lambda _path, on: (loaded.append(("", on.bits)), "1"))
    networks = load("openvino", "int8")
    networks.detector(np.zeros((1, 3, 32, 32), np.float32))
    assert loaded == [("", "int8"), ("PP-OCRv6_det_small.onnx", "f32")]


def test_networks_that_are_not_installed_are_said_before_they_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "find_spec", lambda _: None)
    for precision in get_args(OcrPrecision):
        with pytest.raises(UsageError, match=r"^scans need the package rapidocr"):
            engine("openvino", precision)


def test_a_device_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"^openvino finds no device NPU\.7 to read scans on: only CPU"):
        engine("openvino", "f32", "NPU.7")
    with pytest.raises(UsageError, match=r"^onnxruntime finds no device GPU to read scans on: only CPU$"):
        engine("onnxruntime", "f32", "GPU")


def test_the_name_says_the_device_where_it_is_no_cpu() -> None:
    assert name_of("openvino", device="GPU").endswith(", GPU)")
    assert engine("openvino", "f32", "CPU").name == name_of("openvino")


def test_networks_are_loaded_for_the_first_image(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    known = load("openvino")

    def loaded(*settings: str) -> Networks:
        loads.append("/".join(settings))
        return known

    monkeypatch.setattr(engines, "load", loaded)
    reader = engine.__wrapped__("openvino", "f32", "CPU")
    assert reader.name == known.name
    assert loads == []
    for _ in range(2):
        reader.recognise([line(0.9)])
    assert loads == ["openvino/f32/CPU"]
