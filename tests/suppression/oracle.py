"""The judge once more, in plain Python, one person and one row at a time.

It shares no condition with the rules of the product. The property tests hold the two against each other, and the
benchmark measures how much longer it takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.states import (
    AddressKind,
    CallState,
    CampaignState,
    ConsentKind,
    ReplyKind,
    SuppressionScope,
)
from store.tables import (
    AddressDecision,
    Attempt,
    Call,
    Campaign,
    Consent,
    Decision,
    Obligation,
    Outcome,
    Person,
    PersonNumber,
    Reply,
    Suppression,
    Touch,
)
from suppression.occasions import Occasion
from suppression.reasons import Reason

OUT = {"handed_over", "delivered", "printed", "posted", "returned", "unknown", "claimed"}


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything known that can bear on one person, read through the ORM."""

    person: Person
    numbers: Sequence[PersonNumber]
    entries: Sequence[Suppression]
    consents: Sequence[Consent]
    outcomes: Sequence[Outcome]
    obligations: Sequence[Obligation]
    housemates: Sequence[Person]
    address_decisions: Sequence[AddressDecision]
    touches: Sequence[Touch]
    housemates_touches: Sequence[Touch]
    attempts: Sequence[Attempt]
    decisions: Sequence[tuple[Decision, Campaign]]
    calls: Sequence[Call]
    replies: Sequence[Reply]
    having: dict[str, int]  # how many people have each of the numbers
    guardian: Person | None


def look_up(session: Session, person: Person) -> Known:
    """Read all that is known of one person and their housemates."""

    def every(table: Any, *conditions: Any) -> list[Any]:
        return list(session.scalars(select(table).where(*conditions)))

    numbers = every(PersonNumber, PersonNumber.person_id == person.id)
    e164 = [number.e164 for number in numbers]
    at_home = person.household_key is not None
    housemates = every(Person, Person.household_key == person.household_key) if at_home else []
    touches = every(Touch, Touch.person_id == person.id)
    others = [mate.id for mate in housemates if mate.id != person.id]
    entries = {
        entry.id: entry
        for found in (
            every(Suppression, Suppression.person_ref == person.person_ref),
            every(Suppression, Suppression.joint_hash == person.joint_hash)
            if person.joint_hash
            else [],
            every(Suppression, Suppression.household_key == person.household_key)
            if at_home
            else [],
            every(Suppression, Suppression.e164.in_(e164)),
        )
        for entry in found
    }
    pairs = session.execute(
        select(Decision, Campaign)
        .join(Campaign, Campaign.id == Decision.campaign_id)
        .where(Decision.person_id == person.id)
    )
    return Known(
        person=person,
        numbers=numbers,
        entries=list(entries.values()),
        consents=every(Consent, Consent.person_ref == person.person_ref),
        outcomes=every(Outcome, Outcome.person_ref == person.person_ref),
        obligations=every(Obligation, Obligation.person_ref == person.person_ref),
        housemates=housemates,
        address_decisions=every(
            AddressDecision, AddressDecision.household_key == person.household_key
        )
        if at_home
        else [],
        touches=touches,
        housemates_touches=every(Touch, Touch.person_id.in_(others)),
        attempts=every(Attempt, Attempt.touch_id.in_([touch.id for touch in touches])),
        decisions=[(row[0], row[1]) for row in pairs],
        calls=every(Call, Call.person_id == person.id),
        replies=every(Reply, Reply.person_id == person.id),
        having={
            each: len({row.person_id for row in every(PersonNumber, PersonNumber.e164 == each)})
            for each in e164
        },
        guardian=session.scalars(
            select(Person).where(Person.person_ref == person.guardian_ref)
        ).first(),
    )


def reasons(known: Known, occasion: Occasion) -> set[Reason]:
    """Return every reason that holds for one person on one occasion."""
    judged = _Judged(known, occasion)
    return {reason for reason in _all(judged) if reason not in occasion.policy.rules.off}


def _all(judged: "_Judged") -> Iterator[Reason]:
    yield from judged.register()
    yield from judged.ways()
    yield from judged.words()
    if not judged.occasion.is_service:
        yield from judged.guardianship()
        yield from judged.care()
        yield from judged.duties()
        yield from judged.history()
        yield from judged.address()


def _adult(person: Person, on: date) -> bool:
    if person.birth_last is None:
        return True
    born = person.birth_last
    return (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) >= 18


