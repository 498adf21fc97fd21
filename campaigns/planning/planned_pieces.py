"""Count the pieces of a plan by arm, wave and step, with their pages and price."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from campaigns.planning.arm_allocation import Slice, Split
from campaigns.planning.campaign_checks import Checked
from campaigns.planning.cap_deviations import passes
from campaigns.planning.cost_parts import CostKind, CostPart, fewest
from campaigns.planning.draft_tables import units
from campaigns.planning.pieces_abroad import Abroad, count_abroad
from campaigns.planning.post_prices import NO_BILL, Bill, Wanted, bills
from campaigns.touches.campaign_parts import StepFile
from campaigns.touches.occasions import occasion
from campaigns.touches.sms_costs import TextWeight
from channels import KINDS
from installation.installation import Installation
from store.tables import Person
from suppression.judging import mask
from suppression.occasions import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """The messages of one step of one wave."""

    arm: str
    wave: int
    step: int  # from 1, within the arm
    on: date
    channel: str
    template: str
    pieces: int
    pages: int
    condition: str
    priced: bool  # whether the price is known
    cost: Decimal  # euros, when everybody is sent it; of texts in the language that takes the most segments
    parts: tuple[CostPart, ...]  # of the cost, at least and at most
    weights: tuple[TextWeight, ...] = ()  # of a text: what each language comes to
    bill: Bill = NO_BILL  # of post: when the print shop takes it, and what it asks


def planned_pieces(
    installation: Installation, connection: Connection, checked: Checked, divided: Split
) -> tuple[Pieces, ...]:
    """Return the messages of every step of every wave, with the days and costs of post."""
    campaign = checked.campaign
    lines: list[tuple[StepFile, Abroad, Pieces]] = []
    for piece in divided.slices:
        arm = campaign.arms[piece.arm]
        for at, step in enumerate(arm.steps):
            on = campaign.waves[piece.wave].date + timedelta(days=step.delay)
            blocked = _blocked(installation, checked, piece, at, on=on)
            held = 0 if blocked is None else _count(connection, piece, blocked)
            count = piece.size - held
            abroad = _abroad(connection, checked, step, piece, blocked=blocked) if count else {}
            # a letter may be printed on one side
            sheet = checked.templates[step.template].layout.get("card", {})
            pages = count * min(KINDS[step.channel].pages, sheet.get("sides", 2))
            weights = checked.weights.get(step, ())
            costs = [weight.cost for weight in weights] or [step.price]
            line = Pieces(
                arm=arm.name,
                wave=piece.wave + 1,
                step=at + 1,
                on=on,
                channel=step.channel,
                template=step.template,
                pieces=count,
                pages=pages,
                condition=step.condition,
                priced=_is_priced(step, costs),
                cost=max(costs) * count,
                parts=_own_parts(step, costs, count, checked.brief.policy.work.falls_out),
                weights=weights,
            )
            lines.append((step, abroad, line))
    return _billed(installation, connection, checked, lines)


def _billed(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    lines: Sequence[tuple[StepFile, Abroad, Pieces]],
) -> tuple[Pieces, ...]:
    """Add to each line of post the days on which it goes, and its price where the step gives none."""
    mailed = [KINDS[step.channel].reaches == "post" for step, _, _ in lines]
    wanted = [
        Wanted(step, line.on, line.pieces, abroad)
        for (step, abroad, line), by_post in zip(lines, mailed, strict=True)
        if by_post
    ]
    found = iter(bills(installation, connection, checked, wanted))
    return tuple(
        _with_bill(line, next(found)) if by_post else line
        for (_, _, line), by_post in zip(lines, mailed, strict=True)
    )


def _is_priced(step: StepFile, costs: Sequence[Decimal]) -> bool:
    """Return whether the campaign or the installation says what a message costs.

    Nought says nothing. A call costs the time of agents, and no money.
    """
    return KINDS[step.channel].reaches == "call" or min(costs) > 0


def _with_bill(line: Pieces, bill: Bill) -> Pieces:
    if bill.cost is None:
        return replace(line, bill=bill)
    return replace(line, bill=bill, priced=True, cost=bill.cost, parts=bill.parts)


def _own_parts(
    step: StepFile, costs: Sequence[Decimal], count: int, falls_out: Decimal
) -> tuple[CostPart, ...]:
    """Return the cost of messages at the price of the campaign file or of a text's segments."""
    reaches = KINDS[step.channel].reaches
    if reaches == "call" or not _is_priced(step, costs):
        return ()
    kind = CostKind.TEXTS if reaches == "text" else CostKind.PIECES
    return (CostPart(kind, min(costs) * fewest(count, falls_out), max(costs) * count),)


def count_passing(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    divided: Split,
    *,
    channel: str,
) -> int:
    """Count the messages on a channel that the body's cap would hold back, and that go all the same."""
    campaign, total = checked.campaign, 0
    for piece in divided.slices:
        steps = campaign.arms[piece.arm].steps
        for at, step in enumerate(steps):
            if step.channel != channel or not piece.size:
                continue
            on = campaign.waves[piece.wave].date + timedelta(days=step.delay)
            then = _occasion(installation, checked, step, on=on)
            near = step.delay - then.floors[channel].days
            earlier = sum(each.channel == channel and each.delay > near for each in steps[:at])
            held = passes(then, now=checked.brief.now, earlier=earlier)
            total += _count(connection, piece, held)
    return total


def _count(connection: Connection, piece: Slice, condition: ColumnElement[bool]) -> int:
    statement = (
        select(func.count())
        .select_from(units.join(Person.__table__, Person.id == units.c.person_id))
        .where(and_(units.c.rank.between(piece.first, piece.last), condition))
    )
    return connection.execute(statement).scalar_one()


def _blocked(
    installation: Installation, checked: Checked, piece: Slice, at: int, *, on: date
) -> ColumnElement[bool] | None:
    """Return who of a slice does not get a step, as known now, or None where everybody does."""
    step = checked.campaign.arms[piece.arm].steps[at]
    later = on != checked.campaign.waves[0].date
    whose = checked.brief.whose(piece.arm, at)
    without = [] if whose is None else [~whose]
    if piece.size and (later or (at and not step.instead)):
        without.append(mask(_occasion(installation, checked, step, on=on)) != 0)
    return or_(*without) if without else None


def _occasion(
    installation: Installation, checked: Checked, step: StepFile, *, on: date
) -> Occasion:
    brief = checked.brief
    return occasion(
        installation,
        checked.campaign,
        step,
        on=on,
        facts=brief.occasions[0].declared,
        asked=brief.audience.names,
        now=brief.now,
        template=checked.templates[step.template],
    )


def _abroad(
    connection: Connection,
    checked: Checked,
    step: StepFile,
    piece: Slice,
    *,
    blocked: ColumnElement[bool] | None,
) -> Abroad:
    """Count the pieces of a step of post that go to another country, as known now."""
    if KINDS[step.channel].reaches != "post":
        return {}
    to_guardian = checked.campaign.to_representative
    return count_abroad(connection, piece, blocked, to_guardian=to_guardian)
