"""Webhooks for SMS providers. Check the signature, store the event, answer 204.

Processing happens later. An unsigned request gets one word. A repeated event is answered like the first. A
stranger's request costs no more than checking it, since a long body is not read to its end and nothing is stored.
"""

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from channels.sms.account import Account
from channels.sms.attempts import PATH, attempt_of
from channels.sms.callback_marks import is_marked
from channels.sms.gateway import Form, read_report
from channels.sms.reports import TWILIO, Report, read_twilio
from inbound.events import EventInbox, Row, receipt_row, text_row
from inbound.signed_requests import (
    DOCUMENT,
    MOST_BYTES,
    Body,
    Refused,
    check_signature,
    query_of,
    read_body,
)
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import log_failure

PLACE = "/sms"
_LOG = logging.getLogger("kaartje.inbound")


class SmsWebhooks:
    """The webhook routes for reports on texts and incoming texts."""

    def __init__(self, installation: Installation, on_stored: Callable[[], None]) -> None:
        self._installation = installation
        self._account = Account.read(installation.settings.accounts)
        self._form = _form(self._account)
        self._inbox = EventInbox(installation.store, on_stored)

    def mount(self) -> Mount:
        """Return the routes, below `/sms`."""
        return Mount(
            PLACE,
            routes=[
                Route("/status", self.status, methods=["POST"]),
                Route("/in", self.text, methods=["POST"]),
                Route("/gateway/status", self.gateway_status, methods=["GET", "POST"]),
            ],
        )

    async def status(self, request: Request) -> Response:
        """Take a report from Twilio."""

        def row(body: Body) -> Row:
            attempt = attempt_of(f"?{query_of(request)}")
            named = f"{attempt[0]}.{attempt[1]}" if attempt else None
            fields = body.first()
            return receipt_row(read_twilio(fields, named), fields, now=self._installation.now())

        return await self._take(request, self._check_signature, row)

    async def text(self, request: Request) -> Response:
        """Take an incoming text from Twilio."""

        def row(body: Body) -> Row:
            fields = body.first()
            ref = fields.get("MessageSid") or fields.get("SmsSid") or None
            return text_row(TWILIO, ref, fields, now=self._installation.now())

        return await self._take(request, self._check_signature, row)

    async def gateway_status(self, request: Request) -> Response:
        """Take a report from the second provider, at its secret address."""

        def row(body: Body) -> Row:
            attempt, fields = request.query_params.get("attempt", ""), body.first()
            if self._form is None:
                raise Refused(403, "forbidden")
            report = read_report(
                self._form, body.document if body.kind == DOCUMENT else fields, attempt
            )
            raw = (
                {"body": body.whole.decode("utf-8", "replace")} if body.kind == DOCUMENT else fields
            )
            return receipt_row(
                report
                or Report(provider=self._form.name, ref=None, status="", code=None, attempt=None),
                raw,
                now=self._installation.now(),
            )

        return await self._take(request, self._look_at_mark, row)

    async def _take(
        self, request: Request, look: Callable[[Request, Body], None], row: Callable[[Body], Row]
    ) -> Response:
        try:
            body = await read_body(request)
            look(request, body)
            await self._inbox.add(row(body))
        except Refused as refused:
            return refused.answer
        except ClientDisconnect:
            return Response(status_code=400)  # nobody hears it
        except SQLAlchemyError as error:
            log_failure(
                _LOG,
                error,
                "an event of a provider could not be stored; the provider is asked to send it again",
            )
            return Response("later", 503, media_type="text/plain")
        return Response(status_code=204)

    def _check_signature(self, request: Request, body: Body) -> None:
        check_signature(self._account, request, body)

    def _look_at_mark(self, request: Request, body: Body) -> None:
        del body  # nobody signed it: who knows the address was given it
        asked = request.query_params
        if self._form is None or not is_marked(
            self._account.callback_key, asked.get("attempt", ""), asked.get("mark", "")
        ):
            raise Refused(403, "forbidden")


def _form(account: Account) -> Form | None:
    try:
        return account.form()
    except BadInput as error:
        _LOG.error("the second provider cannot report: %s", error)
        return None


__all__ = ["MOST_BYTES", "PATH", "PLACE", "SmsWebhooks"]
