"""What people type when replies come in, and what they read back."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from channels.codes import response_code
from console.main import app
from installation.installation import open_installation
from installation.settings import Settings
from store.tables import Reply
from suppression.reasons import Reason
from tests.builders import Builder

CODE = response_code(11)
LATER = "2023-07-01"


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Path:
    """A house with one campaign: P1 got a card, P2 was left out, P3 was held out."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    installation = open_installation(Settings(home=tmp_path))
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign(hold_out=True)
        builder.reach(campaign, "P1", code=CODE)
        builder.decide(
            campaign, builder.person("P2", deceased_on=date(2023, 1, 1)), Reason.DECEASED
        )
        builder.decide(campaign, builder.person("P3"), Reason.HOLD_OUT, arm="hold-out")
    installation.store.engine.dispose()
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def document(*words: str) -> object:
    answer = typed(*words)
    assert answer.exit_code == 0, answer.stderr
    return json.loads(answer.stdout)


def test_replies_come_in_once_and_the_report_knows_them(home: Path) -> None:
    file = home / "replies.csv"
    file.write_text(
        f"received_at,kind,response_code,objects\n2023-06-14,called,{CODE},\n2023-06-14,counter,,\n"
    )
    said = document("replies", "import", str(file), "--now", LATER, "--json")
    assert isinstance(said, dict)
    assert (said["added"], said["matched"], said["unmatched"], said["calls"]) == (
        2,
        {"code": 1},
        1,
        2,
    )
    again = typed("replies", "import", str(file), "--now", LATER)
    assert "2 rows: 0 new, 2 known already, 0 refused" in again.stdout
    report = typed("report", "pilot", "--now", LATER)
    assert report.exit_code == 0
    assert "called" in report.stdout
    found = document("report", "pilot", "--now", LATER, "--json")
    assert isinstance(found, dict)
    assert (found["called"], found["left_out"]) == (1, {"DECEASED": 1, "HOLD_OUT": 1})


def test_a_reply_that_nobody_could_match_is_listed_and_matched(home: Path) -> None:
    file = home / "replies.csv"
    file.write_text("received_at,kind,text\n2023-06-14,counter,mevrouw met kaartje\n")
    typed("replies", "import", str(file), "--now", LATER)
    listed = typed("replies", "unmatched")
    assert "mevrouw met kaartje" in listed.stdout
    with open_installation(Settings(home=home)).store.reading() as connection:
        reply = connection.execute(select(Reply.id)).scalar_one()
    assert (
        typed("replies", "match", str(reply), "P1", "--now", LATER).stdout
        == f"reply {reply} is from P1\n"
    )
    assert document("replies", "unmatched", "--json") == []
    assert typed("replies", "match", str(reply), "P1").exit_code == 2


def test_a_refused_row_is_reported_and_written_out(home: Path) -> None:
    file = home / "replies.csv"
    file.write_text("received_at,kind\nyesterday,called\n2023-06-14,counter\n")
    answer = typed(
        "replies", "import", str(file), "--now", LATER, "--refused", str(home / "refused.csv")
    )
    assert answer.exit_code == 0
    assert (
        f"refused: {file}, line 2, received_at: 'yesterday' is not a date and time" in answer.stderr
    )
    assert "yesterday,called,2," in (home / "refused.csv").read_text()


def test_a_file_that_is_not_there_is_one_line_and_exit_code_2(home: Path) -> None:
    for noun in ("replies", "outcomes", "suppression"):
        answer = typed(noun, "import", str(home / "nowhere.csv"))
        assert (answer.exit_code, answer.stdout) == (2, "")
        assert (
            answer.stderr.strip()
            == f"error: {home / 'nowhere.csv'}: is not there; look at its name"
        )


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("P1", "Arm card, wave 1: 5 June 2023."),
        ("P2", "Our records say that you have died."),
        ("P3", "This was drawn by lot on 1 June 2023."),
    ],
)
def test_why_answers_for_everyone(home: Path, ref: str, said: str) -> None:
    assert said in typed("why", ref, "--reason", "a letter").stdout
    found = document("why", ref, "--reason", "a letter", "--json")
    assert isinstance(found, dict)
    assert found["person"]["person_ref"] == ref


def test_why_of_nobody_is_one_line_and_exit_code_2(home: Path) -> None:
    answer = typed("why", "P404", "--reason", "a letter")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: P404: is not a known person; ")
    assert len(answer.stderr.splitlines()) == 1


def test_somebody_is_listed_read_back_and_lifted(home: Path) -> None:
    assert (
        typed("suppression", "add", "P1", "--reason", "objection", "--now", "2023-06-02").exit_code
        == 0
    )
    listed = document("suppression", "list", "--json", "--now", LATER)
    assert isinstance(listed, list)
    assert [(entry["person_ref"], entry["reason"]) for entry in listed] == [("P1", "OBJECTION")]
    assert (
        typed("suppression", "lift", "P1", "--why", "asked for it", "--now", LATER).stdout
        == "P1: 1 entry lifted\n"
    )
    assert document("suppression", "list", "--json", "--now", LATER) == []
    assert "asked for it" in typed("suppression", "list", "--all", "--now", LATER).stdout


@pytest.mark.parametrize("ref", ["p1", "P01", "P001"])
def test_a_reference_that_nobody_has_is_not_listed_beside_one_that_is_near(
    home: Path, ref: str
) -> None:
    answer = typed("suppression", "add", ref, "--reason", "OBJECTION")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert f"nobody of the reference {ref} is known" in answer.stderr
    assert "P1" in answer.stderr
    assert document("suppression", "list", "--json") == []


