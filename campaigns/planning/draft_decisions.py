"""Draft a campaign's decisions in temporary tables, with a few set-based queries.

A plan only reads these, and a submission copies them into `decisions`. Both come from the same
statements, so what was planned is what is submitted.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Select,
    Table,
    and_,
    case,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    update,
)

from campaigns.audience_language.seeded_draws import PRIME, Draw
from campaigns.audience_language.where_clause import Audience
from campaigns.planning.arm_allocation import Slice, Split
from campaigns.planning.cap_deviations import rules_passed
from campaigns.planning.draft_tables import drafts, judged, sharing, units
from campaigns.planning.number_clusters import clusters_as_rows, number_clusters
from campaigns.touches.campaign_files import CampaignFile
from store.tables import Person
from suppression.households import lives_apart
from suppression.judging import first_reason, mask
from suppression.occasions import Occasion
from suppression.policies import Policy
from suppression.reasons import Reason, bits

UNREACHED = (
    Reason.NO_POSTAL_ADDRESS,
    Reason.UNKNOWN_RESIDENCE,
    Reason.ADDRESS_UNDER_INVESTIGATION,
    Reason.NO_USABLE_NUMBER,
    Reason.NUMBER_SHARED,
    Reason.NO_CONSENT,
)
"""Reasons that bar one channel. Whoever has any other is left out of the arm, whichever channel it takes."""


def held_for(occasion: Occasion, instead: Occasion | None) -> ColumnElement[int]:
    """Return the reasons against an arm whose first step has another channel for whom it cannot reach."""
    own = mask(occasion)
    if instead is None:
        return own
    other, few = mask(instead), literal(bits(UNREACHED), BigInteger)
    bars_every_channel = own - own.bitwise_and(few)
    return case((own == 0, 0), (bars_every_channel != 0, bars_every_channel), else_=other)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The input of a draft."""

    campaign: CampaignFile
    audience: Audience
    occasions: tuple[Occasion, ...]
    by_phone: tuple[Occasion, ...]  # of every step that texts or calls
    today: date
    now: datetime
    strata: tuple[ColumnElement[bool], ...] = ()  # the conditions of trial.strata
    # of each arm's other channel, for whom its first cannot reach; None: it has none
    instead: tuple[Occasion | None, ...] = ()

    def held(self, at: int) -> ColumnElement[int]:
        """Return the reasons against one of the treated arms, over `Person`."""
        return held_for(self.occasions[at], self.instead[at] if self.instead else None)

    def whose(self, arm: int, step: int) -> ColumnElement[bool] | None:
        """Return who gets a step of an arm, over `Person`, or None where everybody of the arm does."""
        steps = self.campaign.arms[arm].steps
        if not any(each.instead for each in steps) or step > 1:
            return None
        treated = sum(not each.hold_out for each in self.campaign.arms[:arm])
        reached = mask(self.occasions[treated]) == 0
        return ~reached if step else reached

    @property
    def policy(self) -> Policy:
        """The policy of this installation."""
        return self.occasions[0].policy


def draft(connection: Connection, brief: Brief) -> None:
    """Judge the audience and draw the households into temporary tables of this connection."""
    drafts.drop_all(connection)
    drafts.create_all(connection)
    connection.execute(insert(judged).from_select(list(judged.c.keys()), _judge(brief)))
    _analyse(connection, judged)
    shared = _join_numbers(connection, brief)
    connection.execute(insert(units).from_select(list(units.c.keys()), _draw(brief, shared=shared)))
    _analyse(connection, units)


def _join_numbers(connection: Connection, brief: Brief) -> bool:
    """Draw one of those who share a number, or keep them together in every draw.

    Return whether anybody shares one.
    """
    rows = clusters_as_rows(number_clusters(connection, judged, brief.by_phone))
    if not rows:
        return False
    connection.execute(insert(sharing), rows)
    ours = sharing.c.unit == judged.c.home
    values = {
        column: select(sharing.c[column.name if column is judged.c.cluster else "drawn"])
        .where(ours)
        .scalar_subquery()
        for column in (judged.c.unit, judged.c.cluster)
    }
    connection.execute(
        update(judged).where(judged.c.home.in_(select(sharing.c.unit))).values(values)
    )
    return True


