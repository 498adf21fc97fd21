"""The event worker, which processes stored provider events in a background thread."""

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
from store.plain_errors import log_failure

AT_LEAST_EVERY = 60.0
"""Seconds after which the thread looks by itself, since another process may have stored an event and died."""
BREATH = 0.25
"""Seconds between two iterations, so that a burst of events is applied in sets."""
_LOG = logging.getLogger("kaartje.inbound")


@dataclass(kw_only=True)
class EventWorker:
    """The background thread of `kaartje serve` that processes stored events."""

    installation: Installation
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _swept_at: datetime | None = None

    def start(self) -> None:
        """Start the thread. Events that an earlier process left are processed first."""
        self._wake.set()
        self._thread = threading.Thread(target=self._run, name="event worker", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Wake the thread, because an event was stored."""
        self._wake.set()

    def stop(self) -> None:
        """Stop the loop after the current iteration."""
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
            except Exception as error:  # noqa: BLE001  whatever it was, providers must still be answered
                # the next iteration, or the next `kaartje deliver`, finds everything where it was
                log_failure(_LOG, error, "events of providers could not be applied yet")
            self._stopping.wait(BREATH)

    def _sweep(self) -> None:
        """Look once a minute for callers who went silent."""
        now = self.installation.now()
        if self._swept_at is None or now >= self._swept_at + timedelta(seconds=AT_LEAST_EVERY):
            self._swept_at = now
            sweep(self.installation, now=now)
            close_late(self.installation, now=now)


def process_events(installation: Installation) -> None:
    """Process the stored events, reports on texts first and then incoming texts.

    Reports come first because they tell which text an answer belongs to.
    """
    try:
        apply_receipts(installation, now=installation.now())
    finally:  # a STOP does not wait for a report that cannot be applied
        process_texts(installation, now=installation.now())
