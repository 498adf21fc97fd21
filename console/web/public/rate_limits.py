"""How often one visitor, and all together, may send us something: nobody finds cards by trying, and no line drowns.

Every try with a code counts, of a card or not: a limit that only wrong codes reach would tell which codes are right. A
visitor is a hash of the network address under the house's key and the day: it says nothing tomorrow.
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
"""All visitors together: far more than ever scan their card in a quarter of an hour, far too few to find cards by."""
LOOKING, ASKING = "looks", "asks"
ASKS = Limit(10, timedelta(minutes=15))
"""Wishes of one visitor. More than of looks: a library is one visitor, and a wish tells nothing back."""
_PREFIX = "visitor:"
_KEPT = timedelta(days=1)
_HOME = 64  # bits of an IPv6 address that one home shares


def visitor_of(installation: Installation, request: Request, kind: str) -> str:
    """Return a name for whoever asks, for one kind of asking: nobody can make an address of it."""
    host = request.client.host if request.client else ""
    visitor = f"{kind} {local_date(installation.now())} {_network(host)}"
    return f"{_PREFIX}{installation.settings.key_for(Purpose.VISITOR, visitor).hex()[:32]}"


def may_go_on(installation: Installation, request: Request, kind: str) -> bool:
    """Say whether this visitor may try now; counts the try if so."""
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
