"""One's own account: another password, and tokens for the command line."""

import re
from collections.abc import Callable

import pytest

from installation import accounts, passwords, personal_tokens
from installation.installation import Installation
from store.states import Role
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser

SignIn = Callable[..., Browser]
NEW = "vier paarse laarzen fluiten"


def test_another_password_ends_every_session_and_token(
    console_installation: Installation, signed_in: SignIn
) -> None:
    page = signed_in(Role.AGENT, "henri").get("/account")
    made = page.post("/account/tokens", password=PASSWORD, hours="1", commands="campaign")
    (token,) = re.findall(r"kaartje_me_[\w-]+", made.text)
    found = personal_tokens.signed_in(console_installation, token)
    assert found is not None
    assert (found.token.name, found.token.commands) == ("henri", ["campaign"])
    assert token not in page.get("/account").text

    def change(old: str, new: str, again: str) -> Browser:
        return page.post("/account/password", password=old, new=new, again=again)

    assert "klopt niet" in change("niet dit", NEW, NEW).text
    assert "niet gelijk" in change(PASSWORD, NEW, "anders").text
    assert "te raden" in change(PASSWORD, "Welkom2026!!!", "Welkom2026!!!").text
    assert page.status == 400
    assert change(PASSWORD, NEW, NEW).path == "/sign-in"
    assert page.get("/today").path == "/sign-in"
    assert personal_tokens.signed_in(console_installation, token) is None
    checked = accounts.check(console_installation.store, "henri", NEW, NOW)
    assert isinstance(checked, accounts.SignedIn)


def test_a_token_ends_at_once_and_only_ones_own(
    console_installation: Installation, signed_in: SignIn
) -> None:
    henri, omar = signed_in(Role.AGENT, "henri"), signed_in(Role.AGENT, "omar")
    made = henri.get("/account").post("/account/tokens", password=PASSWORD, hours="10")
    (token,) = re.findall(r"kaartje_me_[\w-]+", made.text)
    number = str(personal_tokens.open_tokens(console_installation, "henri")[0].id)
    omar.get("/account").post("/account/tokens/end", number=number)
    assert personal_tokens.signed_in(console_installation, token) is not None
    henri.get("/account").post("/account/tokens/end", number=number)
    assert personal_tokens.signed_in(console_installation, token) is None
    assert henri.post("/account/tokens/end", number="x" * 99).status == 200


@pytest.mark.parametrize(
    "password",
    [
        "Welkom12345!",
        "W@chtw00rd2024",
        "qwertyuiop123",
        "henri-henri-henri",
        "Zomer2026!Zomer",
        "abcdefgh12345678",
        "jan-03-05-1985",
    ],
)
def test_what_everybody_uses_is_too_easy_to_guess(password: str) -> None:
    assert passwords.is_common(password, "henri")


@pytest.mark.parametrize(
    "password",
    [
        NEW,
        PASSWORD,
        "correct horse battery",
        "b7#kQz!pWm2x",
        "8391-5527-1046-2275",
        "4e17-9902-b3d8-0651",
    ],
)
def test_words_of_ones_own_are_not(password: str) -> None:
    assert not passwords.is_common(password, "henri")
