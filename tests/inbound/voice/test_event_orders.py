"""Orders of the events of a call, each also doubled, come to the same end."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, permutations
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, update

from channels.codes import response_code
from channels.voice.browser_names import client_name
from desk.entries import agents
from desk.line import click_to_call, connecting
from installation.installation import Installation, open_installation
from installation.settings import Settings
from store.clock import FixedClock
from store.mapped_rows import read_one
from store.states import CallKind, CallState, LegEnd, LegState, PromiseState
from store.tables import Call, Leg, Promise, ProviderEvent
from tests.builders import Builder
from tests.inbound.calling import VOICE, Phone, add_line, with_telephone

AGENT = "Henri"
CODE = response_code(4711)
OTHER = "0612345679"
EVERYDAY = 2
"""The orders of each kind that are tried every day."""
MANY = [("sqlite", 40), ("postgres", 12)]
"""The orders of each kind that the heavy tests try on a database, spread over all of them.

All 720 orders of six events, each doubled, take five minutes a kind and database.
"""

Event = Callable[[Phone], object]


def agents_leg(path: str, **fields: str) -> Event:
    """Return an event at an address of the agent's leg."""

    def happens(phone: Phone) -> object:
        entry = newest_entry(phone.installation).id
        return phone.post(f"{path}?entry={entry}&agent={client_name(AGENT)}", **fields)

    return happens


def hangs_up(phone: Phone) -> object:
    return phone.hang_up()


WAITS: Event = lambda phone: phone.post("wait", QueueSid="QU1", QueuePosition="1")  # noqa: E731
KINDS: dict[str, tuple[Event, ...]] = {
    "promise": (
        WAITS,
        lambda phone: phone.post("wait-key", Digits="1"),
        lambda phone: phone.post("left", QueueResult="leave"),
        lambda phone: phone.post("number", Digits=OTHER),
        hangs_up,
    ),
    "message": (
        lambda phone: phone.post("wait-key", Digits="1"),
        lambda phone: phone.post("voicemail", RecordingSid="RE1", RecordingDuration="9"),
        hangs_up,
    ),
    "code": (
        lambda phone: phone.post("code", Digits=CODE),
        WAITS,
        lambda phone: phone.post("left", QueueResult="hangup"),
        hangs_up,
    ),
    "hang-up": (
        WAITS,
        lambda phone: phone.post("left", QueueResult="hangup"),
        hangs_up,
    ),
    "agent": (
        agents_leg("agent"),
        agents_leg("agent-accept"),
        agents_leg("agent-key", Digits="5"),
        agents_leg(
            "agent-left", DialCallStatus="completed", DialBridged="true", CallStatus="in-progress"
        ),
        hangs_up,
    ),
}
ENDS = {
    "promise": (LegState.ENDED, LegEnd.CALL_BACK, CallKind.CALL_BACK, CallState.WAITING, 1),
    "message": (LegState.ENDED, LegEnd.MESSAGE, CallKind.CALL_BACK, CallState.WAITING, 1),
    "code": (LegState.ENDED, LegEnd.GONE, CallKind.CALL, CallState.ABANDONED, 0),
    "hang-up": (LegState.ENDED, LegEnd.GONE, CallKind.CALL, CallState.ABANDONED, 0),
    "agent": (LegState.ENDED, LegEnd.TALKED, CallKind.CALL, CallState.TAKEN, 0),
}


@pytest.fixture
def phone(sqlite_url: str, tmp_path: Path, now: datetime) -> Iterator[Phone]:
    yield from called(sqlite_url, tmp_path, now)


@pytest.fixture
def phone_on_both(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Phone]:
    yield from called(database_url, tmp_path, now)


def called(database_url: str, tmp_path: Path, now: datetime) -> Iterator[Phone]:
    chosen = Settings(
        home=tmp_path,
        database_url=database_url,
        secret="a key for tests only, nobody has another",
        **VOICE,
    )
    installation, board = with_telephone(open_installation(chosen, clock=FixedClock(now)))
    add_line(installation)
    agents.register(installation.store, AGENT, now=now)
    click_to_call.set_phone(installation, AGENT, "020 5241111")
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.put_code(CODE, builder.touch(builder.campaign(), builder.person("P1")))
    yield Phone(installation=installation, board=board)
    installation.store.engine.dispose()


def newest_entry(installation: Installation) -> Call:
    with installation.store.reading() as connection:
        return read_one(connection, select(Call).order_by(Call.id.desc()).limit(1))


def begin(phone: Phone, kind: str, place: int) -> None:
    """Let another citizen call, as far as their menu, and an agent take them where one does."""
    phone.ref, phone.number = f"CA{place}", "+3161" + f"{place:07}"
    with phone.installation.store.writing() as connection:  # everybody before is done with
        connection.execute(update(Call).values(state=CallState.WRAPPED_UP))
    phone.call().follow(Digits="1")
    if kind != "code":
        phone.follow(Digits="")
    if kind == "agent":
        phone.board.waiting.add(phone.ref)
        WAITS(phone)
        came = connecting.take_next(phone.installation, AGENT, now=phone.installation.now())
        assert isinstance(came, connecting.Connecting)


