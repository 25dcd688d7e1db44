"""The two backends, inference engines behind one interface: a network is a function from a batch to its output.

The networks are PP-OCRv6 small, as they come in the wheel of rapidocr: nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args

from recount.pipeline.errors import UsageError
from recount.pipeline.ocr.network.steps import (
    Best,
    Floats,
    Network,
    Parted,
    Recogniser,
    Whole,
    checksum,
    known_ranges,
    parted,
    quantise,
)
from recount.pipeline.settings import OcrBackend, OcrPrecision

# The files of the networks in the wheel of rapidocr.
_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_FEATURES = 64  # features of processors that OpenCV numbers: more than it knows on x86


CPU = "CPU"

_Bits = Literal["f32", "bf16", "int8"]


@dataclass(frozen=True, slots=True)
class _On:
    """How a network computes: with so many bits, and on which device."""

    bits: _Bits
    device: str


@dataclass(frozen=True, slots=True)
class Networks:
    """detector: images (n, 3, height, width) to text probabilities (n, 1, height, width). recogniser: what stands at
    the steps of lines; exact: the same network in 32 bits, where the other computes with fewer, else itself. What one
    image gives does not depend on the others. signs: what each of the recogniser's signs stands for; the first is the
    blank. name: engine, networks, versions and, where it is not 32 bits, precision, for the result."""

    detector: Network
    recogniser: Recogniser
    exact: Recogniser
    signs: tuple[str, ...]
    name: str


def load(backend: OcrBackend, precision: OcrPrecision = "f32", device: str = CPU) -> Networks:
    """Both networks on a device, the CPU with one thread. Raises UsageError for a backend or a device that there is
    not.

    precision: "f32" reads the same on every machine; "int8" has the recogniser compute with 8 bits; "auto" with 16 or
    8 where the processor does that faster. Where it is not 32, the caller is left to ask the exact network about what
    is in doubt. device: as openvino calls it; onnxruntime computes on the CPU.
    """
    backends = {
        "openvino": (_openvino_detector, _openvino_recogniser),
        "onnxruntime": (_onnxruntime_detector, _onnxruntime_recogniser),
    }
    name = name_by(backend, precision, device)
    load_detector, load_recogniser = backends[backend]
    bits, path = _bits(backend, precision, device), recogniser_path()
    recogniser, characters = load_recogniser(path, _On(bits, device))
    signs = ("", *characters.splitlines(), " ")
    exact = _WhenNeeded(lambda: load_recogniser(path, _On("f32", device))[0]) if bits != "f32" else recogniser
    sees = _On("f32" if bits == "int8" else bits, device)  # 8 bits were measured for the recogniser
    detector = cache(lambda: load_detector(_model(_DETECTOR), sees))
    return Networks(lambda image: detector()(image), recogniser, exact, signs, name)


def name_by(backend: OcrBackend, precision: OcrPrecision, device: str = CPU) -> str:
    """What `load` calls them, without loading them. Raises UsageError as it does."""
    if backend not in get_args(OcrBackend):
        raise UsageError(f"there is no OCR engine {backend}: only {' and '.join(get_args(OcrBackend))}")
    if device != CPU and device not in (known := _devices(backend)):
        raise UsageError(f"{backend} finds no device {device} to read scans on: only {', '.join(known)}")
    recogniser_path()
    return name_of(backend, bits=_bits(backend, precision, device), device=device)


def _devices(backend: OcrBackend) -> list[str]:
    """The names of what a backend may compute on; of several of a kind the first has the name of its kind too."""
    if backend == "onnxruntime":
        return [CPU]
    import openvino

    found: list[str] = openvino.Core().available_devices
    return list(dict.fromkeys(name for device in found for name in (device.partition(".")[0], device)))


def _bits(backend: OcrBackend, precision: OcrPrecision, device: str) -> _Bits:
    """With how many bits a precision computes. Raises UsageError for 8 where they cannot be had."""
    if precision == "f32":
        return "f32"
    here = (backend, device) == ("openvino", CPU)
    if precision == "auto" and here and _has_amx():
        return "bf16"
    if here and _has_vnni() and checksum(recogniser_path()) == known_ranges().checksum:
        return "int8"
    if precision == "auto":
        return "f32"
    raise UsageError(
        "scans are read with 8 bits (--ocr-precision int8) by openvino on a processor that has AVX-512 VNNI; "
        "f32 reads them anywhere"
    )


class _WhenNeeded:
    """A recogniser that is loaded for its first batches, as the detector is: many a process has no use for it."""

    def __init__(self, load: Callable[[], Recogniser]) -> None:
        self.recogniser = cache(load)

    def best(self, batches: Iterable[Floats]) -> Iterable[Best]:
        """As the recogniser says."""
        return self.recogniser().best(batches)

    def among(self, batches: Iterable[Floats], signs: Sequence[int] | None) -> Iterable[Floats]:
        """As the recogniser says."""
        return self.recogniser().among(batches, signs)


def name_of(backend: OcrBackend, *, bits: _Bits = "f32", device: str = CPU) -> str:
    """The backend, the networks and their versions, such as "PP-OCRv6 small (rapidocr 3.10.0, openvino 2026.4.1)"; the
    device where it is not the CPU."""
    precision = f", {bits}" if bits != "f32" else "" if device == CPU else f", {device}"
    return f"PP-OCRv6 small (rapidocr {version('rapidocr')}, {backend} {version(backend)}{precision})"


def recogniser_path() -> Path:
    """The file of the recogniser's network. Raises UsageError where it is not installed."""
    return _model(_RECOGNISER)


