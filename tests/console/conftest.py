"""A console that tests can walk through, signed in as whoever they like."""

import json
import re
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from argon2 import PasswordHasher
from itsdangerous import TimestampSigner
from sqlalchemy import insert, select

from console.web.app import make_app
from console.web.sessions import begin
from installation import accounts
from installation.derived_keys import Purpose
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.audit_log import About, Decider, Kind, record
from store.clock import FixedClock
from store.states import Road, Role
from store.tables import Account, AuditEntry
from tests.conftest import NOW

with warnings.catch_warnings():  # it would rather have another client, which we do not need
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PASSWORD = "een warme dag in juni"


__all__ = [
    "PASSWORD",
    "Browser",
    "TestClient",
    "acts_of",
    "come_in",
    "put_account",
    "session_cookie",
    "signed_cookie",
    "weakly_hashed",
]


@dataclass(kw_only=True)
class Browser:
    """Somebody at a keyboard: follows links, and sends forms with the token of the page that is open.

    The token is drawn anew in every session, and could spell what a test looks for: `text` is the page without it.
    """

    client: TestClient
    text: str = ""
    token: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""

    def get(self, path: str) -> "Browser":
        return self._seen(self.client.get(path))

    def post(self, path: str, **fields: str) -> "Browser":
        token = {"csrf": self.token} if self.token else {}
        return self._seen(self.client.post(path, data=token | fields))

    def sign_in(self, name: str, password: str = PASSWORD) -> "Browser":
        return self.get("/sign-in").post("/sign-in", name=name, password=password)

    def _seen(self, response: Any) -> "Browser":
        found = re.search(r'name="csrf" value="([^"]+)"', response.text)
        self.token = found[1] if found else ""
        page = response.text.replace(self.token, "token") if self.token else response.text
        self.text, self.status = unescape(page), response.status_code
        self.headers, self.path = dict(response.headers), response.url.path
        return self


@cache
def weakly_hashed() -> str:
    """Return a hash of `PASSWORD` that is quick to check: one that we make is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def put_account(installation: Installation, name: str, role: Role, now: datetime = NOW) -> None:
    with installation.store.writing() as connection:
        connection.execute(
            insert(Account).values(
                name=name, role=role, password_hash=weakly_hashed(), active=True, created_at=now
            )
        )


def come_in(installation: Installation, name: str, role: Role, now: datetime = NOW) -> Browser:
    """Open a browser in which a new colleague has signed in: checking a password is slow on purpose."""
    put_account(installation, name, role, now)
    cookie = session_cookie(installation, name, role, now)
    browser = Browser(client=TestClient(make_app(installation), raise_server_exceptions=False))
    browser.client.cookies.set("kaartje", cookie, domain="testserver.local", path="/")
    browser.get("/sign-in")
    assert browser.status == 200
    return browser


def session_cookie(
    installation: Installation, name: str, role: Role, now: datetime, language: str = ""
) -> str:
    """Return the cookie of a colleague who signed in at this moment."""
    session: dict[str, Any] = {"language": language} if language else {}
    begin(session, accounts.SignedIn(name, role, _signing_in(installation, name, now)), now)
    return signed_cookie(installation, session)


def signed_cookie(installation: Installation, session: dict[str, Any]) -> str:
    """Return a session as the cookie that the console takes for its own."""
    key = installation.settings.key_for(Purpose.CONSOLE_SESSIONS).hex()
    return TimestampSigner(key).sign(b64encode(json.dumps(session).encode())).decode()


def _signing_in(installation: Installation, name: str, now: datetime) -> int:
    by, about = Decider(name, road=Road.PAGE), About(Kind.ACCOUNT, name)
    with installation.store.writing() as connection:
        return record(connection, by, accounts.SIGNED_IN, about, now=now)


def acts_of(installation: Installation, what: str) -> list[Any]:
    with installation.store.reading() as connection:
        return list(
            connection.execute(
                select(AuditEntry.__table__)
                .where(AuditEntry.action == what)
                .order_by(AuditEntry.id)
            )
        )


@pytest.fixture
def console_installation(tmp_path: Path, sqlite_url: str) -> Iterator[Installation]:
    """Put a house together on an embedded database, with its clock stopped at `NOW`."""
    settings = Settings(
        home=tmp_path, database_url=sqlite_url, secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=FixedClock(NOW), draws=Random(2023))
    yield installation
    installation.store.engine.dispose()


@pytest.fixture
def stranger(console_installation: Installation) -> Browser:
    return Browser(client=TestClient(make_app(console_installation), raise_server_exceptions=False))


@pytest.fixture
def signed_in(console_installation: Installation) -> Callable[[Role | str], Browser]:
    """Sign in as a new colleague with this role; they are called after it."""

    def sign_in(role: Role | str, name: str = "") -> Browser:
        return come_in(console_installation, name or str(role), Role(role))

    return sign_in
