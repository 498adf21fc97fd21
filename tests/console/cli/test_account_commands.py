"""Accounts: who comes in, who does not, and for how long a stranger may guess."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from console.cli.installation import account as command
from console.main import app
from installation import accounts, passwords
from store.audit_log import About, Kind, record
from store.engine import Store
from store.errors import BadInput
from store.states import Role
from store.tables import Account, AuditEntry
from tests.conftest import passwords_of_the_house
from tests.console.conftest import PASSWORD, weakly_hashed
from tests.deciding import deciding

KEY = b"a key for tests only, nobody has another"


@pytest.fixture
def noor(store: Store, now: datetime) -> str:
    """An account like one that was added, with a hash that is quick to check."""
    row = {"name": "noor", "role": Role.AGENT, "active": True, "created_at": now}
    with store.writing() as connection:
        connection.execute(insert(Account).values(**row, password_hash=weakly_hashed()))
        record(connection, deciding("noor"), accounts.ADDED, About(Kind.ACCOUNT, "noor"), now=now)
    return "noor"


def acts(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        return [
            (who, what)
            for who, what in connection.execute(
                select(AuditEntry.actor, AuditEntry.action).order_by(AuditEntry.id)
            )
        ]


def test_the_right_password_comes_in_with_its_role(store: Store, now: datetime, noor: str) -> None:
    checked = accounts.check(store, noor, PASSWORD, now)
    assert isinstance(checked, accounts.SignedIn)
    assert checked.role is Role.AGENT
    assert accounts.still_signed_in(store, noor, checked.act) is Role.AGENT


def test_a_name_is_taken_however_it_is_cased_or_padded(
    store: Store, now: datetime, noor: str
) -> None:
    assert isinstance(accounts.check(store, " Noor ", PASSWORD, now), accounts.SignedIn)


@pytest.mark.parametrize(
    "name", ["noor", "nobody", "", "no\x00or", "x" * 5000, "noor" + "x" * 61, "'; drop table acts"]
)
def test_a_wrong_password_or_name_does_not_come_in(
    store: Store, now: datetime, noor: str, name: str
) -> None:
    assert accounts.check(store, name, "een koude dag in mei", now) == accounts.WrongPassword()


def test_the_password_is_kept_as_argon2id_and_never_in_the_clear(
    store: Store, now: datetime
) -> None:
    accounts.add(store, "noor", Role.AGENT, password=PASSWORD, now=now, by=deciding("noor"))
    with store.reading() as connection:
        kept = connection.execute(select(Account.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_what_real_passwords_are_hashed_with_is_slow_to_guess_and_wants_memory() -> None:
    used = passwords_of_the_house
    assert (used.type, used.memory_cost >= 1 << 16, used.time_cost >= 3) == (Type.ID, True, True)


def test_who_comes_in_with_a_hash_of_other_days_gets_one_of_today(
    store: Store, now: datetime, noor: str
) -> None:
    kept = select(Account.password_hash)
    with store.writing() as connection:
        other_days = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
        connection.execute(update(Account).values(password_hash=other_days))
    assert isinstance(accounts.check(store, noor, PASSWORD, now), accounts.SignedIn)
    with store.reading() as connection:
        assert not passwords.needs_rehash(connection.execute(kept).scalar_one())
    assert isinstance(accounts.check(store, noor, PASSWORD, now), accounts.SignedIn)


@pytest.mark.parametrize("password", ["", "elf tekens.", "aaaaaaaaaaaaaaaa", "x" * 1025])
def test_a_poor_password_is_refused_with_a_remedy(
    store: Store, now: datetime, password: str
) -> None:
    with pytest.raises(BadInput, match="use "):
        accounts.add(store, "noor", Role.AGENT, password=password, now=now, by=deciding("noor"))
    assert accounts.listed(store) == []


@pytest.mark.parametrize("name", ["", "Noor", "noor de boer", "-noor", "n" * 65, "noor\n", "nöör"])
def test_a_name_that_could_be_mistaken_is_refused(store: Store, now: datetime, name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of an account"):
        accounts.add(store, name, Role.AGENT, password=PASSWORD, now=now, by=deciding(name))


def test_a_name_is_given_only_once(store: Store, now: datetime, noor: str) -> None:
    with pytest.raises(BadInput, match="already an account"):
        accounts.add(store, noor, Role.MANAGER, password=PASSWORD, now=now, by=deciding(noor))
    assert [line.role for line in accounts.listed(store)] == [Role.AGENT]


def test_after_five_wrong_passwords_even_the_right_one_waits(
    store: Store, now: datetime, noor: str
) -> None:
    for _ in range(accounts.TRIES):
        assert accounts.check(store, noor, "wrong but long enough", now) == accounts.WrongPassword()
    assert accounts.check(store, noor, PASSWORD, now) == accounts.TooManyTries(now + accounts.WAIT)
    later = now + accounts.WAIT
    assert isinstance(accounts.check(store, noor, PASSWORD, later), accounts.SignedIn)


def test_a_name_that_does_not_exist_waits_just_as_long(
    store: Store, now: datetime, noor: str
) -> None:
    for _ in range(accounts.TRIES):
        accounts.check(store, "nobody", "wrong but long enough", now, key=KEY)
    assert isinstance(
        accounts.check(store, "nobody", PASSWORD, now, key=KEY), accounts.TooManyTries
    )
    assert isinstance(accounts.check(store, noor, PASSWORD, now, key=KEY), accounts.SignedIn)


def test_coming_in_clears_the_tries_before_it(store: Store, now: datetime, noor: str) -> None:
    for _ in range(2):
        for _ in range(accounts.TRIES - 1):
            accounts.check(store, noor, "wrong but long enough", now)
        assert isinstance(accounts.check(store, noor, PASSWORD, now), accounts.SignedIn)


def test_trying_while_one_must_wait_does_not_make_the_wait_longer(
    store: Store, now: datetime, noor: str
) -> None:
    for minute in range(accounts.TRIES + 10):
        accounts.check(store, noor, "wrong but long enough", now + timedelta(minutes=minute))
    assert isinstance(
        accounts.check(store, noor, PASSWORD, now + timedelta(minutes=20)), accounts.SignedIn
    )


def test_what_a_stranger_types_as_a_name_is_not_written_down(store: Store, now: datetime) -> None:
    accounts.check(store, "mijn-geheime-wachtwoord", "x", now, key=KEY)
    accounts.check(store, "mijn-geheime-wachtwoord", "x", now, key=b"another key")
    written = acts(store)
    assert len(set(written)) == len(written) == 2
    assert all(who.startswith("?") and "geheime" not in who for who, _ in written)


def test_closing_an_account_ends_its_sessions_and_keeps_it_out(
    store: Store, now: datetime, noor: str
) -> None:
    checked = accounts.check(store, noor, PASSWORD, now)
    assert isinstance(checked, accounts.SignedIn)
    accounts.close(store, noor, now, by=deciding(noor))
    assert accounts.still_signed_in(store, noor, checked.act) is None
    assert accounts.check(store, noor, PASSWORD, now) == accounts.WrongPassword()
    with pytest.raises(BadInput, match="no open account"):
        accounts.close(store, noor, now, by=deciding(noor))


def test_an_account_that_is_opened_again_does_not_revive_its_old_sessions(
    store: Store, now: datetime, noor: str
) -> None:
    before = accounts.check(store, noor, PASSWORD, now)
    assert isinstance(before, accounts.SignedIn)
    accounts.close(store, noor, now, by=deciding(noor))
    accounts.add(
        store, noor, Role.ANALYST, password="een heel andere dag", now=now, by=deciding(noor)
    )
    assert accounts.still_signed_in(store, noor, before.act) is None
    assert accounts.check(store, noor, PASSWORD, now) == accounts.WrongPassword()


def test_signing_out_ends_every_session_of_the_account(
    store: Store, now: datetime, noor: str
) -> None:
    sessions = [accounts.check(store, noor, PASSWORD, now) for _ in range(2)]
    accounts.sign_out(store, noor, now)
    for session in sessions:
        assert isinstance(session, accounts.SignedIn)
        assert accounts.still_signed_in(store, noor, session.act) is None
    again = accounts.check(store, noor, PASSWORD, now)
    assert isinstance(again, accounts.SignedIn)
    assert accounts.still_signed_in(store, noor, again.act) is Role.AGENT


def test_the_list_says_who_signed_in_last_and_when(store: Store, now: datetime, noor: str) -> None:
    accounts.add(store, "bram", Role.PRINT_SHOP, password=PASSWORD, now=now, by=deciding("bram"))
    accounts.check(store, noor, PASSWORD, now + timedelta(hours=1))
    assert [(line.name, line.signed_in_at) for line in accounts.listed(store)] == [
        ("bram", None),
        ("noor", now + timedelta(hours=1)),
    ]


def test_every_coming_and_going_is_an_act(store: Store, now: datetime, noor: str) -> None:
    accounts.check(store, noor, PASSWORD, now)
    accounts.sign_out(store, noor, now)
    accounts.close(store, noor, now, by=deciding("petra"))
    assert acts(store) == [
        ("noor", "added_account"),
        ("noor", "tried_to_sign_in"),
        ("noor", "signed_in"),
        ("noor", "signed_out"),
        ("petra", "closed_account"),
    ]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KAARTJE_HOME", str(tmp_path / "home"))
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    return tmp_path


def test_the_command_line_adds_lists_and_closes_an_account(home: Path) -> None:
    secret = home / "password.txt"
    secret.write_text(f"{PASSWORD}\n")
    runner = CliRunner()
    added = runner.invoke(
        command.app, ["add", "noor", "--role", "agent", "--password-file", str(secret)]
    )
    assert (added.exit_code, PASSWORD in added.output) == (0, False)
    assert '"name": "noor"' in runner.invoke(command.app, ["list", "--json"]).stdout
    assert runner.invoke(command.app, ["close", "noor"]).exit_code == 0
    assert "closed" in runner.invoke(command.app, ["list"]).stdout


def test_the_command_line_asks_for_the_password_twice_and_does_not_show_it(home: Path) -> None:
    asked = CliRunner().invoke(
        command.app, ["add", "noor", "--role", "agent"], input=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert (asked.exit_code, PASSWORD in asked.output) == (0, False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "noor", "--role", "agent", "--password-file", "nowhere.txt"], "nowhere.txt"),
        (["close", "noor"], "no open account 'noor'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_two(
    home: Path, arguments: list[str], said: str
) -> None:
    result = CliRunner().invoke(command.app, arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
