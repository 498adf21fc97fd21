"""The drawing of a kitchen table, with a friendly person on the telephone, two cups and a plant.

It is not a stock picture, and there is no blue in it.
"""

from channels.card.pen import Colour, Pen, Point, box, oval

CREAM = (0.0, 0.03, 0.12, 0.0)
SUN = (0.0, 0.16, 0.55, 0.0)
CLAY = (0.06, 0.68, 0.80, 0.04)
ROSE = (0.0, 0.36, 0.34, 0.0)
SKIN = (0.0, 0.27, 0.36, 0.03)
HAIR = (0.22, 0.58, 0.72, 0.45)
LEAF = (0.50, 0.12, 0.68, 0.12)
MUSTARD = (0.0, 0.28, 0.86, 0.03)
WHITE = (0.0, 0.0, 0.0, 0.0)
GRAIN = (0.08, 0.76, 0.88, 0.12)


def front(pen: Pen) -> None:
    """Draw the kitchen, with room for the words on the right and for the number on the table."""
    pen.fill(_sheet(-4, 152, -4, 109), pen.paint.get("ground", CREAM))
    pen.fill(oval((31, 39), 29, 27.5, 14), pen.paint.get("sun", SUN))
    _plant(pen)
    _body(pen)
    _table(pen)
    _head(pen)
    _receiver(pen)
    _cup(pen, (13.5, 84), WHITE)
    _cup(pen, (53, 88), MUSTARD)
    _telephone(pen)


def back(pen: Pen) -> None:
    """Draw the writing side, a warm left half with a frame for the code.

    The right half is left to the post, and its corner stays blank for the mark of paid postage.
    """
    edge: list[Point] = [
        (73.3, -26), (73.3, -14), (72.9, -4), (71.8, 12), (73.2, 30), (72, 48), (73.4, 66), (72.2, 84), (73, 98),
        (72.6, 109), (73, 119), (73, 131),
    ]  # fmt: skip
    pen.fill(
        [(-14, -40), (40, -40), *edge, (40, 145), (-14, 145), (-14, 70), (-14, 40)],
        pen.paint.get("ground", CREAM),
    )
    pen.line(edge, 0.55, colour=pen.paint.get("table", CLAY))
    pen.shape(box(6, 61.2, 68, 74.4), WHITE, 0.55)


def _sheet(left: float, right: float, top: float, bottom: float) -> list[Point]:
    """Return a rectangle with so many points that its curve is straight."""
    across = [left + (right - left) * n / 8 for n in range(9)]
    return [(x, top) for x in across] + [(x, bottom) for x in reversed(across)]


def _table(pen: Pen) -> None:
    edge: list[Point] = [
        (-12, 70.8),
        (-4, 71.5),
        (18, 70.6),
        (42, 71.2),
        (70, 69.8),
        (98, 70.6),
        (126, 69.6),
        (152, 70.4),
        (160, 70.9),
    ]
    table = pen.paint.get("table", CLAY)
    pen.fill([*edge, (170, 95), (160, 116), (100, 116), (50, 116), (-12, 116), (-20, 95)], table)
    pen.line(edge, 0.8)
    grain = _darker(table) if table != CLAY else GRAIN
    for y, start, end in ((101.5, -4, 38), (97.5, 18, 60), (77, -4, 9)):
        pen.line([(start, y), ((start + end) / 2, y + 0.7), (end, y - 0.2)], 0.5, colour=grain)


def _darker(inks: Colour) -> Colour:
    cyan, magenta, yellow, black = inks
    return cyan, magenta, yellow, min(1.0, black + 0.12)


def _body(pen: Pen) -> None:
    jumper: list[Point] = [
        (10, 74), (12, 63), (18, 57.5), (26, 55.5), (33, 56.5), (40, 55.8), (48, 58.5), (53, 64.5), (55, 74), (32, 76),
    ]  # fmt: skip
    pen.shape(jumper, pen.paint.get("leaf", LEAF))
    pen.line([(25.5, 55.8), (29, 59), (33, 59.8), (37, 58.8), (40.2, 56)], 0.7)
    for y in (64.5, 68.5):
        pen.line([(17, y), (25, y + 0.9), (33, y + 1.1), (41, y + 0.8), (48, y)], 0.5, colour=CREAM)


def _head(pen: Pen) -> None:
    neck: list[Point] = [(28.5, 50), (28.3, 57), (33, 59.3), (37.6, 57), (37.3, 50)]
    pen.fill(neck, SKIN)
    _curls(pen)
    face: list[Point] = [
        (21.8, 36), (22.2, 29.5), (27, 25.6), (33.5, 26.4), (40, 24.6), (44.2, 30), (44.3, 37.5), (41.6, 45.2),
        (36.6, 50.3), (32.4, 51.2), (27.4, 49.4), (23.4, 44),
    ]  # fmt: skip
    pen.shape(face, SKIN, 0.75)
    _features(pen)


def _curls(pen: Pen) -> None:
    """Draw a mop of short curls, the hair of anybody."""
    curls = [
        (19.6, 33.5),
        (19.8, 27.4),
        (23.2, 22.2),
        (28.6, 19.2),
        (34.6, 18.4),
        (40.4, 20.4),
        (44.8, 24.8),
        (46.6, 31),
    ]
    for at in curls:
        pen.shape(oval(at, 4.3, 4.1, 8), HAIR, 0.6)
    pen.fill(oval((33.2, 31), 13, 10.6, 12), HAIR)


