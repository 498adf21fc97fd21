"""At the desk: a helper who calls gets general information, until the agent has recorded an authorisation."""

from collections.abc import Callable
from datetime import timedelta

from campaigns.house import House
from console.main import run
from desk.calls import NewCall, enter
from store.states import Role
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of

SignIn = Callable[..., Browser]


def test_nothing_of_a_person_is_shown_to_a_helper_before_and_after_an_authorisation(
    console_house: House, signed_in: SignIn
) -> None:
    with console_house.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1")
        enter(connection, [NewCall(builder.line(), None, NOW, number="+31612345678")])
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/1/take")
    assert "06 12345678" in browser.text
    assert "Wij vragen niet om uw DigiD" in browser.text  # what an agent reads out to whoever doubts
    letter = {"helper": "Jan Voorbeeld", "organisation": "Buurthuis Oost", "seen": "written"}
    until = str((NOW + timedelta(days=30)).date())
    browser.post("/queue/1/authorisation", about="P9", valid_until=until, **letter)
    assert (browser.status, "niet vastgelegd" in browser.text) == (422, True)
    browser.post("/queue/1/authorisation", about="P1", valid_until=until, **letter)
    assert "Controleer nu over wie het gaat" in browser.text
    assert "Proef" not in browser.text
    browser.post("/queue/1/identity", born="1980-05-17", postcode="1234AB")
    assert "Proef P1" in browser.text
    browser.post("/queue/1/authorisation/revoke", why="she called herself")
    assert "gaat nu over niemand" in browser.text
    assert "Proef" not in browser.text
    assert [act.subject for act in acts_of(console_house, "saw_authorisation")] == ["call:1"]
    assert len(acts_of(console_house, "revoked_authorisation")) == 1
    assert run
