"""A conversation at the desk: who comes next, the guide, who is speaking, what was said before, and the end of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from channels.codes import response_code
from desk.entries.queue_entries import NewCall, enter
from desk.queue.queues import take
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation
from store.states import Role, TouchState
from store.tables import Call, Import, Obligation, Person, Touch
from suppression.lists import entries
from tests.builders import Builder
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of
from tests.deciding import deciding

SignIn = Callable[..., Browser]
CODE = response_code(482_913_057)


@pytest.fixture
def calling(console_installation: Installation) -> Installation:
    """Somebody with a card calls; a colleague spoke to them before, and another campaign still plans a card."""
    with console_installation.store.writing() as connection:
        builder = Builder(connection, NOW)
        campaign = builder.campaign()
        person, touch = builder.reach(campaign, "P1", code=CODE)
        builder.touch(builder.campaign("next"), person, state=TouchState.PLANNED)
        earlier = NOW - timedelta(days=40)
        call = NewCall(
            line_id=builder.line(),
            reply_id=None,
            received_at=earlier,
            campaign_id=campaign.id,
            touch_id=touch,
            person_id=person,
        )
        enter(connection, [call])
    take(console_installation.store, 1, "Fatma", earlier)
    wrap_up(
        console_installation.store,
        1,
        by=deciding("Fatma"),
        disposition="referred",
        note="Two years of closed envelopes.",
        now=earlier,
    )
    with console_installation.store.writing() as connection:
        enter(connection, [replace(call, received_at=NOW)])
    return console_installation


def at_the_desk(signed_in: SignIn) -> Browser:
    browser = signed_in(Role.AGENT)
    browser.get("/queue")
    assert browser.post("/queue/next").path == "/queue/2"
    return browser


@pytest.mark.thorough
def test_from_the_next_call_to_its_end_and_nothing_of_the_person_before_the_check(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = at_the_desk(signed_in)
    assert "113" in browser.text
    assert "1. Beginnen" in browser.text
    assert "Doe eerst samen de aangifte" in browser.text
    for hidden in ("Proef", "Verzonnenlaan", "closed envelopes", "Fatma"):
        assert hidden not in browser.text
    browser.post("/queue/2/identity", born="1980-05-17", postcode="1234 ab")
    for shown in ("Proef", "Verzonnenlaan 12", "Two years of closed envelopes", "Dossier van"):
        assert shown in browser.text
    assert (
        browser.post("/queue/2/wrap-up", disposition="helped", note="Filed together.").path
        == "/queue"
    )
    browser.get("/queue")
    assert "Er wacht nu niets" in browser.post("/queue/next").text


@pytest.mark.thorough
def test_a_failed_check_still_gives_general_help(calling: Installation, signed_in: SignIn) -> None:
    browser = at_the_desk(signed_in)
    for _ in range(3):
        browser.post("/queue/2/identity", born="1990-01-01", postcode="9999ZZ")
    browser.get("/queue/2")
    assert "Help met algemene vragen" in browser.text
    assert "Doe eerst samen de aangifte" in browser.text
    assert "Proef" not in browser.text
    assert (
        browser.post("/queue/2/wrap-up", disposition="helped", note="General questions.").path
        == "/queue"
    )


@pytest.mark.thorough
def test_a_housemate_with_the_card_gets_help_and_leaves_no_trace_in_the_persons_case(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = at_the_desk(signed_in)
    browser.post("/queue/2/somebody-else")
    assert "gaat nu over niemand" in browser.text
    assert browser.post("/queue/2/identity", born="1980-05-17", postcode="1234AB").status == 409
    assert "Proef" not in browser.text
    browser.get("/queue/2").post("/queue/2/wrap-up", disposition="helped", note="")
    with calling.store.reading() as connection:
        assert connection.execute(select(Call.person_id).where(Call.id == 2)).scalar_one() is None
    assert [(act.about, act.person_ref) for act in acts_of(calling, "caller_is_somebody_else")] == [
        ("call:2", "P1")
    ]


@pytest.mark.thorough
def test_a_widow_is_asked_for_no_code_and_everything_is_held_at_once(
    calling: Installation, signed_in: SignIn
) -> None:
    with calling.store.writing() as connection:
        builder = Builder(connection, NOW)
        born = date(1951, 2, 3)
        builder.person(
            "P2", prefix="in 't", family_name="Véld-Çelik", birth_first=born, birth_last=born
        )
    browser = at_the_desk(signed_in)
    identity = {"born": "1951-02-03", "postcode": "1234 ab"}
    browser.post("/queue/2/bereaved", family_name="In 't Veld Celik", **identity)
    assert "Alles is tegengehouden" in browser.text
    assert "Véld" not in browser.text  # nothing is told back
    assert [(entry.person_ref, entry.reason) for entry in entries(calling.store)] == [
        ("P2", "DECEASED")
    ]
    browser.post("/queue/2/bereaved", family_name="Jansen", **identity)
    assert (browser.status, "niet precies één persoon" in browser.text) == (422, True)
    assert len(acts_of(calling, "death_reported")) == 1


@pytest.mark.thorough
def test_the_death_of_whom_the_card_was_for_needs_no_more_words(
    calling: Installation, signed_in: SignIn
) -> None:
    at_the_desk(signed_in).post("/queue/2/bereaved")
    with calling.store.reading() as connection:
        ref = select(Person.person_ref).join(Touch, Touch.person_id == Person.id)
        held = connection.execute(ref.where(Touch.state == TouchState.WITHHELD)).scalars().all()
    assert held == ["P1"]


@pytest.mark.thorough
def test_nobody_finds_cards_by_trying_codes_and_a_real_one_costs_nothing(
    calling: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.AGENT).get("/cards")
    for _ in range(3):
        assert browser.post("/cards", code=CODE).status == 200
    for attempt in range(30):
        assert browser.post("/cards", code=f"{attempt:010}").status == 404
        assert "Er zijn veel codes geprobeerd" not in browser.text
    browser.post("/cards", code=CODE)
    assert "Er zijn veel codes geprobeerd" in browser.text
    other = signed_in(Role.AGENT, "omar").get("/cards")
    assert other.post("/cards", code=CODE).status == 200


def put_return(installation: Installation, ref: str, year: int, **days: date | bool) -> None:
    """Put a return of income tax in the register."""
    with installation.store.writing() as connection:
        taken = connection.execute(select(Import.id).limit(1)).scalar() or 1
        row = {"person_ref": ref, "tax": "income", "year": year, "import_id": taken}
        connection.execute(insert(Obligation).values({**row, "updated_at": NOW, **days}))


def checked(browser: Browser) -> Browser:
    browser.post("/queue/2/identity", born="1980-05-17", postcode="1234 AB")
    return browser


def test_after_the_check_the_agent_sees_what_was_filed_and_asks_for_no_return_again(
    calling: Installation, signed_in: SignIn
) -> None:
    filed, assessed = NOW.date() - timedelta(days=30), NOW.date() - timedelta(days=90)
    put_return(calling, "P1", 2021, filed_on=filed, assessed_on=assessed)
    put_return(calling, "P1", 2022, filed_on=filed)
    browser = at_the_desk(signed_in)
    assert "Doe eerst samen de aangifte" in browser.text
    assert "na een aanslag zonder aangifte" not in browser.text
    page = checked(browser)
    assert "Inkomstenbelasting 2021" in page.text
    assert "na een aanslag zonder aangifte" in page.text
    assert "vraag niet opnieuw om aangifte" in page.text
    assert "Doe eerst samen de aangifte" not in page.text
    assert "zes weken na de datum" in page.text  # of the assessment made without it


def test_after_the_check_the_agent_sees_what_is_still_owed(
    calling: Installation, signed_in: SignIn
) -> None:
    lately = NOW.date() - timedelta(days=20)
    put_return(calling, "P1", 2020, filed_on=lately)
    put_return(calling, "P1", 2021, dunned_on=lately)
    put_return(calling, "P1", 2022, extension_until=NOW.date() + timedelta(days=60))
    page = checked(at_the_desk(signed_in))
    assert "nog te doen; aanmaning van" in page.text
    assert "nog te doen; uitstel tot en met" in page.text
    assert "vraag niet opnieuw om aangifte" not in page.text
    assert "Doe eerst samen de aangifte" in page.text
    assert "vóór de datum in de aanmaning" in page.text
    assert page.text.index("2022</strong>") < page.text.index("2020</strong>")  # owed first
