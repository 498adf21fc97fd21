"""Tables, progress and events of a run, for an operator who looks into Prefect.

They name campaigns, channels and reasons, and never a person. Nothing reads them back: Prefect's history may be wiped,
and a Prefect that cannot take them stops nothing.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.events import emit_event
from prefect.runtime import flow_run

from campaigns.delivery.delivered_counts import delivered_since
from campaigns.delivery.waiting_touches import what_waits
from channels.port import Watch
from flows.delivery_pass import PassResult
from installation.installation import Installation
from store.clock import LOCAL

LOG = logging.getLogger("kaartje.flows")
DELIVERED, WAITING = "kaartje-delivered", "kaartje-waiting"
"""Keys of the two tables of a pass, under which Prefect keeps them side by side."""
EVERY = 2.0
"""Seconds between two steps of a progress bar."""


def run_name() -> str:
    """Return the name of a run, what it does and for which moment it was asked for."""
    asked = flow_run.scheduled_start_time
    return f"{flow_run.flow_name}, {asked.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def name_with_file() -> str:
    """Return the name of a run that takes a file, with the file's own name."""
    _, _, file = str(flow_run.parameters.get("file", "")).replace("\\", "/").rpartition("/")
    return f"{run_name()}: {file}"


def show_pass(installation: Installation, total: PassResult, *, since: datetime) -> None:
    """Show what became of everything claimed since a moment, what waits and why, and what failed."""
    with _harmless():
        create_table_artifact(
            key=DELIVERED,
            description=_delivered_words(total),
            table=[
                {
                    "campaign": each.campaign,
                    "channel": each.channel,
                    "what became of it": each.words(),
                    "people": each.count,
                }
                for each in delivered_since(installation, since)
            ],
        )
        waiting = what_waits(installation, now=installation.now())
        create_table_artifact(
            key=WAITING,
            description=_waiting_words(installation, {each.campaign for each in waiting}),
            table=[
                {
                    "campaign": each.campaign,
                    "channel": each.channel,
                    "people": each.count,
                    "why": each.says(),
                    "until": each.until_when(),
                    "what to do": each.remedy(),
                }
                for each in waiting
            ],
        )


def tell(event: str, *, about: str, payload: Mapping[str, Any]) -> None:
    """Emit the event `kaartje.<event>` about something, such as `campaign.autumn-cards`."""
    with _harmless():
        emit_event(
            event=f"kaartje.{event}",
            resource={"prefect.resource.id": f"kaartje.{about}", "prefect.resource.name": about},
            payload=dict(payload),
        )


@contextmanager
def progress_bar(watch: Watch, *, size: int, words: str) -> Iterator[Watch]:
    """Show how far a slice is, and yield the watch that moves its bar and reports to `watch` too.

    Args:
        watch: Where the progress goes besides.
        size: How many people are due in the slice.
        words: What stands at the bar.
    """
    bar: list[UUID] = []
    with _harmless():
        match create_progress_artifact(progress=0.0, description=words):
            case UUID() as made:
                bar.append(made)
    progress = _Progress(size=max(size, 1), bar=bar)

    def both(phase: str, done: int, total: int) -> None:
        watch(phase, done, total)
        progress.step(phase, done, total)

    yield both
    progress.show(100.0)


class _Progress:
    """How much of a slice is done, over batches that are each claimed and then worked on."""

    def __init__(self, *, size: int, bar: list[UUID]) -> None:
        self.size, self.bar = size, bar
        self.before = self.batch = 0
        self.shown_at = monotonic()

    def step(self, phase: str, done: int, total: int) -> None:
        """Count one step of a phase, and move the bar where it has stood for a while."""
        if phase == "claim":
            self.before, self.batch = self.before + self.batch, done
        elif total and monotonic() - self.shown_at >= EVERY:
            share = (self.before + self.batch * done / total) / self.size
            self.show(min(99.0, 100 * share))

    def show(self, percent: float) -> None:
        """Move the bar."""
        self.shown_at = monotonic()
        for each in self.bar:
            with _harmless():
                update_progress_artifact(artifact_id=each, progress=percent)


def _delivered_words(total: PassResult) -> str:
    failed = "\n".join(f"- {each}" for each in total.failures)
    return f"What this run did.\n\nFailed:\n{failed}" if failed else "What this run did."


def _waiting_words(installation: Installation, campaigns: set[str]) -> str:
    """Return what stands above the table of what waits, with the way to each campaign's own page."""
    said = "What waits after this run, why, and until when."
    if not (site := installation.settings.public_url):
        return said
    links = (f"- [{name}]({site.rstrip('/')}/campaigns/{name})" for name in sorted(campaigns))
    return "\n".join((said, "", *links))


@contextmanager
def _harmless() -> Iterator[None]:
    """Log what Prefect could not take, and go on."""
    try:
        yield
    except Exception:  # whatever it was, the work itself is done
        LOG.warning("Prefect did not take a report of this run", exc_info=True)
