"""Plain drawings that do not attract attention, for the outside of a closed card and a letterhead."""

from channels.card.pen import Pen, Point

CLAY = (0.06, 0.68, 0.80, 0.04)
LEAF = (0.50, 0.12, 0.68, 0.12)
ROSE = (0.0, 0.36, 0.34, 0.0)


def quiet_outside(pen: Pen) -> None:
    """Draw a sprig on the back half of the closed card, head down, since that half is folded over.

    The half with the address is left to the post.
    """
    _sprig(pen, (105, 222.5), up=-1)
    for x in (8, 198):
        pen.line([(x, 148.5), (x + 4, 148.5)], 0.3, colour=CLAY)  # where it is folded


def letterhead(pen: Pen) -> None:
    """Draw a small sprig at the head, and fold marks for the envelope."""
    _sprig(pen, (186, 24))
    for y in (99.0, 198.0):
        pen.line([(4, y), (8, y)], 0.25, colour=CLAY)


def _sprig(pen: Pen, at: Point, *, up: int = 1) -> None:
    """Draw a sprig round a point, or one that hangs where `up` is -1."""
    x, y = at
    leaf_ink = pen.paint.get("leaf", LEAF)
    pen.line([(x, y + 12 * up), (x + 0.6, y), (x - 0.4, y - 12 * up)], 0.6, colour=leaf_ink)
    for step, side in enumerate((1, -1, 1, -1)):
        root = y + (7 - step * 5) * up
        leaf: list[Point] = [
            (x, root),
            (x + 5 * side, root - 1 * up),
            (x + 8 * side, root - 5 * up),
            (x + 3 * side, root - 3.6 * up),
        ]
        pen.shape(leaf, leaf_ink, 0.5)
    pen.dot((x - 0.4, y - 13 * up), 2.2, ROSE)
    pen.dot((x + 3.4, y - 11.4 * up), 1.2, pen.paint.get("table", CLAY))
