"""Where a matter belongs, and how another team gets it: once, whatever goes wrong, and on a working day."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random

import pytest
import requests
import responses
from sqlalchemy import select

from channels.team_tasks import (
    CannotSay,
    Doubt,
    Folder,
    Found,
    Matter,
    NotTaken,
    Offices,
    Taken,
)
from channels.team_tasks_http import read_offices
from desk.cases import cases, deviations, team_tasks, triage
from desk.cases.case_ages import ages
from desk.cases.overdue import overdue
from desk.cases.team_task_delivery import TeamTaskCounts, deliver_team_tasks
from desk.cases.team_tasks import NewTeamTask, due_on
from installation.installation import Installation
from store.engine import Store
from store.errors import BadInput
from store.states import TeamTaskState
from store.tables import TeamTask
from tests.builders import Builder
from tests.deciding import deciding
from tests.desk.cases.office_in_memory import Goes, Twin

DAY, QUARTER = timedelta(days=1), timedelta(minutes=15)
BOTH = ("several_rules", "eviction")
MATTER = Matter(
    key="case-1-stella",
    place="stella",
    person_ref="P1",
    why="Too much at once.",
    grounds=BOTH,
    urgent=True,
    due_on=date(2023, 6, 5),
    asked_by="Henri",
    asked_at=datetime(2023, 6, 1, 7, tzinfo=UTC),
)


@pytest.fixture
def twin() -> Twin:
    return Twin()


@pytest.fixture
def asking(installation: Installation, twin: Twin, now: datetime) -> Installation:
    """A house that knows one person, and whose matters for Stella go to an office in memory."""
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    return replace(
        installation, offices=Offices(installation.settings.home / "team-tasks", {"stella": twin})
    )


def states(installation: Installation) -> list[tuple[TeamTaskState, int]]:
    with installation.store.reading() as connection:
        return [
            (row[0], row[1])
            for row in connection.execute(
                select(TeamTask.state, TeamTask.tries).order_by(TeamTask.id)
            )
        ]


@pytest.mark.parametrize(
    ("is_complex", "is_urgent", "to"),
    [
        (True, True, "stella"),
        (True, False, "case_owner"),
        (False, True, "colleague_today"),
        (False, False, "desk"),
    ],
)
def test_only_what_is_complex_and_urgent_is_proposed_for_stella(
    *, is_complex: bool, is_urgent: bool, to: str
) -> None:
    complexes = (
        ("several_problems", "several_rules", "several_departments") if is_complex else ("",)
    )
    urgents = ("eviction", "cut_off", "seizure", "no_money") if is_urgent else ("",)
    for grounds in product(complexes, urgents):
        named = [each for each in grounds if each]
        proposal = triage.propose(named)
        assert (proposal.to, proposal.complex, proposal.urgent) == (to, is_complex, is_urgent)
        assert proposal.because == tuple(named)
    with pytest.raises(BadInput, match="ground: 'annoying' is not a known ground"):
        triage.propose(["annoying"])


def test_a_person_decides_and_what_departs_from_the_proposal_is_reported(
    asking: Installation, now: datetime
) -> None:
    store = asking.store
    with pytest.raises(BadInput, match="nobody said why"):
        triage.decide(store, "P1", BOTH, "stella", why=" ", by=deciding("Henri"), now=now)
    followed = triage.decide(
        store, "P1", BOTH, "stella", why="It burns.", by=deciding("Henri"), now=now
    )
    assert (followed.to, followed.deviation_id) == ("stella", None)
    other = triage.decide(
        store, "P1", BOTH, "case_owner", why="She wants me.", by=deciding("Henri"), now=now
    )
    assert (other.proposed, other.task_id) == ("stella", None)
    (deviation,) = deviations.deviations(store, since=now, until=now + DAY)
    assert (deviation.rule, deviation.instead, deviation.why) == (
        "triage stella",
        "case_owner",
        "She wants me.",
    )


def test_a_post_leaves_once_and_what_becomes_of_it_comes_back(
    asking: Installation, twin: Twin, now: datetime
) -> None:
    ask = NewTeamTask("stella", "It burns.", BOTH, urgent=True)
    task_id = team_tasks.ask(asking.store, "P1", ask, by="Henri", now=now)
    assert (
        team_tasks.ask(asking.store, "P1", ask, by="Fatma", now=now + QUARTER) == task_id
    )  # asked twice, it is one
    assert deliver_team_tasks(asking, now=now) == TeamTaskCounts(team_tasks=1)
    assert deliver_team_tasks(asking, now=now) == TeamTaskCounts()
    (key,) = twin.received
    assert twin.matters[key].person_ref == "P1"
    twin.found[key] = Found(f"T-{key}", received=True)
    assert deliver_team_tasks(asking, now=now + 2 * QUARTER) == TeamTaskCounts(
        team_tasks_received=1
    )
    twin.found[key] = Found(f"T-{key}", received=True, ended="a plan was made")
    assert deliver_team_tasks(asking, now=now + DAY) == TeamTaskCounts(team_tasks_ended=1)
    assert team_tasks.open_team_tasks(asking.store) == []
    again = team_tasks.ask(
        asking.store, "P1", ask, by="Henri", now=now + DAY
    )  # a new matter, under a new key
    assert again != task_id
    assert deliver_team_tasks(asking, now=now + DAY).team_tasks == 1
    assert len(set(twin.received)) == len(twin.received) == 2


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2))
def test_whatever_goes_wrong_every_post_arrives_once(
    asking: Installation, twin: Twin, now: datetime, seed: int
) -> None:
    draws = Random(seed)
    with asking.store.writing() as connection:
        for number in range(2, 7):
            Builder(connection, now).person(f"P{number}")
    for number in range(1, 7):
        team_tasks.ask(
            asking.store, f"P{number}", NewTeamTask("stella", "It burns."), by="Henri", now=now
        )
    twin.goes_wrong = [draws.choice(["lost", "away", "dies", "", ""]) for _ in range(20)]
    for minutes in range(0, 500, 20):
        twin.silent = draws.random() < 0.3 and minutes < 300
        with suppress(Goes):
            deliver_team_tasks(asking, now=now + timedelta(minutes=minutes))
    assert sorted(twin.received) == sorted(twin.matters)
    assert len(twin.received) == 6
    assert {state for state, _ in states(asking)} == {TeamTaskState.HANDED_OVER}


def test_of_many_who_ask_and_deliver_at_once_one_post_is_made_and_handed_over_once(
    asking: Installation, twin: Twin, now: datetime
) -> None:
    def ask(agent: int) -> int:
        return team_tasks.ask(
            asking.store, "P1", NewTeamTask("stella", "It burns."), by=f"agent {agent}", now=now
        )

    with ThreadPoolExecutor(6) as pressing:
        assert len(set(pressing.map(ask, range(6)))) == 1
        done = list(pressing.map(lambda _: deliver_team_tasks(asking, now=now), range(6)))
    assert sum(each.team_tasks for each in done) == 1
    assert len(twin.received) == 1


def test_what_may_have_been_taken_is_asked_after_and_never_handed_over_again_blindly(
    asking: Installation, twin: Twin, now: datetime
) -> None:
    team_tasks.ask(asking.store, "P1", NewTeamTask("stella", "It burns."), by="Henri", now=now)
    twin.goes_wrong, twin.silent = ["lost"], True
    assert deliver_team_tasks(asking, now=now) == TeamTaskCounts(team_tasks_unknown=1)
    for minutes in (1, 10, 40, 80):
        deliver_team_tasks(asking, now=now + timedelta(minutes=minutes))
    assert len(twin.received) == 1
    assert states(asking) == [(TeamTaskState.UNKNOWN, 1)]
    twin.silent = False
    assert deliver_team_tasks(asking, now=now + timedelta(hours=3)) == TeamTaskCounts(team_tasks=1)
    assert len(twin.received) == 1


def test_what_they_never_take_waits_for_a_person(
    asking: Installation, twin: Twin, now: datetime
) -> None:
    task_id = team_tasks.ask(
        asking.store, "P1", NewTeamTask("stella", "It burns."), by="Henri", now=now
    )
    twin.goes_wrong = ["no"]
    assert deliver_team_tasks(asking, now=now) == TeamTaskCounts(team_tasks_refused=1)
    assert [(each.kind, each.whose) for each in overdue(asking.store, now=now)] == [
        ("team_task", "Henri")
    ]
    assert deliver_team_tasks(asking, now=now + DAY) == TeamTaskCounts()
    team_tasks.again(asking.store, task_id, by=deciding("Anja"), now=now + DAY)
    assert deliver_team_tasks(asking, now=now + DAY) == TeamTaskCounts(team_tasks=1)
    with pytest.raises(BadInput, match="was not refused"):
        team_tasks.again(asking.store, task_id, by=deciding("Anja"), now=now + DAY)


def test_a_rehearsal_brings_nothing_anywhere(
    asking: Installation, twin: Twin, now: datetime
) -> None:
    team_tasks.ask(asking.store, "P1", NewTeamTask("stella", "It burns."), by="Henri", now=now)
    dry = replace(asking, settings=asking.settings.model_copy(update={"dry": True}))
    assert deliver_team_tasks(dry, now=now) == TeamTaskCounts()
    assert twin.received == []


def test_tailor_made_treatment_is_asked_once_taken_up_and_ended(
    asking: Installation, now: datetime
) -> None:
    store = asking.store
    made = team_tasks.ask_tailor_made(
        store, "P1", "collection", "She lives on nothing.", by="Henri", now=now
    )
    assert (
        team_tasks.ask_tailor_made(store, "P1", "collection", "Again.", by="Fatma", now=now) == made
    )
    other = team_tasks.ask_tailor_made(
        store, "P1", "assessment", "The fine came of itself.", by="Henri", now=now
    )
    assert other != made
    with pytest.raises(BadInput, match="'stella' gives none"):
        team_tasks.ask_tailor_made(store, "P1", "stella", "x", by="Henri", now=now)
    case = cases.case_of(store, "P1")
    assert case is not None
    with pytest.raises(BadInput, match="still waits for a task of another team"):
        cases.close(store, case.id, by="Henri", why="Done.", now=now)
    assert deliver_team_tasks(asking, now=now).team_tasks == 2
    (file,) = (asking.settings.home / "team-tasks" / "collection").glob("*.json")
    assert json.loads(file.read_text())["why"] == "She lives on nothing."
    late = now + 8 * DAY
    assert sorted(each.what for each in overdue(store, now=late) if each.kind == "team_task") == [
        "assessment: not taken up", "collection: not taken up"
    ]  # fmt: skip
    team_tasks.acknowledge(store, made, by="Omar", now=now + DAY)
    team_tasks.acknowledge(store, made, by="Anja", now=now + 2 * DAY)  # the first counts
    assert [each.id for each in overdue(store, now=late) if each.kind == "team_task"] == [other]
    team_tasks.end(store, made, "Deferral was given.", by="Omar", now=now + 2 * DAY)
    with pytest.raises(BadInput, match="is not open"):
        team_tasks.acknowledge(store, made, by="Omar", now=late)
    assert ages(store, now=late).late_by_kind == {"team_task": 1}


@pytest.mark.parametrize(
    ("asked", "urgent", "last"),
    [
        (datetime(2023, 6, 1, 7, tzinfo=UTC), True, date(2023, 6, 5)),  # Thursday: Friday, Monday
        (
            datetime(2023, 5, 26, 7, tzinfo=UTC),
            True,
            date(2023, 5, 31),
        ),  # Whit Monday does not count
        (
            datetime(2023, 6, 3, 7, tzinfo=UTC),
            True,
            date(2023, 6, 7),
        ),  # asked on a Saturday, it counts from Monday
        (
            datetime(2023, 6, 1, 22, 30, tzinfo=UTC),
            True,
            date(2023, 6, 6),
        ),  # Friday already, where people live
        (datetime(2023, 6, 1, 7, tzinfo=UTC), False, date(2023, 6, 15)),
    ],
)
def test_what_is_urgent_has_two_working_days_and_a_holiday_is_none(
    *, asked: datetime, urgent: bool, last: date
) -> None:
    assert due_on(NewTeamTask("stella", "It burns.", urgent=urgent), asked) == last


def test_a_day_that_a_house_is_closed_counts_for_nothing_either() -> None:
    asked = datetime(2023, 6, 1, 7, tzinfo=UTC)
    closed = [date(2023, 6, 2)]
    assert due_on(NewTeamTask("stella", "It burns.", urgent=True), asked, closed) == date(
        2023, 6, 6
    )


def test_a_folder_takes_a_matter_once_and_reads_what_is_answered_in_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "stella")
    assert folder.find(MATTER.key) is None
    assert folder.hand_over(MATTER) == folder.hand_over(MATTER) == Taken(MATTER.key)
    assert folder.find(MATTER.key) == Found(MATTER.key)
    answer = tmp_path / "stella" / f"{MATTER.key}.answer.json"
    answer.write_text('{"received": true}')
    assert folder.find(MATTER.key) == Found(MATTER.key, received=True)
    answer.write_text('{"ended": "a plan was made"}')
    assert folder.find(MATTER.key) == Found(MATTER.key, received=True, ended="a plan was made")
    answer.write_text("{half")
    with pytest.raises(CannotSay):
        folder.find(MATTER.key)
    assert sorted(each.name for each in (tmp_path / "stella").iterdir()) == [
        answer.name,
        f"{MATTER.key}.json",
    ]


FORM = """\
[stella]
url = "https://osv.example/tasks"
headers = { Authorization = "Bearer {key}" }
reference = "id"
ask = "https://osv.example/tasks?ours={task}"
asked_reference = "results.0.id"
state = "results.0.state"
received = ["in_treatment"]
ended = ["closed"]

