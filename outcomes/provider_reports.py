"""Provider reports about touches."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from outcomes.person_history import ProviderReport
from store.tables import ProviderEvent


def receipts(
    connection: Connection, touches: Sequence[int]
) -> Mapping[int, tuple[ProviderReport, ...]]:
    """Return the provider reports of each touch, in order of receipt."""
    columns = (
        *(ProviderEvent.touch_id, ProviderEvent.received_at, ProviderEvent.status),
        *(ProviderEvent.error_code, ProviderEvent.outcome),
    )
    query = select(*columns).where(ProviderEvent.touch_id.in_(touches)).order_by(ProviderEvent.id)
    found: dict[int, tuple[ProviderReport, ...]] = defaultdict(tuple)
    for row in connection.execute(query):
        outcome = row.outcome.value if row.outcome else None
        found[row.touch_id] += (
            ProviderReport(row.received_at, row.status or "", row.error_code, outcome),
        )
    return found
