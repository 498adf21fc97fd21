"""Taking and dialling calls by the API, with a telephone (F3.1, F3.6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from channels.voice.in_memory import Switchboard
from desk.entries import agents
from desk.line import click_to_call
from installation.installation import open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.states import CallState, LegState
from store.tables import Call, Leg
from tests.console.api.api_client import System, system
from tests.inbound.calling import VOICE, Phone, add_line, with_telephone

AGENT = "kiss"


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


def caller(phone: Phone, place: int) -> Phone:
    """Let another citizen wait on the line."""
    return replace(phone, ref=f"CA{place}", number=f"+3161234567{place}").wait()


def desk(phone: Phone, board: Switchboard | None = None) -> System:
    return system(replace(phone.installation, exchange=board or phone.board), AGENT)


def take(api: System) -> tuple[int | None, str | None]:
    took = api.post("/takings", {}).json()
    return took["callId"], took["connection"]


def test_a_waiting_caller_is_connected(phone: Phone) -> None:
    caller(phone, 1)
    assert take(desk(phone)) == (1, "connecting")
    assert len(phone.board.bridged) == 1


@pytest.mark.thorough
def test_of_a_promise_nobody_is_on_the_line_and_its_number_is_dialled(phone: Phone) -> None:
    caller(phone, 1).post("wait-key", Digits="1").post("left", QueueResult="leave").follow(
        Digits="1"
    ).hang_up()
    api = desk(phone)
    agents.register(phone.installation.store, AGENT, now=phone.installation.now())
    click_to_call.set_phone(phone.installation, AGENT, "020 5241111")
    assert take(api) == (1, "nobody_on_the_line")
    dialled = api.post("/calls/1/dials")
    assert (dialled.status_code, dialled.json()) == (201, {"callId": 1, "sure": True})
    (placed,) = phone.board.rung
    assert placed.to == "+31205241111"  # the agent's own telephone first


def test_a_caller_who_just_hung_up_is_gone(phone: Phone) -> None:
    caller(phone, 1)
    phone.board.waiting.clear()
    api = desk(phone)
    gone = api.post("/takings", {"callId": 1}).json()
    assert (gone["callId"], gone["connection"]) == (None, "caller_gone")
    assert take(api) == (None, None)


def test_where_the_providers_answer_is_lost_nobody_can_say(phone: Phone) -> None:
    caller(phone, 1)
    phone.board.silent = True
    assert take(desk(phone)) == (1, "uncertain")


@pytest.mark.thorough
def test_a_wrap_up_while_the_caller_still_waits_is_refused(phone: Phone) -> None:
    caller(phone, 1)
    api = desk(phone)
    take(api)
    with phone.installation.store.writing() as connection:  # the telephone rang nobody
        connection.execute(update(Leg).values(state=LegState.WAITING))
    refused = api.post("/calls/1/wrap-up", {"disposition": "helped", "note": ""})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "call 1: the caller still waits on the line; put the entry back, and take it again to be put through",
    )


@pytest.mark.thorough
def test_an_agent_has_one_live_caller_and_three_calls_in_hand(phone: Phone) -> None:
    for place in range(6):
        caller(phone, place)
    api = desk(phone)
    assert take(api)[1] == "connecting"
    for _ in range(3):
        refused = api.post("/takings", {})
        assert (refused.status_code, refused.json()["detail"]) == (
            409,
            "hand: you are connected with a caller; end that conversation first",
        )
    for place in range(2):
        replace(phone, ref=f"CA{place}").hang_up()
        assert take(api)[1] == "connecting"
    replace(phone, ref="CA2").hang_up()
    refused = api.post("/takings", {"callId": 5})
    assert refused.json()["detail"] == (
        "hand: you have 3 calls in hand; wrap one up, or put it back"
    )
    with phone.installation.store.reading() as connection:
        held = select(Call.id).where(Call.state == CallState.TAKEN)
        assert len(connection.execute(held).all()) == 3
