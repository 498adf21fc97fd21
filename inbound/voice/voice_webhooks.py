"""Webhooks for the telephone provider, below `/voice`, with signed requests."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from channels.sms.account import Account
from channels.sms.reports import TWILIO
from channels.voice.account import Telephone
from channels.voice.twiml import XML, Step, write
from inbound.events import EventInbox, voice_row
from inbound.signed_requests import Refused, check_signature, read_body
from inbound.voice.call_scripts import Script
from inbound.voice.call_turns import Turns, VoiceRequest
from installation.installation import Installation
from store.plain_errors import log_failure
from templates.lines import Lines

PLACE = "/voice"
_LOG = logging.getLogger("kaartje.inbound")


class VoiceWebhooks:
    """The webhook routes with which the provider asks what a caller hears next."""

    def __init__(self, installation: Installation) -> None:
        accounts = installation.settings.accounts
        self._installation = installation
        self._inbox = EventInbox(installation.store, lambda: None)
        self._account = Account.read(accounts)
        telephone = Telephone.read(accounts)
        own = Path(telephone.words) if telephone.words else None
        self._turns = Turns(
            installation, telephone, Script(telephone, Lines.read(telephone.languages, own))
        )

    def mount(self) -> Mount:
        """Return the routes, below `/voice`."""
        turns = self._turns.by_path()
        return Mount(
            PLACE,
            routes=[
                Route(f"/{path}", self._taking(path, turn), methods=["POST"])
                for path, turn in turns.items()
            ],
        )

    def _taking(
        self, path: str, turn: Callable[[VoiceRequest], list[Step]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def take(request: Request) -> Response:
            try:
                body = await read_body(request)
                check_signature(self._account, request, body)
            except Refused as refused:
                return refused.answer
            except ClientDisconnect:
                return Response(status_code=400)  # nobody hears it
            turn_request = VoiceRequest(body.first(), dict(request.query_params))
            steps = await self._keep(path, turn_request)
            if steps is None:
                steps = await asyncio.to_thread(self._answer, turn, turn_request)
            return Response(write(steps), media_type=XML)

        return take

    async def _keep(self, path: str, turn_request: VoiceRequest) -> list[Step] | None:
        """Store an event as it came, before anything follows from it. Return steps only where that fails."""
        now = self._installation.now()
        row = voice_row(TWILIO, path, turn_request.query, turn_request.fields, now=now)
        try:
            await self._inbox.add(row)
        except SQLAlchemyError as error:
            log_failure(_LOG, error, "a caller could not be helped")
            return self._turns.trouble()
        return None

    def _answer(
        self, turn: Callable[[VoiceRequest], list[Step]], turn_request: VoiceRequest
    ) -> list[Step]:
        if not turn_request.event.ref:
            return []
        try:
            return turn(turn_request)
        except SQLAlchemyError as error:
            log_failure(_LOG, error, "a caller could not be helped")
            return self._turns.trouble()
