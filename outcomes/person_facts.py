"""A person's list entries, consents, obligations, outcomes and answers outside campaigns."""

from datetime import datetime

from sqlalchemy import Connection, and_, select

from outcomes.person_history import (
    AnswerSent,
    ConsentRecorded,
    KnownObligation,
    ListedEntry,
    OutcomeRecorded,
)
from outcomes.person_identity import KnownPerson
from store.states import SuppressionScope
from store.tables import Answer, Obligation, Outcome, Suppression
from store.tables.people import OBLIGATION_DAYS
from suppression.consents import statements_of, still_holds
from suppression.entries import entries_where


def answers(connection: Connection, person_id: int) -> tuple[AnswerSent, ...]:
    """Return the texts that answered a person, the oldest first."""
    rows = connection.execute(
        select(Answer.__table__).where(Answer.person_id == person_id).order_by(Answer.id)
    )
    return tuple(
        AnswerSent(
            at=row.written_at,
            kind=row.kind.value,
            state=row.state.value,
            body=row.body,
            handed_over_at=row.handed_over_at,
            detail=row.detail,
            cost=row.cost,
        )
        for row in rows
    )


def suppressions(
    connection: Connection, person: KnownPerson, numbers: tuple[str, ...], at: datetime
) -> tuple[ListedEntry, ...]:
    """Return every entry about a person, their address or their numbers, also lifted ones."""
    mine = Suppression.person_ref == person.person_ref
    number = and_(Suppression.scope == SuppressionScope.NUMBER, Suppression.e164.in_(numbers))
    address = and_(
        Suppression.scope == SuppressionScope.ADDRESS,
        Suppression.household_key == person.household_key,
    )
    # an entry of another body, which names people by a hash
    joint = Suppression.joint_hash == person.joint_hash
    # look-ups by index, each entry once: one `or` over all these columns would read the whole table
    which_ones = [mine, number]
    which_ones += [address] if person.household_key is not None else []
    which_ones += [joint] if person.joint_hash is not None else []
    found = {entry.id: entry for which in which_ones for entry in entries_where(connection, which)}
    return tuple(ListedEntry(found[key], found[key].in_force(at)) for key in sorted(found))


def outcomes(connection: Connection, ref: str) -> tuple[OutcomeRecorded, ...]:
    """Return a person's outcomes, as the registers report them."""
    query = select(Outcome.happened_on, Outcome.kind, Outcome.reference).where(
        Outcome.person_ref == ref
    )
    rows = connection.execute(query.order_by(Outcome.happened_on, Outcome.id))
    return tuple(OutcomeRecorded(row.happened_on, row.kind.value, row.reference) for row in rows)


def consents(connection: Connection, ref: str, at: datetime) -> tuple[ConsentRecorded, ...]:
    """Return a person's consents and withdrawals, in the order in which they were given."""
    words = statements_of(connection, ref)
    return tuple(ConsentRecorded(word, still_holds(word, words, at)) for word in words)


def obligations(connection: Connection, ref: str) -> tuple[KnownObligation, ...]:
    """Return a person's obligations, the oldest year first."""
    query = (
        select(Obligation.__table__)
        .where(Obligation.person_ref == ref)
        .order_by(Obligation.year, Obligation.tax)
    )
    return tuple(
        KnownObligation(
            row.tax,
            row.year,
            {name: day for name in OBLIGATION_DAYS if (day := getattr(row, name))},
            row.refund_expected,
        )
        for row in connection.execute(query)
    )