def _features(pen: Pen) -> None:
    for x in (28.6, 38.2):
        pen.line([(x - 1.7, 36.2), (x, 35), (x + 1.7, 36.2)], 0.75)  # eyes that smile
        pen.line([(x - 2.1, 31.6), (x + 0.2, 30.6), (x + 2.3, 31.2)], 0.6)
    pen.line([(33.4, 36.4), (32.3, 40), (33.0, 41), (34.4, 40.8)], 0.65)
    pen.fill([(28.3, 43.6), (33.2, 44.5), (38.4, 43.2), (36.8, 46.9), (33.2, 48), (30, 47)], WHITE)
    pen.line([(27.6, 43.2), (30.2, 44.2), (33.2, 44.5), (36.4, 44), (39, 42.7)], 0.7)
    pen.line([(28.3, 43.8), (30, 46.9), (33.2, 48), (36.7, 46.8), (38.4, 43.4)], 0.7)
    pen.dot((25.6, 41.2), 1.9, ROSE)
    pen.dot((41.2, 40.6), 1.9, ROSE)


def _receiver(pen: Pen) -> None:
    """Draw the telephone's horn at her ear and the hand that holds it."""
    horn: list[Point] = [
        (44.6, 29.6), (48.6, 28.2), (50.6, 31.2), (50.4, 38.5), (48.2, 45.6), (44.6, 49.4), (41.4, 48.4), (41.2, 45.6),
        (44.2, 43.8), (45.8, 38.6), (46, 34.6), (44.2, 33),
    ]  # fmt: skip
    arm: list[Point] = [
        (56, 73),
        (57.5, 62),
        (56, 51),
        (52.6, 44.5),
        (47.8, 45),
        (48.6, 52),
        (49.2, 60),
        (45, 73),
    ]
    pen.shape(arm, LEAF)
    pen.shape(horn, MUSTARD)
    hand: list[Point] = [
        (47.6, 36.4),
        (51.4, 35.8),
        (54, 39),
        (54.2, 44.4),
        (51.6, 47),
        (48, 45.4),
        (46.6, 41),
    ]
    pen.shape(hand, SKIN)
    for y in (38.6, 41, 43.4):
        pen.line([(47.2, y), (49.2, y + 0.4), (50.8, y)], 0.5)


def _telephone(pen: Pen) -> None:
    """Draw the old telephone on the table, its cord curling to the horn."""
    cord: list[Point] = [(43, 49.2)]
    for turn in range(9):
        x, y = 42.2 - turn * 0.75, 52.5 + turn * 3.1
        cord += [(x + 1.6, y), (x, y + 1.4), (x - 1.6, y + 0.4), (x, y - 0.6)]
    pen.line([*cord, (35.6, 82)], 0.55)
    body: list[Point] = [
        (24.5, 97.5), (25.2, 90), (28.6, 83.6), (32, 81.6), (37.4, 81.6), (40.8, 83.8), (44, 90), (44.8, 97.5),
        (40, 98.8), (34.6, 99), (29, 98.8),
    ]  # fmt: skip
    pen.shape(body, MUSTARD)
    pen.shape(oval((34.7, 91), 5.2, 5, 10), WHITE, 0.6)
    pen.dot((34.7, 91), 1.5, CLAY)
    for at in oval((34.7, 91), 3.5, 3.4, 8):
        pen.dot(at, 0.52)
    pen.line([(30.2, 82.4), (29.8, 79.8), (31.6, 79.6), (32.4, 81.4)], 0.65)
    pen.line([(37.4, 81.4), (38, 79.4), (39.8, 79.8), (39.4, 82.6)], 0.65)


def _cup(pen: Pen, at: Point, colour: tuple[float, float, float, float]) -> None:
    x, y = at
    pen.shape(oval((x, y + 11.2), 8.6, 1.9, 12), CREAM, 0.6)
    pen.line([(x + 5.4, y + 2.4), (x + 9.2, y + 1.8), (x + 9.4, y + 6), (x + 4.8, y + 7.8)], 0.9)
    cup: list[Point] = [
        (x - 6, y), (x - 5.7, y + 5), (x - 4.2, y + 9.4), (x - 1.4, y + 11), (x + 1.8, y + 11), (x + 4.4, y + 9.4),
        (x + 5.8, y + 5), (x + 6, y),
    ]  # fmt: skip
    pen.shape([*cup, (x + 3, y + 1.2), (x - 3, y + 1.2)], colour)
    pen.shape(oval((x, y), 6, 1.7, 12), HAIR, 0.65)
    for shift in (-2.2, 1.4):
        steam = [
            (x + shift, y - 2.6),
            (x + shift + 1.2, y - 4.8),
            (x + shift - 0.6, y - 7),
            (x + shift + 0.8, y - 9.4),
        ]
        pen.line(steam, 0.55, colour=CREAM)


def _plant(pen: Pen) -> None:
    """Draw a plant on a shelf, top left."""
    pen.line([(5.4, 66.5), (5.6, 50), (7.4, 40)], 0.7)
    for tip, bend in (
        ((1.5, 45), (2.6, 52)),
        ((11.8, 46), (10.2, 53)),
        ((3, 34), (3.6, 40)),
        ((12.2, 35), (10.8, 42)),
    ):
        root = (5.8, bend[1] + 5)
        leaf = [root, (bend[0] - 1.4, bend[1]), tip, (bend[0] + 1.6, bend[1] + 1.6)]
        pen.shape(leaf, pen.paint.get("leaf", LEAF), 0.55)
    pen.shape([(1.4, 61), (9.8, 61), (8.8, 71), (2.4, 71)], CLAY)
