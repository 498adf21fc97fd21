"""A rush on the line during two restarts. No caller is answered twice, and none is lost."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from channels.codes import is_response_code
from channels.voice.browser_names import client_name
from store.states import CallKind, CallState, LegEnd
from tests.inbound.voice.rushing import Crew, open_line
from tests.simulators.calling import Network

FAULTS = """
[line]
late_share = 0.05
late = 2
double_share = 0.1
lost_share = 0.05
reorder_share = 0.1

[callers]
within = 120
patience = 90
talk = 60
call_back_share = 0.3
again_share = 1
again_after = 60
again_times = 20

[agents]
answer_share = 0.9
agent_talk = 60
"""
PROMISED = ("U kunt nu ophangen", "You can hang up now")


@pytest.mark.heavy
@pytest.mark.alone
@pytest.mark.enable_socket
def test_a_rush_of_forty_callers_and_ten_agents_while_the_server_is_killed_twice(
    tmp_path: Path, postgres_url: str
) -> None:
    with open_line(tmp_path, postgres_url) as line:
        (tmp_path / "codes.txt").write_text("\n".join(line.put_codes(25)))
        (tmp_path / "faults.toml").write_text(FAULTS)
        line.serve()
        door = f"http://127.0.0.1:{line.port}/voice"
        network = Network(
            f"{door}/in",
            "--status-url",
            f"{door}/status",
            "--port",
            str(line.network),
            "--callers",
            "40",
            "--agents",
            "10",
            "--seed",
            "11",
            "--pace",
            "3",
            "--faults",
            str(tmp_path / "faults.toml"),
            "--codes",
            str(tmp_path / "codes.txt"),
            "--truth",
            str(tmp_path / "truth.csv"),
        )
        crew = Crew(line=line, names=[f"Agent {place}" for place in range(10)]).start()
        for so_many in (4, 10):
            crew.wait_until_taken(so_many)
            line.kill()
            line.serve()
        said = network.say_at_the_end(600)
        crew.send_home()
        line.sweep()
        with (tmp_path / "truth.csv").open(newline="") as read:
            truth = list(csv.DictReader(read))
        legs, entries = line.legs(), line.entries()
    assert not crew.troubles
    assert len({row["caller"] for row in truth}) == 40, said
    kept = Counter(call.entry_key for call in entries)
    assert max(kept.values()) == 1
    answered = [row for row in truth if row["bridged_to"]]
    assert len(answered) > 10, said
    for row in answered:  # by one agent, who is the one in the book
        assert "|" not in row["bridged_to"]
        leg = legs[row["call_sid"]]
        assert client_name(leg.taken_by or "") == row["bridged_to"], row
        assert leg.state is CallState.WRAPPED_UP
        assert leg.how is LegEnd.TALKED or "11200" in row["errors"], row
    promised = 0
    for row in truth:
        if row["bridged_to"]:
            continue
        leg = legs.get(row["call_sid"])
        if leg is None:  # the door was shut when they rang
            assert "11200" in row["errors"]
        elif leg.kind is CallKind.CALL_BACK:
            assert leg.state is not CallState.ABANDONED or leg.number is None, row
        elif leg.call_id is not None:  # gone, or never put down as answered
            assert (leg.state, leg.disposition) == (CallState.ABANDONED, "gone"), row
        if any(words in row["last_words"] for words in PROMISED):
            assert leg is not None
            assert leg.kind is CallKind.CALL_BACK
            assert leg.number
            promised += 1
    assert promised
    found = [
        legs[row["call_sid"]]
        for row in truth
        if row["call_sid"] in legs and is_response_code(row["keyed"][-10:])
    ]
    assert any(leg.touch_id for leg in found)
