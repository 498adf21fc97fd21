"""Whatever fails in a pass is named with its reason and holds up nothing else, by command and by flow."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from campaigns.planning import lifecycle, submitting
from console.main import app
from flows.delivery_pass import RECONCILING, STEPS, PassFailed, run_pass
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.states import CallKind
from store.tables import Call, Campaign, Delivery, FrozenText, Touch
from tests.stories import CALL_STEP, COLLEAGUE, MANAGER, campaign_file, launched, populate

DUE = "2023-06-05T10:00"
TEXTS = "  - {name: text, share: 100, steps: [{channel: sms, template: text-invitation}]}"
CALLS = f"  - {{name: call, share: 100, steps: [{CALL_STEP}]}}"


@dataclass(frozen=True)
class Outcome:
    """What a pass said to whoever started it."""

    failed: bool
    counts: dict[str, int]
    failures: list[str]


MakePass = Callable[[], Outcome]


def by_command() -> Outcome:
    ended = CliRunner().invoke(app, ["deliver", "--json", "--now", DUE])
    counts = json.loads(ended.stdout)
    for listed in ("waiting", "withheld_because"):  # no counts of this pass
        assert isinstance(counts.pop(listed), list)
    lines = [line for line in ended.stderr.splitlines() if line.startswith("failed: ")]
    failures = [line.removeprefix("failed: ") for line in lines]
    assert len(counts.pop("failures")) == len(failures)
    assert ended.exit_code in {0, 1}
    return Outcome(bool(ended.exit_code), counts, failures)


def by_flow() -> Outcome:
    from flows.delivering import deliver

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KAARTJE_NOW", DUE)
        state = deliver(return_state=True)
    ended = state.result(raise_on_failure=False)
    match ended:
        case PassFailed(result=result):
            failures = [str(each) for each in result.failures]
            assert all(each in (state.message or "") for each in failures)
            return Outcome(state.is_failed(), dict(result.counts), failures)
        case Exception():
            raise ended
        case counts:
            return Outcome(state.is_failed(), counts, [])


@pytest.fixture(
    params=["command", pytest.param("flow", marks=pytest.mark.heavy)]
)  # a Prefect server takes a minute of processor to start
def make_pass(request: pytest.FixtureRequest) -> MakePass:
    """Make a pass as the command line does, or as the flow does."""
    if request.param == "command":
        return by_command
    request.getfixturevalue("prefect_server")
    return by_flow


@pytest.fixture(
    params=["command", pytest.param("flow", marks=pytest.mark.heavy)]
)  # Prefect tries a shard again after 5 and 10 seconds
def make_pass_with_retries(request: pytest.FixtureRequest) -> MakePass:
    """Make a pass in which a shard is tried again, where there is something that does so."""
    if request.param == "command":
        return by_command
    request.getfixturevalue("prefect_server")
    return by_flow


@pytest.fixture
def home(tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """Make an installation with people, which commands and flows find too."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    installation = open_installation(Settings(), clock=FixedClock(now), draws=Random(2023))
    populate(installation, 300, now=now)
    yield installation
    installation.store.engine.dispose()


def launch_cards(installation: Installation, now: datetime) -> None:
    launched(installation, campaign_file(installation.settings.home, name="cards"), now=now)


def launch_texts(installation: Installation, now: datetime) -> None:
    folder = installation.settings.home
    file = campaign_file(folder, name="texts", where="has(sms)", purpose="rights", arms=TEXTS)
    launched(installation, file, now=now)


def launch_calls(installation: Installation, now: datetime) -> None:
    file = campaign_file(installation.settings.home, name="calls", where="has(call)", arms=CALLS)
    launched(installation, file, now=now)


def states(installation: Installation, campaign: str) -> Counter[str]:
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Touch.state)
            .join(Campaign, Campaign.id == Touch.campaign_id)
            .where(Campaign.name == campaign)
        )
        return Counter(state.value for state in rows.scalars())


def state_of(installation: Installation, campaign: str) -> str:
    with installation.store.reading() as connection:
        found = select(Campaign.state).where(Campaign.name == campaign)
        return connection.execute(found).scalar_one().value


def queued(installation: Installation) -> int:
    with installation.store.reading() as connection:
        calls = connection.execute(select(Call.id).where(Call.kind == CallKind.OUTBOUND)).all()
        return len(calls)


def spoil_text(installation: Installation, campaign: str) -> None:
    with installation.store.writing() as connection:
        mine = select(Campaign.id).where(Campaign.name == campaign).scalar_subquery()
        connection.execute(
            update(FrozenText)
            .where(FrozenText.campaign_id == mine, FrozenText.file == "nl.j2")
            .values(source="{% if nothing ends this")
        )


class ThePlugIsPulled(BaseException):
    """Ends a pass as a kill does: nothing below it can tidy up."""


