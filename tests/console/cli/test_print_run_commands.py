"""`kaartje post`, and the page of print runs: where each run stands, in words and in JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from campaigns.planning import lifecycle
from console.main import app
from console.web.app import make_app
from installation.installation import Installation
from store.clock import parse_moment
from store.states import Role
from tests.channels.shop_server import ShopServer, serving
from tests.conftest import NOW
from tests.console.conftest import Browser, TestClient, come_in
from tests.passes import deliver, deliver_with_failures
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = "2023-06-05T09:00"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        yield server


@pytest.fixture
def shop(server: ShopServer, tmp_path: Path) -> Path:
    return server.describe(tmp_path)


@pytest.fixture
def made(
    console_installation: Installation, server: ShopServer, shop: Path, tmp_path: Path
) -> Installation:
    """Make one run that the shop could not take."""
    from dataclasses import replace

    from channels.shops import read_shop

    populate(console_installation, 150, now=NOW)
    launched(console_installation, campaign_file(tmp_path), now=NOW)
    installation = replace(console_installation, shop=read_shop(shop))
    server.faults.room = 0
    done, failures = deliver_with_failures(installation, now=parse_moment(DUE))
    assert (done.runs_waiting, len(failures)) == (1, 1)
    server.faults.room = None
    return installation


def kaartje(installation: Installation, shop: Path, *words: str) -> Result:
    ours = {
        "KAARTJE_HOME": str(installation.settings.home),
        "KAARTJE_PRINT_SHOP": str(shop),
        "KAARTJE_SECRET": "a key for tests only, nobody has another",
        "KAARTJE_DATABASE_URL": "",
    }
    return CliRunner().invoke(app, words, env=ours)


def document_of(run: Result) -> Any:
    assert run.exit_code == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.thorough
def test_a_run_is_listed_handed_over_and_shown(
    made: Installation, shop: Path, server: ShopServer
) -> None:
    (run,) = document_of(kaartje(made, shop, "post", "list", "--json"))
    assert (run["state"], run["open"]) == ("made", "it is not at the print shop yet")
    assert document_of(kaartje(made, shop, "post", "hand-over", "--now", DUE, "--json")) == {
        "runs": 1,
        "lists": 0,
        "reprints": 0,
        "releases": 0,
        "recalled": 0,
        "waiting": [],
    }
    assert f"{run['key']}.ready" in server.files()
    shown = kaartje(made, shop, "post", "show", run["key"])
    assert f"{run['key']}: handed over, wave 1 of cards, at De Linde" in shown.stdout
    assert "the print shop has not said that it has received it" in shown.stdout
    assert all(file["sha256"] in shown.stdout for file in run["files"])


@pytest.mark.thorough
def test_what_cannot_go_now_is_said_and_the_command_fails(
    made: Installation, shop: Path, server: ShopServer
) -> None:
    server.faults.room = 0
    run = kaartje(made, shop, "post", "hand-over", "--now", DUE)
    assert run.exit_code == 1
    assert "refuses to write" in run.stdout
    assert "its disk is full" in run.stdout


def test_a_run_nobody_knows_and_a_shop_file_that_is_wrong_are_bad_input(
    made: Installation, shop: Path
) -> None:
    unknown = kaartje(made, shop, "post", "show", "nothing")
    assert unknown.exit_code == 2
    assert "there is no print run 'nothing'" in unknown.stderr
    shop.write_text(shop.read_text().replace("port =", "ports ="))
    wrong = kaartje(made, shop, "post", "list")
    assert wrong.exit_code == 2
    assert "line 5, sftp.ports: is not a known key of a print shop's file" in wrong.stderr


def page(installation: Installation) -> str:
    return come_in(installation, "printer", Role.MANAGER).get("/print-runs").text


@pytest.mark.thorough
def test_the_page_says_kindly_where_a_run_stands(made: Installation) -> None:
    assert "Deze opdracht is nog niet bij de drukker." in page(made)


@pytest.mark.thorough
def test_the_page_says_that_a_run_waits_for_its_campaign(made: Installation) -> None:
    lifecycle.pause(made, "cards", by=COLLEAGUE, now=parse_moment(DUE))
    assert "De campagne is gepauzeerd: deze opdracht wacht" in page(made)


@pytest.mark.thorough
def test_the_page_tells_a_run_that_was_recalled_from_one_that_is_closed(made: Installation) -> None:
    lifecycle.stop(made, "cards", by=COLLEAGUE, now=parse_moment(DUE))
    deliver(made, now=parse_moment(DUE))
    text = page(made)
    assert "teruggehaald" in text
    assert "afgesloten" not in text


@pytest.mark.thorough
def test_the_page_says_since_when_a_run_is_at_which_shop(made: Installation) -> None:
    deliver(made, now=parse_moment(DUE))
    assert "bij de drukker" in page(made)
    assert ", De Linde" in page_again(made)


def page_again(installation: Installation) -> str:
    return (
        Browser(client=TestClient(make_app(installation)))
        .sign_in("printer")
        .get("/print-runs")
        .text
    )


@pytest.mark.thorough
def test_the_carriers_order_is_taken_and_what_is_wrong_in_it_is_one_line(
    made: Installation, shop: Path
) -> None:
    (run,) = document_of(kaartje(made, shop, "post", "list", "--json"))
    with (made.settings.outbox / run["key"] / "manifest.csv").open(newline="") as manifest:
        pieces = [line.split(",")[0] for line in manifest.read().splitlines()[1:]]
    file = made.settings.home / "carrier.csv"
    file.write_text("piece_id,sort_order\n" + f"{pieces[0]},1\n")
    asked = ("post", "enrich", run["key"], str(file), "--as", "anja", "--now", DUE)
    refused = kaartje(made, shop, *asked)
    assert refused.exit_code == 2
    assert f"of {len(pieces)} pieces are missing" in refused.stderr
    file.write_text(
        "piece_id,sort_order\n"
        + "".join(f"{each},{-at % 90_000}\n" for at, each in enumerate(pieces))
    )
    assert document_of(kaartje(made, shop, *asked, "--json")) == {
        "pieces": len(pieces),
        "files": 1,
        "ignored": [],
    }
