"""Trying texts out: a test number, a dry run, a provider that is none."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests
from typer.testing import CliRunner, Result

from console.main import app
from tests.channels.sms import simulated

NUMBERS = "Anja=06 12345678, bilal=+31687654321"


def kaartje(home: Path, *words: str, given: str = "", **settings: str) -> Result:
    ours = {f"KAARTJE_{name.upper()}": value for name, value in settings.items()}
    return CliRunner().invoke(
        app,
        [*words],
        input=given,
        env={**ours, "KAARTJE_HOME": str(home), "KAARTJE_SMS_TEST_NUMBERS": NUMBERS},
    )


def document_of(run: Result) -> Any:
    assert run.exit_code in {0, 1}, run.stderr
    return json.loads(run.stdout)


@pytest.fixture
def accounts(tmp_path: Path) -> dict[str, str]:
    return simulated.accounts(simulated.flawless(), tmp_path)


@pytest.mark.parametrize("to", ["anja", "0612345678", "+31612345678"])
def test_a_text_goes_to_a_test_number_by_name_or_number(
    tmp_path: Path, accounts: dict[str, str], to: str
) -> None:
    answer = document_of(
        kaartje(tmp_path, "sms", "send", "--to", to, "--json", given="Hallo!", **accounts)
    )
    assert answer["result"] == "receipt"
    (text,) = simulated.flawless().texts(accounts["twilio_account_sid"])
    assert (text["to"], text["body"], text["sid"]) == (
        "+31612345678",
        "Hallo!",
        answer["provider_ref"],
    )


def test_nobody_elses_number_is_texted(tmp_path: Path, accounts: dict[str, str]) -> None:
    run = kaartje(tmp_path, "sms", "send", "--to", "0611111111", given="Hallo!", **accounts)
    assert run.exit_code == 2
    assert (
        "'0611111111' is not a test number; list it in KAARTJE_SMS_TEST_NUMBERS (anja, bilal)"
        in run.stderr
    )
    assert simulated.flawless().texts(accounts["twilio_account_sid"]) == []


def test_a_dry_run_judges_it_and_sends_nothing(tmp_path: Path, accounts: dict[str, str]) -> None:
    words = (
        "sms",
        "send",
        "--to",
        "anja",
        "--template",
        "text-invitation",
        "--language",
        "en",
        "--dry",
        "--json",
    )
    answer = document_of(kaartje(tmp_path, *words, **accounts))
    assert answer["provider_ref"].startswith("dry/try-")
    assert simulated.flawless().texts(accounts["twilio_account_sid"]) == []
    (line,) = (tmp_path / "outbox" / "dry").glob("*.jsonl")
    assert "Call us for free" in line.read_text()


def test_without_an_account_it_says_which_setting_is_missing(tmp_path: Path) -> None:
    run = kaartje(tmp_path, "sms", "send", "--to", "anja", given="Hallo!")
    assert run.exit_code == 2
    assert "set KAARTJE_TWILIO_ACCOUNT_SID" in run.stderr


def test_a_text_that_cannot_go_is_refused_before_anybody_is_called(
    tmp_path: Path, accounts: dict[str, str]
) -> None:
    run = kaartje(tmp_path, "sms", "send", "--to", "anja", "--json", given="ë" * 200, **accounts)
    answer = document_of(run)
    assert run.exit_code == 1
    assert (answer["result"], answer["code"]) == ("refusal", "TOO_LONG")


def test_a_text_tells_about_itself(tmp_path: Path) -> None:
    answer = document_of(
        kaartje(tmp_path, "sms", "template", "text-appointment", "--json", sms_price="0.10")
    )
    assert "appointment.street" in answer["needs"]
    assert [each["language"] for each in answer["languages"]] == ["nl", "en"]
    assert answer["languages"][0]["cost"] == "0.20"
    assert answer["findings"] == []
    assert kaartje(tmp_path, "sms", "template", "contact-card").exit_code == 2


def test_a_stand_in_answers_in_the_shape_of_the_real_one(tmp_path: Path) -> None:
    url, account = simulated.flawless().url, simulated.account_for(tmp_path)
    place, me = f"{url}/2010-04-01/Accounts/{account}/Messages", (account, simulated.TOKEN)
    text = {"To": "+31612345678", "From": simulated.SENDER, "Body": "Hallo!"}
    made = requests.post(f"{place}.json", data=text, auth=me, timeout=5).json()
    assert (made["status"], made["num_segments"]) == ("queued", "1")
    assert (
        requests.get(f"{place}/{made['sid']}.json", auth=me, timeout=5).json()["body"] == "Hallo!"
    )
    listed = requests.get(f"{place}.json", params={"To": text["To"]}, auth=me, timeout=5).json()
    assert [each["sid"] for each in listed["messages"]] == [made["sid"]]
    for change, code in (
        ({"To": "+31201234567"}, 21614),
        ({"To": "020"}, 21211),
        ({"Body": ""}, 21602),
        ({"From": ""}, 21603),
        ({"Body": "a" * 1601}, 21617),
    ):
        refused = requests.post(f"{place}.json", data={**text, **change}, auth=me, timeout=5)
        assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert requests.post(f"{place}.json", data=text, timeout=5).json()["code"] == 20003
    looked_up = requests.get(
        f"{url}/v2/PhoneNumbers/+31201234567?Fields=line_type_intelligence", auth=me, timeout=5
    )
    assert looked_up.json()["line_type_intelligence"]["type"] == "landline"


def test_who_said_stop_to_the_stand_in_gets_nothing_more_from_it(
    tmp_path: Path, accounts: dict[str, str]
) -> None:
    send = ("sms", "send", "--to", "bilal", "--json")
    assert document_of(kaartje(tmp_path, *send, given="Hallo!", **accounts))["result"] == "receipt"
    account = {"To": "+31687654321", "Body": "STOP", "Token": simulated.TOKEN}
    assert (
        requests.post(
            f"{simulated.flawless().url}/simulator/reply", data=account, timeout=5
        ).status_code
        == 201
    )
    answer = document_of(kaartje(tmp_path, *send, given="Hallo!", **accounts))
    assert (answer["kind"], answer["code"]) == ("opted_out", "21610")


def test_a_wrong_file_of_faults_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "faults.toml").write_text("hang_share = 3\n")
    run = kaartje(
        tmp_path, "simulate", "sms", "--port", "0", "--faults", str(tmp_path / "faults.toml")
    )
    assert run.exit_code == 2
    assert "hang_share: 3 is too large; write a number of at most 1" in run.stderr


def test_a_number_is_looked_up_once_and_remembered_without_naming_it(
    tmp_path: Path, accounts: dict[str, str]
) -> None:
    ask = ("number", "check", "06 12345678", "--look-up", "--json")
    assert document_of(kaartje(tmp_path, *ask, **accounts))["answers"] == "mobile"
    (kept,) = (tmp_path / "outbox" / ".sms" / "lookups").iterdir()
    assert "612345678" not in f"{kept.name} {kept.read_text()}"
    unreachable = {**accounts, "twilio_url": "http://127.0.0.1:9"}
    assert document_of(kaartje(tmp_path, *ask, **unreachable))["answers"] == "mobile"
    run = kaartje(tmp_path, "number", "check", "06 87654321", "--look-up", **unreachable)
    assert run.exit_code == 2
    assert "the provider could not be asked" in run.stderr
