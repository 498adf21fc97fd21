"""Without a code: a reason first, it is written down, and nothing of the person before the check."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from channels.codes import response_code
from desk.entries.queue_entries import NewCall, enter
from installation.installation import Installation
from store.states import Role
from store.tables import Call
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.api.api_client import system
from tests.console.conftest import Browser, acts_of

SignIn = Callable[..., Browser]
CODE = response_code(482_913_057)
WHY = "De beller is het kaartje kwijt."


@pytest.fixture
def calling(console_installation: Installation) -> Installation:
    """Somebody calls without a code; one person has a card and a number, another only a number."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.reach(builder.campaign(), "P1", "+31612345678", code=CODE)
        builder.person("P2", "+31687654321")
        enter(connection, [NewCall(line_id=builder.line(), reply_id=None, received_at=NOW)])
    return console_installation


@pytest.mark.thorough
def test_a_call_that_came_without_a_code_is_matched_by_the_code_on_the_card(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/next")
    assert browser.post("/queue/1/match", code="0000000000").status == 404
    browser.get("/queue/1").post("/queue/1/match", code=CODE)
    assert "hoort nu bij dit gesprek" in browser.text
    assert "Proef" not in browser.text
    browser.post("/queue/1/identity", born="1980-05-17", postcode="1234AB")
    assert "Verzonnenlaan 12" in browser.text
    assert browser.post("/queue/1/match", code=CODE).status == 409


@pytest.mark.thorough
def test_a_card_found_by_its_code_belongs_to_the_call_in_hand_and_makes_no_second_entry(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/next")
    browser.get("/cards").post("/cards", code=CODE)
    browser.post("/cards/talk", code=CODE)
    assert browser.path == "/queue/1"
    assert "hoort nu bij dit gesprek" in browser.text
    assert [act.about for act in acts_of(calling, "matched_call")] == ["call:1"]
    with calling.store.reading() as connection:
        assert connection.execute(select(Call.id, Call.touch_id)).all() == [(1, 1)]
    browser.get("/cards").post("/cards/talk", code=CODE)  # the one in hand is known by now
    assert browser.path == "/queue/2"


def test_a_code_that_another_system_reads_out_belongs_to_the_call_in_hand_too(
    calling: Installation,
) -> None:
    agent = system(calling)
    agent.post("/takings", {})
    assert agent.post("/calls", {"code": CODE}).json() == {"callId": 1}
    assert [act.about for act in acts_of(calling, "matched_call")] == ["call:1"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    "fields", [{"number": "06 12345678"}, {"family_name": "Van Próef-p1", "postcode": "1234 ab"}]
)
def test_somebody_is_found_by_name_or_number_with_a_reason_and_shown_only_after_the_check(
    calling: Installation, signed_in: SignIn, fields: dict[str, str]
) -> None:
    browser = signed_in(Role.AGENT).get("/cards")
    assert browser.post("/search", **fields).status == 422
    assert not acts_of(calling, "searched_person")
    browser.get("/cards").post("/search", why=WHY, **fields)
    assert "The pilot" in browser.text
    for hidden in ("Proef", "P1", "Verzonnenlaan"):
        assert hidden not in browser.text
    assert [(act.person_ref, act.reason) for act in acts_of(calling, "searched_person")] == [
        ("P1", WHY)
    ]
    browser.post("/search/talk", person="1")
    assert browser.path == "/queue/2"
    assert "Verzonnenlaan" not in browser.text
    assert (
        "Verzonnenlaan 12"
        in browser.post("/queue/2/identity", born="1980-05-17", postcode="1234AB").text
    )


@pytest.mark.thorough
def test_a_call_in_hand_is_matched_to_who_was_found(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/next")
    browser.get("/cards").post("/search", why=WHY, number="06 87654321")
    browser.post("/search/talk", person="2", call="1")
    assert browser.path == "/queue/1"
    assert (
        "Proef P2" in browser.post("/queue/1/identity", born="1980-05-17", postcode="1234AB").text
    )


def test_nobody_begins_a_call_with_somebody_they_did_not_just_find(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/cards")
    assert browser.post("/search/talk", person="1").status == 404
    assert browser.get("/cards").post("/search", why=WHY, family_name="Veld").status == 422
    assert browser.get("/cards").post("/search", why=WHY, number="06 11111111").status == 404
    assert [(act.about, act.person_ref) for act in acts_of(calling, "searched_person")] == [
        ("person", None)
    ]
