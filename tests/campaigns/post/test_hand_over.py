"""A print run and the print shop: it is there once its control file is, and until then it can be held or recalled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from campaigns.planning import lifecycle
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.incidents import open_incident
from campaigns.post.outbox_runs import HandedOver
from campaigns.post.print_runs import Run, runs
from campaigns.post.reprints import reprint
from channels.shops import read_shop
from installation.installation import Installation
from installation.stop_everything import stop_everything
from store.clock import parse_moment
from store.errors import BadInput
from store.states import CampaignState, PieceState, RunState, TouchState
from store.tables import Campaign, Person, PrintPiece, PrintRun, Touch
from tests.channels.shop_server import ShopServer, serving
from tests.passes import Delivered, deliver, deliver_with_failures
from tests.stories import COLLEAGUE, campaign_file, launched, populate

DUE = parse_moment("2023-06-05T09:00")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ShopServer]:
    with serving(tmp_path / "shop") as server:
        yield server


@pytest.fixture
def running(
    installation: Installation, tmp_path: Path, server: ShopServer, now: datetime
) -> Installation:
    """Put a campaign of one wave in a house whose shop has a server."""
    populate(installation, 150, now=now)
    installation = replace(installation, shop=read_shop(server.describe(tmp_path)))
    launched(installation, campaign_file(tmp_path), now=now)
    return installation


def run_of(installation: Installation) -> Run:
    (run,) = runs(installation)
    return run


def states(installation: Installation) -> tuple[set[TouchState], set[PieceState]]:
    """Return the states of touches and pieces."""
    with installation.store.reading() as connection:
        touches = set(connection.execute(select(Touch.state)).scalars())
        return touches, set(connection.execute(select(PrintPiece.state)).scalars())


def campaign_state(installation: Installation) -> str:
    with installation.store.reading() as connection:
        return CampaignState(connection.execute(select(Campaign.state)).scalar_one())


def deliver_while_shut(installation: Installation) -> Delivered:
    """Make a pass of which only the hand-over fails, because the shop's server takes nothing."""
    done, failures = deliver_with_failures(installation, now=DUE)
    assert [each.partition(" (")[0] for each in failures] == ["hand over print runs"]
    assert failures[0].startswith("hand over print runs (print shop, ")
    return done


def shut(server: ShopServer) -> None:
    server.faults.room = 0


def opened(server: ShopServer) -> None:
    server.faults.room = None


@pytest.mark.thorough
def test_a_delivered_run_stands_at_the_shop_with_every_file_and_the_ledger_says_since_when(
    running: Installation, server: ShopServer
) -> None:
    done = deliver(running, now=DUE)
    run = run_of(running)
    assert (done.runs, done.runs_waiting) == (1, 0)
    assert (run.state, run.shop, run.handed_over_at) == ("handed_over", "De Linde", DUE)
    there = server.files()
    assert set(there) == {f"{run.key}.ready", *(f"{run.key}/{file.name}" for file in run.files)}
    assert all(len(there[f"{run.key}/{file.name}"]) == file.bytes for file in run.files)
    assert {line.split("  ")[0] for line in there[f"{run.key}.ready"].decode().splitlines()} == {
        file.sha256 for file in run.files
    }
    assert states(running) == ({TouchState.HANDED_OVER}, {PieceState.HANDED_OVER})
    assert campaign_state(running) == "finished"
    assert deliver(running, now=DUE) == Delivered()


def test_without_a_server_a_run_is_handed_over_as_soon_as_it_stands_in_the_outbox(
    running: Installation, server: ShopServer
) -> None:
    collects = replace(running, shop=None)
    assert deliver(collects, now=DUE).runs == 1
    assert (run_of(collects).state, run_of(collects).shop) == ("handed_over", None)
    assert not (server.root / "in").exists()


def test_a_shop_that_cannot_take_it_leaves_the_run_made_and_the_campaign_running(
    running: Installation, server: ShopServer
) -> None:
    shut(server)
    assert deliver_while_shut(running).runs_waiting == 1
    run = run_of(running)
    assert (run.state, run.open) == ("made", "it is not at the print shop yet")
    assert campaign_state(running) == "running"
    opened(server)
    assert hand_over_runs(running, now=DUE) == HandedOver(runs=1)
    deliver(running, now=DUE)
    assert campaign_state(running) == "finished"


