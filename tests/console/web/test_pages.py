"""The pages: each role sees its own, every look-up is written down, and no reference stands in an address."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.encoders import jsonable_encoder
from sqlalchemy import select

from campaigns.planning.audiences import Rule, save
from campaigns.planning.lifecycle import approve, launch
from campaigns.planning.submitting import submit
from campaigns.post.incidents import close, open_incident
from console.web.permissions import MAY, Area
from desk.entries.queue_entries import NewCall, enter
from installation.installation import Installation
from outcomes.explanations import why
from store.clock import parse_moment
from store.states import Road, Role
from store.tables import Person, ResponseCode, Touch
from suppression.policies import OpenCards
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, acts_of
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, MANAGER, campaign_file, launched, populate

SignIn = Callable[..., Browser]
PAGES = {
    "/today": Area.TODAY,
    "/account": Area.ACCOUNT,
    "/stop-everything": Area.STOPPING,
    "/campaigns/cards/approve": Area.DECISIONS,
    "/": Area.CAMPAIGNS,
    "/campaigns/cards": Area.CAMPAIGNS,
    "/drafts": Area.DRAFTS,
    "/drafts/new": Area.DRAFTS,
    "/words": Area.DRAFTS,
    "/words/contact-card": Area.DRAFTS,
    "/campaigns/cards/effect": Area.STATISTICS,
    "/calculators": Area.STATISTICS,
    "/print-runs": Area.PRINT_RUNS,
    "/print-shop": Area.PRINT_SHOP,
    "/print-shop/1": Area.PRINT_SHOP,
    "/imports": Area.IMPORTS,
    "/queue": Area.QUEUE,
    "/cards": Area.CALLS,
    "/follow-ups": Area.FOLLOW_UPS,
    "/why": Area.WHY,
    "/looks": Area.LOOKS,
    "/doubts": Area.DOUBTS,
    "/accounts": Area.ACCOUNTS,
}


@pytest.fixture
def delivered(console_installation: Installation, snapshots: Snapshots) -> Installation:
    """Have one campaign delivered."""
    return snapshots.bring(console_installation, _deliver)


def _deliver(installation: Installation) -> None:
    populate(installation, 200, now=NOW)
    launched(installation, campaign_file(installation.settings.home), now=NOW)
    deliver(installation, now=parse_moment("2023-06-05"))


@pytest.mark.everyday(1)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_the_table_says_and_nothing_else(
    delivered: Installation, signed_in: SignIn, role: Role
) -> None:
    browser = signed_in(role)
    for path, area in PAGES.items():
        assert browser.get(path).status == (200 if role in MAY[area] else 403), (role, path)


@pytest.mark.thorough
def test_the_campaign_page_shows_its_funnel_and_why_people_were_left_out(
    delivered: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER).get("/campaigns/cards").text
    assert "Gekozen" in page
    assert "geloot in de groep die nu niet benaderd wordt" in page
    assert "HOLD_OUT" not in page
    assert "Contactkaartjes" in page


@pytest.mark.thorough
def test_the_campaign_page_says_why_a_sensitive_column_must_select(
    console_installation: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    populate(console_installation, 200, now=NOW)
    rule = Rule(
        "language = 'nl' and years_without_return >= 2", necessity="een kaartje in de eigen taal"
    )
    save(console_installation, "own-words", rule, by=MANAGER, now=NOW)
    file = campaign_file(tmp_path, where="WHERE")
    named = "audience: {name: own-words, version: 1}"
    file.write_text(file.read_text().replace("audience:\n  where: >-\n    WHERE", named))
    launched(console_installation, file, now=NOW)
    page = signed_in(Role.MANAGER).get("/campaigns/cards").text
    assert "language = 'nl' and years_without_return >= 2" in page
    assert "Waarom dit nodig is:</strong> een kaartje in de eigen taal" in page
    assert "De bewaarde doelgroep own-words, versie 1." in page


def test_an_empty_house_says_what_to_do_next(signed_in: SignIn) -> None:
    browser = signed_in(Role.MANAGER)
    assert "kaartje campaign plan FILE" in browser.get("/").text
    assert browser.get("/print-runs").status == 200
    assert browser.get("/queue").status == 200


@pytest.mark.thorough
def test_a_print_run_is_downloaded_as_it_was_made_and_written_down(
    delivered: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.PRINT_SHOP)
    links = re.findall(r'href="(/print-runs/[^"]+)"', browser.get("/print-shop/1").text)
    assert len(links) == 5
    for link in links:
        response = browser.client.get(link)
        made = next(delivered.settings.outbox.glob(f"*/{link.rsplit('/', 1)[1]}"))
        assert response.content == made.read_bytes()
    assert len(acts_of(delivered, "downloaded")) == 5


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret.key", "%2e%2e/secret.key", "sha256/../../x", "nothing.pdf"]
)
def test_nothing_outside_a_print_run_can_be_downloaded(
    delivered: Installation, signed_in: SignIn, name: str
) -> None:
    browser = signed_in(Role.PRINT_SHOP)
    folder = re.findall(r'href="(/print-runs/[^"]+)/', browser.get("/print-shop/1").text)[0]
    assert browser.client.get(f"{folder}/{name}").status_code == 404


def test_why_is_asked_by_form_answered_with_reasons_and_written_down(
    delivered: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    browser.get("/why")
    answer = browser.post("/why", ref="P0000001", reason="a letter")
    assert answer.status == 200
    assert "P0000001" in answer.text
    assert answer.path == "/why"
    acts = acts_of(delivered, "looked_up_person")
    assert [(act.actor, act.road, act.about, act.person_ref) for act in acts] == [
        ("manager", Road.PAGE, "person", "P0000001")
    ]


@pytest.mark.thorough
def test_somebody_we_do_not_know_is_said_kindly(delivered: Installation, signed_in: SignIn) -> None:
    browser = signed_in(Role.MANAGER)
    browser.get("/why")
    assert browser.post("/why", ref="nobody", reason="a letter").status == 404
    assert "Dit kenmerk kennen we niet" in browser.text
    assert not acts_of(delivered, "looked_up_person")


def test_a_manager_approves_signed_in_but_never_their_own(
    console_installation: Installation, signed_in: SignIn, tmp_path: Path
) -> None:
    from campaigns.planning.submitting import submit
    from tests.deciding import deciding

    populate(console_installation, 200, now=NOW)
    submit(
        console_installation,
        campaign_file(tmp_path),
        by=deciding("manager"),
        now=NOW + timedelta(hours=1),
    )
    own = signed_in(Role.MANAGER)
    own.get("/campaigns/cards/approve")
    assert own.post("/campaigns/cards/approve").status == 409
    assert "iemand anders moet haar goedkeuren" in own.text
    other = signed_in(Role.MANAGER, "bilal").get("/campaigns/cards/approve")
    (seen,) = set(re.findall(r'name="seen" value="(\w+)"', other.text))
    assert other.post("/campaigns/cards/approve", seen=seen, password=PASSWORD).status == 200
    assert [(act.actor, act.road) for act in acts_of(console_installation, "approve")] == [
        ("bilal", Road.PAGE)
    ]


def test_an_agent_finds_a_card_by_its_code(delivered: Installation, signed_in: SignIn) -> None:
    with delivered.store.reading() as connection:
        code = connection.execute(select(ResponseCode.code).limit(1)).scalar_one()
    browser = signed_in(Role.AGENT)
    browser.get("/cards")
    assert browser.post("/cards", code=code).status == 200
    assert len(acts_of(delivered, "found_card")) == 1


@pytest.mark.thorough
def test_the_campaign_page_shows_a_picture_of_its_card(
    delivered: Installation, signed_in: SignIn
) -> None:
    browser = signed_in(Role.MANAGER)
    pictures = re.findall(
        r'src="(/campaigns/cards/card-[^"]+)"', browser.get("/campaigns/cards").text
    )
    assert pictures
    for picture in pictures:
        response = browser.client.get(picture)
        assert (response.status_code, response.headers["content-type"]) == (200, "image/png")


@pytest.mark.thorough
def test_the_very_card_of_a_caller_is_drawn_after_the_check_and_for_nobody_else(
    delivered: Installation, signed_in: SignIn
) -> None:
    about = select(
        Touch.campaign_id, Touch.id, Touch.person_id, Person.birth_first, Person.postcode
    )
    whole = (Touch.handed_over_at.is_not(None), Person.birth_first == Person.birth_last)
    with delivered.store.writing() as connection:
        mine, other = connection.execute(
            about.join(Person, Person.id == Touch.person_id).where(*whole).limit(2)
        )
        call = NewCall(
            line_id=1,
            reply_id=None,
            received_at=NOW,
            campaign_id=mine.campaign_id,
            touch_id=mine.id,
            person_id=mine.person_id,
        )
        enter(connection, [call])
    browser = signed_in(Role.AGENT).get("/queue")
    browser.post("/queue/1/take")
    assert browser.client.get(f"/queue/1/card-{mine.id}.png").status_code == 404
    browser.post("/queue/1/identity", born=mine.birth_first.isoformat(), postcode=mine.postcode)
    assert f'src="/queue/1/card-{mine.id}.png"' in browser.text
    picture = browser.client.get(f"/queue/1/card-{mine.id}.png")
    assert (picture.headers["content-type"], picture.headers["cache-control"]) == (
        "image/png",
        "no-store",
    )
    assert browser.client.get(f"/queue/1/card-{other.id}.png").status_code == 404


@pytest.mark.thorough
def test_a_program_asks_why_and_gets_the_same_document_as_the_command(
    delivered: Installation, signed_in: SignIn
) -> None:
    with delivered.store.reading() as connection:
        reached = select(Person.person_ref).join(Touch, Touch.person_id == Person.id).limit(1)
        ref = connection.execute(reached).scalar_one()
    browser = signed_in(Role.MANAGER).get("/why")
    browser.client.headers["accept"] = "application/json"
    document = json.loads(browser.post("/why", ref=ref, reason="a letter").text)
    assert document == json.loads(json.dumps(jsonable_encoder(why(delivered, ref).as_data())))
    assert document["campaigns"][0]["decision"] == "selected"
    unknown = signed_in(Role.MANAGER, "other").get("/why")
    unknown.client.headers["accept"] = "application/json"
    assert unknown.post("/why", ref="nobody", reason="a letter").status == 404
    assert [act.person_ref for act in acts_of(delivered, "looked_up_person")] == [ref]


def test_the_print_runs_page_says_how_far_each_piece_has_come(
    delivered: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.PRINT_SHOP).get("/print-shop/1").text
    assert "Wat de drukkerij meldt" in page
    assert "bij de drukkerij" in page


@pytest.mark.thorough
def test_an_open_incident_briefs_whoever_picks_up_the_phone(
    delivered: Installation, signed_in: SignIn
) -> None:
    by, now = MANAGER, delivered.now()
    open_incident(
        delivered, "cards", what="a wrong number", brief="Zeg sorry, en bel terug.", by=by, now=now
    )
    agent = signed_in(Role.AGENT)
    assert "Zeg sorry, en bel terug." in agent.get("/queue").text
    assert "Zeg sorry, en bel terug." in signed_in(Role.MANAGER).get("/campaigns/cards").text
    close(delivered, 1, why="all were pulled", by=by, now=now)
    assert "Zeg sorry" not in agent.get("/queue").text


@pytest.mark.thorough
def test_a_dutch_campaign_page_says_what_will_happen_and_then_what_became_of_it(
    console_installation: Installation, signed_in: SignIn
) -> None:
    populate(console_installation, 60, now=NOW)
    file = campaign_file(console_installation.settings.home, limit=5)
    submit(console_installation, file, by=MANAGER, now=NOW)
    browser = signed_in(Role.MANAGER)
    before = browser.get("/campaigns/cards").text
    assert "Wat er gaat gebeuren" in before
    assert "Wat ervan kwam" not in before
    approve(console_installation, "cards", by=COLLEAGUE, now=NOW)
    launch(console_installation, "cards", by=MANAGER, now=NOW)
    after = browser.get("/campaigns/cards").text
    assert "Wat ervan kwam" in after
    assert "Wat er gaat gebeuren" not in after
    assert "de dag ervan komt nog (tot 5 juni 2023)" in after


@pytest.mark.thorough
def test_the_approver_reads_money_and_hours_and_afterwards_what_each_run_came_to(
    console_installation: Installation, signed_in: SignIn
) -> None:
    populate(console_installation, 200, now=NOW)
    file = campaign_file(console_installation.settings.home, limit=20)
    submit(console_installation, file, by=MANAGER, now=NOW)
    browser = signed_in(Role.MANAGER)
    before = browser.get("/campaigns/cards").text
    assert "Getekend voor € 13,60 tot € 17,00, bij een budget van € 100.000,00." in before
    assert "Post, voor de prijs in het campagnebestand" in before
    assert "25 minuten per reactie" in before
    assert "Wat getekend is naast wat het kostte" not in before
    approve(console_installation, "cards", by=COLLEAGUE, now=NOW)
    launch(console_installation, "cards", by=MANAGER, now=NOW)
    deliver(console_installation, now=parse_moment("2023-06-05"))
    after = browser.get("/campaigns/cards").text
    assert "Het kostte € 17,00 en 0,0 uur aan gesprekken." in after
    assert "cards-w1-000001" in after
    assert "Dit valt buiten wat getekend is" not in after


def test_the_campaign_page_says_which_name_an_open_card_may_bear_and_why(
    delivered: Installation, signed_in: SignIn
) -> None:
    said = OpenCards(own_name="Team Dichtbij", reason="besloten in mei")
    changed = delivered.policy.model_copy(update={"open_cards": said})
    vars(delivered)["policy"] = changed  # read once, when it is first asked for
    page = signed_in(Role.MANAGER).get("/campaigns/cards").text
    assert "Op een open kaartje mag Team Dichtbij staan" in page
    assert "besloten in mei" in page
