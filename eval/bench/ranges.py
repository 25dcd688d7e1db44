"""What goes into the recogniser's convolutions, least and most, on scans that the generator makes; those that 8 bits
harm most are left out.

    python -m recount.eval.bench.ranges

reads them and writes `pipeline/ocr/network/ranges.json`, by which the recogniser computes with 8 bits: anew for another
network. The scans are always the same.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from recount.eval.bench.scans import SMALL
from recount.eval.generator import Form
from recount.eval.goldset.generated import Order, Scan, write_cases
from recount.eval.scans.damage import LEVELS
from recount.pipeline.mupdf import mupdf
from recount.pipeline.ocr.image.images import picture_of_page
from recount.pipeline.ocr.image.scan import read_picture
from recount.pipeline.ocr.network.backends import load, recogniser_path
from recount.pipeline.ocr.network.engine import Engine
from recount.pipeline.ocr.network.steps import RANGES, Best, Floats, Recogniser, checksum, parted, pointwise, quantise

_SEED = 88001  # of the first report; no other measurement reads these
_EVERY = 4  # of so many batches one is kept, to see on it what 8 bits harm
_MOST_HARM = 0.04  # share of what the features are that one convolution with 8 bits may change them by
_SETTINGS = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}


@dataclass(frozen=True, slots=True)
class Watched:
    """A recogniser; what it is asked about is shown to somebody too."""

    recogniser: Recogniser
    show: Callable[[Floats], None]

    def best(self, batches: Iterable[Floats]) -> Iterable[Best]:
        """As the recogniser says."""
        return self.recogniser.best(self._shown(batches))

    def among(self, batches: Iterable[Floats], signs: Sequence[int] | None) -> Iterable[Floats]:
        """As the recogniser says."""
        return self.recogniser.among(self._shown(batches), signs)

    def _shown(self, batches: Iterable[Floats]) -> Iterator[Floats]:
        for batch in batches:
            self.show(batch)
            yield batch


class Watch:
    """Keeps the least and the most that goes into each 1×1 convolution of a recogniser's model (openvino)."""

    def __init__(self, model: Any) -> None:
        import openvino

        nodes = pointwise(model)
        sources = {node.get_friendly_name(): node.input_value(0) for node in nodes}
        self.seen: dict[str, tuple[float, float]] = {}
        places = list({source.get_node().get_friendly_name(): source for source in sources.values()}.values())
        own = openvino.Model(places, model.get_parameters(), "watched")
        self._request = openvino.Core().compile_model(own, "CPU", _SETTINGS).create_infer_request()
        order = [place.get_node().get_friendly_name() for place in places]
        self._outputs = {name: order.index(source.get_node().get_friendly_name()) for name, source in sources.items()}
        self.kept: list[Floats] = []
        self._shown = 0

    def show(self, batch: Floats) -> None:
        """Takes a batch of lines into account."""
        if self._shown % _EVERY == 0:
            self.kept.append(batch)
        self._shown += 1
        self._request.infer([batch])
        for name, index in self._outputs.items():
            values = self._request.get_output_tensor(index).data
            low, high = self.seen.get(name, (0.0, 0.0))
            self.seen[name] = min(low, float(values.min())), max(high, float(values.max()))


def scans(folder: Path) -> list[Path]:
    """Makes a small report at each level of damage; returns the files."""
    orders = [
        Order(Form("x2022"), _SEED + index, SMALL, Scan(level, damage), name=level)
        for index, (level, damage) in enumerate(LEVELS.items())
    ]
    return [made / "report.pdf" for made in write_cases(orders, folder)]


def features() -> Any:
    """The recogniser's model (openvino), as far as it comes before the signs."""
    import openvino

    return parted(openvino.Core().read_model(recogniser_path()))[0]


def watch(files: Iterable[Path]) -> Watch:
    """Reads every second page of scans in 32 bits; returns who watched."""
    networks = load("openvino")
    watched = Watch(features())
    shown = replace(networks, recogniser=Watched(networks.recogniser, watched.show))
    reader = Engine(networks.name, lambda: replace(shown, exact=shown.recogniser))
    for file in files:
        with mupdf.open(file) as document:
            for index in range(0, document.page_count, 2):
                read_picture(picture_of_page(document[index]), index + 1, index + 1, reader)
    return watched


def harms(
    load_model: Callable[[], Any], ranges: Mapping[str, tuple[float, float]], batches: Sequence[Floats]
) -> dict[str, float]:
    """By how much each convolution alone changes what a model (openvino) gives for batches if it reckons with 8 bits,
    as a share of that."""
    right = _given(load_model(), batches)
    whole = sum(float(np.square(its).sum()) for its in right)
    found: dict[str, float] = {}
    for name, between in ranges.items():
        model = load_model()
        quantise(model, {name: between})
        off = sum(float(np.square(ours - its).sum()) for ours, its in zip(_given(model, batches), right, strict=True))
        found[name] = (off / whole) ** 0.5
    return found


def _given(model: Any, batches: Sequence[Floats]) -> list[Floats]:
    import openvino

    request = openvino.Core().compile_model(model, "CPU", _SETTINGS).create_infer_request()
    return [request.infer([batch])[0].copy() for batch in batches]


def main() -> None:
    """Writes the file."""
    with tempfile.TemporaryDirectory() as folder:
        watched = watch(scans(Path(folder)))
    harm = harms(features, watched.seen, watched.kept)
    for name, share in harm.items():
        print(f"{name}: {share:.3f}{' left out' if share > _MOST_HARM else ''}")
    taken = {name: between for name, between in watched.seen.items() if harm[name] <= _MOST_HARM}
    lines = ",\n".join(f'  "{name}": [{low:.4g}, {high:.4g}]' for name, (low, high) in taken.items())
    file = json.dumps(checksum(recogniser_path()))
    RANGES.write_text(f'{{\n "checksum": {file},\n "ranges": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
