"""Networks that compute with 16 bits: what they leave in doubt is read by the exact ones, and the result says so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from recount.pipeline.errors import UsageError
from recount.pipeline.ocr.network import engine as engines
from recount.pipeline.ocr.network.backends import Networks, load, name_of
from recount.pipeline.ocr.network.engine import engine
from recount.pipeline.ocr.network.reading import alternatives, recognise
from recount.pipeline.ocr.network.steps import Whole

SIGNS = ("", "1", "7", " ")
Floats = npt.NDArray[np.float32]


class Network:
    """Reads every line as one sign, with a probability that stands in the line's first pixel. asked: how many lines;
    sizes, widths: of the batches."""

    def __init__(self, sign: str) -> None:
        self.sign = SIGNS.index(sign)
        self.asked = 0
        self.sizes: list[int] = []
        self.widths: list[int] = []

    def __call__(self, batch: Floats) -> Floats:
        self.asked += int(batch.any(axis=(1, 2, 3)).sum())
        self.sizes.append(len(batch))
        self.widths.append(batch.shape[3])
        steps = np.zeros((len(batch), 4, len(SIGNS)), np.float32)
        chance = (batch[:, 0, 0, 0] + 1) / 2
        steps[:, 1, self.sign] = chance
        steps[:, 1, 3] = 1 - chance
        steps[:, [0, 2, 3], 0] = 1.0
        return steps


def networks(fast: Network, exact: Network) -> Networks:
    recogniser = Whole(fast)
    return Networks(fast, recogniser, recogniser if exact is fast else Whole(exact), SIGNS, "none")


def line(chance: float) -> npt.NDArray[np.uint8]:
    return np.full((48, 96), round(255 * chance), np.uint8)


def test_lines_with_a_doubtful_sign_are_read_by_the_exact_network() -> None:
    fast, exact = Network("7"), Network("1")
    read = recognise(networks(fast, exact), [line(0.98), line(0.75), line(0.85), line(0.6)])
    assert [one.text for one in read] == ["7", "1", "7", "1"]
    assert (fast.asked, exact.asked) == (4, 2)


@pytest.mark.parametrize(
    ("lines", "width", "sizes"),
    [(1, 96, [1]), (4, 96, [2, 2]), (6, 96, [6]), (8, 96, [6, 2]), (9, 96, [6, 2, 1]), (3, 400, [1, 1, 1])],
)
def test_batches_are_of_few_sizes_and_hold_no_blank_lines(lines: int, width: int, sizes: list[int]) -> None:
    only = Network("7")
    read = recognise(networks(only, only), [np.full((48, width), 250, np.uint8)] * lines)
    assert [one.text for one in read] == ["7"] * lines
    assert (only.sizes, only.asked) == (sizes, lines)


def test_lines_are_padded_to_few_widths() -> None:
    only = Network("7")
    recognise(networks(only, only), [np.full((48, width), 250, np.uint8) for width in (20, 60, 90, 104, 105, 321)])
    assert list(zip(only.sizes, only.widths, strict=True)) == [(2, 96), (1, 96), (2, 128), (1, 384)]


def test_what_is_not_sure_is_read_alone() -> None:
    fast, exact = Network("7"), Network("1")
    recognise(networks(fast, exact), [line(0.6)] * 5)
    assert (fast.sizes, exact.sizes) == ([2, 2, 1], [1] * 5)


def test_one_network_is_asked_once() -> None:
    only = Network("7")
    assert recognise(networks(only, only), [line(0.6)])[0].text == "7"
    assert only.asked == 1


def test_what_a_line_may_say_is_asked_of_the_exact_network_where_the_other_is_not_sure() -> None:
    fast, exact = Network("7"), Network("1")
    readings = alternatives(networks(fast, exact), [line(0.6), line(0.95)])
    assert [one[0].text for one in readings] == ["1", "7"]
    assert (fast.asked, exact.asked) == (2, 1)


def test_only_the_signs_that_are_allowed_are_read() -> None:
    only = Network("7")
    [readings] = alternatives(networks(only, only), [line(0.3)], "1 ")
    assert [one.text for one in readings if one.score > 0.5] == [" "]


def test_networks_of_32_bits_read_with_them_alone() -> None:
    exact = load("openvino")
    assert exact.exact is exact.recogniser
    assert exact.name == name_of("openvino")
    assert "bf16" not in exact.name


def test_the_name_says_with_how_many_bits_was_computed() -> None:
    fast = load("openvino", "auto")
    assert (fast.exact is fast.recogniser) == (not fast.name.endswith(", bf16)"))
    assert load("onnxruntime", "auto").name == name_of("onnxruntime")


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
