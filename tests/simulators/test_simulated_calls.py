"""The stand-in for Twilio Voice does what a house says in TwiML, and lets calls be moved as the real one does."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from typer.testing import CliRunner

from console.cli.installation import simulate
from simulators.voice.callers import _CALL_BACK, _MESSAGE, _TONGUES, WITHHELD, key_for
from simulators.voice.scenario import read_rehearsal
from simulators.voice.twiml_verbs import SORRY
from store.errors import BadInput
from tests.served import Served
from tests.simulators.calling import (
    ACCOUNT,
    NUMBER,
    TOKEN,
    Form,
    Network,
    Says,
    TinyInstallation,
    until,
)

WAIT = '<Say>Blijf aan de lijn.</Say><Pause length="2"/>'
QUEUE = '<Enqueue action="/left" waitUrl="/wait">bellijn</Enqueue>'
CODE = (
    '<Gather action="code" numDigits="10"><Say>Toets de code van uw kaart.</Say></Gather>' + QUEUE
)


@pytest.fixture(scope="module")
def installation() -> Iterator[TinyInstallation]:
    installation = TinyInstallation()
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def network(installation: TinyInstallation) -> Iterator[Network]:
    network = Network(
        f"{installation.url}/in",
        "--pace",
        "20",
        "--agents",
        "3",
        "--status-url",
        f"{installation.url}/status",
    )
    yield network
    network.stop()


@pytest.fixture(autouse=True)
def spoken(installation: TinyInstallation) -> TinyInstallation:
    """Forget what was said and asked before."""
    installation.says, installation.asked, installation.away = {"wait": WAIT, "left": ""}, [], False
    return installation


def test_a_caller_keys_a_code_waits_is_taken_out_of_the_queue_and_speaks_with_an_agent(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says |= {"in": CODE, "code": QUEUE, "agent": "<Dial><Client>anja</Client></Dial>"}
    sid = network.ring(From="+31612345678", Code="1234567890", Patience="600", Talk="20")
    asked = installation.wait_for("wait", 2)[1]
    assert (
        installation.received("in")[0]
        | {"CallSid": sid, "From": "+31612345678", "To": NUMBER, "Direction": "inbound"}
        == (installation.received("in")[0])
    )
    assert installation.received("code")[0]["Digits"] == "1234567890"
    assert {
        "QueueSid",
        "QueuePosition",
        "QueueTime",
        "AvgQueueTime",
        "CurrentQueueSize",
        "MaxQueueSize",
    } <= set(asked)
    assert asked["QueuePosition"] == "1"
    member = network.client.queues(asked["QueueSid"]).members(sid)
    assert member.update(url=f"{installation.url}/agent").call_sid == sid
    with pytest.raises(TwilioRestException) as second:
        member.update(url=f"{installation.url}/agent")
    assert second.value.status == 400
    truth = network.wait_for_end(sid)
    assert (truth["bridged_to"], truth["keyed"], truth["queue_result"]) == (
        "anja",
        "1234567890",
        "redirected",
    )
    assert installation.wait_for("left")[0]["QueueResult"] == "redirected"
    assert (
        installation.wait_for("status")[0] | {"CallSid": sid, "CallStatus": "completed"}
        == installation.received("status")[0]
    )
    assert not installation.forged
    assert network.client.queues.list(limit=5)[0].current_size == 0


def test_a_caller_who_hangs_up_while_waiting_is_reported_so(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says["in"] = QUEUE
    sid = network.ring(Patience="10")
    assert network.wait_for_end(sid)["ended_by"] == "caller"
    left = installation.wait_for("left")[0]
    assert (left["QueueResult"], left["CallStatus"], left["CallSid"]) == (
        "hangup",
        "completed",
        sid,
    )
    assert 8 <= int(left["QueueTime"]) <= 14
    assert installation.received("in")[0]["From"] == "anonymous"


def test_a_caller_leaves_the_queue_by_a_key_and_is_led_on(
    installation: TinyInstallation, network: Network
) -> None:
    def left(form: Form) -> str:
        return "<Say>Wij bellen u terug.</Say>" if form["QueueResult"] == "leave" else ""

    offer = "Wilt u liever teruggebeld worden? Toets dan 7 om teruggebeld te worden."
    installation.says |= {
        "in": QUEUE,
        "wait": f'<Gather numDigits="1" action="/back"><Say>{offer}</Say></Gather>',
        "back": "<Leave/>",
        "left": left,
    }
    sid = network.ring(From="+31612345678", CallBack="yes")
    truth = network.wait_for_end(sid)
    assert installation.received("back")[0]["Digits"] == "7"
    assert "QueueSid" in installation.received("back")[0]
    assert (truth["queue_result"], truth["asked_call_back"], truth["ended_by"]) == (
        "leave",
        "yes",
        "house",
    )
    assert truth["heard"][-1] == "Wij bellen u terug."


def test_an_agent_who_dials_the_queue_gets_the_longest_waiting_who_hears_a_sentence_first(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says |= {"in": QUEUE, "before": "<Say>U spreekt zo met Anja.</Say>"}
    first = network.ring(From="+31612345678", Patience="900", Talk="15")
    installation.wait_for("wait")
    second = network.ring(From="+31612345679", Patience="900")
    queue = f'<Queue url="{installation.url}/before">bellijn</Queue>'
    twiml = f'<Response><Dial action="{installation.url}/dialled">{queue}</Dial></Response>'
    network.client.calls.create(
        to="client:henri",
        from_=NUMBER,
        twiml=twiml,
        status_callback=f"{installation.url}/agent-status",
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    truth = network.wait_for_end(first)
    assert (truth["bridged_to"], truth["queue_result"], truth["heard"][-1]) == (
        "henri",
        "bridged",
        "U spreekt zo met Anja.",
    )
    assert installation.wait_for("left")[0]["QueueResult"] == "bridged"
    assert installation.wait_for("dialled")[0]["DialCallStatus"] == "completed"
    received = installation.wait_for("agent-status", 4)
    assert [form["CallStatus"] for form in received] == [
        "initiated",
        "ringing",
        "in-progress",
        "completed",
    ]
    assert not network.truth(second)["ended_at"]
    network.hang_up(second)


def test_the_end_of_a_dial_is_reported_also_when_the_caller_hangs_up(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says["in"] = '<Dial action="/dialled"><Client>bilal</Client></Dial>'
    sid = network.ring(Patience="900", Talk="5")
    assert network.wait_for_end(sid)["ended_by"] == "caller"
    received = installation.received("dialled")[0]
    assert (received["DialCallStatus"], received["CallStatus"], received["CallSid"]) == (
        "completed",
        "completed",
        sid,
    )


@pytest.mark.thorough
def test_an_installation_can_redirect_a_call_and_end_it(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says |= {
        "in": QUEUE,
        "message": "<Say>Spreek in.</Say><Record action='/spoken'/>",
        "spoken": "<Hangup/>",
    }
    sid = network.ring(Patience="900", Voicemail="12")
    installation.wait_for("wait")
    network.client.calls(sid).update(url=f"{installation.url}/message")
    assert network.wait_for_end(sid)["recorded"] == "12"
    assert installation.received("spoken")[0]["RecordingDuration"] == "12"
    with pytest.raises(TwilioRestException) as late:
        network.client.calls(sid).update(url=f"{installation.url}/message")
    assert late.value.code == 21220
    other = network.ring(Patience="900")
    installation.wait_for("wait", 2)
    network.client.calls(other).update(status="completed")
    assert network.wait_for_end(other)["ended_by"] == "house"
    assert network.client.calls(other).fetch().status == "completed"
    assert {call.sid for call in network.client.calls.list(limit=50)} >= {sid, other}


def test_nobody_gets_in_without_the_token_and_what_there_is_not_is_not_found(
    network: Network,
) -> None:
    with pytest.raises(TwilioRestException) as unknown:
        network.client.queues("QU" + "0" * 32).fetch()
    assert (unknown.value.status, unknown.value.code) == (404, 20404)
    stranger = Client(ACCOUNT, "another token", http_client=TwilioHttpClient(timeout=10))
    stranger.api.base_url = network.url
    with pytest.raises(TwilioRestException) as shut:
        stranger.calls("CA" + "0" * 32).fetch()
    assert (shut.value.status, shut.value.code) == (401, 20003)


def test_an_installation_that_is_away_keeps_who_waits_and_loses_who_rings(
    installation: TinyInstallation, network: Network
) -> None:
    installation.says["in"] = QUEUE
    waiting = network.ring(Patience="900")
    installation.wait_for("wait")
    installation.away = True
    cut_off = network.wait_for_end(network.ring(Patience="900"))
    assert (cut_off["ended_by"], cut_off["heard"]) == ("error", [SORRY])
    until(lambda: "11200" in network.truth(waiting)["errors"], "nobody was asked")
    installation.away = False
    before = len(installation.received("wait"))
    installation.wait_for("wait", before + 1)
    assert not network.truth(waiting)["ended_at"]
    network.hang_up(waiting)


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("<Enqueue>" + "a" * 65 + "</Enqueue>", "12200"),
        ("<Dial/>", "12200"),
        ("<Say>", "12100"),
        ('<Gather numDigits="x"/>', "12200"),
        ("<Gather><Hangup/></Gather>", "12200"),
    ],
)
def test_what_no_network_can_do_is_found_in_a_rehearsal(
    said: str, code: str, installation: TinyInstallation, network: Network
) -> None:
    installation.says["in"] = said
    truth = network.wait_for_end(network.ring())
    assert (truth["ended_by"], truth["errors"][:5]) == ("error", code)


FAULTS = """
[line]
late_share = 0.1
late = 2
double_share = 0.2
lost_share = 0.1
reorder_share = 0.2

