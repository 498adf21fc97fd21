"""Ask the provider about texts without a final report, because reports are best effort and get lost.

The answers are stored and applied like reports. Each text is asked about a few times a week at most, the longest
silent first, and not any more after a week.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute

from campaigns.touches.closed_numbers import TEXT
from channels.port import Unavailable
from channels.sms.account import Account
from channels.sms.providers import CannotSay, Provider, TextState
from channels.sms.reports import Report
from inbound.events import Row, receipt_row, store_events
from inbound.receipts import apply_receipts
from installation.installation import Installation
from store.errors import BadInput
from store.states import AttemptState, TouchState
from store.tables import Answer, Attempt, Touch

MOST = 500
"""The number of texts asked about in one pass."""
TOO_LATE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Polled:
    """Counts of one round of asking."""

    asked: int = 0
    reported: int = 0  # texts whose status the provider gave
    news: int = 0  # statuses that moved something

    def counts(self) -> dict[str, int]:
        """Return the figures under the names that a pass uses."""
        return {"asked": self.asked, "reported": self.reported, "news": self.news}


@dataclass(frozen=True, slots=True)
class _Silent:
    table: type[Attempt] | type[Answer]
    id: int
    ref: str


def poll(installation: Installation, *, now: datetime, most: int = MOST) -> Polled:
    """Ask about the texts that have been silent too long, and apply the answers.

    Asking changes nothing by itself.
    """
    apply_receipts(installation, now=now)
    providers = _providers(installation)
    with installation.store.reading() as connection:
        silent = _silent(connection, installation, now, most) if providers else []
    if not silent:
        return Polled()
    with ThreadPoolExecutor(
        Account.read(installation.settings.accounts).at_once, thread_name_prefix="asking"
    ) as pool:
        answers = list(pool.map(lambda each: _ask(providers, each.ref), silent))
    answered = [
        (each, answer) for each, answer in zip(silent, answers, strict=True) if answer is not None
    ]
    store_events(installation.store, [_row(each, answer, now) for each, answer in answered])
    with installation.store.writing() as connection:
        _note(connection, silent, now)
    return Polled(len(silent), len(answered), apply_receipts(installation, now=now)["applied"])


def _providers(installation: Installation) -> Sequence[Provider]:
    """Return the providers that can be asked. A dry installation has none."""
    if installation.settings.dry:
        return ()
    try:
        return Account.read(installation.settings.accounts).providers()
    except (Unavailable, BadInput):
        return ()


def _silent(
    connection: Connection, installation: Installation, now: datetime, most: int
) -> list[_Silent]:
    patience = timedelta(hours=installation.settings.sms_silence)

    def due(
        table: type[Touch] | type[Answer], asked: InstrumentedAttribute[datetime | None]
    ) -> tuple[ColumnElement[bool], ...]:
        window = table.handed_over_at.between(now - TOO_LATE, now - patience)
        return (
            table.state == TouchState.HANDED_OVER,
            window,
            or_(asked.is_(None), asked < now - patience),
        )

    touches = (
        select(Attempt.id, Attempt.provider_ref)
        .join(Touch, Touch.id == Attempt.touch_id)
        .where(
            Touch.channel == TEXT,
            Touch.delivery_id == Attempt.delivery_id,
            Attempt.state == AttemptState.RECEIPT,
            Attempt.provider_ref.is_not(None),
            *due(Touch, Attempt.asked_at),
        )
        .order_by(Attempt.asked_at.is_not(None), Attempt.asked_at, Touch.handed_over_at, Attempt.id)
        .limit(most)
    )
    answers = (
        select(Answer.id, Answer.provider_ref)
        .where(Answer.provider_ref.is_not(None), *due(Answer, Answer.asked_at))
        .order_by(Answer.asked_at.is_not(None), Answer.asked_at, Answer.handed_over_at, Answer.id)
        .limit(most)
    )
    found = [_Silent(Attempt, row.id, str(row.provider_ref)) for row in connection.execute(touches)]
    return (
        found
        + [_Silent(Answer, row.id, str(row.provider_ref)) for row in connection.execute(answers)]
    )[:most]


def _ask(providers: Sequence[Provider], ref: str) -> tuple[str, TextState] | None:
    """Return the provider that knows a text, with its status, or None."""
    for provider in providers:
        try:
            return provider.name, provider.status(ref)
        except CannotSay:
            continue
    return None


def _row(each: _Silent, answer: tuple[str, TextState], now: datetime) -> Row:
    provider, status = answer
    report = Report(
        provider=provider, ref=each.ref, status=status.status, code=status.code, attempt=None
    )
    raw = {
        "asked": "yes",
        "status": status.status,
        **({"error_code": status.code} if status.code else {}),
    }
    return receipt_row(report, raw, now=now)


def _note(connection: Connection, silent: Sequence[_Silent], now: datetime) -> None:
    for table in (Attempt, Answer):
        ids = [each.id for each in silent if each.table is table]
        if ids:
            connection.execute(update(table).where(table.id.in_(ids)).values(asked_at=now))
