"""The queue: as a page, as data, and live for whoever keeps it open."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from fastapi import APIRouter, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, StreamingResponse

from console.web.live_queue import Board, Session, Snapshot
from console.web.reading.calls import SHOWN, queues
from console.web.rendering import fragment, page
from console.web.sessions import SeeingQueue, Visit
from console.web.words import Language, say

router = APIRouter()
AGAIN = 2_000  # milliseconds after which a browser that lost us asks again


@router.get("/queue")
def show_queue(visit: SeeingQueue) -> Response:
    """Show who waits, by line. Who accepts `application/json` gets it as data, without a word about a person."""
    lines = queues(visit.installation)
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse(jsonable_encoder({"lines": [line.as_data() for line in lines]}))
    return page(visit, "queue.html", lines=lines, shown=SHOWN, now=visit.installation.now())


@router.get("/queue/live")
def watch_queue(visit: SeeingQueue) -> Response:
    """Stream the queue as it changes, as server-sent events; it ends with the session.

    Of an agent it is the sign of life too: while a page is open, what they took stays theirs.
    """
    session = visit.request.session
    watching = Session(visit.name, visit.role, int(session["act"]), float(session["until"]))
    board: Board = visit.request.app.state.board
    sketches: Sketches = visit.request.app.state.sketches
    # not by way of a proxy's buffer, where one stands before us
    headers = {"x-accel-buffering": "no"}
    events = _events(board, watching, sketches.of(visit))
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(
    board: Board, session: Session, sketch: Callable[[Snapshot], str]
) -> AsyncIterator[str]:
    yield f"retry: {AGAIN}\n\n"
    async for seen in board.watch(session):
        yield (
            f"event: queue\nid: {seen.number}\ndata: {sketch(seen)}\n\n"
            if seen
            else ": still here\n\n"
        )
    yield "event: ended\ndata: {}\n\n"


@dataclass(slots=True)
class Sketches:
    """The queue in words, put down once for all who read the same language and may do the same."""

    _made: dict[tuple[Language, bool], tuple[Snapshot, str]] = field(default_factory=dict)

    def of(self, visit: Visit) -> Callable[[Snapshot], str]:
        """Return what puts the queue into words for this colleague."""
        key = (visit.language, visit.may("calls"))

        def sketch(seen: Snapshot) -> str:
            made = self._made.get(key)
            if made is None or made[0] is not seen:
                made = self._made[key] = (seen, _words(visit, seen))
            return made[1]

        return sketch


def _words(visit: Visit, seen: Snapshot) -> str:
    """Return the lines as HTML, and what a screen reader is told: only that somebody more, or fewer, waits."""
    html = fragment(
        visit.language,
        "parts/lines.html",
        lines=seen.lines,
        shown=SHOWN,
        now=visit.installation.now(),
        takes=visit.may("calls"),
        own=None,
        token="",
    )
    waiting = sum(line.waiting_count for line in seen.lines)
    taken = sum(len(line.taken) for line in seen.lines)
    counts = {"waiting": waiting, "taken": taken}
    return json.dumps(
        {"html": html, "said": say(visit.language, "live.counts", **counts), **counts}
    )
