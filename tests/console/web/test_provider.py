"""Signing in by the organisation's OpenID Connect provider, tried with a provider that really answers."""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import update

from console.web.app import make_app
from installation import accounts
from installation.installation import Installation
from store.states import Role
from store.tables import Account
from tests.conftest import NOW
from tests.console.conftest import Browser, TestClient, acts_of, put_account

with warnings.catch_warnings():  # it uses what a library of its own will take away
    warnings.simplefilter("ignore")
    from oidc_provider_mock import User, run_server_in_thread
    from oidc_provider_mock._storage import AuthorizationCode

pytestmark = pytest.mark.filterwarnings("ignore")
GROUPS = {"anja": ["leads"], "henri": ["line", "other"], "nobody": ["other"], "Vreemd!": ["leads"]}
LONG_AGO = 1
"""When somebody signed in at a provider that did not ask again."""
Come = Callable[[str], Browser]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """Have a provider that knows some people and their groups."""
    users = [
        User(
            sub=f"id-{name}",
            claims={
                "preferred_username": name,
                "name": f"{name.title()} de Wit",
                "realm_access": {"roles": groups},
            },
        )
        for name, groups in GROUPS.items()
    ]
    with run_server_in_thread(user_claims=users, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def organised(console_installation: Installation, provider: str) -> Installation:
    settings = console_installation.settings.model_copy(
        update={
            "oidc_issuer": provider,
            "oidc_client_secret": SecretStr("a secret of tests"),
            "oidc_role_claim": "realm_access.roles",
            "oidc_roles": "manager=leads, agent=line",
        }
    )
    return replace(console_installation, settings=settings)


@pytest.fixture
def come(organised: Installation) -> Come:
    """Come in by the provider, as one of its people."""

    def come(name: str) -> Browser:
        browser = Browser(client=TestClient(make_app(organised), raise_server_exceptions=False))
        assert "Log in bij uw organisatie" in browser.get("/sign-in").text
        return _by_the_provider(browser, name, "/sign-in/provider")

    return come


def _by_the_provider(browser: Browser, name: str, path: str) -> Browser:
    sent = browser.client.get(path, follow_redirects=False)
    assert sent.status_code == 302, sent.text
    assert {"nonce", "state", "code_challenge"} <= set(httpx.URL(sent.headers["location"]).params)
    return browser.get(_back(sent.headers["location"], name))


def _back(asked: str, name: str) -> str:
    """Sign in at the provider, and return the path that it sends one back to."""
    answer = httpx.post(asked, data={"sub": f"id-{name}"})
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_the_first_time_opens_an_account_with_the_role_of_the_first_group_that_counts(
    organised: Installation, come: Come
) -> None:
    page = come("anja")
    assert page.path == "/today", page.text
    page = come("henri")
    assert (page.path, "Henri de Wit</a>" in page.text) == ("/today", True)
    lines = {each.name: (each.role, each.active) for each in accounts.listed(organised.store)}
    assert lines == {"anja": (Role.MANAGER, True), "henri": (Role.AGENT, True)}
    assert [act.detail["through"] for act in acts_of(organised, accounts.SIGNED_IN)] == [
        "provider"
    ] * 2
    assert isinstance(
        accounts.check(organised.store, "henri", "een wachtwoord", NOW), accounts.WrongPassword
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [("nobody", "nog geen rol in Kaartje"), ("Vreemd!", "geen naam door"), ("omar", "geen naam")],
)
def test_who_has_no_role_or_no_name_does_not_come_in(
    organised: Installation, come: Come, name: str, said: str
) -> None:
    page = come(name)
    assert (page.status, said in page.text) == (403, True)
    assert page.get("/today").path == "/sign-in"
    assert accounts.listed(organised.store) == []


def test_a_local_account_is_not_taken_over_and_a_closed_one_stays_closed(
    organised: Installation, come: Come
) -> None:
    put_account(organised, "henri", Role.MANAGER)
    assert "al een account met uw naam" in come("henri").text
    come("anja")
    with organised.store.writing() as connection:
        connection.execute(update(Account).where(Account.name == "anja").values(active=False))
    assert "gesloten" in come("anja").text


def test_a_role_that_is_taken_away_ends_the_sessions(organised: Installation, come: Come) -> None:
    open_elsewhere = come("anja")
    without = replace(
        organised, settings=organised.settings.model_copy(update={"oidc_roles": "agent=line"})
    )
    again = Browser(client=TestClient(make_app(without), raise_server_exceptions=False))
    assert _by_the_provider(again, "anja", "/sign-in/provider").status == 403
    assert open_elsewhere.get("/today").path == "/sign-in"


def test_what_comes_back_without_having_been_asked_is_refused(come: Come) -> None:
    browser = come("anja")
    browser.client.cookies.clear()
    for query in ("", "?code=x&state=y", "?error=access_denied", "?state=", "?code=1&code=2"):
        page = browser.get(f"/sign-in/provider/done{query}")
        assert (page.status, "niet gelukt" in page.text) == (502, True), query
    sent = browser.client.get("/sign-in/provider", follow_redirects=False)
    back = _back(sent.headers["location"], "anja")
    other = Browser(client=TestClient(browser.client.app, raise_server_exceptions=False))
    assert other.get(back).status == 502  # the answer of somebody else's browser
    assert browser.get(back).path == "/today"
    browser.client.cookies.clear()
    assert browser.get(back).status == 502  # a second time


def test_stopping_everything_asks_the_provider_once_more(
    organised: Installation, come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = come("anja").get("/stop-everything")
    assert 'type="password"' not in page.text
    assert page.post("/stop-everything", reason="een fout in de tekst").status == 400
    there = "/sign-in/provider/again?back=/stop-everything"
    with monkeypatch.context() as patched:
        patched.setattr(AuthorizationCode, "get_auth_time", lambda _: LONG_AGO)
        not_asked = _by_the_provider(page, "anja", there)
    assert (not_asked.status, "vroeg niet opnieuw" in not_asked.text) == (403, True)
    somebody_else = _by_the_provider(page, "henri", there)
    assert (somebody_else.status, "als iemand anders" in somebody_else.text) == (403, True)
    fresh = _by_the_provider(page, "anja", there)
    assert (fresh.path, "net bij uw organisatie" in fresh.text) == ("/stop-everything", True)
    assert fresh.post("/stop-everything", reason="een fout in de tekst").status == 200
    assert len(acts_of(organised, "stop_everything")) == 1


def test_nobody_of_the_provider_gets_a_password_here(come: Come) -> None:
    page = _by_the_provider(come("anja"), "anja", "/sign-in/provider/again?back=/account")
    new = "vier paarse laarzen fluiten"
    for path in ("/account/password", "/account/second-factor", "/account/second-factor/on"):
        page.get("/account")
        assert page.post(path, password="x", new=new, again=new).status == 404
    assert "kaartje_me_" in page.get("/account").post("/account/tokens", hours="1").text


def test_a_provider_that_does_not_answer_is_said_kindly(organised: Installation) -> None:
    away = organised.settings.model_copy(update={"oidc_issuer": "http://localhost:1"})
    browser = Browser(
        client=TestClient(
            make_app(replace(organised, settings=away)), raise_server_exceptions=False
        )
    )
    page = browser.get("/sign-in/provider")
    assert (page.status, "niet te bereiken" in page.text) == (502, True)


def test_without_a_provider_there_is_no_such_page(stranger: Browser) -> None:
    assert "bij uw organisatie" not in stranger.get("/sign-in").text
    for path in ("/sign-in/provider", "/sign-in/provider/done"):
        assert stranger.get(path).status == 404
