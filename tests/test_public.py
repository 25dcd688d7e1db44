"""What other programs may build on: the public names of `recount`, and how they are called.

A line that changes here is a change of the interface: it goes into CHANGELOG.md.
"""

from __future__ import annotations

import inspect
import re

import recount

PUBLIC = """\
Output(path: Path, family: str | None = None) -> None
Output.__getitem__(self, name: str) -> StructuredReport
Output.__len__(self) -> int
Output.figures(self, status: str | Sequence[str] | None = None) -> polars.DataFrame
Output.names: list[str]
Output.reports(self) -> Iterator[StructuredReport]
Output.table(self, name: str, status: str | Sequence[str] | None = None) -> polars.DataFrame
Output.tables: list[str]
StructuredReport(name: str, result: Result, same_as: str | None = None, kinds: Kinds | None = None) -> None
StructuredReport.discrepancies: list[Check]
StructuredReport.figures: Mapping[str, FigureEntry]
StructuredReport.kinds: Kinds | None
StructuredReport.name: str
StructuredReport.report: Any
StructuredReport.result: Result
StructuredReport.same_as: str | None
__version__: str
open(path: str | Path, family: str | Path | None = None) -> Output
"""
SPECIAL = {"__getitem__", "__len__"}
"""Special methods that the class has of its own and that are part of how it is used."""


def signature(thing: object) -> str:
    return str(inspect.signature(thing)).replace("'", "")  # type: ignore[arg-type]


def members(name: str, owner: type) -> list[str]:
    """A class as it is made, and its public methods, properties and fields."""
    found = [f"{name}{signature(owner)}"]
    fields = {field: kind for field, kind in inspect.get_annotations(owner).items() if not field.startswith("_")}
    for member, value in vars(owner).items():
        if member in fields or (member.startswith("_") and member not in SPECIAL):
            continue
        getter = getattr(value, "fget", None) or getattr(value, "func", None)
        if getter is not None:
            fields[member] = inspect.signature(getter).return_annotation
        else:
            found.append(f"{name}.{member}{signature(value)}")
    return found + [f"{name}.{field}: {kind}" for field, kind in fields.items()]


def test_the_public_names_and_how_they_are_called() -> None:
    found = []
    for name in recount.__all__:
        thing = getattr(recount, name)
        if inspect.isclass(thing):
            found += members(name, thing)
        else:
            found.append(f"{name}{signature(thing)}" if callable(thing) else f"{name}: {type(thing).__name__}")
    assert "".join(f"{line}\n" for line in sorted(found)) == PUBLIC


def test_every_public_name_says_what_it_does() -> None:
    for name in set(recount.__all__) - {"__version__"}:
        thing = getattr(recount, name)
        assert inspect.getdoc(thing), name
        for member, value in vars(thing).items() if inspect.isclass(thing) else ():
            if not member.startswith("_") and member not in inspect.get_annotations(thing):  # its docstring has these
                assert inspect.getdoc(value), f"{name}.{member}"


def test_the_version_is_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+|rc\d+)?", recount.__version__)
