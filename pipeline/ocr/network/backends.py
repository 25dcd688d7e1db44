"""The two backends, inference engines behind one interface: a network is a function from a batch to its output.

The networks are PP-OCRv6 small, as they come in the wheel of rapidocr: nothing is downloaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recount.pipeline.errors import UsageError
from recount.pipeline.settings import OcrBackend, OcrPrecision

Floats = npt.NDArray[np.float32]
Network = Callable[[Floats], Floats]
Loader = Callable[[Path], tuple[Network, str]]
"""From a network's file to the network and the signs that it tells apart."""

# The files of the networks in the wheel of rapidocr.
_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"


@dataclass(frozen=True, slots=True)
class Networks:
    """detector: images (n, 3, height, width) to text probabilities (n, 1, height, width). recogniser: line images
    (n, 3, 48, width) to probabilities (n, steps, signs); exact: the same network in 32 bits, where the other computes
    with 16, else itself. What a network gives is good until it is called again, and one image's does not depend on the
    others. signs: what each of the recogniser's outputs stands for; the first is the blank. name: engine, networks,
    versions and, where it is not 32 bits, precision, for the result."""

    detector: Network
    recogniser: Network
    exact: Network
    signs: tuple[str, ...]
    name: str


def load(backend: OcrBackend, precision: OcrPrecision = "f32") -> Networks:
    """Both networks on the CPU with one thread. Raises UsageError for a backend that there is not.

    precision: "f32" reads the same on every machine; "auto" computes with 16 bits where the processor does that
    faster, and leaves it to the caller to ask the exact network about what that leaves in doubt.
    """
    loaders: dict[str, Loader] = {"openvino": _load_openvino, "onnxruntime": _load_onnxruntime}
    if backend not in loaders:
        raise UsageError(f"there is no OCR engine {backend}: only {' and '.join(loaders)}")
    exactly, path = loaders[backend], _model(_RECOGNISER)
    halved = precision == "auto" and backend == "openvino" and _has_bf16()
    loader = partial(_load_openvino, precision="bf16") if halved else exactly
    recogniser, characters = loader(path)
    signs = ("", *characters.splitlines(), " ")
    detector = _when_needed(loader, _model(_DETECTOR))
    exact = _when_needed(exactly, path) if halved else recogniser
    return Networks(detector, recogniser, exact, signs, name_of(backend, halved=halved))


def _when_needed(loader: Loader, path: Path) -> Network:
    """A network that is loaded for its first batch: single figures are recognised without the detector."""
    network = cache(lambda: loader(path)[0])
    return lambda batch: network()(batch)


def name_of(backend: OcrBackend, *, halved: bool = False) -> str:
    """The backend, the networks and their versions, such as "PP-OCRv6 small (rapidocr 3.10.0, openvino 2026.4.1)"."""
    precision = ", bf16" if halved else ""
    return f"PP-OCRv6 small (rapidocr {version('rapidocr')}, {backend} {version(backend)}{precision})"


def _model(file: str) -> Path:
    # Importing rapidocr would load all of its engine wrappers; only its folder is needed.
    spec = find_spec("rapidocr")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("scans need the package rapidocr; install it, or read without OCR (--ocr never)")
    path = Path(spec.submodule_search_locations[0], "models", file)
    if not path.exists():
        raise UsageError(f"the installed rapidocr does not bundle {file}; recount needs rapidocr 3.10")
    return path


def _has_bf16() -> bool:
    """Whether the processor computes with 16 bits (AMX or AVX-512 BF16) faster than with 32."""
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _load_openvino(path: Path, precision: str = "f32") -> tuple[Network, str]:
    import openvino

    core = openvino.Core()
    model = core.read_model(path)
    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        # Pinned threads of two processes share one core and halve each other's speed.
        "ENABLE_CPU_PINNING": False,
        # Else newer processors compute with 16 bits, and others do not.
        "INFERENCE_PRECISION_HINT": precision,
    }
    request = core.compile_model(model, "CPU", settings).create_infer_request()

    def run(batch: Floats) -> Floats:
        request.infer([batch], share_inputs=True)
        output: Floats = request.get_output_tensor().data
        return output

    # What became of the network's metadata; it lives only as long as its map does, and the map has no get().
    known: Any = model.get_rt_info()
    framework: Any = known["framework"] if "framework" in known else {}  # noqa: SIM401
    return run, str(framework["character"].value) if "character" in framework else ""


def _load_onnxruntime(path: Path) -> tuple[Network, str]:
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
