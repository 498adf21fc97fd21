"""Caps of the body as a floor for the caps of a campaign.

A campaign may reach people less often than the body allows. More often is a deviation, which the campaign file names
with its reason and which the approver signs.
"""

from collections.abc import Collection, Mapping

from store.sentences import Sentence
from suppression.policies import Cap
from suppression.reasons import Reason

CAP_REASONS = (Reason.FREQUENCY_CAP, Reason.HOUSEHOLD_CAP)
"""The reasons that a cap gives."""
ALL_CAPS = frozenset({"caps", Reason.FREQUENCY_CAP.value})
"""Names of the deviation from the caps of every channel."""


def rule_name(channel: str) -> str:
    """Return the name of a channel's cap, as a deviation gives it."""
    return f"caps.{channel}"


def is_looser(own: Cap, floor: Cap) -> bool:
    """Return whether a cap ever allows what another one forbids.

    In a window of the other one's days it allows its times once for each of its own windows that begin there.
    """
    windows = max(1, -(-floor.days // own.days))
    return own.times * windows > floor.times


def caps_in_force(
    own: Mapping[str, Cap], body: Mapping[str, Cap], deviating: Collection[str]
) -> dict[str, Cap]:
    """Return the cap of each channel for a campaign.

    The body's may have become stricter since the campaign was signed: where the campaign's own is looser then, and no
    deviation was signed, the stricter of each number holds.
    """
    return {
        **body,
        **{
            channel: _one(cap, body.get(channel), deviates=channel in deviating)
            for channel, cap in own.items()
        },
    }


def _one(own: Cap, floor: Cap | None, *, deviates: bool) -> Cap:
    if floor is None:
        return own
    if deviates or not is_looser(own, floor):
        return own.model_copy(update={"of_one_campaign": floor.of_one_campaign})
    return floor.model_copy(
        update={"times": min(own.times, floor.times), "days": max(own.days, floor.days)}
    )


def in_words(cap: Cap) -> str:
    """Return a cap in plain words, as "1 in 90 days"."""
    if cap.days == 1:
        return Sentence("{times} in 1 day", times=cap.times)
    return Sentence("{times} in {days} days", times=cap.times, days=cap.days)
