"""Signing in on the command line, so that a shared database knows who decides."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from console.main import app
from installation import accounts, identity
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.states import CampaignState, Road, Role
from store.tables import AuditEntry, Campaign, PersonalToken
from tests.console.conftest import PASSWORD, put_account
from tests.deciding import deciding
from tests.stories import campaign_file, populate

Kaartje = Callable[..., Result]


@pytest.fixture
def kaartje(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kaartje:
    """Run a command at the desk of somebody, each with a sign-in file of their own."""
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path))

    def run(who: str, *words: object, typed: str = "") -> Result:
        file = tmp_path / "desks" / who / "sign-in.json"
        monkeypatch.setenv("KAARTJE_SIGN_IN_FILE", str(file))
        return CliRunner().invoke(app, [str(word) for word in words], input=typed)

    return run


@pytest.fixture
def shared(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """A real shared database with people in it, two managers and an agent."""
    monkeypatch.setenv("KAARTJE_DATABASE_URL", postgres_url)
    monkeypatch.delenv("KAARTJE_REHEARSAL", raising=False)
    monkeypatch.setattr(identity, "TEMPORARY", ())
    installation = open_installation(Settings(home=tmp_path, database_url=postgres_url))
    populate(installation, 60, now=installation.now())
    for name, role in (("anja", Role.MANAGER), ("bilal", Role.MANAGER), ("henri", Role.AGENT)):
        put_account(installation, name, role, installation.now())
    yield installation
    installation.store.engine.dispose()


def refusal(result: Result) -> str:
    assert result.exit_code == 2, result.output
    return str(result.stderr)


def sign_in(kaartje: Kaartje, who: str, *more: object) -> None:
    done = kaartje(who, "sign-in", who, "--password-file", "-", *more, typed=f"{PASSWORD}\n")
    assert done.exit_code == 0, done.output


def next_monday() -> str:
    today = datetime.now(UTC).date()
    return str(today + timedelta(days=14 - today.weekday()))


@pytest.mark.postgres
def test_a_shared_database_is_led_from_submission_to_pause_by_signed_in_people(
    shared: Installation, kaartje: Kaartje, tmp_path: Path
) -> None:
    file = campaign_file(tmp_path, where="true", waves=(next_monday(),), dpia="2199-12-31", limit=5)
    file.write_text(file.read_text().replace("2024-06-30", "2198-12-31"))
    assert "you are not signed in" in refusal(kaartje("anja", "campaign", "submit", file))
    named = kaartje("anja", "campaign", "submit", file, "--as", "bilal")
    assert "you are not signed in" in refusal(named)
    wrong = kaartje(
        "anja", "sign-in", "anja", "--password-file", "-", typed="niet dit wachtwoord\n"
    )
    assert "do not belong together" in refusal(wrong)
    sign_in(kaartje, "anja")
    assert (tmp_path / "desks/anja/sign-in.json").stat().st_mode & 0o777 == 0o600
    other = kaartje("anja", "campaign", "submit", file, "--as", "bilal")
    assert "you are signed in as anja" in refusal(other)
    assert kaartje("anja", "campaign", "submit", file).exit_code == 0
    own = refusal(kaartje("anja", "campaign", "approve", "cards"))
    assert "somebody else must approve it" in own
    sign_in(kaartje, "henri")
    assert "henri may not decide this" in refusal(kaartje("henri", "campaign", "approve", "cards"))
    sign_in(kaartje, "bilal")
    for step in ("approve", "launch", "pause"):
        done = kaartje("bilal", "campaign", step, "cards")
        assert done.exit_code == 0, done.output
    with shared.store.reading() as connection:
        row = connection.execute(
            select(Campaign.state, Campaign.submitted_by, Campaign.approved_by)
        ).one()
        roads = connection.execute(
            select(AuditEntry.road).where(AuditEntry.about == "campaign:cards")
        ).scalars()
        assert set(roads) == {Road.TOKEN}
    assert row == (CampaignState.PAUSED, "anja", "bilal")


@pytest.mark.postgres
def test_a_token_ends_with_its_hours_its_scope_its_account_and_by_signing_out(
    shared: Installation, kaartje: Kaartje, tmp_path: Path
) -> None:
    stop = ("installation", "stop-everything", "--reason", "drill")
    sign_in(kaartje, "anja", "--for", "campaign")
    assert "signed in for campaign only" in refusal(kaartje("anja", *stop))
    sign_in(kaartje, "anja")
    assert kaartje("anja", *stop).exit_code == 0
    with shared.store.writing() as connection:
        early = shared.now() - timedelta(hours=2)
        connection.execute(update(PersonalToken).values(made_at=early))
    lift = refusal(kaartje("anja", "installation", "lift-stop"))
    assert "more than an hour ago" in lift
    kept = tmp_path / "desks/anja/sign-in.json"
    copy = kept.read_text()
    assert kaartje("anja", "sign-out").exit_code == 0
    kept.write_text(copy)  # whoever copied it is signed out too
    assert "you are not signed in" in refusal(kaartje("anja", *stop))
    sign_in(kaartje, "anja")
    kept.chmod(0o644)
    assert "can be read by others" in refusal(kaartje("anja", *stop))
    kept.chmod(0o600)
    accounts.close(shared.store, "anja", shared.now(), by=deciding("bilal"))
    assert "you are not signed in" in refusal(kaartje("anja", *stop))


def test_on_an_embedded_database_a_name_is_believed_and_asked_for(
    kaartje: Kaartje, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAARTJE_DATABASE_URL", sqlite_url)
    stop = ("installation", "stop-everything", "--reason", "drill")
    assert "name who decides" in refusal(kaartje("anja", *stop))
    assert kaartje("anja", *stop, "--as", "anja").exit_code == 0
    assert kaartje("anja", "installation", "lift-stop", "--as", "anja").exit_code == 0
    again = refusal(kaartje("anja", "installation", "lift-stop", "--as", "Anja"))
    assert "somebody else must agree" in again
    assert kaartje("anja", "installation", "lift-stop", "--as", "bilal").exit_code == 0
