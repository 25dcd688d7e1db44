"""A result and a run as a person reads them on a terminal: returned, not printed.

Words of a document become rich's Text: as markup, a bracket in a report would change the page. What would move a
terminal's cursor, or turn its line about, is shown as what it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import takewhile
from operator import itemgetter

from pydantic import BaseModel
from rich.console import Group, OverflowMethod, RenderableType
from rich.table import Table
from rich.text import Text

from recount.pipeline.archive.strangers import visible
from recount.pipeline.errors import UsageError
from recount.pipeline.language import _, named, spoken, told
from recount.pipeline.output.rows import why
from recount.pipeline.result import Check, Decided, FigureEntry, PageRemark, Reach, Result
from recount.pipeline.run.fates import Attempt, FoundFile, RunSummary, by_fate, by_status, not_read
from recount.pipeline.run.status import Status
from recount.schemas.describe import fields_of, titles
from recount.schemas.saying import with_values

MARKS = {"verified": "✓", "repaired": "✎", "reviewed": "◆", "grounded": "○", "disputed": "✗"}
_STYLES = dict(zip(MARKS, ("green", "cyan", "blue", "default", "bold red"), strict=True))
_SEVERITIES = {"error": "bold red", "minor": "yellow"}
_ARROW = " › "
_FEW = 8
"""So many files that were left out are named."""


def _text(words: str = "", style: str = "") -> Text:
    """Words of anybody, as they may be shown."""
    return Text(visible(words), style=style)


def _words(*parts: str | tuple[str, str], overflow: OverflowMethod | None = None) -> Text:
    """The same of several parts, some with a style."""
    clean = [visible(part) if isinstance(part, str) else (visible(part[0]), part[1]) for part in parts]
    return Text.assemble(*clean, overflow=overflow)


# --- results and runs


@dataclass(frozen=True, slots=True)
class Shown:
    """A result together with the model that says what its places are called."""

    result: Result
    model: type[BaseModel]

    @property
    def figures(self) -> Mapping[str, FigureEntry]:
        return self.result.figures

    @property
    def failing(self) -> list[Check]:
        """The checks that fail, errors first."""
        return sorted(self.result.failing, key=lambda check: check.severity != "error")

    def name(self, pointer: str, *, below: int = 0) -> str:
        """What a figure is called; below: how many titles from the left are understood."""
        return with_values(_ARROW.join(titles(self.model, self.result.report, pointer)[below:]), spoken())


def render_result(result: Result, model: type[BaseModel], section: str | None = None) -> Iterator[RenderableType]:
    """A whole report: what its source gets wrong, what is disputed, figures by section, what was rejected.

    section: only the figures of the sections whose key or title holds this. Raises UsageError if none does.
    """
    reading = Shown(result, model)
    chosen = _sections(reading, section)
    yield from _heading(reading)
    if section is None:
        yield from _discrepancies(reading)
        yield from _disputed(reading)
        yield from _remarks(reading.result.summary.remarks)
        yield from _decisions(reading.result.summary.decisions or ())
    for key, title in chosen.items():
        yield from _figures(reading, key, title)
    if section is None:
        yield from _rejected(reading)


def render_summary(
    reports: Mapping[str, int],
    figures: Mapping[str, int],
    discrepancies: Mapping[str, int],
    files: Mapping[str, int] | None = None,
) -> RenderableType:
    """The table at the end of a run: groups of counts, under their names. files: by fate, where others were found."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    titles = _("Files found"), _("Reports"), _("Figures"), _("Discrepancies")
    for title, counts in zip(titles, (files, reports, figures, discrepancies), strict=True):
        if counts is None:
            continue
        table.add_row(_text(title, style="bold"), f"{sum(counts.values()):,}")
        for name, number in counts.items():
            mark = f"{MARKS[name]} " if name in MARKS else ""
            table.add_row(_text(f"  {mark}{named(name)}"), f"{number:,}")
    return table


