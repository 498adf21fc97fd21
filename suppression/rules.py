"""The rules: who must not be reached, each as one condition that the database can judge for a whole country at once.

A rule is judged on an `Occasion`: this channel, for this purpose, on this day. The order of `RULES` is the order in
which they are asked; a decision keeps the first that held and every other one too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from store.facts import fact
from store.states import WENT_OUT, OutcomeKind, SuppressionScope, TouchState
from store.tables import Outcome, Person, PersonNumber, Suppression, Touch
from suppression.reasons import Reason

ADULT_AGE = 18
DUNNING_REST_DAYS = 21
"""A dunning letter gets three weeks before somebody is sent a card about the same thing."""
DONE_DAYS = 365
"""Somebody who filed this long before the day was helped; an older return says nothing about this year."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `times` touches of one channel in any `days` days, over all campaigns."""

    times: int
    days: int


DEFAULT_CAPS: Mapping[str, Cap] = {"card": Cap(1, 90), "letter": Cap(1, 90), "sms": Cap(2, 30), "call": Cap(3, 90)}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a rule needs to know beyond the person: how, for what, and when."""

    channel: str  # "card"
    reaches: str  # post, text or call: which address the channel needs
    purpose: str
    on: date  # the day of the touch, where the citizens live
    at: datetime  # the same moment, for suppressions that start and end
    declared: frozenset[str]  # facts that some import declared: a rule about an unknown fact cannot be judged
    asked: frozenset[str] = frozenset()  # names that the campaign's own `where` already asks about
    caps: Mapping[str, Cap] = field(default_factory=lambda: DEFAULT_CAPS)


Condition = Callable[[Occasion], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason, the condition under which it holds, and what it needs."""

    reason: Reason
    holds: Condition
    reaches: frozenset[str] = frozenset({"post", "text", "call"})
    needs_fact: str | None = None
    unless_asked: frozenset[str] = frozenset()  # names; a campaign that asks about one of these judges it itself
    purposes: frozenset[str] | None = None

    def applies(self, occasion: Occasion) -> bool:
        """Say whether this rule has anything to say on this occasion."""
        return (
            occasion.reaches in self.reaches
            and (self.needs_fact is None or self.needs_fact in occasion.declared)
            and not (self.unless_asked & occasion.asked)
            and (self.purposes is None or occasion.purpose in self.purposes)
        )


def years_before(day: date, years: int) -> date:
    """Return the same day of the year `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _deceased(occasion: Occasion) -> ColumnElement[bool]:
    # a family that tells us is believed at once; the register follows
    return or_(Person.deceased_on.is_not(None), _listed(occasion, Suppression.reason == Reason.DECEASED.value))


def _minor(occasion: Occasion) -> ColumnElement[bool]:
    # of a partial date the latest possible day counts: who may still be a child is treated as one
    return func.coalesce(Person.birth_last > years_before(occasion.on, ADULT_AGE), false())


def _moved_abroad(_: Occasion) -> ColumnElement[bool]:
    return or_(Person.moved_abroad_on.is_not(None), Person.country != "NL")


def _under_investigation(_: Occasion) -> ColumnElement[bool]:
    return Person.address_under_investigation.is_(True)


def _no_postal_address(_: Occasion) -> ColumnElement[bool]:
    return Person.household_key.is_(None)


def _no_usable_number(occasion: Occasion) -> ColumnElement[bool]:
    may = PersonNumber.may_text if occasion.reaches == "text" else PersonNumber.may_call
    closed = exists().where(
        Suppression.e164 == PersonNumber.e164,
        Suppression.scope == SuppressionScope.NUMBER,
        *_in_force(occasion),
    )
    return ~exists().where(PersonNumber.person_id == Person.id, may.is_(True), ~closed)


def _guarded(_: Occasion) -> ColumnElement[bool]:
    return Person.guardian_ref.is_not(None)


def _in_force(occasion: Occasion) -> tuple[ColumnElement[bool], ...]:
    return (
        Suppression.lifted_at.is_(None),
        Suppression.starts_at <= occasion.at,
        or_(Suppression.ends_at.is_(None), Suppression.ends_at > occasion.at),
        or_(Suppression.channel.is_(None), Suppression.channel == occasion.channel),
        or_(Suppression.purpose.is_(None), Suppression.purpose == occasion.purpose),
    )


def _listed(occasion: Occasion, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where an entry in force names the person, the person at this address, or the whole address."""
    names = Suppression.scope == SuppressionScope.PERSON
    if occasion.reaches == "post":
        here = and_(
            Suppression.scope == SuppressionScope.PERSON_AT_ADDRESS, Suppression.household_key == Person.household_key
        )
        names = or_(names, here)
    on_person = exists().where(Suppression.person_ref == Person.person_ref, names, which, *_in_force(occasion))
    # another body means this person without naming them
    jointly = exists().where(
        Suppression.joint_hash == Person.joint_hash,
        Suppression.scope == SuppressionScope.PERSON,
        which,
        *_in_force(occasion),
    )
    person = or_(on_person, jointly)
    if occasion.reaches != "post":
        return person
    on_address = exists().where(
        Suppression.household_key == Person.household_key,
        Suppression.scope == SuppressionScope.ADDRESS,
        which,
        *_in_force(occasion),
    )
    return or_(person, on_address)


