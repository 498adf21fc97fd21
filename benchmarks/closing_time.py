"""Sixty callers around closing time, half of all requests late, ten agents by the API or by the pages.

python -m benchmarks.closing_time [--seed N] [--quick] [--json]

The log of the simulated telephone network decides. Every promise said aloud has to stand, nobody may wait on a line
that has closed, and nobody may give up while an agent was free for twenty seconds. The clock is driven, so half an
hour takes some seconds.
"""

import argparse
import asyncio
import csv
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, select

from benchmarks.driven_line import (
    ByApi,
    ByPage,
    DrivenLoop,
    DrivenPace,
    Network,
    TestClient,
    Webhooks,
    driven,
)
from benchmarks.measuring import Verdict, report
from channels.voice.browser_names import client_name
from console.web.app import make_app
from desk.entries import agents
from desk.line import queue_exits
from installation import api_tokens
from installation.installation import Installation, open_installation
from installation.settings import Settings
from simulators.voice.callers import Phone
from simulators.voice.rehearsal import Cast, Stage
from simulators.voice.scenario import Crowd, Desk, LineFaults, Rehearsal
from simulators.voice.switchboard import Exchange, Number
from store.audit_log import Decider
from store.states import PromiseState, Road, Role
from store.tables import Account, Leg, PhoneLine, Promise

OPENS = datetime(2023, 6, 1, 14, 50, tzinfo=UTC)  # a Thursday, ten to five
CLOSES = datetime(2023, 6, 1, 15, tzinfo=UTC)
CALLERS, AGENTS, WITHIN = 60, 10, 840.0
FREE = timedelta(seconds=20)
LEAVES = timedelta(seconds=60)
"""A waiting caller is asked for every half minute, and what is late is three seconds late, twice."""
LINE, OURS, PUBLIC = "+318000543", "+31612340000", "https://line.example"
ACCOUNT, TOKEN = "AC" + "5" * 32, "a token of nobody"
HEARTBEAT = timedelta(seconds=30)
LOOK, RINGS, CALLS_BACK, SWEEP = 5.0, 40.0, 60.0, 60.0  # seconds
PASSWORD = "een warme dag in juni"  # noqa: S105  nobody's
SCENARIO = Rehearsal(
    line=LineFaults(late_share=0.5, late=3),
    callers=Crowd(within=WITHIN, patience=240, talk=300, call_back_share=0.3),
    agents=Desk(answer_share=0.95, agent_talk=300),
)
SAID = ("U kunt nu ophangen", "You can hang up now", "Wij luisteren uw bericht af")


@dataclass(kw_only=True)
class Ended:
    """What became of everybody, by the log of the network."""

    rows: list[dict[str, str]]
    broken: list[str] = field(default_factory=list)  # who was promised what does not stand
    shut_in: list[str] = field(default_factory=list)  # who waited on a closed line
    left: list[str] = field(default_factory=list)  # who gave up while somebody was free
    promised: int = 0

    @property
    def answered(self) -> int:
        """How many spoke with an agent."""
        return sum(bool(row["bridged_to"]) for row in self.rows)


@dataclass(kw_only=True)
class _Crew:
    """Ten agents, and when each of them was free."""

    stage: Stage
    pace: DrivenPace
    free: list[tuple[datetime, datetime]] = field(default_factory=list)
    over: bool = False

    async def work(self, name: str, road: ByApi | ByPage) -> None:
        since = looked = self.pace.now()
        while not self.over:
            if not self._somebody_waits() and self.pace.now() - looked < HEARTBEAT:
                await self.pace.sleep(1)
                continue
            looked = self.pace.now()
            call_id, rings = road.take()
            if call_id is None:
                await self.pace.sleep(LOOK)
                continue
            self.free.append((since, self.pace.now()))
            await (self._talk(name, road) if rings else self.pace.sleep(CALLS_BACK))
            road.wrap_up(call_id)
            since = self.pace.now()
        self.free.append((since, self.pace.now()))

    def _somebody_waits(self) -> bool:
        """Return whether the open page of an agent would say that somebody waits."""
        return any(queue.members for queue in self.stage.exchange.queues.values())

    async def _talk(self, name: str, road: ByApi | ByPage) -> None:
        phone = self.stage.find_party(f"client:{client_name(name)}")
        assert isinstance(phone, Phone)  # noqa: S101  no caller is called client:…
        met, waited = phone.met, 0.0
        while (phone.met == met and waited < RINGS) or phone.speaking:
            await self.pace.sleep(1)
            waited += 1
            if not waited % 30:
                road.alive()

    def anybody_free(self, at: datetime) -> bool:
        """Return whether an agent was free for as long as counts, until this moment."""
        return any(began <= at - FREE and ended >= at for began, ended in self.free)


def play(road: str, *, seed: int, home: Path, database_url: str = "") -> Ended:
    """Play the half hour around closing time, with agents by `api` or `page`."""
    loop = DrivenLoop()
    pace = DrivenPace(began_at=OPENS, loop=loop)
    with ExitStack() as inside:
        installation, network = inside.enter_context(_opened(home, database_url, pace))
        asyncio.set_event_loop(loop)
        stage = _stage(installation, pace, seed, home / "truth.csv")
        inside.enter_context(stage.exchange.webhooks.client)  # type: ignore[attr-defined]
        network.stage = stage
        crew = _Crew(stage=stage, pace=pace)
        roads = _roads(installation, road, inside)
        driven(_play(stage, crew, roads, installation), loop)
        asyncio.set_event_loop(None)
        with (home / "truth.csv").open(newline="", encoding="utf-8") as read:
            return _judged(installation, crew, list(csv.DictReader(read)))


