"""A recogniser that is parted at its signs says what the whole one says."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import openvino
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from openvino import opset13 as op

from recount.pipeline.ocr.network import backends
from recount.pipeline.ocr.network.steps import Parted, Whole, parted

Floats = npt.NDArray[np.float32]
SIGNS = 5000  # more than one block of them
RNG = np.random.default_rng(1)
WEIGHTS = RNG.normal(size=(6, SIGNS)).astype(np.float32)
BIAS = RNG.normal(size=SIGNS).astype(np.float32)
BIAS[0] = 9.0  # most steps are blank
EXACT = backends._On("f32", "CPU")


@cache
def networks() -> tuple[Whole, Parted]:
    """A network of which each column of a line is a step's features, whole and in parts."""
    lines = op.parameter([-1, 6, -1], np.float32)
    product = op.matmul(op.transpose(lines, [0, 2, 1]), op.constant(WEIGHTS), False, False)
    model = openvino.Model([op.softmax(op.add(product, op.constant(BIAS)), 2)], [lines], "whole")
    *models, weights, bias = parted(model)
    features, leaning, probable = (backends._compiled(part, EXACT) for part in models)
    return Whole(backends._compiled(model, EXACT)), Parted(features, leaning, probable, weights, bias)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(1, 90)).flatmap(
            lambda shape: arrays(np.float32, (shape[0], 6, shape[1]), elements=st.integers(-6, 6))
        ),
        max_size=4,
    )
)
def test_a_network_in_parts_says_what_it_says_whole(batches: list[Floats]) -> None:
    whole, in_parts = networks()
    right, found = list(whole.best(batches)), list(in_parts.best(batches))
    assert len(found) == len(right)
    for (signs, chances), (own, shares) in zip(right, found, strict=True):
        assert np.array_equal(signs, own)
        assert np.allclose(np.where(signs > 0, chances, 0), shares, atol=1e-4)
    few = [0, 7, SIGNS - 1]
    for asked in (few, None):
        pairs = zip(whole.among(batches, asked), in_parts.among(batches, asked), strict=True)
        for one, other in pairs:
            assert one.shape == other.shape
            assert np.allclose(one, other, atol=1e-3) or (one.sum(axis=2) < 0.99).any()  # out of reach of 32 bits


@cache
def recognisers() -> tuple[Whole, Parted, str]:
    """The recogniser whole and in parts, and its signs."""
    path = backends._model(backends._RECOGNISER)
    in_parts, signs = backends._openvino_recogniser(path, EXACT)
    assert isinstance(in_parts, Parted)
    return Whole(backends._compiled(openvino.Core().read_model(path), EXACT)), in_parts, signs


@pytest.mark.parametrize("text", ["1,234.56", "-0.07", "100.00%", "Total"])
def test_the_recogniser_in_parts_reads_as_the_whole_one(text: str) -> None:
    line = np.full((48, 256), 255, np.uint8)
    cv2.putText(line, text, (8, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, 2)
    batch = np.broadcast_to(line.astype(np.float32) / 127.5 - 1, (1, 3, *line.shape)).copy()
    whole, in_parts, signs = recognisers()
    [(chosen, chances)], [(own, shares)] = whole.best([batch]), in_parts.best([batch])
    assert np.array_equal(chosen, own)
    assert chosen.any()
    assert np.allclose(np.where(chosen > 0, chances, 0), shares, atol=1e-4)
    assert len(signs.splitlines()) + 2 == len(in_parts.bias)
