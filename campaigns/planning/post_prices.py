"""Cost of planned post at the print shop and in the mail, and the days on which it goes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from campaigns.planning.campaign_checks import Checked
from campaigns.planning.cost_parts import CostPart, added_up, fewest, parts_of_a_run
from campaigns.planning.pieces_abroad import (
    Abroad,
    Ways,
    counted,
    in_words,
    kept_at_least,
    seeds_abroad,
    together,
    ways,
    without_price,
)
from campaigns.touches.campaign_parts import StepFile
from campaigns.touches.postponing import judge_moment
from campaigns.touches.shop_days import (
    Days,
    Load,
    day_begins,
    most_of_a_day,
    pieces_taken,
    planned_loads,
    seeds_of_a_run,
    spread,
)
from channels.shops import Paper, Shop, paper_of
from installation.installation import Installation
from store.clock import local_date
from store.sentences import Sentence, joined
from suppression.verdicts import Allowed


@dataclass(frozen=True, slots=True)
class Wanted:
    """The post that one step of one wave wants to send."""

    step: StepFile
    on: date
    pieces: int
    abroad: Abroad = field(default_factory=dict)  # of the pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The days on which post goes, and its cost."""

    days: Days = ()
    cost: Decimal | None = None  # euros; None: the step's own price holds
    explanation: str = ""  # how it is counted, in one line
    warning: str = ""
    parts: tuple[CostPart, ...] = ()  # of the cost, at least and at most


NO_BILL = Bill()


def bills(
    installation: Installation, connection: Connection, checked: Checked, wanted: Sequence[Wanted]
) -> list[Bill]:
    """Return the days and cost of each item of post. Without a print shop neither is known.

    Raises:
        BadInput: something does not fit in the shop's days.
    """
    if installation.shop is None:
        return [_no_bill(each) for each in wanted]
    seeds, far = seeds_of_a_run(connection), seeds_abroad(connection)
    days = _days(installation, connection, checked, wanted, shop=installation.shop, seeds=seeds)
    return [
        _bill(
            installation.shop,
            checked,
            each,
            days=its_days,
            seeds=seeds,
            far=far,
            run=installation.channels[each.step.channel].batch_size,
        )
        for each, its_days in zip(wanted, days, strict=True)
    ]


def _no_bill(wanted: Wanted) -> Bill:
    """Return the bill where no shop is known, with a note about what goes abroad at the same price."""
    if not wanted.abroad:
        return NO_BILL
    warning = Sentence(
        "{pieces:,} x {template} go abroad ({countries}): the price in the file counts for them too, so look"
        " whether it covers their postage",
        pieces=sum(wanted.abroad.values()),
        template=wanted.step.template,
        countries=counted(wanted.abroad),
    )
    return Bill(warning=warning)


def _days(
    installation: Installation,
    connection: Connection,
    checked: Checked,
    wanted: Sequence[Wanted],
    *,
    shop: Shop,
    seeds: int,
) -> list[Days]:
    now, campaign = checked.brief.now, checked.campaign
    today = local_date(now)

    def goes(channel: str, day: date) -> bool:
        moment = now if day == today else day_begins(day)
        return (
            judge_moment(installation.policy, shop, campaign, channel=channel, at=moment)
            == Allowed()
        )

    ours = [
        Load(
            max(each.on, today),
            each.pieces,
            lambda day, channel=each.step.channel: goes(channel, day),  # type: ignore[misc]
        )
        for each in wanted
    ]
    most = most_of_a_day(shop, seeds)
    if most is None:
        return spread(ours, None)
    loads = [*planned_loads(connection, shop, today), *ours]
    used = {today: pieces_taken(connection, today, seeds)}
    return spread(loads, most, used, smallest=shop.calendar.smallest)[-len(ours) :]


