"""A provider for tests, which signs its events and posts them to the webhooks."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from channels.sms.signatures import SIGNATURE, sign
from console.web.app import make_app
from installation.installation import Installation
from store.mapped_rows import read_all
from store.tables import ProviderEvent

with warnings.catch_warnings():  # it would rather have another client, which we do not need
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PUBLIC = "https://kaartje.example/kaartje"
TOKEN, SECOND = "a token for tests only", "the token after that"
FORM = "application/x-www-form-urlencoded"
ACCOUNTS: dict[str, Any] = {
    "public_url": PUBLIC,
    "twilio_account_sid": "AC" + "1" * 32,
    "twilio_auth_token": TOKEN,
    "twilio_second_token": SECOND,
    "sms_from": "+31612340000",
}


@dataclass
class Poster:
    """A client that posts to the webhooks of one installation."""

    installation: Installation
    events: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        app = make_app(self.installation, on_event=lambda: self.events.append(None))
        self.client = TestClient(app, raise_server_exceptions=False)

    def post(
        self,
        path: str,
        body: bytes | str,
        *,
        signature: str | None = None,
        kind: str = FORM,
        **headers: str,
    ) -> int:
        given = {"content-type": kind} if kind else {}
        if signature is not None:
            given[SIGNATURE] = signature
        answer = self.client.post(path, content=body, headers={**given, **headers})
        assert len(answer.text.split()) <= 1, answer.text
        return int(answer.status_code)

    def form(self, path: str, fields: Mapping[str, str], token: str = TOKEN) -> int:
        """Post a form as Twilio does, through a proxy with another address."""
        return self.post(path, urlencode(fields), signature=sign(token, f"{PUBLIC}{path}", fields))

    def tell(self, attempt: str, status: str, ref: str = "SM1", code: str = "", **more: str) -> int:
        """Report on one try."""
        fields = {
            "MessageSid": ref,
            "MessageStatus": status,
            **({"ErrorCode": code} if code else {}),
            **more,
        }
        return self.form(f"/sms/status?attempt={attempt}", fields)


def events(installation: Installation) -> list[ProviderEvent]:
    with installation.store.reading() as connection:
        return read_all(connection, select(ProviderEvent).order_by(ProviderEvent.id))
