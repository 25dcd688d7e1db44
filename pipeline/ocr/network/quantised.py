"""The recogniser with whole numbers: its 1×1 convolutions, five sixths of its work, reckon with 8 bits.

Weights are rounded to 255 levels, for each channel its own. What goes into a convolution is rounded to 256 between the
least and the most that was seen there on generated scans (`ranges.json`, written by `recount.eval.bench.ranges`). Sums
are exact, so that what one image gives depends neither on those beside it nor on the kernel.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from recount.pipeline.ocr.network.steps import Floats

RANGES = Path(__file__).with_name("ranges.json")
_SIGNED, _UNSIGNED = 255, 256  # levels of a weight, which may be negative, and of what it is multiplied with
_LEAST = 1e-6  # most that weights of a channel are taken to be at least: they are divided by it


@dataclass(frozen=True, slots=True)
class Ranges:
    """The least and the most that goes into each convolution, by its name. checksum: of the network's file."""

    checksum: int
    of: Mapping[str, tuple[float, float]]


@cache
def known_ranges() -> Ranges:
    """Those that come with the program."""
    kept = json.loads(RANGES.read_text(encoding="utf-8"))
    return Ranges(kept["checksum"], {name: (low, high) for name, (low, high) in kept["ranges"].items()})


@cache
def checksum(path: Path) -> int:
    """Of a network's file: ranges are those of one network."""
    return zlib.crc32(path.read_bytes())


def pointwise(model: Any) -> Sequence[Any]:
    """The 1×1 convolutions of a recogniser's model (openvino) that go along the lines, in order.

    Those that weigh channels by their means see one point a line: they cost nothing.
    """
    return [
        node
        for node in model.get_ordered_ops()
        if node.get_type_name() == "Convolution"
        and tuple(node.input_value(1).shape)[2:] == (1, 1)
        and node.output(0).get_partial_shape()[3].is_dynamic
    ]


def quantise(model: Any, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Has the 1×1 convolutions of a model (openvino) reckon with 8 bits. ranges: of what goes into each, by name."""
    for node in pointwise(model):
        name = node.get_friendly_name()
        low, high = ranges[name]
        low = min(low, 0.0)  # what is often 0 stays 0
        weights = np.asarray(node.input_value(1).get_node().get_data(), np.float32)
        most = np.maximum(np.abs(weights).max(axis=(1, 2, 3), keepdims=True), _LEAST)
        made = _convolved(node.input_value(0), (low, high), weights, most)
        made.set_friendly_name(name)
        for target in list(node.output(0).get_target_inputs()):
            target.replace_source_output(made.output(0))
    model.validate_nodes_and_infer_types()


def _convolved(source: Any, between: tuple[float, float], weights: Floats, most: Floats) -> Any:
    """What a 1×1 convolution gives, by whole numbers.

    What goes in is lifted by its least, for the processor multiplies unsigned numbers with signed ones. What the lift
    adds to a channel is the same at every point, there being no padding, and is taken off again.
    """
    from openvino import opset13 as op

    low, high = between
    rounded = np.rint(weights / most * (_SIGNED // 2)) / (_SIGNED // 2) * most
    lifted = op.add(source, op.constant(np.float32(-low))) if low < 0 else source
    shown = _rounded(lifted, np.float32(0), np.float32(high - low), _UNSIGNED)
    whole = op.convolution(shown, _rounded(op.constant(weights), -most, most, _SIGNED), [1, 1], [0, 0], [0, 0], [1, 1])
    added = np.asarray(low * rounded.sum(axis=(1, 2, 3)), np.float32).reshape(1, -1, 1, 1)
    return op.add(whole, op.constant(added)) if low < 0 else whole


def _rounded(source: Any, low: Any, high: Any, levels: int) -> Any:
    from openvino import opset13 as op

    least, most = op.constant(np.asarray(low, np.float32)), op.constant(np.asarray(high, np.float32))
    return op.fake_quantize(source, least, most, least, most, levels)
