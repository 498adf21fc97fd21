"""Is this really from you? And the entrance of people who help somebody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from channels.codes import response_code
from console.web.public.rate_limits import EVERYBODY
from desk.entries import agents
from inbound.replies import unmatched
from installation.installation import Installation
from store.states import CallKind
from store.tables import Campaign, CodeGuess, PhoneLine, Reply
from tests.console.web.public.conftest import NOON, Passer

Calls = Callable[[], list[Any]]
UNKNOWN = response_code(1)


def test_the_page_says_who_we_are_and_what_we_never_ask(passer: Passer) -> None:
    passer.get("/echt")
    for said in (
        "Team Dichtbij",
        "Sinds 5 juni 2023: kaartjes en brieven.",
        "0800 1234",
        "BSN",
        "DigiD",
        "pincode",
    ):
        assert said in passer.text
    assert "Contactkaartjes" not in passer.text  # a campaign's own title is for colleagues
    assert "Since 5 June 2023: cards and letters." in passer.get("/echt?lang=en").text


def test_nothing_is_shown_of_a_campaign_that_has_not_begun_or_whose_line_is_closed(
    town: Installation, passer: Passer
) -> None:
    for values in (
        {"first_date": NOON.date() + timedelta(days=1)},
        {"line_open_until": NOON.date() - timedelta(1)},
    ):
        with town.store.writing() as connection:
            kept = connection.execute(
                select(*(getattr(Campaign, name) for name in values))
            ).scalar_one()
            connection.execute(update(Campaign).values(values))
        assert "sturen wij niemand" in passer.get("/echt").text
        with town.store.writing() as connection:
            connection.execute(update(Campaign).values(dict.fromkeys(values, kept)))


def test_a_code_is_answered_with_a_number_whether_it_is_on_a_card_or_not(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    answers = []
    for code in (codes[0], UNKNOWN):
        passer.get("/echt").send("/echt", code=code)
        assert "Staat dit nummer ook op uw kaartje?" in passer.text
        answers.append(passer.text.replace(passer.form("/echt")["key"], "").replace(code, ""))
    assert answers[0] == answers[1]
    with town.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(Reply)).scalar_one() == 0


@pytest.mark.thorough
def test_with_several_lines_a_card_gets_its_own_and_no_unknown_code_can_be_told_by_its_answer(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    with town.store.writing() as connection:
        values = {"number": "+318001235", "name": "Lijn Verder", "hours": ""}
        other = connection.execute(
            insert(PhoneLine).values(values).returning(PhoneLine.id)
        ).scalar_one()
        row = dict(connection.execute(select(Campaign.__table__)).mappings().one())
        connection.execute(
            insert(Campaign).values({**row, "id": None, "name": "more", "line_id": other})
        )
        connection.execute(select(Campaign.id)).all()

    def number_for(code: str) -> str:
        passer.get("/echt").send("/echt", code=code)
        assert passer.status == 200
        with town.store.writing() as connection:
            connection.execute(delete(CodeGuess))
        return (
            passer.text.partition('class="answer"')[2].partition('href="tel:')[2].partition('"')[0]
        )

    assert {number_for(code) for code in codes[:4]} == {"+318001234"}
    decoys = {response_code(draw): number_for(response_code(draw)) for draw in range(1, 9)}
    assert set(decoys.values()) == {"+318001234", "+318001235"}
    assert {code: number_for(code) for code in decoys} == decoys


def test_a_mistyped_code_is_said_to_be_mistyped_and_costs_nothing(
    town: Installation, passer: Passer
) -> None:
    for typed in ("1234567891", "hallo", "", "1" * 20):
        assert passer.get("/echt").send("/echt", code=typed).status == 422
    with town.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(CodeGuess)).scalar_one() == 0


def test_nobody_finds_cards_by_trying_and_no_address_is_kept(
    town: Installation, passer: Passer, codes: list[str]
) -> None:
    for code in [*codes[:3], UNKNOWN, UNKNOWN]:
        assert passer.get("/echt").send("/echt", code=code).status == 200
    for code in (codes[0], UNKNOWN):
        assert passer.get("/echt").send("/echt", code=code).status == 429
        assert "Wacht een kwartier" in passer.text
        assert 'href="tel:+318001234"' in passer.text
    with town.store.reading() as connection:
        sources = set(connection.execute(select(CodeGuess.source)).scalars())
    assert "testclient" not in str(sources)
    assert len(sources) == 2


@pytest.mark.thorough
def test_all_visitors_together_have_a_limit_too_and_old_tries_are_forgotten(
    town: Installation, passer: Passer
) -> None:
    with town.store.writing() as connection:
        rows = [{"source": EVERYBODY, "at": NOON - timedelta(minutes=1)}] * 299
        old = [{"source": EVERYBODY, "at": NOON - timedelta(days=2)}]
        connection.execute(insert(CodeGuess), rows + old)
    assert passer.get("/k").send("/k/call", number="0612345678").status == 200
    assert passer.get("/k").send("/k/call", number="0612345678").status == 429
    with town.store.reading() as connection:
        first = connection.execute(select(func.min(CodeGuess.at))).scalar_one()
    assert first > NOON - timedelta(days=1)


def test_a_helper_stands_in_the_helpers_queue_and_is_about_nobody(
    town: Installation, passer: Passer, calls: Calls
) -> None:
    agents.register(town.store, "Fatma", ["nl"], now=NOON)
    agents.train(town.store, "Fatma", "helpers", on=NOON.date(), by="Anja", now=NOON)
    passer.get("/helpen").send(
        "/helpen",
        name="Jan Voorbeeld",
        organisation="Buurthuis Oost",
        number="0612345678",
        authorised="no",
    )
    assert "Wij bellen u zo snel mogelijk, op 06 12345678" in passer.text
    (call,) = calls()
    assert (call.skill, call.kind, call.person_id) == ("helpers", CallKind.CALL_BACK, None)
    with town.store.reading() as connection:
        said = connection.execute(select(Reply.text)).scalar_one()
    assert said == "Helpt iemand anders: Jan Voorbeeld, Buurthuis Oost; heeft geen machtiging."
    assert unmatched(town.store) == []  # a helper is nobody to match


def test_where_no_agent_is_trained_for_helpers_anybody_calls_them(
    passer: Passer, calls: Calls
) -> None:
    passer.get("/helpen").send(
        "/helpen", name="Jan", organisation="buur", number="0612345678", authorised="yes"
    )
    assert [call.skill for call in calls()] == ["any"]


@pytest.mark.thorough
def test_a_helper_is_told_what_is_missing(passer: Passer, calls: Calls) -> None:
    full = {"name": "Jan", "organisation": "buur", "number": "0612345678", "authorised": "yes"}
    words = {
        "name": "Vul uw naam in",
        "organisation": "Vul uw organisatie in",
        "authorised": "Kies ja of nee",
    }
    for missing, said in words.items():
        assert passer.get("/helpen").send("/helpen", None, **{**full, missing: ""}).status == 422
        assert said in passer.text
    assert calls() == []


def test_each_running_campaign_says_what_it_sends_to_whom_on_what_ground_and_how_to_object(
    town: Installation, passer: Passer
) -> None:
    passer.get("/waarom")
    assert "Wat Team Dichtbij stuurt sinds 5 juni 2023" in passer.text
    (place,) = re.findall(r'href="(/waarom/\d+)"', passer.text)
    passer.get(place)
    for said in (
        "kaartjes en brieven",
        "voor zover wij weten:",
        "De grondslag is: een taak van algemeen belang",
        "uw naam en adres gaan naar de drukker",
        "u hoeft niet te zeggen waarom",
        "0800 1234",
        "Autoriteit Persoonsgegevens",
    ):
        assert said.casefold() in passer.text.casefold()
    for ours in ("Contactkaartjes", "contact-cards", "years_without_return"):
        assert ours not in passer.text  # a campaign's own title is for colleagues
    assert "You need not say why." in passer.get(f"{place}?lang=en").text
    with town.store.writing() as connection:
        kept = connection.execute(select(Campaign.line_open_until)).scalar_one()
        connection.execute(update(Campaign).values(line_open_until=NOON.date() - timedelta(1)))
    assert passer.get(place).status == 404
    assert "sturen wij niemand" in passer.get("/waarom").text
    with town.store.writing() as connection:
        connection.execute(update(Campaign).values(line_open_until=kept))
    assert [passer.get(f"/waarom/{odd}").status for odd in (0, 99, 10**30, "x")] == [404] * 4
