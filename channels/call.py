"""The call channel, which puts touches in the desk's queue so that an agent may dial.

No provider is called here, since a person decides to dial.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

from channels.judging import judge
from channels.outbox import Outbox, write_synced
from channels.port import (
    Batch,
    ChannelSettings,
    Message,
    Receipt,
    Refusal,
    RefusalKind,
    Result,
    type_of_address,
)
from channels.short_retries import patiently
from people.numbers import PhoneNumber


class Call:
    """Touches handed over to the desk's queue to be called.

    The outbox keeps only the numbers of the touches, so that one key always gives the same results.
    Whom to call is in the database.
    """

    kind: ClassVar[str] = "call"
    reaches: ClassVar[type_of_address] = "call"
    carries_code: ClassVar[bool] = False
    batch_size: ClassVar[int] = 200
    pages: ClassVar[int] = 0

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Make the channel ready, without opening anything yet."""
        return cls(Outbox(settings.outbox / ".calls"))

    def check(self, message: Message, batch: Batch) -> Refusal | None:  # noqa: ARG002  every batch is alike
        """Check whether the message has a number to call."""
        if isinstance(message.to, PhoneNumber):
            return None
        return Refusal(
            message.touch_id, RefusalKind.ADDRESS, "NO_NUMBER", "there is no number to call"
        )

    def send(self, batch: Batch) -> Iterator[Result]:
        """Yield a receipt for everybody who may be called and a refusal for the others."""
        # this key already left: give the same results again
        outbox = self._outbox.shared(batch.shared)
        if (known := outbox.results_of(batch.key)) is not None:
            yield from known
            return
        good, refused = judge(self, batch)
        yield from refused

        def write(draft: Path) -> list[Result]:
            patiently(
                write_synced, draft, "".join(f"{message.touch_id}\n" for message in good).encode()
            )
            return [
                *refused,
                *(Receipt(each.touch_id, f"call/{batch.key}/{each.touch_id}") for each in good),
            ]

        if good:
            left = outbox.leave_once(batch.key, write, name=f"{batch.key}.txt", watch=batch.watch)
            yield from (result for result in left if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield what left under this key, and let nothing else leave under it."""
        yield from self._outbox.shared(batch.shared).settle(batch.key)
