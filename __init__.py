"""Recount: archives of financial disclosure reports as typed JSON, every figure recounted.

`recount.open(OUT)` reads the results of `recount structure … --out OUT`: typed reports, and their figures as a
DataFrame. Importing this costs nothing; what is needed is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recount.pipeline.output.folder import Output, StructuredReport, open
    from recount.pipeline.version import __version__

__all__ = ["Output", "StructuredReport", "__version__", "open"]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from recount.pipeline import version

        return version.__version__
    if name in __all__:
        from recount.pipeline.output import folder as reader

        return getattr(reader, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
