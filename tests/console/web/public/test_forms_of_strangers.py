"""Forms from people who never sign in: what is no form of ours, or was sent by another site, comes to nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.web.app import make_app
from console.web.public.form_keys import OPEN
from installation.installation import Installation
from store.clock import FixedClock
from tests.console.conftest import TestClient
from tests.console.web.public.conftest import NOON, Passer

Calls = Callable[[], list[Any]]
FORM = "application/x-www-form-urlencoded"
PLACES = ("/k/call", "/k/appointment", "/k/stop", "/echt", "/helpen")


@pytest.mark.everyday(2)
@pytest.mark.parametrize("place", PLACES)
def test_a_form_without_a_key_of_this_house_and_this_place_is_not_taken(
    passer: Passer, place: str
) -> None:
    other = "/k" if place in {"/echt", "/helpen"} else "/echt"
    foreign = passer.get(other).form("/k/call" if other == "/k" else other)["key"]
    for key in ("", "x", "..", "1686045600.abc.def", "é.é.é", foreign):
        answer = passer.client.post(place, data={"key": key, "number": "0612345678"})
        assert answer.status_code == 403, key
        assert "Er is niets verstuurd" in answer.text


def test_a_form_that_lay_open_too_long_begins_again(
    town: Installation, passer: Passer, calls: Calls
) -> None:
    form = passer.get("/k").form("/k/call") | {"number": "0612345678"}
    later = replace(town, clock=FixedClock(NOON + OPEN + timedelta(seconds=1)))
    assert TestClient(make_app(later)).post("/k/call", data=form).status_code == 403
    assert calls() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_cannot_send_our_forms(
    passer: Passer, calls: Calls, headers: dict[str, str]
) -> None:
    assert passer.get("/k").send("/k/call", headers=headers, number="0612345678").status == 403
    assert calls() == []


@pytest.mark.thorough
@pytest.mark.parametrize("headers", [{"origin": "null"}, {"origin": "http://testserver"}, {}])
def test_a_browser_that_names_no_origin_or_ours_is_let_in(
    passer: Passer, calls: Calls, headers: dict[str, str]
) -> None:
    assert passer.get("/k").send("/k/call", headers=headers, number="0612345678").status == 200
    assert len(calls()) == 1


@pytest.mark.everyday(2)
@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"a=" + b"x" * 70_000, FORM, 413),
        (b"{}", "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"\xff=%ff", FORM, 400),
    ],
)
def test_what_is_no_form_is_answered_kindly(
    passer: Passer, content: bytes, kind: str, status: int
) -> None:
    answer = passer.client.post("/k/call", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert "Dat lukte niet" in answer.text
    assert 'href="tel:+318001234"' in answer.text


@pytest.mark.thorough
def test_a_field_that_is_too_long_or_holds_null_characters_harms_nothing(
    passer: Passer, calls: Calls
) -> None:
    assert passer.get("/k").send("/k/call", number="0612345678", words="x" * 201).status == 413
    assert passer.get("/k").send("/k/call", number="06\x0012345678").status == 200
    assert passer.get("/k").send("/k/appointment", code="1183180055", slot="9" * 30).status == 422
    assert len(calls()) == 1


@pytest.mark.parametrize("path", ["/k", "/k/1234567890"])
def test_a_page_that_takes_no_form_says_so_kindly(passer: Passer, path: str) -> None:
    answer = passer.client.post(path, data={"a": "b"})
    assert (answer.status_code, "Dat lukte niet" in answer.text) == (405, True)


ODD = [
    "/k/%00",
    "/k/" + "9" * 2000,
    "/k/<script>",
    "/k?<script>=1",
    "/k/1234567890/x",
    "/echt/x",
    "/k?lang=xx",
]


@pytest.mark.parametrize("path", ODD)
def test_odd_addresses_show_nothing_odd(passer: Passer, path: str) -> None:
    passer.get(path)
    assert passer.status in {200, 404}
    assert "<script" not in passer.text
    assert 'href="tel:+318001234"' in passer.text


def test_pages_work_without_script_and_ask_nothing_of_another_site(passer: Passer) -> None:
    for path in ("/k", "/echt", "/helpen", "/waarom", "/waarom/1"):
        passer.get(path)
        assert "http://" not in passer.text
        assert "https://" not in passer.text
        assert "<script" not in passer.text
        assert len(passer.text) < 12_000