async def _play(
    stage: Stage, crew: _Crew, roads: dict[str, ByApi | ByPage], installation: Installation
) -> None:
    working = [asyncio.ensure_future(crew.work(name, road)) for name, road in roads.items()]
    sweeping = asyncio.ensure_future(_sweep(installation))
    await stage.play()
    crew.over = True
    await asyncio.gather(*working)
    sweeping.cancel()


async def _sweep(installation: Installation) -> None:
    while True:
        await asyncio.sleep(SWEEP)
        queue_exits.sweep(installation, now=installation.now())


@contextmanager
def _opened(
    home: Path, database_url: str, pace: DrivenPace
) -> Iterator[tuple[Installation, Network]]:
    settings = Settings(
        home=home,
        database_url=database_url,
        rehearsal=bool(database_url),
        secret="a key of 32 signs for a benchmark",  # noqa: S106  nobody's
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        voice_from=OURS,
    )
    network = Network()
    installation = replace(open_installation(settings, clock=pace), exchange=network)
    with installation.store.writing() as connection:
        hours = "maandag tot en met vrijdag, 9 tot 17 uur"
        row = {"number": LINE, "name": "Belteam", "hours": hours}
        connection.execute(insert(PhoneLine).values(row))
    try:
        yield installation, network
    finally:
        installation.store.engine.dispose()


def _stage(installation: Installation, pace: DrivenPace, seed: int, truth: Path) -> Stage:
    webhooks = Webhooks(
        faults=SCENARIO.line, pace=pace, seed=seed, app=make_app(installation), public=PUBLIC
    )
    number = Number(LINE, f"{PUBLIC}/voice/in", f"{PUBLIC}/voice/status")
    exchange = Exchange(
        account=ACCOUNT, token=TOKEN, number=number, pace=pace, webhooks=webhooks, seed=seed
    )
    cast = Cast(callers=CALLERS, agents=AGENTS, seed=seed)
    stage = Stage(exchange=exchange, cast=cast, given=SCENARIO, truth=truth)
    exchange.find_party = stage.find_party
    return stage


def _roads(installation: Installation, road: str, inside: ExitStack) -> dict[str, ByApi | ByPage]:
    found: dict[str, ByApi | ByPage] = {}
    by, app = Decider("anja", road=Road.COMMAND), make_app(installation)
    for place in range(AGENTS):
        name = f"agent-{place}"
        agents.register(installation.store, name, ["nl", "en"], now=OPENS)
        client = inside.enter_context(TestClient(app, raise_server_exceptions=False))
        if road == "api":
            token = api_tokens.make(installation, name, Role.AGENT, by=by)
            found[name] = ByApi(client=client, token=token)
        else:
            _account(installation, name)
            page = ByPage(client=client)
            page.sign_in(name, PASSWORD)
            found[name] = page
    return found


def _account(installation: Installation, name: str) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    row = {
        "name": name,
        "role": Role.AGENT,
        "password_hash": quick,
        "active": True,
        "created_at": OPENS,
    }
    with installation.store.writing() as connection:
        connection.execute(insert(Account).values(row))


def _judged(installation: Installation, crew: _Crew, rows: list[dict[str, str]]) -> Ended:
    ended, standing = Ended(rows=rows), _standing(installation)
    for row in rows:
        if any(words in row["last_words"] for words in SAID):
            ended.promised += 1
            if row["call_sid"] not in standing:
                ended.broken.append(row["caller"])
        if row["queued_at"] and _left_at(row) > max(CLOSES, _moment(row["queued_at"])) + LEAVES:
            ended.shut_in.append(row["caller"])
        gave_up = row["ended_by"] == "caller" and row["queue_result"].endswith("hangup")
        if gave_up and crew.anybody_free(_moment(row["ended_at"])):
            ended.left.append(row["caller"])
    return ended


def _standing(installation: Installation) -> set[str]:
    """Return the connections whose caller has a promise that stands or was kept."""
    good = (PromiseState.OPEN, PromiseState.KEPT)
    query = select(Leg.ref).join(Promise, Promise.call_id == Leg.call_id)
    with installation.store.reading() as connection:
        return set(connection.execute(query.where(Promise.state.in_(good))).scalars())


def _left_at(row: dict[str, str]) -> datetime:
    return _moment(row["left_queue_at"] or row["ended_at"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def verdicts(seed: int, roads: tuple[str, ...]) -> Iterator[Verdict]:
    """Play these roads, and yield what the network's log says."""
    for road in roads:
        with tempfile.TemporaryDirectory(prefix="kaartje-bench-") as folder:
            ended = play(road, seed=seed, home=Path(folder))
        of_road = f"by {road}, {len(ended.rows)} calls, {ended.answered} answered"
        yield _none(f"{of_road}: broken of {ended.promised} promises", ended.broken)
        yield _none(f"{of_road}: waited on a closed line", ended.shut_in)
        yield _none(f"{of_road}: gave up beside a free agent", ended.left)


def _none(name: str, found: list[Any]) -> Verdict:
    return Verdict(name=name, ours=len(found), goal="none", holds=not found, unit="")


def main() -> int:
    """Run the benchmark. Returns 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="Sixty callers around closing time.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="the API only")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    roads = ("api",) if given.quick else ("api", "page")
    return report(list(verdicts(given.seed, roads)), as_json=given.json)


if __name__ == "__main__":
    raise SystemExit(main())
