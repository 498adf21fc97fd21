"""A disk that fills up half-way through a run: nothing leaves, nothing is left lying, and later it goes."""

import multiprocessing
import os
import resource
import signal
from pathlib import Path

from channels.card import Card
from channels.examples import MADE_AT
from channels.port import Batch, ChannelSettings, Receipt, Unavailable
from tests.channels.pieces import messages, template_layout

_FORK = multiprocessing.get_context("fork")
ROOM = 120_000  # bytes: less than the fonts and the profile take


def _batch() -> Batch:
    return Batch(
        key="run-1",
        made_at=MADE_AT,
        messages=tuple(messages(40)),
        layout=template_layout("contact-card"),
    )


def _send_with_little_room(outbox: Path) -> None:
    """Leave with 0 where the channel says that nobody can be reached now."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
    try:
        list(Card.open(ChannelSettings(outbox)).send(_batch()))
    except Unavailable:
        os._exit(0)
    os._exit(1)


def test_a_run_that_does_not_fit_on_the_disk_does_not_leave_and_can_be_sent_again(
    tmp_path: Path,
) -> None:
    outbox = tmp_path / "outbox"
    sender = _FORK.Process(target=_send_with_little_room, args=(outbox,))
    sender.start()
    sender.join()
    assert sender.exitcode == 0
    assert [path.name for path in outbox.iterdir() if not path.name.startswith(".")] == []
    assert not list((outbox / ".writing").iterdir())
    results = list(Card.open(ChannelSettings(outbox)).send(_batch()))
    assert sum(isinstance(result, Receipt) for result in results) == 40