def _analyse(connection: Connection, table: Table) -> None:
    """Update PostgreSQL's statistics of a temporary table, which autovacuum never does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name}")


def _judge(brief: Brief) -> Select[*tuple[Any, ...]]:
    key = Person.draw_key.expression
    household = Draw.of(brief.campaign.seed, "household")
    order = Draw.of(brief.campaign.seed, "order")
    held = brief.held(0)
    for at in range(1, len(brief.occasions)):
        # one person, one verdict: somebody who cannot get one of the treatments cannot be drawn for any
        held = held.bitwise_or(brief.held(at))
    return select(
        Person.id,
        held,
        Person.household_key,
        _unit(),
        _unit(),
        _unit(),
        household.sql(key),
        order.sql(key),
        _stratum(brief),
        rules_passed(brief.occasions, brief.now),
        Person.person_ref,
    ).where(brief.audience.condition)


def _stratum(brief: Brief) -> ColumnElement[int]:
    """Return the stratum of somebody, as a bit for each condition that holds."""
    stratum: ColumnElement[int] = literal(0, BigInteger)
    for bit, condition in enumerate(brief.strata):
        stratum = stratum + case((condition, 1 << bit), else_=0)
    return stratum


def _unit() -> ColumnElement[int]:
    """Return the unit that somebody is drawn with.

    It is the household, or the person alone if they have none or live apart from it.
    """
    return case((lives_apart(), -Person.id), else_=func.coalesce(Person.household_key, -Person.id))


def _draw(brief: Brief, *, shared: bool) -> Select[*tuple[Any, ...]]:
    if brief.strata:
        return _draw_in_strata(brief.campaign.seed)
    return _draw_households(shared=shared)


def _draw_in_strata(seed: int) -> Select[*tuple[Any, ...]]:
    """Rank the clusters so that every range of ranks holds its part of every stratum.

    Within a stratum the order is the random one. The n clusters of a stratum are spread over the whole order at
    (place - start) / n, where the start is a draw between 0 and 1, so that a stratum of one cluster falls
    anywhere. Source: W. G. Cochran, Sampling techniques (3rd edition, 1977), 8.11, stratified systematic sampling.
    """
    within = func.row_number().over(
        partition_by=judged.c.unit, order_by=(judged.c.place, judged.c.person_ref)
    )
    drawn = select(judged, within.label("nth")).where(judged.c.mask == 0).subquery()
    turn = (drawn.c.turn, drawn.c.person_ref)

    def of_first(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
        first = func.first_value(column).over(partition_by=drawn.c.cluster, order_by=turn)
        return first.label(name)

    first = (
        select(
            drawn,
            of_first(drawn.c.turn, "first_turn"),
            of_first(drawn.c.person_ref, "first_ref"),
            # a cluster in two strata counts in that of its first member
            of_first(drawn.c.stratum, "first_stratum"),
        )
        .where(drawn.c.nth == 1)
        .subquery()
    )
    turns = (first.c.first_turn, first.c.first_ref)
    placed = select(
        first,
        func.dense_rank()
        .over(partition_by=first.c.first_stratum, order_by=turns)
        .label("place_of"),
    ).subquery()
    most = func.max(placed.c.place_of).over(partition_by=placed.c.first_stratum)
    start = Draw.of(seed, "stratum").sql(placed.c.first_stratum) / literal(float(PRIME), Double)
    spread = select(placed, ((placed.c.place_of - start) / most).label("spread")).subquery()
    rank = func.row_number().over(
        order_by=(
            spread.c.spread,
            spread.c.first_turn,
            spread.c.first_ref,
            spread.c.turn,
            spread.c.person_ref,
        )
    )
    return select(
        spread.c.unit,
        spread.c.person_id,
        spread.c.home,
        spread.c.cluster,
        spread.c.first_stratum,
        rank,
    )


def _draw_households(*, shared: bool) -> Select[*tuple[Any, ...]]:
    within = func.row_number().over(
        partition_by=judged.c.unit, order_by=(judged.c.place, judged.c.person_ref)
    )
    drawn = select(judged, within.label("nth")).where(judged.c.mask == 0).subquery()
    if not shared:
        rank = func.row_number().over(order_by=(drawn.c.turn, drawn.c.person_ref))
        columns = (drawn.c.unit, drawn.c.person_id, drawn.c.home, drawn.c.cluster)
        return select(*columns, drawn.c.stratum, rank).where(drawn.c.nth == 1)
    first = (
        select(
            drawn,
            func.min(drawn.c.turn).over(partition_by=drawn.c.cluster).label("first_turn"),
            func.min(drawn.c.person_ref).over(partition_by=drawn.c.cluster).label("first_ref"),
        )
        .where(drawn.c.nth == 1)
        .subquery()
    )
    # a cluster takes its turn as a whole
    order = (first.c.first_turn, first.c.first_ref, first.c.turn, first.c.person_ref)
    rank = func.row_number().over(order_by=order)
    columns = (first.c.unit, first.c.person_id, first.c.home, first.c.cluster)
    return select(*columns, first.c.stratum, rank)


def cluster_ranks(connection: Connection) -> list[tuple[int, int]]:
    """Return the first and the last rank of each cluster of more than one drawn person."""
    if not _any_share(connection):
        return []
    low, high = func.min(units.c.rank), func.max(units.c.rank)
    shared = units.c.cluster.in_(select(sharing.c.cluster))
    query = select(low, high).where(shared).group_by(units.c.cluster).having(high > low)
    return [(first, last) for first, last in connection.execute(query)]


def count_same_number(connection: Connection) -> int:
    """Return how many people are left out because somebody with the same number was drawn."""
    if not _any_share(connection):
        return 0
    return connection.execute(
        select(func.count())
        .select_from(judged.join(units, units.c.unit == judged.c.unit))
        .where(judged.c.mask == 0, _by_number())
    ).scalar_one()


def _any_share(connection: Connection) -> bool:
    return connection.execute(select(sharing.c.unit).limit(1)).first() is not None


def _by_number() -> ColumnElement[bool]:
    return and_(units.c.person_id != judged.c.person_id, units.c.home != judged.c.home)


@dataclass(frozen=True, slots=True)
class MaskCount:
    """People with the same combination of reasons, as a number and one or two references."""

    count: int
    refs: tuple[str, ...]


def count_by_mask(connection: Connection) -> dict[int, MaskCount]:
    """Return how many people have each combination of reasons. 0 stands for none."""
    ref = judged.c.person_ref
    rows = connection.execute(
        select(judged.c.mask, func.count(), func.min(ref), func.max(ref)).group_by(judged.c.mask)
    )
    return {
        int(held): MaskCount(count, tuple(dict.fromkeys((low, high))))
        for held, count, low, high in rows
    }


def count_deviating(connection: Connection, divided: Split) -> dict[str, int]:
    """Return how many people are reached only because of each departure from a cap, by its name."""
    treated = tuple(piece for piece in divided.slices if not piece.hold_out)
    rows = connection.execute(
        select(judged.c.deviation, func.count())
        .join(units, units.c.person_id == judged.c.person_id)
        .where(judged.c.deviation.is_not(None), within(treated))
        .group_by(judged.c.deviation)
    )
    counts: Counter[str] = Counter()
    for names, people in rows:
        counts.update(dict.fromkeys(names.split(), people))
    return dict(counts)


def count_units(connection: Connection) -> int:
    """Return the number of households that can be reached."""
    return connection.execute(select(func.count()).select_from(units)).scalar_one()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionColumns:
    """The columns of a decision, over `draft_judged` joined with the drawn unit of its household."""

    person_id: ColumnElement[int]
    selected: ColumnElement[bool]
    reason: ColumnElement[str | None]
    reasons: ColumnElement[int]
    household_key: ColumnElement[int | None]
    arm: ColumnElement[int | None]
    wave: ColumnElement[int | None]
    deviation: ColumnElement[str | None]
    stratum: ColumnElement[int | None]
    cluster: ColumnElement[int | None]
    source: FromClause

    def all(self) -> tuple[ColumnElement[Any], ...]:
        """Return the columns in the ledger's order."""
        return (
            self.person_id,
            self.selected,
            self.reason,
            self.reasons,
            self.household_key,
            self.arm,
            self.wave,
            self.deviation,
            self.stratum,
            self.cluster,
        )


