"""What callers are told is true, and what they are promised stands, in any order of events."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from desk.entries import agents
from desk.entries.queue_entries import NewCall, enter
from desk.line import connecting
from desk.line.queue_exits import sweep
from desk.queue.queues import waiting
from desk.queue.taking import keep
from inbound.replies import import_replies
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.mapped_rows import read_all
from store.states import CallKind, CallState, LegState, PromiseState
from store.tables import Call, Leg, Promise
from tests.inbound.calling import MOBILE, VOICE, Phone, add_line, with_telephone

MINUTE = timedelta(minutes=1)
OTHER = "+31612345679"


@pytest.fixture
def phone(sqlite_url: str, tmp_path: Path, now: datetime) -> Iterator[Phone]:
    chosen = Settings(
        home=tmp_path,
        database_url=sqlite_url,
        secret="a key for tests only, nobody has another",
        **VOICE,
    )
    installation, board = with_telephone(open_installation(chosen, clock=FixedClock(now)))
    add_line(installation)
    yield Phone(installation=installation, board=board)
    installation.store.engine.dispose()


def calls(installation: Installation) -> list[Call]:
    with installation.store.reading() as connection:
        return read_all(connection, select(Call).order_by(Call.id))


def promises(installation: Installation) -> list[Promise]:
    with installation.store.reading() as connection:
        return read_all(connection, select(Promise).order_by(Promise.id))


@pytest.mark.thorough
def test_a_caller_who_still_waits_at_closing_time_is_told_so_and_may_be_called_back(
    phone: Phone, now: datetime
) -> None:
    late = now.replace(hour=14, minute=58)  # two minutes before the line closes at 17
    phone.later(late).wait()
    closed = phone.later(late + 3 * MINUTE)
    closed.post("wait", QueueSid="QU1", QueuePosition="1")
    assert closed.verbs == ["Leave"]
    closed.post("left", QueueResult="leave")
    assert "Er is nu niemand aanwezig. Wij zijn er weer" in closed.said
    assert "U bent als eerste" not in closed.said
    closed.follow(Digits="1").follow(Digits="1")
    assert "Wij bellen u terug vrijdag 2 juni tussen 9.00 en 11.00 uur." in closed.said
    assert [(call.kind, call.state) for call in calls(phone.installation)] == [
        (CallKind.CALL_BACK, CallState.WAITING)
    ]


def test_nobody_joins_the_queue_of_a_line_that_closed_during_the_menu(
    phone: Phone, now: datetime
) -> None:
    late = now.replace(hour=14, minute=59)
    menu = phone.later(late).call().follow(Digits="1")
    closed = replace(menu.later(late + 2 * MINUTE)).follow(Digits="")
    assert "Er is nu niemand aanwezig." in closed.said
    assert calls(phone.installation) == []


def test_where_nobody_is_signed_in_callers_hear_so_and_are_called_back(phone: Phone) -> None:
    phone.manned = False
    phone.call().follow(Digits="1").follow(Digits="")
    assert "Er is op dit moment niemand aanwezig om op te nemen." in phone.said
    assert "als eerste" not in phone.said
    phone.follow(Digits="1").follow(Digits="1")
    assert "Wij bellen u terug donderdag 1 juni tussen" in phone.said


@pytest.mark.thorough
def test_the_place_counts_promises_whose_turn_has_come(phone: Phone, now: datetime) -> None:
    for place in range(3):
        other = replace(phone, number=f"+3161234560{place}", ref="")
        other.wait().post("wait-key", Digits="1")
    late = promises(phone.installation)[0].ends
    assert late is not None
    caller = replace(phone.later(late), ref="CA-live").wait()
    assert "Er zijn 3 wachtenden voor u. Hoe lang het duurt, weten wij niet." in caller.said


@pytest.mark.thorough
def test_the_wait_is_told_from_the_latest_calls_and_the_place(phone: Phone, now: datetime) -> None:
    for name in ("Anja", "Bea", "Cas"):
        agents.register(phone.installation.store, name, now=now)
    for place in range(20):  # ten that went fast, then ten that took ten minutes each
        at = now + (place * MINUTE / 3 if place < 10 else (place - 9) * 10 * MINUTE)
        replace(phone, ref=f"CA{place}").later(at).wait()
        connecting.take_next(replace(phone.installation, exchange=phone.board), f"A{place}", now=at)
    last = now + 100 * MINUTE
    for name in ("Anja", "Bea", "Cas"):
        keep(phone.installation.store, name, now=last)
    caller = replace(phone, ref="CA-live").later(last).wait()
    assert "U bent als eerste aan de beurt. Het duurt ongeveer" in caller.said
    assert "ongeveer 5 minuten" not in caller.said


@pytest.mark.thorough
def test_whoever_rings_while_a_call_back_stands_is_that_call_back(
    phone: Phone, now: datetime
) -> None:
    phone.wait().post("wait-key", Digits="1").post("left", QueueResult="leave").follow(Digits="1")
    phone.hang_up()
    again = replace(phone, ref="CA-again").later(now + 20 * MINUTE)
    again.wait()
    assert [(each.why, each.number) for each in waiting(phone.installation.store)] == [
        (CallKind.CALL, MOBILE)
    ]
    again.hang_up()
    (stands,) = waiting(phone.installation.store)
    assert (stands.why, stands.promised_until) == (
        CallKind.CALL_BACK,
        promises(phone.installation)[-1].ends,
    )


@pytest.mark.thorough
def test_two_calls_that_each_ask_a_call_back_are_one_promise(phone: Phone) -> None:
    for ref in ("CA-one", "CA-two"):
        asked = replace(phone, ref=ref)
        asked.wait().post("wait-key", Digits="1").post("left", QueueResult="leave")
        asked.follow(Digits="1").hang_up()
    assert len(waiting(phone.installation.store)) == 1
    states = [each.state for each in promises(phone.installation)]
    assert states.count(PromiseState.OPEN) == 1


def test_a_stray_event_at_the_address_of_answered_says_only_what_it_says(
    phone: Phone, now: datetime
) -> None:
    phone.wait()
    came = connecting.take_next(phone.installation, "Henri", now=now)
    assert came is not None
    entry = calls(phone.installation)[0].id
    for status in ("ringing", "completed", "busy", "no-answer"):
        phone.post(f"agent-answered?entry={entry}", CallSid="CA-agent", CallStatus=status)
    with phone.installation.store.reading() as connection:
        (leg,) = read_all(connection, select(Leg).where(Leg.ref == phone.ref))
    assert leg.state is LegState.CONNECTING


def test_whoever_called_before_and_rings_again_is_one_entry_that_hanging_up_does_not_end(
    phone: Phone, now: datetime
) -> None:
    file = phone.installation.settings.home / "replies.csv"
    file.write_text(f"received_at,kind,number\n2023-05-30T10:00,called,{MOBILE}\n")
    import_replies(phone.installation, file, now=now, refused=file.with_name("refused.csv"))
    phone.wait()
    assert [call.kind for call in calls(phone.installation)] == [CallKind.CALL]
    phone.post("status", CallStatus="completed")
    assert [(call.kind, call.state) for call in calls(phone.installation)] == [
        (CallKind.CALL_BACK, CallState.WAITING)
    ]


def test_a_call_that_an_agent_wrote_down_and_left_is_a_call_back_once_it_is_over(
    phone: Phone, now: datetime
) -> None:
    line_id = add_line(phone.installation, "+31800999888", "Andere lijn")
    new = NewCall(line_id=line_id, reply_id=None, received_at=now, number=OTHER)
    with phone.installation.store.writing() as connection:
        enter(connection, [new])
    phone.wait()
    sweep(phone.installation, now=now + MINUTE)
    assert {call.kind for call in calls(phone.installation)} == {CallKind.CALL}
    sweep(phone.installation, now=now + timedelta(hours=4))
    assert CallKind.CALL_BACK in {
        call.kind for call in calls(phone.installation) if call.number == OTHER
    }


def test_a_call_back_is_not_given_out_while_its_caller_keys_the_number(
    phone: Phone, now: datetime
) -> None:
    phone.wait().post("wait-key", Digits="1")

    def taken(at: datetime) -> int | None:
        came = connecting.take_next(phone.installation, "Henri", now=at)
        return came.call.id if isinstance(came, connecting.NobodyOnTheLine) else None

    assert taken(now + MINUTE) is None
    phone.post("left", QueueResult="leave").follow(Digits="1")
    assert taken(now + MINUTE) == 1


def test_a_call_back_whose_end_was_never_reported_is_given_out_after_three_minutes(
    phone: Phone, now: datetime
) -> None:
    phone.wait().post("wait-key", Digits="1")
    came = connecting.take_next(phone.installation, "Henri", now=now + 3 * MINUTE)
    assert isinstance(came, connecting.NobodyOnTheLine)
