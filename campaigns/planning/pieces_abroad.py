"""Pieces that go abroad by country, and what their postage changes in the cost of a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlalchemy.orm import aliased

from campaigns.planning.arm_allocation import Slice
from campaigns.planning.cost_parts import CostKind, CostPart
from campaigns.planning.draft_tables import units
from channels.postage_abroad import HOME, group_of
from channels.shops import Paper, Shop
from store.sentences import Sentence, joined
from store.tables import Person, SeedAddress

Abroad = Mapping[str, int]
"""Pieces by country (ISO 3166-1 alpha-2), the Netherlands left out."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Postage of the pieces of one step that go abroad, beside that of the others."""

    abroad: Abroad
    prices: Mapping[str, Decimal]  # of one piece, in euros
    inland: tuple[Decimal, ...]  # postage of one piece that stays here, by the runs of the step

    @property
    def pieces(self) -> int:
        """How many go abroad."""
        return sum(self.abroad.values())

    @property
    def cost(self) -> Decimal:
        """Their postage in euros."""
        return sum((self.prices[at] * n for at, n in self.abroad.items()), Decimal(0))

    @property
    def extra(self) -> Decimal:
        """The most in euros that they cost beyond inland postage."""
        return self.cost - self.pieces * min(self.inland, default=Decimal(0))

    def parts(self, parts: Iterable[CostPart], kept: int) -> tuple[CostPart, ...]:
        """Return the parts of a cost with the postage abroad apart.

        Args:
            parts: The parts as if all stayed here.
            kept: How many of them surely go, where others fall out first.
        """
        surely = min(kept, self.pieces)
        dearest, cheapest = max(self.inland), min(self.inland)
        low = sum(sorted(self._each())[:surely], Decimal(0))
        return (
            *(
                replace(
                    part,
                    lowest=max(part.lowest - surely * dearest, Decimal(0)),
                    highest=part.highest - self.pieces * cheapest,
                )
                if part.kind == CostKind.POSTAGE
                else part
                for part in parts
            ),
            CostPart(CostKind.ABROAD, low, self.cost),
        )

    def _each(self) -> list[Decimal]:
        return [self.prices[at] for at, n in self.abroad.items() for _ in range(n)]


def ways(shop: Shop, paper: Paper, abroad: Abroad, inland: Iterable[Decimal]) -> Ways | None:
    """Return the postage of what goes abroad, or None where the shop's list lacks one of its countries."""
    prices = {at: shop.postage_abroad(paper, at) for at in abroad}
    known = {at: price for at, price in prices.items() if price is not None}
    return Ways(abroad, known, tuple(inland)) if len(known) == len(prices) else None


def without_price(shop: Shop, paper: Paper, abroad: Abroad) -> Sentence:
    """Return the countries of a step for which the shop's list has no postage, with their pieces."""
    missing = [at for at in abroad if shop.postage_abroad(paper, at) is None]
    return _counts((at, abroad[at]) for at in sorted(missing))


def in_words(shop: Shop, found: Ways) -> Sentence:
    """Return the pieces abroad by group of the price list: `Europe 3 x € 1.35, world 1 x € 1.70`."""
    groups = shop.prices.abroad if shop.prices else ()
    counted: dict[tuple[str, Decimal], int] = {}
    for at, number in sorted(found.abroad.items()):
        group = group_of(groups, at)
        key = (group.name if group else at, found.prices[at])
        counted[key] = counted.get(key, 0) + number
    each = (
        Sentence("{name} {pieces:,} x € {price:f}", name=name, pieces=pieces, price=price)
        for (name, price), pieces in counted.items()
    )
    return Sentence("abroad: {groups}", groups=joined(", ", each))


def counted(abroad: Abroad) -> Sentence:
    """Return the pieces by country: `BE 3, DE 1`."""
    return _counts(sorted(abroad.items()))


def _counts(pairs: Iterable[tuple[str, int]]) -> Sentence:
    each = (Sentence("{country} {pieces:,}", country=at, pieces=n) for at, n in pairs)
    return joined(", ", each)


def count_abroad(
    connection: Connection, piece: Slice, held: ColumnElement[bool] | None, *, to_guardian: bool
) -> dict[str, int]:
    """Count the people of a slice by the country that their piece goes to.

    Args:
        connection: An open connection with the draft in its temporary tables.
        piece: The slice.
        held: Who falls out; None: nobody.
        to_guardian: Whether the guardian of whoever has one is written to.
    """
    guardian = aliased(Person)
    country = func.coalesce(guardian.country, Person.country) if to_guardian else Person.country
    joined_up = units.join(Person.__table__, Person.id == units.c.person_id)
    if to_guardian:
        joined_up = joined_up.outerjoin(guardian, guardian.person_ref == Person.guardian_ref)
    goes = units.c.rank.between(piece.first, piece.last)
    statement = (
        select(country, func.count())
        .select_from(joined_up)
        .where(and_(goes, country != HOME, *(() if held is None else (~held,))))
        .group_by(country)
    )
    return dict(connection.execute(statement).all())


def seeds_abroad(connection: Connection) -> dict[str, int]:
    """Count the pieces to ourselves that every run carries abroad, by country."""
    statement = (
        select(SeedAddress.country, func.count())
        .where(SeedAddress.active, SeedAddress.country != HOME)
        .group_by(SeedAddress.country)
    )
    return dict(connection.execute(statement).all())


def together(abroad: Abroad, seeds: Abroad, runs: int) -> dict[str, int]:
    """Return the pieces abroad of all runs of a step, those to ourselves included."""
    found = dict(abroad)
    for at, number in seeds.items():
        found[at] = found.get(at, 0) + number * runs
    return found


def kept_at_least(abroad: Abroad, falls_out: int) -> int:
    """Return how many pieces abroad surely go where so many people fall out, all of them abroad at worst."""
    return max(0, sum(abroad.values()) - falls_out)
