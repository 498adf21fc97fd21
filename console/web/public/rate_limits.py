"""Rate limits of the public pages, for one visitor and for all together.

Every attempt with a code counts. A limit that only wrong codes reach would reveal which codes are
right. Objections have no limit. A visitor is stored as a keyed hash of the network address and
the day, which is useless tomorrow.
"""

from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from sqlalchemy import delete

from desk.line.code_guesses import CITIZEN, Limit, may_try, note_wrong
from installation.derived_keys import Purpose
from installation.installation import Installation
from store.clock import local_date
from store.tables import CodeGuess

EVERYBODY = "public pages"
ALL = Limit(300, timedelta(minutes=15))
"""All visitors together. More than ever scan a card in 15 minutes, too few to find codes by."""
LOOKING, ASKING = "looks", "asks"
ASKS = Limit(10, timedelta(minutes=15))
"""Requests of one visitor. More than of look-ups, because a library is one visitor and a request reveals nothing."""
_PREFIX = "visitor:"
_KEPT = timedelta(days=1)
_HOME = 64  # bits of an IPv6 address that one home shares


def visitor_of(installation: Installation, request: Request, kind: str) -> str:
    """Return the pseudonym of a visitor for one kind of request."""
    host = request.client.host if request.client else ""
    visitor = f"{kind} {local_date(installation.now())} {_network(host)}"
    return f"{_PREFIX}{installation.settings.key_for(Purpose.VISITOR, visitor).hex()[:32]}"


def may_go_on(installation: Installation, request: Request, kind: str) -> bool:
    """Say whether this visitor may try now, and count the attempt if so."""
    source, now = visitor_of(installation, request, kind), installation.now()
    own = CITIZEN if kind == LOOKING else ASKS
    if not (
        may_try(installation.store, source, own, now=now)
        and may_try(installation.store, EVERYBODY, ALL, now=now)
    ):
        return False
    for name in (source, EVERYBODY):
        note_wrong(installation.store, name, now=now)
    _forget(installation, now)
    return True


def _forget(installation: Installation, now: datetime) -> None:
    old = CodeGuess.at < now - _KEPT
    ours = CodeGuess.source.like(f"{_PREFIX}%") | (CodeGuess.source == EVERYBODY)
    with installation.store.writing() as connection:
        connection.execute(delete(CodeGuess).where(ours, old))


def _network(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, _HOME), strict=False))
    return str(address)
