"""What callers of the free number hear and how they come to an agent, through the signed door."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from channels.codes import printed, response_code
from channels.voice.browser_names import client_name
from channels.voice.in_memory import Switchboard
from desk.line import connecting, line_tests, queue_exits
from desk.line.connecting import CallerGone, Connecting
from desk.queue.queues import put_back, waiting
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.errors import BadInput
from store.mapped_rows import read_all, read_one
from store.states import CallKind, CallState, LegEnd, LegState
from store.tables import Call, Leg, Reply, Suppression
from templates.lists import search
from tests.builders import Builder
from tests.inbound.calling import LINE, MOBILE, OURS, VOICE, Phone, add_line, with_telephone

CODE = response_code(12345)
SUNDAY = datetime(2023, 6, 4, 10, tzinfo=UTC)


@pytest.fixture
def telephone(
    sqlite_url: str, tmp_path: Path, now: datetime
) -> Iterator[tuple[Installation, Switchboard]]:
    settings = Settings(
        home=tmp_path,
        database_url=sqlite_url,
        secret="a key for tests only, nobody has another",
        **VOICE,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    yield with_telephone(installation)
    installation.store.engine.dispose()


@pytest.fixture
def installation(telephone: tuple[Installation, Switchboard]) -> Installation:
    return telephone[0]


@pytest.fixture
def board(telephone: tuple[Installation, Switchboard]) -> Switchboard:
    return telephone[1]


@pytest.fixture
def phone(installation: Installation, board: Switchboard) -> Phone:
    add_line(installation)
    return Phone(installation=installation, board=board)


def legs(installation: Installation) -> list[Leg]:
    with installation.store.reading() as connection:
        return read_all(connection, select(Leg).order_by(Leg.id))


def calls(installation: Installation) -> list[Call]:
    with installation.store.reading() as connection:
        return read_all(connection, select(Call).order_by(Call.id))


def card(installation: Installation, now: datetime, code: str = CODE) -> int:
    """Send somebody a card with this code, and return its touch."""
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person = builder.person("P1")
        touch = builder.touch(builder.campaign(), person)
        builder.put_code(code, touch)
        return int(touch)


def test_what_is_not_signed_hears_one_word(phone: Phone) -> None:
    answer = phone.client.post("/voice/in", data={"CallSid": "CA1", "From": MOBILE, "To": LINE})
    assert (answer.status_code, answer.text) == (403, "forbidden")
    assert legs(phone.installation) == []


def test_a_caller_is_greeted_in_dutch_and_offered_english(phone: Phone) -> None:
    phone.call()
    assert phone.verbs == ["Gather"]
    assert "Goedendag. U belt met Lijn Dichtbij." in phone.said
    assert "For English, press 2." in phone.said
    assert [say.get("language") for say in phone.twiml.iter("Say")] == ["nl-NL", "nl-NL", "en-GB"]


def test_whoever_presses_two_is_spoken_to_in_english_and_stands_in_the_queue_in_english(
    phone: Phone,
) -> None:
    phone.call().follow(Digits="2")
    assert phone.said.startswith("Do you have a card from us?")
    phone.follow(Digits="")
    assert phone.verbs == ["Say", "Enqueue"]
    assert [call.language for call in calls(phone.installation)] == ["en"]


def test_whoever_says_nothing_at_all_stands_in_the_queue_too(phone: Phone) -> None:
    phone.call().follow(Digits="").follow(Digits="")
    assert phone.verbs == ["Say", "Enqueue"]
    assert len(waiting(phone.installation.store)) == 1


def test_a_code_is_found_and_the_call_is_about_its_card(phone: Phone, now: datetime) -> None:
    touch = card(phone.installation, now)
    phone.call().follow(Digits="1").follow(Digits=CODE)
    assert phone.said.startswith("Dank u wel. Wij hebben uw kaartje gevonden.")
    (call,) = calls(phone.installation)
    assert (call.touch_id, call.number, call.kind) == (touch, MOBILE, CallKind.CALL)
    with phone.installation.store.reading() as connection:
        reply = read_one(connection, select(Reply))
    assert (reply.matched_by, reply.response_code, reply.from_number) == ("code", CODE, None)
    assert call.reply_id == reply.id


def test_after_three_wrong_codes_a_person_helps(phone: Phone) -> None:
    phone.call().follow(Digits="1")
    for _ in range(2):
        phone.follow(Digits="1234567890")
        assert phone.said.startswith("Die cijfers herkennen wij niet.")
    phone.follow(Digits="1234567890")
    assert phone.said.startswith("Dat geeft niet. Een medewerker helpt u verder.")
    assert phone.verbs[-1] == "Enqueue"


def test_a_code_of_somebody_who_died_is_treated_alike_and_the_agent_is_told(
    phone: Phone, now: datetime
) -> None:
    card(phone.installation, now)
    with phone.installation.store.writing() as connection:
        from store.tables import Person

        connection.execute(update(Person).values(deceased_on=now.date()))
    phone.call().follow(Digits="1").follow(Digits=CODE)
    assert phone.said.startswith("Dank u wel. Wij hebben uw kaartje gevonden.")
    phone.board.waiting.add(phone.ref)
    came = connecting.take_next(phone.installation, "Henri", now=now)
    assert isinstance(came, Connecting)
    assert came.held == "DECEASED"


def test_a_star_and_the_code_hold_everything_at_once(phone: Phone, now: datetime) -> None:
    card(phone.installation, now)
    phone.call().follow(Digits="1").follow(Digits="*").follow(Digits=CODE)
    assert phone.said.startswith("Dat is geregeld.")
    assert phone.verbs[-1] == "Hangup"
    with phone.installation.store.reading() as connection:
        (entry,) = connection.execute(select(Suppression.reason, Suppression.scope)).all()
    assert entry.reason == "OBJECTION"
    assert waiting(phone.installation.store) == []
    phone.hang_up()
    assert [leg.how for leg in legs(phone.installation)] == [LegEnd.HELD]


def test_a_star_without_a_card_comes_to_an_agent(phone: Phone) -> None:
    phone.call().follow(Digits="1").follow(Digits="*").follow(Digits="")
    assert phone.said.startswith("Een medewerker regelt het zo met u.")
    assert phone.verbs[-1] == "Enqueue"


@pytest.mark.everyday(2)
@pytest.mark.parametrize("withheld", ["anonymous", "", "+266696687", "+7378742833", "Restricted"])
def test_a_withheld_number_is_nobodys_number(phone: Phone, withheld: str) -> None:
    replace(phone, number=withheld, ref=phone.ref).wait()
    assert [leg.from_number for leg in legs(phone.installation)] == [None]
    assert [call.number for call in calls(phone.installation)] == [None]


@pytest.mark.thorough
def test_who_waits_is_told_where_they_stand(
    installation: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(installation)
    phones = [
        Phone(
            installation=replace(installation, clock=FixedClock(now + timedelta(seconds=each))),
            board=board,
        ).wait()
        for each in range(3)
    ]
    assert [phone.said.split(".")[0] for phone in phones] == [
        "U bent als eerste aan de beurt",
        "Er is één wachtende voor u",
        "Er zijn 2 wachtenden voor u",
    ]
    phones[2].follow(Digits="")
    assert phones[2].verbs == ["Pause"]


@pytest.mark.thorough
def test_instead_of_waiting_they_are_called_back_and_keep_their_place(
    installation: Installation, board: Switchboard, now: datetime
) -> None:
    add_line(installation)
    first = Phone(installation=installation, board=board).wait()
    Phone(
        installation=replace(installation, clock=FixedClock(now + timedelta(seconds=5))),
        board=board,
        number="+31687654321",
    ).wait()
    assert first.follow(Digits="1").verbs == ["Leave"]
    first.post("left", QueueResult="leave")
    assert "0, 6, 1, 2, 3, 4, 5, 6, 7, 8" in first.said
    first.follow(Digits="1")
    assert "Wij bellen u terug donderdag 1 juni tussen 9.00 en 11.00 uur." in first.said
    first.hang_up()
    assert [(call.why, call.number) for call in waiting(installation.store)] == [
        (CallKind.CALL_BACK, MOBILE),
        (CallKind.CALL, "+31687654321"),
    ]
    came = connecting.take_next(installation, "Henri", now=now + timedelta(minutes=1))
    assert came == connecting.NobodyOnTheLine(came.call)  # type: ignore[union-attr]  # it is one
    assert came.call.number == MOBILE


@pytest.mark.thorough
def test_a_number_that_cannot_be_called_is_asked_again_and_then_a_person_helps(
    phone: Phone,
) -> None:
    replace(phone, number="anonymous", ref=phone.ref)
    phone.number = "anonymous"
    phone.wait().follow(Digits="1")
    phone.post("left", QueueResult="leave")
    assert phone.said.startswith("Op welk nummer kunnen wij u bellen?")
    for keyed in ("0900123456", "112", "", "1", "08001234"):
        phone.follow(Digits=keyed)
        assert phone.said.startswith("Op dat nummer kunnen wij u niet bellen.")
    phone.follow(Digits="999")
    assert phone.verbs[-1] == "Enqueue"
    assert [call.why for call in waiting(phone.installation.store)] == [CallKind.CALL]


def test_who_hangs_up_while_waiting_is_never_handed_out(phone: Phone, now: datetime) -> None:
    phone.wait().hang_up()
    assert connecting.take_next(phone.installation, "Henri", now=now) is None
    assert [(call.state, call.disposition) for call in calls(phone.installation)] == [
        (CallState.ABANDONED, "gone")
    ]
    assert [(leg.state, leg.how) for leg in legs(phone.installation)] == [
        (LegState.ENDED, LegEnd.GONE)
    ]


@pytest.mark.thorough
def test_a_full_queue_offers_to_call_back(installation: Installation, board: Switchboard) -> None:
    add_line(installation)
    small = replace(
        installation, settings=installation.settings.model_copy(update={"voice_room": 1})
    )
    Phone(installation=small, board=board).wait()
    second = (
        Phone(installation=small, board=board, number="+31687654321")
        .call()
        .follow(Digits="1")
        .follow(Digits="")
    )
    assert second.said.startswith("Het is erg druk. Wij bellen u graag terug.")
    second.hang_up()
    assert [call.why for call in waiting(installation.store)] == [CallKind.CALL, CallKind.CALL_BACK]


def test_on_a_sunday_they_hear_when_we_are_back_and_may_leave_a_message(phone: Phone) -> None:
    sunday = phone.later(SUNDAY).call()
    assert "Wij zijn er weer maandag 5 juni vanaf 9.00 uur." in sunday.said
    assert "We are back on Monday 5 June from 9:00." in sunday.said.replace("09:00", "9:00")
    sunday.follow(Digits="2")
    assert sunday.verbs == ["Say", "Record"]
    sunday.follow(
        RecordingSid="RE1", RecordingDuration="12", RecordingUrl="https://provider.example/RE1"
    )
    assert "maandag 5 juni tussen 9.00 en 11.00 uur" in sunday.said
    sunday.hang_up()
    (call,), (leg,) = calls(phone.installation), legs(phone.installation)
    assert (call.kind, call.number, call.state) == (CallKind.CALL_BACK, MOBILE, CallState.WAITING)
    assert call.promised_from == datetime(2023, 6, 5, 7, tzinfo=UTC)
    assert (leg.recording_ref, leg.how) == ("RE1", LegEnd.MESSAGE)


def test_our_own_test_call_hears_the_menu_at_any_hour_and_is_nobody_who_waits(phone: Phone) -> None:
    sunday = replace(phone.installation, clock=FixedClock(SUNDAY))
    line_tests.test(sunday, "0800 1234", now=SUNDAY)
    ours = Phone(installation=sunday, board=phone.board, number=OURS).call()
    assert ours.said.startswith("Goedendag.")
    ours.follow(Digits="1").follow(Digits=line_tests.CODE)
    assert ours.said == "Dit is een proef. De lijn werkt."
    assert [line.passed for line in line_tests.latest_tests(sunday)] == [True]
    assert waiting(sunday.store) == []
    citizen = Phone(installation=sunday, board=phone.board).call()
    assert citizen.said.startswith("Er is nu niemand aanwezig.")


@pytest.mark.thorough
def test_an_agent_takes_the_caller_and_their_telephone_rings(
    phone: Phone, board: Switchboard, now: datetime
) -> None:
    phone.wait()
    came = connecting.take_next(phone.installation, "Henri", now=now)
    assert isinstance(came, Connecting)
    ((caller, queue, asks),) = board.bridged
    assert (caller, queue) == (phone.ref, "QU1")
    phone.post(asks.split("/voice/")[1])
    (client,) = phone.twiml.iter("Client")
    assert client.text == client_name("Henri")
    ringing = phone.twiml
    phone.post(f"agent-answered?entry={came.call.id}", CallSid="CA-agent")
    assert legs(phone.installation)[0].state is LegState.TALKING
    replace(phone, twiml=ringing).follow(DialCallStatus="completed", CallStatus="in-progress")
    phone.hang_up()
    assert [(leg.state, leg.how) for leg in legs(phone.installation)] == [
        (LegState.ENDED, LegEnd.TALKED)
    ]
    assert [call.state for call in calls(phone.installation)] == [
        CallState.TAKEN
    ]  # it is wrapped up by the agent


@pytest.mark.thorough
def test_an_agent_who_does_not_pick_up_costs_the_caller_nothing(
    phone: Phone, board: Switchboard, now: datetime
) -> None:
    phone.wait()
    came = connecting.take_next(phone.installation, "Henri", now=now)
    assert isinstance(came, Connecting)
    phone.post(f"agent?entry={came.call.id}").follow(
        DialCallStatus="no-answer", CallStatus="in-progress"
    )
    assert phone.said.startswith("Sorry, het lukte nog niet")
    assert phone.verbs == ["Say", "Enqueue"]
    board.waiting.add(phone.ref)
    assert isinstance(connecting.take_next(phone.installation, "Anja", now=now), Connecting)


@pytest.mark.thorough
def test_a_call_that_is_put_back_while_the_telephone_rings_keeps_its_caller(
    phone: Phone, board: Switchboard, now: datetime
) -> None:
    phone.wait()
    connecting.take_next(phone.installation, "Henri", now=now)
    phone.post("agent?entry=1")
    ringing = phone.twiml
    put_back(phone.installation.store, 1, "Henri")
    board.waiting.add(phone.ref)
    assert isinstance(connecting.take_next(phone.installation, "Anja", now=now), Connecting)
    assert board.bridged[-1][1] is None  # they stand in no queue now
    late = replace(phone, twiml=ringing).follow(DialCallStatus="canceled", CallStatus="in-progress")
    assert late.verbs == ["Say", "Enqueue"]
    assert [(call.state, call.taken_by) for call in calls(phone.installation)] == [
        (CallState.TAKEN, "Anja")
    ]


def test_a_caller_who_just_hung_up_is_passed_over_kindly(
    phone: Phone, board: Switchboard, now: datetime
) -> None:
    phone.wait()
    board.waiting.clear()  # the word of it is still on its way
    assert connecting.connect(
        phone.installation, calls(phone.installation)[0].id, "Henri", now=now
    ) == CallerGone(1)
    assert waiting(phone.installation.store) == []
    phone.hang_up()
    assert [call.disposition for call in calls(phone.installation)] == ["gone"]


def test_a_provider_out_of_reach_leaves_the_caller_in_the_queue(
    phone: Phone, board: Switchboard, now: datetime
) -> None:
    phone.wait()
    board.out_of_reach = True
    with pytest.raises(BadInput, match="could not be reached"):
        connecting.take_next(phone.installation, "Henri", now=now)
    assert [call.state for call in calls(phone.installation)] == [CallState.WAITING]
    board.out_of_reach = False
    assert isinstance(connecting.take_next(phone.installation, "Henri", now=now), Connecting)


def test_a_lost_hang_up_is_noticed_and_a_caller_who_was_there_after_all_gets_their_place_back(
    phone: Phone, now: datetime
) -> None:
    phone.wait()
    late = now + queue_exits.SILENT_AFTER
    assert queue_exits.sweep(phone.installation, now=late) == 1
    assert waiting(phone.installation.store) == []
    phone.later(late).post("wait", QueueSid="QU1")
    assert [call.received_at for call in waiting(phone.installation.store)] == [now]


def test_whatever_is_wrong_with_the_book_a_caller_hears_kind_words(phone: Phone) -> None:
    with phone.installation.store.writing() as connection:
        connection.exec_driver_sql("drop table legs")
    phone.call()
    assert "Dat ligt aan ons." in phone.said
    assert phone.verbs[-1] == "Hangup"


def test_nothing_that_is_said_tells_why_somebody_was_sent_a_card(
    phone: Phone, now: datetime
) -> None:
    card(phone.installation, now)
    said = [
        phone.call().said,
        phone.follow(Digits="1").said,
        phone.follow(Digits=printed(CODE)).said,
    ]
    assert [list(search(line, "outside")) for line in said] == [[], [], []]
