"""Progress of print runs by piece, and their open differences and pulls."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from installation.installation import Installation
from store.tables import Difference, PrintPiece, Pull


@dataclass
class Reconciled:
    """The progress of one print run."""

    pieces: Counter[str] = field(default_factory=Counter)  # by state
    differences: int = 0  # that nobody accepted yet
    pulls: int = 0  # that the shop has not answered yet


def reconciled(installation: Installation, runs: Sequence[int]) -> Mapping[int, Reconciled]:
    """Return the progress of these print runs."""
    found = {run: Reconciled() for run in runs}
    run = PrintPiece.print_run_id
    pieces = (
        select(run, PrintPiece.state, func.count())
        .where(run.in_(runs))
        .group_by(run, PrintPiece.state)
    )
    pulls = select(run, func.count()).join(Pull, Pull.piece_id == PrintPiece.id)
    open_pulls = pulls.where(run.in_(runs), Pull.answered_at.is_(None)).group_by(run)
    differing = select(Difference.print_run_id, func.count()).where(
        Difference.accepted_at.is_(None)
    )
    waiting = differing.where(Difference.print_run_id.in_(runs)).group_by(Difference.print_run_id)
    with installation.store.reading() as connection:
        for number, state, count in connection.execute(pieces.order_by(PrintPiece.state)):
            found[number].pieces[state.value] = count
        for number, count in connection.execute(open_pulls):
            found[number].pulls = count
        for number, count in connection.execute(waiting):
            found[number].differences = count
    return found
