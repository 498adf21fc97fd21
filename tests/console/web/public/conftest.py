"""Somebody with a card in hand and no account: a browser that keeps nothing, in a town where cards were delivered."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from console.web.app import make_app
from desk.queue.appointment_slots import NewSlot, offer
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock, parse_moment
from store.tables import Call, ResponseCode
from tests.conftest import NOW
from tests.console.conftest import TestClient
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

NOON = parse_moment("2023-06-06T12:00")
"""A Tuesday on which cards are in people's hands."""
SITE = "https://dichtbij.example/k"


@dataclass
class Passer:
    """Somebody who passes by: no cookie is kept, and forms are sent as the page that is open has them."""

    client: Any
    text: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> "Passer":
        return self._seen(self.client.get(path))

    def send(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> "Passer":
        """Send the form of the open page that goes to `path`, with these fields filled in."""
        return self._seen(self.client.post(path, data=self.form(path) | fields, headers=headers))

    def form(self, path: str) -> dict[str, str]:
        inside = re.search(
            rf'<form method="post" action="{path}">(.*?)</form>', self.text, re.DOTALL
        )
        found = re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)"', inside[1] if inside else ""
        )
        return dict(found)

    def _seen(self, response: Any) -> "Passer":
        self.text, self.status, self.headers = (
            unescape(response.text),
            response.status_code,
            dict(response.headers),
        )
        assert "set-cookie" not in response.headers
        return self


def _made(url: str, folder: Path) -> Installation:
    settings = Settings(
        home=folder, database_url=url, secret="a key for tests only, nobody has another"
    )
    installation = open_installation(settings, clock=FixedClock(NOON), draws=Random(2023))
    populate(installation, 200, now=NOW)
    file = campaign_file(folder)
    file.write_text(file.read_text().replace("phone_line:", f"  qr_url: {SITE}\nphone_line:"))
    launched(installation, file, now=NOW)
    deliver(installation, now=parse_moment("2023-06-05"))
    moments = [parse_moment("2023-06-08T10:30"), parse_moment("2023-06-08T11:00")]
    offer(
        installation.store,
        [
            NewSlot(
                location="Verzonnenlaan 1", kind="counter", starts_at=moment, minutes=30, capacity=1
            )
            for moment in moments
        ],
    )
    return installation


@pytest.fixture(scope="session")
def delivered_once(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Deliver one campaign once, and keep the database for every test on a page."""
    folder = tmp_path_factory.mktemp("public")
    installation = _made("", folder)
    with installation.store.writing() as connection:
        pass
    with installation.store.engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    installation.store.engine.dispose()
    return (folder / "kaartje.sqlite3").read_bytes()


@pytest.fixture
def town(tmp_path: Path, delivered_once: bytes) -> Iterator[Installation]:
    """A town in which cards were delivered."""
    (tmp_path / "kaartje.sqlite3").write_bytes(delivered_once)
    settings = Settings(home=tmp_path, secret="a key for tests only, nobody has another")
    installation = open_installation(settings, clock=FixedClock(NOON), draws=Random(2023))
    yield installation
    installation.store.engine.dispose()


@pytest.fixture
def passer(town: Installation) -> Passer:
    return Passer(TestClient(make_app(town), raise_server_exceptions=False))


@pytest.fixture
def codes(town: Installation) -> list[str]:
    """The codes on the cards that went out."""
    with town.store.reading() as connection:
        return list(
            connection.execute(select(ResponseCode.code).order_by(ResponseCode.code)).scalars()
        )


@pytest.fixture
def calls(town: Installation) -> Callable[[], list[Any]]:
    def read() -> list[Any]:
        with town.store.reading() as connection:
            return list(connection.execute(select(Call.__table__).order_by(Call.id)))

    return read
