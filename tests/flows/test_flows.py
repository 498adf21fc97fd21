"""Every flow does what the plain function does, and Prefect keeps nothing of it."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from campaigns.planning import plans
from channels.voice.in_memory import Switchboard
from flows.delivery_pass import PassFailed
from flows.task_installation import lending, opened
from inbound.events import store_events, text_row
from installation.installation import Installation, open_installation
from installation.settings import Settings
from people.invented.population import write_population
from store.clock import FixedClock, parse_moment
from store.errors import BadInput
from store.states import EventOutcome, TouchState
from store.tables import Campaign, Person, ProviderEvent, Reply, Touch, TouchEvent
from tests import passes
from tests.flows.moments import at
from tests.inbound.calling import LINE, VOICE, add_line
from tests.stories import campaign_file, launched, populate

pytestmark = [pytest.mark.heavy, pytest.mark.usefixtures("prefect_server")]

WAVES = ("2023-06-05", "2023-06-12")
BOTH_DUE = "2023-06-20T09:00"
PEOPLE = 400
FLOWS = (
    "flows.collecting.collect_replies",
    "flows.delivering.deliver",
    "flows.importing.import_people",
    "flows.line_tests.call_every_line",
    "flows.planning.plan",
    "flows.reconciling.reconcile",
    "flows.registering_outcomes.outcomes",
    "flows.removing.remove",
)


@pytest.fixture
def lent(installation: Installation, now: datetime) -> Iterator[Installation]:
    """An installation in which two waves of cards wait, lent to whatever flow runs."""
    populate(installation, PEOPLE, now=now)
    launched(installation, campaign_file(installation.settings.home, waves=WAVES), now=now)
    with lending(installation, None):
        yield installation


def _touches(installation: Installation) -> list[Any]:
    columns = (Person.person_ref, Touch.state, Touch.reason, Touch.wave_id)
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(*columns).join(Person, Person.id == Touch.person_id).order_by(Person.person_ref)
        )
        return [tuple(row) for row in rows]


def test_delivering_as_a_flow_is_delivering_plainly(
    lent: Installation, tmp_path: Path, now: datetime
) -> None:
    from flows.delivering import deliver

    plainly = open_installation(
        Settings(home=tmp_path / "plainly"), clock=FixedClock(now), draws=Random(2023)
    )
    populate(plainly, PEOPLE, now=now)
    launched(plainly, campaign_file(plainly.settings.home, waves=WAVES), now=now)
    expected = passes.deliver(plainly, now=parse_moment(BOTH_DUE))
    with at(lent, BOTH_DUE):
        counts = deliver()
    assert counts["handed_over"] == expected.handed_over > 0
    assert _touches(lent) == _touches(plainly)
    with lent.store.reading() as connection:
        assert connection.execute(select(Campaign.state)).scalar_one() == "finished"
    plainly.store.engine.dispose()


def test_a_shard_is_one_step_of_one_wave_and_never_one_person(lent: Installation) -> None:
    from flows.delivering import deliver, find_shards

    with at(lent, BOTH_DUE):
        shards = find_shards.fn()
        assert len(shards) == len(WAVES)
        assert sum(each["shard"]["size"] for each in shards) == len(_touches(lent))
        assert deliver()["shards"] == len(WAVES)


def test_prefect_shows_what_a_pass_did_what_waits_and_why_and_names_nobody(
    lent: Installation,
) -> None:
    from flows.delivering import deliver
    from flows.run_reports import DELIVERED, WAITING

    with at(lent, "2023-06-06T09:00"):
        deliver()
    shown = asyncio.run(_shown())
    delivered, waiting = (json.loads(shown[key].data) for key in (DELIVERED, WAITING))
    assert [(each["campaign"], each["channel"]) for each in delivered] == [("cards", "card")] * len(
        delivered
    )
    counts = Counter({each["what became of it"]: each["people"] for each in delivered})
    assert counts["handed over"] == sum(
        state is TouchState.HANDED_OVER for _, state, _, _ in _touches(lent)
    )
    assert [(each["why"], each["until"]) for each in waiting] == [
        ("its day is still to come", "12 June 2023")
    ]
    bars = [each for key, each in shown.items() if each.type == "progress"]
    assert {(each.description, each.data) for each in bars} == {
        ("cards: card of arm card, wave 1", 100.0)
    }
    text = " ".join(str(each.data) for each in shown.values())
    with lent.store.reading() as connection:
        for ref, name in connection.execute(select(Person.person_ref, Person.family_name)):
            assert ref not in text
            assert not name or name not in text


async def _shown() -> dict[str, Any]:
    """Return what Prefect has of the newest run, by its key or by its id where it has none."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
    from prefect.client.schemas.sorting import FlowRunSort

    async with get_client() as client:
        newest = (await client.read_flow_runs(limit=1, sort=FlowRunSort.START_TIME_DESC))[0]
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[newest.id]))
        )
    return {each.key or str(each.id): each for each in artifacts}


