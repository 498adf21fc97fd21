"""History of printed pieces, with run, state and pull request."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from outcomes.person_history import PieceHistory
from store.tables import Delivery, PrintPiece, PrintRun, Pull


def pieces(connection: Connection, touches: Collection[int]) -> Mapping[int, list[PieceHistory]]:
    """Return the pieces of touches, by touch."""
    query = (
        select(
            PrintPiece.__table__,
            Delivery.key,
            Pull.state.label("pull"),
            Pull.reason.label("pull_reason"),
        )
        .join(PrintRun, PrintRun.id == PrintPiece.print_run_id)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .outerjoin(Pull, Pull.piece_id == PrintPiece.id)
        .where(PrintPiece.touch_id.in_(touches))
        .order_by(PrintPiece.id)
    )
    found: dict[int, list[PieceHistory]] = defaultdict(list)
    for row in connection.execute(query):
        story = PieceHistory(
            piece_id=row.piece_id,
            run=row.key,
            state=row.state.value,
            reason=row.reason,
            reprints=row.reprints,
            pull=row.pull.value if row.pull else None,
            pull_reason=row.pull_reason,
        )
        found[row.touch_id].append(story)
    return found
