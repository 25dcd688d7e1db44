"""What faults in print came to, as tables (Markdown), and as counts for a file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from recount.eval.verifier.prints.campaign import Proof
from recount.eval.verifier.prints.judge import Fate, Verdict
from recount.eval.verifier.tables import table

_FATES: tuple[Fate, ...] = get_args(Fate)
_KEYS = {fate: fate.replace(" ", "_") for fate in _FATES}


def render(found: Proof, of: str = "print") -> str:
    """The groups, the kinds, and every fault that passed: its kind, where, what is printed, what was delivered.

    of: what the faults were made in.
    """
    by_group = _grouped(found.verdicts, 1)
    by_kind = _grouped(found.verdicts, 2)
    silent = [verdict for verdict in found.verdicts if verdict.fate == "silent"]
    total = f"{len(found.verdicts):,} faults in {found.documents:,} files, {found.seconds:.0f} seconds"
    absent = f"Not here, and left out: {', '.join(found.absent)}." if found.absent else "Every maker was here."
    parts = [
        f"## Faults in {of}\n\n{total}; {len(silent)} silent. {absent}",
        table(["group", "n", *_FATES], _rows(by_group)),
        "## Kinds\n\n" + table(["group", "kind", "n", *_FATES], _rows(by_kind)),
        "## Makers and forms\n\n" + table(["of", "faults"], [*found.makers.items(), *found.forms.items()]),
        "## Without any fault\n\n" + _without(found),
        "## Silent\n\n" + (table(_HEAD, _passed(silent)) if silent else "None."),
    ]
    return "\n\n".join(parts) + "\n"


def counts(found: Proof) -> dict[str, Any]:
    """What was counted, for a file that documents cite: in all, by group, by maker and by form."""
    groups = {"_".join(group): _counted(verdicts) for group, verdicts in _grouped(found.verdicts, 1).items()}
    return {
        "summary": _counted(found.verdicts) | {"documents": found.documents, "kinds": len(_grouped(found.verdicts, 2))},
        "groups": {name.replace(" ", "_"): counted for name, counted in groups.items()},
        "makers": found.makers,
        "forms": found.forms,
        "silent": [dict(zip(_HEAD, map(str, row), strict=True)) for row in _passed(_silent(found.verdicts))],
    }


_HEAD = ("kind", "file", "fault", "figure", "printed", "delivered")


def _silent(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.fate == "silent"]


def _counted(verdicts: list[Verdict]) -> dict[str, int]:
    fates = Counter(verdict.fate for verdict in verdicts)
    return {"faults": len(verdicts)} | {_KEYS[fate]: fates[fate] for fate in _FATES}


def _grouped(verdicts: Iterable[Verdict], depth: int) -> dict[tuple[str, ...], list[Verdict]]:
    found: dict[tuple[str, ...], list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        found[verdict.kind[:depth]].append(verdict)
    return found


def _rows(groups: dict[tuple[str, ...], list[Verdict]]) -> Iterator[list[object]]:
    for names, verdicts in sorted(groups.items()):
        yield [*names, *_counted(verdicts).values()]


def _passed(silent: list[Verdict]) -> Iterator[tuple[object, ...]]:
    for verdict in silent:
        figure = verdict.wrong[0]
        more = f" and {len(verdict.wrong) - 1} more" if len(verdict.wrong) > 1 else ""
        yield (
            ", ".join(verdict.kind),
            verdict.file,
            verdict.words,
            figure.pointer + more,
            figure.printed,
            figure.delivered,
        )


def _without(found: Proof) -> str:
    if not found.without:
        return "No figure is verified and wrong."
    rows = [[name, ", ".join(wrong) or "nothing is verified"] for name, wrong in found.without.items()]
    return table(["report", "figures"], rows)
