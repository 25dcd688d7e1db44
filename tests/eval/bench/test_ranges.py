"""What goes into convolutions is seen as it is."""

from __future__ import annotations

import numpy as np
import openvino
from openvino import opset13 as op

from recount.eval.bench.ranges import Watch, harms


def model() -> openvino.Model:
    """Two convolutions that see the same, and a third behind them."""
    lines = op.parameter([-1, 2, 1, -1], np.float32)
    lines.set_friendly_name("lines")
    same = [
        op.convolution(lines, op.constant(np.full((2, 2, 1, 1), share, np.float32)), [1, 1], [0, 0], [0, 0], [1, 1])
        for share in (1.0, -1.0)
    ]
    third = op.convolution(
        op.relu(same[1]), op.constant(np.ones((1, 2, 1, 1), np.float32)), [1, 1], [0, 0], [0, 0], [1, 1]
    )
    for name, node in zip(("first", "second", "third"), (*same, third), strict=True):
        node.set_friendly_name(name)
    return openvino.Model([op.add(same[0], third)], [lines], "small")


def test_the_least_and_the_most_of_all_batches_are_kept() -> None:
    watch = Watch(model())
    watch.show(np.array([[[[1.0, 2.0]], [[3.0, -0.5]]]], np.float32))
    watch.show(np.array([[[[0.5, -4.0]], [[1.0, -5.0]]]], np.float32))
    assert watch.seen == {"first": (-5.0, 3.0), "second": (-5.0, 3.0), "third": (0.0, 9.0)}


def test_what_8_bits_harm_is_seen_on_each_convolution_alone() -> None:
    batches = [np.array([[[[1.0, -2.0]], [[-3.0, -0.5]]]], np.float32)]
    fine, coarse = (-4.0, 4.0), (-4000.0, 4000.0)
    harm = harms(model, {"first": fine, "second": coarse, "third": (0.0, 9.0)}, batches)
    assert list(harm) == ["first", "second", "third"]
    assert 0 <= harm["first"] < 0.02 < 0.5 < harm["second"]
