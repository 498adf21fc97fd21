"""A stop says what lies at the print shop, and asks it back in the same act."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from campaigns.planning import lifecycle
from campaigns.post import stopping
from campaigns.post.pull_lists import pulls
from console.main import app
from inbound.post.answer_files import take_answer
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.states import CampaignState, TouchState
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05")
HEADER = "kind,run,file,piece_id,status,pieces,sha256,carrier_order,date\n"


@pytest.fixture
def sent(installation: Installation, snapshots: Snapshots) -> Installation:
    return snapshots.bring(installation, _send)


def _send(installation: Installation) -> None:
    populate(installation, 400, now=NOW)
    file = campaign_file(installation.settings.home, waves=("2023-06-05", "2023-06-19"), limit=30)
    launched(installation, file, now=NOW)
    deliver(installation, now=DUE)


def states(installation: Installation) -> dict[str, int]:
    with installation.store.reading() as connection:
        rows = connection.exec_driver_sql("select state, count(*) from touches group by state")
        return {row[0]: row[1] for row in rows}


@pytest.mark.thorough
def test_a_stop_asks_back_every_piece_at_the_print_shop_and_says_how_many(
    sent: Installation,
) -> None:
    there = stopping.stop(sent, "cards", by=COLLEAGUE, now=DUE)
    assert (there.pieces, there.asked_back) == (15, 15)
    (name,) = there.lists
    lines = (sent.settings.outbox / name).read_text().splitlines()
    assert len(lines) == 15 + 1
    assert {each.reason for each in pulls(sent)} == {"CAMPAIGN_STOPPED"}
    rows = "".join(f"pulled,,,{each.piece_id},pulled,,,,\n" for each in pulls(sent))
    (sent.settings.home / "answer.csv").write_text(HEADER + rows)
    take_answer(sent, sent.settings.home / "answer.csv", now=DUE)
    assert states(sent) == {TouchState.RECALLED.value: 15, TouchState.DROPPED.value: 15}
    assert stopping.at_the_shop(sent, "cards", now=DUE).pieces == 0


def test_a_campaign_that_has_finished_is_stopped_while_its_cards_are_at_the_print_shop(
    sent: Installation,
) -> None:
    deliver(sent, now=parse_moment("2023-06-19"))
    with sent.store.reading() as connection:
        assert lifecycle.find(connection, "cards").state is CampaignState.FINISHED
    there = stopping.stop(sent, "cards", by=COLLEAGUE, now=parse_moment("2023-06-19"))
    assert (there.pieces, there.asked_back) == (30, 30)
    with pytest.raises(BadInput, match="cards is stopped"):
        stopping.stop(sent, "cards", by=COLLEAGUE, now=parse_moment("2023-06-19"))


def test_what_was_printed_and_not_fetched_yet_is_asked_back_by_the_pass_after_a_stop(
    installation: Installation,
) -> None:
    _send(installation)
    stopping.stop(installation, "cards", by=COLLEAGUE, now=DUE)
    deliver(installation, now=DUE)
    assert stopping.at_the_shop(installation, "cards", now=DUE).asked_back == 15


@pytest.mark.everyday(1)
@pytest.mark.parametrize("pull", [False, True])
def test_a_pause_says_what_lies_there_and_asks_it_back_only_where_it_is_told_to(
    sent: Installation, *, pull: bool
) -> None:
    there = stopping.pause(sent, "cards", by=COLLEAGUE, now=DUE, pull=pull)
    assert (there.pieces, there.asked_back) == (15, 15 if pull else 0)
    assert bool(there.lists) is pull


@pytest.mark.thorough
def test_the_command_says_how_many_lie_at_the_printer(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KAARTJE_SECRET", "a key for tests only, nobody has another")
    from installation.installation import open_installation
    from installation.settings import Settings

    house = open_installation(
        Settings(
            home=tmp_path,
            database_url=sqlite_url,
            secret="a key for tests only, nobody has another",
        )
    )
    _send(house)
    stop = ["campaign", "stop", "cards", "--now", "2023-06-05T10:00"]
    said = CliRunner().invoke(app, [*stop])
    assert "15 pieces lie at the print shop" in said.stdout
    assert "15 of them are asked back" in said.stdout
    assert "pull-cards-w1" in said.stdout
    show = ["campaign", "show", "cards", "--json", "--now", "2023-06-05T10:00"]
    shown = json.loads(CliRunner().invoke(app, show).stdout)
    assert shown["at_the_print_shop"]["asked_back"] == 15
    house.store.engine.dispose()
