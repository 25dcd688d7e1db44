"""What a campaign counted, as tables of plain text (Markdown)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from recount.eval.verifier.campaign import Campaign
from recount.eval.verifier.judge import Effect, Verdict

_COLUMNS = list(Effect)


def render(found: Campaign, *, misses: int = 40) -> str:
    """All tables. misses: so many of the faults that passed are listed."""
    parts = [
        _outcomes(found),
        _promises(found),
        _blame(found),
        _coverage(found),
        _alarms(found),
        _misses(found, misses),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _by_operator(found: Campaign) -> Iterator[tuple[str, str, list[Verdict]]]:
    by: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in found.verdicts:
        by[verdict.operator].append(verdict)
    for operator, group in found.operators.items():
        yield operator, group, by[operator]


def _outcomes(found: Campaign) -> str:
    rows = []
    for operator, group, verdicts in _by_operator(found):
        counts = [sum(v.outcome is outcome for v in verdicts) for outcome in _COLUMNS]
        noticed = sum(v.noticed for v in verdicts)
        rows.append([group, operator, len(verdicts), *counts, noticed])
    rate = len(found.verdicts) / found.seconds if found.seconds else 0.0
    told = f"{len(found.verdicts):,} faults, {1000 / rate if rate else 0:.1f} CPU seconds for 1,000"
    return f"## Faults\n\n{told}\n\n" + table(["group", "fault", "n", *_COLUMNS, "an identity fails"], rows)


def _promises(found: Campaign) -> str:
    groups: dict[str, list[Verdict]] = defaultdict(list)
    traceless: Counter[str] = Counter()
    for _, group, verdicts in _by_operator(found):
        traceless[group] += sum(v.idle for v in verdicts if group == "rows")
        groups[group] += [v for v in verdicts if not (v.idle if group == "rows" else v.outcome is Effect.HARMLESS)]
    rows = []
    for group, verdicts in groups.items():
        covered = [v for v in verdicts if v.covered]
        silent, rounding, scale = (
            sum(v.outcome is outcome for v in covered) for outcome in (Effect.SILENT, Effect.ROUNDING, Effect.SCALE)
        )
        noticed = sum(v.noticed for v in verdicts)
        rows.append(
            [
                group,
                len(verdicts),
                len(covered),
                _percent(len(covered) - silent, len(covered)),
                silent,
                rounding,
                scale,
                _percent(noticed, len(verdicts)),
                traceless[group],
            ]
        )
    head = [
        "group",
        "harmful",
        "in covered figures",
        "never verified",
        "silent",
        "inside rounding",
        "uniform scale",
        "noticed",
        "without a trace",
    ]
    return "## Promises\n\n" + table(head, rows)


def _blame(found: Campaign) -> str:
    rows = []
    for operator, group, verdicts in _by_operator(found):
        placed = [v.place for v in verdicts if v.place is not None]
        if placed and group != "rows":
            first, three = sum(p == 1 for p in placed), sum(1 <= p <= 3 for p in placed)
            rows.append([operator, len(placed), _percent(first, len(placed)), _percent(three, len(placed))])
    return "## Blame\n\n" + table(["fault", "something fails", "first", "among three"], rows)


def _coverage(found: Campaign) -> str:
    rows = []
    for name, coverage in found.coverage.items():
        evaluated = len(coverage.due) - len(coverage.not_evaluated)
        shares = [
            f"{value:.3f}" for value in (coverage.share(1), coverage.share(2), coverage.covered(1), coverage.covered(2))
        ]
        rows.append([name, coverage.figures, len(coverage.due), evaluated, *shares])
    head = ["report", "figures", "identities due", "evaluated", "under one", "under two", "covered by one", "by two"]
    return "## Coverage\n\n" + table(head, rows)


def _alarms(found: Campaign) -> str:
    rows = [[name, rule] for name, rules in found.failing.items() for rule in rules]
    return "## Identities that fail without any fault\n\n" + (table(["report", "rule"], rows) if rows else "None.")


def _misses(found: Campaign, limit: int) -> str:
    rows = [
        [miss.verdict.outcome, miss.report, miss.fault, " ".join(miss.verdict.pointers[:2])]
        for miss in sorted(found.misses, key=lambda miss: miss.verdict.outcome is not Effect.SILENT)[:limit]
    ]
    told = f"{len(found.misses)} faults passed." + (f" The first {limit}:" if len(found.misses) > limit else "")
    return f"## Misses\n\n{told}\n\n" + (table(["outcome", "report", "fault", "figures"], rows) if rows else "")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "–"
