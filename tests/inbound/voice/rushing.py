"""An installation with an open line on a Thursday morning, and agents who take the next caller."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import requests
from sqlalchemy import select

from channels.codes import response_code
from channels.voice.browser_names import client_name
from desk.entries import agents
from desk.line import connecting, queue_exits
from desk.line.connecting import CallerGone, Connecting, Uncertain
from desk.queue import queues
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import RunningClock
from store.errors import BadInput
from store.mapped_rows import read_all
from store.states import LegKind
from store.tables import Call, Leg
from tests.builders import Builder
from tests.deciding import deciding
from tests.inbound.calling import add_line
from tests.served import Served, free_port
from tests.simulators.calling import ACCOUNT, NUMBER, TOKEN

OPEN = datetime(2023, 6, 1, 8, tzinfo=UTC)
"""Ten o'clock on a Thursday."""
SOON, A_LOOK, RINGS = (
    60.0,
    0.1,
    20.0,
)  # seconds; the last: of silence, before an agent puts a caller back
SILENT = {"met": 0, "speaking": 0}


@dataclass(kw_only=True)
class Line:
    """One installation and its server."""

    installation: Installation
    home: Path
    port: int
    network: int  # the port at which the telephone network listens
    accounts: dict[str, str]
    began: float = field(default_factory=monotonic)
    served: Served | None = None

    def now(self) -> datetime:
        return self.installation.now()

    def serve(self) -> None:
        """Start the server, whose clock goes on from ours."""
        moment = self.now().isoformat(timespec="seconds")
        self.served = Served(self.home, self.port, rehearse=moment, **self.accounts)

    def kill(self) -> None:
        assert self.served is not None
        self.served.kill()

    def put_codes(self, many: int) -> list[str]:
        """Send cards with these codes."""
        codes = [response_code(1000 + place) for place in range(many)]
        with self.installation.store.writing() as connection:
            builder = Builder(connection, OPEN)
            campaign = builder.campaign()
            for place, code in enumerate(codes):
                builder.put_code(code, builder.touch(campaign, builder.person(f"P{place}")))
        return codes

    def legs(self) -> dict[str, Any]:
        """Return every citizen's connection with its entry, by the provider's reference."""
        query = select(
            Leg.ref,
            Leg.how,
            Leg.state.label("leg_state"),
            Leg.touch_id,
            Leg.agent,
            Call.id.label("call_id"),
            Call.kind,
            Call.state,
            Call.taken_by,
            Call.disposition,
            Call.number,
            Call.promised_until,
        ).outerjoin(Call, Call.id == Leg.call_id)
        with self.installation.store.reading() as connection:
            return {
                row.ref: row for row in connection.execute(query.where(Leg.kind == LegKind.CITIZEN))
            }

    def entries(self) -> list[Call]:
        with self.installation.store.reading() as connection:
            return read_all(connection, select(Call).order_by(Call.id))

    def sweep(self) -> None:
        """Run the periodic sweep of silent connections."""
        for after in (queue_exits.SILENT_AFTER, queue_exits.LONGEST):
            queue_exits.sweep(self.installation, now=self.now() + after + timedelta(seconds=1))


@contextmanager
def open_line(home: Path, database_url: str) -> Iterator[Line]:
    port, network = free_port(), free_port()
    accounts = {
        "database_url": database_url,
        "public_url": f"http://127.0.0.1:{port}",
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_url": f"http://127.0.0.1:{network}",
        "voice_from": "+31612340000",
    }
    settings = Settings(home=home, secret="a key for tests only, nobody has another", **accounts)
    installation = open_installation(settings, clock=RunningClock(OPEN))
    add_line(installation, NUMBER)
    line = Line(installation=installation, home=home, port=port, network=network, accounts=accounts)
    try:
        yield line
    finally:
        if line.served is not None:
            line.kill()
        installation.store.engine.dispose()


@dataclass(kw_only=True)
class Crew:
    """Agents who take the next caller, each in a thread, until they stop."""

    line: Line
    names: list[str]
    home: threading.Event = field(default_factory=threading.Event)
    took: list[tuple[str, int]] = field(default_factory=list)  # agent, entry
    troubles: list[BaseException] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)  # that each press took
    last: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: SILENT))
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> "Crew":
        for name in self.names:
            agents.register(
                self.line.installation.store,
                name,
                ["nl", "en", "tr", "ar", "pl"],
                now=self.line.now(),
            )
        self.threads = [
            threading.Thread(target=self._work, args=(name,), daemon=True) for name in self.names
        ]
        for thread in self.threads:
            thread.start()
        return self

    def wait_until_taken(self, so_many: int) -> None:
        ends = monotonic() + 2 * SOON
        while len(self.took) < so_many and monotonic() < ends and not self.troubles:
            sleep(A_LOOK)

    def send_home(self) -> None:
        self.home.set()
        for thread in self.threads:
            thread.join(SOON)
            assert not thread.is_alive()

    def _work(self, name: str) -> None:
        while not self.home.is_set():
            try:
                self._one(name)
            except BadInput:
                sleep(A_LOOK)  # the exchange could not be reached: the caller still waits
            except BaseException as error:  # noqa: BLE001  told at the end
                self.troubles.append(error)
                return

    def _one(self, name: str) -> None:
        before = self._phone(name)["met"]
        pressed = monotonic()
        came = connecting.take_next(self.line.installation, name, now=self.line.now())
        self.seconds.append(monotonic() - pressed)
        if came is None or isinstance(came, CallerGone):
            sleep(A_LOOK)
            return
        self.took.append((name, came.call.id))
        if isinstance(came, Connecting | Uncertain) and not self._spoke(name, before):
            with suppress(BadInput):  # the house has put it back already
                queues.put_back(self.line.installation.store, came.call.id, name)
            return
        wrap_up(
            self.line.installation.store,
            came.call.id,
            by=deciding(name),
            disposition="helped",
            note="",
            now=self.line.now(),
        )

    def _spoke(self, name: str, before: int) -> bool:
        """Wait until the agent's telephone hangs up. Return whether anybody was on it."""
        ends = monotonic() + RINGS
        while monotonic() < ends or self._phone(name)["speaking"]:
            phone = self._phone(name)
            if phone["met"] > before and not phone["speaking"]:
                return True
            if self.home.is_set() and not phone["speaking"]:
                return False
            sleep(A_LOOK * 2)
        return self._phone(name)["met"] > before

    def _phone(self, name: str) -> dict[str, int]:
        try:
            state = requests.get(
                f"http://127.0.0.1:{self.line.network}/simulator/phones", timeout=SOON
            ).json()
        except requests.ConnectionError:
            self.home.set()  # the rehearsal is over, and with it every conversation
            return {**self.last[name], "speaking": 0}
        self.last[name] = state.get(client_name(name), SILENT)
        return self.last[name]
