"""Both ends of the connection in the demo of texts, the simulated provider and our own webhooks.

Each listens on a free port of this machine, in a thread of its own. Stored events are processed
when the demo says so, at the moment its clock shows. So the same seed plays the same days.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from socket import create_server, socket
from typing import Any

import requests
from sqlalchemy import func, select

from inbound.event_worker import process_events
from inbound.sms_webhooks import PLACE
from installation.installation import Installation
from store.states import TouchState
from store.tables import Answer, ProviderEvent, Touch

UNREACHABLE = 0.02
"""Made up: the share of numbers that are out of use."""
_PATIENCE = 30.0  # seconds without any news
_NAP = 0.02


@dataclass
class SettableClock:
    """A clock that the demo sets."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment to which it is set."""
        return self.at


@dataclass(frozen=True, slots=True)
class Provider:
    """The simulated provider, as the demo reaches it."""

    url: str
    token: str

    def delivered(self) -> list[str]:
        """Return the numbers that got a text, in order."""
        texts = requests.get(f"{self.url}/simulator/texts", timeout=_PATIENCE).json()["texts"]
        return sorted({text["to"] for text in texts if text["status"] == "delivered"})

    def answer(self, number: str, words: str) -> str:
        """Let somebody answer, and return the provider's reference of that text.

        The provider posts it to our webhook.
        """
        form = {"To": number, "Body": words, "Token": self.token}
        response = requests.post(f"{self.url}/simulator/reply", data=form, timeout=_PATIENCE)
        response.raise_for_status()
        return str(response.json()["sid"])


def free_line() -> tuple[socket, str]:
    """Return a socket that listens on a free port of this machine, and its URL."""
    listening = create_server(("127.0.0.1", 0))
    return listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def provider(seed: int, token: str, public_url: str) -> Iterator[Provider]:
    """Run the simulated provider, which posts replies to our webhook."""
    from simulators.sms_faults import Faults
    from simulators.sms_provider import Line, make_app

    listening, url = free_line()
    faults = Faults(unreachable_share=UNREACHABLE, reply_url=f"{public_url}{PLACE}/in")
    with _running(make_app(faults, seed), listening, http=Line, lifespan="off"):
        yield Provider(url, token)


@contextmanager
def serve_console(app: Any, listening: socket) -> Iterator[None]:
    """Serve the console and its webhooks, as `kaartje serve` does."""
    with _running(app, listening, server_header=False):
        yield


@contextmanager
def _running(app: Any, listening: socket, **config: Any) -> Iterator[None]:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    _wait(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


def process_text(installation: Installation, ref: str) -> None:
    """Process one text, once it is stored."""
    _wait(lambda: _is_stored(installation, ref))
    process_events(installation)


def process_reports(installation: Installation) -> None:
    """Process reports until the end of every text is known, or none has come for a while."""
    silent, until = -1, 0.0
    while left := _silent(installation):
        if left != silent:
            silent, until = left, time.monotonic() + _PATIENCE
        elif time.monotonic() > until:
            return
        time.sleep(_NAP)
        process_events(installation)


def _is_stored(installation: Installation, ref: str) -> bool:
    with installation.store.reading() as connection:
        found = connection.execute(
            select(ProviderEvent.id).where(ProviderEvent.provider_ref == ref).limit(1)
        )
        return found.first() is not None


def _silent(installation: Installation) -> int:
    texts = select(func.count()).where(
        Touch.channel == "sms", Touch.state == TouchState.HANDED_OVER
    )
    answers = select(func.count()).where(Answer.state == TouchState.HANDED_OVER)
    with installation.store.reading() as connection:
        return int(
            connection.execute(texts).scalar_one() + connection.execute(answers).scalar_one()
        )


def _wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("nothing came in from the simulated provider of the demo")
        time.sleep(_NAP / 4)
