"""An agent ticks "send the appointment by text"."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from inbound.incoming_texts import InboundText, process_text
from installation.installation import Installation
from store.states import AnswerKind, Role
from store.tables import Answer, Appointment
from tests.builders import LINE, Builder
from tests.conftest import NOW
from tests.console.conftest import Browser

NUMBER = "+31612345678"
AGREED = {
    "disposition": "appointment",
    "kind": "counter",
    "day": "2023-06-06",
    "time": "10:30",
    "text": "yes",
}


@pytest.fixture
def agent(
    console_installation: Installation, signed_in: Callable[[Role | str], Browser]
) -> Browser:
    """An agent who has taken a call and knows who it is."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.line()
        builder.person("P1", NUMBER)
    process_text(
        console_installation,
        InboundText(
            provider="twilio", ref="SM1", sender=NUMBER, to=LINE, body="bel mij", received_at=NOW
        ),
        now=NOW,
    )
    browser = signed_in(Role.AGENT)
    browser.post("/queue/1/take")
    browser.post("/queue/1/identity", born="1980-05-17", postcode="1234 AB")
    assert browser.status == 200
    return browser


def texts_about_appointments(installation: Installation) -> list[str]:
    with installation.store.reading() as connection:
        return list(
            connection.execute(
                select(Answer.body).where(Answer.kind == AnswerKind.APPOINTMENT)
            ).scalars()
        )


@pytest.mark.thorough
def test_the_appointment_goes_by_text_with_its_street(
    console_installation: Installation, agent: Browser
) -> None:
    agent.post("/queue/1/wrap-up", **AGREED, street="Verzonnenlaan 12")
    assert agent.status == 200
    (body,) = texts_about_appointments(console_installation)
    assert "dinsdag 6 juni om 10.30 uur" in body
    assert "Waar: Verzonnenlaan 12." in body


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wrong", "said"), [({"street": ""}, "straat en huisnummer"), ({"kind": "phone"}, "adres")]
)
def test_a_text_that_says_nowhere_is_asked_about_and_nothing_is_kept(
    console_installation: Installation, agent: Browser, wrong: dict[str, str], said: str
) -> None:
    agent.post("/queue/1/wrap-up", **{**AGREED, "street": "Verzonnenlaan 12", **wrong})
    assert agent.status == 422
    assert said in agent.text
    assert texts_about_appointments(console_installation) == []
    with console_installation.store.reading() as connection:
        assert connection.execute(select(Appointment.id)).all() == []
