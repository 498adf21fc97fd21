"""Calculators for a plan and a trial, from what somebody typed to figures.

They check their input and need no installation. Figures are rounded to twelve digits, so that every machine prints
the same.
"""

import re
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from methods import pacing, queues, sample_size
from methods.intervals import newcombe
from methods.proportion_tests import pooled_test
from methods.sequential_boundaries import MOST_LOOKS, Kind, boundaries
from store.errors import BadInput
from store.sentences import Sentence

MOST_PEOPLE = 1_000_000_000_000
MOST_AGENTS = 100_000
MOST_WAVES = 1_000
DAY = 86_400
LONGEST_DAYS = 366
_GROUP = re.compile(r"\s*(-?\d{1,40})\s*/\s*(-?\d{1,40})\s*", re.ASCII)
_LENGTH = re.compile(r"(\d{1,12}(?:[.,]\d{1,6})?)\s*([smhd])", re.ASCII)
_SHARE = re.compile(r"([+-]?(?:\d{1,20}[.,]?\d{0,20}|[.,]\d{1,20}))\s*(%?)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,40}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}[.,]?\d{0,20}|[.,]\d{1,20})", re.ASCII)
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": DAY}


class Figures:
    """Base of every answer."""

    def as_data(self) -> dict[str, Any]:
        """Return the figures as JSON takes them."""
        return {name: _rounded(value) for name, value in asdict(self).items()}  # type: ignore[call-overload]  # each is a dataclass


@dataclass(frozen=True, slots=True)
class Comparison(Figures):
    """A difference in percentage points, arm minus control, with its 95 % interval and its p-value."""

    difference: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class SampleSize(Figures):
    """People in each of two groups."""

    per_arm: int


@dataclass(frozen=True, slots=True)
class Detectable(Figures):
    """The smallest upward difference in percentage points, or None where no difference is found."""

    points: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing(Figures):
    """How callers wait, with shares as fractions. None: the queue grows without end."""

    p_wait: float
    service_level: float
    occupancy: float
    p_abandon: float
    average_wait_s: float | None


@dataclass(frozen=True, slots=True)
class Pace(Figures):
    """The busiest day after waves of cards, where the first goes out on day 0."""

    peak_calls_per_day: float
    peak_day: int


@dataclass(frozen=True, slots=True)
class Boundaries(Figures):
    """The critical z of every look."""

    kind: str
    looks: int
    z: list[float]


def compare(*, control: str, arm: str) -> Comparison:
    """Compare two groups, each written as hits/total.

    The interval is Newcombe's, the p-value that of the pooled test.
    """
    before, after = read_group(control, "control"), read_group(arm, "arm")
    low, high = newcombe(*after, *before)
    difference = after[0] / after[1] - before[0] / before[1]
    return Comparison(100 * difference, 100 * low, 100 * high, pooled_test(before, after))


def size_of_trial(*, control: float, treated: float, power: float) -> SampleSize:
    """Return how many people each group needs to find a difference between these shares."""
    _check_share(control, "control")
    _check_share(treated, "treated")
    _check_power(power)
    if control == treated:
        raise BadInput(
            "is the same share as the control's",
            "write the share that you hope for",
            field="treated",
        )
    if (people := sample_size.needed(control, treated, power)) > MOST_PEOPLE:
        raise BadInput(
            "is so near the control's share that no trial is large enough",
            "write a larger difference",
            field="treated",
        )
    return SampleSize(people)


def smallest_difference(*, control: float, per_arm: int, power: float) -> Detectable:
    """Return the smallest upward difference that two groups of this size find."""
    _check_share(control, "control")
    _check_power(power)
    _check_whole(per_arm, "per_arm", least=1, most=MOST_PEOPLE)
    found = sample_size.detectable_difference(
        control, held_out=per_arm, per_arm=per_arm, power=power
    )
    return Detectable(None if found is None else 100 * found)


def staffing(
    *, calls: float, per: str, handling: str, agents: int, target: str, patience: str | None
) -> Staffing:
    """Return how callers wait, who hang up where their patience is given."""
    if not 0 <= calls <= MOST_PEOPLE:
        raise BadInput(
            Sentence("{seen:g} is not a number of calls", seen=calls),
            Sentence("write 0 to {most:,}", most=MOST_PEOPLE),
            field="calls",
        )
    _check_whole(agents, "agents", least=0, most=MOST_AGENTS)
    line: dict[str, Any] = {
        "calls_per_s": calls / read_length(per, "per"),
        "handling_s": read_length(handling, "handling"),
        "agents": agents,
        "target_s": read_length(target, "target", least=0),
    }
    if patience is None:
        return Staffing(**asdict(queues.erlang_c(**line)))
    try:
        found = queues.erlang_a(patience_s=read_length(patience, "patience"), **line)
    except queues.QueueTooLong:
        raise BadInput(
            "so many calls for so few agents cannot be computed",
            "write fewer calls or more agents",
            field="calls",
        ) from None
    return Staffing(**asdict(found))


