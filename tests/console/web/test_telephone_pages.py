"""An agent presses and their telephone rings: what the console says of it, when it does and when it does not."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from channels.voice.in_memory import Switchboard
from desk.line import incoming_calls, queue_exits
from desk.line.incoming_calls import CallEvent, Feed
from installation.installation import Installation
from store.states import Role
from store.tables import Call
from tests.conftest import NOW
from tests.console.conftest import Browser, come_in
from tests.inbound.calling import LINE, MOBILE, add_line


@pytest.fixture
def board() -> Switchboard:
    return Switchboard()


@pytest.fixture
def installation(console_installation: Installation, board: Switchboard) -> Installation:
    installation = replace(console_installation, exchange=board)
    add_line(installation)
    return installation


@pytest.fixture
def agent(installation: Installation) -> Browser:
    return come_in(installation, "henri", Role.AGENT).get("/queue")


def waits(installation: Installation, board: Switchboard, ref: str = "CA1") -> CallEvent:
    event = CallEvent(ref, MOBILE, LINE)
    incoming_calls.join_queue(installation, event, room=10, now=NOW)
    board.waiting.add(ref)
    incoming_calls.wait(installation, event, Feed("QU1", 1), now=NOW)
    return event


def test_who_takes_the_next_one_reads_that_their_telephone_rings(
    installation: Installation, board: Switchboard, agent: Browser
) -> None:
    waits(installation, board)
    assert agent.post("/queue/next").path == "/queue/1"
    assert "Uw telefoon gaat: neem op, de beller wacht." in agent.text
    assert [caller for caller, _, _ in board.bridged] == ["CA1"]


def test_a_caller_who_just_hung_up_and_a_telephone_out_of_reach_get_kind_words(
    installation: Installation, board: Switchboard, agent: Browser
) -> None:
    waits(installation, board)
    board.out_of_reach = True
    assert agent.post("/queue/1/take").path == "/queue"
    assert "De beller wacht nog" in agent.text
    board.out_of_reach, board.waiting = False, set()
    assert agent.post("/queue/1/take").path == "/queue"
    assert "De beller heeft net opgehangen. Dat ligt niet aan u." in agent.text


@pytest.mark.thorough
def test_a_call_back_is_called_by_a_press_on_its_page(
    installation: Installation, board: Switchboard, agent: Browser
) -> None:
    caller = waits(installation, board)
    queue_exits.wish_call_back(installation, caller, now=NOW)
    queue_exits.key_number(installation, caller, "1", now=NOW)
    agent.post("/queue/next")
    assert "Eerst gaat uw eigen telefoon. Neemt u op, dan bellen we 06 12345678." in agent.text
    assert "Viel de verbinding weg?" not in agent.text
    agent.post("/queue/1/dial")
    assert "Uw telefoon gaat. Neem op, dan bellen we door." in agent.text
    assert len(board.rung) == 1
    agent.post("/queue/1/dial")
    assert "Bellen lukt nu niet. Gaat uw telefoon al?" in agent.text
    assert len(board.rung) == 1
    with installation.store.writing() as connection:
        connection.execute(update(Call).values(taken_by="Anja"))
    assert agent.post("/queue/1/dial").path == "/queue"
    assert len(board.rung) == 1
