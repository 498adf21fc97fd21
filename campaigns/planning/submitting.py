"""Submit a campaign, which freezes audience, texts and budget and writes every touch."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text, update

from campaigns.planning.campaign_checks import Checked, check_with
from campaigns.planning.freezing import freeze
from campaigns.planning.frozen_hashes import frozen_hash
from campaigns.planning.plans import Plan
from campaigns.touches.campaign_reading import CampaignSource
from installation.installation import Installation
from store.audit_log import About, Decider, Kind, record
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence, in_terms
from store.states import CampaignState
from store.tables import Campaign, Touch


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted campaign, with its plan and frozen hash."""

    plan: Plan
    frozen_hash: str
    touches: int
    withheld: int  # steps whose own day already has a reason against them


def submit(
    installation: Installation, file: CampaignSource, *, by: Decider, now: datetime
) -> Submitted:
    """Freeze the campaign in `file`, and write all its touches in one transaction.

    Raises:
        BadInput: the file cannot be taken, the name is in use, the budget is exceeded, or nobody would be reached.
    """
    with installation.store.writing() as connection:
        _one_at_a_time(connection)
        checked = check_with(installation, connection, file, now=now)
        version = _next_version(connection, checked)
        _is_ahead(checked, now)
        frozen = freeze(installation, connection, checked, by=by, now=now, version=version)
        signed = frozen_hash(connection, frozen.campaign_id)
        connection.execute(
            update(Campaign).where(Campaign.id == frozen.campaign_id).values(frozen_hash=signed)
        )
        record(
            connection,
            by,
            "submit",
            About(Kind.CAMPAIGN, checked.campaign.campaign),
            now=now,
            hash=signed,
            cost=str(frozen.plan.cost),
            version=version,
        )
        written = connection.execute(
            select(func.count()).select_from(Touch).where(Touch.campaign_id == frozen.campaign_id)
        ).scalar_one()
    return Submitted(frozen.plan, signed, written, frozen.withheld)


def _one_at_a_time(connection: Connection) -> None:
    """Serialise submissions. Of two about one subject, the second must see whom the first chose."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("select pg_advisory_xact_lock(hashtext('kaartje.submit'))"))


def _next_version(connection: Connection, checked: Checked) -> int:
    """Return which version of its name this is. The one before gives up the name if it was sent back."""
    name = checked.campaign.campaign
    query = select(Campaign.id, Campaign.state, Campaign.version).where(Campaign.name == name)
    before = connection.execute(query).one_or_none()
    if before is None:
        return 1
    if before.state is not CampaignState.SENT_BACK:
        raise BadInput(
            Sentence("{name} is {state} already", name=name, state=in_terms(before.state)),
            "give this one another name: what went out keeps its own",
            file=str(checked.file),
            field="campaign",
        )
    connection.execute(
        update(Campaign)
        .where(Campaign.id == before.id)
        .values(name=earlier_name(name, before.version), state=CampaignState.REPLACED)
    )
    return int(before.version) + 1


def earlier_name(name: str, version: int) -> str:
    """Return the name of a version that another replaced, which no campaign file can have."""
    return f"{name}~{version}"


def _is_ahead(checked: Checked, now: datetime) -> None:
    first = checked.campaign.waves[0].date
    if first < local_date(now):
        raise BadInput(
            Sentence("the first wave is on {first}, which is past", first=first),
            "write a day to come",
            file=str(checked.file),
            field="waves",
        )
