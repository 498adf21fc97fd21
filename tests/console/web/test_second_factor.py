"""A second factor: the code of an app after the password, and the name by which pages call one."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pyotp import TOTP
from typer.testing import CliRunner

from console.main import app
from console.web.app import make_app
from installation import accounts, second_factors
from installation.installation import Installation
from store.clock import FixedClock
from store.states import Role
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, TestClient, acts_of

SignIn = Callable[..., Browser]
HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def phone(console_installation: Installation, signed_in: SignIn) -> TOTP:
    """Have `anja` turn the code on by the page, and return the app on her telephone."""
    page = signed_in(Role.MANAGER, "anja").get("/account")
    assert "klopt niet" in page.post("/account/second-factor", password="niet dit").text
    shown = page.post("/account/second-factor", password=PASSWORD)
    (secret,) = re.findall(r"<pre[^>]*>([A-Z2-7 ]{30,})</pre>", shown.text)
    (salt,) = re.findall(r'name="salt" value="(\w+)"', shown.text)
    assert 'class="qr"' in shown.text
    held = TOTP(secret.replace(" ", ""))
    wrong = page.post("/account/second-factor/on", salt=salt, code="000000", password=PASSWORD)
    assert (wrong.status, "niet de code van nu" in wrong.text) == (400, True)
    (salt,) = re.findall(r'name="salt" value="(\w+)"', wrong.text)
    done = page.post("/account/second-factor/on", salt=salt, code=held.at(NOW), password=PASSWORD)
    assert "Vanaf nu geeft u een code" in done.text
    return held


def test_the_password_alone_opens_nothing_and_a_code_counts_once(
    console_installation: Installation, stranger: Browser, phone: TOTP
) -> None:
    stranger.sign_in("anja")
    assert stranger.path == "/sign-in/code"
    assert stranger.client.get("/today", follow_redirects=False).status_code == 303
    assert stranger.post("/sign-in/code", code=phone.at(NOW)).status == 401  # it turned the code on
    assert stranger.post("/sign-in/code", code="nonsense").status == 401
    after = phone.at(NOW + HALF_A_MINUTE)
    assert stranger.post("/sign-in/code", code=f"{after[:3]} {after[3:]}").path == "/today"
    again = Browser(client=stranger.client).get("/today").post("/sign-out").sign_in("anja")
    assert again.post("/sign-in/code", code=after).status == 401
    assert len(acts_of(console_installation, accounts.GAVE_PASSWORD)) == 2


def test_who_knows_the_password_and_guesses_codes_has_to_wait(
    stranger: Browser, phone: TOTP
) -> None:
    stranger.sign_in("anja")
    tried = [stranger.post("/sign-in/code", code=f"{number:06}").status for number in range(6)]
    assert tried == [401] * 4 + [429] * 2
    assert stranger.post("/sign-in/code", code=phone.at(NOW + HALF_A_MINUTE)).status == 429
    assert stranger.sign_in("anja").status == 429


def test_the_code_is_asked_within_five_minutes_of_the_password(
    console_installation: Installation, stranger: Browser, phone: TOTP
) -> None:
    assert stranger.get("/sign-in/code").path == "/sign-in"
    stranger.sign_in("anja")
    later = NOW + timedelta(minutes=6)
    app_of_later = make_app(replace(console_installation, clock=FixedClock(later)))
    browser = Browser(client=TestClient(app_of_later), text=stranger.text, token=stranger.token)
    browser.client.cookies = stranger.client.cookies
    assert browser.post("/sign-in/code", code=phone.at(later)).path == "/sign-in"


def test_a_colleague_turns_the_code_of_a_lost_telephone_off(
    console_installation: Installation, signed_in: SignIn, stranger: Browser, phone: TOTP
) -> None:
    other = signed_in(Role.MANAGER, "bilal").get("/accounts")
    assert "Zet de code uit van anja" in other.text
    assert "alleen het wachtwoord" in other.post("/accounts/second-factor/off", name="anja").text
    assert stranger.sign_in("anja").path == "/today"
    (turned_off,) = acts_of(console_installation, second_factors.TURNED_OFF)
    assert (turned_off.actor, turned_off.about) == ("bilal", "account:anja")


def test_the_command_asks_for_the_code_too(
    console_installation: Installation, phone: TOTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = console_installation.settings
    monkeypatch.setenv("KAARTJE_HOME", str(settings.home))
    monkeypatch.setenv("KAARTJE_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("KAARTJE_SECRET", settings.secret.get_secret_value())
    monkeypatch.setenv("KAARTJE_LANGUAGE", "en")
    at = (NOW + HALF_A_MINUTE).isoformat()

    def sign_in(code: str) -> Any:
        given = f"{PASSWORD}\n{code}\n"
        return CliRunner().invoke(app, ["sign-in", "anja", "--now", at], input=given)

    assert "not the code of now" in sign_in("123456").stderr
    assert sign_in(phone.at(NOW + HALF_A_MINUTE)).exit_code == 0


def test_a_right_password_again_is_no_wrong_try(
    console_installation: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER, "anja").get("/account")
    for _ in range(accounts.TRIES + 2):
        assert page.post("/account/second-factor", password=PASSWORD).status == 200


def test_pages_call_one_by_the_name_that_one_wants(
    console_installation: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.MANAGER, "anja").get("/account")
    assert "Anja de Wit</a>" in page.post("/account/name", shown=" Anja  de Wit ").text
    assert "anja (Anja de Wit)" in page.get("/accounts").text
    assert page.get("/account").post("/account/name", shown="x" * 61).status == 400
    assert ">anja</a>" in page.post("/account/name", shown="").text
    for hostile in ("<script>alert(1)</script>", "{{ 7 * 7 }}"):
        assert page.post("/account/name", shown=hostile).status == 200
        assert "<script>alert" not in page.client.get("/account").text