class _Judged:
    def __init__(self, known: Known, occasion: Occasion) -> None:
        self.known = known
        self.occasion = occasion
        self.person = known.person
        self.policy = occasion.policy
        self.post = occasion.reaches == "post"

    def fact(self, name: str) -> Any:
        return self.person.facts.get(name) if name in self.occasion.declared else None

    def day(self, name: str) -> date | None:
        text = self.fact(name)
        return date.fromisoformat(text) if text else None

    # what the register says

    def register(self) -> Iterator[Reason]:
        code = (self.fact("brp_suspension") or "").upper()
        if self.person.deceased_on or code == "O" or self._named(Reason.DECEASED):
            yield Reason.DECEASED
        if code == "F":
            yield Reason.RECORD_ERROR
        if not self.occasion.is_service and not _adult(self.person, self.occasion.on):
            yield Reason.MINOR
        if self.post:
            if self.person.moved_abroad_on or self.person.country != "NL" or code in {"E", "R"}:
                yield Reason.MOVED_ABROAD
            if code == "M":
                yield Reason.MINISTERIAL_DECISION
            if code in {"U", "."}:
                yield Reason.UNKNOWN_RESIDENCE
            if self.person.address_under_investigation:
                yield Reason.ADDRESS_UNDER_INVESTIGATION
        if self.person.name_damaged:
            yield Reason.NAME_DAMAGED

    # the address or number that the channel needs

    def ways(self) -> Iterator[Reason]:
        if self.post:
            if self.person.household_key is None:
                yield Reason.NO_POSTAL_ADDRESS
            return
        usable = [number for number in self.known.numbers if self._usable(number)]
        own = [
            number
            for number in usable
            if self.known.having[number.e164] <= self.policy.numbers.most_people
        ]
        if not usable:
            yield Reason.NO_USABLE_NUMBER
        elif not own and not self.occasion.is_service:
            yield Reason.NUMBER_SHARED

    def _usable(self, number: PersonNumber) -> bool:
        may = number.may_text if self.occasion.reaches == "text" else number.may_call
        closed = any(
            entry.scope is SuppressionScope.NUMBER
            and entry.e164 == number.e164
            and self._in_force(entry)
            for entry in self.known.entries
        )
        return may and not closed

    # the lists

    def words(self) -> Iterator[Reason]:
        for reason in (Reason.OBJECTION, Reason.OBJECTION_IN_DOUBT):
            if self._objected(reason):
                yield reason
        if any(
            self._names(entry)
            and entry.reason not in {"OBJECTION", "OBJECTION_IN_DOUBT", "DECEASED"}
            and self._in_force(entry)
            for entry in self.known.entries
        ):
            yield Reason.SUPPRESSED
        if not self.occasion.is_service and self._without_consent():
            yield Reason.NO_CONSENT

    def _in_force(self, entry: Suppression) -> bool:
        occasion = self.occasion
        return (
            (entry.lifted_at is None or entry.lifted_at > occasion.at)
            and entry.starts_at <= occasion.at
            and (entry.ends_at is None or entry.ends_at > occasion.at)
            and entry.channel in {None, occasion.channel}
            and entry.purpose in {None, occasion.purpose}
            and (entry.subject is None or entry.subject == occasion.subject)
        )

    def _names(self, entry: Suppression) -> bool:
        mine = entry.person_ref == self.person.person_ref
        here = entry.household_key is not None and entry.household_key == self.person.household_key
        match entry.scope:
            case SuppressionScope.PERSON:
                shared = entry.joint_hash is not None and entry.joint_hash == self.person.joint_hash
                return mine or shared
            case SuppressionScope.PERSON_AT_ADDRESS:
                return self.post and mine and here
            case SuppressionScope.ADDRESS:
                return self.post and here
            case _:
                return False

    def _named(self, reason: Reason) -> bool:
        return any(
            self._names(entry) and entry.reason == reason.value and self._in_force(entry)
            for entry in self.known.entries
        )

    def _objected(self, reason: Reason) -> bool:
        numbers = {number.e164 for number in self.known.numbers}
        for entry in self.known.entries:
            by_number = entry.scope is SuppressionScope.NUMBER and entry.e164 in numbers
            counts = (
                entry.reason == reason.value
                and self._in_force(entry)
                and self._since_asked(entry.starts_at)
            )
            if counts and (self._names(entry) or by_number):
                return True
        return False

    def _since_asked(self, moment: datetime) -> bool:
        name = self.occasion.asked_on
        asked = self.day(name) if self.occasion.is_service and name else None
        return asked is None or moment >= datetime.combine(asked, time(), moment.tzinfo)

    def _without_consent(self) -> bool:
        occasion = self.occasion
        said = [
            word
            for word in self.known.consents
            if word.said_at <= occasion.at
            and word.channel in {None, occasion.channel}
            and word.purpose in {None, occasion.purpose}
        ]
        if not said:
            return self.policy.needs_consent(occasion.purpose, occasion.channel)
        latest = max(word.said_at for word in said)
        last = [word for word in said if word.said_at == latest]
        if any(word.kind is ConsentKind.WITHDRAWN for word in last):
            return True
        lasts = any(word.ends_at is None or word.ends_at > occasion.at for word in last)
        return not lasts and self.policy.needs_consent(occasion.purpose, occasion.channel)

    # who else looks after this person

    def _care(self) -> str:
        return (self.fact("in_care_of") or "").strip().lower()

    def guardianship(self) -> Iterator[Reason]:
        ward = self.person.guardian_ref is not None or self._care() in self.policy.words_of_care(
            Reason.UNDER_GUARDIANSHIP
        )
        if not ward:
            return
        if not self.occasion.to_representative:
            yield Reason.UNDER_GUARDIANSHIP
            return
        guardian = self.known.guardian
        reachable = (
            guardian is not None
            and guardian.household_key is not None
            and guardian.deceased_on is None
        )
        if not (self.post and self.occasion.closed and reachable):
            yield Reason.NO_REPRESENTATIVE

    def care(self) -> Iterator[Reason]:
        word = self._care()
        for care in self.policy.care:
            if word in care.words and care.reason is not Reason.UNDER_GUARDIANSHIP:
                yield care.reason
        if word and word not in self.policy.words_known():
            yield Reason.IN_OTHER_CARE

    # what the person has to do, or has done

    def duties(self) -> Iterator[Reason]:
        if self.occasion.about:
            yield from self._obligations()
        else:
            yield from self._facts()
        if self._letter_near():
            yield Reason.LETTER_NEAR
        rests = self.policy.rests
        days = rests.done_lately if self.occasion.about else rests.done
        on = self.occasion.on
        if any(
            each.kind.value in {"filed", "not_liable"}
            and on - timedelta(days=days) < each.happened_on <= on
            for each in self.known.outcomes
        ):
            yield Reason.ALREADY_DONE

    def _facts(self) -> Iterator[Reason]:
        on, rests = self.occasion.on, self.policy.rests
        until, dunned = self.day("extension_until"), self.day("dunned_on")
        assessed, due = self.day("assessed_on"), self.day("assessment_due_on")
        if until and until >= on:
            yield Reason.EXTENSION_GRANTED
        if not self.occasion.after_assessment:
            if assessed and assessed <= on:
                yield Reason.ASSESSED
            if due and due <= on + timedelta(days=rests.assessment):
                yield Reason.TOO_LATE
        asks = self.occasion.purpose == "duty" and "dunned_on" not in self.occasion.asked
        if asks and "dunned_on" in self.occasion.declared:
            rested = dunned is not None and dunned <= on - timedelta(days=rests.dunning)
            if not rested:
                yield Reason.NO_DUNNING_YET

    def _mine(self) -> list[Obligation]:
        about = self.occasion.about
        return [
            each
            for each in self.known.obligations
            if any(each.tax == a.tax and (not a.years or each.year in a.years) for a in about)
        ]

    def _obligations(self) -> Iterator[Reason]:
        """Take each obligation through the stages; the furthest that any of them comes to is the reason."""
        names = (
            Reason.ALREADY_DONE,
            Reason.NOT_UNDER_THIS_LAW,
            Reason.ASSESSED,
            Reason.TOO_LATE,
            Reason.EXTENSION_GRANTED,
            Reason.NO_DUNNING_YET,
        )
        mine = self._mine()
        if not mine:
            yield Reason.NO_OBLIGATION
            return
        stops = [
            next((at for at, ends in enumerate(self._ends(each)) if ends), None) for each in mine
        ]
        if None not in stops:
            yield names[max(at for at in stops if at is not None)]

    def _ends(self, each: Obligation) -> tuple[bool, ...]:
        on, rests, occasion = self.occasion.on, self.policy.rests, self.occasion
        soon = on + timedelta(days=rests.assessment)
        due = each.assessment_due_on
        if due is None and occasion.purpose == "duty":
            due = date(each.year + self.policy.terms.assessment, 12, 31)
        law = any(
            law.tax == each.tax
            and law.first_year <= each.year <= law.last_year
            and occasion.purpose in law.purposes
            and (law.valid_from is None or law.valid_from <= on)
            and (law.valid_until is None or on <= law.valid_until)
            for law in self.policy.law
        )
        over = (
            occasion.purpose == "rights" and date(each.year + self.policy.terms.refund, 12, 31) < on
        )
        after = occasion.after_assessment
        rested = each.dunned_on is not None and each.dunned_on <= on - timedelta(days=rests.dunning)
        asks = occasion.purpose == "duty" and "dunned_on" not in occasion.asked
        return (
            each.filed_on is not None and each.filed_on <= on,
            law or over,
            not after and each.assessed_on is not None and each.assessed_on <= on,
            not after and due is not None and due <= soon,
            each.extension_until is not None and each.extension_until >= on,
            asks and not rested,
        )

    def _letter_near(self) -> bool:
        rest = timedelta(days=self.policy.rests.letter)
        first, last = self.occasion.on - rest, self.occasion.on + rest
        days = [self.day(name) for name in self.policy.letters.facts]
        for each in self._mine():
            days += [each.invited_on, each.reminded_on, each.dunned_on, each.assessed_on]
        return any(day is not None and first <= day <= last for day in days)

    # what happened between this person and us

    def history(self) -> Iterator[Reason]:
        if self._elsewhere():
            yield Reason.OTHER_CAMPAIGN
        if self._talked():
            yield Reason.COOLING_DOWN
        cap = self.occasion.cap
        if cap is not None:
            since = self.occasion.at - timedelta(days=cap.days)
            count = (
                self._attempts(since)
                if cap.of_one_campaign
                else self._reached(self.known.touches, since)
            )
            if count >= cap.times:
                yield Reason.FREQUENCY_CAP
            apart = self._decision() in {AddressKind.SEPARATE, AddressKind.CLOSED}
            if self.post and not apart and self._reached(self.known.housemates_touches, since):
                yield Reason.HOUSEHOLD_CAP
        if self.occasion.handing_over:
            seen = self.person.seen_at or self.person.updated_at
            if seen < self.occasion.at - timedelta(days=self.policy.freshness.days):
                yield Reason.STALE_DATA

    def _reached(self, touches: Sequence[Touch], since: datetime) -> int:
        return sum(
            touch.channel == self.occasion.channel
            and touch.state.value in OUT
            and (touch.handed_over_at or touch.updated_at) > since
            for touch in touches
        )

    def _attempts(self, since: datetime) -> int:
        mine = {
            touch.id
            for touch in self.known.touches
            if touch.channel == self.occasion.channel
            and touch.campaign_id == self.occasion.campaign_id
        }
        return sum(
            each.touch_id in mine and each.state.value != "taken_back" and each.written_at > since
            for each in self.known.attempts
        )

    def _elsewhere(self) -> bool:
        alive = {
            CampaignState.SUBMITTED,
            CampaignState.APPROVED,
            CampaignState.RUNNING,
            CampaignState.PAUSED,
        }
        mine = self.occasion.campaign_id
        return self.occasion.subject is not None and any(
            campaign.subject == self.occasion.subject
            and campaign.state in alive
            and (decision.selected or decision.reason == "HOLD_OUT")
            and (mine is None or campaign.id < mine)
            for decision, campaign in self.known.decisions
        )

    def _talked(self) -> bool:
        at = self.occasion.at
        since = at - timedelta(days=self.policy.rests.conversation)
        no_talk = {"call_back", "no_answer", "busy", "wrong_number", "voicemail"}
        for call in self.known.calls:
            if call.state in {CallState.WAITING, CallState.TAKEN}:
                return True
            ended = call.wrapped_up_at if call.state is CallState.WRAPPED_UP else None
            if ended and ended > since and call.disposition not in no_talk:
                return True
        return any(
            reply.kind in {ReplyKind.CALLED, ReplyKind.COUNTER} and since < reply.received_at <= at
            for reply in self.known.replies
        )

    # what the address is

    def _decision(self) -> AddressKind | None:
        said = self.known.address_decisions
        return max(said, key=lambda each: each.id).kind if said else None

    def address(self) -> Iterator[Reason]:
        adults = sum(
            mate.deceased_on is None
            and mate.moved_abroad_on is None
            and _adult(mate, self.occasion.on)
            for mate in self.known.housemates
        )
        decided = self._decision()
        many = adults > self.policy.households.most_adults
        if (many and decided is None) or (self.post and decided is AddressKind.CLOSED):
            yield Reason.SHARED_ADDRESS
