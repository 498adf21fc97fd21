"""A campaign of calls dialled to its end on a simulated network, which logs who was rung and when."""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.closing_time import ACCOUNT, OURS, PUBLIC, TOKEN
from benchmarks.driven_line import (
    ByApi,
    DrivenLoop,
    DrivenPace,
    Network,
    TestClient,
    Webhooks,
    driven,
)
from console.web.app import make_app
from desk.entries.agents import register
from desk.entries.outbound_calls import queue_handed_over
from installation import api_tokens
from installation.installation import Installation, open_installation
from installation.settings import Settings
from simulators.sms_faults import drawn
from simulators.voice.callers import Phone
from simulators.voice.network_state import Answer, Party, SimulatedCall
from simulators.voice.rehearsal import Cast, Stage
from simulators.voice.scenario import Desk, LineFaults, Rehearsal
from simulators.voice.switchboard import Exchange, Number
from simulators.voice.twiml import Gather
from store.clock import LOCAL, parse_moment
from store.states import CallState, CampaignState, Role, TouchState
from store.tables import Call, Campaign, Person, Touch
from tests.deciding import deciding
from tests.passes import deliver
from tests.stories import CALLS, campaign_file, launched, populate

BEGINS, SEED, AGENT = parse_moment("2023-06-05T09:00"), 5, "agent-0"
HOURS = ("09:30", "12:30", "17:30")
"""When a pass is made on each day, and the agent then dials whoever is in the queue."""
SCENARIO = Rehearsal(line=LineFaults(late_share=0.2, late=2), agents=Desk(answer_share=1))
SPEAK = 45.0


@dataclass(kw_only=True)
class Citizen:
    """Somebody who is rung: they, their voicemail, or somebody else may pick up."""

    number: str
    exchange: Exchange
    rung: list[tuple[datetime, str]] = field(default_factory=list)  # when, and what came of it
    name: str = ""

    @property
    def nature(self) -> str:
        draw = drawn(SEED, "nature", self.number)
        return "wrong_number" if draw < 0.12 else "objects" if draw < 0.25 else "helped"

    def answers(self, call: SimulatedCall) -> Answer:
        del call
        draw = drawn(SEED, "rung", self.number, len(self.rung))
        came = (
            "no_answer" if draw < 0.4 else "busy" if draw < 0.5
            else "voicemail" if draw < 0.65 else self.nature
        )  # fmt: skip
        self.rung.append((self.exchange.pace.now(), came))
        how = {"no_answer": "no-answer", "busy": "busy"}.get(came, "answered")
        return Answer(float("inf") if how == "no-answer" else 5, how)

    def presses(self, gather: Gather, lasts: float) -> list[tuple[float, str]]:
        del gather, lasts
        return []

    def waits(self, call: SimulatedCall) -> None:
        """They are put in no queue."""

    def meets(self, call: SimulatedCall, other: SimulatedCall) -> None:
        del other
        self.exchange.start(self._speaks(call))

    async def _speaks(self, call: SimulatedCall) -> None:
        await self.exchange.pace.sleep(SPEAK)
        self.exchange.hang_up(call, "citizen")

    def records(self) -> float:
        return 0

    def ends(self, call: SimulatedCall) -> None:
        """Nothing follows."""


