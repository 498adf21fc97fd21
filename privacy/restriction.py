"""Restriction of processing (GDPR, article 18), held everywhere as an entry on the list."""

from datetime import datetime

from installation.installation import Installation
from privacy.requests import Request, open_request, request_of
from store.audit_log import About, Decider, Kind, record
from store.states import RequestKind
from suppression.lists import add
from suppression.reasons import Reason


def restrict(installation: Installation, number: int, *, by: Decider, now: datetime) -> Request:
    """Reach the person of a request by no channel from now on, until the entry is lifted.

    What was planned is withheld, and what may still be pulled at the print shop is asked back, as for everybody on
    the list.

    Raises:
        BadInput: there is no such open request, or they are restricted already.
    """
    store = installation.store
    found = open_request(store, number, RequestKind.RESTRICTION)
    source = f"request {number}: restriction"
    add(store, found.person_ref, Reason.SUPPRESSED, source=source, by=by.name, now=now)
    with store.writing() as connection:
        about = About(Kind.PRIVACY_REQUEST, number)
        record(connection, by, "restricted_person", about, now=now)
    return request_of(store, number)
