"""A day of the phone line with callers, web visitors and agents, pressed into minutes."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, Queue
from random import Random

from sqlalchemy import insert, select

from channels.voice.browser_names import client_name
from channels.voice.in_memory import Switchboard
from console.web.reading.calls import queues
from desk.entries import agents
from desk.entries.queue_entries import NewCall, enter
from desk.line import connecting, incoming_calls, queue_exits
from desk.line.connecting import CallerGone, NobodyOnTheLine
from desk.line.incoming_calls import CallEvent
from desk.queue.wrap_up import wrap_up
from installation.installation import Installation
from store.audit_log import Decider
from store.errors import BadInput
from store.states import CallKind, CallState, LegKind, Road
from store.tables import Call, Leg, PhoneLine

NUMBER, VISITORS, GONE, BACK = "+318000543", 0.1, 0.15, 0.1  # shares of all who come
AT_ONCE = 8  # threads that bring callers
LOOKS, TALK = 0.25, 0.5  # seconds between two looks; seconds of a conversation at least
UNTIL_GONE, ENGAGED, TRIES = 0.2, 0.05, 50


@dataclass(kw_only=True)
class Day:
    """The results of a day."""

    claims: list[float] = field(default_factory=list)  # seconds of each press for the next one
    looks: list[float] = field(default_factory=list)  # seconds of each read of the whole queue
    lost: int = 0  # entries that nobody helped and nobody gave up
    doubled: int = 0  # given to two
    helped: int = 0
    gone: int = 0
    troubles: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class _Playing:
    installation: Installation
    board: Switchboard
    line_id: int
    seed: int
    day: Day = field(default_factory=Day)
    tokens: "Queue[int]" = field(default_factory=Queue)
    given: "Counter[int]" = field(default_factory=Counter)
    keying: set[str] = field(default_factory=set)  # numbers whose owners still talk to the menu
    over: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def guarded(self, doing: Callable[..., None], *given: object) -> threading.Thread:
        def run() -> None:
            try:
                doing(*given)
            except Exception as error:  # noqa: BLE001  reported at the end, and then no goal holds
                self.day.troubles.append(f"{type(error).__name__}: {error}")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def ring_later(self, places: range, began: float, seconds: float, all_of_them: int) -> None:
        for place in places:
            time.sleep(max(began + seconds * place / all_of_them - time.monotonic(), 0))
            draws = Random(self.seed * 1_000_003 + place)
            self._visit(place) if draws.random() < VISITORS else self._call(place, draws)
            self.tokens.put(place)

    def _visit(self, place: int) -> None:
        now = self.installation.now()
        with self.installation.store.writing() as connection:
            new = NewCall(
                line_id=self.line_id,
                reply_id=None,
                received_at=now,
                number="+31612345678",
                kind=CallKind.CALL_BACK,
                entry_key=f"web:{place}",
            )
            enter(connection, [new])

    def _call(self, place: int, draws: Random) -> None:
        installation = self.installation
        caller = CallEvent(f"CA{place:032x}", f"+316{10_000_000 + place}", NUMBER)
        incoming_calls.arrive(installation, caller, now=installation.now())
        incoming_calls.choose_language(installation, caller, "nl", now=installation.now())
        incoming_calls.join_queue(installation, caller, room=1000, now=installation.now())
        self.board.waiting.add(caller.ref)
        incoming_calls.wait(
            installation, caller, incoming_calls.Feed("QU1", 1), now=installation.now()
        )
        wish = draws.random()
        if wish < BACK:
            self.keying.add(caller.caller)
            queue_exits.wish_call_back(installation, caller, now=installation.now())
            self.board.waiting.discard(caller.ref)
            queue_exits.key_number(installation, caller, "1", now=installation.now())
            self.keying.discard(caller.caller)
        elif wish < BACK + GONE:
            time.sleep(UNTIL_GONE)
            self.board.waiting.discard(caller.ref)
            queue_exits.hang_up(installation, caller, now=installation.now())

    def work(self, name: str) -> None:
        draws = Random(name)
        while not self.closed.is_set():
            try:
                self.tokens.get(timeout=LOOKS)
            except Empty:
                continue
            while self._press(name, draws) and not self.closed.is_set():
                pass

    def _press(self, name: str, draws: Random) -> bool:
        """Take the next entry and help the caller. False if there is none."""
        pressed = time.perf_counter()
        try:
            taken = connecting.take_next(self.installation, name, now=self.installation.now())
        except BadInput:
            return True
        finally:
            self.day.claims.append(time.perf_counter() - pressed)
        if taken is None:
            return False
        if isinstance(taken, CallerGone):
            return True
        call, installation = taken.call, self.installation
        self.given[call.id] += 1
        if isinstance(taken, NobodyOnTheLine):
            while call.number in self.keying:  # engaged: nobody is helped who is still in the menu
                time.sleep(ENGAGED)
        elif not self._talk(name, call.id, draws):
            return True
        wrap_up(
            installation.store,
            call.id,
            by=Decider(name, road=Road.COMMAND),
            disposition="helped",
            note="",
            now=installation.now(),
        )
        return True

    def _talk(self, name: str, call_id: int, draws: Random) -> bool:
        with self.installation.store.reading() as connection:
            found = select(Leg.ref).where(Leg.call_id == call_id, Leg.kind == LegKind.CITIZEN)
            ref = connection.execute(found).scalar_one()
        connecting.whom_to_ring(self.installation, call_id, ref, now=self.installation.now())
        connecting.agent_answered(self.installation, call_id, now=self.installation.now())
        time.sleep(TALK + draws.random() * TALK)
        identity = client_name(name)
        connecting.agent_left(
            self.installation,
            call_id,
            identity=identity,
            ref=ref,
            dialled="completed",
            over=False,
            now=self.installation.now(),
        )
        return True

    def watch(self) -> None:
        while not self.closed.is_set():
            began = time.perf_counter()
            queues(self.installation)
            self.day.looks.append(time.perf_counter() - began)
            self.closed.wait(LOOKS)


def play(
    installation: Installation,
    board: Switchboard,
    *,
    people: int,
    agents_many: int,
    seconds: float,
    seed: int = 1,
) -> Day:
    """Play a day on which people come evenly in so many seconds, and return the results.

    Args:
        installation: with an empty queue, in its opening hours, and `board` as its exchange.
        board: the exchange.
        people: who call, or leave their number on the web page.
        agents_many: how many agents take whoever is next.
        seconds: in which all of them come.
        seed: under which it is drawn who gives up and who asks to be called back.
    """
    with installation.store.writing() as connection:
        connection.execute(insert(PhoneLine).values(number=NUMBER, name="Belteam", hours=""))
        line_id = connection.execute(
            select(PhoneLine.id).where(PhoneLine.number == NUMBER)
        ).scalar_one()
    names = [f"Agent {place}" for place in range(agents_many)]
    for name in names:
        agents.register(installation.store, name, now=installation.now())
    with installation.store.writing() as connection:
        for name in names:  # their consoles are open, so callers are not told that nobody is there
            agents.seen(connection, name, installation.now())
    playing = _Playing(installation=installation, board=board, line_id=line_id, seed=seed)
    began = time.monotonic()
    working = [playing.guarded(playing.work, name) for name in names]
    watching = playing.guarded(playing.watch)
    coming = [
        playing.guarded(playing.ring_later, range(place, people, AT_ONCE), began, seconds, people)
        for place in range(AT_ONCE)
    ]
    for thread in coming:
        thread.join()
    _empty(playing)
    playing.closed.set()
    for thread in (*working, watching):
        thread.join()
    return _counted(playing, people)


def _empty(playing: _Playing) -> None:
    """Wait until the queue is empty and all calls are over."""
    unfinished = (
        select(Call.id).where(Call.state.in_((CallState.WAITING, CallState.TAKEN))).limit(1)
    )
    for _ in range(TRIES * 10):
        with playing.installation.store.reading() as connection:
            if connection.execute(unfinished).first() is None or playing.day.troubles:
                return
        playing.tokens.put(0)
        time.sleep(LOOKS)


def _counted(playing: _Playing, people: int) -> Day:
    day = playing.day
    with playing.installation.store.reading() as connection:
        entries = connection.execute(select(Call.__table__)).all()
        taken_twice = sum(
            many - 1 for many in Counter(ref for ref, *_ in playing.board.bridged).values()
        )
    states = Counter(entry.state for entry in entries)
    day.helped, day.gone = states[CallState.WRAPPED_UP], states[CallState.ABANDONED]
    day.lost = people - day.helped - day.gone
    day.doubled = (
        taken_twice
        + sum(many - 1 for many in playing.given.values())
        + max(len(entries) - people, 0)
    )
    return day
