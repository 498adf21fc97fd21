"""A register may take an outcome back, as often as it sends the file, and nothing is counted twice."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from installation.installation import Installation
from outcomes.outcome_imports import OutcomesReport, import_outcomes
from store.tables import Outcome
from tests.builders import Builder

HEADER = "person_ref,kind,happened_on,reference,withdrawn_on\n"


@pytest.fixture
def known(installation: Installation, now: datetime) -> Installation:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    return installation


def _send(installation: Installation, folder: Path, rows: str, now: datetime) -> OutcomesReport:
    file = folder / "outcomes.csv"
    file.write_text(HEADER + rows)
    return import_outcomes(installation, file, now=now)


def _kept(installation: Installation) -> list[tuple[date, date | None]]:
    with installation.store.reading() as connection:
        rows = connection.execute(
            select(Outcome.happened_on, Outcome.withdrawn_on).order_by(Outcome.id)
        )
        return [(row[0], row[1]) for row in rows]


def test_a_withdrawal_takes_the_outcome_back_once(
    known: Installation, tmp_path: Path, now: datetime
) -> None:
    day, taken_back = date(2023, 5, 20), date(2023, 5, 25)
    _send(known, tmp_path, "P1,filed,2023-05-20,r1,\n", now)
    for changed in (1, 0):
        sent = _send(known, tmp_path, "P1,filed,2023-05-20,r1,2023-05-25\n", now)
        assert (sent.taken.added, sent.taken.unchanged) == (changed, 1 - changed)
        assert _kept(known) == [(day, taken_back)]
    again = _send(known, tmp_path, "P1,filed,2023-05-20,r1,\n", now)
    assert (again.taken.added, again.taken.unchanged) == (0, 1)
    assert _kept(known) == [(day, taken_back)]
    _send(known, tmp_path, "P1,filed,2023-05-20,r2,\n", now)
    assert _kept(known) == [(day, taken_back), (day, None)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("P1,filed,2023-05-20,,2023-05-19\n", "2023-05-19 is before it happened; write the day"),
        ("P1,filed,2023-05-20,,2023-06-02\n", "2023-06-02 is still to come"),
        ("P1,filed,2023-05-20,,soon\n", "'soon' is not a date"),
    ],
)
def test_a_withdrawal_that_cannot_be_is_refused(
    known: Installation, tmp_path: Path, now: datetime, rows: str, said: str
) -> None:
    sent = _send(known, tmp_path, rows, now)
    (refused,) = sent.taken.refusals
    assert said in str(refused)
    assert _kept(known) == []


def test_contradictory_outcomes_are_said_once_and_no_row_overrules_another(
    known: Installation, tmp_path: Path, now: datetime
) -> None:
    both = "P1,filed,2023-05-20,2021,\nP1,not_liable,2023-05-22,2021,\n"
    assert _send(known, tmp_path, both, now).contradicting == 1
    assert _send(known, tmp_path, "P1,filed,2023-05-20,2021,2023-05-25\n", now).contradicting == 0
    assert _send(known, tmp_path, "P1,filed,2023-05-20,2022,\n", now).contradicting == 0
    twice = "P1,filed,2023-05-20,2022,2023-05-24\nP1,filed,2023-05-20,2022,2023-05-26\n"
    sent = _send(known, tmp_path, twice, now)
    assert (sent.taken.added, sent.taken.refused) == (1, 1)
    assert "an earlier row takes this outcome back on 2023-05-24" in str(sent.taken.refusals[0])
