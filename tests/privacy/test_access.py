"""Access shows a citizen everything that is held about them, checked by two, within a month."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.main import app
from installation.installation import Installation
from privacy.access_export import everything_about, shown_columns
from privacy.access_pages import column_label, table_title
from privacy.belongings import NOBODYS_IN_PARTICULAR, WAYS
from store.column_classes import ColumnClass
from store.data_classes import described_columns
from tests.conftest import NOW
from tests.privacy.whole_person import REF, mark, put_down_everything

ABOUT_CITIZENS = frozenset(ColumnClass) - {ColumnClass.STAFF, ColumnClass.TECHNICAL}


@pytest.fixture
def filled(installation: Installation) -> Installation:
    with installation.store.writing() as connection:
        put_down_everything(connection, NOW)
    return installation


def command(installation: Installation, *asked: str, at: datetime | None = NOW) -> Any:
    """Run `kaartje privacy` on this installation, and return what it printed."""
    settings = installation.settings
    environment = {
        "KAARTJE_HOME": str(settings.home),
        "KAARTJE_DATABASE_URL": settings.database_url,
        "KAARTJE_SECRET": settings.key().decode(),
        "KAARTJE_REHEARSAL": "yes",
    }
    moment = ["--now", at.isoformat()] if at else []
    return CliRunner(env=environment).invoke(app, ["privacy", *asked, *moment])


def test_every_table_with_data_of_people_is_reached_from_a_person_or_says_why_not() -> None:
    of_people = {each.table for each in described_columns() if each.kind in ABOUT_CITIZENS}
    assert of_people == set(WAYS) | set(NOBODYS_IN_PARTICULAR)
    assert not set(WAYS) & set(NOBODYS_IN_PARTICULAR)


def test_the_export_holds_every_column_that_the_classes_name(filled: Installation) -> None:
    found = everything_about(filled, REF, now=NOW)
    held = {
        (record["table"], column)
        for record in found["records"]
        for row in record["rows"]
        for column in row
        if column != "campaign"
    }
    named = {
        (each.table, each.column)
        for each in described_columns()
        if each.kind in ABOUT_CITIZENS and each.table in WAYS
    }
    assert named - held == {("privacy_requests", "prepared")}
    assert held - named == {("audit_log", "at")}
    assert found["explanation"]["person"]["person_ref"] == REF


def test_the_export_holds_what_was_said_and_no_colleague(filled: Installation) -> None:
    said = json.dumps(everything_about(filled, REF, now=NOW))
    for table, column in (("calls", "note"), ("replies", "text"), ("handovers", "situation")):
        assert mark(table, column) in said
    for table, column in (("calls", "taken_by"), ("cases", "owner"), ("audit_log", "actor")):
        assert mark(table, column) not in said


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_column_and_table_has_words_for_a_citizen(language: Any) -> None:
    for table, columns in shown_columns().items():
        assert table_title(language, table)
        assert all(column_label(language, each.column) for each in columns)


def test_a_request_is_prepared_checked_by_somebody_else_and_answered(
    filled: Installation, tmp_path: Path
) -> None:
    asked = ["request", REF, "--kind", "access", "--identity", "passport seen", "--as", "rosa"]
    made = command(filled, *asked, "--words", "what do you have on me", "--json")
    assert made.exit_code == 0, made.stderr
    number = str(json.loads(made.stdout)["id"])
    refused = command(filled, "answer", number, "--outcome", "granted", "--words", "x", "--as", "a")
    assert (refused.exit_code, "second person" in refused.stderr) == (2, True)
    assert command(filled, "prepare", number, "--as", "rosa").exit_code == 0
    own = command(filled, "check", number, "--as", "Rosa")
    assert (own.exit_code, "Rosa prepared it" in own.stderr) == (2, True)
    assert command(filled, "check", number, "--as", "bilal").exit_code == 0
    written = command(filled, "export", number, "--to", str(tmp_path / "out"), "--as", "rosa")
    assert written.exit_code == 0, written.stderr
    document = json.loads((tmp_path / "out" / f"access-{number}.json").read_text())
    assert document["person_ref"] == REF
    assert (tmp_path / "out" / f"access-{number}.pdf").read_bytes().startswith(b"%PDF")
    ended = command(
        filled, "answer", number, "--outcome", "granted", "--words", "sent by post", "--as", "rosa"
    )
    assert ended.exit_code == 0, ended.stderr
    again = command(filled, "export", number, "--to", str(tmp_path / "out"), "--as", "rosa")
    assert (again.exit_code, "nothing is prepared" in again.stderr) == (2, True)
    assert json.loads(command(filled, "requests", "--answered", "--json").stdout)[0]["outcome"] == (
        "granted"
    )


def test_a_request_over_its_month_is_on_top_of_what_is_overdue(filled: Installation) -> None:
    asked = ["request", REF, "--kind", "access", "--identity", "known", "--as", "rosa", "--json"]
    made = json.loads(command(filled, *asked).stdout)
    assert made["due_at"].startswith("2023-07-01")
    later = NOW + timedelta(days=31)
    (listed, *_) = json.loads(command(filled, "requests", "--json", at=later).stdout)
    assert listed["late"] is True
    settings = filled.settings
    environment = {
        "KAARTJE_HOME": str(settings.home),
        "KAARTJE_DATABASE_URL": settings.database_url,
        "KAARTJE_SECRET": settings.key().decode(),
        "KAARTJE_REHEARSAL": "yes",
    }
    overdue = CliRunner(env=environment).invoke(
        app, ["desk", "overdue", "--json", "--now", later.isoformat()]
    )
    late = {each["kind"]: each for each in json.loads(overdue.stdout)}
    assert late["request"]["promised"] is True
    assert late["request"]["whose"] == "privacy officer"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nobody", "--identity", "x"], "is not a known person"),
        ([REF, "--identity", " "], "is missing"),
        ([REF, "--identity", "x", "--received", "2023-07-01"], "lies ahead"),
        ([REF, "--identity", "x", "--road", "pigeon"], "no way in which a request comes"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused(
    filled: Installation, given: list[str], said: str
) -> None:
    answer = command(filled, "request", *given, "--kind", "access", "--as", "rosa")
    assert (answer.exit_code, said in answer.stderr) == (2, True), answer.stderr