def decisions(
    split: Split, policy: Policy, *, arm_ids: tuple[int, ...], wave_ids: tuple[int, ...]
) -> DecisionColumns:
    """Return the decisions as columns.

    `arm_ids` and `wave_ids` are the ids of the file's arms and waves, in order.
    """
    drawn = and_(judged.c.mask == 0, units.c.person_id == judged.c.person_id)
    enrolled = units.c.rank <= split.enrolled
    held_out = within(split.hold_out)
    reason = case(
        (judged.c.mask != 0, first_reason(judged.c.mask, policy)),
        (_by_number(), Reason.SAME_NUMBER.value),
        (units.c.person_id != judged.c.person_id, Reason.HOUSEHOLD.value),
        (~enrolled, Reason.LIMIT.value),
        (held_out, Reason.HOLD_OUT.value),
        else_=null(),
    )
    drawn_bits = case(
        (judged.c.mask != 0, 0),
        (_by_number(), bits([Reason.SAME_NUMBER])),
        (units.c.person_id != judged.c.person_id, bits([Reason.HOUSEHOLD])),
        (~enrolled, bits([Reason.LIMIT])),
        (held_out, bits([Reason.HOLD_OUT])),
        else_=0,
    )
    selected = and_(drawn, enrolled, ~held_out)
    treated = [piece for piece in split.slices if not piece.hold_out]
    return DecisionColumns(
        person_id=judged.c.person_id,
        selected=case((selected, true()), else_=false()),
        reason=reason,
        reasons=judged.c.mask + drawn_bits,
        household_key=judged.c.household_key,
        arm=case((judged.c.mask != 0, null()), *_ids(split.slices, arm_ids, "arm"), else_=null()),
        wave=case((~selected, null()), *_ids(treated, wave_ids, "wave"), else_=null()),
        deviation=case((selected, judged.c.deviation), else_=null()),
        stratum=case((drawn, units.c.stratum), else_=null()),
        # only of those who were drawn together with others: alone, everybody is their own cluster
        cluster=case((and_(drawn, _is_shared()), units.c.cluster), else_=null()),
        source=judged.outerjoin(units, and_(units.c.unit == judged.c.unit, judged.c.mask == 0)),
    )


def _is_shared() -> ColumnElement[bool]:
    return units.c.cluster.in_(select(sharing.c.cluster))


def within(slices: tuple[Slice, ...]) -> ColumnElement[bool]:
    """Match the drawn units of slices."""
    return or_(false(), *(units.c.rank.between(piece.first, piece.last) for piece in slices))


def _ids(
    slices: Iterable[Slice], ids: tuple[int, ...], which: Literal["arm", "wave"]
) -> list[tuple[ColumnElement[bool], ColumnElement[int]]]:
    return [
        (
            units.c.rank.between(piece.first, piece.last),
            literal(ids[getattr(piece, which)], BigInteger),
        )
        for piece in slices
        if piece.first <= piece.last
    ]
