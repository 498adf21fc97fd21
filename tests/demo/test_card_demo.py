"""The demo of cards plays to its end: every piece is printed, posted and accounted for."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

KAARTJE = [sys.executable, "-c", "from console.main import run; run()"]


def kaartje(*words: str, **also: str) -> Any:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAARTJE_")}
    command = [*KAARTJE, *words, "--json"]
    return json.loads(
        subprocess.run(
            command, capture_output=True, text=True, check=True, env={**kept, **also}
        ).stdout
    )


@pytest.mark.heavy
def test_the_cards_of_2023_are_printed_posted_and_accounted_for(tmp_path: Path) -> None:
    demo = kaartje("demo", "--people", "1500", "--seed", "5", "--out", str(tmp_path / "out"))
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
