"""`kaartje calc`: figures for a plan and a trial, without an installation."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.main import app

ERLANG = "erlang --calls 100 --per 30m --handling 180s --target 20s --agents"


@pytest.fixture
def calc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a calculator where no home is, and no database answers."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "nowhere"))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("KAARTJE_LANGUAGE", "en")

    def run(words: str, **environment: str) -> Result:
        ended = CliRunner().invoke(app, ["calc", *words.split()], env=environment)
        assert list(tmp_path.iterdir()) == []
        return ended

    return run


def _figures(ended: Result) -> Any:
    assert (ended.exit_code, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ("compare --control 60/300 --arm 400/1200", "difference low high p_value"),
        ("sample-size --control .1 --treated .15 --power .9", "per_arm"),
        ("detectable --control .25 --per-arm 2500", "points"),
        (f"{ERLANG} 14", "p_wait service_level occupancy p_abandon average_wait_s"),
        ("pace --pieces 5000 --waves 5 --every 7d --callers .15", "peak_calls_per_day peak_day"),
        ("boundaries --looks 3 --kind pocock", "kind looks z"),
    ],
)
def test_a_calculator_answers_with_one_document_and_makes_nothing(
    calc: Any, words: str, keys: str
) -> None:
    assert " ".join(_figures(calc(f"{words} --json"))) == keys


def test_figures_are_in_the_units_that_the_answer_says(calc: Any) -> None:
    compared = _figures(calc("compare --control 14694/27567 --arm 17138/27500 --json"))
    assert (round(compared["difference"], 2), round(compared["low"], 1)) == (9.02, 8.2)
    assert 0 <= compared["p_value"] < 1e-90
    assert _figures(calc("sample-size --control .30 --treated .33 --json")) == {"per_arm": 3_763}
    points = _figures(calc("detectable --control .25 --per-arm 2500 --json"))["points"]
    assert round(points, 1) == 3.5
    assert round(_figures(calc(f"{ERLANG} 14 --json"))["average_wait_s"], 8) == 7.83593701
    waves = _figures(calc("pace --pieces 5000 --waves 5 --every 7d --callers .15 --json"))
    assert (round(waves["peak_calls_per_day"], 2), waves["peak_day"]) == (23.31, 31)
    looks = _figures(calc("boundaries --looks 5 --kind lan-demets --json"))["z"]
    assert [round(z, 4) for z in looks] == [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]


def test_more_work_than_agents_can_do_is_waited_for_without_end(calc: Any) -> None:
    for agents in (0, 1, 10):
        found = _figures(calc(f"{ERLANG} {agents} --json"))
        assert (found["p_wait"], found["average_wait_s"]) == (1, None)
    assert "grows without end" in calc(f"{ERLANG} 10").stdout
    assert _figures(calc(f"{ERLANG} 10 --patience 2m --json"))["p_abandon"] > 0


def test_nobody_who_picks_up_serves_nobody(calc: Any) -> None:
    """Everybody who has patience loses it: the chance to give up times the patience is the wait."""
    found = _figures(calc(f"{ERLANG} 0 --patience 2m --json"))
    assert (found["p_wait"], found["p_abandon"], found["service_level"]) == (1, 1, 0)
    assert found["average_wait_s"] == 120
    none = _figures(calc("erlang --calls 0 --per 30m --handling 3m --agents 0 --target 20s --json"))
    assert (none["p_wait"], none["average_wait_s"]) == (1, None)


def test_a_share_is_written_in_each_way_that_people_write_it(calc: Any) -> None:
    for third in (".3", "0.3", "0,3", "30%", "30.0%", "+.3"):
        found = _figures(calc(f"sample-size --control {third} --treated 33% --power 80% --json"))
        assert found == {"per_arm": 3_763}
    points = _figures(calc("detectable --control 25% --per-arm 2500 --json"))
    assert points == _figures(calc("detectable --control .25 --per-arm 2500 --json"))
    calls = _figures(calc("pace --pieces 5000 --waves 1 --every 7d --callers 15% --json"))
    assert round(calls["peak_calls_per_day"], 1) == 60.3


def test_a_number_is_read_with_the_decimals_of_both_languages(calc: Any) -> None:
    line = "erlang --per 0.5h --handling 3m --target 20s --agents 14 --calls"
    comma = line.replace("0.5h", "0,5h")
    assert _figures(calc(f"{line} 100.5 --json")) == _figures(calc(f"{comma} 100,5 --json"))
    for thousand in ("1.000", "1,000"):
        for refused in (
            f"{line} {thousand}",
            f"detectable --control .2 --per-arm {thousand}",
            f"pace --pieces {thousand} --waves 1 --every 7d --callers .1",
        ):
            ended = calc(refused)
            assert (ended.exit_code, ended.stdout) == (2, "")
            assert f"'{thousand}' " in ended.stderr


@pytest.mark.everyday(8)
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "words",
    [
        "compare --control 0/1 --arm 0/1",
        "compare --control 999999999999/1000000000000 --arm 1/1",
        "sample-size --control 0 --treated 1",
        "detectable --control 1 --per-arm 1",
        "detectable --control 0 --per-arm 1000000000000",
        f"{ERLANG} 100000 --patience 366d",
        "erlang --calls 0 --per 1s --handling 1s --agents 1 --target 0s --patience 1s",
        "pace --pieces 1 --waves 1000 --every 366d --callers 1",
        "boundaries --looks 20 --kind obrien-fleming",
    ],
)
def test_the_ends_of_what_is_taken_are_answered_in_words(
    calc: Any, words: str, language: str
) -> None:
    ended = calc(words, KAARTJE_LANGUAGE=language)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert not {"nan", "inf"} & set(ended.stdout.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("compare --control 5/3 --arm 1/2", "--control: 5 of 3 is not possible; write 0 to 3"),
        ("compare --control 0/0 --arm 1/2", "--control: '0/0' is a share of nobody, or of too"),
        ("compare --control 1/2 --arm -1/2", "--arm: -1 of 2 is not possible"),
        ("compare --control 1/2 --arm 33%", "--arm: '33%' is not a count of a total; write it"),
        ("compare --control 1/2 --arm 1/1e9", "--arm: '1/1e9' is not a count of a total"),
        (f"compare --control 1/2 --arm 1/{'9' * 30}", f"--arm: '1/{'9' * 30}' is a share of"),
        (f"compare --control 1/2 --arm {'9' * 9000}", "--arm: '9999"),
        ("sample-size --control .3 --treated .3", "--treated: is the same share as the"),
        ("sample-size --control .3 --treated .3000001", "--treated: is so near the control's"),
        ("sample-size --control 30 --treated .3", "--control: 30.0 is not a share; write a"),
        (
            "sample-size --control nan --treated .3",
            "--control: 'nan' is not a share; write it as .3",
        ),
        ("sample-size --control .1 --treated .3 --power 1", "--power: 1.0 is not a power"),
        ("sample-size --control .1 --treated .3 --power -1", "--power: -1.0 is not a power"),
        ("sample-size --control x --treated .3", "--control: 'x' is not a share; write it as .3"),
        ("detectable --control .3 --per-arm 0", "--per-arm: 0 is too few or too many; write 1"),
        ("detectable --control .3 --per-arm -5", "--per-arm: -5 is too few or too many"),
        ("detectable --control 1.2 --per-arm 5", "--control: 1.2 is not a share"),
        (f"{ERLANG} -1", "--agents: -1 is too few or too many; write 0 to 100,000"),
        (
            "sample-size --control 30%% --treated .3",
            "--control: '30%%' is not a share; write it as",
        ),
        (f"{ERLANG} 14 --patience 0s", "--patience: '0s' is too short or too long"),
        (f"{ERLANG} 14 --patience 2", "--patience: '2' is not a length of time; write it as 180s"),
        (f"{ERLANG} 14 --calls -1", "--calls: -1 is not a number of calls; write 0 to"),
        (f"{ERLANG} 14 --calls inf", "--calls: 'inf' is not a number; write it in"),
        (f"{ERLANG} 1 --calls 1000000000 --patience 1d", "--calls: so many calls for so few"),
        ("pace --pieces 0 --waves 1 --every 7d --callers .1", "--pieces: 0 is too few"),
        ("pace --pieces 9 --waves 0 --every 7d --callers .1", "--waves: 0 is too few"),
        ("pace --pieces 9 --waves 1 --every 36h --callers .1", "--every: '36h' is not a number of"),
        ("pace --pieces 9 --waves 1 --every -7d --callers .1", "--every: '-7d' is not a length"),
        ("pace --pieces 9 --waves 1 --every 7d --callers 2", "--callers: 2.0 is not a share"),
        ("boundaries --looks 21 --kind pocock", "--looks: 21 is too few or too many; write 1 to"),
        ("boundaries --looks 5 --kind peto", "--kind: 'peto' is not known; write obrien-fleming,"),
    ],
)
def test_bad_input_of_a_calculator_is_one_line_with_a_remedy(
    calc: Any, words: str, said: str
) -> None:
    ended = calc(words)
    (line,) = ended.stderr.splitlines()
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert line.startswith(f"error: {said}")
    assert "; " in line