def render_run(summary: RunSummary) -> Iterator[RenderableType]:
    """What a run did."""
    yield render_summary(
        reports={
            "structured": summary.structured,
            "unchanged": summary.unchanged,
            **_open_among(summary.open),
            "failed": len(summary.failures),
        },
        figures=summary.figures,
        discrepancies={"error": summary.errors, "minor": summary.minor},
        files=_files_of(summary.found),
    )
    attempts = [outcome.attempt for outcome in summary.outcomes]
    yield from render_several(attempts)
    yield from render_unread(attempts)
    yield from render_left_out(summary.left_out)
    yield from _skipped(summary.found)


def render_troubles(summary: RunSummary, *, strict: bool = False) -> Iterator[RenderableType]:
    """What failed in a run, or is left to be done. strict: files that were left out, too."""
    yield from render_failures((file.file, file.reason) for file in summary.lost(strict=strict))
    yield from render_failures(reason_of(failure) for failure in summary.failures)
    if summary.nothing:
        yield _("recount: none of these files of text holds a report")
    attempts = [outcome.attempt for outcome in summary.outcomes if not outcome.unchanged]
    yield from _still_open(attempts)
    yield from _aside(attempts)


def render_status(status: Status) -> Iterator[RenderableType]:
    """How an output folder stands."""
    run = status.run
    if run is not None:
        lasts = "Latest run: started {started}, not finished: it works still, or was interrupted"
        words = "Latest run: started {started}, finished {finished}" if run.finished else lasts
        yield _text(_(words, started=run.started, finished=run.finished))
    yield render_summary(
        reports={
            "structured": len(status.done) - len(status.open),
            **_open_among(status.open),
            "failed": len(status.failed),
            "not begun": len(status.waiting),
        },
        figures=status.figures,
        discrepancies={
            "error": sum(attempt.errors for attempt in status.standing),
            "minor": sum(attempt.minor for attempt in status.standing),
        },
        files=_files_of(status.found),
    )
    if status.stages:
        spent = _(", ").join(f"{named(stage)} {seconds:,.1f}" for stage, seconds in status.stages.items())
        yield _text(_("Worker seconds by stage: {spent}", spent=spent))
    if status.usage:
        amounts = (f"{named(key.replace('_', ' '))} {amount:,g}" for key, amount in status.usage.items())
        yield _text(_("Model: {amounts}", amounts=_(", ").join(amounts)))
    if status.decisions:
        decided = _(", ").join(f"{number} {named(state)}" for state, number in status.decisions.items())
        yield _text(_("Decisions: {decided}", decided=decided))
    for title, lines in (
        (_("Files with several reports"), list(render_several(status.done))),
        (_("Pages left out"), list(render_unread(status.done))),
        (_("Open"), list(_still_open(status.done))),
        (_("Stale decisions"), list(_stale(status.done))),
        (_("Decided since, for the next run (recount retry)"), [_text(name) for name in status.to_decide]),
        (_("Decisions about reports that are not here"), [_text(f"corrections/{file}") for file in status.unclaimed]),
        (_("Results changed by hand"), list(_aside(status.attempts.values()))),
        (_("Files left out"), list(render_left_out(status.left_out))),
    ):
        if lines:
            yield _title(title)
            yield from lines
    if status.broken:
        yield _title(_("Broken rows of the ledger, whose reports the next run does again"))
        yield from (_words(told(line), overflow="fold") for line in status.broken)
    if status.failed or status.others:
        yield _title(_("Failures"))
        yield from render_failures(reason_of(failure) for failure in status.failed)
        yield from render_failures((file.file, file.reason) for file in status.others if file.fate != "skipped")
        yield from _skipped(status.found)


def render_failures(failures: Iterable[tuple[str, str]]) -> Iterator[RenderableType]:
    """One line for each report (or folder) that failed: its name and the reason."""
    for name, reason in failures:
        yield _words((name, "bold"), _(": "), told(reason), overflow="fold")


def _open_among(attempts: Sequence[Attempt]) -> dict[str, int]:
    """The reports that a model did not answer about, for a table: only if there are any."""
    return {"open": len(attempts)} if attempts else {}


def _files_of(found: Sequence[FoundFile]) -> Mapping[str, int] | None:
    """The files that were found by fate; None if all of them are reports: then they are counted as such."""
    return None if all(file.report for file in found) else by_fate(found)


