"""API tokens of other systems, stored as keyed hashes with an expiry date.

A token acts under its name, like a colleague. If there is an account of that name, the token has
its role and ends when the account is closed.
"""

import hmac
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from installation.accounts import checked_name
from installation.derived_keys import Purpose
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.states import Role
from store.tables import Account, ApiToken

PREFIX = "kaartje_"
"""Prefix of every token, so that scanners for leaked secrets recognise it."""
LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)
MADE = "made_api_token"
REVOKED = "revoked_api_token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An API token as listed, without its secret."""

    id: int
    name: str
    role: Role
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """Say whether it is open, revoked or expired."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= now else "open"

    def as_data(self, now: datetime) -> dict[str, Any]:
        """Return the token as plain data."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role.value,
            "made_at": self.made_at,
            "made_by": self.made_by,
            "expires_at": self.expires_at,
            "state": self.state(now),
        }


@dataclass(frozen=True, slots=True)
class Admitted:
    """The caller behind a valid token."""

    token_id: int
    name: str
    role: Role


def make(
    installation: Installation, name: str, role: Role, *, by: Decider, lasting: timedelta = USUAL
) -> str:
    """Make a token and return it. It is shown once and cannot be found again.

    Raises:
        BadInput: The name is not allowed, an account of that name is closed or has another role, or
            the token would last longer than a year.
    """
    checked_name(name)
    if not timedelta() < lasting <= LONGEST:
        raise BadInput("is not a period of 1 to 366 days", "give 1 to 366 days", field="days")
    token, now = PREFIX + secrets.token_urlsafe(32), installation.now()
    row = {
        "name": name,
        "role": role,
        "token_hash": _hashed(installation, token),
        "made_at": now,
        "made_by": by.name,
    }
    with installation.store.writing() as connection:
        if (other := _account(connection, name)) and (not other.active or other.role is not role):
            problem = Sentence(
                "the account {name!r} is {state}",
                name=name,
                state=other.role.value if other.active else Sentence("closed"),
            )
            raise BadInput(
                problem, "a token of that name has its role; or choose another name", field="role"
            )
        ends = now + lasting
        made = connection.execute(
            insert(ApiToken).values(**row, expires_at=ends).returning(ApiToken.id)
        ).scalar_one()
        record(
            connection,
            by,
            MADE,
            About(Kind.ACCOUNT, name),
            now=now,
            token=made,
            role=role.value,
            until=ends.isoformat(),
        )
    return token


def revoke(installation: Installation, token_id: int, *, by: Decider) -> Token:
    """Revoke a token at once.

    Raises:
        BadInput: There is no open token with this number.
    """
    now = installation.now()
    still = (ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    with installation.store.writing() as connection:
        if not connection.execute(
            update(ApiToken).where(*still).values(revoked_at=now, revoked_by=by.name)
        ).rowcount:
            raise BadInput(
                "is not an open token",
                "see `kaartje account tokens`",
                field=Sentence("token {token_id}", token_id=token_id),
            )
        (revoked,) = _tokens(connection, ApiToken.id == token_id)
        record(connection, by, REVOKED, About(Kind.ACCOUNT, revoked.name), now=now, token=token_id)
    return revoked


def listed(installation: Installation) -> list[Token]:
    """Return every token, the newest first."""
    with installation.store.reading() as connection:
        return _tokens(connection)


def admitted(installation: Installation, token: str) -> Admitted | None:
    """Return the caller behind a token, or None if it is not valid."""
    if not token.startswith(PREFIX):
        return None
    with installation.store.reading() as connection:
        found = _tokens(connection, ApiToken.token_hash == _hashed(installation, token))
        if not found or found[0].state(installation.now()) != "open":
            return None
        (shown,) = found
        account = _account(connection, shown.name)
    if account is None:
        return Admitted(shown.id, shown.name, shown.role)
    return Admitted(shown.id, shown.name, account.role) if account.active else None


def _tokens(connection: Connection, *which: ColumnElement[bool]) -> list[Token]:
    """Return the tokens that meet these conditions, the newest first."""
    columns = (getattr(ApiToken, field.name) for field in fields(Token))
    query = select(*columns).where(*which).order_by(ApiToken.id.desc())
    return [Token(**row) for row in connection.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class _NameSake:
    """The account with the name of a token."""

    role: Role
    active: bool


def _account(connection: Connection, name: str) -> _NameSake | None:
    query = select(Account.role, Account.active).where(Account.name == name)
    row = connection.execute(query).one_or_none()
    return _NameSake(*row) if row else None


def _hashed(installation: Installation, token: str) -> str:
    """Hash a token with its own key, so that a copy of the database is of no use."""
    key = installation.settings.key_for(Purpose.API_TOKENS)
    return hmac.new(key, token.encode(errors="replace"), sha256).hexdigest()
