"""The demo of cards plays to its end: every piece is printed, posted and accounted for."""

import csv
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select

from demo.world import World
from installation.installation import open_installation
from installation.settings import Settings
from outcomes.effects import effect
from store.states import OutcomeKind
from store.tables import Outcome, Person, Touch

KAARTJE = [sys.executable, "-c", "from console.main import run; run()"]


def kaartje(*words: str, **also: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAARTJE_")}
    command = [*KAARTJE, *words, "--json"]
    return json.loads(
        subprocess.run(
            command, capture_output=True, text=True, check=True, env={**kept, **also}
        ).stdout
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    out = tmp_path_factory.mktemp("demo") / "out"
    return kaartje("demo", "--people", "1500", "--seed", "5", "--out", str(out))


@pytest.mark.heavy
def test_the_cards_of_2023_are_printed_posted_and_accounted_for(played: Any) -> None:
    demo = played
    with Path(demo["manifest"]).open(encoding="utf-8-sig", newline="") as file:
        pieces = [row["piece_id"] for row in csv.DictReader(file)]
    runs = kaartje("post", "list", KAARTJE_HOME=demo["home"])
    assert len(set(pieces)) == len(pieces) == demo["cards"] > 100
    assert {run["state"] for run in runs} == {"closed"}
    assert {run["proofed_by"] for run in runs} == {"Bilal"}
    assert sum(run["pieces"]["posted"] + run["pieces"].get("returned", 0) for run in runs) == len(
        pieces
    )
    assert kaartje("post", "differences", KAARTJE_HOME=demo["home"]) == []


@pytest.mark.heavy
def test_the_stated_effect_lies_in_the_interval_of_45_of_50_worlds_over_one_recorded_draw(
    played: Any,
) -> None:
    installation = open_installation(Settings(home=Path(played["home"])))
    open_returns = sorted(
        {
            row["person_ref"]
            for row in _rows(Path(played["people_file"]).parent, "obligations.csv")
            if row["tax"] == "income" and not row["filed_on"] and not row["assessed_on"]
        }
    )
    sent = (
        select(Person.person_ref, func.min(Touch.due_on))
        .join(Touch, Touch.person_id == Person.id)
        .group_by(Person.person_ref)
    )
    with installation.store.reading() as connection:
        carded = {row[0]: row[1] for row in connection.execute(sent)}
        import_id = connection.execute(select(func.min(Outcome.import_id))).scalar_one()
    held = 0
    for seed in range(1, 51):
        world = World(seed=seed, first_day=min(carded.values()))
        filed = [
            {"person_ref": ref, "kind": OutcomeKind.FILED, "happened_on": day}
            | {"reference": "", "import_id": import_id}
            for ref in open_returns
            if (day := world.filed_on(ref, carded.get(ref))) is not None
        ]
        with installation.store.writing() as connection:
            connection.execute(delete(Outcome))
            connection.execute(insert(Outcome), filed)
        found = effect(
            installation, played["campaign"], as_of=date(2023, 10, 1), now=installation.now()
        ).main.differences[0]
        held += found.low <= 100 * world.expected_difference <= found.high
    assert held >= 45


def _rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for each in sorted(folder.glob(pattern)):
        with each.open(encoding="utf-8-sig", newline="") as file:
            found.extend(csv.DictReader(file))
    return found


@pytest.mark.heavy
def test_everybody_files_at_their_own_time_whatever_the_campaign_made_of_them(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    words = ("--campaign", "cards-2024", "--people", "3000", "--seed", "2024")
    demo = kaartje("demo", *words, "--out", str(out))
    filed = {row["person_ref"]: row["happened_on"] for row in _rows(out, "outcomes-*.csv")}
    left_out = {
        row["person_ref"]
        for row in _rows(out, "decisions.csv")
        if row["reason"] not in ("", "HOLD_OUT")
    }
    open_returns = {
        row["person_ref"]
        for row in _rows(out, "obligations.csv")
        if row["tax"] == "income" and not row["filed_on"] and not row["assessed_on"]
    }
    assert left_out & filed.keys()
    assert filed.keys() <= open_returns
    by_lot = {
        row["person_ref"]
        for row in _rows(out, "decisions.csv")
        if row["reason"] in ("LIMIT", "HOLD_OUT")
    }
    uncarded = open_returns & by_lot
    share = len(uncarded & filed.keys()) / len(uncarded)
    assert share == pytest.approx(demo["true_effect"]["base_rate"], abs=0.05)
    # some file before their own card goes, which then stays with us
    assert demo["report"]["held_at_delivery"]["ALREADY_DONE"] > 0
    assert demo["booked_online"] > 0
    assert demo["report"]["asked_online"] >= demo["booked_online"]
    known = kaartje("why", min(filed), KAARTJE_HOME=demo["home"])
    assert any("filed_on" in each["days"] for each in known["obligations"])
