"""Who visits is read from trusted proxies only, and an objection is never refused by a limit."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.web.app import make_app
from console.web.public.rate_limits import ASKS
from installation.installation import Installation
from installation.settings import Settings
from installation.trusted_proxies import read_networks, visitor_address
from store.errors import BadInput
from tests.console.conftest import TestClient
from tests.console.web.public.conftest import Passer

PROXY = ("10.0.0.5", 40_000)
CITIZENS = [f"203.0.113.{each}" for each in range(1, 15)]


def _passer(town: Installation, *, trusted: str, forwarded: str = "") -> Passer:
    settings = town.settings.model_copy(update={"trusted_proxies": trusted})
    client = TestClient(
        make_app(town.__class__(**{**town.__dict__, "settings": settings})), client=PROXY
    )
    if forwarded:
        client.headers["x-forwarded-for"] = forwarded
    return Passer(client)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("trusted", ["10.0.0.0/24", ""])
def test_every_citizen_behind_one_proxy_may_object(
    town: Installation, codes: list[str], trusted: str
) -> None:
    passer = _passer(town, trusted=trusted)
    for citizen, code in zip(CITIZENS, codes, strict=False):
        passer.client.headers["x-forwarded-for"] = citizen
        assert passer.get("/k").send("/k/stop", code=code, sure="yes").status == 200


def _asked(town: Installation, *, trusted: str, forwarded: list[str]) -> list[int]:
    passer = _passer(town, trusted=trusted)
    statuses = []
    for number, each in enumerate(forwarded):
        passer.client.headers["x-forwarded-for"] = each
        statuses.append(passer.get("/k").send("/k/call", number=f"06123456{number:02}").status)
    return statuses


@pytest.mark.thorough
def test_visitors_of_a_trusted_proxy_are_counted_each_for_themselves(town: Installation) -> None:
    assert _asked(town, trusted="10.0.0.5", forwarded=CITIZENS) == [200] * len(CITIZENS)


@pytest.mark.thorough
def test_who_is_no_trusted_proxy_cannot_pass_for_others(town: Installation) -> None:
    statuses = _asked(town, trusted="10.0.0.6", forwarded=CITIZENS)
    assert statuses == [200] * ASKS.wrong + [429] * (len(CITIZENS) - ASKS.wrong)


@pytest.mark.thorough
def test_what_a_visitor_writes_left_of_the_proxys_word_is_not_believed(town: Installation) -> None:
    written = [f"{citizen}, 198.51.100.7" for citizen in CITIZENS]
    assert _asked(town, trusted="10.0.0.5", forwarded=written).count(429) == 4


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("10.0.0.5", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.5", ["1.1.1.1, 203.0.113.1", "10.0.0.9"], "203.0.113.1"),
        ("10.0.0.5", ["10.0.0.7, 10.0.0.6"], "10.0.0.7"),
        ("10.0.0.5", ["203.0.113.1:55123"], "203.0.113.1"),
        ("10.0.0.5", ["[2001:db8::1]:443"], "2001:db8::1"),
        ("10.0.0.5", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.5", ["203.0.113.1"], "203.0.113.1"),
        ("10.0.0.5", ["203.0.113.1, unknown"], "10.0.0.5"),
        ("10.0.0.5", ["203.0.113.1, _hidden, 10.0.0.8"], "10.0.0.8"),
        ("10.0.0.5", [""], "10.0.0.5"),
        ("203.0.113.9", ["203.0.113.1"], "203.0.113.9"),
        ("testclient", ["203.0.113.1"], "testclient"),
    ],
)
def test_the_visitor_is_the_rightmost_address_that_no_proxy_of_ours_has(
    peer: str, forwarded: list[str], visitor: str
) -> None:
    assert visitor_address(peer, forwarded, read_networks("10.0.0.0/24")) == visitor


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_nothing_that_a_visitor_writes_changes_what_a_proxy_says(written: str) -> None:
    trusted = read_networks("10.0.0.0/24")
    assert visitor_address("10.0.0.5", [written, "203.0.113.1"], trusted) == "203.0.113.1"


@pytest.mark.parametrize("text", ["10.0.0.256", "10.0.0.5/8", "proxy.example", "0.0.0.0/0", "*"])
def test_a_proxy_that_cannot_be_one_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAARTJE_TRUSTED_PROXIES", text)
    with pytest.raises(BadInput, match=f"KAARTJE_TRUSTED_PROXIES: '{re.escape(text)}'"):
        Settings()
