"""`kaartje import`: one command for every file, which says what it recognised and what became of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from console.cli.people.import_kinds import Kind, recognise
from console.main import app
from store.errors import BadInput
from tests.files import people_file

SECRET = "a joint key of more than thirty-two characters"
FILES = {
    Kind.OBLIGATIONS: "person_ref,tax,year\nP1,income,2021\nP1,income,x\n",
    Kind.SUPPRESSIONS: "reason,person_ref\nOBJECTION,P1\nOBJECTION,\n",
    Kind.CONSENTS: "person_ref,kind,said_at\nP1,withdrawn,2023-05-01\nP1,given,2023-05-02\n",
    Kind.REPLIES: "received_at;kind;reason;person_ref\n2023-05-02;called;;P1\nthen;called;;\n",
    Kind.OUTCOMES: "person_ref\tkind\thappened_on\nP1\tfiled\t2023-05-01\nP1\tfiled\tthen\n",
}
SHAPE = {
    *("kind", "file", "import_id", "rows", "added", "updated", "unchanged", "refused"),
    *("refusals", "refused_file", "remarks_file"),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "house"))
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    return tmp_path


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--now", "2023-06-01"])


def answered(*words: str) -> dict[str, Any]:
    result = typed(*words, "--json")
    assert result.exit_code == 0, result.stderr
    document: dict[str, Any] = json.loads(result.stdout)
    return document


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_recognised_and_its_answer_has_one_shape(home: Path, kind: Kind) -> None:
    file = home / "file.csv"
    file.write_text(FILES[kind])
    result = typed("import", str(file), "--json")
    assert result.stderr.splitlines()[0] == f"{file}: {kind}, by its columns"
    answer = json.loads(result.stdout)
    assert answer.keys() >= SHAPE
    assert (answer["kind"], answer["file"]) == (kind, str(file))
    assert (answer["rows"], answer["added"], answer["refused"]) == (2, 1, 1)
    assert answer["refusals"][0].keys() >= {"line", "problem"}
    assert answer["refusals"][0]["line"] == 3
    assert Path(answer["refused_file"]) == home / "file.refused.csv"
    assert (home / "file.refused.csv").read_text().count("\n") == 2
    again = answered("import", str(file))
    assert (again["added"], again["unchanged"], again["refused"]) == (0, 1, 1)


def test_people_are_recognised_too_and_remarks_and_refused_rows_are_named(home: Path) -> None:
    file = people_file(home, {"person_ref": "P1"}, {"person_ref": "P2", "birth_date": "soon"})
    result = typed("import", str(file))
    assert result.exit_code == 0, result.stderr
    assert f"{file}: people, by its columns" in result.stderr
    assert result.stdout.startswith("2 rows: 1 added, 0 updated, 0 unchanged, 1 refused\n")
    assert f"refused: {file}, line 3, birth_date: " in result.stderr
    answer = answered("import", str(file), "--kind", "people")
    assert answer.keys() >= SHAPE | {"remarks"}
    assert (answer["unchanged"], answer["refused"]) == (1, 1)


def test_another_body_s_list_is_recognised_and_needs_its_source(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_JOINT_SECRET", SECRET)
    typed("suppression", "add", "+31612345678", "--reason", "objection")
    typed("suppression", "exchange", "export", "theirs.csv")
    assert recognise(Path("theirs.csv")) is Kind.EXCHANGE
    refused = typed("import", "theirs.csv")
    assert (refused.exit_code, "--source: is missing; say which body" in refused.stderr) == (
        2,
        True,
    )
    answer = answered("import", "theirs.csv", "--source", "A")
    assert (answer["kind"], answer["rows"]) == ("exchange", 1)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("name,street", "line 1: is not recognised by its header; say which with --kind people|"),
        ("person_ref,kind,said_at,happened_on", "line 1: could be of more than one kind"),
        ("", "is empty"),
    ],
)
def test_a_header_that_says_nothing_is_refused_with_a_remedy(
    home: Path, header: str, said: str
) -> None:
    (home / "odd.csv").write_text(f"{header}\n")
    with pytest.raises(BadInput) as refused:
        recognise(home / "odd.csv")
    assert said in str(refused.value)
    assert typed("import", str(home / "odd.csv")).exit_code == 2


def test_a_misspelled_column_stops_the_file_that_was_recognised(home: Path) -> None:
    (home / "file.csv").write_text("received_at,kind,objekts\n2023-05-02,called,yes\n")
    result = typed("import", str(home / "file.csv"))
    assert result.exit_code == 2
    assert "objekts: is no" in result.stderr or "objekts: is not" in result.stderr


@pytest.mark.parametrize("option", ["--map", "--remarks"])
def test_an_option_of_people_is_refused_for_another_kind(home: Path, option: str) -> None:
    (home / "file.csv").write_text(FILES[Kind.OUTCOMES])
    result = typed("import", str(home / "file.csv"), "--kind", "outcomes", option, "x")
    assert (result.exit_code, f"{option}: is for people only" in result.stderr) == (2, True)


def test_an_older_command_does_the_same_and_names_the_new_one(home: Path) -> None:
    file = home / "file.csv"
    file.write_text(FILES[Kind.OUTCOMES])
    old = typed("outcomes", "import", str(file))
    hint = "hint: `kaartje import FILE` does this too; `kaartje outcomes import` goes after this release"
    assert old.stderr.splitlines()[-1] == hint
    assert "1 new" in old.stdout
    assert not (home / "file.refused.csv").exists()
    assert "hint" not in typed("import", str(file)).stderr
