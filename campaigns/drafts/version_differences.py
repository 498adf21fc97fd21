"""Differences between a submitted campaign and the one before it, for whoever approves it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from campaigns.planning.lifecycle import StoredCampaign, find
from campaigns.planning.submitting import earlier_name
from installation.installation import Installation
from store.states import CampaignState
from store.tables import Campaign, FrozenText

Leaves = dict[tuple[str, ...], str]
_OWN = {"campaign", "title"}
"""What every campaign has for itself, so that two of one kind differ in it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of the campaign file that is another one now. Empty where it was not there."""

    path: tuple[str, ...]  # keys of the campaign file, from its top
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Differences of a campaign from the version before it, or from the last of its kind."""

    name: str
    title: str
    version: int
    is_same_name: bool  # a version of this campaign that was sent back
    remarks: str | None  # why it was
    values: tuple[Difference, ...]
    texts: tuple[str, ...]  # files of words that are other ones, came or went
    pieces: tuple[int, int]  # before, now
    highest: tuple[Decimal, Decimal]  # euros, before and now


def differences(installation: Installation, name: str) -> Differences | None:
    """Compare a campaign with the version before it, else with the last of its kind that was approved.

    Of one kind are campaigns about one subject, and those without a subject of one purpose.

    Raises:
        BadInput: there is no campaign of that name.
    """
    with installation.store.reading() as connection:
        campaign = find(connection, name)
        before = _before(connection, campaign)
        return None if before is None else _compared(connection, before, campaign)


def _before(connection: Connection, campaign: StoredCampaign) -> StoredCampaign | None:
    if campaign.version > 1:
        return find(connection, earlier_name(campaign.name, campaign.version - 1))
    subject = campaign.spec.get("subject")
    alike = Campaign.subject == subject if subject else Campaign.purpose == campaign.purpose
    query = select(Campaign.name).where(
        alike, Campaign.approved_at.is_not(None), Campaign.id < campaign.id
    )
    name = connection.execute(query.order_by(Campaign.id.desc()).limit(1)).scalar_one_or_none()
    return find(connection, name) if name else None


def _compared(connection: Connection, before: StoredCampaign, now: StoredCampaign) -> Differences:
    skipped = set() if before.state is CampaignState.REPLACED else _OWN
    old, new = _texts(connection, before.id), _texts(connection, now.id)
    return Differences(
        name=before.name,
        title=before.title,
        version=before.version,
        is_same_name=before.state is CampaignState.REPLACED,
        remarks=before.remarks,
        values=tuple(_values(before.spec, now.spec, skipped)),
        texts=tuple(sorted(file for file in old | new if old.get(file) != new.get(file))),
        pieces=(_pieces(before), _pieces(now)),
        highest=(_highest(before), _highest(now)),
    )


def _values(
    before: Mapping[str, Any], now: Mapping[str, Any], skipped: set[str]
) -> Iterator[Difference]:
    old, new = dict(_leaves(before)), dict(_leaves(now))
    for path in dict.fromkeys((*new, *old)):
        if old.get(path, "") != new.get(path, "") and path[0] not in skipped:
            yield Difference(path, old.get(path, ""), new.get(path, ""))


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every single value with its path. A row of a list is called by its name, or its number."""
    match value:
        case None:
            return
        case dict():
            for key, each in value.items():
                yield from _leaves(each, (*path, str(key)))
        case list():
            for number, each in enumerate(value, 1):
                named = each.get("name") if isinstance(each, dict) else None
                yield from _leaves(each, (*path, str(named or number)))
        case _:
            yield path, " ".join(str(value).split())


def _texts(connection: Connection, campaign_id: int) -> dict[str, str]:
    query = select(FrozenText.template, FrozenText.file, FrozenText.source).where(
        FrozenText.campaign_id == campaign_id
    )
    return {f"{template}/{file}": source for template, file, source in connection.execute(query)}


def _pieces(campaign: StoredCampaign) -> int:
    return sum(line["pieces"] for line in (campaign.signed_plan or {}).get("lines", ()))


def _highest(campaign: StoredCampaign) -> Decimal:
    return Decimal((campaign.signed_plan or {}).get("highest", 0))
