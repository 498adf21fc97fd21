"""What machines with homes of their own share: runs to collect, the carrier's order, reprints, answers and tasks."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from campaigns.auditing.run_comparison import compare_runs
from campaigns.post import reprints
from campaigns.post.carrier_announcement import announce
from campaigns.post.carrier_composing import enrich
from campaigns.post.hand_over import hand_over_runs
from campaigns.post.outbox_runs import announcement_of
from campaigns.post.print_runs import Run, runs
from channels.port import Watch, unwatched
from channels.shops import read_shop
from channels.team_tasks import Folder
from console.web.reading.print_runs import file_of
from flows.delivery_pass import PassResult, run_pass
from inbound.post.answer_server import answers_folder, fetch_answers
from installation.installation import Installation, open_installation
from installation.settings import Settings
from privacy.class_retention import remove_by_class
from store.clock import FixedClock, parse_moment
from store.states import PieceState, RunState
from store.tables import PrintPiece, PrintRun
from tests.channels.shop_server import ShopServer, serving
from tests.desk.cases.test_team_tasks import MATTER
from tests.stories import COLLEAGUE, campaign_file, launched, populate

pytestmark = pytest.mark.postgres

DUE = parse_moment("2023-06-05T09:00")
SECRET = "a key for tests only, nobody has another"


class ThePlugIsPulled(BaseException):
    """Ends a pass as a kill does."""


@dataclass(frozen=True)
class Machines:
    """The two machines of one installation, the first of which is to act first."""

    one: Installation
    other: Installation
    server: ShopServer

    def of(self, shop: Path) -> "Machines":
        described = read_shop(shop)
        return replace(
            self,
            one=replace(self.one, shop=described),
            other=replace(self.other, shop=described),
        )

    def collected(self) -> set[str]:
        """Return the files that the shop finds where it collects."""
        folder = self.one.settings.shared_folder / "collect"
        found = (path for path in folder.glob("[!.]*/*") if path.is_file())
        return {str(path.relative_to(folder)) for path in found}


def opened(home: Path, url: str, now: datetime) -> Installation:
    home.mkdir()
    files = str(home.parent / "files")
    settings = Settings(home=home, database_url=url, secret=SECRET, files=files)
    return open_installation(settings, clock=FixedClock(now), draws=Random(2023))


@pytest.fixture(params=["first", "exchanged"])
def machines(
    tmp_path: Path, postgres_url: str, now: datetime, request: pytest.FixtureRequest
) -> Iterator[Machines]:
    (tmp_path / "files").mkdir()
    both = [opened(tmp_path / name, postgres_url, now) for name in ("one", "other")]
    populate(both[0], 100, now=now)
    launched(both[0], campaign_file(both[0].settings.home), now=now)
    if request.param == "exchanged":
        both.reverse()
    with serving(tmp_path / "shop") as server:
        yield Machines(one=both[0], other=both[1], server=server)
    for each in both:
        each.store.engine.dispose()


def passed(installation: Installation, watch: Watch = unwatched) -> PassResult:
    done = run_pass(installation, now=DUE, watch=watch)
    assert done.failures == ()
    return done


def pulled_at(phase: str, at: int) -> Watch:
    def watch(now_in: str, done: int, _total: int) -> None:
        if (now_in, done) == (phase, at):
            raise ThePlugIsPulled

    return watch


def gone(*_: object) -> None:
    raise ThePlugIsPulled


def run_of(installation: Installation) -> Run:
    (run,) = runs(installation)
    return run


def test_a_shop_that_collects_finds_a_run_once_whichever_machine_made_it(
    machines: Machines,
) -> None:
    with pytest.raises(ThePlugIsPulled):
        passed(machines.one, pulled_at("seal", 1))
    passed(machines.other)
    run = run_of(machines.other)
    assert run.state == RunState.HANDED_OVER
    assert machines.collected() == {f"{run.key}/{file.name}" for file in run.files}
    shutil.rmtree(machines.one.settings.shared_folder / "collect" / run.key)  # it came by
    with machines.other.store.writing() as connection:
        connection.execute(update(PrintRun).values(state=RunState.MADE))  # not written down
    for each in (machines.one, machines.other):
        passed(each)
    assert machines.collected() == set()
    assert run_of(machines.one).state == RunState.HANDED_OVER


def test_a_run_is_composed_in_the_carriers_order_by_a_machine_that_did_not_make_it(
    machines: Machines, tmp_path: Path
) -> None:
    two = machines.of(machines.server.describe(tmp_path, **{"": "enriched = true\n"}))
    passed(two.one)
    made = run_of(two.one)
    assert made.state == RunState.MADE
    announce(two.one, made.key, by=COLLEAGUE, now=DUE)
    with two.one.store.reading() as connection:
        pieces = connection.execute(select(PrintPiece.piece_id).order_by(PrintPiece.record))
        turned = [*reversed(pieces.scalars().all())]
    order = tmp_path / "carrier.csv"
    rows = (f"{piece},{at}\n" for at, piece in enumerate(turned, 1))
    order.write_text("piece_id,sort_order\n" + "".join(rows))
    assert announcement_of(two.other, made.key).is_file()
    enrich(two.other, made.key, order, by=COLLEAGUE, now=DUE)
    assert not announcement_of(two.one, made.key).exists()
    assert hand_over_runs(two.one, now=DUE).runs == 1
    assert [line.split(",")[0] for line in _manifest(two, made.key)] == turned
    for each in (two.one, two.other):
        assert compare_runs(each, elsewhere=[two.one.settings.outbox]).breaches == ()


def _manifest(machines: Machines, key: str) -> list[str]:
    content = machines.server.files()[f"{key}/manifest.csv"].decode("utf-8-sig")
    return content.splitlines()[1:]


def test_a_reprint_goes_to_the_shop_when_the_machine_that_composed_it_has_gone(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = machines.of(machines.server.describe(tmp_path))
    passed(two.one)
    with two.one.store.writing() as connection:
        spoiled = update(PrintPiece).where(PrintPiece.record == 1)
        connection.execute(spoiled.values(state=PieceState.SPOILED))
    key = run_of(two.one).key
    with monkeypatch.context() as patch:
        patch.setattr(reprints, "finish_renaming", lambda *_: None)
        patch.setattr(reprints, "publish", gone)
        with pytest.raises(ThePlugIsPulled):
            reprints.reprint(two.one, key, by=COLLEAGUE, now=DUE)
    passed(two.other)
    assert f"{key}-r1/{key}-r1.pdf" in machines.server.files()
    found = file_of(two.other, 1, f"{key}-001.pdf")
    assert found
    assert found[1].is_relative_to(two.other.settings.outbox)


def test_an_answer_that_one_machine_fetched_is_taken_by_the_other(
    machines: Machines, tmp_path: Path
) -> None:
    (machines.server.root / "out").mkdir()
    two = machines.of(machines.server.describe(tmp_path, sftp='answers = "/out"\n'))
    left = answers_folder(two.one) / "odd.csv"  # fetched, before the power failed
    left.parent.mkdir(parents=True)
    left.write_text("no answer\n")
    assert "odd.csv" in str(fetch_answers(two.other, now=DUE).failures)


def test_a_task_that_one_machine_handed_over_is_known_to_the_other(machines: Machines) -> None:
    offices = [each.offices.of("stella") for each in (machines.one, machines.other)]
    offices[0].hand_over(MATTER)
    assert isinstance(offices[0], Folder)
    (offices[0].path / f"{MATTER.key}.answer.json").write_text('{"ended": "a plan was made"}')
    found = offices[1].find(MATTER.key)
    assert found
    assert found.ended == "a plan was made"


def test_files_of_a_run_go_from_everywhere_at_the_end_of_their_period(
    machines: Machines,
) -> None:
    passed(machines.one)
    long_after = DUE + timedelta(days=400)
    with machines.one.store.writing() as connection:
        connection.execute(update(PrintRun).values(posted_at=DUE, closed_at=DUE))
    for each in (machines.one, machines.other):
        each.settings.retention_file.write_text("[classes]\nmail = 60\n")
        assert not [found for found in remove_by_class(each, by=COLLEAGUE, now=DUE) if found.rows]
    done = remove_by_class(machines.other, by=COLLEAGUE, now=long_after)
    assert [each.rows for each in done if each.what == "print files"] == [1]
    files = machines.one.settings.shared_folder.parent
    left = {path.name for path in files.rglob("*") if path.is_file()}
    assert left == {"store.id"}
    assert remove_by_class(machines.other, by=COLLEAGUE, now=long_after) == []
    done = remove_by_class(machines.one, by=COLLEAGUE, now=long_after)  # its own outbox
    assert [each.rows for each in done if each.what == "print files"] == [1]