def test_an_objection_of_somebody_still_unknown_waits_and_says_so(home: Path) -> None:
    answer = typed("suppression", "add", "Q77", "--reason", "OBJECTION", "--now", LATER)
    assert answer.stdout.startswith("nobody of the reference Q77 is known")
    assert len(document("suppression", "list", "--json", "--now", LATER)) == 1  # type: ignore[arg-type]


def test_a_list_in_small_letters_holds_the_people_whom_it_means(home: Path) -> None:
    file = home / "list.csv"
    file.write_text("person_ref,reason\np1,OBJECTION\nP3,OBJECTION\nq9,OBJECTION\n")
    assert typed("import", str(file), "--now", "2023-06-02").exit_code == 0
    listed = document("suppression", "list", "--json", "--now", LATER)
    assert isinstance(listed, list)
    assert {entry["person_ref"]: entry["note"] for entry in listed} == {
        "P1": "(listed as p1)",
        "P3": "",
        "q9": "",
    }


@pytest.mark.parametrize(
    "file",
    [
        "person_ref,kind,happened_on,reference,withdrawn_on\n{ref},filed,2023-05-21,,\n",
        "person_ref,tax,year,filed_on\n{ref},income,2022,2023-05-21\n",
        "person_ref,kind,said_at,channel,source\n{ref},withdrawn,2023-05-21,sms,letter\n",
    ],
    ids=["outcomes", "obligations", "consents"],
)
@pytest.mark.parametrize("ref", ["p1", "P001"])
def test_a_row_that_would_be_about_nobody_is_refused_with_who_may_be_meant(
    home: Path, file: str, ref: str
) -> None:
    path = home / "rows.csv"
    path.write_text(file.format(ref=ref) + file.format(ref="Q77").splitlines()[-1] + "\n")
    done = typed("import", str(path), "--refused", str(home / "r.csv"), "--now", LATER)
    assert "2 rows: 1 new" in done.stdout
    assert "1 refused" in done.stdout
    assert f"nobody of the reference {ref} is known; write P1" in done.stderr


def test_a_subject_that_no_campaign_has_is_refused(home: Path) -> None:
    words = ("suppression", "add", "P1", "--reason", "OBJECTION", "--subject", "incom-tax")
    answer = typed(*words)
    assert answer.exit_code == 2
    assert "no campaign has the subject 'incom-tax'" in answer.stderr


def test_a_time_that_the_clock_skips_or_has_twice_is_no_appointment(home: Path) -> None:
    skipped = typed("desk", "offer", "Dorpsplein 1", "2024-03-31T02:30")
    assert skipped.exit_code == 2
    assert "does not exist" in skipped.stderr
    assert "2024-03-31T03:30" in skipped.stderr
    twice = typed("desk", "offer", "Dorpsplein 1", "2024-10-27T02:30")
    assert twice.exit_code == 2
    assert "2024-10-27T02:30+02:00 or 2024-10-27T02:30+01:00" in twice.stderr
    said_which = typed("desk", "offer", "Dorpsplein 1", "2024-10-27T02:30+01:00")
    assert " or " not in said_which.stderr  # that moment is in the night, when nobody is there
    assert "2024-10-27" in said_which.stderr
    assert typed("deliver", "--now", "2024-03-31T02:30").exit_code == 2


def test_a_reason_that_cannot_be_listed_is_refused(home: Path) -> None:
    answer = typed("suppression", "add", "P1", "--reason", "MINOR")
    assert answer.exit_code == 2
    assert (
        "reason: MINOR is judged from the people data and cannot be listed by hand" in answer.stderr
    )


def test_the_roster_is_kept_from_the_command_line(home: Path) -> None:
    assert (
        typed("roster", "add", "Henri", "--line", "0800 1234", "--from", "2023-06-01").exit_code
        == 0
    )
    assert document("roster", "list", "--json") == [
        {"line": "+318001234", "first_name": "Henri", "on_from": "2023-06-01", "on_until": None}
    ]
    assert (
        typed("roster", "leave", "Henri", "--line", "08001234", "--after", "2023-06-30").exit_code
        == 0
    )
    assert "2023-06-01 to 2023-06-30" in typed("roster", "list").stdout
    assert "--line: '12' is too short" in typed("roster", "add", "Henri", "--line", "12").stderr
    assert (
        "--from: 'soon' is not a date"
        in typed("roster", "add", "Henri", "--line", "0800 1234", "--from", "soon").stderr
    )


@pytest.mark.thorough
def test_an_effect_is_said_in_both_languages_with_figures_of_one_kind(home: Path) -> None:
    asked = ("effect", "pilot", "--now", LATER)
    found = document(*asked, "--as-of", "2023-06-20", "--json")
    assert isinstance(found, dict)
    assert (found["as_of"], found["verdict"], found["control"]) == (
        "2023-06-20",
        "not_shown",
        "hold-out",
    )
    assert found["said"]["en"][0].startswith("It is not shown that the card made a difference")
    assert found["said"]["nl"][0].startswith(
        "Het is niet aangetoond dat het kaartje verschil maakte"
    )
    text = typed(*asked).stdout
    assert "hold-out: 0 of 1, 0.0%" in text
    assert "card minus control: +0.0 points" in text
    assert "from 5 June 2023 up to and including 1 July 2023" in text


def test_an_effect_on_a_day_without_an_answer_is_refused_in_one_line(home: Path) -> None:
    for day, said in (
        ("2023-06-31", "--as-of: '2023-06-31' is not a date; write it as 2023-06-01"),
        ("2023-06-04", "--as-of: 2023-06-04 is before the campaign's first date; write 2023-06-05"),
        ("2024-01-01", "--as-of: 2024-01-01 is still to come; write 2023-07-01 or earlier"),
    ):
        refused = typed("effect", "pilot", "--as-of", day, "--now", LATER)
        assert refused.exit_code == 2
        assert refused.stderr.startswith(f"error: {said}")