[callers]
within = 120
patience = 60
talk = 20
again_share = 0.5
again_after = 20

[agents]
agent_talk = 30
pause = 5
"""


@pytest.mark.thorough
def test_a_crowd_rings_waits_is_answered_or_gives_up_and_the_truth_tells_of_all(
    tmp_path: Path,
) -> None:
    offer = "Voor Engels, toets 2. Wilt u liever worden teruggebeld, toets dan 1. "
    code = "Toets de code van uw kaart, en een hekje."

    def entered(form: Form) -> str:
        return CODE.replace("</Say>", f" {code}</Say>") if len(form["Digits"]) == 1 else QUEUE

    says: dict[str, Says] = {
        "in": f'<Gather action="/in-key"><Say>{offer}{code}</Say></Gather>{QUEUE}',
        "in-key": entered,
        "code": QUEUE,
        "wait": WAIT,
        "left": "",
        "agent": "<Dial><Queue>bellijn</Queue></Dial>",
    }
    installation = TinyInstallation(**says)
    (tmp_path / "faults.toml").write_text(FAULTS)
    (tmp_path / "codes.txt").write_text("\n".join(str(1234567890 + place) for place in range(20)))
    network = Network(
        f"{installation.url}/in",
        "--callers",
        "25",
        "--agents",
        "3",
        "--seed",
        "7",
        "--pace",
        "40",
        "--faults",
        str(tmp_path / "faults.toml"),
        "--codes",
        str(tmp_path / "codes.txt"),
        "--truth",
        str(tmp_path / "truth.csv"),
        "--agent-url",
        f"{installation.url}/agent",
    )
    said = network.say_at_the_end(60)
    installation.stop()
    with (tmp_path / "truth.csv").open(newline="") as read:
        rows = list(csv.DictReader(read))
    callers = {row["caller"] for row in rows}
    assert len(callers) == 25
    assert len(rows) > len(callers)  # some rang twice
    assert f"{len(rows)} calls" in said
    assert all(row["ended_at"] for row in rows)
    answered = [row for row in rows if row["bridged_to"]]
    assert {row["queue_result"] for row in answered} == {"bridged"}
    assert {row["queue_result"] for row in rows if not row["bridged_to"]} >= {"hangup"}
    assert {row["code_kind"] for row in rows} == {"right", "mistyped", "guessed", "none"}
    assert any(row["from"] in WITHHELD for row in rows)
    assert not installation.forged
    left = [form["CallSid"] for form in installation.received("left")]
    assert set(left) == {row["call_sid"] for row in rows if row["queued_at"]}


CLOSED = "Wilt u dat wij u dan bellen? Toets dan een één. Wilt u een bericht inspreken? Toets dan een twee."


@pytest.mark.parametrize(
    ("words", "wish", "key"),
    [
        (
            "Er zijn 3 wachtenden voor u. Wilt u liever teruggebeld worden? Toets dan een één.",
            "back",
            "1",
        ),
        ("Would you rather be called back? Then press one. You keep your place.", "back", "1"),
        (CLOSED, "back", "1"),
        (CLOSED, "tell", "2"),
        ("Voor Nederlands, toets 1. For English, press 2.", "en", "2"),
        ("Toets dan de tien cijfers die op het kaartje staan.", "back", ""),
        ("Wij bellen u terug. Toets 12 als dat moet.", "back", ""),
    ],
)
def test_callers_find_the_key_for_what_they_want(words: str, wish: str, key: str) -> None:
    assert key_for(words, {"back": _CALL_BACK, "tell": _MESSAGE, "en": _TONGUES["en"]}[wish]) == key


def test_a_caller_keys_on_which_number_they_can_be_called_back(
    installation: TinyInstallation, network: Network
) -> None:
    ask = "Op welk nummer kunnen wij u bellen? Toets het nummer in, en daarna een hekje."
    installation.says |= {
        "in": '<Gather numDigits="1" action="/back"><Say>Wilt u worden teruggebeld? Toets dan een 1.</Say></Gather>',
        "back": f'<Gather action="/number"><Say>{ask}</Say></Gather>',
        "number": "<Say>Dank u wel.</Say>",
    }
    truth = network.wait_for_end(network.ring(CallBack="yes", OwnNumber="0612345678"))
    assert (
        installation.received("number")[0] | {"Digits": "0612345678", "FinishedOnKey": "#"}
        == installation.received("number")[0]
    )
    assert truth["last_words"] == "Dank u wel."


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("wrong", "received"),
    [
        (
            ["--url", "x", "--to", "+318000543"],
            "--url: 'x' is not a web address; write it as http://127.0.0.1:8600/voice/in",
        ),
        (
            ["--url", "http://127.0.0.1:1/voice/in", "--to", "0800 0543"],
            "--to: '0800 0543' is not an international phone number",
        ),
    ],
)
def test_a_rehearsal_that_would_ring_into_nothing_is_refused(
    wrong: list[str], received: str
) -> None:
    answer = CliRunner().invoke(simulate.app, ["calls", *wrong])
    assert answer.exit_code == 2
    assert received in answer.stderr


def test_a_mistake_in_the_file_of_faults_is_reported_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "faults.toml").write_text("[callers]\npatients = 3\n")
    with pytest.raises(BadInput) as wrong:
        read_rehearsal(tmp_path / "faults.toml")
    assert wrong.value.field == "callers.patients"
    assert "patience" in str(wrong.value)


@pytest.mark.thorough
def test_an_installation_is_never_rehearsed_with_real_people(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="would reach real people"):
        Served(
            tmp_path,
            rehearse="2023-06-01T10:00",
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
        )
