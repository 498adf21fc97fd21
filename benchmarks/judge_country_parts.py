"""The processes that `benchmarks.judge_country` measures.

Each prints one JSON document as its last line.
"""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from campaigns.planning.draft_decisions import Brief
    from installation.installation import Installation
    from store.tables import Person

SAMPLE = 400
"""People whom the loop through the ORM judges; its time for each is multiplied."""
ASKED = 300
"""People whose decisions are explained."""


def _installation(home: Path) -> "Installation":
    import os

    from installation.installation import open_installation
    from installation.settings import Settings

    return open_installation(
        Settings(home=home, database_url=os.environ.get("KAARTJE_DATABASE_URL", ""))
    )


def fill(home: Path, people: int) -> int:
    """Make a country of so many people."""
    from benchmarks.country import CAMPAIGN
    from benchmarks.country import fill as fill_country

    home.mkdir(exist_ok=True)
    (home / "country.yaml").write_text(CAMPAIGN, encoding="utf-8")
    fill_country(_installation(home).store, people)
    print(json.dumps({"people": people}))
    return 0


def ours(home: Path, _people: int) -> int:
    """Check, plan, judge and write a campaign as a submission does, and roll it back."""
    from sqlalchemy import func, select

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from campaigns.planning.freezing import freeze
    from store.audit_log import Decider
    from store.states import Road
    from store.tables import Decision, Touch

    installation = _installation(home)
    with (
        installation.store.engine.connect().execution_options(writes=True) as connection,
        connection.begin() as all_of_it,
    ):
        checked = check_with(installation, connection, home / "country.yaml", now=MOMENT)
        started = time.perf_counter()
        frozen = freeze(
            installation,
            connection,
            checked,
            by=Decider("benchmark", road=Road.COMMAND),
            now=MOMENT,
        )
        seconds = time.perf_counter() - started
        mine = Decision.campaign_id == frozen.campaign_id
        reasons = select(Decision.reason, func.count(), func.sum(Decision.person_id)).where(mine)
        counted = connection.execute(reasons.group_by(Decision.reason)).all()
        written = select(func.count(), func.sum(Touch.person_id)).where(
            Touch.campaign_id == frozen.campaign_id
        )
        touches = connection.execute(written).one()
        all_of_it.rollback()
    _answer(seconds, {str(reason): [n, int(total)] for reason, n, total in counted}, touches)
    return 0


def why(home: Path, people: int) -> int:
    """Write the ledger, and explain the decisions about people all over the country."""
    from random import Random

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from campaigns.planning.freezing import freeze
    from outcomes.explanations import why as explain
    from store.audit_log import Decider
    from store.states import Road

    installation = _installation(home)
    with installation.store.writing() as connection:
        checked = check_with(installation, connection, home / "country.yaml", now=MOMENT)
        freeze(
            installation,
            connection,
            checked,
            by=Decider("benchmark", road=Road.COMMAND),
            now=MOMENT,
        )
    draw, took, queries = Random(2023), [], _watch_queries(installation.store.engine)
    for _ in range(ASKED):
        queries.clear()
        explain(installation, f"P{draw.randint(1, people):09d}", now=MOMENT)
        took.append(sum(queries))
    print(json.dumps({"milliseconds": sorted(took)[int(ASKED * 0.95)] * 1000}))
    return 0


def _watch_queries(engine: "Engine") -> list[float]:
    """Return a list that collects the seconds of each query in the database."""
    from sqlalchemy import event

    seconds: list[float] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _begins(connection: Any, *_rest: Any) -> None:
        connection.info["began"] = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def _ends(connection: Any, *_rest: Any) -> None:
        seconds.append(time.perf_counter() - connection.info["began"])

    return seconds


def peer(home: Path, _people: int) -> int:
    import sqlite3

    from benchmarks.by_hand import judge_by_hand

    connection = sqlite3.connect(home / "kaartje.sqlite3", isolation_level=None)
    connection.execute("pragma cache_size=-49152")
    connection.execute("begin immediate")
    started = time.perf_counter()
    campaign_id = judge_by_hand(connection)
    seconds = time.perf_counter() - started
    counted = connection.execute(
        "select reason, count(*), sum(person_id) from decisions where campaign_id = ? group by reason",
        (campaign_id,),
    ).fetchall()
    touches = connection.execute(
        "select count(*), sum(person_id) from touches where campaign_id = ?", (campaign_id,)
    ).fetchone()
    connection.execute("rollback")
    _answer(seconds, {str(reason): [n, total] for reason, n, total in counted}, touches)
    return 0


def _answer(
    seconds: float, reasons: dict[str, list[int]], touches: "tuple[int, int | None]"
) -> None:
    count, people = touches
    answer = {"reasons": reasons, "touches": [int(count), int(people or 0)]}
    print(json.dumps({"seconds": seconds, "answer": answer}))


def loop(home: Path, people: int) -> int:
    """Judge and write a sample through the ORM, and extrapolate to everybody."""
    from sqlalchemy import func, select
    from sqlalchemy.orm import Session

    from benchmarks.country import MOMENT
    from campaigns.planning.campaign_checks import check_with
    from store.tables import Person

    installation = _installation(home)
    with (
        installation.store.engine.connect().execution_options(writes=True) as connection,
        connection.begin() as all_of_it,
    ):
        brief = check_with(installation, connection, home / "country.yaml", now=MOMENT).brief
        everybody = select(Person.id).where(brief.audience.condition).subquery()
        count = connection.execute(select(func.count()).select_from(everybody)).scalar_one()
        # all over the country, as they come up in a loop over everybody
        spread = Person.id % max(people // SAMPLE // 2, 1) == 0
        session = Session(bind=connection)
        started = time.perf_counter()
        matched = list(
            session.scalars(select(Person).where(brief.audience.condition, spread).limit(SAMPLE))
        )
        for person in matched:
            _judge_one(session, person, brief)
        each = (time.perf_counter() - started) / len(matched)
        all_of_it.rollback()
    print(json.dumps({"seconds": each * count, "sample": len(matched), "people": people}))
    return 0


def _judge_one(session: "Session", person: "Person", brief: "Brief") -> None:
    """Judge one person by the oracle, and write the decision and, if selected, the touch."""
    from benchmarks.country import FIRST_DATE, MOMENT
    from store.states import TouchState
    from store.tables import Decision, Touch
    from suppression.reasons import bits
    from tests.suppression.oracle import look_up, reasons

    held = reasons(look_up(session, person), brief.occasions[0])
    first = next((reason.value for reason in brief.policy.asked if reason in held), None)
    session.add(
        Decision(
            campaign_id=1,
            person_id=person.id,
            selected=not held,
            reason=first,
            reasons=bits(held),
            household_key=person.household_key,
            decided_at=MOMENT,
        )
    )
    if not held:
        session.add(
            Touch(
                campaign_id=1,
                person_id=person.id,
                step_id=2,
                wave_id=1,
                channel="card",
                state=TouchState.PLANNED,
                reasons=0,
                due_on=FIRST_DATE,
                not_before=MOMENT,
                updated_at=MOMENT,
            )
        )
    session.flush()
