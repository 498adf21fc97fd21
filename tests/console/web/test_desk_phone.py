"""The phone in an agent's browser: who may have it, the pass that makes it reachable, and what its page may do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import jwt
import pytest

from channels.voice.browser_names import client_name
from console.web.app import make_app
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.errors import BadInput
from store.states import Role
from tests.conftest import NOW
from tests.console.conftest import Browser, come_in

SECRET = "a secret of the voice key, for tests only"
KEYS = {
    "twilio_account_sid": "AC" + "1" * 32,
    "twilio_api_key": "SK" + "2" * 32,
    "twilio_api_secret": SECRET,
    "twilio_voice_app": "AP" + "3" * 32,
}


def settings(home: Path, **changed: Any) -> Settings:
    script = home / "twilio.min.js"
    script.write_text("var Twilio = {};")
    claims: dict[str, Any] = {
        "home": home,
        "database_url": "",
        "secret": "a key for tests only, nobody has another",
        "voice_sdk": str(script),
        **KEYS,
    }
    return Settings(**(claims | changed))


@pytest.fixture
def phone_installation(tmp_path: Path, sqlite_url: str) -> Iterator[Installation]:
    installation = open_installation(settings(tmp_path), clock=FixedClock(NOW), draws=Random(2023))
    yield installation
    installation.store.engine.dispose()


def at_work(installation: Installation, role: Role, name: str = "") -> Browser:
    return come_in(installation, name or str(role), role)


def test_the_pass_is_for_being_called_under_ones_own_name_and_for_an_hour(
    phone_installation: Installation,
) -> None:
    browser = at_work(phone_installation, Role.AGENT, "fatma")
    given = browser.client.post("/desk-phone/token", data={"csrf": token_of(browser)}).json()
    headers = jwt.get_unverified_header(given["pass"])
    claims = jwt.decode(given["pass"], SECRET, algorithms=["HS256"], options={"verify_exp": False})
    assert (headers["alg"], headers["cty"]) == ("HS256", "twilio-fpa;v=1")
    assert (claims["iss"], claims["sub"]) == (KEYS["twilio_api_key"], KEYS["twilio_account_sid"])
    assert claims["exp"] == NOW.timestamp() + 3600
    assert claims["grants"] == {
        "identity": client_name("fatma"),
        "voice": {
            "incoming": {"allow": True},
            "outgoing": {"application_sid": KEYS["twilio_voice_app"]},
        },
    }
    assert (given["client"], given["edges"], given["gateway"]) == (client_name("fatma"), [], "")
    assert browser.get("/desk-phone").headers["cache-control"] == "no-store"


def token_of(browser: Browser) -> str:
    return browser.get("/desk-phone").text.split('data-token="')[1].split('"')[0]


def test_a_pass_is_made_only_for_our_own_page(phone_installation: Installation) -> None:
    browser = at_work(phone_installation, Role.AGENT)
    assert browser.client.post("/desk-phone/token", data={"csrf": "guessed"}).status_code == 403
    assert browser.client.get("/desk-phone/token").status_code == 405
    browser.get("/queue").post("/sign-out")
    asked = browser.client.post("/desk-phone/token", data={}, follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.PRINT_SHOP, Role.ANALYST])
def test_who_takes_no_calls_has_no_phone(phone_installation: Installation, role: Role) -> None:
    browser = at_work(phone_installation, role)
    assert "phone-bar" not in browser.text
    for path in ("/desk-phone", "/desk-phone/twilio.min.js"):
        assert browser.get(path).status == 403
    assert browser.post("/desk-phone/token").status == 403


def test_an_agent_has_the_bar_on_every_page_and_the_phone_in_its_own_window(
    phone_installation: Installation,
) -> None:
    browser = at_work(phone_installation, Role.AGENT, "fatma")
    for path in ("/queue", "/cards", "/why", "/"):
        assert f'data-client="{client_name("fatma")}"' in browser.get(path).text
    assert "Ik ben bereikbaar" in browser.get("/desk-phone").text
    script = browser.client.get("/desk-phone/twilio.min.js")
    assert (script.text, script.headers["content-type"].split(";")[0]) == (
        "var Twilio = {};",
        "text/javascript",
    )


def test_only_the_phones_own_page_may_listen_and_speak_to_the_provider(
    phone_installation: Installation,
) -> None:
    browser = at_work(phone_installation, Role.AGENT)
    plain, phone = browser.get("/queue").headers, browser.get("/desk-phone").headers
    assert "connect-src 'self' wss://*.twilio.com;" in phone["content-security-policy"]
    assert "microphone=(self)" in phone["permissions-policy"]
    assert "twilio" not in plain["content-security-policy"]
    assert "microphone=()" in plain["permissions-policy"]
    for headers in (plain, phone):
        assert "script-src 'self';" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


def test_without_the_providers_script_there_is_no_phone_and_no_page_runs_one(
    console_installation: Installation,
) -> None:
    browser = come_in(console_installation, "fatma", Role.AGENT)
    assert "phone-bar" not in browser.get("/queue").text
    assert "twilio" not in browser.headers["content-security-policy"]
    for path in ("/desk-phone", "/desk-phone/twilio.min.js"):
        assert browser.get(path).status == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"voice_sdk": "/nowhere/twilio.min.js"}, "run `make softphone`"),
        ({"twilio_api_secret": ""}, "KAARTJE_TWILIO_API_SECRET"),
        ({"voice_gateway": "127.0.0.1; script-src *"}, "is not a host and a port"),
        ({"voice_edge": "frankfurt, over there"}, "'over there' is not an edge location"),
    ],
)
def test_a_phone_that_is_set_up_halfway_is_reported_before_anybody_calls(
    phone_installation: Installation, tmp_path: Path, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        make_app(replace(phone_installation, settings=settings(tmp_path, **changed)))


def test_names_that_look_alike_are_called_apart_and_every_name_can_be_called() -> None:
    names = ["zoe", "zoë", "z.o.e", "fatma@phone.example", "é" * 64, "x" * 200]
    clients = [client_name(name) for name in names]
    assert len(set(clients)) == len(names)
    assert all(
        len(client) <= 121 and client.isascii() and client.replace("_", "").isalnum()
        for client in clients
    )
    assert client_name("zoe") == clients[0]