def end_of(phone: Phone) -> object:
    """Return what is stored after a call."""
    with phone.installation.store.reading() as connection:
        leg = read_one(connection, select(Leg).where(Leg.ref == phone.ref))
        call = read_one(connection, select(Call).where(Call.id == leg.call_id))
        open_ = (Promise.call_id == call.id, Promise.state == PromiseState.OPEN)
        promised = connection.execute(select(Promise.id).where(*open_)).all()
    return leg.state, leg.how, call.kind, call.state, len(promised)


def play(phone: Phone, kind: str, orders: int) -> None:
    """Try orders of the events of a kind of call, every one also doubled."""
    every = list(permutations(KINDS[kind]))
    step = max(1, len(every) // orders)
    place = 1_000_000
    for order in islice(every, 0, None, step):
        for events in (order, tuple(each for each in order for _ in range(2))):
            place += 1
            begin(phone, kind, place)
            for event in events:
                event(phone)
            assert end_of(phone) == ENDS[kind], (kind, [every[0].index(each) for each in events])


@pytest.mark.everyday(1)
@pytest.mark.parametrize("kind", KINDS)
def test_orders_of_the_events_of_a_call_end_the_same_also_doubled(phone: Phone, kind: str) -> None:
    play(phone, kind, EVERYDAY)


@pytest.mark.heavy
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("database_url", "many"), MANY, indirect=["database_url"])
def test_many_orders_end_the_same_on_both_databases(
    phone_on_both: Phone, kind: str, many: int
) -> None:
    play(phone_on_both, kind, many)


AT_ONCE = 40
"""The trials of each kind of call, so that 200 are made together."""
PAIRS = {
    "promise": (1, 4),  # the key, and the end of the call
    "message": (1, 2),
    "code": (0, 3),
    "hang-up": (1, 2),
    "agent": (2, 4),
}
"""Two events of each kind of call that a provider may send at one moment."""


@pytest.mark.heavy
@pytest.mark.parametrize("kind", KINDS)
def test_two_events_at_one_moment_end_as_in_any_order(
    postgres_url: str, tmp_path: Path, now: datetime, kind: str
) -> None:
    for phone in called(postgres_url, tmp_path, now):
        together = [KINDS[kind][place] for place in PAIRS[kind]]
        phones = [replace(phone, manned=False, ref=f"CA{n}") for n in range(len(together))]
        for each in phones:  # every route is made before two ask at once
            each.call()
        with ThreadPoolExecutor(len(together)) as sending:
            for trial in range(AT_ONCE):
                begin(phone, kind, 1_000_000 + trial)
                for each in phones:
                    each.ref, each.number = phone.ref, phone.number
                start = Barrier(len(together))
                sent = [
                    sending.submit(at_one_moment, start, event, each)
                    for event, each in zip(together, phones, strict=True)
                ]
                for came in sent:
                    came.result()
                for event in KINDS[kind]:
                    event(phone)
                assert end_of(phone) == ENDS[kind], (kind, trial)


def at_one_moment(start: Barrier, event: Event, phone: Phone) -> None:
    start.wait(60)
    event(phone)


@pytest.mark.thorough
def test_every_event_of_a_call_is_kept_as_it_came(phone: Phone) -> None:
    begin(phone, "promise", 1_000_000)
    for event in KINDS["promise"]:
        event(phone)
        event(phone)
    with phone.installation.store.reading() as connection:
        kept = connection.execute(
            select(ProviderEvent.status, ProviderEvent.raw).where(ProviderEvent.kind == "voice")
        ).all()
    assert [row.status for row in kept].count("number") == 1  # the same event twice is one
    assert {"in", "language", "code", "wait", "wait-key", "left", "number", "status"} == {
        row.status for row in kept
    }
    (number,) = [row.raw for row in kept if row.status == "number"]
    assert number["Digits"] == OTHER


def test_an_event_that_cannot_be_applied_is_kept(phone: Phone) -> None:
    phone.post("status", CallStatus="completed", To="+31000")
    with phone.installation.store.reading() as connection:
        assert connection.execute(select(ProviderEvent.status)).scalars().all() == ["status"]


def test_a_promise_said_aloud_is_written_before_it_is_said(phone: Phone, now: datetime) -> None:
    begin(phone, "promise", 1_000_000)
    WAITS(phone).post("wait-key", Digits="1").post("number", Digits="1")  # type: ignore[attr-defined]
    assert "Wij bellen u terug" in phone.said
    assert end_of(phone)[-1] == 1  # type: ignore[index]
    assert newest_entry(phone.installation).promised_until > now + timedelta(hours=1)  # type: ignore[operator]
