"""Drawings of an effect: the flow of people (CONSORT), the shares of the groups, the differences.

Source of the flow: K. F. Schulz, D. G. Altman and D. Moher, CONSORT 2010 statement (BMJ, 2010).
"""

from collections.abc import Sequence

from channels.press.drawings import Box, Drawing, Line, Words
from outcomes.effects import Effect, Share
from store.sentences import Sentence, Translate, translated

WIDE = 480.0
SHARE, POINTS = "{value:.1%}", "{value:+.1f}"
"""Figures as each language writes them."""
_LABEL, _ROW = 150.0, 26.0
_DRAWN = 70.0
"""Where those who were drawn stand in the flow, below the audience and those who were left out."""


def flow(effect: Effect, say: Translate) -> Drawing:
    """Draw how many people were matched, left out, drawn, reached and counted in every group."""
    groups = _groups(effect)
    drawn = sum(each.people for each in groups)
    wide = (WIDE - 10 * (len(groups) - 1)) / max(1, len(groups))
    all_of_them = _words(say, Sentence("{people} people in the audience", people=effect.matched))
    out = _words(
        say,
        Sentence(
            "{people} left out: reasons, or somebody of their household was drawn",
            people=effect.matched - drawn,
        ),
    )
    top = _words(say, Sentence("{people} people were drawn by lot", people=drawn))
    shapes: list[Line | Box | Words] = [
        Box(x=WIDE / 2 - 110, y=2, width=220, height=26),
        Words(x=WIDE / 2, y=19, text=all_of_them, anchor="middle"),
        Line(x=WIDE / 2, y=28, to_x=WIDE / 2, to_y=40),
        Words(x=WIDE / 2, y=54, text=out, anchor="middle"),
        Line(x=WIDE / 2, y=60, to_x=WIDE / 2, to_y=_DRAWN),
        Box(x=WIDE / 2 - 110, y=_DRAWN, width=220, height=26),
        Words(x=WIDE / 2, y=_DRAWN + 17, text=top, anchor="middle"),
    ]
    for at, each in enumerate(groups):
        left = at * (wide + 10)
        middle = left + wide / 2
        lines = (
            each.group,
            _words(say, Sentence("{people} people", people=each.people)),
            _words(say, Sentence("{people} reached", people=each.reached)),
            _words(say, Sentence("{people} counted", people=each.people)),
        )
        shapes += [
            Line(x=WIDE / 2, y=_DRAWN + 26, to_x=middle, to_y=_DRAWN + 46),
            Box(x=left, y=_DRAWN + 46, width=wide, height=72),
            *(
                Words(x=middle, y=_DRAWN + 62 + 16 * nth, text=line, anchor="middle")
                for nth, line in enumerate(lines)
            ),
        ]
    said = "; ".join((all_of_them, out, top, *(f"{each.group}: {each.people}" for each in groups)))
    return Drawing(WIDE, _DRAWN + 122, said, tuple(shapes))


def shares(effect: Effect, say: Translate) -> Drawing:
    """Draw the share of every group that had the outcome, with its interval."""
    groups = [each for each in _groups(effect) if each.share is not None]
    rows = [(each.group, each.share or 0.0, each.low, each.high) for each in groups]
    most = max((high for *_, high in rows), default=1.0)
    says = _words(say, Sentence("Share of every group, with its 95 % interval"))
    return _ranges(rows, 0.0, max(most, 0.01), says, say, percent=True)


def differences(effect: Effect, say: Translate) -> Drawing:
    """Draw the difference of every arm from its control, with its interval and a line at nought."""
    rows = [(each.arm, each.difference, each.low, each.high) for each in effect.main.differences]
    low = min(0.0, *(each[2] for each in rows)) if rows else -1.0
    high = max(0.0, *(each[3] for each in rows)) if rows else 1.0
    says = _words(
        say, Sentence("Difference from the control in percentage points, with its interval")
    )
    return _ranges(rows, low, high if high > low else low + 1, says, say, percent=False)


def _ranges(
    rows: Sequence[tuple[str, float, float, float]],
    low: float,
    high: float,
    says: str,
    say: Translate,
    *,
    percent: bool,
) -> Drawing:
    def place(value: float) -> float:
        return _LABEL + (value - low) / (high - low) * (WIDE - _LABEL - 50)

    tall = _ROW * len(rows) + 24
    shapes: list[Line | Box | Words] = [
        Words(x=0, y=12, text=says, size=9),
        Line(x=place(0), y=18, to_x=place(0), to_y=tall, width=0.5),
    ]
    for at, (name, middle, least, most) in enumerate(rows):
        y = 34 + _ROW * at
        figure = translated(Sentence(SHARE if percent else POINTS, value=middle), say)
        shapes += [
            Words(x=0, y=y + 4, text=name),
            Line(x=place(least), y=y, to_x=place(most), to_y=y, width=1.5),
            Box(x=place(middle) - 3, y=y - 3, width=6, height=6, filled=True),
            Words(x=WIDE, y=y + 4, text=figure, anchor="end"),
        ]
    return Drawing(WIDE, tall, says, tuple(shapes))


def _groups(effect: Effect) -> list[Share]:
    control = [effect.main.control] if effect.main.control else []
    return [*control, *effect.main.arms]


def _words(say: Translate, sentence: Sentence) -> str:
    return translated(sentence, say)
