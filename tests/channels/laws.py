"""The laws of the port, each a function that holds one channel to one of them.

`Trial` is one channel, or its dry twin, with an outbox of its own. The suite runs every law over every trial.
"""

import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from channels import KINDS
from channels.dry_run import Dry
from channels.examples import example_batch
from channels.port import (
    Batch,
    Channel,
    ChannelSettings,
    HandedFile,
    Receipt,
    Refusal,
    Result,
    Seeded,
    Unavailable,
    Unsure,
    Watch,
)
from tests.channels.sms import simulated

SOON = 10.0
"""Seconds within which a channel on trial must be able to say what became of everything."""
# forked, so that a channel defined in a test file is known there too, and starts at once
_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Trial:
    """A channel on trial."""

    kind: str
    dry: bool
    outbox: Path

    def open(self) -> Channel:
        accounts = ACCOUNTS[self.kind](self.outbox) if self.kind in ACCOUNTS else {}
        settings = ChannelSettings(self.outbox, accounts)
        channel = KINDS[self.kind].open(settings)
        return Dry(channel, settings) if self.dry else channel

    def batch(self, key: str, size: int = 3, unreachable: int = 0) -> Batch:
        self.open()  # starts the provider that a channel needs here: a process that is forked would start its own
        return example_batch(KINDS[self.kind], key, size=size, unreachable=unreachable)

    def left(self) -> Counter[int] | None:
        """Return how often each touch left, as the outside world sees it; None where nobody can look."""
        witness = counted_by_a_dry_twin if self.dry else WITNESSES.get(self.kind)
        return witness(self.outbox) if witness else None


def printed_on_cards(outbox: Path) -> Counter[int]:
    """Read the address sides of every print run that left."""
    import pypdfium2

    seen: Counter[int] = Counter()
    for pdf in outbox.glob("[!.]*/*.pdf"):
        document = pypdfium2.PdfDocument(pdf)
        for page in list(document)[1::2]:
            addressee = next(
                line
                for line in page.get_textpage().get_text_range().splitlines()
                if "Jansen" in line
            )
            seen[int(addressee.rsplit(" ", 1)[1])] += 1
        document.close()
    return seen


def counted_by_a_dry_twin(outbox: Path) -> Counter[int]:
    """Read what a dry twin wrote down."""
    lines = (
        line for file in (outbox / "dry").glob("*.jsonl") for line in file.read_text().splitlines()
    )
    return Counter(json.loads(line)["touch"] for line in lines)


def taken_by_a_simulated_provider(outbox: Path) -> Counter[int]:
    """Ask the provider, behind the channel's back, which of the examples' numbers it texted."""
    account = simulated.account_for(outbox)
    return Counter(int(text["to"][-4:]) for text in simulated.flawless().texts(account))


def allowed_to_be_dialled(outbox: Path) -> Counter[int]:
    """Read whom the desk may dial."""
    return Counter(
        int(touch)
        for file in (outbox / ".calls").glob("*.txt")
        for touch in file.read_text().split()
    )


WITNESSES: dict[str, Callable[[Path], Counter[int]]] = {
    "card": printed_on_cards,
    "letter": printed_on_cards,
    "sms": taken_by_a_simulated_provider,
    "call": allowed_to_be_dialled,
}
"""Who can tell, without asking the channel, what left. A channel without a witness is taken at its receipts."""

ACCOUNTS: dict[str, Callable[[Path], dict[str, str]]] = {
    "sms": lambda outbox: simulated.accounts(simulated.flawless(), outbox)
}
"""What a channel needs to know to reach its provider, by the outbox of the trial."""


def every_message_gets_exactly_one_result(trial: Trial) -> None:
    batch = trial.batch("k1", 5, unreachable=2)
    results = list(trial.open().send(batch))
    answered = Counter(
        result.touch_id for result in results if not isinstance(result, HandedFile | Seeded)
    )
    assert answered == Counter(message.touch_id for message in batch.messages)
    assert receipts(results) == set(range(5))


def an_address_of_another_sort_is_refused(trial: Trial) -> None:
    batch = trial.batch("k1", 1, unreachable=1)
    channel = trial.open()
    assert channel.check(batch.messages[0], batch) is None
    assert isinstance(channel.check(batch.messages[1], batch), Refusal)


def checking_sends_nothing(trial: Trial) -> None:
    batch = trial.batch("k1")
    channel = trial.open()
    for message in batch.messages:
        channel.check(message, batch)
    assert not trial.left()
    assert list(channel.settle(batch)) == []


def an_empty_batch_is_no_trouble(trial: Trial) -> None:
    assert list(trial.open().send(trial.batch("k1", 0))) == []


def a_key_sent_twice_leaves_once(trial: Trial) -> None:
    batch = trial.batch("k1", 4, unreachable=1)
    first, again = list(trial.open().send(batch)), list(trial.open().send(batch))
    assert sorted(map(repr, first)) == sorted(map(repr, again))
    assert trial.left() in (None, Counter(range(4)))


def settling_before_sending_keeps_it_in_the_installation(trial: Trial) -> None:
    batch = trial.batch("k1")
    assert list(trial.open().settle(batch)) == []
    with pytest.raises(Unavailable):
        list(trial.open().send(batch))
    assert not trial.left()
    assert list(trial.open().settle(batch)) == []


