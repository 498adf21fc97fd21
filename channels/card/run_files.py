"""Division of a run into files of 1,000 to 2,500 pieces, cut between two postcodes."""

from collections.abc import Hashable, Sequence

FEWEST, MOST = 1_000, 2_500
"""Pieces in one file: fewer than the fewest only where the whole run has fewer."""


def cut(places: Sequence[Hashable], *, fewest: int = FEWEST, most: int = MOST) -> list[range]:
    """Return the files of a run, each as the range of its pieces, counted from 0.

    A file ends where the postcode changes, as late as it can. Only where a postcode has so many
    pieces that no change is within reach it ends inside that postcode. A remainder of less than the
    fewest is never left over.

    A file ends where the postcode changes, as late as it can; only where a postcode has so many pieces that no change
    is within reach it ends inside that postcode. What would be left over as less than the fewest is never left over.

    Args:
        places: By piece, in the order of the run: what changes where a file may end, such as country and postcode.
        fewest: Pieces in one file at least, and at most half of `most`.
        most: Pieces in one file at most.
    """
    files, start, total = list[range](), 0, len(places)
    while total - start > most:
        end = _end(places, start + fewest, min(start + most, total - fewest))
        files.append(range(start, end))
        start = end
    return [*files, range(start, total)] if total else []


def _end(places: Sequence[Hashable], earliest: int, latest: int) -> int:
    """Return the last change of place within reach, or else the latest end there is."""
    changes = (at for at in range(latest, earliest - 1, -1) if places[at - 1] != places[at])
    return next(changes, latest)
