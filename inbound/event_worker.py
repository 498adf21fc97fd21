"""Let everything follow from what providers told us, right after they were answered and outside their waiting time."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk.line.line_tests import close_late
from desk.line.queue_exits import sweep
from inbound.receipts import apply_receipts
from inbound.text_inbox import process_texts
from inbound.voice.call_scripts import warm
from installation.installation import Installation

AT_LEAST_EVERY = 60.0
"""Seconds after which it is looked for by itself: another process may have put something down and died."""
BREATH = 0.25
"""Seconds between two rounds, so that what comes in a burst is applied in sets."""
_LOG = logging.getLogger("kaartje.inbound")


@dataclass(kw_only=True)
class EventWorker:
    """Applies, in a thread of its own, whatever is put down while `kaartje serve` runs."""

    installation: Installation
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _swept_at: datetime | None = None

    def start(self) -> None:
        """Begin, with what an earlier process left."""
        self._wake.set()
        self._thread = threading.Thread(target=self._run, name="event worker", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Say that something was put down."""
        self._wake.set()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        warm()
        while not self._stopping.is_set():
            self._wake.wait(AT_LEAST_EVERY)
            self._wake.clear()
            try:
                process_events(self.installation)
                self._sweep()
            except Exception:  # noqa: BLE001  whatever it was, providers are to be answered still
                # the next round, or the next `kaartje deliver`, finds everything where it was
                _LOG.exception("what providers told could not be applied yet")
            self._stopping.wait(BREATH)

    def _sweep(self) -> None:
        """Look once a minute for callers of whom nothing was heard any more."""
        now = self.installation.now()
        if self._swept_at is None or now >= self._swept_at + timedelta(seconds=AT_LEAST_EVERY):
            self._swept_at = now
            sweep(self.installation, now=now)
            close_late(self.installation, now=now)


def process_events(installation: Installation) -> None:
    """Let everything follow from what has been put down: reports on texts, and the texts that came in.

    Reports come first: they tell which text an answer is an answer to.
    """
    try:
        apply_receipts(installation, now=installation.now())
    finally:  # whoever says STOP does not wait for a report that cannot be applied
        process_texts(installation, now=installation.now())
