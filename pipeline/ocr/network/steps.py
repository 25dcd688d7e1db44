"""What the recogniser says of each step along lines: which sign stands there, and how probably.

It tells 18,710 signs apart, and at six steps of seven says that none begins there. To see that it takes no
probabilities but how far it leans to each sign, of which only the most is kept; so the network is parted where it comes
to the signs. What is looked at more closely are the other steps, or of all of them a few signs.

What comes before the signs may reckon with whole numbers of 8 bits: nearly all of its 1×1 convolutions, which are five
sixths of its work.
Weights are rounded to 255 levels, for each channel its own; what goes into a convolution to 256 between the least and
the most that was seen there on generated scans (`ranges.json`, written by `recount.eval.bench.ranges`). Sums are exact,
so that what one image gives does not depend on those beside it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Network = Callable[[Floats], Floats]
"""From a batch to its output, which is good until it is called again."""
Signs = npt.NDArray[np.intp]
Best = tuple[Signs, Floats]
"""The most probable sign of each step of some lines, and its probability (0 for a blank), both (lines, steps)."""

_BLOCK = 2048  # signs whose leanings are reckoned at a time: those of a chunk stay in the processor's cache
_TOGETHER = 64  # steps that are looked at together at most
_NUMBERS = 16  # of so many are there multiples: the engine makes itself ready for each number that it meets


class Recogniser(Protocol):
    """Says what stands in batches of line images (n, 3, 48, width)."""

    def best(self, batches: Iterable[Floats]) -> Iterable[Best]:
        """The best of each batch."""

    def among(self, batches: Iterable[Floats], signs: Sequence[int] | None) -> Iterable[Floats]:
        """For each batch, the probabilities of some signs (None: all), if it must be one of them: (lines, steps,
        signs). Each is good until the next is asked for."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A network from line images to the probabilities of all signs (n, steps, signs)."""

    network: Network

    def best(self, batches: Iterable[Floats]) -> Iterator[Best]:
        """The best of each batch."""
        for probable in map(self.network, batches):
            chosen = probable.argmax(axis=2)
            yield chosen, np.take_along_axis(probable, chosen[:, :, None], axis=2)[:, :, 0]

    def among(self, batches: Iterable[Floats], signs: Sequence[int] | None) -> Iterator[Floats]:
        """The probabilities of some signs, if it must be one of them."""
        for probable in map(self.network, batches):
            if signs is None:
                yield probable
            else:
                few = probable[:, :, list(signs)]
                yield np.asarray(few / np.maximum(few.sum(axis=2, keepdims=True), 1e-9), np.float32)


@dataclass(frozen=True, slots=True)
class Parted:
    """A network in parts. features: from line images to what is seen at each step (n, steps, features). From steps
    (m, features) leads leaning to how far they lean to the blank, and how far at most to any sign (m, 2), probable to
    the probabilities of all signs (m, signs). weights (features, signs) and bias (signs): what both reckon with."""

    features: Network
    leaning: Network
    probable: Network
    weights: Floats
    bias: Floats

    def best(self, batches: Iterable[Floats]) -> Iterator[Best]:
        """The best of each batch; all are seen before the first is told."""
        seen = [self.features(batch).copy() for batch in batches]
        rows = np.concatenate([np.empty((0, len(self.weights)), np.float32), *map(np.concatenate, seen)])
        leaning = np.concatenate([np.empty((0, 2)), *(out.copy() for out in _in_chunks(self.leaning, rows))])
        written = np.flatnonzero(leaning[:, 1] > leaning[:, 0])
        chosen, chances = np.zeros(len(rows), np.intp), np.zeros(len(rows), np.float32)
        start = 0
        for probable in _in_chunks(self.probable, rows[written]):
            own = written[start : start + len(probable)]
            chosen[own] = probable.argmax(axis=1)
            chances[own] = probable[np.arange(len(own)), chosen[own]]
            start += len(own)
        start = 0
        for one in seen:
            end = start + one.shape[0] * one.shape[1]
            yield chosen[start:end].reshape(one.shape[:2]), chances[start:end].reshape(one.shape[:2])
            start = end

    def among(self, batches: Iterable[Floats], signs: Sequence[int] | None) -> Iterator[Floats]:
        """The probabilities of some signs, if it must be one of them."""
        own = list(range(len(self.bias)) if signs is None else signs)
        weights, bias = self.weights[:, own], self.bias[own]
        for features in map(self.features, batches):
            # Not by BLAS, which would wake a thread for each processor.
            leaning = np.einsum("nsf,fk->nsk", features, weights) + bias
            chances = np.exp(leaning - leaning.max(axis=2, keepdims=True))
            yield np.asarray(chances / chances.sum(axis=2, keepdims=True), np.float32)


def _in_chunks(network: Network, rows: Floats) -> Iterator[Floats]:
    """What a network gives for rows, some at a time."""
    for start in range(0, len(rows), _TOGETHER):
        own = rows[start : start + _TOGETHER]
        filled = np.zeros((-(-len(own) // _NUMBERS) * _NUMBERS, rows.shape[1]), np.float32)
        filled[: len(own)] = own
        yield network(filled)[: len(own)]


def parted(model: Any) -> tuple[Any, Any, Any, Floats, Floats]:
    """A recogniser's model (openvino) in parts: from lines to features, from these to `leaning`, and to `probable`;
    and the weights and the bias of the signs.

    The last that it does is a product with the weights of the signs, to which their bias is added.
    """
    import openvino
    from openvino import opset13 as op

    product = [node for node in model.get_ordered_ops() if node.get_type_name() == "MatMul"][-1]
    [added] = product.output(0).get_target_inputs()
    weights = np.asarray(product.input_value(1).get_node().get_data(), np.float32)
    bias = np.asarray(added.get_node().input_value(1).get_node().get_data(), np.float32).ravel()

    def leaning(rows: Any, start: int, end: int) -> Any:
        own = op.constant(np.ascontiguousarray(weights[:, start:end]))
        return op.add(op.matmul(rows, own, False, False), op.constant(bias[start:end]))

    rows = op.parameter([-1, len(weights)], np.float32)
    blocks = [leaning(rows, start, min(start + _BLOCK, len(bias))) for start in range(0, len(bias), _BLOCK)]
    last = op.constant([1])
    most = op.reduce_max(op.concat([op.reduce_max(block, last, True) for block in blocks], 1), last, True)
    blank = op.slice(blocks[0], [0], [1], [1], [1])
    single = op.parameter([-1, len(weights)], np.float32)
    return (
        openvino.Model([product.input_value(0)], model.get_parameters(), "features"),
        openvino.Model([op.concat([blank, most], 1)], [rows], "leaning"),
        openvino.Model([op.softmax(leaning(single, 0, len(bias)), 1)], [single], "probable"),
        weights,
        bias,
    )


# --- with 8 bits

RANGES = Path(__file__).with_name("ranges.json")
_SIGNED, _UNSIGNED = 255, 256  # levels of a weight, which may be negative, and of what it is multiplied with
_LEAST = 1e-6  # most that weights of a channel are taken to be at least: they are divided by it


@dataclass(frozen=True, slots=True)
class Ranges:
    """The least and the most that goes into each convolution that may reckon with 8 bits, by its name. checksum: of
    the network's file."""

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
    """Has some 1×1 convolutions of a model (openvino) reckon with 8 bits. ranges: of what goes into these, by name."""
    nodes = {node.get_friendly_name(): node for node in pointwise(model)}
    for name, (low, high) in ranges.items():
        node, low = nodes[name], min(low, 0.0)  # what is often 0 stays 0
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