@dataclass(kw_only=True)
class Dialling:
    """An agent who dials a campaign's calls, pass after pass."""

    installation: Installation
    network: Network
    stage: Stage
    road: ByApi
    citizens: dict[str, Citizen] = field(default_factory=dict)
    refused: int = 0

    def find_party(self, to: str) -> Party:
        if to.startswith("client:"):
            return self.stage.find_party(to)
        return self.citizens.setdefault(to, Citizen(number=to, exchange=self.stage.exchange))

    async def work(self, days: int) -> None:
        with ThreadPoolExecutor(1) as beside:  # a pass runs no event loop of ours
            for ahead in range(days):
                for hour in HOURS:
                    day = (BEGINS.astimezone(LOCAL) + timedelta(days=ahead)).date()
                    moment = datetime.combine(day, time.fromisoformat(hour), LOCAL)
                    await self.stage.exchange.pace.sleep(
                        (moment - self.installation.now()).total_seconds()
                    )
                    beside.submit(self._pass).result()
                    await self._dial_all()

    def _pass(self) -> None:
        deliver(self.installation, now=self.installation.now())
        queue_handed_over(self.installation)

    async def _dial_all(self) -> None:
        while (call_id := self.road.take()[0]) is not None:
            if not self.road.dial(call_id):
                self.refused += 1
                return
            (leg,) = self.network.place()
            while not leg.over:
                await self.stage.exchange.pace.sleep(1)
            await self.stage.exchange.pace.sleep(10)
            assert self.road.wrap_up(call_id, self._what_came(call_id))

    def _what_came(self, call_id: int) -> str:
        """Return how the call went, as the agent writes it down."""
        with self.installation.store.reading() as connection:
            number = connection.execute(select(Call.number).where(Call.id == call_id)).scalar_one()
        return self.citizens[number or ""].rung[-1][1]


def dialled(home: Path) -> Dialling:
    """Launch a campaign of calls, and dial it for a week."""
    loop = DrivenLoop()
    pace = DrivenPace(began_at=BEGINS, loop=loop)
    chosen = Settings(
        home=home,
        secret="a key for tests only, nobody has another",
        public_url=PUBLIC,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        voice_from=OURS,
    )
    bare = replace(open_installation(chosen, clock=pace), exchange=None)
    populate(bare, 300, now=BEGINS)
    launched(bare, campaign_file(home, where="has(call)", arms=CALLS), now=BEGINS)
    network = Network()
    installation = replace(bare, exchange=network)
    with installation.store.reading() as connection:
        languages = connection.execute(select(Person.language).distinct()).scalars().all()
    register(installation.store, AGENT, [each for each in languages if each], now=BEGINS)
    asyncio.set_event_loop(loop)
    app = make_app(installation)
    webhooks = Webhooks(faults=SCENARIO.line, pace=pace, seed=SEED, app=app, public=PUBLIC)
    exchange = Exchange(
        account=ACCOUNT, token=TOKEN, number=Number(OURS, f"{PUBLIC}/voice/in"),
        pace=pace, webhooks=webhooks, seed=SEED,
    )  # fmt: skip
    stage = Stage(exchange=exchange, cast=Cast(agents=1), given=SCENARIO)
    network.stage = stage
    token = api_tokens.make(installation, AGENT, Role.AGENT, by=deciding("anja"))
    with TestClient(app, raise_server_exceptions=False) as client, webhooks.client:
        road = ByApi(client=client, token=token)
        agent = Dialling(installation=installation, network=network, stage=stage, road=road)
        exchange.find_party = agent.find_party
        driven(agent.work(6), loop)
    asyncio.set_event_loop(None)
    installation.store.engine.dispose()
    return agent


@pytest.mark.heavy
def test_a_campaign_of_calls_is_dialled_to_its_end(tmp_path: Path) -> None:
    agent = dialled(tmp_path)
    rung = [each.rung for each in agent.citizens.values()]
    came = Counter(what for each in rung for _, what in each)
    assert set(came) == {"no_answer", "busy", "voicemail", "wrong_number", "objects", "helped"}, (
        came
    )
    assert agent.refused == 0
    for each in rung:
        assert len(each) <= 4
        assert all(what in {"no_answer", "busy", "voicemail"} for _, what in each[:-1]), each
        local = [at.astimezone(LOCAL) for at, _ in each]
        assert all(at.weekday() < 6 and 9 <= at.hour < 20 for at in local)
        for one, other in pairwise(local):  # another day, or another part of it
            assert other - one > timedelta(hours=2)
    with agent.installation.store.reading() as connection:
        assert connection.execute(select(Campaign.state)).scalar_one() is CampaignState.FINISHED
        states = set(connection.execute(select(Touch.state)).scalars())
        assert not states & {TouchState.PLANNED, TouchState.CLAIMED}
        open_ = (CallState.WAITING, CallState.TAKEN)
        assert not connection.execute(select(Call.id).where(Call.state.in_(open_))).all()
    assert isinstance(agent.stage.find_party(f"client:{AGENT}"), Phone)
