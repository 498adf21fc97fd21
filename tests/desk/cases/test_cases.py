"""Cases, handovers, referrals and signals, which stay open until somebody ends them."""

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.cases import cases, handovers, referrals, signals
from desk.cases.handovers import LONGEST_ABOUT, LONGEST_NEEDED, Instruction
from desk.cases.overdue import overdue
from desk.cases.referrals import Consent
from desk.cases.signals import NewSignal
from desk.entries.queue_entries import NewCall, enter
from desk.queue.appointment_slots import NewSlot, offer, open_slots
from desk.queue.appointments import book
from desk.queue.queues import take, waiting
from desk.queue.wrap_up import wrap_up
from store.engine import Store
from store.errors import BadInput
from tests.builders import Builder
from tests.deciding import deciding

DAY = timedelta(days=1)
TASK = Instruction(
    to_whom="Team Aangifte",
    situation="Geen aangifte sinds 2021.",
    asked="Hulp.",
    promised="Dat u belt.",
    needed="Bel haar.",
    deadline=date(2023, 6, 8),
)
ASKED = "Mag ik de schuldhulp van uw gemeente uw naam en nummer geven?"
SIGNAL = NewSignal(
    kind="letters",
    affected="citizens",
    what="Two letters contradict each other.",
    cause="Two systems.",
    owner="Collection",
)


@pytest.fixture
def person(store: Store, now: datetime) -> int:
    with store.writing() as connection:
        return Builder(connection, now).person("P1")


def talk(store: Store, person: int, agent: str, at: datetime, disposition: str = "helped") -> None:
    with store.writing() as connection:
        enter(
            connection,
            [
                NewCall(
                    line_id=Builder(connection, at).line(),
                    reply_id=None,
                    received_at=at,
                    person_id=person,
                )
            ],
        )
    (call,) = waiting(store)
    take(store, call.id, agent, at)
    wrap_up(store, call.id, by=deciding(agent), disposition=disposition, note="", now=at)


def test_three_conversations_are_one_case_with_one_owner_also_after_six_months(
    store: Store, person: int, now: datetime
) -> None:
    talk(store, person, "Henri", now)
    talk(store, person, "Fatma", now + 7 * DAY)
    first = cases.case_of(store, "P1")
    assert first is not None
    assert (first.owner, first.conversations, first.last_at) == ("Henri", 2, now + 7 * DAY)
    cases.close(store, first.id, by="Henri", why="She filed.", now=now + 8 * DAY)
    talk(store, person, "Fatma", now + 190 * DAY)
    again = cases.case_of(store, "P1")
    assert again is not None
    assert (again.id, again.owner, again.conversations, again.closed_at) == (
        first.id,
        "Henri",
        3,
        None,
    )


def test_a_case_can_be_given_to_another_owner(store: Store, person: int, now: datetime) -> None:
    talk(store, person, "Henri", now)
    case = cases.case_of(store, "P1")
    assert case is not None
    cases.give(store, case.id, "Fatma", by=deciding("Anja"), now=now)
    assert (given_away := cases.case_of(store, "P1")) is not None
    assert given_away.owner == "Fatma"
    with pytest.raises(BadInput, match="owner: is empty"):
        cases.give(store, case.id, " ", by=deciding("Anja"), now=now)
    with pytest.raises(BadInput, match="there is no such case"):
        cases.give(store, case.id + 1, "Fatma", by=deciding("Anja"), now=now)


def test_a_case_does_not_close_while_something_of_it_waits(
    store: Store, person: int, now: datetime
) -> None:
    handover = handovers.hand_over(store, "P1", TASK, by="Henri", now=now)
    consent = Consent(ASKED, now)
    referral = referrals.refer(
        store, "P1", "debt_help", shared=["name", "number"], consent=consent, by="Henri", now=now
    )
    case = cases.case_of(store, "P1")
    assert case is not None
    with pytest.raises(BadInput, match="still waits for a handover, a referral; end these first"):
        cases.close(store, case.id, by="Henri", why="Done.", now=now)
    handovers.done(store, handover, by="Omar", outcome="Called; filed.", now=now)
    referrals.end(store, referral, "A plan was made.", by=deciding("Henri"), now=now)
    with pytest.raises(BadInput, match="the reason is missing"):
        cases.close(store, case.id, by="Henri", why="", now=now)
    cases.close(store, case.id, by="Henri", why="Filed, and a plan.", now=now)
    with pytest.raises(BadInput, match="is not open"):
        cases.close(store, case.id, by="Henri", why="Again.", now=now)


@pytest.mark.parametrize("missing", ["to_whom", "situation", "asked", "promised", "needed"])
def test_an_instruction_says_everything_a_colleague_needs(missing: str) -> None:
    with pytest.raises(BadInput, match=f"{missing}: is empty"):
        Instruction(**{**asdict(TASK), missing: "  "})


@given(st.text(min_size=1), st.text(min_size=1, max_size=1_100), st.text(min_size=1, max_size=300))
def test_an_instruction_that_is_taken_always_fits_an_internal_task(
    situation: str, asked: str, needed: str
) -> None:
    try:
        task = replace(TASK, situation=situation, asked=asked, needed=needed)
    except BadInput:
        return
    assert len(task.needed) <= LONGEST_NEEDED
    assert len(task.about()) <= LONGEST_ABOUT
    assert all(part.strip() in task.about() for part in (situation, asked, task.promised))