def test_a_pass_that_cannot_start_slices_says_what_to_do_and_goes_on(lent: Installation) -> None:
    from flows.delivering import deliver

    with at(lent, BOTH_DUE), pytest.raises(PassFailed, match="no deployment dispatch/print") as why:
        deliver(spread=True)
    assert {each.step for each in why.value.result.failures} == {
        "deliver shards",
        "hand over print runs",
    }
    assert "prefect deploy --all" in str(why.value)
    assert {state for _, state, _, _ in _touches(lent)} == {TouchState.PLANNED}


def test_a_second_pass_finds_nothing_and_writes_nothing(lent: Installation) -> None:
    from flows.delivering import deliver

    with at(lent, BOTH_DUE):
        deliver()
    with lent.store.reading() as connection:
        before = connection.execute(select(func.count()).select_from(TouchEvent)).scalar_one()
    with at(lent, BOTH_DUE):
        assert set(deliver().values()) == {0}
    with lent.store.reading() as connection:
        assert (
            connection.execute(select(func.count()).select_from(TouchEvent)).scalar_one() == before
        )


def test_what_is_not_due_is_not_delivered(lent: Installation) -> None:
    from flows.delivering import deliver

    with at(lent, "2023-06-06T09:00"):
        assert deliver()["shards"] == 1
    states = [state for _, state, _, _ in _touches(lent)]
    assert set(states) == {TouchState.HANDED_OVER, TouchState.PLANNED}


def test_reconciling_where_nothing_is_open_changes_nothing(lent: Installation) -> None:
    from flows.reconciling import reconcile

    before = _touches(lent)
    with at(lent, BOTH_DUE):
        assert set(reconcile().values()) == {0}
    assert _touches(lent) == before


def test_every_line_is_called_by_the_weekly_flow_and_none_without_a_telephone(
    installation: Installation, now: datetime
) -> None:
    from flows.line_tests import call_every_line

    board = Switchboard()
    add_line(installation)
    with lending(installation, None):
        assert call_every_line() == {"called": 0, "failed": 0}
    accounts = installation.settings.model_copy(update=VOICE)
    with lending(replace(installation, exchange=board, settings=accounts), None):
        assert call_every_line() == {"called": 1, "failed": 0}
    assert [call.to for call in board.rung] == [LINE]


@pytest.mark.parametrize("flow", ["reconcile", "deliver"])
def test_what_came_in_is_processed_by_the_flows(lent: Installation, flow: str) -> None:
    from flows.delivering import deliver
    from flows.reconciling import reconcile

    form = {"MessageSid": "SM1", "From": "+31612345678", "To": "+31612340000", "Body": "STOP"}
    store_events(lent.store, [text_row("twilio", "SM1", form, now=lent.now())])
    if flow == "reconcile":
        reconcile()
    else:
        with pytest.raises(PassFailed, match="there is no account for texts"):
            deliver()  # the confirmation waits
    with lent.store.reading() as connection:
        assert (
            connection.execute(select(ProviderEvent.outcome)).scalar_one() is EventOutcome.APPLIED
        )
        assert connection.execute(select(Reply.text, Reply.objects)).one() == ("STOP", True)


def test_planning_as_a_flow_says_what_the_plain_plan_says_and_writes_nothing(
    lent: Installation, now: datetime
) -> None:
    from flows.planning import plan

    file = campaign_file(lent.settings.home, name="another")
    said = plan(str(file))
    plainly = plans.plan(lent, file, now=now)
    assert (said["matched"], said["selected"], said["left_out"]) == (
        plainly.matched,
        plainly.selected,
        plainly.left_out,
    )
    with lent.store.reading() as connection:
        assert connection.execute(select(Campaign.name)).scalars().all() == ["cards"]


