"""The call queue as a page, as JSON and as server-sent events."""

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
    """Show the waiting calls by line, as a page or (on Accept) as JSON without personal data."""
    lines = queues(visit.installation)
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse(jsonable_encoder({"lines": [line.as_data() for line in lines]}))
    return page(visit, "queue.html", lines=lines, shown=SHOWN, now=visit.installation.now())


@router.get("/queue/live")
def watch_queue(visit: SeeingQueue) -> Response:
    """Stream the queue as it changes, as server-sent events.

    The stream ends with the session. An agent's stream is also the sign of life that keeps what
    they took.
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
    """Cache of the queue as HTML, for each language and permission."""

    _made: dict[tuple[Language, bool], tuple[Snapshot, str]] = field(default_factory=dict)

    def of(self, visit: Visit) -> Callable[[Snapshot], str]:
        """Return the function that renders a snapshot for this colleague."""
        key = (visit.language, visit.may("calls"))

        def sketch(seen: Snapshot) -> str:
            made = self._made.get(key)
            if made is None or made[0] is not seen:
                made = self._made[key] = (seen, _words(visit, seen))
            return made[1]

        return sketch


def _words(visit: Visit, seen: Snapshot) -> str:
    """Return the lines as HTML, and the counts that a screen reader announces."""
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
