"""The whole prompts that are kept: one of each prompt file, as rendered for a report of the examples.

python -m recount.tests.pipeline.model.golden      writes them again; look at the difference before you commit it
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from recount.pipeline.model.ask.pieces import pieces_of
from recount.pipeline.model.mapper import parts_of
from recount.tests.pipeline.model.examples import DEPARTMENT, SHANGHAI, Example, example

GOLDEN = Path(__file__).parent / "golden"


def prompts(known: Example) -> dict[str, str]:
    """The first whole prompt for each part of a report, by its purpose."""
    mapper = known.mapper()
    found: dict[str, str] = {}
    for piece in pieces_of(known.document, known.family).asked:
        _, prompt, _ = mapper.question(piece, parts_of(piece)[0])
        found.setdefault(piece.purpose, f"{prompt.system}\n=====\n{prompt.user}")
    return found


@cache
def rendered() -> dict[str, str]:
    """All of them: those of form X, and of form S what X has not."""
    return {**prompts(example(SHANGHAI)), **prompts(example(DEPARTMENT))}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for purpose, text in rendered().items():
        (GOLDEN / f"{purpose}.txt").write_text(text, encoding="utf-8")
