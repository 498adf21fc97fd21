"""The door for providers: it looks at the signature, puts down what was said, and answers. All else comes after.

What is not signed hears one word. What was told before is answered as the first time. Nothing that a stranger can send
costs more than looking at it: a long body is not read to its end, and nothing of it is kept.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from campaigns.house import House
from channels.sms.account import Account
from channels.sms.attempts import PATH, attempt_of
from channels.sms.gateway import Form, read_report
from channels.sms.reports import TWILIO, Report, read_twilio
from channels.sms.signatures import Fields, Signed, is_genuine, is_marked
from inbound.events import Book, Row, receipt_row, text_row
from store.errors import BadInput

PLACE = "/sms"
MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
FORM, DOCUMENT = "application/x-www-form-urlencoded", "application/json"
_LOG = logging.getLogger("kaartje.inbound")


class _Refused(Exception):
    """The request is not taken; holds the answer's status and its word."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.answer = Response(word, status, media_type="text/plain")


@dataclass(frozen=True, slots=True)
class _Body:
    """What was posted: as it came, and as fields."""

    kind: str
    whole: bytes
    fields: Sequence[tuple[str, str]]
    document: Any = None

    def first(self) -> dict[str, str]:
        """Return the fields by name; of one that was sent twice, the last."""
        return dict(self.fields)


class Door:
    """Where providers tell one house what became of texts, and what was texted to it."""

    def __init__(self, house: House, heard: Callable[[], None]) -> None:
        self._house = house
        self._account = Account.read(house.settings.accounts)
        self._form = _form(self._account)
        self._book = Book(house.store, heard)

    def mount(self) -> Mount:
        """Return the routes of the door, below `/sms`."""
        return Mount(
            PLACE,
            routes=[
                Route("/status", self.status, methods=["POST"]),
                Route("/in", self.text, methods=["POST"]),
                Route("/gateway/status", self.gateway_status, methods=["GET", "POST"]),
            ],
        )

    async def status(self, request: Request) -> Response:
        """Take a report of Twilio's."""

        def row(body: _Body) -> Row:
            attempt = attempt_of(f"?{_query(request)}")
            named = f"{attempt[0]}.{attempt[1]}" if attempt else None
            fields = body.first()
            return receipt_row(read_twilio(fields, named), fields, now=self._house.now())

        return await self._take(request, self._look_at_signature, row)

    async def text(self, request: Request) -> Response:
        """Take a text that somebody sent us through Twilio."""

        def row(body: _Body) -> Row:
            fields = body.first()
            ref = fields.get("MessageSid") or fields.get("SmsSid") or None
            return text_row(TWILIO, ref, fields, now=self._house.now())

        return await self._take(request, self._look_at_signature, row)

    async def gateway_status(self, request: Request) -> Response:
        """Take a report of the second provider's, at the address that only it was given."""

        def row(body: _Body) -> Row:
            attempt, fields = request.query_params.get("attempt", ""), body.first()
            if self._form is None:
                raise _Refused(403, "forbidden")
            report = read_report(self._form, body.document if body.kind == DOCUMENT else fields, attempt)
            raw = {"body": body.whole.decode("utf-8", "replace")} if body.kind == DOCUMENT else fields
            return receipt_row(report or Report(self._form.name, None, "", None, None), raw, now=self._house.now())

        return await self._take(request, self._look_at_mark, row)

    async def _take(
        self, request: Request, look: Callable[[Request, _Body], None], row: Callable[[_Body], Row]
    ) -> Response:
        try:
            body = await _read(request)
            look(request, body)
            await self._book.add(row(body))
        except _Refused as refused:
            return refused.answer
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it
        except SQLAlchemyError:
            _LOG.exception("what a provider told could not be put down; it is asked for later")
            return Response("later", 503, media_type="text/plain")
        return Response(status_code=204)

    def _look_at_signature(self, request: Request, body: _Body) -> None:
        """Let in whoever signed the address as the provider knows it, whatever a proxy made of it on its way here."""
        query = _query(request)
        url = f"{self._account.public_url.rstrip('/')}{request.scope['path']}{'?' if query else ''}{query}"
        tokens = (self._account.token, self._account.second_token) if self._account.public_url else ()
        fields: Fields = body.fields if body.kind == FORM else ()
        document = None if body.kind == FORM else body.whole
        if not is_genuine(tokens, url, Signed.read(request.headers), fields=fields, document=document):
            raise _Refused(403, "forbidden")

    def _look_at_mark(self, request: Request, body: _Body) -> None:
        del body  # nobody signed it: who knows the address was given it
        asked = request.query_params
        if self._form is None or not is_marked(
            self._account.callback_key, asked.get("attempt", ""), asked.get("mark", "")
        ):
            raise _Refused(403, "forbidden")


def _query(request: Request) -> str:
    """Return the query as it was sent: an address that is written anew is not the one that was signed."""
    return str(request.scope["query_string"].decode("latin-1"))


def _form(account: Account) -> Form | None:
    try:
        return account.form()
    except BadInput as error:
        _LOG.error("the second provider cannot report: %s", error)
        return None


async def _read(request: Request) -> _Body:
    """Read a body that is not too long, of a kind that providers send."""
    whole = await _bytes(request)
    if request.method == "GET":
        return _Body(FORM, whole, [pair for pair in request.query_params.multi_items() if pair[0] != "mark"])
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match kind:
        case "application/x-www-form-urlencoded":
            return _Body(kind, whole, _pairs(whole))
        case "application/json":
            document = _document(whole)
            named = document if isinstance(document, Mapping) else {}
            return _Body(kind, whole, [(str(name), str(value)) for name, value in named.items()], document)
        case _:
            raise _Refused(415, "unsupported")


async def _bytes(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
        raise _Refused(413, "large")
    whole = bytearray()
    async for chunk in request.stream():
        whole += chunk
        if len(whole) > MOST_BYTES:
            raise _Refused(413, "large")
    return bytes(whole)


def _pairs(whole: bytes) -> list[tuple[str, str]]:
    """Read a form; what is no form has no fields, and no signature fits it."""
    try:
        return parse_qsl(whole.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


def _document(whole: bytes) -> Any:
    try:
        return json.loads(whole)
    except (ValueError, RecursionError):
        return None


__all__ = ["MOST_BYTES", "PATH", "PLACE", "Door"]
