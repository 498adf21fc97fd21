"""Leases in PostgreSQL, names that one process at a time holds on however many machines.

A lease is a row with an epoch that is drawn anew for each hold. It runs by the database's clock, and its holder renews
it while the block runs. Whoever finds it run out, or finds on the same machine that its process died, takes it under a
new epoch. From then on nothing is written under the old one, because every statement that counts reads the epoch in
the same transaction (`Hold.guard`, or the row itself), under a lock that a taker waits for.

No session is held, so that a dropped connection, a pooler or a server that fails over costs nobody the name.
"""

import logging
import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, func, literal_column, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from store.holds import Hold, LostHold
from store.tables import Lease

LOG = logging.getLogger("kaartje.store")
LASTS, RENEWED = 30.0, 8.0
"""Seconds that a lease lasts, and after which it is renewed."""
_TRIES = 3
_LET_GO = text("""
WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
DELETE FROM leases USING relaxed WHERE epoch = :epoch
""")
"""Need not reach the disk: a lease that a power cut brings back runs out by itself."""


@dataclass(slots=True)
class LeasedHold(Hold):
    """A name that is held by a row of the database."""

    drawn: str = field(default_factory=lambda: secrets.token_hex(16))
    until: float = (
        0.0  # on this process's running clock, never later than the database's own moment
    )

    @property
    def epoch(self) -> str:
        """The epoch of this hold."""
        return self.drawn

    @property
    def sure(self) -> bool:
        """Whether the lease surely runs: a taker waits longer than this."""
        return self.held and monotonic() < self.until

    def renewed(self, asked: float) -> None:
        """Count the lease from the moment at which its renewal was asked for."""
        self.until = asked + LASTS

    def guard(self, connection: Connection) -> None:
        """Read the lease under a lock that a taker's update waits for (`FOR SHARE`, not `FOR KEY SHARE`)."""
        mine = select(Lease.name).where(Lease.name == self.name, Lease.epoch == self.drawn)
        if connection.execute(mine.with_for_update(read=True)).first() is None:
            self.until = 0.0
            raise LostHold(f"{self.name} is held by another process now")


@dataclass(frozen=True, slots=True)
class Leases:
    """The leases of one PostgreSQL database."""

    engine: Engine

    @contextmanager
    def holding(self, name: str) -> Iterator[Hold]:
        """Hold a name while the block runs, or yield a false hold where a living process has it."""
        with self.holding_some([name]) as holds:
            yield holds[0] if holds else Hold(name, held=False)

    @contextmanager
    def holding_some(self, names: Sequence[str]) -> Iterator[Sequence[LeasedHold]]:
        """Hold as many of these names as are free while the block runs, and yield their holds."""
        epoch, asked = secrets.token_hex(16), monotonic()
        holds = [
            LeasedHold(name, taken_over=over, drawn=epoch, until=asked + LASTS)
            for name, over in self._take(names, epoch)
        ]
        if not holds:
            yield ()
            return
        ended = Event()
        renewing = Thread(
            target=self._renew, args=(holds, epoch, ended), name=f"renews {names[0]}", daemon=True
        )
        renewing.start()
        try:
            yield holds
        finally:
            ended.set()
            renewing.join()
            self._let_go(epoch)

    def _take(self, names: Sequence[str], epoch: str) -> list[tuple[str, bool]]:
        """Take the free ones of these names, and say of each whether its holder may still run."""
        with self._at_once() as connection:
            taken = self._take_free(connection, names, epoch, dead=())
            left = set(names) - {name for name, _ in taken}
            if not left:
                return taken
            owners = select(Lease.owner).where(Lease.name.in_(left)).distinct()
            if dead := [each for each in connection.execute(owners).scalars() if _died(each)]:
                ended = self._take_free(connection, sorted(left), epoch, dead=dead)
                taken += [(name, False) for name, _ in ended]
            return taken

    def _take_free(
        self, connection: Connection, names: Sequence[str], epoch: str, *, dead: Sequence[str]
    ) -> list[tuple[str, bool]]:
        rows = [
            {"name": name, "epoch": epoch, "owner": _owner(), "held_until": _ahead()}
            for name in names
        ]
        statement = insert(Lease).values(rows)
        new = statement.excluded
        # a row that another taker has just changed is looked at again before it is written
        taken: Any = statement.on_conflict_do_update(
            index_elements=[Lease.name],
            set_={"epoch": new.epoch, "owner": new.owner, "held_until": new.held_until},
            where=(Lease.held_until < func.clock_timestamp()) | Lease.owner.in_(dead),
        ).returning(Lease.name, literal_column("xmax <> 0").label("over"))
        return [(row.name, row.over) for row in connection.execute(taken)]

    def _renew(self, holds: Sequence[LeasedHold], epoch: str, ended: Event) -> None:
        """Renew the leases of an epoch until the end, or until they are somebody else's."""
        while not ended.wait(RENEWED):
            asked = monotonic()
            try:
                with self._at_once() as connection:
                    mine = update(Lease).where(Lease.epoch == epoch).values(held_until=_ahead())
                    kept = set(connection.execute(mine.returning(Lease.name)).scalars())
            except DBAPIError as error:
                LOG.warning("a lease could not be renewed, and is tried again: %s", type(error))
                continue
            for hold in holds:
                if hold.name in kept:
                    hold.renewed(asked)
                else:
                    hold.until = 0.0

    def _let_go(self, epoch: str) -> None:
        """Delete the leases of an epoch, which run out by themselves where the database is away."""
        for at in range(1, _TRIES + 1):
            try:
                with self._at_once() as connection:
                    connection.execute(_LET_GO, {"epoch": epoch})
            except DBAPIError as error:
                if at < _TRIES and error.connection_invalidated:
                    continue
                LOG.warning("a lease could not be given back, and runs out: %s", type(error))
            return

    @contextmanager
    def _at_once(self) -> Iterator[Connection]:
        """Open a connection of which every statement is committed by itself, in one way to the server."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection


def _ahead() -> Any:
    return func.clock_timestamp() + text(f"interval '{LASTS} seconds'")


def _owner() -> str:
    """Return the host, the machine and the process that hold a lease."""
    return f"{socket.gethostname()} {_machine()} {os.getpid()} {_started(os.getpid())}"


def _died(owner: str) -> bool:
    """Say whether a holder was a process of this machine that has surely ended."""
    _, machine, process, started = owner.rsplit(" ", 3)
    return bool(machine) and machine == _machine() and _started(int(process)) != started


def _machine() -> str:
    """Return what tells the processes of this machine from all others, or nothing where that is not known.

    It is the kernel's own name for this boot, with the space in which process numbers count: a container's is its own.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(process: int) -> str:
    """Return when a process began, in ticks since the boot, or nothing where it has ended."""
    try:
        state, *_, started = (
            Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[:20]
        )
    except OSError:
        return ""
    return "" if state in "ZX" else started
