"""Queues of a simulated telephone network."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulators.voice.network_state import VERSION, SimulatedCall, stamp

LARGEST = 1000  # how many wait in one queue, unless the installation says otherwise


@dataclass(eq=False)
class Member:
    """A call that waits in a queue."""

    call: SimulatedCall
    since: datetime


@dataclass(eq=False, kw_only=True)
class SimulatedQueue:
    """Waiting calls, the longest waiting first."""

    sid: str
    account: str
    name: str
    made_at: datetime
    largest: int = LARGEST
    members: "deque[Member]" = field(default_factory=deque)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    # of those who left, in seconds
    waits: "deque[float]" = field(default_factory=lambda: deque(maxlen=100))

    def join(self, call: SimulatedCall, now: datetime) -> Member | None:
        """Add a call, or return None where the queue is full."""
        if len(self.members) >= self.largest:
            return None
        member = Member(call, now)
        self.members.append(member)
        self.arrived.set()
        return member

    def take(self, sid: str, now: datetime) -> Member | None:
        """Remove one call or the `Front`, or return None where it does not wait here any more.

        Only the first request gets it.
        """
        for member in self.members:
            if sid in {"Front", member.call.sid}:
                self.members.remove(member)
                self.waits.append((now - member.since).total_seconds())
                member.call.left_at = now
                return member
        return None

    def position(self, sid: str) -> int:
        """Return a call's place counted from 1, or 0 where it does not wait here."""
        return next(
            (place for place, each in enumerate(self.members, 1) if each.call.sid == sid), 0
        )

    @property
    def average(self) -> int:
        """Average wait of calls that left, in whole seconds."""
        return int(sum(self.waits) / len(self.waits)) if self.waits else 0

    def fields(self, member: Member, now: datetime) -> dict[str, str]:
        """Return the fields of a request to the wait URL."""
        return {
            "QueueSid": self.sid,
            "QueuePosition": str(self.position(member.call.sid)),
            "QueueTime": str(int((now - member.since).total_seconds())),
            "AvgQueueTime": str(self.average),
            "CurrentQueueSize": str(len(self.members)),
            "MaxQueueSize": str(self.largest),
        }

    def document(self) -> dict[str, Any]:
        """Return it in the form of the real API."""
        here = f"/{VERSION}/Accounts/{self.account}/Queues/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "friendly_name": self.name,
            "max_size": self.largest,
            "current_size": len(self.members),
            "average_wait_time": self.average,
            "date_created": stamp(self.made_at),
            "date_updated": stamp(self.made_at),
            "uri": f"{here}.json",
            "subresource_uris": {"members": f"{here}/Members.json"},
        }

    def shown(self, member: Member, now: datetime) -> dict[str, Any]:
        """Return a member in the form of the real API."""
        sid = member.call.sid
        return {
            "call_sid": sid,
            "queue_sid": self.sid,
            "date_enqueued": stamp(member.since),
            "position": self.position(sid),
            "wait_time": int((now - member.since).total_seconds()),
            "uri": f"/{VERSION}/Accounts/{self.account}/Queues/{self.sid}/Members/{sid}.json",
        }
