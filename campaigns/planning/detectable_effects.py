"""The smallest effect that a planned campaign can find, shown before anybody signs."""

from dataclasses import dataclass
from typing import Any

from campaigns.planning.arm_allocation import Split
from methods.sample_size import detectable_difference

ANYWAY = (0.1, 0.25, 0.5)
"""Shares that might respond without the campaign, which nobody knows before it."""


@dataclass(frozen=True, slots=True)
class Detectable:
    """The smallest differences that a campaign finds, by the share that responds anyway."""

    control: int  # people left out by lot: the hold-out, or else those beyond the limit
    per_arm: int  # people in the smallest arm
    points: tuple[float | None, ...]  # percentage points, in the order of ANYWAY

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        rows = zip(ANYWAY, self.points, strict=True)
        return {
            "control": self.control,
            "per_arm": self.per_arm,
            "differences": [{"anyway": anyway, "points": points} for anyway, points in rows],
        }


def detectable(divided: Split, over_limit: int) -> Detectable | None:
    """Return what a campaign can find, or None where nobody is left out by lot.

    Two-sided at 5 %, with a power of 80 %.
    """
    sizes: dict[int, int] = {}
    for piece in divided.slices:
        if not piece.hold_out:
            sizes[piece.arm] = sizes.get(piece.arm, 0) + piece.size
    control = sum(piece.size for piece in divided.hold_out) or over_limit
    smallest = min((size for size in sizes.values() if size), default=0)
    if not control or not smallest:
        return None
    found = (detectable_difference(each, held_out=control, per_arm=smallest) for each in ANYWAY)
    points = tuple(None if each is None else round(100 * each, 1) for each in found)
    return Detectable(control, smallest, points)
