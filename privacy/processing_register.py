"""Register of processing (GDPR, article 30) and data dictionary.

Both are read from what is: the frozen campaigns and the classes of the columns. Nothing is typed a second time.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select

from campaigns.looking_back.retention import read_periods
from installation.installation import Installation
from store.column_classes import ColumnClass
from store.data_classes import described_columns
from store.sentences import Sentence
from store.states import CampaignState
from store.tables import Campaign

RECIPIENTS: Final[Mapping[str, str]] = {
    "card": Sentence("the print shop and the carrier"),
    "letter": Sentence("the print shop and the carrier"),
    "sms": Sentence("the provider of text messages"),
    "call": Sentence("the provider of the telephone"),
}
"""Who gets data of a person by a channel."""
_NEVER_RAN: Final = (CampaignState.SENT_BACK, CampaignState.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """One campaign as the register of processing and the algorithm register tell it."""

    campaign: str
    title: str
    state: CampaignState
    owner: str
    purpose: str
    legal_basis: str
    dpia: str
    dpia_until: str
    whom: str  # the rule of its audience
    conditions: tuple[Any, ...]  # the same in words, by condition
    channels: tuple[str, ...]
    recipients: tuple[str, ...]
    hold_out: int  # per cent, chosen by lot
    retention: str
    days: int | None  # None: no period
    first_date: date
    ended_at: datetime | None
    decides: str = Sentence(
        "a person approves; nobody is scored, and nothing is decided about a citizen"
    )

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOfTable:
    """One table of the data dictionary."""

    table: str
    columns: tuple[tuple[str, ColumnClass, str, str], ...]  # name, class, purpose, retention class


def processing_register(installation: Installation) -> list[Processing]:
    """Return every campaign that was submitted and stands, the first one first."""
    days = read_periods(installation).days
    query = select(Campaign.__table__).where(Campaign.state.not_in(_NEVER_RAN))
    with installation.store.reading() as connection:
        rows = connection.execute(query.order_by(Campaign.id)).mappings()
        return [_processing(dict(row), row["spec"], days) for row in rows]


def _processing(
    row: Mapping[str, Any], spec: Mapping[str, Any], days: Mapping[str, int]
) -> Processing:
    arms = spec.get("arms", [])
    channels = {each["channel"] for arm in arms for step in arm["steps"] for each in _steps(step)}
    retention = str(spec.get("retention", ""))
    dpia = spec.get("dpia", {})
    return Processing(
        campaign=row["name"],
        title=row["title"],
        state=row["state"],
        owner=str(spec.get("owner", "")),
        purpose=row["purpose"],
        legal_basis=str(spec.get("legal_basis", "")),
        dpia=str(dpia.get("reference", "")),
        dpia_until=str(dpia.get("valid_until", "")),
        whom=str(spec.get("audience", {}).get("where", "")),
        conditions=tuple(row["conditions"] or ()),
        channels=tuple(sorted(channels)),
        recipients=tuple(sorted({RECIPIENTS[each] for each in channels if each in RECIPIENTS})),
        hold_out=sum(int(arm["share"]) for arm in arms if arm.get("hold_out")),
        retention=retention,
        days=days.get(retention),
        first_date=row["first_date"],
        ended_at=row["ended_at"],
    )


def _steps(step: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return a step, with what goes instead where its channel reaches nobody."""
    instead = step.get("instead") or step.get("else")
    return [step, instead] if isinstance(instead, Mapping) else [step]


def data_dictionary() -> list[DataOfTable]:
    """Return every table with its columns, their class, what they are for and how long they are kept."""
    found: dict[str, list[tuple[str, ColumnClass, str, str]]] = defaultdict(list)
    for each in described_columns():
        found[each.table].append((each.column, each.kind, each.purpose, each.retention.value))
    return [DataOfTable(table=table, columns=tuple(columns)) for table, columns in found.items()]
