"""The inbox of provider events, which stores each event before the provider gets its answer.

A provider waits for its answer, and a commit takes longer than everything else. So the events that arrive during
one transaction are stored together in the next, and each is answered when its own is committed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from channels.sms.reports import Report
from store.engine import Store
from store.insert_ignore import add_new
from store.states import EventOutcome
from store.tables import ProviderEvent

RECEIPT, TEXT, VOICE = "receipt", "text", "voice"
MOST = 500
"""Rows of one transaction."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReport:
    """A stored report on a text. The fields are columns of `ProviderEvent`."""

    id: int
    provider: str
    provider_ref: str | None
    status: str | None
    error_code: str | None
    attempt: str | None  # the key of our try
    raw: dict[str, Any]


def receipt_row(report: Report, raw: Mapping[str, str], *, now: datetime) -> Row:
    """Return the row of a report on a text."""
    return _row(report.provider, RECEIPT, report.key, raw=raw, now=now) | {
        "provider_ref": _clean(report.ref),
        "status": _clean(report.status),
        "error_code": _clean(report.code),
        "attempt": _clean(report.attempt),
    }


def text_row(provider: str, ref: str | None, raw: Mapping[str, str], *, now: datetime) -> Row:
    """Return the row of an incoming text."""
    key = f"{provider}:{ref}:received" if ref else None
    named = {"provider_ref": _clean(ref), "status": "received", "error_code": None, "attempt": None}
    return _row(provider, TEXT, key, raw=raw, now=now) | named


def voice_row(
    provider: str, turn: str, asked: Mapping[str, str], raw: Mapping[str, str], *, now: datetime
) -> Row:
    """Return the row of an event of a call.

    It is applied in the request that brought it, because a caller waits for what they hear next. So no worker looks
    for it afterwards.

    Args:
        provider: who sent it.
        turn: the path it came to, which says what happened.
        asked: the query of its address.
        raw: the fields of its form.
        now: the present moment.
    """
    whole = {**{f"?{name}": value for name, value in asked.items()}, **raw}
    key = sha256(repr((turn, sorted(whole.items()))).encode("utf-8", "replace")).hexdigest()
    return _row(provider, VOICE, f"{provider}:voice:{key}", raw=whole, now=now) | {
        "provider_ref": _clean(raw.get("CallSid")),
        "status": turn,
        "error_code": None,
        "attempt": None,
        "outcome": EventOutcome.APPLIED,
        "applied_at": now,
    }


def _row(
    provider: str, kind: str, key: str | None, *, raw: Mapping[str, str], now: datetime
) -> Row:
    kept = {_clean(name): _clean(value) for name, value in raw.items()}
    whole = sha256(repr(sorted(raw.items())).encode("utf-8", "replace")).hexdigest()
    event_key = _clean(key) or f"{provider}:{kind}:{whole}"
    return {
        "event_key": event_key,
        "provider": provider,
        "kind": kind,
        "raw": kept,
        "received_at": now,
    }


def _clean(text: str | None) -> str | None:
    """Return a text without null characters and lone surrogates, which a database refuses."""
    return None if text is None else text.encode("utf-8", "replace").decode().replace("\0", "")


def store_events(store: Store, rows: Sequence[Row]) -> None:
    """Store events. Those that are stored already change nothing."""
    # in one order everywhere, so that two writers never wait for one another
    with store.writing() as connection:
        add_new(connection, ProviderEvent, sorted(rows, key=lambda row: str(row["event_key"])))


@dataclass
class EventInbox:
    """Stores events that arrive together in one transaction, and calls `on_stored` after each commit."""

    store: Store
    on_stored: Callable[[], None]
    _waiting: list[tuple[Row, asyncio.Future[None]]] = field(default_factory=list)
    _writing: asyncio.Task[None] | None = None

    async def add(self, row: Row) -> None:
        """Store one event. Return when it is committed, or raise the error that prevented it."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((row, done))
        if self._writing is None or self._writing.done():
            self._writing = loop.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                await asyncio.to_thread(store_events, self.store, [row for row, _ in some])
            except Exception as error:  # noqa: BLE001  every waiting request gets the error
                _answer(some, error)
            else:
                _answer(some, None)
                self.on_stored()


def _answer(some: Sequence[tuple[Row, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, done in some:
        if done.done():
            continue  # the client has gone away, and the row is stored all the same
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
