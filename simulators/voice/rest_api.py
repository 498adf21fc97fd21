"""REST API of a simulated telephone network, in the form of Twilio's for calls and queues.

Facts that a trial needs and a real provider does not give are under `/simulator/`.
"""

import hmac
import json
import re
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.voice.call_log import row
from simulators.voice.callers import Caller
from simulators.voice.network_state import VERSION, SimulatedCall, SimulatedQueue, Source
from simulators.voice.rehearsal import RINGS, Stage

_TO = re.compile(r"\+[1-9]\d{6,14}|client:[\w.@+-]{1,121}|sip:.+")
_PROBLEMS = {
    20001: (400, "Invalid parameter"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url parameter is required."),
    21213: (400, "'From' phone number is required"),
    21217: (400, "Phone number does not appear to be valid"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    22002: (400, "The call is no longer in the queue"),
    22003: (409, "A queue with this name already exists"),
    22004: (400, "Queue is not empty"),
}
Form = dict[str, list[str]]


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Rest:
    """The endpoints of one rehearsal."""

    stage: Stage

    async def create(self, request: Request) -> Response:
        """Ring somebody, and follow the document once they pick up."""
        self._let_in(request)
        form = await _form(request)
        to, sender = _one(form, "To"), _one(form, "From")
        if not to or not sender:
            raise _Refused(21201 if not to else 21213)
        if not _TO.fullmatch(to):
            raise _Refused(21217)
        source = _source(form)
        if source is None:
            raise _Refused(21205)
        exchange = self.stage.exchange
        call = exchange.new_call(
            sender, to, direction="outbound-api", party=self.stage.find_party(to)
        )
        call.callback = _one(form, "StatusCallback")
        events = [
            event
            for each in form.get("StatusCallbackEvent", ["completed"])
            for event in each.split()
        ]
        call.events = tuple(events)
        exchange.start(self._lead(call, source, float(_one(form, "Timeout") or RINGS)))
        return _document(call.document(), 201)

    async def _lead(self, call: SimulatedCall, source: Source, patience: float) -> None:
        if await self.stage.exchange.ring(call, patience):
            await self.stage.interpreter.live(call, source)

    async def list_calls(self, request: Request) -> Response:
        """List the calls, the newest first, a page at a time."""
        self._let_in(request)
        asked = request.query_params
        wanted = {"To": "to", "From": "sender", "Status": "status", "ParentCallSid": "parent"}
        found = [
            call.document()
            for call in reversed(self.stage.exchange.calls.values())
            if all(
                asked.get(name, "") in {"", getattr(call, mine)} for name, mine in wanted.items()
            )
        ]
        return _page(request, "calls", found)

    async def fetch(self, request: Request) -> Response:
        """Show one call."""
        return _document(self._call(request).document())

    async def change(self, request: Request) -> Response:
        """Redirect a call, or end it."""
        call, form = self._call(request), await _form(request)
        status, source = _one(form, "Status"), _source(form)
        if status and status not in {"completed", "canceled"}:
            raise _Refused(20001)
        if status:
            self.stage.exchange.hang_up(call, "house")
        elif source is not None and not (
            call.answered_at and self.stage.exchange.redirect(call, source)
        ):
            raise _Refused(21220)
        return _document(call.document())

    async def list_queues(self, request: Request) -> Response:
        """List the queues."""
        self._let_in(request)
        return _page(
            request, "queues", [queue.document() for queue in self.stage.exchange.queues.values()]
        )

    async def create_queue(self, request: Request) -> Response:
        """Make a queue."""
        self._let_in(request)
        form = await _form(request)
        if not (name := _one(form, "FriendlyName")):
            raise _Refused(20001)
        if self.stage.exchange.queue(name) is not None:
            raise _Refused(22003)
        queue = self.stage.exchange.made_queue(name)
        _resize(queue, form)
        return _document(queue.document(), 201)

    async def fetch_queue(self, request: Request) -> Response:
        """Show a queue."""
        return _document(self._queue(request).document())

    async def change_queue(self, request: Request) -> Response:
        """Rename a queue, or change its size."""
        queue, form = self._queue(request), await _form(request)
        queue.name = _one(form, "FriendlyName") or queue.name
        _resize(queue, form)
        return _document(queue.document())

    async def remove_queue(self, request: Request) -> Response:
        """Remove a queue in which nobody waits."""
        queue = self._queue(request)
        if queue.members:
            raise _Refused(22004)
        del self.stage.exchange.queues[queue.sid]
        return Response(status_code=204)

    async def list_members(self, request: Request) -> Response:
        """List the waiting calls, the longest waiting first."""
        queue, now = self._queue(request), self.stage.exchange.pace.now()
        return _page(request, "queue_members", [queue.shown(each, now) for each in queue.members])

    async def fetch_member(self, request: Request) -> Response:
        """Show one waiting call."""
        queue, key = self._queue(request), request.path_params["member"]
        for member in queue.members:
            if key in {"Front", member.call.sid}:
                return _document(queue.shown(member, self.stage.exchange.pace.now()))
        raise _Refused(20404)

    async def dequeue(self, request: Request) -> Response:
        """Redirect a call out of the queue.

        Only the first request gets it.
        """
        queue, form, now = (
            self._queue(request),
            await _form(request),
            self.stage.exchange.pace.now(),
        )
        source = _source(form)
        if source is None:
            raise _Refused(21205)
        for member in queue.members:
            if request.path_params["member"] in {"Front", member.call.sid}:
                shown = queue.shown(member, now)
                if self.stage.exchange.redirect(member.call, source):
                    return _document(shown)
        raise _Refused(22002)

    async def show_truth(self, request: Request) -> Response:
        """Show the log of every caller so far, the rows of the truth file."""
        del request
        webhooks = self.stage.exchange.webhooks
        rows = [row(call) | {"heard": call.played} for call in self.stage.of_callers()]
        return _document(
            {
                "calls": rows,
                "asked": webhooks.asked,
                "told": webhooks.reported,
                "failed": webhooks.failed,
            }
        )

    async def show_phones(self, request: Request) -> Response:
        """Show how often every agent's telephone was rung and answered, and whether it is engaged."""
        del request
        phones = self.stage.phones.items()
        shown = {
            name: {"rung": each.rung, "met": each.met, "speaking": bool(each.speaking)}
            for name, each in phones
        }
        return _document(shown)

    async def ring_in(self, request: Request) -> Response:
        """Let one more caller ring.

        The form has `From`, and `Code`, `Language`, `CallBack`, `Patience`, `Talk`.
        """
        form, crowd = await _form(request), self.stage.given.callers
        name = f"by-hand-{len(self.stage.callers) + 1}"
        caller = Caller(
            name=name,
            number=_one(form, "From") or "anonymous",
            language=_one(form, "Language") or "nl",
            code_kind="right",
            code=_one(form, "Code"),
            patience=float(_one(form, "Patience") or crowd.patience),
            talk=float(_one(form, "Talk") or crowd.talk),
            wants_call_back=_one(form, "CallBack") == "yes",
            voicemail=float(_one(form, "Voicemail") or 0),
            exchange=self.stage.exchange,
            ring_later=self.stage.ring_later,
            own_number=_one(form, "OwnNumber"),
        )
        return _document(self.stage.ring_in(caller).document(), 201)

    async def lose(self, request: Request) -> Response:
        """Let a caller hang up, at `/simulator/hang-up/{sid}`."""
        call = self.stage.exchange.calls.get(request.path_params["sid"])
        if call is None or not self.stage.exchange.hang_up(call, "caller"):
            raise _Refused(20404)
        return Response(status_code=204)

    def _let_in(self, request: Request) -> None:
        exchange = self.stage.exchange
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            given_pair = b64decode(given)
        except ValueError:
            given_pair = b""
        known = hmac.compare_digest(given_pair, f"{exchange.account}:{exchange.token}".encode())
        if scheme != "Basic" or not known:
            raise _Refused(20003)
        if request.path_params.get("account") != exchange.account:
            raise _Refused(20404)

    def _call(self, request: Request) -> SimulatedCall:
        self._let_in(request)
        if (call := self.stage.exchange.calls.get(request.path_params["sid"])) is None:
            raise _Refused(20404)
        return call

    def _queue(self, request: Request) -> SimulatedQueue:
        self._let_in(request)
        if (queue := self.stage.exchange.queues.get(request.path_params["queue"])) is None:
            raise _Refused(20404)
        return queue


def make_app(stage: Stage) -> Starlette:
    """Return the network's API as a web application."""
    rest, top = Rest(stage), f"/{VERSION}/Accounts/{{account}}"
    calls, queues = f"{top}/Calls", f"{top}/Queues"
    members = f"{queues}/{{queue}}/Members"
    return Starlette(
        routes=[
            Route(f"{calls}.json", rest.create, methods=["POST"]),
            Route(f"{calls}.json", rest.list_calls, methods=["GET"]),
            Route(f"{calls}/{{sid}}.json", rest.fetch, methods=["GET"]),
            Route(f"{calls}/{{sid}}.json", rest.change, methods=["POST"]),
            Route(f"{queues}.json", rest.list_queues, methods=["GET"]),
            Route(f"{queues}.json", rest.create_queue, methods=["POST"]),
            Route(f"{queues}/{{queue}}.json", rest.fetch_queue, methods=["GET"]),
            Route(f"{queues}/{{queue}}.json", rest.change_queue, methods=["POST"]),
            Route(f"{queues}/{{queue}}.json", rest.remove_queue, methods=["DELETE"]),
            Route(f"{members}.json", rest.list_members, methods=["GET"]),
            Route(f"{members}/{{member}}.json", rest.fetch_member, methods=["GET"]),
            Route(f"{members}/{{member}}.json", rest.dequeue, methods=["POST"]),
            Route("/simulator/truth", rest.show_truth, methods=["GET"]),
            Route("/simulator/phones", rest.show_phones, methods=["GET"]),
            Route("/simulator/ring", rest.ring_in, methods=["POST"]),
            Route("/simulator/hang-up/{sid}", rest.lose, methods=["POST"]),
        ],
        exception_handlers={_Refused: _refuse, 404: _unknown, 405: _unknown},
    )


async def _refuse(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, _Refused)  # noqa: S101  it is registered for nothing else
    return _problem(error.code)


async def _unknown(request: Request, error: Exception) -> Response:
    del error
    return _problem(20404, f"The requested resource {request.url.path} was not found")


def _problem(code: int, given_pair: str = "") -> Response:
    status, usual = _PROBLEMS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    return _document(
        {"code": code, "message": given_pair or usual, "more_info": more, "status": status}, status
    )


async def _form(request: Request) -> Form:
    return parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def _source(form: Form) -> Source | None:
    """Return the source to which a call is sent, or None where the form has none."""
    url, twiml = _one(form, "Url"), _one(form, "Twiml")
    if twiml:
        return Source("", document=twiml)
    if not url:
        return None
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _Refused(21205)
    return Source(url, _one(form, "Method") or "POST")


def _resize(queue: SimulatedQueue, form: Form) -> None:
    given = _one(form, "MaxSize")
    if given and not (given.isdigit() and 1 <= int(given) <= 5000):  # noqa: PLR2004  the real one's bounds
        raise _Refused(20001)
    queue.largest = int(given or queue.largest)


def _page(request: Request, name: str, found: Sequence[dict[str, Any]]) -> Response:
    asked = request.query_params
    size, page = min(max(int(asked.get("PageSize", 50)), 1), 1000), int(asked.get("Page", 0))
    some, more = found[page * size : (page + 1) * size], (page + 1) * size < len(found)
    kept = "".join(
        f"&{key}={value}"
        for key, value in asked.items()
        if key not in {"Page", "PageSize", "PageToken"}
    )
    here = f"{request.url.path}?PageSize={size}{kept}"
    return _document(
        {
            name: some,
            "page": page,
            "page_size": size,
            "start": page * size,
            "uri": f"{here}&Page={page}",
            "end": page * size + max(len(some) - 1, 0),
            "first_page_uri": f"{here}&Page=0",
            "previous_page_uri": None,
            "next_page_uri": f"{here}&Page={page + 1}" if more else None,
        }
    )


def _document(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, media_type="application/json")
