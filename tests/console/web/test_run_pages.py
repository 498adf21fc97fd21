"""A manager's pages of print runs: pull lists, reprints, incidents, seeds, and files of replies."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from campaigns.post.incidents import incidents
from campaigns.post.pull_lists import want
from campaigns.touches.seed_addresses import seeds
from installation.installation import Installation
from store.clock import parse_moment
from store.states import Role
from store.tables import PrintPiece, Reply
from tests.conftest import NOW
from tests.console.conftest import Browser, acts_of
from tests.inbound.printed import AtTheShop, at_the_shop
from tests.inbound.test_post_answers import signed
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

SignIn = Callable[..., Browser]
SEED = {
    "addressee": "Anja <b>",
    "street": "Brink",
    "house_number": "12a",
    "postcode": "7411 BT",
    "town": "Deventer",
}


@pytest.fixture
def run(console_installation: Installation) -> AtTheShop:
    return signed(at_the_shop(console_installation, 4))


def test_a_wrong_card_is_reported_on_the_page_of_its_run_and_closed_with_how_it_ended(
    run: AtTheShop, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER).get(f"/print-runs/{run.run_id}")
    path = f"/print-runs/{run.run_id}/incident"
    assert manager.post(path, what=" ", brief="bel terug").status == 409
    assert "bel terug" in manager.text  # nothing that was typed is lost
    done = manager.post(path, what="een verkeerd nummer", brief="bel terug")
    assert done.path == "/incidents"
    assert manager.post(path, what="nog eens", brief="").status == 409
    (open_one,) = incidents(run.installation)
    assert open_one.run == run.key
    assert "gevraagd" in manager.get(f"/print-runs/{run.run_id}").text
    close = f"/incidents/{open_one.id}/close"
    assert manager.post(close, why="").status == 409
    assert manager.post(close, why="alles is teruggehaald").path == "/incidents"
    assert incidents(run.installation) == []
    assert manager.post(close, why="nog eens").status == 409
    assert manager.post("/incidents/99/close", why="x").status == 404
    assert [act.actor for act in acts_of(run.installation, "close incident")] == ["manager"]


@pytest.mark.thorough
def test_pull_lists_and_reprints_are_asked_for_on_the_page(
    console_installation: Installation, signed_in: SignIn
) -> None:
    populate(console_installation, 100, now=NOW)
    home = console_installation.settings.home
    launched(console_installation, campaign_file(home, limit=5), now=NOW)
    deliver(console_installation, now=parse_moment("2023-06-05"))
    with console_installation.store.writing() as connection:
        piece = connection.execute(select(func.min(PrintPiece.piece_id))).scalar_one()
        want(connection, PrintPiece.piece_id == piece, "OBJECTION", now=NOW)
    manager = signed_in(Role.MANAGER).get("/print-runs/1")
    assert "nog te vragen" in manager.text
    manager.post("/print-runs/1/pulls")
    assert "de lijsten staan klaar" in manager.text
    assert "nog te vragen" not in manager.text
    shop = signed_in(Role.PRINT_SHOP).get("/print-shop/1")
    (link,) = re.findall(r'href="(/print-runs/1/pull-[^"]+)"', shop.text)
    assert piece in shop.client.get(link).text
    manager.post("/print-runs/1/reprint")
    assert "geen misdruk" in manager.text


@pytest.mark.thorough
def test_seeds_are_added_stopped_and_their_arrival_recorded_on_a_page(
    run: AtTheShop, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER).get("/seeds")
    assert manager.post("/seeds", **(SEED | {"postcode": "74"})).status == 400
    assert 'value="Anja <b>"' in manager.text  # as it was typed
    assert manager.post("/seeds", **SEED).path == "/seeds"
    assert manager.post("/seeds", **SEED).status == 400  # twice does nothing twice
    (line,) = seeds(run.installation)
    assert manager.post("/seeds/arrived", piece="12", on="31-02-2023").status == 400
    assert manager.post("/seeds/arrived", piece="=1+1", on="2023-05-31").status == 400
    assert manager.post(f"/seeds/{line.id}/stop").path == "/seeds"
    assert not seeds(run.installation)[0].active
    assert manager.post("/seeds/999/stop").status == 404


def test_replies_are_uploaded_once_with_refused_rows_at_their_line(
    run: AtTheShop, signed_in: SignIn
) -> None:
    manager = signed_in(Role.MANAGER)
    rows = "received_at,kind,number\n2023-05-31T10:00,called,0612345678\nnever,called,\n"
    for _ in range(2):
        page = send(manager, rows)
        assert page.status == 200
        assert "1 regel is niet overgenomen" in page.text
        assert 'class="figure">3</th>' in page.text
    assert replies(run.installation) == 1
    assert len(acts_of(run.installation, "uploaded_import")) == 2
    people = send(manager, "person_ref,family_name,birth_date\n1,Jansen,1980-01-01\n")
    assert people.status == 400
    assert "kaartje import" in people.text
    assert send(manager, "").status == 400


def send(browser: Browser, rows: str) -> Browser:
    browser.get("/imports/new")
    files = {"file": ("antwoorden.csv", rows.encode())}
    posted = browser.client.post("/imports/new/answers", data={"csrf": browser.token}, files=files)
    return browser._seen(posted)


def replies(installation: Installation) -> int:
    with installation.store.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(Reply)).scalar_one())


@pytest.mark.thorough
def test_a_finished_campaign_is_stopped_on_its_page_while_cards_are_at_the_print_shop(
    console_installation: Installation, signed_in: SignIn
) -> None:
    populate(console_installation, 100, now=NOW)
    home = console_installation.settings.home
    launched(console_installation, campaign_file(home, limit=5), now=NOW)
    deliver(console_installation, now=parse_moment("2023-06-05"))
    manager = signed_in(Role.MANAGER).get("/campaigns/cards")
    assert "Er liggen 5 stuks bij de drukker. Met stoppen vraagt u die ook terug." in manager.text
    manager.post("/campaigns/cards/stop", sure="yes")
    assert "Wat bij de drukker ligt, is teruggevraagd" in manager.text
    assert "/campaigns/cards/stop" not in manager.get("/campaigns/cards").text
