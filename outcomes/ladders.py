"""The ladder of one campaign, counting how far people came from a first touch to a closed case.

Somebody may file without an appointment, and be helped with debts before anything is filed. So each rung says two
things: how many did this, and how many came this far or further. The second never grows on the way up.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Select, or_, select, union

from desk.entries.dispositions import NOBODY_SPOKEN
from outcomes.funnel_counts import PersonIds, Span, by_arm, outcome_people, went_out
from store.states import CallState, OutcomeKind, ReplyKind
from store.tables import Appointment, Arm, Call, Case, Obligation, Person, Referral, Reply, Touch

DEBT_HELP = "debt_help"


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder, in people who were selected."""

    name: str
    people: int  # who did this
    so_far: int  # who came this far, or further

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def ladder(connection: Connection, span: Span) -> tuple[Rung, ...]:
    """Count the people on each rung, without the hold-out.

    Cases, referrals and outcomes belong to a person, not to a campaign: they count from its first date on.
    """
    treated = _treated(connection, span)
    rungs = list(_rungs(span).items())

    def people(selects: list[PersonIds]) -> int:
        # a union even of one: its columns are then named alike on both databases
        counted = by_arm(connection, union(*selects), span)
        return sum(count for arm, count in counted.items() if arm in treated)

    return tuple(
        Rung(name, people([query]), people([further for _, further in rungs[at:]]))
        for at, (name, query) in enumerate(rungs)
    )


def _treated(connection: Connection, span: Span) -> set[int]:
    arms = select(Arm.id).where(Arm.campaign_id == span.campaign_id, Arm.hold_out.is_(False))
    return set(connection.execute(arms).scalars())


def _rungs(span: Span) -> Mapping[str, PersonIds]:
    """Return a select of people for each rung, from the bottom up."""
    met = select(Appointment.person_id).where(
        span.ours(Appointment.campaign_id), span.within(Appointment.made_at)
    )
    return {
        "handed_over": select(Touch.person_id).where(
            Touch.campaign_id == span.campaign_id, went_out()
        ),
        "contact": _in_contact(span),
        "appointment": _either(met, outcome_people(span, OutcomeKind.APPOINTMENT)),
        "filed": outcome_people(span, OutcomeKind.FILED),
        "assessment_prevented": _either(
            _prevented(span), outcome_people(span, OutcomeKind.ASSESSMENT_PREVENTED)
        ),
        "debt_help": _helped(span),
        "closed": select(Case.person_id).where(span.within(Case.closed_at)),
    }


def _either(*selects: PersonIds) -> PersonIds:
    return select(union(*selects).subquery().c[0])


def _in_contact(span: Span) -> PersonIds:
    """Select the people who called, texted or came by, and those spoken to when we called."""
    kinds = (ReplyKind.CALLED, ReplyKind.TEXTED, ReplyKind.COUNTER)
    replied = select(Reply.person_id).where(
        Reply.kind.in_(kinds),
        Reply.person_id.is_not(None),
        span.ours(Reply.campaign_id),
        span.within(Reply.received_at),
    )
    unspoken = [each.value for each in NOBODY_SPOKEN]
    spoken = select(Call.person_id).where(
        Call.state == CallState.WRAPPED_UP,
        Call.person_id.is_not(None),
        Call.disposition.not_in(unspoken),
        span.ours(Call.campaign_id),
        span.within(Call.wrapped_up_at),
    )
    return _either(replied, spoken)


def _prevented(span: Span) -> Select[int]:
    """Select the people who filed after a dunning letter, before an assessment without a return."""
    return (
        select(Person.id)
        .join(Obligation, Obligation.person_ref == Person.person_ref)
        .where(
            Obligation.dunned_on.is_not(None),
            *span.on_days(Obligation.filed_on),
            # an assessment that came after it follows the return
            or_(Obligation.assessed_on.is_(None), Obligation.assessed_on > Obligation.filed_on),
        )
    )


def _helped(span: Span) -> PersonIds:
    """Select the people with debt help, by the registers or by a referral that was received."""
    referred = select(Referral.person_id).where(
        Referral.to_whom == DEBT_HELP, span.within(Referral.received_at)
    )
    return _either(outcome_people(span, OutcomeKind.DEBT_HELP), referred)