def _model(file: str) -> Path:
    # Importing rapidocr would load all of its engine wrappers; only its folder is needed.
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("scans need the package rapidocr; install it, or read without OCR (--ocr never)")
    path = Path(spec.submodule_search_locations[0], "models", file)
    if not path.exists():
        raise UsageError(f"the installed rapidocr does not bundle {file}; recount needs rapidocr 3.10")
    return path


@cache
def _has_amx() -> bool:
    """Whether the processor has AMX for 16 bits, which takes a third of the time of 32.

    Seen by what a small network is computed with: openvino calls itself capable of 16 bits on every processor with
    AVX-512, but without AMX they take longer than 32, and without AVX-512 BF16 four times as long.
    """
    import numpy as np
    import openvino
    from openvino import opset13 as op

    lines = op.parameter([1, 64, 8, 8], np.float32)
    seen = op.convolution(lines, op.constant(np.ones((64, 64, 1, 1), np.float32)), [1, 1], [0, 0], [0, 0], [1, 1])
    small = openvino.Core().compile_model(openvino.Model([seen], [lines], "small"), CPU, _settings(_On("bf16", CPU)))
    kinds = [node.get_rt_info() for node in small.get_runtime_model().get_ordered_ops()]
    return any("amx" in str(kind["primitiveType"].value) for kind in kinds if "primitiveType" in kind)


@cache
def _has_vnni() -> bool:
    """Whether the processor adds up products of 8 bits without overflow, and fast (AVX-512 VNNI)."""
    import cv2

    names = {cv2.getHardwareFeatureName(feature): feature for feature in range(_FEATURES)}
    return "AVX512VNNI" in names and cv2.checkHardwareSupport(names["AVX512VNNI"])


# Each loads a detector, and a recogniser with the signs that it tells apart; from a file.


def _openvino_detector(path: Path, on: _On) -> Network:
    import openvino

    return _compiled(openvino.Core().read_model(path), on)


def _openvino_recogniser(path: Path, on: _On) -> tuple[Recogniser, str]:
    import openvino

    model = openvino.Core().read_model(path)
    *models, weights, bias = parted(model)
    if on.bits == "int8":
        quantise(models[0], known_ranges().of)
    features, leaning, probable = (_compiled(part, on) for part in models)
    # What became of the network's metadata; it lives only as long as its map does, and the map has no get().
    known: Any = model.get_rt_info()
    framework: Any = known["framework"] if "framework" in known else {}  # noqa: SIM401
    signs = str(framework["character"].value) if "character" in framework else ""
    return Parted(features, leaning, probable, weights, bias), signs


def _compiled(model: Any, on: _On) -> Network:
    """A model of openvino as a network."""
    import openvino

    request = openvino.Core().compile_model(model, on.device, _settings(on)).create_infer_request()

    def run(batch: Floats) -> Floats:
        request.infer([batch], share_inputs=True)
        output: Floats = request.get_output_tensor().data
        return output

    return run


def _settings(on: _On) -> dict[str, Any]:
    # Said, else newer processors compute with 16 bits, and others do not. What 8 bits leave is computed with 32.
    settings: dict[str, Any] = {"INFERENCE_PRECISION_HINT": "bf16" if on.bits == "bf16" else "f32", "NUM_STREAMS": 1}
    if on.device == CPU:
        # Pinned threads of two processes share one core and halve each other's speed.
        settings |= {"INFERENCE_NUM_THREADS": 1, "ENABLE_CPU_PINNING": False}
    return settings


def _onnxruntime_detector(path: Path, _: _On) -> Network:
    return _session(path)[0]


def _onnxruntime_recogniser(path: Path, _: _On) -> tuple[Recogniser, str]:
    run, signs = _session(path)
    return Whole(run), signs


def _session(path: Path) -> tuple[Network, str]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps what the largest page needed
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    source = session.get_inputs()[0].name

    def run(batch: Floats) -> Floats:
        output: Floats = session.run(None, {source: batch})[0]
        return output

    return run, str(session.get_modelmeta().custom_metadata_map.get("character", ""))
