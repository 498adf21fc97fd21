"""Whole passes for tests, and what they come to in numbers."""

from dataclasses import dataclass, fields
from datetime import datetime

from channels.port import Watch, unwatched
from flows.delivery_pass import RECONCILE, PassResult, run_pass, run_step, step_named
from installation.installation import Installation


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a pass came to, in touches and print runs."""

    claimed: int = 0
    handed_over: int = 0
    failed: int = 0
    withheld: int = 0
    dropped: int = 0
    later: int = 0
    unknown: int = 0
    again: int = 0
    settled: int = 0
    runs: int = 0
    runs_waiting: int = 0
    recalled: int = 0


def deliver(installation: Installation, *, now: datetime, watch: Watch = unwatched) -> Delivered:
    """Make one whole pass, of which nothing fails."""
    return _counted(run_pass(installation, now=now, watch=watch))


def deliver_with_failures(
    installation: Installation, *, now: datetime
) -> tuple[Delivered, list[str]]:
    """Make one whole pass; return its counts, and each failure as a person reads it."""
    done = run_pass(installation, now=now)
    return _numbers(done), [str(each) for each in done.failures]


def reconcile(installation: Installation, *, now: datetime) -> Delivered:
    """Settle what is open; nothing of it fails."""
    return _counted(run_step(installation, step_named(RECONCILE), now=now))


def _counted(done: PassResult) -> Delivered:
    assert done.failures == ()
    return _numbers(done)


def _numbers(done: PassResult) -> Delivered:
    return Delivered(**{each.name: done.counts.get(each.name, 0) for each in fields(Delivered)})
