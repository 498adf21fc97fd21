"""A shard that breaks is tried again, safely, and never takes the others with it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Self

import pytest
from sqlalchemy import select

from channels.port import Batch, Channel, ChannelSettings, Message, Refusal, Result, type_of_address
from flows.delivery_pass import PassFailed
from installation.installation import Installation
from store.tables import Delivery, Touch
from tests.flows.moments import at
from tests.stories import campaign_file, launched, populate

pytestmark = [
    pytest.mark.heavy,
    pytest.mark.usefixtures("prefect_server"),
]  # Prefect waits 5 and 10 seconds

BOTH_DUE = "2023-06-20T09:00"


@dataclass(kw_only=True)
class Breaking:
    """A card channel whose line breaks, some times, when the batch has already left, and may not be asked about it."""

    inner: Channel
    breaks: int
    answers: bool = True
    sent: int = 0

    kind: ClassVar[str] = "card"
    reaches: ClassVar[type_of_address] = "post"
    carries_code: ClassVar[bool] = True
    batch_size: ClassVar[int] = 1_000
    pages: ClassVar[int] = 2

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        from channels.card import Card

        return cls(inner=Card.open(settings), breaks=0)

    def check(self, message: Message, batch: Batch) -> Refusal | None:
        return self.inner.check(message, batch)

    def send(self, batch: Batch) -> Iterator[Result]:
        self.sent += 1
        results = list(self.inner.send(batch))
        if self.breaks > 0:
            self.breaks -= 1
            raise ConnectionResetError("the line broke after the batch had left")
        yield from results

    def settle(self, batch: Batch) -> Iterator[Result]:
        if not self.answers:
            raise ConnectionRefusedError("nobody answers")
        return self.inner.settle(batch)


def _installation_that_breaks(
    installation: Installation, times: int, now: datetime, *, answers: bool = True
) -> Installation:
    populate(installation, 400, now=now)
    launched(
        installation,
        campaign_file(installation.settings.home, waves=("2023-06-05", "2023-06-12")),
        now=now,
    )
    return replace(
        installation,
        channels={
            "card": Breaking(inner=installation.channels["card"], breaks=times, answers=answers)
        },
    )


def _states(installation: Installation) -> tuple[list[Any], list[Any]]:
    with installation.store.reading() as connection:
        touches = (
            connection.execute(select(Touch.state).distinct().order_by(Touch.state)).scalars().all()
        )
        deliveries = connection.execute(select(Delivery.state, Delivery.size)).all()
    return [state.value for state in touches], [row.state.value for row in deliveries]


def test_a_second_try_settles_what_the_first_one_sent_and_sends_nothing_again(
    installation: Installation, now: datetime
) -> None:
    from flows.delivering import deliver

    broken = _installation_that_breaks(installation, 1, now)
    with at(broken, BOTH_DUE):
        counts = deliver()
    assert counts["shards"] == 2
    assert _states(installation) == (["handed_over"], ["recorded", "recorded"])
    assert broken.channels["card"].sent == 2  # type: ignore[attr-defined]  # a Breaking: one send for each wave


def test_a_shard_that_stays_broken_is_reported_and_does_not_hold_up_the_others(
    installation: Installation, now: datetime
) -> None:
    from flows.delivering import deliver

    broken = _installation_that_breaks(installation, 1, now, answers=False)
    with at(broken, BOTH_DUE), pytest.raises(PassFailed) as failed:
        deliver()
    result = failed.value.result
    assert [str(each) for each in result.failures] == [
        "reconcile open batches (card, campaign cards, cards-w1-000001): the connection broke"
    ]
    assert result.counts["shards"] == 2
    assert _states(installation) == (["claimed", "handed_over"], ["open", "recorded"])

    with at(installation, BOTH_DUE):
        deliver()
    assert _states(installation) == (["handed_over"], ["recorded", "recorded"])
