"""Convolutions that reckon with 8 bits give what those of 32 give, but for the rounding."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import openvino
import pytest
from openvino import opset13 as op

from recount.pipeline.ocr.network import backends
from recount.pipeline.ocr.network.reading import recognise
from recount.pipeline.ocr.network.steps import checksum, known_ranges, parted, pointwise, quantise

Floats = npt.NDArray[np.float32]
RNG = np.random.default_rng(3)
INNER = RNG.normal(size=(32, 16, 1, 1)).astype(np.float32)
OUTER = (RNG.normal(size=(8, 32, 1, 1)) * np.logspace(-2, 1, 8).reshape(-1, 1, 1, 1)).astype(np.float32)
OUTER[3] = 0.0  # a channel without weights
EXACT = backends._On("f32", "CPU")
vnni = pytest.mark.skipif(not backends._has_vnni(), reason="the processor has no VNNI")


def convolved(source: Any, weights: Floats, name: str) -> Any:
    made = op.convolution(source, op.constant(weights), [1, 1], [0, 0], [0, 0], [1, 1])
    made.set_friendly_name(name)
    return made


def model() -> openvino.Model:
    """Two convolutions along lines, and between them one of their means."""
    lines = op.parameter([-1, 16, 2, -1], np.float32)
    inner = op.gelu(op.add(convolved(lines, INNER, "inner"), op.constant(np.float32(0.1))), "erf")
    means = op.reduce_mean(inner, op.constant([2, 3]), True)
    weighed = op.multiply(inner, op.sigmoid(convolved(means, np.eye(32, dtype=np.float32)[:, :, None, None], "means")))
    return openvino.Model([convolved(weighed, OUTER, "outer")], [lines], "small")


LINES = RNG.normal(size=(3, 16, 2, 40)).astype(np.float32)
RANGES = {"inner": (-4.0, 4.0), "outer": (-0.2, 14.0)}


def rounded(ranges: dict[str, tuple[float, float]]) -> Floats:
    whole = model()
    quantise(whole, ranges)
    return backends._compiled(whole, EXACT)(LINES).copy()


def test_convolutions_along_lines_are_found_and_those_of_means_are_not() -> None:
    assert [node.get_friendly_name() for node in pointwise(model())] == ["inner", "outer"]


def test_whole_numbers_give_what_32_bits_give_but_for_the_rounding() -> None:
    right, found = backends._compiled(model(), EXACT)(LINES), rounded(RANGES)
    spread, off = right.std(axis=(0, 2, 3)) + 1e-6, found - right
    assert off.any()
    # A step of what goes in (8 / 255, of the weights 1 / 127 of their most) is off by a hundredth of its spread;
    # by more, if a channel had not its own weights, or what is lifted were not taken off again.
    assert (np.abs(off).mean(axis=(0, 2, 3)) < 0.02 * spread).all()


def test_what_is_beyond_the_ranges_is_cut() -> None:
    right = backends._compiled(model(), EXACT)(LINES)
    assert np.abs(right - rounded(RANGES)).max() < 0.1 * np.abs(right - rounded(RANGES | {"inner": (-0.5, 0.5)})).max()


def test_ranges_of_no_such_convolution_are_not_taken() -> None:
    with pytest.raises(KeyError):
        rounded({"middle": (-4.0, 4.0)})


def test_a_convolution_without_ranges_keeps_its_32_bits() -> None:
    right = backends._compiled(model(), EXACT)(LINES)
    both, inner = (np.abs(rounded(ranges) - right).mean() for ranges in (RANGES, {"inner": RANGES["inner"]}))
    assert 0 < inner < both
    assert not np.abs(rounded({}) - right).any()


def test_the_ranges_are_those_of_the_network_that_is_installed() -> None:
    path = backends.recogniser_path()
    features = parted(openvino.Core().read_model(path))[0]
    known = known_ranges()
    names = [node.get_friendly_name() for node in pointwise(features)]
    assert list(known.of) == [name for name in names if name in known.of]
    assert 0 < len(names) - len(known.of) < len(names) / 4, "those that it harms most keep their 32 bits"
    assert all(low <= 0 < high for low, high in known.of.values())
    assert checksum(path) == known.checksum


def drawn(text: str) -> npt.NDArray[np.uint8]:
    image = np.full((48, 24 * len(text) + 24), 255, np.uint8)
    return np.asarray(cv2.putText(image, text, (10, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, 2), np.uint8)


@vnni
def test_figures_are_read_as_by_32_bits_alone_and_beside_others() -> None:
    networks = backends.load("openvino", "int8")
    images = [drawn(text) for text in ("1,234.56", "98,701.30", "0.04", "57.0%", "2,600,418.95")]
    right = [line.text for line in recognise(backends.load("openvino"), images)]
    together = recognise(networks, images)
    assert [line.text for line in together] == right
    assert networks.exact is not networks.recogniser
    assert networks.name.endswith(", int8)")
    assert [recognise(networks, [image])[0].text for image in images] == right
