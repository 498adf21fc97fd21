"""One text goes to a number, and those who share one stay together in every draw."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from campaigns.planning.arm_allocation import Slice, Split
from campaigns.planning.number_clusters import keep_together
from campaigns.planning.plans import plan
from installation.installation import Installation, open_installation
from installation.settings import Settings
from outcomes.explanations import why
from store.clock import FixedClock, parse_moment
from store.states import TouchState
from store.tables import Person, PersonNumber, Touch
from tests.conftest import NOW
from tests.passes import deliver
from tests.snapshots import Snapshots
from tests.stories import campaign_file, launched, populate

TEXT = "steps: [{channel: sms, template: text-invitation}]"
CALL = "steps: [{channel: call, template: call-guide}]"
TEXTS = f"  - {{name: text, share: 100, {TEXT}}}"
WITH_HOLD_OUT = """\
  - {{name: one, share: 40, {step}}}
  - {{name: two, share: 30, {step}}}
  - {{name: hold-out, share: 30, hold_out: true}}"""


@pytest.fixture
def dry(
    database_url: str, snapshots: Snapshots, tmp_path: Path, now: datetime
) -> Iterator[Installation]:
    settings = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        dry=True,
    )
    installation = open_installation(settings, clock=FixedClock(now), draws=Random(2023))
    yield snapshots.bring(installation, _populate)
    installation.store.engine.dispose()


def _populate(installation: Installation) -> None:
    populate(installation, 400, now=NOW)


def share_numbers(installation: Installation, each: int, groups: int) -> dict[str, str]:
    """Give people who have a mobile number one between them; return the number of each by reference."""
    with installation.store.writing() as connection:
        people = connection.execute(
            select(Person.id, Person.person_ref)
            .where(Person.id.in_(select(PersonNumber.person_id).where(PersonNumber.may_text)))
            .order_by(Person.id)
        ).all()[: each * groups]
        numbers = {}
        for at, (person, ref) in enumerate(people):
            numbers[ref] = f"+316121212{at // each:02}"
            mine = PersonNumber.person_id == person
            connection.execute(
                update(PersonNumber).where(mine, PersonNumber.may_text).values(e164=numbers[ref])
            )
    return numbers


def decided(installation: Installation, file: Path, now: datetime) -> dict[str, dict[str, Any]]:
    folder = file.parent / "decisions.csv"
    plan(installation, file, now=now, decisions_file=folder)
    with folder.open(newline="") as rows:
        return {row["person_ref"]: row for row in csv.DictReader(rows)}


@pytest.mark.thorough
def test_three_people_with_one_mobile_get_one_text_and_the_others_are_told_why(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    numbers = share_numbers(dry, 3, 8)
    file = campaign_file(tmp_path, where="has(sms)", purpose="rights", arms=TEXTS)
    made = plan(dry, file, now=now)
    rows = decided(dry, file, now)
    texted = Counter(number for ref, number in numbers.items() if rows[ref]["selected"] == "true")
    assert set(texted.values()) == {1}
    others = [ref for ref in numbers if rows[ref]["reason"] == "SAME_NUMBER"]
    assert made.same_number == made.left_out["SAME_NUMBER"] == len(others) >= 8
    assert made.matched == made.selected + sum(made.left_out.values())
    launched(dry, file, now=now)
    assert deliver(dry, now=parse_moment("2023-06-05T10:00")).handed_over == made.selected
    (explained,) = why(dry, others[0], now=now).campaigns
    assert explained.first is not None
    assert "same telephone number" in explained.first.en


@pytest.mark.thorough
def test_one_text_a_number_leaves_in_a_pass_also_where_the_number_became_shared_later(
    dry: Installation, tmp_path: Path, now: datetime
) -> None:
    file = campaign_file(tmp_path, where="has(sms)", purpose="rights", arms=TEXTS)
    launched(dry, file, now=now)
    share_numbers(dry, 3, 4)
    deliver(dry, now=parse_moment("2023-06-05T10:00"))
    texted: dict[str, Counter[str]] = defaultdict(Counter)
    with dry.store.reading() as connection:
        rows = connection.execute(
            select(PersonNumber.e164, Touch.state, Touch.reason)
            .join(Touch, Touch.person_id == PersonNumber.person_id)
            .where(PersonNumber.e164.like("+316121212%"))
        )
        for e164, state, reason in rows:
            texted[e164][reason or state.value] += 1
    assert texted
    for each in texted.values():
        assert each[TouchState.HANDED_OVER.value] == 1
        assert set(each) <= {TouchState.HANDED_OVER.value, "SAME_NUMBER"}


@pytest.mark.everyday(1)
@pytest.mark.parametrize(("step", "purpose"), [(TEXT, "rights"), (CALL, "duty")])
def test_people_who_share_a_number_are_in_one_arm_and_one_wave(
    dry: Installation, tmp_path: Path, now: datetime, step: str, purpose: str
) -> None:
    numbers = share_numbers(dry, 3, 12)
    file = campaign_file(
        tmp_path, where="has(sms)", purpose=purpose, arms=WITH_HOLD_OUT.format(step=step),
        waves=("2023-06-05", "2023-06-12"), limit=30,
    )  # fmt: skip
    rows, drawn = decided(dry, file, now), defaultdict(set)
    for ref, number in numbers.items():
        if rows[ref]["selected"] == "true" or rows[ref]["reason"] == "HOLD_OUT":
            drawn[number].add((rows[ref]["arm"], rows[ref]["wave"]))
    assert drawn
    assert all(len(places) == 1 for places in drawn.values())
    made = plan(dry, file, now=now)
    assert made.selected <= 30
    assert made.matched == made.selected + sum(made.left_out.values())


@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=6), data=st.data())
def test_no_end_of_a_slice_parts_a_cluster_and_no_slice_grows_past_the_limit(
    sizes: list[int], data: st.DataObject
) -> None:
    slices, rank = [], 1
    for arm, size in enumerate(sizes):
        slices.append(Slice(arm=arm, wave=0, first=rank, last=rank + size - 1, hold_out=False))
        rank += size
    clusters, at = [], 1
    while at < rank + 3:
        width = data.draw(st.integers(1, 4))
        if width > 1:
            clusters.append((at, at + width - 1))
        at += width
    found = keep_together(Split(rank - 1, tuple(slices)), clusters)
    assert found.enrolled == sum(piece.size for piece in found.slices) <= rank - 1
    assert all(piece.size >= 0 for piece in found.slices)
    ends = {piece.last for piece in found.slices}
    assert not any(first <= end < last for first, last in clusters for end in ends)
