"""The desk as a web application of this machine: who may ask, which addresses there are, what they answer.

Whoever asks must know the token of the session, which stands in every address, and must have been led here by the desk
itself: a page of the web that a reviewer has open in the same browser can send requests to this machine as well.
Words of documents reach the browser as text alone: templates escape them, and no script or style of theirs would run.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recount.desk import charts
from recount.desk.cards import sections_of
from recount.desk.session import Opened, Session
from recount.desk.shelf import STATES, Row, Wanted
from recount.desk.view import MARKS, STATUS_WORDS, amount, browser_data, card_decision, decided_figures, sheets
from recount.desk.words import Words
from recount.pipeline.errors import DocumentError, RecountError
from recount.pipeline.lasting import decoded, encode
from recount.pipeline.review.decisions import Place, Verdict

_HERE = Path(__file__).parent
_ROWS = 100
"""So many reports stand on one page of the queue."""
_COARSEST, _DPI, _FINEST = 20, 110, 400
_CROP_DPI = 150.0
_LARGEST = 1 << 16
"""Bytes of a request."""
_HEADERS = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def new_token() -> str:
    """What nobody guesses."""
    return secrets.token_urlsafe(24)


class Guard:
    """Lets nobody in whose browser was not led here by the desk: another host (a name that somebody made point at this
    machine), another origin (a page of the web that sends a request here), no token. Each gets 403."""

    def __init__(self, app: ASGIApp, token: str, hosts: frozenset[str]) -> None:
        self._app, self._token, self._hosts = app, token, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not self._may(scope):
            await PlainTextResponse("403", 403)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                more = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *(one for one in more if one[0] not in given)]
            await send(message)

        await self._app(scope, receive, with_headers)

    def _may(self, scope: Scope) -> bool:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        own = {f"http://{name}" for name in self._hosts}
        if host not in self._hosts or (origin is not None and origin not in own):
            return False
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return False
        if scope["method"] not in ("GET", "HEAD") and origin is None:
            return False
        given = scope["path"].split("/")[1]
        return secrets.compare_digest(given.encode("utf-8", "replace"), self._token.encode())


class Desk:
    """The addresses below the token, and what they answer."""

    def __init__(self, session: Session, words: Words, token: str) -> None:
        self.session, self.words, self.base = session, words, f"/{token}"
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["amount"] = amount
        self._templates.globals.update(
            t=words, base=self.base, marks=MARKS, status_words=STATUS_WORDS, asked=session.asked
        )

        keys = {"a": "as_printed", "e": "misread", "m": "other_token", "x": "not_a_figure", "n": "note", "u": "undo"}
        self._labels = encode({key: words(f"do_{word}") for key, word in keys.items()})

    def routes(self) -> list[Route | Mount]:
        """All of them."""
        answers: Mapping[str, Callable[[Request], Response]] = {
            "/": self.queue,
            "/overview": self.overview,
            "/r/{key}": self.report,
            "/r/{key}/state": self.state,
            "/r/{key}/sheets": self.sheets,
            "/r/{key}/figures": self.figures,
            "/r/{key}/page/{number:int}": self.page,
            "/r/{key}/crop": self.crop,
            "/r/{key}/source": self.source,
        }
        changes: Mapping[str, Callable[[Request, Any], Response]] = {
            "/r/{key}/decide": self.decide,
            "/r/{key}/undo": self.undo,
            "/r/{key}/promote": self.promote,
        }
        return [
            *(Route(path, partial(_answered, answer)) for path, answer in answers.items()),
            *(Route(path, partial(_changed, change), methods=["POST"]) for path, change in changes.items()),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]

    # --- pages

    def _page(self, name: str, **given: Any) -> HTMLResponse:
        words = self._templates.get_template(name).render(**given)
        return HTMLResponse(words.encode("utf-8", "backslashreplace"), headers={"cache-control": "no-store"})

    def queue(self, request: Request) -> Response:
        """The reports, the worst first."""
        rows, asked = self.session.shelf.rows(), request.query_params
        wanted = Wanted(*(asked.get(name, "") for name in ("state", "unit", "year", "rule")))
        fitting = [row for row in rows if wanted.fits(row)]
        start = asked.get("from", "")
        first = int(start) if start.isdecimal() else 0
        counted = sum(row.details is not None or row.failed for row in rows)
        return self._page(
            "queue.html",
            rows=fitting[first : first + _ROWS],
            fitting=len(fitting),
            first=first,
            step=_ROWS,
            wanted=wanted,
            states=STATES,
            years=sorted({row.year for row in rows if row.year is not None}, reverse=True),
            rules=charts.rules_of(rows),
            totals=_totals(rows),
            counted=counted,
        )

    def overview(self, request: Request) -> Response:  # noqa: ARG002
        """What people ask of an archive first."""
        return self._page("overview.html", found=charts.overview_of(self.session.shelf.rows()))

    def report(self, request: Request) -> Response:
        """A report: its cards, and a place for its pages."""
        key = request.path_params["key"]
        keys = [row.key for row in self.session.shelf.rows() if not row.failed]
        at = keys.index(key) if key in keys else 0
        now = self.session.open(key)
        before, after = (keys[at - 1] if at else None), (keys[at + 1] if at + 1 < len(keys) else None)
        return self._page("report.html", before=before, after=after, key=key, labels=self._labels, **self._cards(now))

    def _cards(self, now: Opened) -> dict[str, Any]:
        """What the templates of a report are given."""
        decided = decided_figures(now)
        applied = {one.id for one in now.result.summary.decisions or () if one.state == "applied"}
        decisions = {card.id: card_decision(card, decided) for card in now.findings.cards}
        alone = [figure for figure in now.findings.disputed if figure.pointer not in decided]
        pending = [card for card in now.findings.cards if decisions[card.id] is None and card.suspects]
        settled = len({one.id for one in decided.values()} | {one.id for one in now.decisions if one.id in applied})
        return {
            "now": now,
            "row": now.row,
            "decided": decided,
            "decisions": decisions,
            "stale": [one for one in now.result.summary.decisions or () if one.state == "stale"],
            "settled": settled,
            "due": settled + len(pending) + len(alone),
        }

    def state(self, request: Request) -> Response:
        """The cards after the recount, and what the browser is told besides."""
        wait = request.query_params.get("wait") == "1"
        now = self.session.open(request.path_params["key"], wait=wait)
        words = self._templates.get_template("cards.html").render(**self._cards(now))
        return _json({"cards": words, "data": browser_data(now, self.words), "trouble": now.trouble})

    def figures(self, request: Request) -> Response:
        """All figures by section."""
        now = self.session.open(request.path_params["key"])
        return self._page("figures.html", sections=sections_of(now.model, now.figures), now=now)

    # --- pages of the file

    def sheets(self, request: Request) -> Response:
        """How large the pages are, or why there are none."""
        try:
            return _json(sheets(self.session.book(request.path_params["key"])))
        except RecountError as error:
            return _json({"sheets": [], "lines": [], "trouble": str(error)})

    def page(self, request: Request) -> Response:
        """A page as a picture: ?dpi=."""
        book = self.session.book(request.path_params["key"])
        asked = request.query_params.get("dpi", "")
        dpi = min(max(int(asked) if asked.isdecimal() else _DPI, _COARSEST), _FINEST)
        return _picture(book.picture(request.path_params["number"], dpi))

    def crop(self, request: Request) -> Response:
        """What stands around a figure: ?pointer=."""
        key = request.path_params["key"]
        figure = self.session.open(key).figures.get(request.query_params.get("pointer", ""))
        if figure is None or figure.entry.bbox is None:
            raise DocumentError("there is no such figure with a place")
        box = [float(side) for side in figure.entry.bbox]
        return _picture(self.session.book(key).crop(figure.entry.page, box, _CROP_DPI))

    def source(self, request: Request) -> Response:
        """The file itself: a PDF or a picture as such, anything else as plain text."""
        key = request.path_params["key"]
        row, content, kind = self.session.file(key)
        name = quote(row.file.rpartition("/")[2])
        shown = {"content-disposition": f"inline; filename*=UTF-8''{name}", "cache-control": "no-store"}
        return Response(content, media_type=kind, headers=shown)

    # --- what is decided

    def decide(self, request: Request, given: Any) -> Response:
        """Keeps a decision: pointer, verdict, value, target (a pointer or a place), note."""
        if not {"pointer", "verdict"} <= given.keys():
            raise ValueError("it has no pointer or no verdict")
        key, target = request.path_params["key"], given.get("target")
        if isinstance(target, dict):
            box = target.get("box")
            target = Place(
                int(target["page"]), tuple(map(float, box)) if box else None, str(target["raw"]), target.get("line")
            )
        made = self.session.decide(
            key,
            str(given["pointer"]),
            Verdict(given["verdict"]),
            value=given.get("value"),
            target=target,
            note=str(given.get("note") or ""),
        )
        return _json({"id": made.id})

    def undo(self, request: Request, given: Any) -> Response:
        """Takes a decision back, the last one or that of an id."""
        undone = self.session.undo(request.path_params["key"], str(given.get("id") or ""))
        return _json({"id": undone.id, "pointer": undone.pointer})

    def promote(self, request: Request, given: Any) -> Response:  # noqa: ARG002
        """Makes a case of gold of the report as it was reviewed."""
        return _json({"where": str(self.session.promote(request.path_params["key"]))})


def _answered(answer: Callable[[Request], Response], request: Request) -> Response:
    """An answer, or why there is none."""
    try:
        return answer(request)
    except KeyError:
        return PlainTextResponse("404", 404)
    except RecountError as error:
        return _json({"error": str(error)}, 409)


async def _changed(change: Callable[[Request, Any], Response], request: Request) -> Response:
    """The same of what changes something, and is given JSON."""
    from starlette.concurrency import run_in_threadpool

    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST:
            return PlainTextResponse("413", 413)
    try:
        given = decoded(bytes(content) or b"{}")
        if not isinstance(given, dict):
            raise ValueError("no object")
        return await run_in_threadpool(_answered, lambda asked: change(asked, given), request)
    except (ValueError, TypeError) as error:
        return _json({"error": f"not understood: {error}"}, 400)


def _json(content: Mapping[str, Any], status: int = 200) -> Response:
    words = encode(content).encode("utf-8", "backslashreplace")
    return Response(words, status, {"cache-control": "no-store"}, "application/json")


def _picture(shot: Any) -> Response:
    headers = {"cache-control": "private, max-age=86400, immutable"}  # the token makes every session's its own
    return Response(shot.content, media_type=f"image/{shot.kind}", headers=headers)


def _totals(rows: list[Row]) -> dict[str, int]:
    """What the head of the queue says."""
    return {
        "reports": sum(not row.failed for row in rows),
        "open": sum(row.state == "open" for row in rows),
        "failed": sum(row.failed for row in rows),
        "settled": sum(row.settled for row in rows),
        "due": sum(row.to_decide or 0 for row in rows),
        "disputed": sum(row.disputed for row in rows),
    }


def application(session: Session, words: Words, token: str, port: int) -> Starlette:
    """The desk, for whoever knows the token, on a port of this machine."""
    desk = Desk(session, words, token)
    hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost"))
    guard = Middleware(Guard, token=token, hosts=hosts)
    to_queue = Route(f"/{token}", lambda _: RedirectResponse(f"/{token}/"))
    return Starlette(routes=[to_queue, Mount(f"/{token}", routes=desk.routes())], middleware=[guard])
