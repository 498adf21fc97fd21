"""A simulated provider of texts with the API of Twilio over real HTTP, and with faults.

It knows messages (create, fetch, list, cancel), looking numbers up, and reports on its texts. Facts
that a trial needs and a real provider does not give are under `/simulator/`.
"""

import asyncio
import json
import re
import socket
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from simulators.sms_faults import Faults, drawn
from simulators.sms_reports import Reporter
from simulators.sms_store import SimulatedText, Texts

LONGEST = 1600
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_LANDLINE = re.compile(r"\+31(?!6|97)\d{9}")
_PROBLEMS = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    20503: (503, "Service Unavailable"),
    21211: (400, "Invalid 'To' Phone Number"),
    21602: (400, "Message body is required"),
    21603: (400, "A 'From' or 'MessagingServiceSid' parameter is required"),
    21604: (400, "A 'To' phone number is required"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21614: (400, "'To' number is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21624: (400, "Invalid ValidityPeriod"),
}


class Line(H11Protocol):
    """A connection that can be broken off without a response."""

    lines: "dict[tuple[str, int], Line]" = {}  # noqa: RUF012  one for the server, by the caller's address

    def connection_made(self, transport: Any) -> None:
        """Register the connection by its client."""
        super().connection_made(transport)
        # a listening socket that was handed in keeps Nagle's delay, and every answer would take 40 ms more
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.client:
            self.lines[self.client] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Unregister the connection."""
        if self.client:
            self.lines.pop(self.client, None)
        super().connection_lost(exc)


@dataclass
class Simulator:
    """A simulated provider with its texts, faults and endpoints."""

    faults: Faults
    seed: int
    texts: Texts = field(init=False)
    reporter: Reporter = field(init=False)

    def __post_init__(self) -> None:
        self.texts = Texts(seed=self.seed)
        self.reporter = Reporter(texts=self.texts, faults=self.faults, seed=self.seed)

    async def create(self, request: Request) -> Response:
        """Take one text, or make the fault that was drawn."""
        if (caller := self._caller(request)) is None:
            return _problem(20003)
        account, token = caller
        form = dict(
            parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        )
        to = form.get("To", "")
        again = self.texts.count_request(account, to)
        slip = self.faults.slip(drawn(self.seed, "slip", account, to, again))
        await asyncio.sleep(self.faults.latency)
        if slip == "too_many":
            return _problem(20429, {"Retry-After": f"{self.faults.retry_after:g}"})
        if slip == "drop_before":
            return _hang_up(request)
        if slip == "error_before":
            return _problem(20503)
        if code := self._refusal(account, form):
            self.texts.refused += 1
            return _problem(code)
        text = self._take(account, form)
        self.reporter.follow(text, token)
        match slip:
            case "hang":
                await asyncio.sleep(self.faults.hang)
            case "drop_after":
                return _hang_up(request)
            case "error_after":
                return _problem(20500)
        return _document(text.document(), 201)

    async def list_texts(self, request: Request) -> Response:
        """List an account's texts, the newest first, a page at a time."""
        if (caller := self._caller(request)) is None:
            return _problem(20003)
        asked = request.query_params
        await asyncio.sleep(self.faults.latency)
        size = min(max(int(asked.get("PageSize", 50)), 1), 1000)
        page = int(asked.get("Page", 0))
        found = self.texts.listed(caller[0], asked.get("To", ""), asked.get("From", ""))
        some = found[page * size : (page + 1) * size]
        more = (page + 1) * size < len(found)
        here = f"/2010-04-01/Accounts/{caller[0]}/Messages.json?PageSize={size}"
        return _document(
            {
                "messages": [text.document() for text in some],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(len(some) - 1, 0),
                "uri": f"{here}&Page={page}",
                "first_page_uri": f"{here}&Page=0",
                "previous_page_uri": None,
                "next_page_uri": f"{here}&Page={page + 1}" if more else None,
            }
        )

    async def fetch(self, request: Request) -> Response:
        """Show one text."""
        caller = self._caller(request)
        text = self.texts.by_sid.get(request.path_params["sid"])
        if caller is None or text is None or text.account != caller[0]:
            return _problem(20003 if caller is None else 20404)
        return _document(text.document())

    async def change(self, request: Request) -> Response:
        """Cancel a text that waits, or remove its words."""
        caller = self._caller(request)
        text = self.texts.by_sid.get(request.path_params["sid"])
        if caller is None or text is None or text.account != caller[0]:
            return _problem(20003 if caller is None else 20404)
        form = dict(
            parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        )
        if form.get("Status") == "canceled" and text.status in {"queued", "accepted", "scheduled"}:
            text.status = "canceled"
        text.body = form.get("Body", text.body)
        return _document(text.document())

    async def look_up(self, request: Request) -> Response:
        """Return the line type of a number."""
        if self._caller(request) is None:
            return _problem(20003)
        number = request.path_params["number"]
        kind = {
            "type": "landline" if self._is_landline(number) else "mobile",
            "carrier_name": "Proefnet",
        }
        valid = bool(_NUMBER.fullmatch(number))
        return _document(
            {
                "phone_number": number,
                "valid": valid,
                "country_code": "NL",
                "validation_errors": [],
                "line_type_intelligence": kind
                if "line_type" in request.query_params.get("Fields", "")
                else None,
                "url": str(request.url),
            }
        )

    async def show_texts(self, request: Request) -> Response:
        """Show all texts taken, with number, words, callback and status, for a trial to count."""
        account = request.query_params.get("account", "")
        taken = [
            {
                "to": text.to,
                "body": text.body,
                "sid": text.sid,
                "callback": text.callback,
                "status": text.status,
            }
            for text in self.texts.by_sid.values()
            if text.direction != "inbound" and account in {"", text.account}
        ]
        return _document(
            {"texts": taken, "refused": self.texts.refused, "reported": self.reporter.reported}
        )

    async def reply(self, request: Request) -> Response:
        """Let somebody answer the last text they got.

        The form has `To` (the citizen), `Body` and perhaps `Account`.
        """
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        to, account = form.get("To"), form.get("Account", "")
        got = [
            text
            for text in self.texts.by_sid.values()
            if text.to == to and text.direction != "inbound" and account in {"", text.account}
        ]
        if not got:
            return _problem(20404)
        token = form.get("Token", self.faults.token)
        return _document(self.reporter.answer(got[-1], token, form.get("Body", "")).document(), 201)

    def _caller(self, request: Request) -> tuple[str, str] | None:
        """Return the account and token of the request, or None where they are wrong."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        try:
            user, _, token = b64decode(given).decode().partition(":")
        except ValueError:
            return None
        account = request.path_params.get("account", user)
        known = self.faults.account in {"", user} and self.faults.token in {"", token}
        return (
            (account, token)
            if scheme == "Basic" and user and token and known and account == user
            else None
        )

    def _refusal(self, account: str, form: dict[str, str]) -> int | None:
        to, sender = form.get("To", ""), form.get("From") or form.get("MessagingServiceSid", "")
        validity = form.get("ValidityPeriod", "36000")
        checks = (
            (21604, not to),
            (21211, not _NUMBER.fullmatch(to)),
            (21603, not sender),
            (21602, not form.get("Body")),
            (21617, len(form.get("Body", "")) > LONGEST),
            (21624, not (validity.isdigit() and 1 <= int(validity) <= 36_000)),  # noqa: PLR2004  ten hours
            (21610, (account, sender, to) in self.texts.stopped),
            (21614, self._is_landline(to)),
        )
        return next((code for code, wrong in checks if wrong), None)

    def _is_landline(self, number: str) -> bool:
        unlucky = drawn(self.seed, "landline", number) < self.faults.landline_share
        return unlucky or bool(_LANDLINE.fullmatch(number))

    def _take(self, account: str, form: dict[str, str]) -> SimulatedText:
        service = form.get("MessagingServiceSid", "")
        return self.texts.take(
            SimulatedText(
                sid=self.texts.new_sid(),
                account=account,
                sender=form.get("From", service),
                to=form["To"],
                body=form["Body"],
                made_at=datetime.now(UTC),
                service=service,
                callback=form.get("StatusCallback", ""),
                status="accepted" if service else "queued",
            )
        )


def make_app(faults: Faults, seed: int) -> Starlette:
    """Return the provider as a web application."""
    simulator = Simulator(faults, seed)
    messages = "/2010-04-01/Accounts/{account}/Messages"
    return Starlette(
        routes=[
            Route(f"{messages}.json", simulator.create, methods=["POST"]),
            Route(f"{messages}.json", simulator.list_texts, methods=["GET"]),
            Route(f"{messages}/{{sid}}.json", simulator.fetch, methods=["GET"]),
            Route(f"{messages}/{{sid}}.json", simulator.change, methods=["POST"]),
            Route("/v2/PhoneNumbers/{number}", simulator.look_up, methods=["GET"]),
            Route("/simulator/texts", simulator.show_texts, methods=["GET"]),
            Route("/simulator/reply", simulator.reply, methods=["POST"]),
        ]
    )


def _document(document: Any, status: int = 200) -> Response:
    return Response(json.dumps(document), status, media_type="application/json")


def _problem(code: int, headers: dict[str, str] | None = None) -> Response:
    status, message = _PROBLEMS[code]
    more = f"https://www.twilio.com/docs/errors/{code}"
    document = json.dumps({"code": code, "message": message, "more_info": more, "status": status})
    return Response(document, status, headers=headers, media_type="application/json")


def _hang_up(request: Request) -> Response:
    """Break the connection, so that the response does not arrive."""
    client = request.scope.get("client")
    line = Line.lines.get(tuple(client)) if client else None
    if line is not None:
        line.transport.abort()
    return Response(status_code=500)
