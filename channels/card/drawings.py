"""The drawings on the cards, each of one side below its words, out to the bleed."""

from collections.abc import Callable

from channels.card.frames import Side
from channels.card.kitchen_table import back as kitchen_back
from channels.card.kitchen_table import front as kitchen_front
from channels.card.paper import letterhead, quiet_outside
from channels.card.pen import Pen

Drawing = Callable[[Pen], None]


def _nothing(_pen: Pen) -> None:
    """Draw nothing."""


DRAWINGS: dict[str, dict[Side, Drawing]] = {
    "plain": {"front": _nothing, "back": _nothing},
    "quiet": {"front": quiet_outside, "back": _nothing},
    "letterhead": {"front": letterhead, "back": _nothing},
    "kitchen-table": {"front": kitchen_front, "back": kitchen_back},
}
"""By the name that a layout gives."""

INK = (0.25, 0.55, 0.6, 0.72)
"""The colour of the pen: a warm brown, nearly black."""