def test_importing_as_a_flow_counts_what_became_of_every_row(
    installation: Installation, tmp_path: Path
) -> None:
    from flows.importing import import_people

    file = tmp_path / "new.csv"
    write_population(file, 50, 3)
    with lending(installation, None):
        first, again = import_people(str(file)), import_people(str(file))
    assert first["rows"] == first["added"] + first["refused"] > 0
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, first["added"])


def test_a_file_that_cannot_be_read_is_refused_at_once(
    installation: Installation, tmp_path: Path
) -> None:
    from flows.importing import import_file, import_people

    (tmp_path / "empty.csv").write_text("")
    assert import_file.retries > 0
    with lending(installation, None), pytest.raises(BadInput, match=r"empty\.csv"):
        import_people(str(tmp_path / "empty.csv"))  # a second try would come thirty seconds later


def test_collecting_as_a_flow_counts_the_replies(lent: Installation, tmp_path: Path) -> None:
    from flows.collecting import collect_replies
    from flows.delivering import deliver
    from store.tables import Reply, ResponseCode

    with at(lent, BOTH_DUE):
        deliver()
    with lent.store.reading() as connection:
        code = connection.execute(
            select(ResponseCode.code).order_by(ResponseCode.code).limit(1)
        ).scalar_one()
    file = tmp_path / "replies.csv"
    file.write_text(f"received_at,kind,response_code\n2023-06-21T10:00,called,{code}\n")
    with at(lent, "2023-06-22T09:00"):
        collect_replies(str(file))
        collect_replies(str(file))
    with lent.store.reading() as connection:
        assert connection.execute(select(Reply.response_code)).scalars().all() == [code]


def test_outcomes_as_a_flow_are_kept_once_and_a_refused_row_is_written_out(
    lent: Installation, tmp_path: Path
) -> None:
    from flows.registering_outcomes import outcomes
    from store.tables import Outcome

    with lent.store.reading() as connection:
        ref = connection.execute(select(Person.person_ref).limit(1)).scalar_one()
    file, refused = tmp_path / "outcomes.csv", tmp_path / "refused.csv"
    file.write_text(f"person_ref,kind,happened_on\n{ref},filed,2023-05-30\n{ref},won,2023-05-30\n")
    first, again = (outcomes(str(file), str(refused)) for _ in range(2))
    assert [(each["added"], each["unchanged"]) for each in (first, again)] == [(1, 0), (0, 1)]
    assert "'won' is not a known outcome" in refused.read_text()
    with lent.store.reading() as connection:
        kept = connection.execute(select(Outcome.person_ref, Outcome.kind)).all()
    assert [tuple(row) for row in kept] == [(ref, "filed")]


def test_the_night_removes_what_is_over_and_writes_down_how_much(lent: Installation) -> None:
    from flows.removing import remove
    from store.tables import ClassRemoval, CodeGuess

    assert remove()["classes"] == []  # nobody named a period
    with lent.store.writing() as connection:
        connection.execute(insert(CodeGuess).values(source="a visitor", at=lent.now()))
    lent.settings.retention_file.write_text("[classes]\nshort_lived = 30\n")
    assert remove()["classes"] == []
    later = f"{lent.now() + timedelta(days=31):%Y-%m-%dT%H:%M}"
    with at(lent, later):
        assert [each["rows"] for each in remove(dry_run=True)["classes"]] == [1]
        assert [each["rows"] for each in remove()["classes"]] == [1]
        assert remove()["classes"] == []
    with lent.store.reading() as connection:
        written = connection.execute(select(ClassRemoval.rows, ClassRemoval.removed_by)).all()
    assert [tuple(row) for row in written] == [(1, "retention periods")]


def test_an_installation_that_is_not_lent_is_the_one_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "a"))
    monkeypatch.setenv("KAARTJE_NOW", "2023-06-01")
    with opened() as installation:
        assert installation.settings.home == tmp_path / "a"
        assert installation.now() == parse_moment("2023-06-01")


def test_a_moment_that_is_none_is_refused_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_NOW", "yesterday")
    with (
        pytest.raises(BadInput, match="is not a date and time; write it as 2023-06-01T09:00"),
        opened(),
    ):
        pass


@pytest.mark.parametrize("flow", FLOWS)
def test_a_deployment_cannot_be_given_another_home_or_another_moment(flow: str) -> None:
    module, _, name = flow.rpartition(".")
    parameters = getattr(import_module(module), name).parameters.properties
    assert not {"home", "now"} & set(parameters)