def _objects(occasion: Occasion) -> ColumnElement[bool]:
    objection = Suppression.reason == Reason.OBJECTION.value
    # whoever says stop from a number stops it for everyone on that number, on every channel
    on_number = exists().where(
        PersonNumber.person_id == Person.id,
        Suppression.e164 == PersonNumber.e164,
        Suppression.scope == SuppressionScope.NUMBER,
        objection,
        *_in_force(occasion),
    )
    return or_(_listed(occasion, objection), on_number)


def _suppressed(occasion: Occasion) -> ColumnElement[bool]:
    return _listed(occasion, Suppression.reason.not_in((Reason.OBJECTION.value, Reason.DECEASED.value)))


def _extension(occasion: Occasion) -> ColumnElement[bool]:
    until = fact("extension_until", "date")
    return func.coalesce(until >= occasion.on.isoformat(), false())


def _in_care(_: Occasion) -> ColumnElement[bool]:
    return func.coalesce(fact("in_care_of", "text") != "", false())


def _not_dunned(occasion: Occasion) -> ColumnElement[bool]:
    rested = (occasion.on - timedelta(days=DUNNING_REST_DAYS)).isoformat()
    return ~func.coalesce(fact("dunned_on", "date") <= rested, false())


def _done(occasion: Occasion) -> ColumnElement[bool]:
    return exists().where(
        Outcome.person_ref == Person.person_ref,
        Outcome.kind.in_((OutcomeKind.FILED, OutcomeKind.NOT_LIABLE)),
        Outcome.happened_on > occasion.on - timedelta(days=DONE_DAYS),
        Outcome.happened_on <= occasion.on,
    )


def _capped(occasion: Occasion) -> ColumnElement[bool]:
    cap = occasion.caps.get(occasion.channel)
    if cap is None:
        return false()
    earlier = aliased(Touch)
    conditions = (
        earlier.person_id == Person.id,
        earlier.channel == occasion.channel,
        earlier.state.in_((*WENT_OUT, TouchState.CLAIMED)),
        func.coalesce(earlier.handed_over_at, earlier.updated_at) > occasion.at - timedelta(days=cap.days),
    )
    if cap.times == 1:
        return exists().where(*conditions)
    return select(func.count()).where(*conditions).scalar_subquery() >= cap.times


def _name_damaged(_: Occasion) -> ColumnElement[bool]:
    return Person.name_damaged.is_(True)


_POST = frozenset({"post"})
_PHONE = frozenset({"text", "call"})

RULES: tuple[Rule, ...] = (
    Rule(Reason.DECEASED, _deceased),
    Rule(Reason.MINOR, _minor),
    Rule(Reason.MOVED_ABROAD, _moved_abroad, _POST),
    Rule(Reason.ADDRESS_UNDER_INVESTIGATION, _under_investigation, _POST),
    Rule(Reason.NO_POSTAL_ADDRESS, _no_postal_address, _POST),
    Rule(Reason.NO_USABLE_NUMBER, _no_usable_number, _PHONE),
    Rule(Reason.UNDER_GUARDIANSHIP, _guarded),
    Rule(Reason.OBJECTION, _objects),
    Rule(Reason.SUPPRESSED, _suppressed),
    Rule(Reason.EXTENSION_GRANTED, _extension, needs_fact="extension_until"),
    Rule(Reason.IN_OTHER_CARE, _in_care, needs_fact="in_care_of"),
    Rule(
        Reason.NO_DUNNING_YET,
        _not_dunned,
        needs_fact="dunned_on",
        unless_asked=frozenset({"dunned_on"}),
        purposes=frozenset({"duty"}),
    ),
    Rule(Reason.ALREADY_DONE, _done),
    Rule(Reason.FREQUENCY_CAP, _capped),
    Rule(Reason.NAME_DAMAGED, _name_damaged),
)
"""Every rule about one person, in the order asked. HOUSEHOLD, LIMIT and HOLD_OUT are drawn later, by the campaign."""
