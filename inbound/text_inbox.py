"""Hear the texts that providers handed over: from the book of what they told us, each once, the oldest first."""

import logging
from datetime import datetime

from sqlalchemy import select, update

from inbound.incoming_texts import process_form
from installation.installation import Installation
from store.errors import BadInput
from store.states import EventOutcome
from store.tables import ProviderEvent

TEXT = "text"
_LOG = logging.getLogger("kaartje.inbound")


def process_texts(installation: Installation, *, now: datetime) -> int:
    """Hear every text in the book that nobody looked at yet; return how many.

    Broken off between hearing a text and noting that, the next round hears it again: told twice, it is one text. One
    that stumbles waits for the next round, and nobody behind it does: it may be a STOP.
    """
    waiting = ProviderEvent.outcome.is_(None) & (ProviderEvent.kind == TEXT)
    columns = (
        ProviderEvent.id,
        ProviderEvent.provider,
        ProviderEvent.raw,
        ProviderEvent.received_at,
    )
    with installation.store.reading() as connection:
        found = connection.execute(select(*columns).where(waiting).order_by(ProviderEvent.id)).all()
    for event in found:
        reply_id = None
        try:
            came_in = event.received_at
            reply_id = process_form(
                installation, event.raw, provider=event.provider, came_in=came_in, now=now
            ).reply_id
        except BadInput as error:
            _LOG.warning(
                "a text that a provider handed over cannot be read, and is kept: %s", error
            )
        except Exception:  # noqa: BLE001  whatever it was, those behind it are heard
            _LOG.exception("text %s of %s could not be heard yet", event.id, event.provider)
            continue
        outcome = EventOutcome.APPLIED if reply_id else EventOutcome.LEFT
        noted = {"outcome": outcome, "reply_id": reply_id, "applied_at": now}
        with installation.store.writing() as connection:
            connection.execute(
                update(ProviderEvent).where(ProviderEvent.id == event.id).values(noted)
            )
    return len(found)
