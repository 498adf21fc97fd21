"""Signing in and out, sessions, and forms that only our own pages can send."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute

from console.web.app import ROUTERS, make_app
from console.web.security import HEADERS, MAX_FIELDS, MAX_FORM, PLAIN
from inbound.sms_webhooks import PLACE
from installation import accounts
from installation.installation import Installation
from store.clock import FixedClock
from store.states import Road, Role
from tests.conftest import NOW
from tests.console.conftest import PASSWORD, Browser, TestClient, acts_of, put_account
from tests.deciding import deciding

SignIn = Callable[..., Browser]


def test_a_stranger_is_asked_to_sign_in_first(stranger: Browser) -> None:
    assert stranger.get("/").path == "/sign-in"
    assert "Inloggen" in stranger.text


@pytest.mark.parametrize("role", list(Role))
def test_each_role_begins_with_today(
    stranger: Browser, console_installation: Installation, role: Role
) -> None:
    put_account(console_installation, "anja", role)
    assert stranger.sign_in("anja").path == "/today"


def test_after_signing_in_one_comes_where_one_was_going(
    stranger: Browser, console_installation: Installation
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    stranger.get("/print-runs")
    assert stranger.sign_in("anja").path == "/print-runs"


def test_a_wrong_password_is_said_kindly_and_names_no_account(
    stranger: Browser, console_installation: Installation
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    known = stranger.sign_in("anja", "een koude dag in mei")
    said = (known.status, "horen niet bij elkaar" in known.text)
    unknown = stranger.sign_in("nobody", "een koude dag in mei")
    assert said == (unknown.status, "horen niet bij elkaar" in unknown.text) == (401, True)
    assert 'role="alert"' in unknown.text


def test_after_five_tries_the_page_says_how_long_to_wait(
    stranger: Browser, console_installation: Installation
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    for _ in range(accounts.TRIES):
        stranger.sign_in("anja", "een koude dag in mei")
    assert stranger.sign_in("anja").status == 429
    assert "Wacht 15 minuten" in stranger.text
    assert stranger.get("/").path == "/sign-in"


def test_somebody_who_is_signed_in_is_not_asked_again(signed_in: SignIn) -> None:
    assert signed_in("manager").get("/sign-in").path == "/today"


def test_signing_out_ends_the_session_even_for_who_kept_the_cookie(
    signed_in: SignIn, console_installation: Installation
) -> None:
    browser = signed_in("manager")
    thief = Browser(
        client=TestClient(make_app(console_installation), cookies=dict(browser.client.cookies))
    )
    assert thief.get("/print-runs").path == "/print-runs"
    browser.post("/sign-out")
    assert "uitgelogd" in browser.text
    assert browser.get("/print-runs").path == "/sign-in"
    assert thief.get("/print-runs").path == "/sign-in"


def test_a_closed_account_is_out_at_once(
    signed_in: SignIn, console_installation: Installation
) -> None:
    browser = signed_in("manager")
    accounts.close(console_installation.store, "manager", NOW, by=deciding("manager"))
    assert browser.get("/print-runs").path == "/sign-in"


def test_a_session_ends_after_a_working_day(
    signed_in: SignIn, console_installation: Installation
) -> None:
    cookies = dict(signed_in("manager").client.cookies)
    for hours, path in ((9, "/print-runs"), (10, "/sign-in")):
        later = replace(console_installation, clock=FixedClock(NOW + timedelta(hours=hours)))
        assert (
            Browser(client=TestClient(make_app(later), cookies=cookies)).get("/print-runs").path
            == path
        )


def test_a_cookie_signed_with_another_key_is_worth_nothing(
    signed_in: SignIn, console_installation: Installation
) -> None:
    cookies = dict(signed_in("manager").client.cookies)
    settings = console_installation.settings.model_copy(
        update={
            "secret": type(console_installation.settings.secret)(
                "another key than the one of this installation"
            )
        }
    )
    other = replace(console_installation, settings=settings)
    assert (
        Browser(client=TestClient(make_app(other), cookies=cookies)).get("/print-runs").path
        == "/sign-in"
    )


def test_signing_in_begins_a_new_session_with_a_new_token(
    stranger: Browser, console_installation: Installation
) -> None:
    put_account(console_installation, "anja", Role.PRINT_SHOP)
    before = stranger.get("/sign-in").token
    stranger.sign_in("anja")
    assert before
    assert stranger.token not in {"", before}


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    console_installation: Installation,
    https: bool,  # noqa: FBT001
) -> None:
    response = TestClient(
        make_app(console_installation, https=https), base_url="https://testserver"
    ).get("/sign-in")
    cookie = response.headers["set-cookie"].lower()
    assert ("httponly" in cookie, "samesite=lax" in cookie, "secure" in cookie) == (
        True,
        True,
        https,
    )
    assert cookie.startswith("__host-kaartje=") is https
    assert ("strict-transport-security" in response.headers) is https


@pytest.mark.parametrize(
    "path", ["/sign-in", "/", "/nowhere", "/static/console.css", "/static/nowhere.css", "/boom"]
)
def test_every_answer_carries_the_security_headers(
    console_installation: Installation, path: str
) -> None:
    app = make_app(console_installation)
    app.add_api_route("/boom", lambda: 1 / 0)
    response = TestClient(app, raise_server_exceptions=False, follow_redirects=False).get(path)
    assert (HEADERS | PLAIN.headers()).items() <= dict(response.headers).items()
    assert response.headers["cache-control"] == (
        "no-cache" if path.startswith("/static/") else "no-store"
    )


def test_no_page_runs_a_script_or_fetches_from_elsewhere(stranger: Browser) -> None:
    policy = stranger.get("/sign-in").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<script" not in stranger.text
    assert " style=" not in stranger.text
    assert "//" not in stranger.text.replace("<!doctype", "")


def test_what_goes_wrong_on_our_side_is_a_kind_page_without_a_traceback(
    console_installation: Installation,
) -> None:
    app = make_app(console_installation)
    app.add_api_route("/boom", lambda: 1 / 0)
    browser = Browser(client=TestClient(app, raise_server_exceptions=False)).get("/boom")
    assert browser.status == 500
    assert "Dit ligt niet aan u" in browser.text
    assert "ZeroDivisionError" not in browser.text


def test_a_page_that_is_not_there_is_said_kindly(stranger: Browser) -> None:
    assert stranger.get("/nowhere").status == 404
    assert "Die pagina is er niet" in stranger.text


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", PLACE, f"{PLACE}/twilio"])
def test_nothing_is_served_that_nobody_asked_for(stranger: Browser, path: str) -> None:
    assert stranger.get(path).status == 404


@pytest.mark.everyday(1)
@pytest.mark.parametrize("role", Role)
def test_no_form_is_taken_without_the_token_of_its_session(signed_in: SignIn, role: Role) -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    paths = {
        re.sub(r"{\w+:int}", "1", route.path).replace("{name}", "pilot").replace("{what}", "pause")
        for route in routes
        if "POST" in (route.methods or ())
    }
    assert {"/sign-in", "/sign-out", "/language", "/cards", "/queue/1/take"} < paths
    tokens = ("", "x" * 43)
    browser = signed_in(role)
    for place, path in enumerate(sorted(paths), list(Role).index(role)):  # each path meets both
        form = {"csrf": tokens[place % 2], "name": "x"}
        file = {"file": ("a.yaml", b"x")} if path.endswith(("/upload", "/answers")) else None
        assert browser.client.post(path, data=form, files=file).status_code == 403, path


def test_a_form_that_was_open_too_long_says_what_to_do(signed_in: SignIn) -> None:
    browser = signed_in("manager")
    browser.token = ""
    assert browser.post("/sign-out").status == 403
    assert "Ga terug, laad de pagina opnieuw" in browser.text
    assert browser.get("/print-runs").path == "/print-runs"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"a=" + b"x" * MAX_FORM, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"\xff=%ff", "application/x-www-form-urlencoded", 400),
        (
            b"&".join(b"a=1" for _ in range(MAX_FIELDS + 1)),
            "application/x-www-form-urlencoded",
            400,
        ),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_not_taken(
    stranger: Browser, content: bytes, kind: str, status: int
) -> None:
    response = stranger.client.post("/sign-in", content=content, headers={"content-type": kind})
    assert response.status_code == status
    assert "Dat lukte niet" in response.text


def test_the_pages_turn_english_and_stay_so(signed_in: SignIn) -> None:
    browser = signed_in("manager").get("/print-runs")
    assert 'lang="nl"' in browser.text
    browser.post("/language", language="en", back="/print-runs")
    assert browser.path == "/print-runs"
    assert "Print runs" in browser.text
    assert '<html lang="en">' in browser.text
    browser.post("/sign-out")
    assert "signed out" in browser.text


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "", "/\n"]
)
def test_choosing_a_language_never_leads_elsewhere(signed_in: SignIn, back: str) -> None:
    client = signed_in("manager").get("/print-runs")
    client.client.follow_redirects = False
    assert client.post("/language", language="xx", back=back).headers["location"] == "/"


def test_every_signing_in_and_out_is_written_down(
    signed_in: SignIn, console_installation: Installation
) -> None:
    signed_in("manager").post("/sign-out")
    for what in (accounts.SIGNED_IN, accounts.SIGNED_OUT):
        assert [(act.actor, act.road) for act in acts_of(console_installation, what)] == [
            ("manager", Road.PAGE)
        ]


def test_the_password_stands_on_no_page(
    stranger: Browser, console_installation: Installation
) -> None:
    put_account(console_installation, "anja", Role.MANAGER)
    assert PASSWORD not in stranger.sign_in("anja", PASSWORD + "!").text
