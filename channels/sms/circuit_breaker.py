"""A circuit breaker for each provider, which stops all sending when the settings are wrong.

All workers of an installation share its state, in a file or in a table. After a while one text is
tried. If that goes, all may.
"""

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from channels.outbox import write_synced

ALERTS = logging.getLogger("kaartje.sms")
REST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A tripped circuit breaker, with the reason why nothing leaves through a provider."""

    provider: str
    code: str
    detail: str
    at: str  # ISO 8601
    until: str  # ISO 8601: when one text is tried again

    def resting(self, now: datetime) -> bool:
        """Say whether nothing may be tried yet."""
        return now < datetime.fromisoformat(self.until)


class Breakers(Protocol):
    """The circuit breakers of an installation's providers."""

    def tripped(self, provider: str) -> Trip | None:
        """Return why a provider is not used, or was not a while ago, or None where it is in use."""
        ...

    def trip(self, provider: str, code: str, detail: str, *, now: datetime) -> None:
        """Stop all sending through a provider, and log an alert."""
        ...

    def reset(self, provider: str) -> None:
        """Let all sending go on, because a text went."""
        ...


def tripped_now(provider: str, code: str, detail: str, *, now: datetime) -> Trip:
    """Log an alert, and return the trip of a breaker."""
    ALERTS.critical(
        "no texts leave through %s: %s (%s); correct the settings or the account",
        provider,
        detail,
        code,
    )
    return Trip(
        provider=provider,
        code=code,
        detail=detail,
        at=now.isoformat(),
        until=(now + REST).isoformat(),
    )


@dataclass(frozen=True, slots=True)
class Breaker:
    """The circuit breakers of an installation's providers, in a folder."""

    folder: Path

    def tripped(self, provider: str) -> Trip | None:
        """Return why a provider is not used, or was not a while ago, or None where it is in use."""
        try:
            return Trip(**json.loads(self._file(provider).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def trip(self, provider: str, code: str, detail: str, *, now: datetime) -> None:
        """Stop all sending through a provider, and log an alert."""
        trip = tripped_now(provider, code, detail, now=now)
        draft = self._file(f"{provider}-{now.timestamp():.6f}")
        write_synced(draft, json.dumps(asdict(trip)).encode())
        draft.replace(self._file(provider))

    def reset(self, provider: str) -> None:
        """Let all sending go on, because a text went."""
        self._file(provider).unlink(missing_ok=True)

    def _file(self, provider: str) -> Path:
        return self.folder / f"breaker-{provider}.json"
