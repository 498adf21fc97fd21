"""Process stored incoming texts, each once, the oldest first."""

import logging
from datetime import datetime

from sqlalchemy import select, update

from inbound.incoming_texts import process_form
from installation.installation import Installation
from store.errors import BadInput
from store.plain_errors import log_failure
from store.states import EventOutcome
from store.tables import ProviderEvent

TEXT = "text"
_LOG = logging.getLogger("kaartje.inbound")


def process_texts(installation: Installation, *, now: datetime) -> int:
    """Process every stored text that was not processed yet. Return how many.

    After a crash between processing a text and marking it, it is processed again, which changes nothing. A text
    that fails waits for the next round and does not stop the others, which may be a STOP.
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
            _LOG.warning("an incoming text cannot be read, and stays stored: %s", error)
        except Exception as error:  # noqa: BLE001  whatever it was, the texts behind it are processed
            which = f"incoming text {event.id} of {event.provider}"
            log_failure(_LOG, error, f"{which} could not be processed yet")
            continue
        outcome = EventOutcome.APPLIED if reply_id else EventOutcome.LEFT
        noted = {"outcome": outcome, "reply_id": reply_id, "applied_at": now}
        with installation.store.writing() as connection:
            connection.execute(
                update(ProviderEvent).where(ProviderEvent.id == event.id).values(noted)
            )
    return len(found)