def _bill(
    shop: Shop,
    checked: Checked,
    wanted: Wanted,
    *,
    days: Days,
    seeds: int,
    far: Abroad,
    run: int,
) -> Bill:
    falls_out = checked.brief.policy.work.falls_out
    warning = _days_sentence(wanted, days, shop)
    if shop.prices is None:
        return Bill(days=days, warning=warning)
    paper = paper_of(checked.templates[wanted.step.template].layout)
    sizes = [size + seeds for _, pieces in days for size in _runs(pieces, run)]
    prices = [shop.price(paper, size) for size in sizes]
    postage = shop.postage(paper)
    if postage is None or None in prices:
        bare = Sentence(
            "{shop} has no price for {format}: what {template} costs is not known",
            shop=shop.name,
            format=paper.format,
            template=wanted.step.template,
        )
        return Bill(days=days, warning=joined(" ", filter(None, (bare, warning))))
    mail = {
        postage.sorted if size >= shop.prices.sorted_from else postage.unsorted for size in sizes
    }
    abroad = ways(shop, paper, together(wanted.abroad, far, len(sizes)), mail)
    if abroad is None:
        return Bill(
            days=days,
            warning=joined(" ", filter(None, (_unpriced(shop, paper, wanted, far), warning))),
        )
    cost = sum((price for price in prices if price is not None), abroad.extra)
    parts = _parts(shop, paper, wanted, days=days, seeds=seeds, run=run, falls_out=falls_out)
    if abroad.pieces:
        parts = abroad.parts(parts, _kept_abroad(wanted, abroad, falls_out))
    explanation = Sentence(
        "{template} ({format}): € {print:f} print + € {post} post up to {up_to} g a piece,"
        " {runs} x € {set_up:f} set-up",
        template=wanted.step.template,
        format=paper.format,
        print=shop.prices.print[paper.format],
        post=joined(" / ", (Sentence("{price:f}", price=price) for price in sorted(mail))),
        up_to=postage.up_to,
        runs=len(sizes),
        set_up=shop.prices.set_up,
    )
    if abroad.pieces:
        explanation = joined("; ", (explanation, in_words(shop, abroad)))
    if (left := _left_over(wanted, cost, shop)) is not None:
        warning = joined(" ", filter(None, (left, warning)))
    return Bill(days=days, cost=cost, explanation=explanation, warning=warning, parts=parts)


def _parts(
    shop: Shop,
    paper: Paper,
    wanted: Wanted,
    *,
    days: Days,
    seeds: int,
    run: int,
    falls_out: Decimal,
) -> tuple[CostPart, ...]:
    """Return the cost of each kind, where as many people fall out as the policy says, and where none do.

    At a step with a condition nobody may be left.
    """
    found: list[CostPart] = []
    for size in (size for _, pieces in days for size in _runs(pieces, run)):
        kept = fewest(size, falls_out) if wanted.step.condition == "always" else 1
        least = (kept + seeds) if kept else 0
        found.extend(parts_of_a_run(shop, paper, least=least, most=size + seeds))
    return added_up(found)


def _kept_abroad(wanted: Wanted, abroad: Ways, falls_out: Decimal) -> int:
    """Return how many pieces abroad surely go. At a step with a condition nobody may be left."""
    if wanted.step.condition != "always":
        return 0
    return kept_at_least(abroad.abroad, wanted.pieces - fewest(wanted.pieces, falls_out))


def _unpriced(shop: Shop, paper: Paper, wanted: Wanted, far: Abroad) -> Sentence:
    return Sentence(
        "{shop} has no price for post abroad ({countries}): what {template} costs is not known; add"
        " prices.abroad to its list",
        shop=shop.name,
        countries=without_price(shop, paper, together(wanted.abroad, far, 1)),
        template=wanted.step.template,
    )


def _left_over(wanted: Wanted, cost: Decimal, shop: Shop) -> str | None:
    """Return a sentence about a price in the campaign file that the shop's list overrules."""
    own = wanted.step.price * wanted.pieces
    if "price" not in wanted.step.model_fields_set or own == cost:
        return None
    return Sentence(
        "the price of {template} in the file (€ {price:f} a piece, € {own:,.2f}) is not what {shop}"
        " bills (€ {cost:,.2f}): its list counts, so remove the price",
        template=wanted.step.template,
        price=wanted.step.price,
        own=own,
        shop=shop.name,
        cost=cost,
    )


def _runs(pieces: int, most: int) -> list[int]:
    """Return the sizes of the print runs for the pieces of one day."""
    return [min(most, pieces - start) for start in range(0, pieces, most)]


def _days_sentence(wanted: Wanted, days: Days, shop: Shop) -> str:
    """Return a warning if not all pieces go on their own day, or an empty text."""
    if not days or (len(days) == 1 and days[0][0] == wanted.on):
        return ""
    if len(days) == 1:
        return Sentence(
            "{pieces:,} x {template} of {on} go on {first}: before that the print shop or the line"
            " is closed, or full",
            pieces=wanted.pieces,
            template=wanted.step.template,
            on=wanted.on,
            first=days[0][0],
        )
    return Sentence(
        "{pieces:,} x {template} of {on} go on {days} days, {first} to {last}: {shop} takes"
        " {most:,} pieces a day",
        pieces=wanted.pieces,
        template=wanted.step.template,
        on=wanted.on,
        days=len(days),
        first=days[0][0],
        last=days[-1][0],
        shop=shop.name,
        most=shop.calendar.daily_pieces or 0,
    )
