"""A shared database is worked on with one home, one key and one set of files, or not at all."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from console.main import app
from installation import identity

OTHER = "another key for tests only, of another machine"


@dataclass
class Machine:
    """One machine: its home, and the environment of its commands."""

    home: str
    url: str
    patch: pytest.MonkeyPatch
    more: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, **more: str) -> Result:
        """Run a command of ours on this machine."""
        with self.patch.context() as environment:
            given = {"KAARTJE_HOME": self.home, "KAARTJE_DATABASE_URL": self.url}
            for name, value in {**given, **self.more, **more}.items():
                environment.setenv(name, value)
            return CliRunner().invoke(app, words)


@pytest.fixture(autouse=True)
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on databases that are no rehearsals, in homes that do not count as temporary."""
    monkeypatch.delenv("KAARTJE_REHEARSAL", raising=False)
    monkeypatch.delenv("KAARTJE_SECRET", raising=False)
    monkeypatch.setattr(identity, "TEMPORARY", ())


@pytest.fixture
def first(tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine that opened the database first."""
    (tmp_path / "first").mkdir(mode=0o700)
    machine = Machine(str(tmp_path / "first"), postgres_url, monkeypatch)
    assert machine.run("campaign", "list").exit_code == 0
    return machine


@pytest.fixture
def second(first: Machine, tmp_path: Path) -> Machine:
    """Another machine with the same database, and a folder of its own."""
    (tmp_path / "second").mkdir(mode=0o700)
    return Machine(str(tmp_path / "second"), first.url, first.patch)


def refusal(result: Result) -> str:
    """Return the one line with which a command was refused."""
    assert result.exit_code == 2, result.output
    lines: list[str] = result.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.everyday(1)
@pytest.mark.parametrize("command", [["deliver"], ["deliver", "--flow"], ["campaign", "list"]])
def test_a_home_that_is_not_a_whole_path_is_refused_on_a_shared_database(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kaartje-home").mkdir(mode=0o700)
    machine = Machine("kaartje-home", postgres_url, monkeypatch)
    line = refusal(machine.run(*command))
    assert "KAARTJE_HOME: 'kaartje-home' is not an absolute path" in line
    assert "/srv/kaartje" in line
    assert not Path("kaartje-home/secret.key").exists()


def test_a_temporary_home_is_refused_on_a_shared_database(
    first: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(identity, "TEMPORARY", (str(tmp_path),))
    assert "is a temporary folder" in refusal(first.run("deliver"))


def test_a_second_machine_with_a_folder_of_its_own_is_refused_and_makes_no_key(
    first: Machine, second: Machine
) -> None:
    line = refusal(second.run("deliver"))
    assert f"{second.home} is not this installation's" in line
    assert first.home in line
    assert not Path(second.home, "secret.key").exists()
    assert first.run("deliver").exit_code == 0


@pytest.fixture
def files(tmp_path: Path) -> str:
    (tmp_path / "files").mkdir()
    return str(tmp_path / "files")


@pytest.mark.thorough
def test_a_machine_with_a_folder_and_a_store_of_files_works_beside_another(
    first: Machine, second: Machine, files: str
) -> None:
    """The store is agreed on first, and what lay in one home moves there."""
    home, shared = Path(first.home), Path(files, "shared")
    for place in (home / "findings" / "people.csv", home / "team-tasks" / "stella" / "case-1.json"):
        place.parent.mkdir(parents=True)
        place.write_text("something")
    (home / "erasures.jsonl").write_text('{"key": "wrapped"}\n')
    first.more["KAARTJE_FILES"] = second.more["KAARTJE_FILES"] = files
    second.more["KAARTJE_SECRET"] = (home / "secret.key").read_text()
    assert "store of files" in refusal(first.run("deliver"))
    assert "KAARTJE_FILES" in refusal(second.run("deliver"))
    agreed = first.run("installation", "agree", "--as", "anja")
    assert "store of files: KAARTJE_FILES" in agreed.stdout
    there = {str(path.relative_to(shared)) for path in shared.rglob("*") if path.is_file()}
    assert there == {"findings/people.csv", "team-tasks/stella/case-1.json", "erasures.jsonl"}
    assert not {"findings", "team-tasks", "erasures.jsonl"} & {path.name for path in home.iterdir()}
    for each in (second, first, second):
        assert each.run("deliver").exit_code == 0
    assert (
        Path(second.home, "installation.id").read_text() == (home / "installation.id").read_text()
    )


@pytest.mark.thorough
def test_another_store_of_files_is_refused_as_a_share_that_is_not_mounted_is(
    first: Machine, second: Machine, files: str, tmp_path: Path
) -> None:
    first.more["KAARTJE_FILES"] = files
    assert first.run("installation", "agree", "--as", "anja").exit_code == 0
    (tmp_path / "mount").mkdir()
    second.more |= {
        "KAARTJE_SECRET": Path(first.home, "secret.key").read_text(),
        "KAARTJE_FILES": str(tmp_path / "mount"),
    }
    assert "store of files" in refusal(second.run("deliver"))
    assert not Path(second.home, "installation.id").exists()


@pytest.mark.thorough
def test_a_second_machine_with_the_same_folder_works(first: Machine) -> None:
    again = Machine(first.home, first.url, first.patch)
    assert again.run("deliver").exit_code == 0


def test_a_folder_of_another_installation_is_refused(first: Machine, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir(mode=0o700)
    (stranger / "installation.id").write_text("0" * 32)
    machine = Machine(str(stranger), first.url, first.patch)
    assert "is that of another installation" in refusal(machine.run("deliver"))
    assert "is that of another installation" in refusal(
        machine.run("installation", "adopt", "--as", "anja")
    )


def test_a_lost_home_is_replaced_on_purpose(first: Machine, second: Machine) -> None:
    second.more["KAARTJE_SECRET"] = Path(first.home, "secret.key").read_text()
    assert second.run("installation", "adopt", "--as", "anja").exit_code == 0
    assert second.run("deliver").exit_code == 0


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "embedded"])
def test_another_key_than_the_one_the_database_was_filled_under_is_refused(
    first: Machine, tmp_path: Path, *, shared: bool
) -> None:
    (tmp_path / "alone").mkdir(mode=0o700)
    machine = first if shared else Machine(str(tmp_path / "alone"), "", first.patch)
    assert machine.run("campaign", "list").exit_code == 0
    line = refusal(machine.run("campaign", "list", KAARTJE_SECRET=OTHER))
    assert "KAARTJE_SECRET: this is not the key" in line
    assert "rotate-key" in line
    assert OTHER not in line
    assert "has 4 characters" in refusal(machine.run("campaign", "list", KAARTJE_SECRET="kort"))
    Path(machine.home, "secret.key").unlink()
    assert "there is no secret.key" in refusal(machine.run("campaign", "list"))
    assert not Path(machine.home, "secret.key").exists()


def test_a_key_is_changed_on_purpose_and_the_former_one_is_refused_from_then_on(
    first: Machine,
) -> None:
    file = Path(first.home, "secret.key")
    former = file.read_text()
    done = first.run("installation", "rotate-key", "--as", "anja")
    assert done.exit_code == 0, done.output
    assert file.read_text() != former
    assert first.run("deliver").exit_code == 0
    assert "not the key" in refusal(first.run("deliver", KAARTJE_SECRET=former))


@pytest.mark.thorough
@pytest.mark.parametrize("known", [True, False])
def test_a_change_of_key_that_was_interrupted_ends_as_the_database_knows_it(
    first: Machine, *, known: bool
) -> None:
    file = Path(first.home, "secret.key")
    former = file.read_text()
    first.run("installation", "rotate-key", "--as", "anja")
    new = file.read_text()
    file.write_text(former if known else new)
    file.with_suffix(".next").write_text(new if known else former)
    assert first.run("deliver").exit_code == 0
    assert file.read_text() == new
    assert not file.with_suffix(".next").exists()


def test_another_policy_is_refused_with_the_name_of_what_differs_until_it_is_agreed(
    first: Machine, tmp_path: Path
) -> None:
    own = tmp_path / "policy.toml"
    own.write_text("[caps]\ncard = {times = 1, days = 365}\n")
    with_policy = {"KAARTJE_POLICY": str(own)}
    line = refusal(first.run("deliver", **with_policy))
    assert (
        "policy: of this machine is not the installation's (2 differ: caps.card.days, caps.card.times)"
        in line
    )
    agreed = first.run("installation", "agree", "--as", "anja", **with_policy)
    assert "caps.card.days, caps.card.times" in agreed.stdout
    assert first.run("deliver", **with_policy).exit_code == 0
    assert "caps.card.times)" in refusal(first.run("deliver"))


@pytest.mark.thorough
def test_other_templates_are_refused_with_the_file_that_differs_until_they_are_agreed(
    first: Machine, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    (own / "words").mkdir(parents=True)
    (own / "words" / "text.toml").write_text("")
    with_templates = {"KAARTJE_TEMPLATES": str(own)}
    line = refusal(first.run("deliver", **with_templates))
    assert (
        "templates: of this machine is not the installation's (1 differ: words/text.toml)" in line
    )
    assert "words/text.toml" in first.run("installation", "show", **with_templates).stdout
    first.run("installation", "agree", "--as", "anja", **with_templates)
    assert first.run("deliver", **with_templates).exit_code == 0
    assert "1 differ: words/text.toml" in refusal(first.run("deliver"))


def test_another_price_is_refused_too(first: Machine) -> None:
    line = refusal(first.run("deliver", KAARTJE_SMS_PRICE="0.10"))
    assert "(1 differ: KAARTJE_SMS_PRICE)" in line


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    "command",
    [
        ["campaign", "pause", "cards"],
        ["campaign", "stop", "cards"],
        ["suppression", "add", "P0000001", "--reason", "OBJECTION"],
        ["suppression", "lift", "P0000001", "--why", "a mistake"],
        ["consent", "withdraw", "P0000001"],
        ["retention", "run"],
        ["queue", "next", "--as", "anja"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nobody_decides_under_a_typed_name_on_a_real_shared_database(
    first: Machine, command: list[str]
) -> None:
    assert "you are not signed in" in refusal(first.run(*command))


def test_no_other_moment_than_the_present_one_is_taken_on_a_real_shared_database(
    first: Machine,
) -> None:
    for command in (
        ["deliver"],
        ["installation", "agree", "--as", "anja"],
        ["sms", "send", "--to", "anja"],
        ["number", "check", "0612345678"],
        ["why", "P1", "--reason", "a letter"],
        ["account", "unlock", "anja"],
    ):
        assert "--now is not for" in refusal(first.run(*command, "--now", "2023-06-12T03:00"))
    assert "KAARTJE_NOW" in refusal(first.run("deliver", KAARTJE_NOW="2023-06-12T03:00"))


def test_a_real_database_does_not_become_one_to_rehearse_in(first: Machine) -> None:
    line = refusal(first.run("deliver", KAARTJE_REHEARSAL="true"))
    assert "KAARTJE_REHEARSAL: this database is not for rehearsals" in line


def test_a_database_that_was_made_to_rehearse_in_takes_names_and_moments(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity, "TEMPORARY", (str(tmp_path),))
    (tmp_path / "home").mkdir(mode=0o700)
    machine = Machine(str(tmp_path / "home"), postgres_url, monkeypatch)
    assert machine.run("deliver", KAARTJE_REHEARSAL="true").exit_code == 0
    assert machine.run("deliver", "--now", "2023-06-12").exit_code == 0
    added = machine.run("suppression", "add", "P1", "--reason", "OBJECTION", "--as", "anja")
    assert added.exit_code == 0, added.output


def test_what_the_installation_is_can_be_shown(first: Machine, second: Machine) -> None:
    shown = first.run("installation", "show")
    assert "key           its own" in shown.stdout
    assert "home          " in shown.stdout
    other = second.run("installation", "show")
    assert other.exit_code == 0
    assert "not its own" in other.stdout


@pytest.mark.parametrize("lost", ["emptied", "gone"])
def test_a_lost_database_is_not_taken_for_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    url = f"sqlite:///{home / 'kaartje.sqlite3'}"
    machine = Machine(str(home), url, monkeypatch)
    assert machine.run("campaign", "list").exit_code == 0
    for each in home.glob("kaartje.sqlite3*"):
        each.write_bytes(b"") if lost == "emptied" else each.unlink()
    for command in (["deliver"], ["campaign", "list"], ["deliver"]):
        line = refusal(machine.run(*command))
        assert "the home of an installation that had one" in line
        assert "put the database back from the last backup" in line
    (home / "installation.id").rename(tmp_path / "aside")
    assert machine.run("campaign", "list").exit_code == 0


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with an embedded database."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    machine = Machine(str(home), f"sqlite:///{home / 'kaartje.sqlite3'}", monkeypatch)
    assert machine.run("campaign", "list").exit_code == 0
    return machine


def test_a_home_that_lost_its_id_has_it_again_and_that_is_said_once(
    alone: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    file = Path(alone.home, "installation.id")
    uid = file.read_text()
    file.unlink()
    assert alone.run("campaign", "list").exit_code == 0
    assert file.read_text() == uid
    assert alone.run("campaign", "list").exit_code == 0
    (said,) = caplog.messages
    assert "had no installation.id, and has it again from its database" in said


def test_the_id_of_another_installation_beside_a_database_is_refused(alone: Machine) -> None:
    Path(alone.home, "installation.id").write_text("another\n")
    assert "is that of another installation" in refusal(alone.run("campaign", "list"))


@pytest.mark.parametrize("text", ["kort\n", "", "a" * 64])
def test_a_key_file_that_anybody_would_try_fills_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "secret.key").write_text(text)
    (home / "secret.key").chmod(0o600)
    machine = Machine(str(home), f"sqlite:///{home / 'kaartje.sqlite3'}", monkeypatch)
    assert "secret.key: " in refusal(machine.run("campaign", "list"))
