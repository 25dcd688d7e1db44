"""The sample reports: published ones that lie outside the repository, and only on some machines.

They are extras. Whatever a test asks of them it asks of a twin as well, a report of our own (see `twins`). They lie in
the folder that RECOUNT_SAMPLES names, or else beside the checkout; where there are none, the end of a run says how many
tests were skipped for it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

NAMED = os.environ.get("RECOUNT_SAMPLES")
FOLDER = Path(NAMED) if NAMED else Path(__file__).resolve().parents[2] / "shared" / "reports"
ABSENT = "the sample reports are not here"


def of_sample(*values: Any) -> Any:
    """The parameters of a test that reads a sample: skipped where the samples are not."""
    return pytest.param(*values, marks=pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT))


SAMPLES = tuple(of_sample(name) for name in ("s000", "s002", "s003", "r_czj"))
"""Two narratives with tables, one of them with a levelled share; tables alone; one with the nine statements."""
