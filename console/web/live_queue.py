"""Publish the live queue to every open page, from one reader for all of them.

An open page of an agent is also the sign of life that keeps what they took.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field

from console.web.reading.calls import LineQueue, queues
from desk.queue import taking
from installation import accounts
from installation.installation import Installation
from store.plain_errors import log_failure
from store.states import Role

TICK = 0.2
"""Seconds between two reads of the queue, so that a change is shown within half a second."""
CHECK = 5
"""Reads between two checks of who has signed out."""
BEAT = 150
"""Reads between two signs of life. Half a minute, so that three may fail within `taking.BEAT`."""
AGED = 100
"""Reads after which the queue is sent again though nothing changed, because waiting times have."""
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that no proxy ends the connection."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """The signed-in session behind an open page."""

    name: str
    role: Role
    act: int
    until: float  # seconds since 1970

    @property
    def key(self) -> tuple[str, int]:
        """The name of the account and the sign-in that began the session."""
        return self.name, self.act


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The queue at one moment. Its number goes up with every change."""

    number: int
    lines: tuple[LineQueue, ...]


@dataclass(eq=False, slots=True)
class _Watcher:
    session: Session
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    greeted: bool = False  # its first sign of life was written


class Board:
    """Reads the queue while somebody watches it, and hands each change to all watchers."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._watchers: set[_Watcher] = set()
        self._reader: asyncio.Task[None] | None = None
        self._latest = Snapshot(0, ())
        self._looks = 0
        self._closing = False

    def close(self) -> None:
        """End every watcher, because the server stops."""
        self._closing = True

    async def watch(self, session: Session) -> AsyncGenerator[Snapshot | None, None]:
        """Yield the queue now and at each change, and None after a silence.

        Ends when the session ends.
        """
        watcher = _Watcher(session)
        self._watchers.add(watcher)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        try:
            while not (watcher.ended or self._closing):
                try:
                    await asyncio.wait_for(watcher.woken.wait(), HEARTBEAT)
                except TimeoutError:
                    yield None
                    continue
                watcher.woken.clear()
                if not (watcher.ended or self._closing):
                    yield self._latest
        finally:
            self._watchers.discard(watcher)

    async def _read(self) -> None:
        while self._watchers:
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001  whatever it was: the next look may succeed, and everybody waits for it
                log_failure(_log, error, "the queue could not be read")
                await asyncio.sleep(CHECK * TICK)
            await asyncio.sleep(TICK)

    async def _look(self) -> None:
        watchers = set(self._watchers)
        self._looks += 1
        lines = tuple(await asyncio.to_thread(queues, self._installation))
        changed = lines != self._latest.lines or self._looks % AGED == 0 or self._latest.number == 0
        if changed:
            self._latest = Snapshot(self._latest.number + 1, lines)
        await self._greet(watchers)
        if self._looks % CHECK == 0:
            await self._dismiss(watchers)
        for watcher in watchers:
            if changed or self._closing or watcher.ended or not watcher.greeted:
                watcher.greeted = True
                watcher.woken.set()

    async def _greet(self, watchers: Collection[_Watcher]) -> None:
        """Write a sign of life for agents whose turn it is, or who just opened a page.

        An agent without signs of life loses what they took.
        """
        everybody = self._looks % BEAT == 0
        if everybody:
            await asyncio.to_thread(
                taking.give_back, self._installation.store, now=self._installation.now()
            )
        names = {each.session.name for each in watchers if everybody or not each.greeted}
        agents = {each.session.name for each in watchers if each.session.role is Role.AGENT}
        for name in sorted(names & agents):
            await asyncio.to_thread(
                taking.keep, self._installation.store, name, now=self._installation.now()
            )

    async def _dismiss(self, watchers: Collection[_Watcher]) -> None:
        """End the pages of sessions that were signed out or have expired."""
        now = self._installation.now().timestamp()
        over = await asyncio.to_thread(
            accounts.ended, self._installation.store, {each.session.key for each in watchers}
        )
        for watcher in watchers:
            watcher.ended = watcher.session.key in over or now >= watcher.session.until
