"""Rebuilds `examples/archive`: six small reports of invented units, the same bytes every time.

python -m recount.eval.generator.examples [DIR]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from recount.eval.generator.case import Form, Options
from recount.eval.generator.generate import generate

ARCHIVE = Path(__file__).resolve().parents[2] / "examples" / "archive"


@dataclass(frozen=True)
class Example:
    """One report of the archive and where it lies."""

    path: str
    form: Form
    seed: int
    options: Options


EXAMPLES = (
    Example(
        "2021/岚泉市图书馆2021年度项目支出绩效自评表.pdf",
        Form.X2021,
        3,
        Options(unit="岚泉市图书馆", trade="文旅", projects=3, style="office", slips=0.1, cover=False),
    ),
    Example(
        "2022/北岭市水利局2022年度部门决算公开说明.pdf",
        Form.X2022,
        11,
        Options(unit="北岭市水利局", trade="水利", projects=2, style="office", slips=0.1, size="small", cover=True),
    ),
    Example(
        "2022/望垣县档案馆2022年度部门决算公开说明.pdf",
        Form.X2022,
        14,
        Options(unit="望垣县档案馆", trade="档案", projects=2, style="word", plant=1, size="small", cover=True),
    ),
    Example(
        "2023/青崮区司法局2023年度部门决算公开说明.pdf",
        Form.X2023,
        8,
        Options(
            unit="青崮区司法局",
            trade="司法",
            projects=2,
            style="boxed",
            overall=True,
            summary=False,
            size="small",
            cover=True,
        ),
    ),
    Example(
        "2023/云柘州交通运输局（汇总）2023年度部门决算公开说明.pdf",
        Form.X2023,
        5,
        Options(
            unit="云柘州交通运输局",
            trade="交通",
            projects=2,
            style="ledger",
            overall=True,
            summary=True,
            classified=True,
            funds=True,
            slips=0.1,
            size="medium",
            cover=True,
        ),
    ),
    Example(
        "2024/沐岚市统计局2024年度部门决算.pdf",
        Form.S2024,
        4,
        Options(unit="沐岚市统计局", trade="统计", style="segmented", summary=True, funds=False, size="small"),
    ),
)


def build(folder: Path) -> list[Path]:
    """Write all examples below a folder; returns their paths."""
    paths = []
    for example in EXAMPLES:
        path = folder / example.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(generate(example.form, example.seed, options=example.options).pdf)
        paths.append(path)
    return paths


if __name__ == "__main__":
    for built in build(Path(sys.argv[1]) if len(sys.argv) > 1 else ARCHIVE):
        print(built)
