"""The dry-run twin of a channel, which judges batches by the same rules and hands nothing over.

What would have gone is written to `outbox/dry/<key>.jsonl`, one line a message, under the same exactly-once law, so
that a rehearsal goes through everything that the real thing goes through, crashes too.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

from channels.judging import judge, report_progress
from channels.outbox import Outbox, write_synced
from channels.port import (
    Batch,
    Channel,
    ChannelSettings,
    Message,
    Receipt,
    Refusal,
    Result,
    type_of_address,
)
from channels.short_retries import patiently


class Dry:
    """A channel of the same kind that hands nothing over.

    `Dry(channel, settings)` is the twin of that channel.
    """

    kind: ClassVar[str]
    reaches: ClassVar[type_of_address]
    carries_code: ClassVar[bool]
    pages: ClassVar[int]
    _twin_of: ClassVar[type[Channel]]

    def __new__(cls, channel: Channel, _settings: ChannelSettings) -> Self:
        """Make the twin an instance of a class of its own, since a channel's kind belongs to its class."""
        return object.__new__(cls if hasattr(cls, "_twin_of") else cls._class_for(type(channel)))

    def __init__(self, channel: Channel, settings: ChannelSettings) -> None:
        self._channel = channel
        self._outbox = Outbox(settings.outbox / "dry")

    @property
    def batch_size(self) -> int:
        """The batch size of the real channel."""
        return self._channel.batch_size

    @classmethod
    def _class_for(cls, channel: type[Channel]) -> type[Self]:
        names = ("kind", "reaches", "carries_code", "pages")
        traits: dict[str, Any] = {name: getattr(channel, name) for name in names}
        return type(f"Dry{channel.__name__}", (cls,), {**traits, "_twin_of": channel})

    @classmethod
    def open(cls, settings: ChannelSettings) -> Self:
        """Open the channel and its twin."""
        return cls(cls._twin_of.open(settings), settings)

    def check(self, message: Message, batch: Batch) -> Refusal | None:
        """Return the verdict of the real channel."""
        return self._channel.check(message, batch)

    def send(self, batch: Batch) -> Iterator[Result]:
        """Write the messages that would have gone to the outbox."""
        outbox = self._outbox.shared(batch.shared)
        if (known := outbox.results_of(batch.key)) is not None:
            yield from known
            return
        good, refused = judge(self, batch)
        yield from refused

        def write(draft: Path) -> list[Result]:
            results: list[Result] = list(refused)
            lines: list[str] = []
            for number, message in enumerate(good, start=1):
                lines.append(_line(message, batch))
                results.append(Receipt(message.touch_id, f"dry/{batch.key}/{number:06}"))
                report_progress(batch, "write", number, len(good))
            patiently(write_synced, draft, "".join(lines).encode())
            return results

        if good:
            results = outbox.leave_once(
                batch.key, write, name=f"{batch.key}.jsonl", watch=batch.watch
            )
            yield from (result for result in results if not isinstance(result, Refusal))

    def settle(self, batch: Batch) -> Iterator[Result]:
        """Yield what was written under this key, and let nothing else be written under it."""
        yield from self._outbox.shared(batch.shared).settle(batch.key)


def _line(message: Message, batch: Batch) -> str:
    would_go = {
        "key": batch.key,
        "made_at": batch.made_at.isoformat(),
        "touch": message.touch_id,
        "address_lines": message.address_lines,
        "number": getattr(message.to, "e164", None),
        "language": message.language,
        "code": message.code,
        "words": dict(message.words),
    }
    return json.dumps(would_go, ensure_ascii=False) + "\n"
