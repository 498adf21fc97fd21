"""REST API of a simulated telephone network, in the form of Twilio's for calls and queues.

Facts that a trial needs and a real provider does not give are under `/simulator/`.
"""

import hmac
import re
from base64 import b64decode
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.voice.call_log import row
from simulators.voice.callers import Caller
from simulators.voice.network_state import VERSION, SimulatedCall, Source
from simulators.voice.rehearsal import RINGS, Stage
from simulators.voice.rest_forms import (
    Refused,
    document,
    form_of,
    one,
    page_of,
    problem,
    resize,
    source_of,
)
from simulators.voice.simulated_queues import SimulatedQueue

_TO = re.compile(r"\+[1-9]\d{6,14}|client:[\w.@+-]{1,121}|sip:.+")


@dataclass(frozen=True)
class Rest:
    """The endpoints of one rehearsal."""

    stage: Stage

    async def create(self, request: Request) -> Response:
        """Ring somebody, and follow the document once they pick up."""
        self._let_in(request)
        form = await form_of(request)
        to, sender = one(form, "To"), one(form, "From")
        if not to or not sender:
            raise Refused(21201 if not to else 21213)
        if not _TO.fullmatch(to):
            raise Refused(21217)
        source = source_of(form)
        if source is None:
            raise Refused(21205)
        exchange = self.stage.exchange
        call = exchange.new_call(
            sender, to, direction="outbound-api", party=self.stage.find_party(to)
        )
        call.callback = one(form, "StatusCallback")
        events = [
            event
            for each in form.get("StatusCallbackEvent", ["completed"])
            for event in each.split()
        ]
        call.events = tuple(events)
        exchange.start(self._lead(call, source, float(one(form, "Timeout") or RINGS)))
        return document(call.document(), 201)

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
        return page_of(request, "calls", found)

    async def fetch(self, request: Request) -> Response:
        """Show one call."""
        return document(self._call(request).document())

    async def change(self, request: Request) -> Response:
        """Redirect a call, or end it."""
        call, form = self._call(request), await form_of(request)
        status, source = one(form, "Status"), source_of(form)
        if status and status not in {"completed", "canceled"}:
            raise Refused(20001)
        if status:
            self.stage.exchange.hang_up(call, "house")
        elif source is not None and not (
            call.answered_at and self.stage.exchange.redirect(call, source)
        ):
            raise Refused(21220)
        return document(call.document())

    async def list_queues(self, request: Request) -> Response:
        """List the queues."""
        self._let_in(request)
        return page_of(
            request, "queues", [queue.document() for queue in self.stage.exchange.queues.values()]
        )

    async def create_queue(self, request: Request) -> Response:
        """Make a queue."""
        self._let_in(request)
        form = await form_of(request)
        if not (name := one(form, "FriendlyName")):
            raise Refused(20001)
        if self.stage.exchange.queue(name) is not None:
            raise Refused(22003)
        queue = self.stage.exchange.made_queue(name)
        resize(queue, form)
        return document(queue.document(), 201)

    async def fetch_queue(self, request: Request) -> Response:
        """Show a queue."""
        return document(self._queue(request).document())

    async def change_queue(self, request: Request) -> Response:
        """Rename a queue, or change its size."""
        queue, form = self._queue(request), await form_of(request)
        queue.name = one(form, "FriendlyName") or queue.name
        resize(queue, form)
        return document(queue.document())

    async def remove_queue(self, request: Request) -> Response:
        """Remove a queue in which nobody waits."""
        queue = self._queue(request)
        if queue.members:
            raise Refused(22004)
        del self.stage.exchange.queues[queue.sid]
        return Response(status_code=204)

    async def list_members(self, request: Request) -> Response:
        """List the waiting calls, the longest waiting first."""
        queue, now = self._queue(request), self.stage.exchange.pace.now()
        return page_of(request, "queue_members", [queue.shown(each, now) for each in queue.members])

    async def fetch_member(self, request: Request) -> Response:
        """Show one waiting call."""
        queue, key = self._queue(request), request.path_params["member"]
        for member in queue.members:
            if key in {"Front", member.call.sid}:
                return document(queue.shown(member, self.stage.exchange.pace.now()))
        raise Refused(20404)

    async def dequeue(self, request: Request) -> Response:
        """Redirect a call out of the queue.

        Only the first request gets it.
        """
        queue, form, now = (
            self._queue(request),
            await form_of(request),
            self.stage.exchange.pace.now(),
        )
        source = source_of(form)
        if source is None:
            raise Refused(21205)
        for member in queue.members:
            if request.path_params["member"] in {"Front", member.call.sid}:
                shown = queue.shown(member, now)
                if self.stage.exchange.redirect(member.call, source):
                    return document(shown)
        raise Refused(22002)

    async def show_truth(self, request: Request) -> Response:
        """Show the log of every caller so far, the rows of the truth file."""
        del request
        webhooks = self.stage.exchange.webhooks
        rows = [row(call) | {"heard": call.played} for call in self.stage.of_callers()]
        return document(
            {
                "calls": rows,
                "asked": webhooks.asked,
                "reported": webhooks.reported,
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
        return document(shown)

    async def ring_in(self, request: Request) -> Response:
        """Let one more caller ring.

        The form has `From`, and `Code`, `Language`, `CallBack`, `Patience`, `Talk`.
        """
        form, crowd = await form_of(request), self.stage.given.callers
        name = f"by-hand-{len(self.stage.callers) + 1}"
        caller = Caller(
            name=name,
            number=one(form, "From") or "anonymous",
            language=one(form, "Language") or "nl",
            code_kind="right",
            code=one(form, "Code"),
            patience=float(one(form, "Patience") or crowd.patience),
            talk=float(one(form, "Talk") or crowd.talk),
            wants_call_back=one(form, "CallBack") == "yes",
            voicemail=float(one(form, "Voicemail") or 0),
            exchange=self.stage.exchange,
            ring_later=self.stage.ring_later,
            own_number=one(form, "OwnNumber"),
        )
        return document(self.stage.ring_in(caller).document(), 201)

    async def lose(self, request: Request) -> Response:
        """Let a caller hang up, at `/simulator/hang-up/{sid}`."""
        call = self.stage.exchange.calls.get(request.path_params["sid"])
        if call is None or not self.stage.exchange.hang_up(call, "caller"):
            raise Refused(20404)
        return Response(status_code=204)

    def _let_in(self, request: Request) -> None:
        exchange = self.stage.exchange
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            credentials = b64decode(given)
        except ValueError:
            credentials = b""
        known = hmac.compare_digest(credentials, f"{exchange.account}:{exchange.token}".encode())
        if scheme != "Basic" or not known:
            raise Refused(20003)
        if request.path_params.get("account") != exchange.account:
            raise Refused(20404)

    def _call(self, request: Request) -> SimulatedCall:
        self._let_in(request)
        if (call := self.stage.exchange.calls.get(request.path_params["sid"])) is None:
            raise Refused(20404)
        return call

    def _queue(self, request: Request) -> SimulatedQueue:
        self._let_in(request)
        if (queue := self.stage.exchange.queues.get(request.path_params["queue"])) is None:
            raise Refused(20404)
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
        exception_handlers={Refused: _refuse, 404: _unknown, 405: _unknown},
    )


async def _refuse(request: Request, error: Exception) -> Response:
    del request
    assert isinstance(error, Refused)  # noqa: S101  it is registered for nothing else
    return problem(error.code)


async def _unknown(request: Request, error: Exception) -> Response:
    del error
    return problem(20404, f"The requested resource {request.url.path} was not found")
