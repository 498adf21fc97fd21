"""Judging a batch: which of its messages could go."""

from channels.port import Batch, Channel, Message, Refusal

STRIDE = 25
"""Messages between two signs of progress, at most."""


def judge(channel: Channel, batch: Batch) -> tuple[list[Message], list[Refusal]]:
    """Return the messages that could go and the refusals of the others, both in the order of the batch.

    Tells `batch.watch` of the phase "check".
    """
    good: list[Message] = []
    refused: list[Refusal] = []
    for done, message in enumerate(batch.messages, start=1):
        refusal = channel.check(message, batch)
        if refusal is None:
            good.append(message)
        else:
            refused.append(refusal)
        tell(batch, "check", done, len(batch.messages))
    return good, refused


def tell(batch: Batch, phase: str, done: int, total: int) -> None:
    """Tell the batch's watch, every `STRIDE` messages and at the end."""
    if done % STRIDE == 0 or done == total:
        batch.watch(phase, done, total)
