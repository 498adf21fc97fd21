"""Whether a campaign helped, by intention to treat, against people whom the draw left out.

The control is the hold-out; where there is none, the people whom the limit left out, who were drawn by lot too.
Where there is neither, nothing is claimed: then only the share is known that would have had to respond anyway.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from campaigns.planning.lifecycle import StoredCampaign, find
from installation.installation import Installation
from methods.intervals import newcombe, wilson
from methods.proportion_tests import holm, sample_ratio_test
from methods.randomisation_inference import redrawn
from outcomes.effect_counts import Group, groups
from outcomes.funnel_counts import Span
from outcomes.funnels import ledger_removed_on
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import OutcomeKind

LEVEL = 0.05
ALARM = 0.001
"""Groups that are less likely than this under the shares of the draw are not as they were drawn."""
DIGITS = 6


class Verdict(StrEnum):
    """Verdict on the effect of a campaign."""

    MORE = "more"
    FEWER = "fewer"
    NOT_SHOWN = "not_shown"
    CANNOT_BE_SAID = "cannot_be_said"


class Why(StrEnum):
    """Why nothing can be said."""

    NO_CONTROL = "no_control"
    LEDGER_REMOVED = "ledger_removed"
    SAMPLE_RATIO = "sample_ratio"
    NOBODY_REACHED = "nobody_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of a group's people had an outcome, with Wilson's 95 % interval."""

    group: str
    people: int
    reached: int
    hits: int
    share: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An arm against its control, in percentage points, with Newcombe's 95 % interval."""

    arm: str
    difference: float
    low: float
    high: float
    p_value: float  # by randomisation inference
    p_corrected: float  # for several arms, by Holm


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOutcome:
    """One outcome in every group, and the differences from the control."""

    kind: str
    control: Share | None
    arms: tuple[Share, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of a campaign, as it is known of one day."""

    campaign: str
    title: str
    first_date: str
    as_of: str
    outcome: str  # the one that the verdict is about
    verdict: Verdict
    why: Why | None
    control: str | None  # hold-out or limit
    seed: int | None
    approved_hash: (
        str | None
    )  # over the audience with everybody's arm, from before anything went out
    sample_ratio_p: float | None
    outcomes: tuple[OfOutcome, ...]

    @property
    def main(self) -> OfOutcome:
        """The outcome that the verdict is about."""
        return next(each for each in self.outcomes if each.kind == self.outcome)

    @property
    def best(self) -> Difference | None:
        """The difference that the top sentence reports, the one least likely by chance."""
        return min(self.main.differences, key=lambda each: each.p_corrected, default=None)

    @property
    def break_even(self) -> Share | None:
        """The share that must have responded anyway for the effect to be nought."""
        return _share("all", self._treated) if self.why is Why.NO_CONTROL else None

    @property
    def _treated(self) -> tuple[int, int, int]:
        arms = self.main.arms
        return (
            sum(each.people for each in arms),
            sum(each.reached for each in arms),
            sum(each.hits for each in arms),
        )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, rounded so that every machine gives the same bytes."""
        even = self.break_even
        data = {**asdict(self), "break_even": asdict(even) if even else None}
        return {name: _rounded(value) for name, value in data.items()}


def effect(
    installation: Installation,
    name: str,
    *,
    as_of: date,
    now: datetime,
    outcome: OutcomeKind = OutcomeKind.FILED,
) -> Effect:
    """Return the effect of a campaign as it is known of a day.

    Raises:
        BadInput: There is no such campaign, or the day lies before it or after today.
    """
    with installation.store.reading() as connection:
        row = find(connection, name)
        _check_day(as_of, row.first_date, today=local_date(now))
        until = datetime.combine(as_of + timedelta(days=1), time(), LOCAL)
        span = Span(row.id, row.first_date, until - timedelta(microseconds=1))
        removed = ledger_removed_on(connection, row.id)
        drawn = groups(connection, span, until=until)
    return _effect(row, drawn, as_of=as_of, outcome=outcome, removed=bool(removed))


def _check_day(as_of: date, first: date, *, today: date) -> None:
    if as_of < first:
        raise BadInput(
            Sentence("{day} is before the campaign's first date", day=as_of),
            Sentence("write {first} or later", first=first),
            field="as_of",
        )
    if as_of > today:
        raise BadInput(
            Sentence("{day} is still to come", day=as_of),
            Sentence("write {today} or earlier", today=today),
            field="as_of",
        )


def _effect(
    row: StoredCampaign, drawn: Sequence[Group], *, as_of: date, outcome: OutcomeKind, removed: bool
) -> Effect:
    control = _control(drawn)
    arms = [each for each in drawn if not each.hold_out and each.share]
    kinds = (outcome, *(each for each in OutcomeKind if each is not outcome))
    outcomes = tuple(_of_outcome(kind, control, arms) for kind in kinds)
    ratio = _sample_ratio([each for each in drawn if each.share])
    why = _why_not(control, arms, ratio, removed=removed)
    return Effect(
        campaign=row.name,
        title=row.title,
        first_date=row.first_date.isoformat(),
        as_of=as_of.isoformat(),
        outcome=outcome.value,
        verdict=Verdict.CANNOT_BE_SAID if why else _verdict(outcomes[0].differences),
        why=why,
        control=control.name if control else None,
        seed=row.spec.get("seed"),
        approved_hash=row.approved_hash,
        sample_ratio_p=ratio,
        outcomes=outcomes,
    )


def _control(drawn: Sequence[Group]) -> Group | None:
    """Return the hold-out, or else the people beyond the limit, or None where there are neither."""
    held = next((each for each in drawn if each.hold_out and each.people), None)
    beyond = next((each for each in drawn if not each.share and not each.hold_out), None)
    return held or beyond


def _why_not(
    control: Group | None, arms: Sequence[Group], ratio: float | None, *, removed: bool
) -> Why | None:
    if removed:
        return Why.LEDGER_REMOVED
    if not any(each.reached for each in arms):
        return Why.NOBODY_REACHED
    if control is None:
        return Why.NO_CONTROL
    if ratio is not None and ratio < ALARM:
        return Why.SAMPLE_RATIO
    return None


def _sample_ratio(drawn: Sequence[Group]) -> float | None:
    """Return how likely groups of these sizes are under the shares that were meant."""
    if len(drawn) < 2 or not sum(each.people for each in drawn):  # noqa: PLR2004  one group has no ratio
        return None
    return sample_ratio_test([each.people for each in drawn], [each.share for each in drawn])


def _of_outcome(kind: OutcomeKind, control: Group | None, arms: Sequence[Group]) -> OfOutcome:
    compared = [each for each in arms if each.people] if control else []
    pairs = [(_pair(control, kind), _pair(each, kind)) for each in compared if control]
    chances = [redrawn(before, after) for before, after in pairs]
    corrected = holm(chances)
    return OfOutcome(
        kind=kind.value,
        control=_share_of(control, kind) if control else None,
        arms=tuple(_share_of(each, kind) for each in arms),
        differences=tuple(
            _difference(arm.name, *pair, chance, better)
            for arm, pair, chance, better in zip(compared, pairs, chances, corrected, strict=True)
        ),
    )


def _pair(group: Group, kind: OutcomeKind) -> tuple[int, int]:
    return group.hits[kind], group.people


def _share_of(group: Group, kind: OutcomeKind) -> Share:
    return _share(group.name, (group.people, group.reached, group.hits[kind]))


def _share(name: str, counts: tuple[int, int, int]) -> Share:
    people, reached, hits = counts
    low, high = wilson(hits, people)
    share = hits / people if people else None
    return Share(
        group=name, people=people, reached=reached, hits=hits, share=share, low=low, high=high
    )


def _difference(
    arm: str, before: tuple[int, int], after: tuple[int, int], p_value: float, corrected: float
) -> Difference:
    low, high = newcombe(*after, *before)
    return Difference(
        arm=arm,
        difference=100 * (after[0] / after[1] - before[0] / before[1]),
        low=100 * low,
        high=100 * high,
        p_value=p_value,
        p_corrected=corrected,
    )


def _verdict(differences: Sequence[Difference]) -> Verdict:
    """Return what is shown: the test and the interval must both say so."""
    sure = [each for each in differences if each.p_corrected < LEVEL]
    if any(each.low > 0 for each in sure):
        return Verdict.MORE
    if any(each.high < 0 for each in sure):
        return Verdict.FEWER
    return Verdict.NOT_SHOWN


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, DIGITS)
        case dict():
            return {name: _rounded(each) for name, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
        case _:
            return value