def break_off(installation: Installation) -> None:
    """Make a pass that is killed right after its first claim, so that a batch stays open."""

    def pull_the_plug(phase: str, _done: int, _total: int) -> None:
        if phase == "claim":
            raise ThePlugIsPulled

    with pytest.raises(ThePlugIsPulled):
        run_pass(installation, now=parse_moment(DUE), watch=pull_the_plug)


@pytest.mark.thorough
def test_a_pass_in_which_nothing_fails_says_so(
    home: Installation, now: datetime, make_pass: MakePass
) -> None:
    launch_cards(home, now)
    done = make_pass()
    assert (done.failed, done.failures) == (False, [])
    assert done.counts["handed_over"] == states(home, "cards")["handed_over"] > 20
    assert state_of(home, "cards") == "finished"
    again = make_pass()
    assert (again.failed, set(again.counts.values())) == (False, {0})


@pytest.mark.thorough
def test_a_file_where_the_outbox_should_be_is_named_and_what_waits_goes_when_it_is_mended(
    home: Installation, now: datetime, make_pass: MakePass
) -> None:
    launch_cards(home, now)
    outbox = home.settings.outbox
    outbox.write_text("")
    why = f"the outbox cannot be read: {outbox} is a file, not a folder"
    first, second = make_pass(), make_pass()
    assert first.failed
    assert first.failures == [f"deliver shards (card, campaign cards): {why}"]
    with home.store.reading() as connection:
        key = connection.execute(select(Delivery.key)).scalar_one()
    assert second.failed
    settled = f"the outbox cannot be settled: {outbox} is a file, not a folder"
    assert second.failures == [f"reconcile open batches (card, campaign cards, {key}): {settled}"]
    assert (second.counts["settled"], second.counts["handed_over"]) == (0, 0)

    outbox.unlink()
    third = make_pass()
    assert (third.failed, third.counts["settled"]) == (False, 1)
    assert set(states(home, "cards")) == {"handed_over"}


def test_a_sick_channel_is_named_and_the_others_deliver(
    home: Installation, now: datetime, make_pass_with_retries: MakePass
) -> None:
    launch_texts(home, now)
    launch_cards(home, now)
    home.settings.outbox.mkdir()
    (home.settings.outbox / ".sms").write_text("")  # the channel keeps a folder here
    done = make_pass_with_retries()
    assert done.failed
    assert len(done.failures) == 1
    assert "(sms, campaign texts" in done.failures[0]
    assert f"{home.settings.outbox / '.sms'}" in done.failures[0]
    assert set(states(home, "cards")) == {"handed_over"}
    assert done.counts["shards"] == 2
    assert state_of(home, "cards") == "finished"


@pytest.mark.thorough
def test_calls_reach_the_queue_and_campaigns_finish_when_a_shard_fails(
    home: Installation, now: datetime, make_pass: MakePass
) -> None:
    launch_cards(home, now)
    launch_calls(home, now)
    spoil_text(home, "cards")
    done = make_pass()
    assert done.failed
    assert done.failures[0].startswith("deliver shards (card, campaign cards): ")
    assert len(done.failures) == 1
    assert (done.counts["shards"], done.counts["queued"]) == (2, queued(home))
    assert queued(home) == states(home, "calls")["handed_over"] > 0
    assert (state_of(home, "cards"), state_of(home, "calls")) == ("running", "finished")
    assert set(states(home, "cards")) == {"planned"}


@pytest.mark.thorough
def test_an_open_batch_whose_text_cannot_be_read_stops_its_own_campaign_only(
    home: Installation, now: datetime, make_pass: MakePass
) -> None:
    launch_cards(home, now)
    break_off(home)
    launch_calls(home, now)
    spoil_text(home, "cards")
    done = make_pass()
    assert done.failed
    assert len(done.failures) == 1
    assert done.failures[0].startswith("reconcile open batches (card, campaign cards, cards-w1-")
    assert "templates/contact-card/nl.j2" in done.failures[0]
    assert set(states(home, "cards")) == {"claimed"}
    assert set(states(home, "calls")) == {"handed_over"}
    assert done.counts["settled"] == 0


@pytest.mark.thorough
def test_a_launch_that_is_refused_is_named_and_holds_up_no_other(
    home: Installation, now: datetime, make_pass: MakePass
) -> None:
    folder = home.settings.home
    file = campaign_file(folder, name="ended", waves=("2023-06-02",), dpia="2023-06-03")
    submitting.submit(home, file, by=MANAGER, now=now)
    lifecycle.approve(home, "ended", by=COLLEAGUE, now=now, launch_at=parse_moment(DUE))
    launch_cards(home, now)
    done = make_pass()
    (failure,) = done.failures
    assert failure.startswith(
        "launch scheduled campaigns (campaign ended): the DPIA of ended ended on 2023-06-03; "
    )
    assert set(states(home, "cards")) == {"handed_over"}


def test_every_step_has_a_name_of_its_own_and_reconciling_runs_some_of_them() -> None:
    names = [step.name for step in STEPS]
    assert len(set(names)) == len(names)
    assert [name for name in names if name in RECONCILING] == list(RECONCILING)