[stella.body]
ours = "{task}"
about = "{person_ref}: {why}"
urgent = "{urgent}"
grounds = "{grounds}"
"""


def office(tmp_path: Path) -> Callable[[Matter], object]:
    file = tmp_path / "teams.toml"
    file.write_text(FORM)
    return read_offices(file, "sleutel")["stella"].hand_over


@responses.activate
def test_another_system_is_called_under_our_key_and_its_answers_are_understood(
    tmp_path: Path,
) -> None:
    hand_over = office(tmp_path)
    for status, body, came in (
        (201, {"id": "OSV-7"}, Taken("OSV-7")),
        (200, {}, Doubt("they answered 200 without a reference")),
        (503, {}, Doubt("they answered 503")),
        (302, {}, Doubt("they answered 302")),
        (429, {}, NotTaken("they answered 429", again=True)),
        (422, {}, NotTaken("they answered 422", again=False)),
    ):
        responses.reset()
        responses.post("https://osv.example/tasks", status=status, json=body)
        assert hand_over(MATTER) == came
    sent = responses.calls[-1].request
    assert (sent.headers["Authorization"], sent.headers["Idempotency-Key"]) == (
        "Bearer sleutel",
        MATTER.key,
    )
    assert isinstance(sent.body, bytes)
    assert json.loads(sent.body) == {
        "ours": MATTER.key, "about": "P1: Too much at once.", "urgent": True, "grounds": list(BOTH),
    }  # fmt: skip
    responses.reset()
    responses.post("https://osv.example/tasks", body=requests.ConnectionError("cut off half-way"))
    assert isinstance(hand_over(MATTER), Doubt)


@responses.activate
def test_another_system_is_asked_after_our_key(tmp_path: Path) -> None:
    (tmp_path / "teams.toml").write_text(FORM)
    there = read_offices(tmp_path / "teams.toml", "sleutel")["stella"]
    where = f"https://osv.example/tasks?ours={MATTER.key}"
    for body, found in (
        ({"results": []}, None),
        ({"results": [{"id": "OSV-7", "state": "new"}]}, Found("OSV-7")),
        ({"results": [{"id": "OSV-7", "state": "in_treatment"}]}, Found("OSV-7", received=True)),
        (
            {"results": [{"id": "OSV-7", "state": "closed"}]},
            Found("OSV-7", received=True, ended="closed"),
        ),
    ):
        responses.reset()
        responses.get(where, json=body)
        assert there.find(MATTER.key) == found
    responses.reset()
    responses.get(where, status=404)
    assert there.find(MATTER.key) is None
    responses.reset()
    responses.get(where, status=500)
    with pytest.raises(CannotSay):
        there.find(MATTER.key)


def test_a_description_that_is_wrong_says_where(tmp_path: Path) -> None:
    for text, said in (
        (FORM.replace("{task}", "task"), "stella.ask"),
        (FORM + "\nwhat = 1", "stella.body"),
        ("[stella", "is not TOML"),
    ):
        (tmp_path / "teams.toml").write_text(text)
        if said == "stella.body":
            read_offices(tmp_path / "teams.toml", "")  # a body is whatever they want
            continue
        with pytest.raises(BadInput) as refused:
            read_offices(tmp_path / "teams.toml", "")
        assert said in str(refused.value)
    with pytest.raises(BadInput, match="is not there"):
        read_offices(tmp_path / "gone.toml", "")


def test_every_open_case_has_exactly_one_owner(store: Store, now: datetime) -> None:
    with store.writing() as connection:
        Builder(connection, now).person("P1")
    team_tasks.ask(store, "P1", NewTeamTask("stella", "It burns."), by="Henri", now=now)
    assert [(each.owner, each.cases) for each in ages(store, now=now).owners] == [("Henri", 1)]