def test_an_instruction_is_done_once_and_says_what_was_done(
    store: Store, person: int, now: datetime
) -> None:
    made = handovers.hand_over(store, "P1", TASK, by="Henri", now=now)
    assert [
        (each.person_ref, each.needed) for each in handovers.open_handovers(store, "Team Aangifte")
    ] == [("P1", "Bel haar.")]
    with pytest.raises(BadInput, match="the result is missing"):
        handovers.done(store, made, by="Omar", outcome="", now=now)
    handovers.done(store, made, by="Omar", outcome="Called.", now=now)
    with pytest.raises(BadInput, match="is not open"):
        handovers.done(store, made, by="Omar", outcome="Called.", now=now)
    with pytest.raises(BadInput, match="2023-06-08 has passed"):
        handovers.hand_over(store, "P1", TASK, by="Henri", now=now + 10 * DAY)


def test_nobody_is_referred_without_recorded_consent_or_with_more_than_is_needed(
    store: Store, person: int, now: datetime
) -> None:
    consent = Consent(ASKED, now)
    for given_, to_whom, shared, said in (
        (None, "debt_help", ["name"], "consent is missing"),
        (Consent(" ", now), "debt_help", ["name"], "consent is missing"),
        (Consent(ASKED, now + DAY), "debt_help", ["name"], "consent cannot be given later"),
        (consent, "the pub", ["name"], "'the pub' is not an organisation we refer to"),
        (consent, "debt_help", ["name", "what is owed"], "'what is owed' may not be shared"),
        (consent, "debt_help", [], "'' may not be shared"),
    ):
        with pytest.raises(BadInput, match=said):
            referrals.refer(
                store, "P1", to_whom, shared=shared, consent=given_, by="Henri", now=now
            )
    assert cases.case_of(store, "P1") is None


def test_a_signal_ends_in_a_decision_with_its_reason_and_every_reporter_hears_of_it(
    store: Store, now: datetime
) -> None:
    first = signals.report(store, SIGNAL, by="Henri", now=now)
    double = signals.report(store, SIGNAL, by="Fatma", now=now)
    third = signals.report(store, SIGNAL, by="Omar", now=now)
    signals.merge(store, third, double, by=deciding("Anja"), now=now)
    signals.merge(store, double, first, by=deciding("Anja"), now=now)
    signals.wait_for(store, first, "law", by=deciding("Anja"), now=now)
    with pytest.raises(BadInput, match="the reason is missing"):
        signals.decide(store, first, "solve", why="", by="Anja", now=now)
    with pytest.raises(BadInput, match="'shrug' is not a decision"):
        signals.decide(store, first, "shrug", why="x", by="Anja", now=now)
    with pytest.raises(BadInput, match=f"signal {double}: is not open"):
        signals.decide(store, double, "solve", why="x", by="Anja", now=now)
    assert signals.decide(store, first, "solve", why="One letter.", by="Anja", now=now) == [
        "Fatma",
        "Henri",
        "Omar",
    ]
    assert [each["decision_why"] for each in signals.unseen_changes(store, "Omar", now=now)] == [
        "One letter."
    ]
    assert signals.unseen_changes(store, "Omar", now=now) == []
    with pytest.raises(BadInput, match="is not an open signal"):
        signals.merge(store, double, first, by=deciding("Anja"), now=now)
    with pytest.raises(BadInput, match="'dogs' is not a known group"):
        replace(SIGNAL, affected="dogs")


def test_nothing_silently_ends(store: Store, person: int, now: datetime) -> None:
    offer(
        store,
        [
            NewSlot(
                location="Verzonnenlaan 12",
                kind="counter",
                starts_at=now + DAY,
                minutes=30,
                capacity=1,
            )
        ],
    )
    book(store, open_slots(store, now=now)[0].id, "P1", by="Henri", now=now)
    handovers.hand_over(store, "P1", TASK, by="Henri", now=now)
    made = referrals.refer(
        store, "P1", "debt_help", shared=["name"], consent=Consent(ASKED, now), by="Henri", now=now
    )
    signal = signals.report(store, SIGNAL, by="Henri", now=now)
    signals.wait_for(store, signal, "law", by=deciding("Anja"), now=now)  # its age goes on

    def late(days: int) -> list[tuple[str, str]]:
        return [(each.kind, each.whose) for each in overdue(store, now=now + days * DAY)]

    assert late(0) == []
    assert late(2) == [("appointment", "Henri")]
    assert late(6) == [("appointment", "Henri")]  # five working days of the referral are not over
    # what somebody outside was promised comes first
    everything = [("appointment", "Henri"), ("handover", "Team Aangifte"), ("referral", "Henri")]
    assert late(8) == everything
    looked_at = ("reminder", "Collection")  # four weeks after it was said to wait
    assert late(31) == [*everything, looked_at, ("case", "Henri"), ("signal", "Collection")]
    referrals.receive(store, made, "SH-12", by=deciding("Henri"), now=now)
    referrals.receive(
        store, made, "another", by=deciding("Henri"), now=now + DAY
    )  # said twice, it is one receipt
    assert late(8) == everything[:2]
    with pytest.raises(BadInput, match="there is no such referral"):
        referrals.receive(store, made + 1, "SH-13", by=deciding("Henri"), now=now)
