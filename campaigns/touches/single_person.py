"""Judge one person outside any campaign, for a channel and a purpose."""

from datetime import datetime

from sqlalchemy import select

from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Person
from suppression.contact_hours import next_open
from suppression.decision_table import CHANNELS, PURPOSES
from suppression.judging import declared_facts, verdict
from suppression.occasions import SERVICE, Occasion
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Later, Verdict


def judge_now(
    installation: Installation, ref: str, *, channel: str, purpose: str, now: datetime
) -> Verdict:
    """Return whether one person may be reached now, or from the next contact hours on.

    Raises:
        BadInput: nobody of that reference was imported, or the channel or the purpose is none.
    """
    if channel not in CHANNELS:
        raise BadInput(
            Sentence("{seen!r} is not a channel", seen=channel),
            Sentence("write {known}", known=", ".join(CHANNELS)),
            field="channel",
        )
    if purpose not in PURPOSES:
        raise BadInput(
            Sentence("{seen!r} is not a purpose", seen=purpose),
            Sentence("write {known}", known=", ".join(PURPOSES)),
            field="purpose",
        )
    with installation.store.reading() as connection:
        person = connection.execute(
            select(Person.id).where(Person.person_ref == ref)
        ).scalar_one_or_none()
        if person is None:
            raise BadInput(
                "is not a known person",
                "look at the reference again, or import the people",
                field=ref,
            )
        occasion = Occasion(
            channel=channel,
            reaches=CHANNELS[channel],
            purpose=purpose,
            on=local_date(now),
            at=now,
            declared=frozenset(declared_facts(connection)),
            policy=installation.policy,
            handing_over=True,
        )
        found = verdict(connection, person, occasion)
    opens = next_open(now, installation.policy.hours)
    waits = occasion.reaches != "post" and purpose != SERVICE and opens > now
    return Later(opens, Reason.OUTSIDE_HOURS) if waits and isinstance(found, Allowed) else found
