"""Accounts of people who sign in by their organisation's OpenID Connect provider.

Such an account is known by the provider's issuer and subject, since a name may go to somebody else. It has no password
here, and takes the role that the provider's claims give it at each sign-in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from installation import accounts, passwords
from installation.accounts import SIGNED_IN, SIGNED_OUT, SignedIn
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.errors import BadInput
from store.states import Road, Role
from store.tables import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody as the provider describes them."""

    subject: str  # issuer and subject
    name: str
    display_name: str
    role: Role | None


class Refused(Exception):
    """The provider knows this person, and we do not let them in.

    Attributes:
        key: The text that says why.
    """

    def __init__(self, key: str) -> None:
        """Keep the text's key."""
        super().__init__(key)
        self.key = key


def identity(
    claims: Mapping[str, Any], *, name_claim: str, role_claim: str, roles: Mapping[str, Role]
) -> Identity:
    """Read the claims of a token that was checked.

    Args:
        claims: Of the ID token, with those of the user's information.
        name_claim: Path of the claim with the name to sign in with, as preferred_username.
        role_claim: Path of the claim with the groups or roles, as realm_access.roles.
        roles: Our role for each value of it; the first that somebody has counts.

    Raises:
        Refused: The name cannot be that of an account.
    """
    name = str(_at(claims, name_claim) or "").strip().lower()
    try:
        accounts.checked_name(name)
    except BadInput:
        raise Refused("provider.no_name") from None
    held = _at(claims, role_claim)
    values = {str(each) for each in (held if isinstance(held, list) else [held])}
    return Identity(
        subject=f"{claims['iss']} {claims['sub']}",
        name=name,
        display_name=str(claims.get("name") or "")[: accounts.LONGEST_NAME].strip(),
        role=next((role for value, role in roles.items() if value in values), None),
    )


def sign_in(installation: Installation, who: Identity) -> SignedIn:
    """Sign somebody in, and open their account at the first time.

    Raises:
        Refused: They have no role here, their account was closed here, or another account has their name.
    """
    now = installation.now()
    try:
        with installation.store.writing() as connection:
            name = _account(connection, who, now)
            about, by = About(Kind.ACCOUNT, name), Decider(name, road=Road.PAGE)
            if who.role is None:
                record(connection, by, SIGNED_OUT, about, now=now)
                act = None
            else:
                act = record(connection, by, SIGNED_IN, about, now=now, through="provider")
    except IntegrityError:
        raise Refused("provider.name_taken") from None
    if who.role is None or act is None:
        raise Refused("provider.no_role")
    return SignedIn(name, who.role, act)


def subject_of(installation: Installation, name: str) -> str | None:
    """Return by whom the provider knows an account, or None of a local one."""
    query = select(Account.subject).where(Account.name == name)
    with installation.store.reading() as connection:
        return connection.execute(query).scalar_one_or_none()


def _account(connection: Connection, who: Identity, now: datetime) -> str:
    """Return the name of an account, with the role and the name to show of today."""
    query = select(Account.name, Account.active).where(Account.subject == who.subject)
    found = connection.execute(query).one_or_none()
    if found is None:
        if who.role is None:
            raise Refused("provider.no_role")
        return _opened(connection, who, who.role, now)
    if not found.active:
        raise Refused("provider.closed")
    if who.role is not None:
        connection.execute(
            update(Account)
            .where(Account.subject == who.subject)
            .values(role=who.role, display_name=who.display_name or None)
        )
    return str(found.name)


def _opened(connection: Connection, who: Identity, role: Role, now: datetime) -> str:
    connection.execute(
        insert(Account).values(
            name=who.name,
            role=role,
            password_hash=passwords.hash_of_nobody(),
            active=True,
            created_at=now,
            display_name=who.display_name or None,
            subject=who.subject,
        )
    )
    by, about = Decider(who.name, road=Road.PAGE), About(Kind.ACCOUNT, who.name)
    record(connection, by, accounts.ADDED, about, now=now, role=role.value, through="provider")
    return who.name


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return the claim at a path as realm_access.roles, also one that has dots in its name."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
