"""A long command says one line for each of its steps, and none of them in its answer."""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from console.cli.progress import Steps
from console.main import app
from tests.campaigns.delivery.test_text_campaigns import installation_with, text_campaign
from tests.channels.sms import simulated
from tests.stories import launched, populate

LINE = re.compile(r"progress: (.+): ([\d,]+)")


@pytest.mark.everyday(1)
@pytest.mark.parametrize(
    ("language", "word", "sent"),
    [
        ("en", "progress", "texts handed to the provider"),
        ("nl", "voortgang", "sms\u2019jes aan de aanbieder gegeven"),
    ],
)
def test_a_pass_of_texts_in_several_batches_says_one_line_a_step(
    language: str,
    word: str,
    sent: str,
    tmp_path: Path,
    sqlite_url: str,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accounts = simulated.accounts(simulated.flawless(), tmp_path)
    installation = installation_with(tmp_path, sqlite_url, now, **accounts)
    populate(installation, 300, now=now)
    launched(installation, text_campaign(tmp_path), now=now)
    installation.store.engine.dispose()
    monkeypatch.setattr("channels.sms.channel._LARGEST", 10)
    environment = {f"KAARTJE_{name.upper()}": value for name, value in accounts.items()}
    result = CliRunner().invoke(
        app,
        ["deliver", "--now", "2023-06-06T11:00", "--json"],
        env={
            **environment,
            "KAARTJE_HOME": str(tmp_path),
            "KAARTJE_DATABASE_URL": sqlite_url,
            "KAARTJE_SECRET": "a key for tests only, nobody has another",
            "KAARTJE_LANGUAGE": language,
        },
    )
    assert result.exit_code == 0, result.stderr
    handed_over = json.loads(result.stdout)["handed_over"]
    assert handed_over > 20, "one batch, where several were wanted"
    said = dict(
        line.removeprefix(f"{word}: ").rsplit(": ", 1)
        for line in result.stderr.splitlines()
        if line.startswith(f"{word}: ")
    )
    assert int(said[sent]) == handed_over
    assert set(said.values()) == {str(handed_over)}, said
    steps = Counter(line.rsplit(": ", 1)[0] for line in result.stderr.splitlines())
    assert set(steps.values()) == {1}, result.stderr


def test_a_step_in_parts_counts_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps()
    for done, total in ((25, 40), (40, 40), (25, 40), (40, 40), (5, 5), (5, 5), (0, 0)):
        steps.watch("compose", done, total)
    steps.watch("seal", 1, 2)
    steps.end()
    steps.end()
    assert LINE.findall(capsys.readouterr().err) == [("messages put into words", "90")]


def test_a_step_that_lasts_says_how_far_it_is_while_it_lasts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    seconds = iter((0, 4, 11, 15, 22))
    steps = Steps(lambda: float(next(seconds)))
    for done in (10, 20, 30, 40):
        steps.watch("compose", done, 40)
    assert re.findall(r"([\d,]+) so far", capsys.readouterr().err) == ["20", "40"]
