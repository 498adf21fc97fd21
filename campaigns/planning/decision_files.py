"""Write every decision of a planned campaign to a CSV file, one row for everyone imported."""

import csv
import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, select

from campaigns.planning.arm_allocation import Split
from campaigns.planning.draft_decisions import (
    Brief,
    decisions,
)
from store.tables import Person
from suppression.reasons import Reason, named

DECISION_COLUMNS = (
    "person_ref",
    "matched",
    "selected",
    "reason",
    "reasons",
    "household",
    "arm",
    "wave",
    "deviation",
)


def write_decisions(connection: Connection, brief: Brief, divided: Split, path: Path) -> None:
    """Write one row for everyone imported, with their decision and reasons. Call `draft` first."""
    campaign = brief.campaign
    places = tuple(range(len(campaign.arms))), tuple(range(len(campaign.waves)))
    columns = decisions(divided, brief.policy, arm_ids=places[0], wave_ids=places[1])
    drafted = select(
        *(column.label(f"c{at}") for at, column in enumerate(columns.all()))
    ).select_from(columns.source)
    inner = drafted.subquery()
    statement = (
        select(Person.person_ref, *inner.c)
        .select_from(Person.__table__.outerjoin(inner, inner.c.c0 == Person.id))
        .order_by(Person.person_ref)
        .execution_options(yield_per=10_000)
    )
    arms = [arm.name for arm in campaign.arms]
    draft_path = path.with_name(f".{path.name}.{os.getpid()}")
    with draft_path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(DECISION_COLUMNS)
        with closing(connection.execute(statement)) as rows:
            for ref, person, selected, reason, held, household, arm, wave, deviation, *_ in rows:
                writer.writerow(
                    (
                        ref,
                        "false" if person is None else "true",
                        "true" if selected else "false",
                        reason or ("" if person is not None else Reason.NOT_IN_AUDIENCE.value),
                        " ".join(each.value for each in named(held or 0)),
                        "" if household is None else household,
                        "" if arm is None else arms[arm],
                        "" if wave is None else wave + 1,
                        (deviation or "").strip(),
                    )
                )
    draft_path.replace(path)