def settling_after_sending_tells_what_went(trial: Trial) -> None:
    batch = trial.batch("k1", 4, unreachable=1)
    sent = [result for result in trial.open().send(batch) if not isinstance(result, Refusal)]
    for _ in range(2):
        assert sorted(map(repr, trial.open().settle(batch))) == sorted(map(repr, sent))


def receipts_have_references_of_their_own(trial: Trial) -> None:
    results = [*trial.open().send(trial.batch("k1", 4)), *trial.open().send(trial.batch("k2", 4))]
    references = [result.provider_ref for result in results if isinstance(result, Receipt)]
    assert len(set(references)) == 8


def progress_is_reported_at_least_every_25_messages(trial: Trial) -> None:
    events: list[tuple[str, int, int]] = []
    batch = replace(trial.batch("k1", 60), watch=lambda *event: events.append(event))
    list(trial.open().send(batch))
    checks = [0, *(done for phase, done, _ in events if phase == "check")]
    assert checks[-1] == 60
    assert all(after - before <= 25 for before, after in pairwise(checks))


def after_a_crash_nobody_is_reached_twice_and_nobody_is_lost(trial: Trial) -> None:
    events = _count_events(trial)
    for last in sorted(Random(2023).sample(range(events), min(events, 12))):
        fresh = replace(trial, outbox=trial.outbox / f"event-{last}")
        batch = fresh.batch("k1", 30)
        assert _in_another_process(_send, fresh, batch, last) == -signal.SIGKILL
        went = receipts(settle_for_sure(fresh, batch))
        rest = tuple(message for message in batch.messages if message.touch_id not in went)
        then = (
            receipts(fresh.open().send(replace(batch, key="k2", messages=rest))) if rest else set()
        )
        assert not went & then
        assert went | then == set(range(30))
        assert fresh.left() in (None, Counter(range(30)))


def two_processes_with_one_key_reach_everyone_once(trial: Trial) -> None:
    batch = trial.batch("k1", 30)
    racers = [_FORK.Process(target=_send, args=(trial, batch, -1)) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0, 0]
    assert receipts(trial.open().settle(batch)) == set(range(30))
    assert trial.left() in (None, Counter(range(30)))


def settling_while_another_process_sends_ends_in_one_truth(trial: Trial) -> None:
    for turn in range(4):
        fresh = replace(trial, outbox=trial.outbox / f"turn-{turn}")
        batch = fresh.batch("k1", 30)
        here, there = _FORK.Pipe(duplex=False)
        sender = _FORK.Process(target=_send, args=(fresh, batch, -1, there))
        sender.start()
        there.close()
        for _ in range(turn):  # settle at the start of the sending, then a little later each turn
            with suppress(EOFError):  # it had nothing more to tell
                here.recv()
        went = receipts(settle_for_sure(fresh, batch))
        sender.join()
        assert sender.exitcode == (0 if went == set(range(30)) else 3)
        assert fresh.left() in (None, Counter(went))


LAWS: tuple[Callable[[Trial], None], ...] = (
    every_message_gets_exactly_one_result,
    an_address_of_another_sort_is_refused,
    checking_sends_nothing,
    an_empty_batch_is_no_trouble,
    a_key_sent_twice_leaves_once,
    settling_before_sending_keeps_it_in_the_installation,
    settling_after_sending_tells_what_went,
    receipts_have_references_of_their_own,
    progress_is_reported_at_least_every_25_messages,
    after_a_crash_nobody_is_reached_twice_and_nobody_is_lost,
    two_processes_with_one_key_reach_everyone_once,
    settling_while_another_process_sends_ends_in_one_truth,
)


def settle_for_sure(trial: Trial, batch: Batch) -> list[Result]:
    """Settle, and ask again while the channel cannot say of some message whether it went; it must end soon."""
    ends = monotonic() + SOON
    while True:
        results = list(trial.open().settle(batch))
        if not any(isinstance(result, Unsure) for result in results):
            return results
        assert monotonic() < ends


def receipts(results: Iterable[Result]) -> set[int]:
    """Return the touches that went, and fail when one went twice."""
    went = [result.touch_id for result in results if isinstance(result, Receipt)]
    assert len(set(went)) == len(went)
    return set(went)


def _count_events(trial: Trial) -> int:
    events: list[str] = []
    fresh = replace(trial, outbox=trial.outbox / "counting")
    batch = replace(fresh.batch("k1", 30), watch=lambda phase, _done, _total: events.append(phase))
    list(fresh.open().send(batch))
    return len(events)


def _in_another_process(target: Callable[..., None], *args: object) -> int | None:
    process = _FORK.Process(target=target, args=args)
    process.start()
    process.join()
    return process.exitcode


def _send(
    trial: Trial,
    batch: Batch,
    last: int,
    events: "multiprocessing.connection.Connection | None" = None,
) -> None:
    """Send a batch; die without a word at progress event number `last`; leave with 3 when the key was taken back."""
    try:
        list(trial.open().send(replace(batch, watch=_watch(last, events))))
    except Unavailable:
        os._exit(3)
    os._exit(0)


def _watch(last: int, events: "multiprocessing.connection.Connection | None") -> Watch:
    seen = 0

    def watch(phase: str, _done: int, _total: int) -> None:
        nonlocal seen
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1
        if events is not None:
            events.send(phase)

    return watch
