"""Guessing passwords gets nowhere, keeps no owner out, and slows nobody down who reads a page."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from typer.testing import CliRunner

from console.main import app as kaartje
from console.web.app import make_app
from installation import accounts
from installation.installation import Installation
from installation.sign_in_limits import (
    OF_NAME,
    OF_SOURCE,
    Origin,
    closed_until,
    forget_try,
    note_try,
)
from store.audit_log import About, Kind, record
from store.states import Role
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, TestClient, acts_of, put_account
from tests.deciding import deciding

SignIn = Callable[..., Browser]
Browsing = Callable[..., Browser]
WRONG = "een koude dag in mei"


@pytest.fixture
def browsing(console_installation: Installation) -> Browsing:
    """Open browsers behind a proxy, each at the address that is given."""
    app = make_app(console_installation)

    def opened(source: str = "203.0.113.1") -> Browser:
        client = TestClient(app, client=("127.0.0.1", 1))
        client.headers["x-forwarded-for"] = source
        return Browser(client=client)

    return opened


def _signs_out(browser: Browser) -> Browser:
    browser.get("/").post("/sign-out")
    return browser


@pytest.mark.thorough
def test_guesses_of_others_keep_no_owner_out(
    console_installation: Installation, browsing: Browsing
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    owner = _signs_out(browsing().sign_in("anja"))
    with console_installation.store.writing() as connection:
        about = About(Kind.ACCOUNT, "anja")
        for number in range(OF_NAME):
            tried = Origin(f"source {number}").detail()
            record(connection, deciding("anja"), accounts.TRIED, about, now=NOW, **tried)
    at_the_same_office = browsing()
    for _ in range(accounts.TRIES + 1):
        at_the_same_office.sign_in("anja", WRONG)
    assert at_the_same_office.status == 429
    assert owner.sign_in("anja").path == "/today"


@pytest.mark.thorough
def test_a_stolen_browser_may_not_guess_for_ever_either(
    console_installation: Installation, browsing: Browsing
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    put_account(console_installation, "bilal", Role.MANAGER)
    browser = _signs_out(browsing().sign_in("anja"))
    for _ in range(accounts.TRIES):
        assert browser.sign_in("anja", WRONG).status == 401
    assert browser.sign_in("anja").status == 429
    browser.client.cookies.set("kaartje-browser", "0011223344556677.bilal.forged")
    for _ in range(accounts.TRIES):
        browser.sign_in("bilal", WRONG)
    assert browser.sign_in("bilal").status == 429


@pytest.mark.thorough
def test_one_source_that_tries_many_names_is_refused_and_others_are_not(
    console_installation: Installation,
    browsing: Browsing,
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    for number in range(OF_SOURCE):
        put_account(console_installation, f"name{number}", Role.ANALYST)
    guesser = browsing("198.51.100.7")
    statuses = [guesser.sign_in(f"name{each}", WRONG).status for each in range(OF_SOURCE + 3)]
    assert statuses == [401] * OF_SOURCE + [429] * 3
    assert guesser.sign_in("anja").status == 429
    assert browsing().sign_in("anja").path == "/today"


def test_many_who_sign_in_well_at_one_office_are_never_refused(
    console_installation: Installation,
) -> None:
    """Held at the count itself, since checking a password is slow."""
    origin = accounts.Origin("an office")
    with console_installation.store.writing() as connection:
        for _ in range(OF_SOURCE + 2):
            assert closed_until(connection, "anja", origin, NOW) is None
            forget_try(connection, note_try(connection, origin, NOW))


@pytest.mark.thorough
def test_many_sources_that_try_one_name_are_refused_together(
    console_installation: Installation,
    browsing: Browsing,
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    statuses = [
        browsing(f"198.51.100.{each}").sign_in("anja", WRONG).status for each in range(OF_NAME + 3)
    ]
    assert statuses == [401] * OF_NAME + [429] * 3


@pytest.mark.thorough
def test_a_manager_lets_a_colleague_in_again_at_once(
    console_installation: Installation, browsing: Browsing, signed_in: SignIn
) -> None:
    put_account(console_installation, "anja", Role.AGENT)
    kept_out = browsing()
    for _ in range(accounts.TRIES + 1):
        kept_out.sign_in("anja", WRONG)
    assert kept_out.status == 429
    manager = signed_in(Role.MANAGER).get("/accounts")
    assert "Laat weer toe: anja" in manager.text
    manager.post("/accounts/unlock", name="anja")
    assert "kan weer inloggen" in manager.text
    assert [act.actor for act in acts_of(console_installation, "unlocked_account")] == ["manager"]
    assert kept_out.sign_in("anja").path == "/today"


def test_the_command_lets_a_colleague_in_again(
    console_installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_account(console_installation, "anja", Role.AGENT)
    store, key = console_installation.store, console_installation.settings.key()
    for _ in range(accounts.TRIES):
        accounts.check(store, "anja", WRONG, NOW, key=key)
    assert isinstance(accounts.check(store, "anja", PASSWORD, NOW), accounts.TooManyTries)
    monkeypatch.setenv("KAARTJE_HOME", str(console_installation.settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", console_installation.settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", key.decode())
    unlocked = ["account", "unlock", "anja", "--now", NOW.isoformat()]
    assert CliRunner().invoke(kaartje, unlocked).exit_code == 0
    later = NOW + timedelta(seconds=1)
    assert isinstance(accounts.check(store, "anja", PASSWORD, later), accounts.SignedIn)
    unknown = CliRunner().invoke(kaartje, ["account", "unlock", "nobody"])
    assert (unknown.exit_code, unknown.stderr.count("\n")) == (2, 1)


def test_a_public_page_answers_while_a_crowd_signs_in(console_installation: Installation) -> None:
    """Passwords are slow to check on purpose: the crowd waits for its turn, the page does not."""
    assert asyncio.run(_ended_before_the_page(console_installation, crowd=80)) < 20


async def _ended_before_the_page(installation: Installation, *, crowd: int) -> int:
    transport = httpx.ASGITransport(make_app(installation), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://kaartje") as client:
        form = await client.get("/sign-in")
        token = re.search(r'name="csrf" value="([^"]+)"', form.text)
        assert token

        async def try_once(number: int) -> None:
            fields = {"csrf": token[1], "name": f"name{number}", "password": WRONG}
            headers = {"x-forwarded-for": f"198.51.100.{number}"}
            await client.post("/sign-in", data=fields, headers=headers)

        trying = [asyncio.create_task(try_once(number)) for number in range(crowd)]
        for _ in range(20):
            await asyncio.sleep(0)
        assert (await client.get("/echt")).status_code == 200
        ended = sum(each.done() for each in trying)
        for each in trying:
            each.cancel()
        await asyncio.gather(*trying, return_exceptions=True)
        return ended
