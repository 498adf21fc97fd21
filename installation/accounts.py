"""Local accounts for signing in, and the protection against guessed passwords.

Every attempt is written to the audit log before the password is checked. So attempts made at the
same moment count each other, and a restart forgets none. A successful sign-in clears the attempts
before it from the same place.
"""

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Row, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from installation import passwords
from installation.sign_in_limits import (
    CONFIRMED,
    NOWHERE,
    SIGNED_IN,
    TRIED,
    TRIES,
    UNLOCKED,
    WAIT,
    Origin,
    closed_until,
    forget_try,
    note_try,
    wrong_tries,
)
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import Road, Role
from store.tables import Account, AuditEntry, PersonalToken

SIGNED_OUT = "signed_out"
CHANGED_PASSWORD = "changed_password"  # noqa: S105  an action
ADDED = "added_account"
CLOSED = "closed_account"
CALLED = "changed_display_name"
GAVE_PASSWORD = "gave_password"  # noqa: S105  an action
"""A right password, of an account that gives a code after it."""
LONGEST_NAME = 60

__all__ = [
    "ADDED",
    "CLOSED",
    "CONFIRMED",
    "GAVE_PASSWORD",
    "LONGEST_NAME",
    "NOWHERE",
    "SIGNED_IN",
    "SIGNED_OUT",
    "TRIED",
    "TRIES",
    "UNLOCKED",
    "WAIT",
    "AccountLine",
    "Checked",
    "Origin",
    "SignedIn",
    "TooManyTries",
    "WrongPassword",
    "add",
    "begin_try",
    "call_by",
    "called",
    "change_password",
    "check",
    "close",
    "end_try",
    "ended",
    "listed",
    "sign_out",
    "still_signed_in",
    "unlock",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A correct password. `act` is the number of the sign-in, which a session names."""

    name: str
    role: Role
    act: int


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """A wrong name or password. It does not say whether the name exists."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """Sign-in under this name is blocked until `until`."""

    until: datetime


Checked = SignedIn | WrongPassword | TooManyTries


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLine:
    """One account in a list."""

    name: str
    role: Role
    active: bool
    created_at: datetime
    display_name: str | None
    asks_code: bool  # after the password
    signed_in_at: datetime | None
    wrong_tries: int = 0  # of late, since it was unlocked


def add(store: Store, name: str, role: Role, *, password: str, now: datetime, by: Decider) -> None:
    """Open an account, or reopen a closed one under the same name.

    Args:
        store: The database.
        name: 1 to 64 small letters, digits, dots, hyphens, underscores or @, of which the
            first is a letter or digit.
        role: The role of the account.
        password: At least 12 characters.
        now: The moment, aware.
        by: Who adds it.

    Raises:
        BadInput: The name or the password is not allowed, or an open account has this name already.
    """
    checked_name(name)
    passwords.check_new(name, password)
    row = {
        "name": name,
        "role": role,
        "password_hash": passwords.hashed(password),
        "active": True,
        "created_at": now,
        "subject": None,
    }
    try:
        with store.writing() as connection:
            reopened = connection.execute(
                update(Account).where(Account.name == name, Account.active.is_(False)).values(row)
            ).rowcount
            if not reopened:
                connection.execute(insert(Account).values(row))
            about = About(Kind.ACCOUNT, name)
            record(connection, by, ADDED, about, now=now, role=role.value)
    except IntegrityError:
        raise BadInput(
            Sentence("there is already an account {name!r}", name=name),
            "choose another name, or close that account",
        ) from None


def close(store: Store, name: str, now: datetime, *, by: Decider) -> None:
    """Close an account and end its sessions. The record of what it did stays.

    Raises:
        BadInput: There is no open account with this name.
    """
    with store.writing() as connection:
        closed = connection.execute(
            update(Account)
            .where(Account.name == name, Account.active.is_(True))
            .values(active=False)
        ).rowcount
        if not closed:
            raise BadInput(
                Sentence("there is no open account {name!r}", name=name),
                "see `kaartje account list`",
            )
        record(connection, by, CLOSED, About(Kind.ACCOUNT, name), now=now)


def unlock(store: Store, name: str, now: datetime, *, by: Decider) -> None:
    """Let somebody sign in again after wrong passwords, at once.

    Raises:
        BadInput: There is no open account with this name.
    """
    with store.writing() as connection:
        if _open_account(connection, name) is None:
            raise BadInput(
                Sentence("there is no open account {name!r}", name=name),
                "see `kaartje account list`",
            )
        record(connection, by, UNLOCKED, About(Kind.ACCOUNT, name), now=now)


def check(
    store: Store,
    name: str,
    password: str,
    now: datetime,
    *,
    key: bytes = b"",
    origin: Origin = NOWHERE,
    action: str = SIGNED_IN,
) -> Checked:
    """Check a name and password, and record the attempt.

    An unknown name takes as much time as a known one, and is blocked after as many attempts.

    Args:
        store: The database.
        name: As typed.
        password: As typed.
        now: The moment, aware.
        key: The installation's key. An unknown name is recorded as a hash under it, because people
            type passwords and citizen numbers in the wrong field.
        origin: Where the attempt comes from.
        action: As what a right password is recorded.
    """
    name = name.strip().lower()
    with store.writing() as connection:
        account = _open_account(connection, name)
        number = begin_try(connection, name if account else _masked(name, key), origin, now)
        if isinstance(number, TooManyTries):
            return number
    expected = account.password_hash if account else passwords.hash_of_nobody()
    if not passwords.matches(expected, password) or account is None:
        return WrongPassword()
    renewed = _renewed(account.password_hash, password)
    with store.writing() as connection:
        if renewed:
            connection.execute(
                update(Account).where(Account.name == name).values(password_hash=renewed)
            )
        act = end_try(connection, name, origin, now, number, action=action)
        return SignedIn(name, account.role, act)


def begin_try(
    connection: Connection, who: str, origin: Origin, now: datetime
) -> int | TooManyTries | None:
    """Write a try down before it is checked, and return its number, or that there were too many."""
    if until := closed_until(connection, who, origin, now):
        return TooManyTries(until)
    _on_page(connection, TRIED, who, now, origin)
    return note_try(connection, origin, now)


def end_try(
    connection: Connection,
    name: str,
    origin: Origin,
    now: datetime,
    number: int | None,
    *,
    action: str = SIGNED_IN,
) -> int:
    """Record what a try that was right came to, and return the number of the act."""
    forget_try(connection, number)
    return _on_page(connection, action, name, now, origin)


def called(store: Store, name: str) -> str:
    """Return the name by which pages call an account's owner."""
    query = select(Account.display_name).where(Account.name == name)
    with store.reading() as connection:
        return connection.execute(query).scalar_one_or_none() or name


def call_by(store: Store, name: str, display_name: str, now: datetime, *, by: Decider) -> None:
    """Give an account the name by which pages call its owner, or with an empty one take it away.

    Raises:
        BadInput: The name is too long, or has a sign that cannot be shown.
    """
    shown = " ".join(display_name.split())
    if len(shown) > LONGEST_NAME or not shown.isprintable():
        raise BadInput(
            "this cannot be shown as a name",
            Sentence("write at most {most} letters", most=LONGEST_NAME),
        )
    with store.writing() as connection:
        connection.execute(
            update(Account).where(Account.name == name).values(display_name=shown or None)
        )
        record(connection, by, CALLED, About(Kind.ACCOUNT, name), now=now)


def sign_out(store: Store, name: str, now: datetime) -> None:
    """End every session of this account, on every machine."""
    with store.writing() as connection:
        _on_page(connection, SIGNED_OUT, name, now)


def change_password(store: Store, name: str, new: str, now: datetime) -> None:
    """Give an account another password. Every session and personal token of it ends.

    Whoever calls has checked the password before.

    Raises:
        BadInput: The new password is not allowed, or is the one before.
    """
    passwords.check_new(name, new)
    with store.reading() as connection:
        account = _open_account(connection, name)
    if account is None or passwords.matches(account.password_hash, new):
        raise BadInput("this is the password that you had", "choose another one")
    hashed, by = passwords.hashed(new), Decider(name, road=Road.PAGE)
    with store.writing() as connection:
        connection.execute(update(Account).where(Account.name == name).values(password_hash=hashed))
        mine = (PersonalToken.name == name, PersonalToken.revoked_at.is_(None))
        connection.execute(update(PersonalToken).where(*mine).values(revoked_at=now))
        record(connection, by, CHANGED_PASSWORD, About(Kind.ACCOUNT, name), now=now)
        _on_page(connection, SIGNED_OUT, name, now)


def still_signed_in(store: Store, name: str, act: int) -> Role | None:
    """Return the role of the account of a session, or None if the session has ended.

    The role is read anew each time, and a session that began before a signing out or a closing is over.
    """
    with store.reading() as connection:
        role = connection.execute(
            select(Account.role).where(Account.name == name, Account.active.is_(True))
        ).scalar_one_or_none()
        ended = connection.execute(
            select(func.max(AuditEntry.id)).where(
                AuditEntry.about == _about(name), AuditEntry.action.in_((SIGNED_OUT, CLOSED))
            )
        ).scalar_one()
    return None if role is None or (ended or 0) > act else role


def ended(store: Store, sessions: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return which of these sessions have ended, in one query.

    A session is the name of an account and the number of its sign-in.
    """
    names = {name for name, _ in sessions}
    over = select(AuditEntry.about, func.max(AuditEntry.id)).where(
        AuditEntry.about.in_([_about(name) for name in names]),
        AuditEntry.action.in_((SIGNED_OUT, CLOSED)),
    )
    with store.reading() as connection:
        active = select(Account.name).where(Account.name.in_(names), Account.active.is_(True))
        here = set(connection.execute(active).scalars())
        last: dict[str, int] = {
            row[0]: row[1] for row in connection.execute(over.group_by(AuditEntry.about))
        }
    return {
        (name, act) for name, act in sessions if name not in here or last.get(_about(name), 0) > act
    }


def listed(store: Store, *, now: datetime | None = None) -> list[AccountLine]:
    """Return every account by name, with its last sign-in, and with `now` its wrong tries of late."""
    last = (
        select(AuditEntry.about, func.max(AuditEntry.at).label("at"))
        .where(AuditEntry.action == SIGNED_IN)
        .group_by(AuditEntry.about)
    )
    recent = last.subquery()
    query = (
        select(Account.name, Account.role, Account.active, Account.created_at)
        .add_columns(Account.display_name, Account.second_factor.is_not(None).label("asks_code"))
        .add_columns(recent.c.at.label("signed_in_at"))
        .outerjoin(recent, recent.c.about == literal(_about("")) + Account.name)
        .order_by(Account.name)
    )
    with store.reading() as connection:
        lines = [AccountLine(**row) for row in connection.execute(query).mappings()]
        if now is None:
            return lines
        return [
            replace(each, wrong_tries=wrong_tries(connection, each.name, now)) for each in lines
        ]


def _open_account(connection: Connection, name: str) -> Row[Role, str] | None:
    if not _NAME.fullmatch(name):
        return None
    query = select(Account.role, Account.password_hash).where(
        Account.name == name, Account.active.is_(True)
    )
    return connection.execute(query).one_or_none()


def _renewed(password_hash: str, password: str) -> str | None:
    """Hash the password again where its hash was made with weaker parameters than today's."""
    return passwords.hashed(password) if passwords.needs_rehash(password_hash) else None


def _about(name: str) -> str:
    return str(About(Kind.ACCOUNT, name)) if name else f"{Kind.ACCOUNT}:"


def _on_page(
    connection: Connection, action: str, name: str, now: datetime, origin: Origin = NOWHERE
) -> int:
    """Record what somebody did at the sign-in page, under the name they signed in with."""
    by, about = Decider(name, road=Road.PAGE), About(Kind.ACCOUNT, name)
    return record(connection, by, action, about, now=now, **origin.detail())


def _masked(name: str, key: bytes) -> str:
    return "?" + hmac.new(key, name.encode(errors="replace"), sha256).hexdigest()[:32]


def checked_name(name: str) -> None:
    """Refuse a name that an account cannot have.

    Raises:
        BadInput: The name is not allowed.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            Sentence("{name!r} cannot be the name of an account", name=name),
            "use 1 to 64 small letters, digits, dots, hyphens, underscores or @, and start with a letter or digit",
        )
