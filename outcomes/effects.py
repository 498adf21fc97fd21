"""Whether a campaign helped, by intention to treat, against people whom the draw left out.

The control is the hold-out; where there is none, the people whom the limit left out, who were drawn by lot too; where
there are none either, the waves that were still to go. Without any of them nothing is claimed: then only the share is
known that would have had to respond anyway.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from campaigns.looking_back.what_it_came_to import CameTo, what_it_came_to
from campaigns.planning.lifecycle import StoredCampaign, find
from installation.installation import Installation
from methods.clusters import Cluster, design_effect, redrawn_clusters
from methods.intervals import wilson
from methods.proportion_tests import holm, sample_ratio_test
from methods.stratified import adjusted_difference, redrawn_in_strata, together
from outcomes.effect_counts import Draw, Group, clusters, days, groups, matched, others
from outcomes.effect_design import Design, design, last_day_apart
from outcomes.effect_parts import (
    OfSubgroup,
    PerReached,
    Price,
    Wait,
    exposed,
    of_subgroups,
    per_reached,
    price,
    waiting,
)
from outcomes.funnel_counts import Span
from outcomes.funnels import ledger_removed_on
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import OutcomeKind

ALARM = 0.001
"""Groups that are less likely than this under the shares of the draw are not as they were drawn."""
DIGITS = 6
DRAWS = 20_000
"""New draws where people were drawn together, for which no exact chance is known."""


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

    @property
    def fractions(self) -> tuple[float, float, float]:
        """The difference and its interval as fractions."""
        return self.difference / 100, self.low / 100, self.high / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OfOutcome:
    """One outcome in every group, and the differences from the control."""

    kind: str
    control: Share | None
    arms: tuple[Share, ...]
    differences: tuple[Difference, ...]

    @property
    def known(self) -> bool:
        """Whether anybody in any group has it."""
        return any(each.hits for each in (self.control, *self.arms) if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect of a campaign, as it is known of one day."""

    campaign: str
    title: str
    first_date: str
    as_of: str
    counted_until: str  # earlier than as_of where the control are waves that have gone since
    outcome: str  # the one that the verdict is about
    verdict: Verdict
    why: Why | None
    control: str | None  # hold-out, limit or later-waves
    registered: dict[str, Any] | None  # the pre-registration that was signed
    look: int | None  # which of the planned looks it is; None: it was not planned
    z: float  # the critical value of this look, to which the intervals of differences belong
    deviations: tuple[str, ...]  # from what was signed
    assignment_hash: str | None
    seed: int | None
    matched: int  # people whom the audience matched, before anybody was left out or drawn
    approved_hash: (
        str | None
    )  # over the audience with everybody's arm, from before anything went out
    sample_ratio_p: float | None
    outcomes: tuple[OfOutcome, ...]
    per_reached: tuple[PerReached, ...]
    subgroups: tuple[OfSubgroup, ...]
    waits: tuple[Wait, ...]
    other_campaigns: dict[str, int]  # people of each group to whom another one sent something
    price: Price | None

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
    outcome: OutcomeKind | None = None,
) -> Effect:
    """Return the effect of a campaign as it is known of a day.

    The verdict is about the outcome that was registered, unless another is asked for.

    Raises:
        BadInput: There is no such campaign, or the day lies before it or after today.
    """
    with installation.store.reading() as connection:
        row = find(connection, name)
        check_day(as_of, row.first_date, today=local_date(now))
        removed = ledger_removed_on(connection, row.id)
        rules = design(row, as_of=as_of, outcome=outcome)
        counted = _counted(connection, row, as_of, rules)
    found = _effect(row, counted, rules, as_of=as_of, removed=bool(removed))
    if found.verdict is not Verdict.MORE or "lines" not in (row.signed_plan or {}):
        return found
    return _priced(found, counted, what_it_came_to(installation, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """Counts of every group at the end of one day."""

    until: date
    matched: int
    drawn: list[Group]
    others: Mapping[int | None, int]
    first: Mapping[int | None, Counter[date]]
    clusters: Mapping[OutcomeKind, Mapping[int | None, list[Cluster]]]

    @property
    def control(self) -> Group | None:
        """The hold-out, else the people beyond the limit, else the later waves."""
        held = (each for each in self.drawn if each.hold_out and each.people)
        left_out = (each for each in self.drawn if not each.share and not each.hold_out)
        return next(held, None) or next(left_out, None)

    @property
    def arms(self) -> list[Group]:
        """The arms that something was sent to."""
        return [each for each in self.drawn if not each.hold_out and each.share]


def _counted(connection: Connection, row: StoredCampaign, as_of: date, rules: Design) -> _Counted:
    draw = _draw(row, as_of)
    found = groups(connection, draw)
    by_lot = any(each.people and (each.hold_out or not each.share) for each in found)
    if not by_lot and (day := last_day_apart(connection, row.id, as_of)) is not None:
        draw = _draw(row, day, later=day)
        found = groups(connection, draw)
    return _Counted(
        until=local_date(draw.span.now),
        matched=matched(connection, row.id),
        drawn=found,
        others=others(connection, draw),
        first=days(connection, draw, rules.outcome),
        clusters={kind: clusters(connection, draw, kind) for kind in OutcomeKind},
    )


def _draw(row: StoredCampaign, day: date, *, later: date | None = None) -> Draw:
    until = datetime.combine(day + timedelta(days=1), time(), LOCAL)
    span = Span(row.id, row.first_date, until - timedelta(microseconds=1))
    return Draw(span=span, until=until, later=later)


def check_day(as_of: date, first: date, *, today: date) -> None:
    """Refuse a day before the campaign's first date or after today.

    Raises:
        BadInput: It is such a day.
    """
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
    row: StoredCampaign, counted: _Counted, rules: Design, *, as_of: date, removed: bool
) -> Effect:
    control, arms = counted.control, counted.arms
    kinds = (rules.outcome, *(each for each in OutcomeKind if each is not rules.outcome))
    seed = int(row.spec.get("seed") or 0)
    outcomes = tuple(_of_outcome(kind, counted, rules, seed) for kind in kinds)
    ratio = _sample_ratio([each for each in counted.drawn if each.share])
    why = _why_not(control, arms, ratio, removed=removed)
    by_arm = {each.arm: each for each in outcomes[0].differences}
    pairs = [(arm, control, by_arm[arm.name]) for arm in arms if control and arm.name in by_arm]
    until = counted.until
    waits = (
        waiting(each, counted.first.get(each.key, Counter()), since=row.first_date, until=until)
        for each in counted.drawn
    )
    return Effect(
        campaign=row.name,
        title=row.title,
        first_date=row.first_date.isoformat(),
        as_of=as_of.isoformat(),
        counted_until=until.isoformat(),
        outcome=rules.outcome.value,
        verdict=Verdict.CANNOT_BE_SAID if why else _verdict(outcomes[0].differences, rules.level),
        why=why,
        control=control.name if control else None,
        registered=rules.registered.as_data() if rules.registered else None,
        look=rules.look,
        z=rules.z,
        deviations=tuple(each.value for each in rules.deviations),
        assignment_hash=(row.signed_plan or {}).get("assignment_hash"),
        seed=row.spec.get("seed"),
        matched=counted.matched,
        approved_hash=row.approved_hash,
        sample_ratio_p=ratio,
        outcomes=outcomes,
        per_reached=tuple(
            found
            for arm, other, each in pairs
            if (found := per_reached(arm, other, each.fractions)) is not None
        ),
        subgroups=tuple(
            found
            for arm, other, _ in pairs
            for found in of_subgroups(
                arm,
                other,
                rules.outcome,
                strata=list(rules.strata),
                wanted=rules.registered.subgroups if rules.registered else (),
            )
        ),
        waits=tuple(each for each in waits if each is not None),
        other_campaigns=exposed(counted.drawn, counted.others),
        price=None,
    )


def _priced(found: Effect, counted: _Counted, came_to: CameTo | None) -> Effect:
    """Add what one more person helped came to, where an effect was shown."""
    best = found.best
    if came_to is None or best is None:
        return found
    arm = next(each for each in counted.arms if each.name == best.arm)
    return replace(found, price=price(arm, best.fractions, came_to))


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


def _of_outcome(kind: OutcomeKind, counted: _Counted, rules: Design, seed: int) -> OfOutcome:
    control, arms = counted.control, counted.arms
    compared = [each for each in arms if each.people] if control else []
    pairs = [_Pair(control, each, kind, counted.clusters[kind]) for each in compared if control]
    chances = [each.chance(seed) for each in pairs]
    return OfOutcome(
        kind=kind.value,
        control=_share_of(control, kind) if control else None,
        arms=tuple(_share_of(each, kind) for each in arms),
        differences=tuple(
            _difference(pair.arm.name, pair.interval(rules.z), chance, better)
            for pair, chance, better in zip(pairs, chances, holm(chances), strict=True)
        ),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """An arm and its control, for one outcome."""

    control: Group
    arm: Group
    kind: OutcomeKind
    clusters: Mapping[int | None, list[Cluster]]

    def tables(self) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Return the hits and people of both groups, by stratum."""
        strata = sorted({*self.control.cells, *self.arm.cells})
        return [
            (self.control.cell(each, self.kind), self.arm.cell(each, self.kind)) for each in strata
        ]

    def interval(self, z: float) -> tuple[float, float, float]:
        """Return the difference with its interval, wider where people were drawn together."""
        before, after = self._wider(self.control), self._wider(self.arm)
        difference, low, high = adjusted_difference(together(self.tables()), z)
        if max(before, after) == 1:
            return difference, low, high
        effective = [
            ((b / before, many_b / before), (a / after, many_a / after))
            for (b, many_b), (a, many_a) in together(self.tables())
        ]
        middle, low, high = adjusted_difference(effective, z)
        return difference, difference + low - middle, difference + high - middle

    def _wider(self, group: Group) -> float:
        """Return the design effect of a group."""
        return design_effect(Counter((people, hits) for _, people, hits in self._all(group)))

    def _all(self, group: Group) -> list[Cluster]:
        """Return every cluster of a group, or nothing where all were drawn alone."""
        shared = self.clusters.get(group.key, [])
        if not shared:
            return []
        alone = [*shared]
        for stratum, cell in group.cells.items():
            inside = [each for each in shared if each[0] == stratum]
            hits = cell.hits[self.kind] - sum(each[2] for each in inside)
            people = cell.people - sum(each[1] for each in inside)
            alone += [(stratum, 1, 1)] * hits + [(stratum, 1, 0)] * (people - hits)
        return alone

    def chance(self, seed: int) -> float:
        """Return the p-value of the draw, of whole clusters where people were drawn together."""
        keys = (self.control.key, self.arm.key)
        if not any(self.clusters.get(key) for key in keys):
            return redrawn_in_strata(self.tables())
        before, after = (
            self._all(each) or _alone(each, self.kind) for each in (self.control, self.arm)
        )
        return redrawn_clusters(before, after, draws=DRAWS, seed=seed)


def _alone(group: Group, kind: OutcomeKind) -> list[Cluster]:
    return [
        (stratum, 1, int(at < cell.hits[kind]))
        for stratum, cell in group.cells.items()
        for at in range(cell.people)
    ]


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
    arm: str, found: tuple[float, float, float], p_value: float, corrected: float
) -> Difference:
    difference, low, high = found
    return Difference(
        arm=arm,
        difference=100 * difference,
        low=100 * low,
        high=100 * high,
        p_value=p_value,
        p_corrected=corrected,
    )


def _verdict(differences: Sequence[Difference], level: float) -> Verdict:
    """Return what is shown: the test and the interval must both say so."""
    sure = [each for each in differences if each.p_corrected < level]
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
