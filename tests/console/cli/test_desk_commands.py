"""`kaartje queue` and `kaartje agent`: as an agent without a browser would use them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from desk.entries.queue_entries import NewCall, enter
from store.engine import open_store
from tests.builders import Builder
from tests.conftest import NOW


@pytest.fixture
def home(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", "")
    store = open_store(sqlite_url, locks=tmp_path / "locks")
    with store.writing() as connection:
        line = Builder(connection, NOW).line()
        enter(
            connection,
            [
                NewCall(line_id=line, reply_id=None, received_at=NOW),
                NewCall(line_id=line, reply_id=None, received_at=NOW, skill="early-signal"),
            ],
        )
    store.engine.dispose()
    return tmp_path


def kaartje(*words: str) -> Result:
    return CliRunner().invoke(app, words)


@pytest.mark.thorough
def test_an_agent_takes_what_they_were_trained_for_and_says_what_came_of_it(home: Path) -> None:
    at = ("--now", "2023-06-01T09:30")
    assert json.loads(kaartje("queue", "next", "--as", "fatma", "--json", *at).stdout)["id"] == 1
    assert "Nothing waits" in kaartje("queue", "next", "--as", "fatma", *at).stdout
    assert kaartje("agent", "add", "fatma", "--languages", "nl,tr", *at).exit_code == 0
    assert (
        kaartje("agent", "train", "fatma", "--skill", "early-signal", "--as", "anja", *at).exit_code
        == 0
    )
    assert "#2" in kaartje("queue", "next", "--as", "fatma", *at).stdout
    assert "100.0%" in kaartje("agent", "training", "early-signal", *at).stdout
    assert json.loads(kaartje("agent", "list", "--json", *at).stdout)[0]["languages"] == [
        "nl",
        "tr",
    ]
    assert kaartje("queue", "finish", "1", "helped", "--as", "fatma", *at).exit_code == 0
    assert json.loads(kaartje("queue", "list", "--json").stdout) == []
    assert "1 given back" in kaartje("queue", "give-back", "--now", "2023-06-01T10:30").stdout


def test_what_cannot_be_taken_is_one_clear_line(home: Path) -> None:
    for words, said in (
        (
            ("agent", "train", "henri", "--skill", "early-signal", "--as", "anja"),
            "henri: is not a registered agent; register them",
        ),
        (
            ("agent", "add", "henri", "--languages", "Dutch"),
            "languages: 'Dutch' is not a language code; write two letters",
        ),
        (("agent", "leave", "henri"), "henri: is not a registered agent"),
        (("queue", "finish", "1", "helped", "--as", "henri"), "call 1: is waiting; take it first"),
    ):
        ended = kaartje(*words)
        assert ended.exit_code == 2
        assert said in ended.stderr


@pytest.mark.thorough
def test_an_appointment_a_handover_and_a_referral_from_the_keyboard(
    home: Path, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kaartje.sqlite3", locks=tmp_path / "locks")
    with store.writing() as connection:
        Builder(connection, NOW).person("P1")
    store.engine.dispose()
    at, who = ("--now", "2023-06-01T09:30"), ("--as", "fatma")
    assert "opened" in kaartje("desk", "offer", "Verzonnenlaan 12", "2023-06-08T10:30", *at).stdout
    assert json.loads(kaartje("desk", "slots", "--json", *at).stdout)[0]["left"] == 1
    file = tmp_path / "a.ics"
    made = kaartje(
        "desk",
        "book",
        "1",
        "P1",
        "--call",
        "1",
        "--ics",
        str(file),
        "--line",
        "0800 0543",
        *who,
        *at,
    )
    assert "appointment 1: 2023-06-08 10:30" in made.stdout
    assert b"DTSTART:20230608T083000Z" in file.read_bytes()
    assert (
        "is a Sunday"
        in kaartje("desk", "offer", "Verzonnenlaan 12", "2023-06-11T10:30", *at).stderr
    )
    twice = kaartje("desk", "offer", "Verzonnenlaan 12", "2023-06-08T10:45", *at).stderr
    assert "is taken by the slot of 2023-06-08 10:30" in twice
    assert "is full" in kaartje("desk", "book", "1", "P1", *who, *at).stderr
    task = (
        "--to",
        "Omar",
        "--situation",
        "No return.",
        "--asked",
        "Help.",
        "--promised",
        "A call.",
        "--needed",
        "Call.",
    )
    assert (
        kaartje("desk", "handover", "P1", *task, "--deadline", "2023-06-05", *who, *at).exit_code
        == 0
    )
    asked = ("--to", "debt_help", "--share", "name,number")
    assert "consent is missing" in kaartje("desk", "refer", "P1", *asked, *who, *at).stderr
    assert (
        kaartje(
            "desk", "refer", "P1", *asked, "--consent", "May they call you?", *who, *at
        ).exit_code
        == 0
    )
    late = json.loads(kaartje("desk", "overdue", "--json", "--now", "2023-06-09").stdout)
    assert [each["kind"] for each in late] == ["handover", "appointment", "referral"]
    assert kaartje("desk", "ended", "1", "missed", *who, "--now", "2023-06-09").exit_code == 0
    assert kaartje("desk", "done", "1", "--what", "Called.", *who, *at).exit_code == 0
    assert json.loads(kaartje("desk", "case", "P1", "--json").stdout)["owner"] == "fatma"
    assert (
        "still waits for a referral"
        in kaartje("desk", "close", "1", "--why", "Done.", *who, *at).stderr
    )


def test_a_signal_is_reported_and_decided_from_the_keyboard(home: Path) -> None:
    about = (
        "--kind",
        "letters",
        "--affected",
        "citizens",
        "--what",
        "Two letters.",
        "--cause",
        "?",
        "--owner",
        "Anja",
    )
    assert "signal 1 for Anja" in kaartje("desk", "signal", *about, "--as", "fatma").stdout
    decided = kaartje("desk", "decide", "1", "solve", "--why", "One letter.", "--as", "anja")
    assert "signal 1: solve; tell fatma" in decided.stdout


@pytest.mark.thorough
def test_what_follows_from_a_conversation_from_the_keyboard(home: Path) -> None:
    store = open_store(f"sqlite:///{home}/kaartje.sqlite3", locks=home / "locks")
    with store.writing() as connection:
        Builder(connection, NOW).person("P1")
    store.engine.dispose()
    at, who, june = (
        ("--now", "2023-06-01T09:30"),
        ("--as", "fatma"),
        ("--from", "2023-06-01", "--until", "2023-06-01"),
    )

    def said(*words: str) -> str:
        ended = kaartje(*words)
        assert ended.exit_code == 0, ended.output
        return ended.stdout

    said("queue", "next", *who, *at)
    assert "in hand: 1" in said("queue", "keep", *who, *at)
    said("queue", "finish", "1", "helped", "--note", "She will file.", *who, *at)
    assert "entry 2: gone" in said("queue", "hang-up", "2", *at)
    assert "filing, debts" in said("desk", "topics", "1", "filing,debts", *who, *at)
    assert "Debt help" in said("desk", "signs", "1", "--heard", "seizure", *who, *at)
    assert "cannot_read" in said("desk", "signs", "1", *who, *at)
    counted = json.loads(said("desk", "topic-counts", *june, "--json"))
    assert counted == {
        "conversations": 1,
        "topics": {"debts": 1, "filing": 1},
        "signs": {"seizure": 1},
    }
    said("desk", "look-back", "1", "--was-hard", "I hurried.", *who, *at)
    assert "I hurried." in said("desk", "looked-back", *who)
    assert "I hurried." not in said("desk", "reflection-counts", *june)
    drawn = (
        "desk",
        "sample",
        *june,
        "--seed",
        "june",
        "--rate",
        "1",
        "--as",
        "anja",
        "--now",
        "2023-06-02",
    )
    assert "She will file." in said(*drawn)
    other = ("--instead", "Called first.", "--why", "It burned.", "--person", "P1", "--dialogue")
    said("desk", "deviate", "guide file_first", *other, *who, *at)
    assert "guide file_first" in said("desk", "dialogue")
    assert "Called first." in said("desk", "deviations", *june)
    said("desk", "discussed", "1", "--what", "Right.", *who, *at)
    assert "proposed: stella" in said("desk", "triage", "--grounds", "several_rules,eviction")
    decided = ("--person", "P1", "--to", "stella", "--why", "It burns.", *who, *at)
    assert "stella, team task 1" in said(
        "desk", "triage", "--grounds", "several_rules,eviction", *decided
    )
    said(
        "desk",
        "tailor-made",
        "P1",
        "--to",
        "collection",
        "--why",
        "She lives on nothing.",
        *who,
        *at,
    )
    assert "by 2023-06-05 stella" in said("desk", "team-tasks")
    said("deliver", *at)
    assert len(list((home / "team-tasks" / "stella").glob("*.json"))) == 1
    late = kaartje("desk", "ageing", "--json", "--now", "2023-06-07")
    assert late.exit_code == 1
    assert json.loads(late.stdout)["late_by_kind"] == {"team_task": 1}
    said("desk", "team-task-received", "1", *who, *at)
    said("desk", "team-task-ended", "1", "--how", "A plan was made.", *who, *at)
    assert kaartje("desk", "ageing", "--now", "2023-06-07").exit_code == 0
    left = kaartje("desk", "give", "1", "omra", *who, *at)
    assert "nobody here is called 'omra'; name one of " in left.stderr
    said("agent", "add", "omar")
    near = kaartje("desk", "give", "1", "omra", *who, *at)
    assert (near.exit_code, "did you mean omar?" in near.stderr) == (2, True)
    assert "case 1 is omar's" in said("desk", "give", "1", "Omar", *who, *at)
    said(
        "desk",
        "refer",
        "P1",
        "--to",
        "debt_help",
        "--share",
        "name",
        "--consent",
        "May they call?",
        *who,
        *at,
    )
    said("desk", "referral-received", "1", "--reference", "SH-1", *who, *at)
    said("desk", "referral-ended", "1", "--how", "A plan.", *who, *at)


@pytest.mark.thorough
def test_a_signal_waits_rises_and_is_listed_from_the_keyboard(home: Path) -> None:
    about = (
        "--kind",
        "letters",
        "--affected",
        "citizens",
        "--what",
        "Two letters.",
        "--cause",
        "?",
        "--owner",
        "Anja",
    )
    at, anja = ("--now", "2023-06-01"), ("--as", "anja")
    for reporter in ("fatma", "henri"):
        kaartje("desk", "signal", *about, "--impact", "They stop reading.", "--as", reporter, *at)
    assert "is one with 1" in kaartje("desk", "merge", "2", "1", *anja, *at).stdout
    assert (
        "waits for law"
        in kaartje("desk", "wait", "1", "law", "--until", "2023-07-01", *anja, *at).stdout
    )
    ended = kaartje("desk", "signals", "--now", "2023-09-15")
    assert "106 days" in ended.stdout
    assert "let somebody above Anja decide" in ended.stderr
    assert (
        "the director decides"
        in kaartje("desk", "escalate", "1", "--to", "the director", *anja, *at).stdout
    )
    assert "into 1" in kaartje("desk", "news", "--as", "henri", "--now", "2023-06-02").stdout
    assert kaartje("desk", "news", "--as", "henri", "--now", "2023-06-02").stdout == ""


def test_a_calendar_of_the_command_names_the_campaigns_line_and_follows_a_move_and_the_end(
    home: Path, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kaartje.sqlite3", locks=tmp_path / "locks")
    with store.writing() as connection:
        builder = Builder(connection, NOW)
        builder.line("+318001111")
        builder.reach(builder.campaign(line_id=builder.line()), "P1")
    store.engine.dispose()
    at, who, file = ("--now", "2023-06-01T09:30"), ("--as", "fatma"), tmp_path / "a.ics"
    for day in ("2023-06-08T10:30", "2023-06-09T14:00"):
        kaartje("desk", "offer", "Verzonnenlaan 12", day, *at)

    def calendar(*command: str) -> bytes:
        done = kaartje("desk", *command, "--ics", str(file), *who, *at)
        assert done.exit_code == 0, done.stderr
        return file.read_bytes().replace(b"\r\n ", b"")

    booked = calendar("book", "1", "P1")
    assert b"Bel gratis 0800 0543" in booked
    moved = calendar("move", "1", "2")
    over = calendar("ended", "2", "cancelled")
    uid = next(line for line in booked.splitlines() if line.startswith(b"UID:"))
    for later, sequence in ((moved, b"SEQUENCE:1"), (over, b"SEQUENCE:2")):
        assert uid in later
        assert sequence in later
    assert b"DTSTART:20230609T120000Z" in moved
    assert b"STATUS:CANCELLED" in over


def test_nothing_is_handed_over_to_somebody_who_left(home: Path, tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/kaartje.sqlite3", locks=tmp_path / "locks")
    with store.writing() as connection:
        Builder(connection, NOW).person("P1")
    store.engine.dispose()
    at, who = ("--now", "2023-06-01T09:30"), ("--as", "fatma")
    kaartje("agent", "add", "Omar", *at)
    kaartje("agent", "add", "Henri", *at)
    kaartje("agent", "leave", "Omar", *at)
    task = ("--situation", "No return.", "--asked", "Help.", "--promised", "A call.")
    rest = (*task, "--needed", "Call.", "--deadline", "2023-06-05", *who, *at)
    for name in ("Omar", "omar", "Henry", "Sanne"):
        refused = kaartje("desk", "handover", "P1", "--to", name, *rest)
        assert refused.exit_code == 2, name
    assert "Henri" in kaartje("desk", "handover", "P1", "--to", "Henry", *rest).stderr
    assert kaartje("desk", "handover", "P1", "--to", "Henri", *rest).exit_code == 0
