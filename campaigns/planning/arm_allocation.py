"""Allocate the drawn households to arms and waves, in whole numbers that add up.

The households are in one random order. The limit cuts that order off, the arms divide what is left,
and the waves divide each arm. Each part is a range of consecutive ranks, so it is a random sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.touches.campaign_files import WHOLE, CampaignFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A range of ranks, both ends included, that forms one wave of one arm or the hold-out."""

    arm: int  # position in the file, from 0
    wave: int
    first: int
    last: int
    hold_out: bool

    @property
    def size(self) -> int:
        """Number of households."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Split:
    """The number of enrolled households, and all slices of them."""

    enrolled: int
    slices: tuple[Slice, ...]

    @property
    def hold_out(self) -> tuple[Slice, ...]:
        """The slices that get nothing."""
        return tuple(piece for piece in self.slices if piece.hold_out)

    def treated(self) -> int:
        """Return the number of households that are reached."""
        return sum(piece.size for piece in self.slices if not piece.hold_out)


def apportion(total: int, shares: Sequence[int]) -> list[int]:
    """Divide `total` by `shares` into whole numbers that add up to it.

    Method of largest remainders (Hamilton).
    """
    weight = sum(shares)
    if not weight:
        return [0] * len(shares)
    parts = [total * share // weight for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % weight), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def split(campaign: CampaignFile, available: int) -> Split:
    """Allocate `available` households to the arms and waves of a campaign, within its limit."""
    sizes = _arm_sizes(campaign, available)
    shares = [wave.share or 1 for wave in campaign.waves]
    slices, rank = [], 1
    for position, (arm, size) in enumerate(zip(campaign.arms, sizes, strict=True)):
        for wave, part in enumerate([size] if arm.hold_out else apportion(size, shares)):
            slices.append(
                Slice(
                    arm=position, wave=wave, first=rank, last=rank + part - 1, hold_out=arm.hold_out
                )
            )
            rank += part
    return Split(rank - 1, tuple(slices))


def _arm_sizes(campaign: CampaignFile, available: int) -> list[int]:
    shares = [arm.share for arm in campaign.arms]
    sizes = apportion(available, shares)
    reached = sum(size for arm, size in zip(campaign.arms, sizes, strict=True) if not arm.hold_out)
    if campaign.limit is None or reached <= campaign.limit:
        return sizes
    # the limit is on people reached; the hold-out is drawn beside them, in proportion
    held = campaign.hold_out_share
    beside = (campaign.limit * held * 2 + (WHOLE - held)) // (2 * (WHOLE - held))
    parts = iter(apportion(campaign.limit, [arm.share for arm in campaign.treated]))
    return [
        min(beside, available - campaign.limit) if arm.hold_out else next(parts)
        for arm in campaign.arms
    ]
