"""The analyst's pages: whether a campaign helped, and the calculators."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from installation.installation import Installation
from store.states import Role
from store.tables import AuditEntry, Campaign
from tests.builders import put_tried_campaign
from tests.console.conftest import Browser

SignIn = Callable[..., Browser]


@pytest.fixture
def tried(console_installation: Installation) -> Installation:
    """Have a campaign of which 3 of 4 who got a card filed, and 1 of 4 who were held out."""
    with console_installation.store.writing() as connection:
        put_tried_campaign(connection, console_installation.now())
    return console_installation


def test_the_effect_stands_beside_its_control_with_what_is_not_known(
    tried: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.ANALYST).get("/campaigns/pilot/effect").text
    assert "Het is niet aangetoond dat het kaartje verschil maakte" in page
    assert "Dit bewijst niet dat het niet hielp" in page
    assert "hold-out (controlegroep)" in page
    assert "card min controlegroep: +50,0 procentpunt" in page
    assert "p 0,257" in page  # Fisher's tea, 3 of 4 against 1 of 4: 17 of 35, mid-p 9 of 35
    assert page.count("<svg") == page.count('role="img"') == 3
    assert "8 mensen zijn geloot" in page
    assert "8 mensen in de doelgroep" in page
    with tried.store.reading() as connection:
        looks = connection.execute(
            select(AuditEntry.detail).where(AuditEntry.action == "looked_at_effect")
        ).scalars()
        assert [look["planned"] for look in looks] == [False]


def test_a_day_without_an_answer_is_said_on_the_page(
    tried: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.ANALYST)
    early = browser.get("/campaigns/pilot/effect?as_of=2023-04-30")
    assert early.status == 400
    assert "30 april 2023 ligt voor de eerste dag van de campagne" in early.text
    for nothing in ("/campaigns/pilot/effect?as_of=nooit", "/campaigns/nope/effect"):
        assert browser.get(nothing).status == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("what=compare&control=60/300&arm=400/1200", "13,33"),
        ("what=sample-size&control=0,10&treated=0.15&power=0.8", "686"),
        ("what=erlang&calls=100&per=30m&handling=180s&agents=10&target=20s", "niet te zeggen"),
        ("what=pace&pieces=5000&waves=5&every=7d&callers=.15", "23,31"),
        ("what=boundaries&looks=5&kind=lan-demets", "4,8769; 3,3570"),
    ],
)
def test_a_calculator_answers_below_its_form(
    console_installation: Installation, signed_in: SignIn, asked: str, said: str
) -> None:
    assert said in signed_in(Role.MANAGER).get(f"/calculators?{asked}").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("what=compare&control=5/3&arm=1/2", "5 van 3 kan niet"),
        ("what=detectable&control=x&per_arm=5&power=.8", "is geen aandeel"),
        ("what=boundaries&looks=99&kind=pocock", "99 is te weinig of te veel"),
        ("what=nope", "nope is niet bekend"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why(
    console_installation: Installation, signed_in: SignIn, asked: str, said: str
) -> None:
    answer = signed_in(Role.MANAGER).get(f"/calculators?{asked}")
    assert answer.status == 400
    assert said in answer.text


def test_a_dutch_page_of_calculators_shows_a_comma_in_its_examples(
    console_installation: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER).get("/calculators").text
    assert 'value="0,8"' in page
    assert re.findall(r'value="\d+\.\d+"', page) == []


def test_what_nobody_did_is_a_sentence_and_no_empty_table(
    tried: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.ANALYST).get("/campaigns/pilot/effect").text
    parts = page.split("<section")
    nobody = [part for part in parts if "Van niemand is dit tot nu toe bekend" in part]
    assert len(nobody) >= 1
    assert [part for part in nobody if "<table" in part] == []


@pytest.mark.thorough
def test_the_campaigns_own_page_sets_the_hold_out_beside_what_became_of_people(
    tried: Installation, signed_in: SignIn
) -> None:
    with tried.store.writing() as connection:
        connection.execute(update(Campaign).values(launched_at=tried.now()))
    page = signed_in(Role.ANALYST).get("/campaigns/pilot").text
    assert "Controlegroep, die niets kreeg" in page
    assert "1 van 4 (25,0%)" in page
    assert "niet wie zo ver kwam of verder" in page
