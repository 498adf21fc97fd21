"""An agent's telephone that is picked up is not yet an agent: it may be a voicemail (F6.5)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.codes import response_code
from desk.entries import agents
from desk.line import click_to_call, connecting
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.mapped_rows import read_one
from store.states import CallState, LegEnd, LegState
from store.tables import Call, Leg
from tests.builders import Builder
from tests.inbound.calling import VOICE, Phone, add_line, with_telephone
from tests.inbound.posting import PUBLIC

CODE = response_code(4711)


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
    agents.register(installation.store, "Henri", now=now)
    click_to_call.set_phone(installation, "Henri", "020 5241111")
    yield Phone(installation=installation, board=board)
    installation.store.engine.dispose()


def leg_of(phone: Phone) -> Leg:
    with phone.installation.store.reading() as connection:
        return read_one(connection, select(Leg).where(Leg.ref == phone.ref))


def rung(phone: Phone, now: datetime) -> tuple[str, str]:
    """Let Henri take the caller. Return where whoever picks up is asked, and where the end is posted."""
    phone.wait()
    came = connecting.take_next(phone.installation, "Henri", now=now)
    assert isinstance(came, connecting.Connecting)
    phone.post(f"agent?entry={came.call.id}")
    (number,), (dial,) = phone.twiml.iter("Number"), phone.twiml.iter("Dial")
    assert number.get("statusCallback") is None
    places = [(number.get("url") or ""), (dial.get("action") or "")]
    asks, ends = (each.removeprefix(f"{PUBLIC}/voice/") for each in places)
    return asks, ends


@pytest.mark.thorough
@pytest.mark.parametrize("bridged", [{"DialBridged": "false"}, {}])
def test_an_agents_voicemail_is_no_agent_and_the_caller_keeps_their_place(
    phone: Phone, now: datetime, bridged: dict[str, str]
) -> None:
    asks, ends = rung(phone, now)
    phone.post(f"agent-answered?{asks.split('?')[1]}", CallStatus="in-progress")
    phone.post(asks, CallSid="CA-agent")
    assert (
        phone.said == "Er is iemand aan de lijn voor u. Druk op een toets om te worden verbonden."
    )
    phone.follow(CallSid="CA-agent", Digits="")
    assert phone.verbs == ["Hangup"]
    phone.post(ends, DialCallStatus="completed", CallStatus="in-progress", **bridged)
    assert phone.verbs == ["Say", "Enqueue"]
    assert (leg_of(phone).state, leg_of(phone).how) == (LegState.WAITING, None)
    with phone.installation.store.reading() as connection:
        assert connection.execute(select(Call.state)).scalars().all() == [CallState.WAITING]


def test_a_machine_that_the_provider_knows_as_one_is_asked_nothing(
    phone: Phone, now: datetime
) -> None:
    asks, _ = rung(phone, now)
    phone.post(asks, CallSid="CA-agent", AnsweredBy="machine_start")
    assert phone.verbs == ["Hangup"]


def test_an_agent_who_presses_a_key_talks_with_the_caller(phone: Phone, now: datetime) -> None:
    asks, ends = rung(phone, now)
    phone.post(asks, CallSid="CA-agent").follow(CallSid="CA-agent", Digits="5")
    assert phone.verbs == []
    assert leg_of(phone).state is LegState.TALKING
    phone.post(ends, DialCallStatus="completed", CallStatus="in-progress")
    assert (leg_of(phone).state, leg_of(phone).how) == (LegState.ENDED, LegEnd.TALKED)


@pytest.mark.thorough
def test_a_voicemail_is_not_connected_with_a_citizen_who_asked_to_be_called(
    phone: Phone, now: datetime
) -> None:
    phone.wait().post("wait-key", Digits="1").post("left", QueueResult="leave")
    phone.follow(Digits="1").hang_up()
    connecting.take_next(phone.installation, "Henri", now=now)
    ringing = click_to_call.dial(phone.installation, 1, "Henri", now=now)
    phone.post(f"out?leg={ringing.leg_id}", CallSid="CA-agent")
    assert phone.verbs == ["Gather", "Hangup"]
    phone.follow(CallSid="CA-agent", Digits="")
    assert phone.verbs == ["Hangup"]
    phone.post(f"out-key?leg={ringing.leg_id}", CallSid="CA-agent", Digits="1")
    assert phone.verbs == ["Say", "Dial"]


@pytest.mark.thorough
@pytest.mark.parametrize("before", ["", "1"])
def test_a_code_that_is_keyed_at_the_language_question_is_heard(
    phone: Phone, now: datetime, before: str
) -> None:
    code = next(each for each in (response_code(n) for n in range(999)) if each.startswith(before))
    with phone.installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.put_code(code, builder.touch(builder.campaign(), builder.person("P1")))
    phone.call()
    (gather,) = phone.twiml.iter("Gather")
    assert gather.get("numDigits") == "10"
    phone.follow(Digits=code)
    assert phone.verbs == ["Say", "Say", "Enqueue"]
    assert "Wij hebben uw kaartje gevonden." in phone.said
    assert (leg_of(phone).language, leg_of(phone).touch_id) == ("nl", 1)


def test_a_star_at_the_language_question_asks_which_card(phone: Phone) -> None:
    phone.call().follow(Digits="*")
    assert "houden wij meteen alles tegen" in phone.said