def _skipped(found: Iterable[FoundFile]) -> Iterator[RenderableType]:
    """One line for each kind of file that was left out: how many, and the first of them."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for file in found:
        if file.fate == "skipped" and not file.report:
            kinds[file.reason].append(file.file)
    for reason, names in kinds.items():
        more = _(" … and {number:,} more", number=len(names) - _FEW) if len(names) > _FEW else ""
        said = _(", {reason}: {names}", reason=told(reason), names=_(", ").join(names[:_FEW]))
        yield _words((_("left out {number:,}", number=len(names)), "bold"), f"{said}{more}")


def _each(attempts: Iterable[Attempt], said: Callable[[Attempt], Iterable[str]]) -> Iterator[RenderableType]:
    """A line for all that is said of each report."""
    for attempt in attempts:
        for words in said(attempt):
            yield _words((attempt.file, "bold"), _(": "), words, overflow="fold")


def _still_open(attempts: Iterable[Attempt]) -> Iterator[RenderableType]:
    """One line for each report that a model did not answer about: what it was asked is not in the result."""
    words = partial(_, "the model did not answer about {parts}; the next run asks again")
    return _each(attempts, lambda attempt: [words(parts=_(", ").join(attempt.open))] if attempt.open else [])


def _aside(attempts: Iterable[Attempt]) -> Iterator[RenderableType]:
    """One line for each result that somebody had changed, and that was written anew."""
    words = partial(_, "its result was changed by somebody else; that one is kept as reports/{file}")
    return _each(attempts, lambda attempt: [words(file=file) for file in attempt.aside])


def _stale(attempts: Iterable[Attempt]) -> Iterator[RenderableType]:
    """One line for each report about which something was decided that no longer fits it."""
    words = partial(_, "decisions that do not fit what is read now: {number}; recount show says which")
    return _each(attempts, lambda attempt: [words(number=n)] if (n := attempt.decisions.get("stale")) else [])


def render_several(attempts: Iterable[Attempt]) -> Iterator[RenderableType]:
    """One line for each file that holds several reports: what their results are called."""
    several = (attempt for attempt in attempts if attempt.reports > 1)
    words = partial(_, "{number} reports, {first} to {last}")
    return _each(several, lambda one: [words(number=one.reports, first=one.results[0], last=one.results[-1])])


def render_left_out(attempts: Sequence[Attempt]) -> Iterator[RenderableType]:
    """One line for the files of text that hold no report."""
    if attempts:
        names = _(", ").join(attempt.file for attempt in attempts[:_FEW])
        more = _(" and {number:,} more", number=len(attempts) - _FEW) if len(attempts) > _FEW else ""
        why = _(", for they hold no report: {names}", names=names)
        yield _words((_("Left out"), "bold"), f"{why}{more}", overflow="fold")


def render_unread(attempts: Iterable[Attempt]) -> Iterator[RenderableType]:
    """One line for each report with pages that could not be read: what they hold is not in its result."""
    return _each(attempts, lambda attempt: [not_read(attempt.unread)] if attempt.unread else [])


def reason_of(failure: Attempt) -> tuple[str, str]:
    """The name and reason of a failed attempt."""
    return failure.file, failure.reason or _("no reason was recorded")


def _sections(reading: Shown, wanted: str | None) -> dict[str, str]:
    """The sections to be shown, in the order of the report."""
    sections = {key: field.title for key, field in fields_of(reading.model).items()}
    if wanted is None:
        return sections
    chosen = {key: title for key, title in sections.items() if wanted.lower() in key or wanted in title}
    if not chosen:
        raise UsageError(f"no section is called {wanted}; there are {', '.join(sections)}")
    return chosen


def _heading(reading: Shown) -> Iterator[RenderableType]:
    """Which report this is, and how its figures stand."""
    source, report, own = reading.result.source, reading.result.report, reading.result.family
    unit, year = report.get("unit_name") or (own.name if own else "?"), report.get("fiscal_year")
    yield _text(f"{unit} {year if year is not None else '' if own else '?'}".rstrip(), style="bold")
    scanned = len(source.scanned_pages)
    words = "{file} ({pages} pages, {scanned} of them scanned)" if scanned else "{file} ({pages} pages)"
    yield _text(_(words, file=source.file, pages=source.pages, scanned=scanned), style="dim")
    counts = by_status([Counter(figure.status for figure in reading.figures.values())])
    said = (_text(f"{MARKS[word]} {number} {named(word)}", style=_STYLES[word]) for word, number in counts.items())
    yield _text(_("{number} figures: ", number=len(reading.figures))).append_text(Text(_(", ")).join(said))
    if unread := reading.result.summary.unread_pages:
        yield _text(not_read(unread), style="bold red")
    yield from _coverage(reading.result.summary.coverage)


def _coverage(reach: Reach | None) -> Iterator[RenderableType]:
    """How much of the report its identities reach; a result of an earlier version does not say."""
    if reach is None:
        return
    due, evaluated = reach.identities.due, reach.identities.evaluated
    said = _(
        "{evaluated} of {due} identities evaluated: {one:.1f} % of the figures under one, {two:.1f} % under two, "
        "{covered:.1f} % covered",
        evaluated=evaluated, due=due, one=100 * reach.under_one, two=100 * reach.under_two, covered=100 * reach.covered,
    )  # fmt: skip
    yield _text(said, style="dim")
    for line in reach.rows_left_out:
        numbers = " ".join(line.numbers)
        yield _text(_("no row was read from page {page}: {numbers}", page=line.page, numbers=numbers), style="bold red")


def _remarks(remarks: Sequence[PageRemark]) -> Iterator[RenderableType]:
    """What a reader of the pages sees beside the figures: a line a kind and page, and how often more of it there."""
    if not remarks:
        return
    yield _title(_("Remarks on pages: {number}", number=len(remarks)))
    together: dict[tuple[int, str], list[PageRemark]] = defaultdict(list)
    for remark in remarks:
        together[remark.page, remark.kind].append(remark)
    for (page, kind), alike in sorted(together.items(), key=itemgetter(0)):
        more = _(" ({number} more)", number=len(alike) - 1) if len(alike) > 1 else ""
        place = f"{where(page, alike[0].line)}{_(', ')}{named(kind)}"
        yield _words((place, "bold"), _(": "), f"{told(alike[0].words)}{more}", overflow="fold")


def _decisions(decisions: Sequence[Decided]) -> Iterator[RenderableType]:
    """What people decided: a line each, and why one is not applied."""
    if decisions:
        yield _title(_("Decisions: {number}", number=len(decisions)))
    for one in decisions:
        style = "bold red" if one.reason else "default"
        said = " ".join(filter(None, (named(one.state), named(one.verdict), one.pointer)))
        why = f"{_(': ')}{told(one.reason)}" if one.reason else ""
        yield _words((said, style), f" {one.by} {one.at}", why, overflow="fold")


def _discrepancies(reading: Shown) -> Iterator[RenderableType]:
    """Where the document contradicts itself."""
    failing = reading.failing
    ids = {check.id for check in failing}
    leading = [check for check in failing if check.follows not in ids]
    following = len(failing) - len(leading)
    more = _(", and {number} that follow from them", number=following) if following else ""
    yield _title(_("Source discrepancies: {number}", number=len(leading)) + more)
    for check in leading:
        yield _discrepancy(reading, check)
        for other in failing:
            if other.follows == check.id:
                yield _text(f"  {_('follows from it: ')}{other.rule}{_(': ')}{other.expression}", style="dim")


def _discrepancy(reading: Shown, check: Check) -> RenderableType:
    """A failing check: the rule, both sides, their difference, every operand with its page."""
    severity = check.severity or "error"
    explained = _(" ({words})", words=told(check.explanation)) if check.explanation else ""
    sides = _(
        "printed {printed}, computed {computed}, difference {residual}; rounding explains up to {tolerance}",
        **{side: _plain(getattr(check, side)) for side in ("printed", "computed", "residual", "tolerance")},
    )
    lines = [
        _words((f"{named(severity)}{explained}", _SEVERITIES.get(severity, "default")), "  ", check.rule),
        _text(f"  {check.expression}"),
        _text(f"  {sides}"),
    ]
    suspects = _("; ").join(_operand(reading, own) for own in check.suspects or ())
    lines += [_text(f"  {_('most suspect: ')}{suspects}", style="bold")] if suspects else []
    lines += [_text(f"  {line}", style="dim") for line in _operands(reading, check.pointers)]
    return Group(*lines)


def _operands(reading: Shown, pointers: Sequence[str]) -> Iterator[str]:
    """The operands of a check, each with its page; what all their names begin with is said once."""
    names = [titles(reading.model, reading.result.report, pointer) for pointer in pointers]
    steps = zip(*(name[:-1] for name in names), strict=False)
    shared = len(list(takewhile(lambda step: len(set(step)) == 1, steps)))
    indent = ""
    if shared:
        yield _ARROW.join(names[0][:shared])
        indent = "  "
    for pointer in pointers:
        yield indent + _operand(reading, pointer, below=shared)


def _operand(reading: Shown, pointer: str, *, below: int = 0) -> str:
    figure = reading.figures.get(pointer)
    place = f"{figure.raw}{_(', ')}{where(figure.page, figure.line)}" if figure else _("not read")
    return f"{reading.name(pointer, below=below)}{_(': ')}{place}"


def where(page: int, line: int | None) -> str:
    """The place of something in a file: its line in a text, its page in any other."""
    return _("page {number}", number=page) if line is None else _("line {number}", number=line)


def _disputed(reading: Shown) -> Iterator[RenderableType]:
    """The figures that nothing clears, with the checks that they fail: said once of those of which it is the same."""
    broken = {check.id: check for check in reading.failing}
    disputed = [item for item in reading.figures.items() if item[1].status == "disputed"]
    yield _title(_("Disputed figures: {number}", number=len(disputed)))
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for pointer, figure in disputed:
        by = figure.reviewed
        decided = [_("decided: {verdict} ({by})", verdict=named(by.verdict), by=by.by)] if by else []
        alike[(*(list(map(told, why(figure, broken))) or [_("no check is named")]), *decided)].append(pointer)
    for reasons, pointers in alike.items():
        yield from (_words((f"{MARKS['disputed']} ", _STYLES["disputed"]), _operand(reading, p)) for p in pointers)
        yield from (_text(f"  {reason}") for reason in reasons)


def _figures(reading: Shown, key: str, title: str) -> Iterator[RenderableType]:
    """The figures of a section; nothing if there are none."""
    own = [(p, f) for p, f in reading.figures.items() if p == f"/{key}" or p.startswith(f"/{key}/")]
    if not own:
        return
    yield _title(title)
    table = Table.grid(padding=(0, 2))
    table.add_column(overflow="fold")
    table.add_column(justify="right")
    table.add_column()
    table.add_column()
    table.add_column(justify="right", style="dim")
    for pointer, figure in own:
        status = figure.status
        table.add_row(
            _text(reading.name(pointer, below=1) or title),
            _text(_amount(figure)),
            _text(figure.unit or ""),
            _text(MARKS.get(status, status), style=_STYLES.get(status, "default")),
            _("p. {number}", number=figure.page) if figure.line is None else where(figure.page, figure.line),
        )
    yield table


def _rejected(reading: Shown) -> Iterator[RenderableType]:
    """The proposals that the verifier refused."""
    rejected = reading.result.rejected
    if not rejected:
        return
    yield _title(_("Rejected proposals: {number}", number=len(rejected)))
    for refused in rejected:
        about = {
            "name": reading.name(refused.pointer),
            "proposed": _plain(refused.proposed),
            "by": named(refused.mapper),
        }
        yield _text(_("{name}: {proposed} ({by}): {reason}", **about, reason=told(refused.reason)))


def _title(words: str) -> RenderableType:
    return Group(Text(), _text(words, style="bold underline"))


def _amount(figure: FigureEntry) -> str:
    """A figure's value; money with its thousands apart."""
    value = figure.value
    return f"{value:,}" if "元" in (figure.unit or "") else _plain(value)


def _plain(value: object) -> str:
    """A value as in the result file, – where there is none."""
    return f"{value:f}" if isinstance(value, Decimal) else "–" if value is None else str(value)