@pytest.mark.thorough
def test_a_run_of_a_paused_campaign_waits_and_goes_when_the_campaign_goes_on(
    running: Installation, server: ShopServer
) -> None:
    shut(server)
    deliver_while_shut(running)
    opened(server)
    lifecycle.pause(running, "cards", by=COLLEAGUE, now=DUE)
    (waiting,) = hand_over_runs(running, now=DUE).waiting
    assert waiting.why == "its campaign is paused"
    assert run_of(running).open == "its campaign is paused: it goes when the campaign goes on"
    assert not any(name.endswith(".ready") for name in server.files())
    lifecycle.resume(running, "cards", by=COLLEAGUE, now=DUE)
    assert hand_over_runs(running, now=DUE).runs == 1


def test_a_run_of_a_stopped_campaign_is_recalled_and_nothing_of_it_stays_at_the_shop(
    running: Installation, server: ShopServer
) -> None:
    server.faults.room = 20_000
    deliver_while_shut(running)
    assert server.files()
    opened(server)
    lifecycle.stop(running, "cards", by=COLLEAGUE, now=DUE)
    with running.store.reading() as connection:
        count = len(connection.execute(select(Touch.id)).all())
    assert hand_over_runs(running, now=DUE) == HandedOver(recalled=count)
    assert server.files() == {}
    assert states(running) == ({TouchState.RECALLED}, {PieceState.RECALLED})
    assert (run_of(running).state, run_of(running).open) == ("closed", "")
    assert hand_over_runs(running, now=DUE) == HandedOver()


