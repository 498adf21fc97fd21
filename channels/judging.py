"""Checking the messages of a batch before anything is sent."""

from channels.port import Batch, Channel, Message, Refusal

STRIDE = 25
"""Messages between two signs of progress, at most."""


def judge(channel: Channel, batch: Batch) -> tuple[list[Message], list[Refusal]]:
    """Split a batch into messages that could go and refusals, both in the order of the batch.

    Reports the phase "check" to `batch.watch`.
    """
    good: list[Message] = []
    refused: list[Refusal] = []
    for done, message in enumerate(batch.messages, start=1):
        refusal = channel.check(message, batch)
        if refusal is None:
            good.append(message)
        else:
            refused.append(refusal)
        report_progress(batch, "check", done, len(batch.messages))
    return good, refused


def report_progress(batch: Batch, phase: str, done: int, total: int) -> None:
    """Report progress to the batch's watch, every `STRIDE` messages and at the end."""
    if done % STRIDE == 0 or done == total:
        batch.watch(phase, done, total)
