"""Tasks that stand in for `structure` in tests of the runner; worker processes import them by name."""

from __future__ import annotations

import os
import signal
import threading
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from recount.pipeline.errors import Encrypted
from recount.pipeline.result import Result, typed
from recount.pipeline.steps import tell


def sample_result(path: Path, sha256: str = "") -> Result:
    """A small result in the shape of the contract: three figures that do not add up, one change, one row."""
    figures = {
        "/income_expenditure/income_total": _figure("1,955.06", "disputed", ["c1"]),
        "/income_expenditure/income_current_year": _figure("1950.30", "disputed", ["c1"]),
        "/income_expenditure/opening_carryover": _figure("4.68", "verified", ["c1"]),
        "/general_public_budget/items/0/change/percent": _figure("-3.40", "grounded", [], unit="%", page=5),
        "/overview/staff_total": _figure("88", "verified", [], unit="人"),
    }
    content = {
        "contract": "final-accounts/1",
        "source": {
            "file": path.name,
            "sha256": sha256,
            "pages": 7,
            "scanned_pages": [],
            "ocr": None,
        },
        "report": {
            "unit_name": "某某市[财政]局",
            "fiscal_year": Decimal(2022),
            "income_expenditure": {"income_total": Decimal("1955.06"), "opening_carryover": Decimal("4.68")},
            "general_public_budget": {"items": [{"item_name": "行政运行", "change": {"percent": Decimal("-3.40")}}]},
            "overview": {"staff_total": Decimal(88)},
        },
        "figures": figures,
        "checks": [
            {
                "id": "c1",
                "rule": "收入总计 = 本年收入合计 + 年初结转和结余",
                "expression": "1955.06 = 1950.30 + 4.68",
                "result": "fail",
                "computed": Decimal("1954.98"),
                "printed": Decimal("1955.06"),
                "residual": Decimal("0.08"),
                "tolerance": Decimal("0.015"),
                "severity": "error",
                "explanation": None,
                "pointers": list(figures)[:3],
            },
            {"id": "c2", "rule": "r", "expression": "e", "result": "pass", "severity": None, "pointers": []},
        ],
        "rejected": [
            {
                "pointer": "/procurement/total",
                "proposed": "12.3",
                "mapper": "model:x",
                "reason": "not on the page",
            }
        ],
        "summary": {"figures": {"verified": 2, "disputed": 2, "grounded": 1}},
    }
    return typed(content)


def _figure(raw: str, status: str, checks: list[str], unit: str = "万元", page: int = 3) -> dict[str, Any]:
    return {
        "raw": raw,
        "value": Decimal(raw.replace(",", "")),
        "unit": unit,
        "page": page,
        "bbox": [72.0, 100.25, 120.5, 112.0],
        "origin": "text",
        "confidence": None,
        "mapper": "template",
        "status": status,
        "checks": checks,
    }


def by_content(path: Path, sha256: str) -> list[Result]:
    """Does what the first word of the file says; structures it if that is no word of these."""
    word, _, rest = path.read_text(errors="replace").partition(" ")
    if word == "encrypted":
        raise Encrypted("needs a password")
    if word == "bug":
        raise ZeroDivisionError("a bug in the program")
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "once" and not (marker := Path(rest, "died")).exists():
        marker.touch()
        os._exit(3)
    if word == "interrupt":
        raise KeyboardInterrupt
    if word == "hang":
        while True:
            time.sleep(60)
    if word == "hungry":
        eaten = [bytearray(b"x" * (8 << 20)) for _ in range(200)]
        time.sleep(60)
        del eaten
    if word == "pause" and not (marker := Path(path.read_text().split(" ")[1], "begun")).exists():
        marker.write_text(f"{os.getpid()}\n")
        time.sleep(60)
    if word == "brief":
        time.sleep(0.02)
    if word == "steps":
        for step in (("read", 1, 2), ("read", 2, 2), ("map", 0, 0)):
            tell(*step)
    if word == "slow":
        Path(rest).write_text(f"{os.getpid()}\n")
        time.sleep(600)
    reports = int(rest.split()[0]) if word == "several" else 1
    return [sample_result(path, sha256)] * reports


def large_answer(marker: Path, item: int) -> bytes:
    """An answer that is larger than any pipe; that about 3 is cut off once."""
    if item == 3 and not marker.exists():
        marker.touch()
        threading.Timer(0.0, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return b"x" * (1 << 20)