def pace(*, pieces: int, waves: int, every: str, callers: float) -> Pace:
    """Return the busiest day of the line after waves of cards."""
    _check_whole(pieces, "pieces", least=1, most=MOST_PEOPLE)
    _check_whole(waves, "waves", least=1, most=MOST_WAVES)
    _check_share(callers, "callers")
    days, rest = divmod(read_length(every, "every"), DAY)
    if rest or not days:
        raise BadInput(
            Sentence("{seen!r} is not a number of whole days", seen=every[:20]),
            "write it as 7d",
            field="every",
        )
    day, calls = pacing.busiest_day(pieces, waves=waves, every=int(days), callers=callers)
    return Pace(calls, day)


def looks_of_trial(*, looks: int, kind: Kind) -> Boundaries:
    """Return the critical z of every look of a trial."""
    _check_whole(looks, "looks", least=1, most=MOST_LOOKS)
    return Boundaries(kind.value, looks, boundaries(looks, kind))


def read_group(text: str, field: str) -> tuple[int, int]:
    """Read hits and total, as 60/300."""
    if (found := _GROUP.fullmatch(text)) is None:
        raise BadInput(
            Sentence("{seen!r} is not a count of a total", seen=text[:40]),
            "write it as 60/300",
            field=field,
        )
    hits, total = int(found[1]), int(found[2])
    if not 1 <= total <= MOST_PEOPLE:
        raise BadInput(
            Sentence("{seen!r} is a share of nobody, or of too many", seen=text[:40]),
            Sentence("write a total of 1 to {most:,}", most=MOST_PEOPLE),
            field=field,
        )
    if not 0 <= hits <= total:
        raise BadInput(
            Sentence("{hits} of {total} is not possible", hits=hits, total=total),
            Sentence("write 0 to {total} before the stroke", total=total),
            field=field,
        )
    return hits, total


def read_share(text: str, field: str) -> float:
    """Read a share as a fraction, as .3, 0,3 or 30%."""
    if (found := _SHARE.fullmatch(text.strip())) is None:
        raise BadInput(
            Sentence("{seen!r} is not a share", seen=text[:20]),
            "write it as .3 or as 30%",
            field=field,
        )
    # in decimals, so that 30% and .3 are one number
    digits = found[1].replace(",", ".")
    return float(Decimal(digits) / (100 if found[2] else 1))


def read_whole(text: str, field: str) -> int:
    """Read a whole number without a sign between its thousands, since 1.000 is one to some."""
    if _WHOLE.fullmatch(text.strip()) is None:
        raise BadInput(
            Sentence("{seen!r} is not a whole number", seen=text[:20]),
            "write it in digits, as 12",
            field=field,
        )
    return int(text)


def read_number(text: str, field: str) -> float:
    """Read a number with a point or a comma before its decimals.

    One as 1.500 is refused: it is fifteen hundred to some, and one and a half to others.
    """
    digits = text.strip()
    if _EITHER.fullmatch(digits):
        raise BadInput(
            Sentence("{seen!r} can be read in two ways", seen=digits),
            "write it without a sign between the thousands, as 1500, or as 1.5",
            field=field,
        )
    if _NUMBER.fullmatch(digits) is None:
        raise BadInput(
            Sentence("{seen!r} is not a number", seen=text[:20]),
            "write it in digits, as 0.3",
            field=field,
        )
    return float(digits.replace(",", "."))


def read_length(text: str, field: str, *, least: float = 1e-6) -> float:
    """Read a length of time as seconds, as 180s, 3.5m, 3,5m, 2h or 7d."""
    if (found := _LENGTH.fullmatch(text.strip())) is None:
        raise BadInput(
            Sentence("{seen!r} is not a length of time", seen=text[:20]),
            "write it as 180s, 30m, 2h or 7d",
            field=field,
        )
    seconds = float(found[1].replace(",", ".")) * _SECONDS[found[2]]
    if not least <= seconds <= LONGEST_DAYS * DAY:
        raise BadInput(
            Sentence("{seen!r} is too short or too long", seen=text[:20]),
            Sentence("write more than nothing, and at most {days}d", days=LONGEST_DAYS),
            field=field,
        )
    return seconds


def _check_share(share: float, field: str) -> None:
    if not 0 <= share <= 1:
        raise BadInput(
            Sentence("{seen} is not a share", seen=share),
            "write a number from 0 to 1, as .3 for 30 %",
            field=field,
        )


def _check_power(power: float) -> None:
    if not sample_size.ALPHA < power < 1:
        raise BadInput(
            Sentence("{seen} is not a power", seen=power),
            "write a number between .05 and 1, as .8",
            field="power",
        )


def _check_whole(number: int, field: str, *, least: int, most: int) -> None:
    if not least <= number <= most:
        raise BadInput(
            Sentence("{seen} is too few or too many", seen=str(number)[:40]),
            Sentence("write {least} to {most:,}", least=least, most=most),
            field=field,
        )


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return float(f"{value:.12g}")
        case list():
            return [_rounded(each) for each in value]
        case _:
            return value
