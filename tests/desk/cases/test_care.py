"""Topics, reflections, deviations and signals."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from desk.cases import cases, deviations, reflections, signals, topics
from desk.cases.case_ages import ages
from desk.cases.deviations import NewDeviation
from desk.cases.overdue import overdue
from desk.cases.reflections import Draw, NewReflection
from desk.cases.signals import NewSignal
from desk.entries.agents import leave, register
from desk.entries.dispositions import Disposition, possible
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take, waiting
from desk.queue.wrap_up import wrap_up
from store.engine import Store
from store.errors import BadInput
from store.states import CallKind
from store.tables import AuditEntry, CallSign, CallTopic, Case
from tests.builders import Builder
from tests.deciding import deciding

DAY = timedelta(days=1)
SIGNAL = NewSignal(
    kind="letters",
    affected="citizens",
    what="Two letters contradict.",
    cause="Two systems.",
    owner="Collection",
    impact="People stop reading.",
)


def topics_of(store: Store, call_id: int) -> tuple[str, ...]:
    with store.reading() as connection:
        query = (
            select(CallTopic.topic).where(CallTopic.call_id == call_id).order_by(CallTopic.topic)
        )
        return tuple(connection.execute(query).scalars())


def noted_signs(store: Store, call_id: int) -> tuple[str, ...]:
    with store.reading() as connection:
        query = select(CallSign.sign).where(CallSign.call_id == call_id).order_by(CallSign.sign)
        return tuple(connection.execute(query).scalars())


@pytest.fixture
def person(store: Store, now: datetime) -> int:
    with store.writing() as connection:
        return Builder(connection, now).person("P1")


def talk(
    store: Store,
    person: int | None,
    agent: str,
    at: datetime,
    note: str = "",
    disposition: str = "helped",
) -> int:
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
    wrap_up(store, call.id, by=deciding(agent), disposition=disposition, note=note, now=at)
    return call.id


def test_a_conversation_about_several_things_is_counted_once_under_each(
    store: Store, person: int, now: datetime
) -> None:
    first, second = talk(store, person, "Henri", now), talk(store, None, "Henri", now)
    topics.note_topics(store, first, ["filing", "debts", "filing"], by="Henri", now=now)
    topics.note_topics(
        store, first, ["filing", "debts"], by="Henri", now=now
    )  # noted again, it is the same
    topics.note_topics(store, second, ["filing", "home"], by="Henri", now=now)
    topics.note_topics(store, second, ["filing"], by="Henri", now=now)  # home was a mistake
    found = topics.counted(store, since=now, until=now + DAY)
    assert (found.conversations, found.topics) == (2, {"debts": 1, "filing": 2})
    assert topics_of(store, first) == ("debts", "filing")
    with pytest.raises(BadInput, match="'golf' is not a known topic"):
        topics.note_topics(store, first, ["golf"], by="Henri", now=now)
    with pytest.raises(BadInput, match="is not a conversation of yours"):
        topics.note_topics(store, first, ["filing"], by="Fatma", now=now)


def test_signs_are_of_the_situation_say_where_to_refer_and_are_never_about_health_or_death(
    store: Store, person: int, now: datetime
) -> None:
    call = talk(store, person, "Henri", now)
    noted = topics.note_signs(
        store, call, ["seizure", "cannot_read"], by="Henri", now=now, language="en"
    )
    assert [each.refer is not None and each.refer.split()[0] for each in noted] == ["Debt", "The"]
    assert noted_signs(store, call) == ("cannot_read", "seizure")
    topics.note_signs(store, call, ["seizure"], by="Henri", now=now)
    assert topics.counted(store, since=now, until=now + DAY).signs == {"seizure": 1}
    for kept_nowhere in ("no_wish_to_live", "danger_now", "bereaved", "lazy"):
        with pytest.raises(BadInput, match=f"'{kept_nowhere}' is not a known sign"):
            topics.note_signs(store, call, [kept_nowhere], by="Henri", now=now)
    # what was ticked is a word and no number: there is nothing to add up about a person
    assert {"call_id", "sign", "guide", "noted_at", "noted_by"} == set(
        CallSign.__table__.columns.keys()
    )


def test_what_an_agent_writes_for_themselves_nobody_else_reads(
    store: Store, person: int, now: datetime
) -> None:
    call = talk(store, person, "Henri", now)
    reflections.write_reflection(
        store, call, NewReflection(was_hard="I talked too much."), by="Henri", now=now
    )
    reflections.write_reflection(
        store, call, NewReflection("Silence helped."), by="Henri", now=now
    )  # the last one stands
    assert [
        (each.went_well, each.was_hard) for each in reflections.own_reflections(store, "Henri")
    ] == [("Silence helped.", "")]
    assert reflections.own_reflections(store, "Anja") == []
    assert reflections.counts_of_reflections(store, since=now, until=now + DAY) == {"Henri": 1}
    with pytest.raises(BadInput, match="is not a conversation of yours"):
        reflections.write_reflection(store, call, NewReflection("Fine."), by="Anja", now=now)
    with pytest.raises(BadInput, match="nothing is written"):
        NewReflection(" ")


@pytest.mark.thorough
def test_a_supervisor_draws_the_same_notes_again_and_no_more_than_agreed(
    store: Store, person: int, now: datetime
) -> None:
    calls = [
        talk(store, person, "Henri", now, note=f"note {number}" if number % 4 else " ")
        for number in range(20)
    ]
    draw = Draw(seed="june", since=now - DAY, until=now + DAY, rate=0.2, size=10)
    first = reflections.sample(store, draw, by=deciding("Anja"), now=now + DAY)
    assert len(first) == 3  # a fifth of the fifteen that say something
    assert {each.call_id for each in first} <= set(calls)
    assert all(each.note.strip() for each in first)
    assert reflections.sample(store, draw, by=deciding("Anja"), now=now + 9 * DAY) == first
    others = reflections.sample(
        store,
        Draw(seed="july", since=now - DAY, until=now + DAY, rate=0.2, size=10),
        by=deciding("Anja"),
        now=now + DAY,
    )
    assert others != first
    assert (
        len(
            reflections.sample(
                store,
                Draw(seed="june", since=now - DAY, until=now + DAY, rate=1, size=2),
                by=deciding("Anja"),
                now=now + DAY,
            )
        )
        == 2
    )
    with store.reading() as connection:
        acts = connection.execute(
            select(AuditEntry.actor, AuditEntry.detail).where(
                AuditEntry.action == reflections.SAMPLED
            )
        ).all()
    assert len(acts) == 4
    assert acts[0].detail["drawn"] == [each.call_id for each in first]
    with pytest.raises(BadInput, match="has not ended"):
        reflections.sample(store, draw, by=deciding("Anja"), now=now)


@given(st.floats(0.001, 1), st.integers(1, 50), st.integers(0, 10_000))
def test_never_more_is_drawn_than_the_rate_and_the_size_allow(
    rate: float, size: int, notes: int
) -> None:
    moment = datetime.fromisoformat("2023-06-01T09:00+00:00")
    drawn = Draw(seed="seed", since=moment, until=moment + DAY, rate=rate, size=size).how_many(
        notes
    )
    assert drawn <= size
    assert drawn <= rate * notes + 1e-6
    assert drawn == size or drawn + 1 > rate * notes - 1e-6


def test_there_is_room_to_do_otherwise_with_a_reason_and_hard_ones_are_talked_over(
    store: Store, person: int, now: datetime
) -> None:
    other = NewDeviation(
        "guide file_first", "Called the bailiff first.", "The eviction was that afternoon."
    )
    made = deviations.deviate(store, other, by="Henri", now=now, ref="P1", dialogue=True)
    call = talk(store, None, "Fatma", now)
    deviations.deviate(
        store,
        NewDeviation("guide close", "Let it be.", "He wept."),
        by="Fatma",
        now=now,
        call_id=call,
    )
    with pytest.raises(BadInput, match="why: is empty"):
        NewDeviation("guide file_first", "Something else.", " ")
    with pytest.raises(BadInput, match="there is no such call"):
        deviations.deviate(store, other, by="Henri", now=now, ref="P1", call_id=call + 1)
    with pytest.raises(BadInput, match="there is no such call"):
        topics.signs_of(store, call + 1, agent="Henri", language="nl", now=now)
    with pytest.raises(BadInput, match="no person and no call is named"):
        deviations.deviate(store, other, by="Henri", now=now)
    assert deviations.by_rule(store, since=now, until=now + DAY) == {
        "guide close": 1,
        "guide file_first": 1,
    }
    assert [
        each.person_ref for each in deviations.deviations(store, since=now, until=now + DAY)
    ] == ["P1", None]
    assert [each.id for each in deviations.dialogue(store)] == [made]
    assert ("dialogue", "Henri") in [
        (each.kind, each.whose) for each in overdue(store, now=now + 31 * DAY)
    ]
    deviations.discuss(store, made, "Right, and the guide should say so.", by="Anja", now=now + DAY)
    assert deviations.dialogue(store) == []
    with pytest.raises(BadInput, match="is not on the list"):
        deviations.discuss(store, made, "Again.", by="Anja", now=now + DAY)


def test_a_signal_grows_older_while_it_waits_and_its_reporter_hears_of_every_change(
    store: Store, now: datetime
) -> None:
    number = signals.report(store, SIGNAL, by="Henri", now=now)
    double = signals.report(store, SIGNAL, by="Fatma", now=now)
    assert signals.unseen_changes(store, "Henri", now=now) == []
    signals.wait_for(
        store, number, "law", by=deciding("Anja"), now=now + DAY, remind_on=date(2023, 7, 1)
    )
    assert [
        (each["status"], each["waits_for"])
        for each in signals.unseen_changes(store, "Henri", now=now + DAY)
    ] == [("waits", "law")]
    assert signals.unseen_changes(store, "Henri", now=now + 2 * DAY) == []
    signals.merge(store, double, number, by=deciding("Anja"), now=now + 2 * DAY)
    assert [
        each["merged_into"] for each in signals.unseen_changes(store, "Fatma", now=now + 2 * DAY)
    ] == [number]
    assert [
        (each.status, each.days, each.impact)
        for each in signals.register(store, now=now + 89 * DAY)
    ] == [("waits", 89, "People stop reading.")]
    late = [(each.kind, each.whose) for each in overdue(store, now=now + 89 * DAY)]
    assert late == [("signal", "Collection"), ("reminder", "Collection")]
    assert signals.too_old(signals.register(store, now=now + 89 * DAY)) == []
    assert [each.id for each in signals.too_old(signals.register(store, now=now + 90 * DAY))] == [
        number
    ]
    signals.escalate(store, number, "The director", by=deciding("Anja"), now=now + 90 * DAY)
    assert signals.too_old(signals.register(store, now=now + 90 * DAY)) == []
    assert [each.whose for each in overdue(store, now=now + 90 * DAY)] == [
        "The director",
        "The director",
    ]
    signals.decide(store, number, "solve", why="One letter.", by="The director", now=now + 91 * DAY)
    for reporter in ("Henri", "Fatma"):
        (noted,) = signals.unseen_changes(store, reporter, now=now + 92 * DAY)
        assert (noted["decision"], noted["decision_why"]) == ("solve", "One letter.")
    assert overdue(store, now=now + 200 * DAY) == []
    assert [
        each.days for each in signals.register(store, now=now + 200 * DAY, open_only=False)
    ] == [91, 91]
    with pytest.raises(BadInput, match="'rain' is not a known obstacle"):
        signals.wait_for(store, number, "rain", by=deciding("Anja"), now=now)
    with pytest.raises(BadInput, match="is not open"):
        signals.escalate(store, number, "The director", by=deciding("Anja"), now=now)


@pytest.mark.parametrize("kind", [CallKind.CALL, CallKind.CALL_BACK, CallKind.OUTBOUND])
def test_a_child_on_the_line_reaches_nobody_and_a_call_that_we_end_says_nothing_of_the_caller(
    kind: CallKind,
) -> None:
    assert {Disposition.CHILD, Disposition.ENDED_BY_US} <= set(possible(kind))


def test_what_a_child_hears_joins_no_case_and_who_shouted_is_in_theirs_like_anybody(
    store: Store, person: int, now: datetime
) -> None:
    talk(store, person, "Henri", now, disposition="child")
    assert cases.case_of(store, "P1") is None
    talk(store, person, "Henri", now, disposition="ended_by_us")
    assert cases.case_of(store, "P1") is not None
    talk(store, person, "Fatma", now + DAY)  # they may always call again


def test_every_open_case_has_exactly_one_owner_and_who_left_must_give_theirs_away(
    store: Store, now: datetime
) -> None:
    register(store, "Henri", now=now)
    with store.writing() as connection:
        people = [Builder(connection, now).person(f"P{number}") for number in range(5)]
    for agent, someone in zip(["Henri", "Fatma", "Henri", "Omar", "Fatma"], people, strict=True):
        talk(store, someone, agent, now)
    found = ages(store, now=now + DAY)
    assert {each.owner: each.cases for each in found.owners} == {"Fatma": 2, "Henri": 2, "Omar": 1}
    assert sum(each.cases for each in found.owners) == len(people)
    assert found.late == ()
    leave(store, "Henri", now=now)
    left = [each for each in overdue(store, now=now + DAY) if each.kind == "case"]
    assert {(each.whose, each.what) for each in left} == {
        ("Henri", "its owner left: give it to somebody")
    }
    with store.reading() as connection:
        his = list(connection.execute(select(Case.id).where(Case.owner == "Henri")).scalars())
    for case in his:
        cases.give(store, case, "Fatma", by=deciding("Anja"), now=now)
    assert {each.owner: each.cases for each in ages(store, now=now + DAY).owners} == {
        "Fatma": 4,
        "Omar": 1,
    }
    with store.reading() as connection:
        assert connection.execute(
            select(AuditEntry.id).where(AuditEntry.action == "case give")
        ).all()