def test_a_stop_that_comes_after_the_shop_could_begin_finds_the_run_handed_over(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    with (
        running.store.writing() as connection
    ):  # as it is when the power fails before it was written down
        connection.execute(update(PrintRun).values(state=RunState.MADE))
        connection.execute(update(Campaign).values(state=CampaignState.STOPPED))
    (running.settings.outbox / ".leaving" / run_of(running).key).mkdir(parents=True)
    assert hand_over_runs(running, now=DUE) == HandedOver(runs=1)
    assert states(running)[0] == {TouchState.HANDED_OVER}


def test_a_crash_between_the_shop_and_the_ledger_is_mended_by_the_next_pass(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    with running.store.writing() as connection:
        connection.execute(update(PrintRun).values(state=RunState.MADE))
    server.faults.written = 0
    server.faults.renamed.clear()
    assert hand_over_runs(running, now=DUE) == HandedOver(runs=1)
    assert (server.faults.written, server.faults.renamed) == (0, [])


@pytest.mark.thorough
def test_a_run_whose_file_was_changed_in_the_outbox_is_not_sent_and_holds_up_no_other(
    running: Installation, server: ShopServer, tmp_path: Path, now: datetime
) -> None:
    shut(server)
    launched(
        running,
        campaign_file(tmp_path, name="more", seed=4, where="years_without_return = 1"),
        now=now,
    )
    deliver_while_shut(running)
    opened(server)
    first, other = sorted(run.key for run in runs(running))
    (running.settings.outbox / first / "manifest.csv").write_text("other")
    done = hand_over_runs(running, now=DUE)
    assert (done.runs, [each.key for each in done.waiting]) == (1, [first])
    assert "manifest.csv in the outbox is gone, or is not what was made" in done.waiting[0].why
    assert f"{other}.ready" in server.files()


@pytest.mark.thorough
def test_one_run_is_handed_over_by_its_key_and_a_key_nobody_knows_is_bad_input(
    running: Installation, server: ShopServer
) -> None:
    shut(server)
    deliver_while_shut(running)
    opened(server)
    with pytest.raises(BadInput, match="there is no print run 'nothing'"):
        hand_over_runs(running, now=DUE, key="nothing")
    assert hand_over_runs(running, now=DUE, key=run_of(running).key).runs == 1


def test_a_run_that_somebody_is_handing_over_is_left_to_them(
    running: Installation, server: ShopServer
) -> None:
    shut(server)
    deliver_while_shut(running)
    opened(server)
    with running.store.holding(f"hand-over-{run_of(running).key}") as held:
        assert held
        (waiting,) = hand_over_runs(running, now=DUE).waiting
    assert waiting.why == "it is being handed over at this moment"
    assert not any(name.endswith(".ready") for name in server.files())


def test_whoever_objects_before_the_transfer_is_on_a_pull_list_that_travels_with_the_run(
    running: Installation, server: ShopServer
) -> None:
    shut(server)
    deliver_while_shut(running)
    opened(server)
    key = run_of(running).key
    with running.store.writing() as connection:
        one = connection.execute(
            select(PrintPiece.piece_id, Touch.person_id)
            .join(Touch, Touch.id == PrintPiece.touch_id)
            .limit(1)
        ).one()
        connection.execute(
            update(Person).where(Person.id == one.person_id).values(deceased_on=DUE.date())
        )
    hand_over_runs(running, now=DUE)
    pulled = server.files()[f"{key}/pull-{key}-1.csv"].decode()
    assert one.piece_id in pulled
    assert "DECEASED" not in pulled
    assert f"{key}/pull-{key}-1.csv" in server.files()[f"{key}.ready"].decode()
    assert hand_over_runs(running, now=DUE) == HandedOver()


def test_whoever_objects_after_the_transfer_is_on_a_list_that_is_sent_after_it_once(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    key = run_of(running).key
    with running.store.writing() as connection:
        one = connection.execute(
            select(PrintPiece.piece_id, Touch.person_id)
            .join(Touch, Touch.id == PrintPiece.touch_id)
            .limit(1)
        ).one()
        connection.execute(
            update(Person).where(Person.id == one.person_id).values(deceased_on=DUE.date())
        )
    shut(server)
    deliver_while_shut(running)
    assert f"pull-{key}-1.csv" not in server.files()
    opened(server)
    assert hand_over_runs(running, now=DUE) == HandedOver(lists=1)
    assert one.piece_id in server.files()[f"pull-{key}-1.csv"].decode()
    assert hand_over_runs(running, now=DUE) == HandedOver()


def test_what_an_incident_asks_back_reaches_the_shop_while_the_incident_is_open(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    key = run_of(running).key
    open_incident(running, key, what="another number", brief="", by=COLLEAGUE, now=DUE)
    deliver(running, now=DUE)
    with running.store.reading() as connection:
        pieces = connection.execute(select(PrintPiece.piece_id)).scalars().all()
    asked_back = server.files()[f"pull-{key}-1.csv"].decode()
    assert all(piece in asked_back for piece in pieces)


def test_who_may_no_longer_be_reached_is_asked_back_while_everything_is_stopped(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    key = run_of(running).key
    stop_everything(running.store, by=COLLEAGUE, now=DUE, reason="another number on the card")
    with running.store.writing() as connection:
        connection.execute(update(Person).values(deceased_on=DUE.date()))
    deliver(running, now=DUE)
    assert len(server.files()[f"pull-{key}-1.csv"].decode().splitlines()) > 1


@pytest.mark.thorough
def test_spoiled_pieces_go_to_the_shop_again_as_a_small_run_that_arrives_once(
    running: Installation, server: ShopServer
) -> None:
    deliver(running, now=DUE)
    key = run_of(running).key
    with running.store.writing() as connection:
        one = connection.execute(
            select(func.min(PrintPiece.piece_id)).where(PrintPiece.seed_id.is_(None))
        ).scalar_one()
        spoiled = (
            update(PrintPiece).where(PrintPiece.piece_id == one).values(state=PieceState.SPOILED)
        )
        connection.execute(spoiled)
    assert reprint(running, key, by=COLLEAGUE, now=DUE).pieces == 1
    assert hand_over_runs(running, now=DUE).reprints == 1
    there = server.files()
    assert f"{key}-r1/{key}-r1.pdf" in there[f"{key}-r1.ready"].decode()
    assert one in there[f"{key}-r1/{key}-r1.csv"].decode()
    assert {f"{key}-r1/{key}-r1.json", f"{key}-r1/{key}-r1.xjdf"} <= there.keys()
    for name in there:
        (server.root / "in" / name).unlink()
    assert hand_over_runs(running, now=DUE) == HandedOver()
    assert server.files() == {}


def test_a_dry_house_hands_nothing_over(running: Installation, server: ShopServer) -> None:
    shut(server)
    deliver_while_shut(running)
    opened(server)
    dry = replace(running, settings=running.settings.model_copy(update={"dry": True}))
    assert hand_over_runs(dry, now=DUE) == HandedOver()
    assert not any(name.endswith(".ready") for name in server.files())


def test_the_ledger_keeps_what_the_run_costs_by_the_list_of_that_day(
    running: Installation, server: ShopServer, tmp_path: Path
) -> None:
    priced = server.describe(
        tmp_path,
        prices='set_up = 10\nprint = {"148x105" = 0.05}\npostage = [{up_to = 20, sorted = 0.60, unsorted = 0.75}]\n',
    )
    deliver(replace(running, shop=read_shop(priced)), now=DUE)
    run = run_of(running)
    assert run.cost is not None
    assert float(run.cost) == pytest.approx(10 + 0.65 * (run.cards + run.seeds))
