"""The demo of texts plays to its end: what went, what was answered and what was held add up."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.heavy
def test_a_text_and_then_a_card_play_to_the_end(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-c",
        "from console.main import run; run()",
        "demo",
        "--campaign",
        "text-then-card",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KAARTJE_")}
    done = subprocess.run(
        [*command, "--people", "2000", "--seed", "5", "--out", str(tmp_path / "out"), "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=kept,
    )
    result = json.loads(done.stdout)
    assert result["texts"] > 50
    assert result["delivered"] + result["failed"] == result["texts"]
    assert result["delivered"] > result["failed"] > 0
    assert 0 < result["cards"] < result["texts"]
    assert result["filed_before_the_card"] > 0
    assert sum(result["asked"].values()) == result["replies"] > 10
    assert result["held"] == result["asked"]["stop"] > 0
    assert result["answers"]["stopped"] + result["confirmed_by_provider"] == result["asked"]["stop"]
    promised = [call["promised_from"] for call in result["waiting"] if call["promised_from"]]
    assert promised == sorted(promised)
    assert len(promised) > 0
