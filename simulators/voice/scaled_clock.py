"""A clock that runs faster than real time.

At a pace of sixty a rehearsal of an hour takes a minute.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic


@dataclass(frozen=True)
class Pace:
    """A clock that starts now and runs `times` as fast.

    The installation's own clock is not affected.
    """

    times: float = 1
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _began: float = field(default_factory=monotonic)

    def now(self) -> datetime:
        """Return the rehearsal's time."""
        return self.began_at + timedelta(seconds=(monotonic() - self._began) * self.times)

    async def sleep(self, seconds: float) -> None:
        """Wait for seconds of the rehearsal."""
        await asyncio.sleep(max(seconds, 0) / self.times)
