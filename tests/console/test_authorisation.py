"""The authorisation matrix: every route, by every role, on a campaign of one's own and of a colleague."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from campaigns.planning.submitting import submit
from console.web.app import make_app
from console.web.permissions import MAY, Area
from installation import api_tokens
from installation.installation import Installation
from store.states import CampaignState, Role
from store.tables import Campaign
from tests.conftest import NOW
from tests.console.authorisation import ROUTES
from tests.console.conftest import PASSWORD, Browser, TestClient, come_in
from tests.deciding import deciding
from tests.snapshots import Snapshots
from tests.stories import campaign_file, populate

MINE, THEIRS = "mine", "theirs"
OF_THE_API = "/api/v1"
NOT_ONES_OWN = ("POST /campaigns/{name}/approve", "POST /campaigns/{name}/approve/question")
"""What a second person has to do."""
WITH_A_FILE = ("/upload", "/answers")
"""Endings of the paths of forms with a file."""
FORBIDDEN = "Deze pagina hoort bij ander werk"
ENDLESS = "GET /queue/live"
"""A stream that ends with its reader, so that only a refusal of it can be asked for here."""

_PARTS = {"name": MINE, "number": "1", "kind": "card", "decision": "pause", "language": "nl"}


def _routes(routes: Any, prefix: str = "") -> Iterator[str]:
    """Yield every route of an application as `METHOD path`, also those of routers and mounts."""
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes, prefix + route.include_context.prefix)
        elif hasattr(route, "methods"):
            yield from (f"{each} {prefix}{route.path}" for each in route.methods or ())
        elif hasattr(route.app, "routes"):
            yield from _routes(route.app.routes, prefix + route.path)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def test_every_route_stands_in_the_table_and_every_line_is_a_route(
    console_installation: Installation,
) -> None:
    app = make_app(console_installation)
    found = [each for each in _routes(app.router.routes) if not each.startswith("HEAD ")]
    table = [line for text in ROUTES.values() for line in _lines(text)]
    assert sorted(table) == sorted(set(found))


@pytest.fixture
def submitted(console_installation: Installation, snapshots: Snapshots) -> Installation:
    """Have two campaigns that wait for approval, of colleagues called mine and theirs."""
    return snapshots.bring(console_installation, _submit)


def _submit(installation: Installation) -> None:
    populate(installation, 60, now=NOW)
    for name in (MINE, THEIRS):
        file = campaign_file(installation.settings.home, name=name)
        submit(installation, file, by=deciding(name), now=NOW)


@pytest.mark.thorough
@pytest.mark.parametrize("role", list(Role))
def test_each_page_and_form_is_for_the_roles_of_its_line_on_any_campaign(
    submitted: Installation, role: Role
) -> None:
    browser = come_in(submitted, MINE, role)
    browser.get("/account")
    with browser.client:  # one loop for all requests
        for area, line in _pages():
            may = role in MAY[area]
            if line == ENDLESS and may:
                continue
            method, path = line.split()
            found = [_asked(browser, method, _filled(path, name)) for name in (MINE, THEIRS)]
            assert [FORBIDDEN not in each.text for each in found] == [may, may], line
            assert {each.status_code for each in found} == {403} or may, line
            if line not in NOT_ONES_OWN:
                assert len({each.status_code for each in found}) == 1, line


def test_a_stranger_is_sent_to_the_sign_in_page_from_everywhere(
    console_installation: Installation,
) -> None:
    with TestClient(make_app(console_installation), raise_server_exceptions=False) as client:
        for _, line in _pages():
            method, path = line.split()
            found = client.request(method, _filled(path), follow_redirects=False)
            assert (found.status_code, found.headers["location"]) == (303, "/sign-in"), line


def _pages() -> Iterator[tuple[Area, str]]:
    """Yield the pages and forms that need a session, with what they are part of."""
    for area, text in ROUTES.items():
        if area is not None:
            yield from ((area, line) for line in _lines(text) if OF_THE_API not in line)


def _asked(browser: Browser, method: str, path: str) -> Any:
    if method == "GET":
        return browser.client.get(path, follow_redirects=False)
    assert browser.token
    file = {"file": ("a.yaml", b"x")} if path.endswith(WITH_A_FILE) else None
    return browser.client.post(
        path, data={"csrf": browser.token}, files=file, follow_redirects=False
    )


def _filled(path: str, name: str = MINE) -> str:
    """Fill names and numbers into a path."""
    filled = path.replace("{name}", name) if "/campaigns/" in path else path
    return re.sub(r"{(\w+)(:int)?}", lambda each: _PARTS.get(each[1], "1"), filled)


@pytest.mark.thorough
@pytest.mark.parametrize("role", list(Role))
def test_each_route_of_the_api_is_for_the_roles_of_its_line_on_any_campaign(
    submitted: Installation, role: Role
) -> None:
    token = api_tokens.make(submitted, "system", role, by=deciding("anja"))
    with TestClient(make_app(submitted), raise_server_exceptions=False) as client:
        for at, (area, line) in enumerate(_of_the_api()):
            method, path = line.split()
            assert client.request(method, _filled(path)).status_code == 401, line
            asked = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"key-{at}"}
            found = {
                client.request(method, _filled(path, name), headers=asked).status_code
                for name in (MINE, THEIRS)
            }
            assert len(found) == 1, line
            assert (found == {403}) == (role not in MAY[area]), line


def _of_the_api() -> Iterator[tuple[Area, str]]:
    for area, text in ROUTES.items():
        if area is not None:
            yield from ((area, line) for line in _lines(text) if OF_THE_API in line)


@pytest.mark.thorough
def test_nobody_approves_their_own_campaign_and_a_colleague_does(
    submitted: Installation,
) -> None:
    browser = come_in(submitted, MINE, Role.MANAGER)
    for name, state in ((MINE, CampaignState.SUBMITTED), (THEIRS, CampaignState.APPROVED)):
        page = browser.get(f"/campaigns/{name}/approve")
        seen = re.findall(r'name="seen" value="(\w+)"', page.text)
        browser.post(
            f"/campaigns/{name}/approve",
            seen=(seen or [_hash(submitted, name)])[0],
            password=PASSWORD,
        )
        assert _state(submitted, name) == state


def _hash(installation: Installation, name: str) -> str:
    with installation.store.reading() as connection:
        query = select(Campaign.frozen_hash).where(Campaign.name == name)
        return str(connection.execute(query).scalar_one())


def _state(installation: Installation, name: str) -> CampaignState:
    with installation.store.reading() as connection:
        query = select(Campaign.state).where(Campaign.name == name)
        return CampaignState(connection.execute(query).scalar_one())
