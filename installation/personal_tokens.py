"""Personal tokens, by which a colleague is signed in on the command line for some hours.

A token is of one account. It ends by itself, when it is revoked, and when the account is closed.
"""

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, insert, select, update

from installation.derived_keys import Purpose
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.sentences import Sentence
from store.states import Role
from store.tables import Account, PersonalToken

PREFIX = "kaartje_me_"
"""Prefix of every token, so that scanners for leaked secrets recognise it."""
USUAL, LONGEST = timedelta(hours=10), timedelta(days=7)
FRESH = timedelta(hours=1)
"""How long after it was made a token is enough to approve with, or to lift a stop."""
MADE, ENDED = "made_personal_token", "ended_personal_token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A personal token as listed, without its secret."""

    id: int
    name: str
    commands: list[str]  # none: every command
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def is_open(self, now: datetime) -> bool:
        """Say whether one is signed in with it."""
        return self.revoked_at is None and self.expires_at > now


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedInBy:
    """The colleague behind a token that is open."""

    token: Token
    role: Role


def make(
    installation: Installation,
    name: str,
    *,
    by: Decider,
    lasting: timedelta = USUAL,
    commands: Collection[str] = (),
) -> str:
    """Make a token of an account and return it. It is shown once and cannot be found again.

    Raises:
        BadInput: there is no open account of this name, or the token would last longer than a week.
    """
    if not timedelta() < lasting <= LONGEST:
        raise BadInput("is not a period of 1 hour to 7 days", "give 1 to 168 hours", field="hours")
    token, now = PREFIX + secrets.token_urlsafe(32), installation.now()
    with installation.store.writing() as connection:
        if _role(connection, name) is None:
            raise BadInput(
                Sentence("there is no open account {name!r}", name=name),
                "see `kaartje account list`",
            )
        values = {
            "name": name,
            "token_hash": _hashed(installation, token),
            "commands": sorted(commands),
            "made_at": now,
            "expires_at": now + lasting,
        }
        number = connection.execute(
            insert(PersonalToken).values(values).returning(PersonalToken.id)
        ).scalar_one()
        about = About(Kind.ACCOUNT, name)
        until = (now + lasting).isoformat()
        record(connection, by, MADE, about, now=now, token=number, until=until)
    return token


def signed_in(installation: Installation, token: str) -> SignedInBy | None:
    """Return the colleague behind a token, or None where it is over or never was."""
    if not token.startswith(PREFIX):
        return None
    with installation.store.reading() as connection:
        found = _tokens(connection, PersonalToken.token_hash == _hashed(installation, token))
        role = _role(connection, found[0].name) if found else None
    if not found or role is None or not found[0].is_open(installation.now()):
        return None
    return SignedInBy(token=found[0], role=role)


def open_tokens(installation: Installation, name: str) -> list[Token]:
    """Return the tokens of an account that are open, the newest first."""
    with installation.store.reading() as connection:
        found = _tokens(connection, PersonalToken.name == name, PersonalToken.revoked_at.is_(None))
    return [each for each in found if each.is_open(installation.now())]


def end(installation: Installation, number: int, *, by: Decider) -> bool:
    """End one token of somebody's own, and say whether it was open."""
    mine = (PersonalToken.id == number, PersonalToken.name == by.name)
    with installation.store.writing() as connection:
        return bool(end_with(connection, *mine, by=by, now=installation.now()))


def end_with(
    connection: Connection, *which: ColumnElement[bool], by: Decider, now: datetime
) -> int:
    """End tokens on an open connection, and return how many were open."""
    still = PersonalToken.revoked_at.is_(None)
    numbers = list(connection.execute(select(PersonalToken.id).where(still, *which)).scalars())
    ended = update(PersonalToken).where(PersonalToken.id.in_(numbers))
    connection.execute(ended.values(revoked_at=now))
    for number in numbers:
        record(connection, by, ENDED, About(Kind.ACCOUNT, by.name), now=now, token=number)
    return len(numbers)


def _tokens(connection: Connection, *which: ColumnElement[bool]) -> list[Token]:
    columns = (getattr(PersonalToken, field.name) for field in fields(Token))
    query = select(*columns).where(*which).order_by(PersonalToken.id.desc())
    return [Token(**row) for row in connection.execute(query).mappings()]


def _role(connection: Connection, name: str) -> Role | None:
    query = select(Account.role).where(Account.name == name, Account.active.is_(True))
    return connection.execute(query).scalar_one_or_none()


def _hashed(installation: Installation, token: str) -> str:
    key = installation.settings.key_for(Purpose.PERSONAL_TOKENS)
    return hmac.new(key, token.encode(errors="replace"), sha256).hexdigest()
