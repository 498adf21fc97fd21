"""Log of every caller as the telephone network saw it, to compare with an installation's records."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from simulators.voice.callers import Caller
from simulators.voice.network_state import SimulatedCall

COLUMNS = (
    "call_sid",
    "caller",
    "from",
    "direction",
    "language",
    "code_kind",
    "code",
    "arrived_at",
    "answered_at",
    "keyed",
    "queued_at",
    "left_queue_at",
    "queue_result",
    "bridged_at",
    "bridged_to",
    "asked_call_back",
    "recorded",
    "ended_at",
    "ended_by",
    "status",
    "last_words",
    "errors",
)


def row(call: SimulatedCall) -> dict[str, Any]:
    """Return one call's row, with times in UTC.

    The times are of the rehearsal. Several things in one field are parted by a bar.
    """
    party = call.party
    plan = party if isinstance(party, Caller) else None
    return {
        "call_sid": call.sid,
        "caller": party.name,
        "from": call.sender,
        "direction": call.direction,
        "language": plan.language if plan else "",
        "code_kind": plan.code_kind if plan else "",
        "code": plan.code if plan else "",
        "arrived_at": _time(call.made_at),
        "answered_at": _time(call.answered_at),
        "keyed": "|".join(call.keyed),
        "queued_at": _time(call.queued_at),
        "left_queue_at": _time(call.left_at),
        "queue_result": "|".join(call.queue_results),
        "bridged_at": _time(call.met_at),
        "bridged_to": "|".join(call.met),
        "asked_call_back": "yes" if plan and plan.asked_back else "no",
        "recorded": f"{call.recorded:g}",
        "ended_at": _time(call.ended_at),
        "ended_by": call.ended_by,
        "status": call.status,
        "last_words": call.played[-1] if call.played else "",
        "errors": "|".join(call.errors),
    }


def write(path: Path, calls: Iterable[SimulatedCall]) -> None:
    """Write every call's row, whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(map(row, calls))
    beside.replace(path)


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="milliseconds") if at else ""
