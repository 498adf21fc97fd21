"""Clusters of people who share a telephone number, kept together in every draw.

Where a text does not say for whom it is, one person of those who share a number is drawn, as of a household.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Table, func, select

from campaigns.planning.arm_allocation import Slice, Split
from store.tables import PersonNumber
from suppression.occasions import Occasion
from suppression.usable_numbers import first_numbers, is_open, is_own


class _Groups:
    """Groups that are joined whenever they share something (union by path halving)."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}

    def find(self, one: int) -> int:
        """Return the smallest member of a group."""
        while (parent := self._parent.setdefault(one, one)) != one:
            self._parent[one] = self._parent[parent]
            one = self._parent[one]
        return one

    def join(self, members: Sequence[int]) -> None:
        """Make one group of all that these belong to."""
        for each in members[1:]:
            one, other = sorted((self.find(members[0]), self.find(each)))
            self._parent[other] = one

    def named(self) -> dict[int, int]:
        """Return the group of each member of a group of more than one."""
        return {one: self.find(one) for one in self._parent}


@dataclass(frozen=True, slots=True)
class Clusters:
    """The units that share a number with others, and to what they belong together.

    Attributes:
        drawn: The unit of which one is drawn, for each unit that a text without a name joins.
        kept: The cluster that the draws keep together, for each unit.
    """

    drawn: dict[int, int]
    kept: dict[int, int]


def number_clusters(
    connection: Connection, judged: Table, occasions: Iterable[Occasion]
) -> Clusters:
    """Return the clusters of those without a reason against them, for the occasions by telephone."""
    drawn, kept = _Groups(), _Groups()
    by_phone = {
        (each.reaches, each.one_a_number): each for each in occasions if each.reaches != "post"
    }
    for occasion in by_phone.values():
        for sharing in _sharing(connection, judged, occasion, first=False):
            kept.join(sharing)
        if occasion.one_a_number:
            for sharing in _sharing(connection, judged, occasion, first=True):
                drawn.join(sharing)
    return Clusters(drawn.named(), kept.named())


def _sharing(
    connection: Connection, judged: Table, occasion: Occasion, *, first: bool
) -> list[list[int]]:
    """Return the units that share each number, or that would be reached at it."""
    free = select(judged.c.person_id).where(judged.c.mask == 0)
    shared = (
        select(PersonNumber.e164)
        .where(PersonNumber.person_id.in_(free))
        .group_by(PersonNumber.e164)
        .having(func.count(PersonNumber.person_id.distinct()) > 1)
    )
    sharers = select(PersonNumber.person_id).where(
        PersonNumber.person_id.in_(free), PersonNumber.e164.in_(shared)
    )
    if first:
        numbers = first_numbers(occasion, PersonNumber.person_id.in_(sharers)).subquery()
    else:
        numbers = (
            select(PersonNumber.person_id, PersonNumber.e164)
            .where(
                PersonNumber.person_id.in_(sharers),
                PersonNumber.e164.in_(shared),
                is_open(occasion),
                is_own(occasion),
            )
            .subquery()
        )
    rows = connection.execute(
        select(numbers.c.e164, judged.c.unit)
        .join(judged, judged.c.person_id == numbers.c.person_id)
        .order_by(numbers.c.e164, judged.c.unit)
    )
    found: dict[str, list[int]] = defaultdict(list)
    for e164, unit in rows:
        found[e164].append(unit)
    return [units for units in found.values() if len(units) > 1]


def clusters_as_rows(clusters: Clusters) -> list[dict[str, int]]:
    """Return each unit in a cluster with the unit of which one is drawn, and its cluster."""
    together = _Groups()
    for of in (clusters.drawn, clusters.kept):
        for unit, group in of.items():
            together.join([unit, group])
    return [
        {"unit": unit, "drawn": clusters.drawn.get(unit, unit), "cluster": cluster}
        for unit, cluster in together.named().items()
    ]


def keep_together(divided: Split, clusters: Iterable[tuple[int, int]]) -> Split:
    """Return the split with no cluster parted by the end of a slice.

    A slice that would part one ends before it, so that the limit still holds.

    Args:
        divided: The split by numbers alone.
        clusters: The first and last rank of each cluster of more than one.
    """
    begins = {rank: first for first, last in clusters for rank in range(first, last)}
    slices: list[Slice] = []
    rank = 1
    for piece in divided.slices:
        last = max(begins[piece.last] - 1, rank - 1) if piece.last in begins else piece.last
        slices.append(replace(piece, first=rank, last=last))
        rank = last + 1
    return Split(rank - 1, tuple(slices))
