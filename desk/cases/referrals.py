"""Referrals to other organisations, with recorded consent, minimal data and a receipt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from desk.cases.cases import join
from store.audit_log import About, Decider, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Person, Referral

TO_WHOM = ("debt_help", "municipality", "advocate", "volunteers", "legal_help")
SHAREABLE = ("name", "address", "number", "language", "what_helps")
"""The data that another organisation may get. Debts and tax returns are never shared."""


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent of a citizen, with the words read out and the time."""

    text: str
    given_at: datetime


def refer(
    store: Store,
    ref: str,
    to_whom: str,
    *,
    shared: Sequence[str],
    consent: Consent | None,
    by: str,
    now: datetime,
) -> int:
    """Refer a person to an organisation, in their case. Return the referral's key.

    Raises:
        BadInput: consent is missing, the organisation or the data is not on the list, or there is no such person.
    """
    if consent is None or not consent.text.strip():
        raise BadInput(
            "consent is missing",
            "ask for it, and write down the words you used",
            field="consent",
        )
    if consent.given_at > now:
        raise BadInput("consent cannot be given later", "write when it was given", field="consent")
    if to_whom not in TO_WHOM:
        raise BadInput(
            Sentence("{seen!r} is not an organisation we refer to", seen=to_whom),
            Sentence("write {known}", known=", ".join(TO_WHOM)),
            field="to_whom",
        )
    for each in shared or [""]:
        if each not in SHAREABLE:
            raise BadInput(
                Sentence("{each!r} may not be shared", each=each),
                Sentence("share of {shareable}", shareable=", ".join(SHAREABLE)),
                field="shared",
            )
    with store.writing() as connection:
        person_id = connection.execute(
            select(Person.id).where(Person.person_ref == ref)
        ).scalar_one_or_none()
        if person_id is None:
            raise BadInput("no person has this reference", "look them up first", field=ref)
        row = {
            "case_id": join(connection, person_id, by, now),
            "person_id": person_id,
            "to_whom": to_whom,
            "shared": list(dict.fromkeys(shared)),
            "consent_text": consent.text.strip(),
            "consented_at": consent.given_at,
            "made_at": now,
            "made_by": by,
        }
        return int(
            connection.execute(insert(Referral).values(**row).returning(Referral.id)).scalar_one()
        )


def receive(store: Store, referral_id: int, receipt: str, *, by: Decider, now: datetime) -> None:
    """Record the other organisation's receipt. A repeated receipt changes nothing.

    Raises:
        BadInput: there is no such referral.
    """
    with store.writing() as connection:
        if (
            connection.execute(select(Referral.id).where(Referral.id == referral_id)).first()
            is None
        ):
            raise BadInput(
                "there is no such referral",
                "see the person's case",
                field=Sentence("referral {referral_id}", referral_id=referral_id),
            )
        first = (Referral.id == referral_id, Referral.received_at.is_(None))
        if connection.execute(
            update(Referral).where(*first).values(received_at=now, received_ref=receipt)
        ).rowcount:
            record(
                connection,
                by,
                "referral receive",
                About(Kind.REFERRAL, referral_id),
                now=now,
                receipt=receipt,
            )


def end(store: Store, referral_id: int, how: str, *, by: Decider, now: datetime) -> None:
    """Record the result of a referral.

    Raises:
        BadInput: the outcome is missing, or it is not open.
    """
    if not how.strip():
        raise BadInput("the outcome is missing", "write it down", field="how")
    still = (Referral.id == referral_id, Referral.ended_at.is_(None))
    with store.writing() as connection:
        if not connection.execute(
            update(Referral).where(*still).values(ended_at=now, ended_how=how)
        ).rowcount:
            raise BadInput(
                "is not open",
                "it has ended, or there is none",
                field=Sentence("referral {referral_id}", referral_id=referral_id),
            )
        record(connection, by, "referral end", About(Kind.REFERRAL, referral_id), now=now)
