"""Beginnings of a draft, from nothing but a title or from an earlier campaign."""

import re
import unicodedata
from typing import Any

from sqlalchemy import select

from campaigns.drafts.document_edits import edited, written
from campaigns.touches.campaign_parts import NAME_PATTERN
from console.web.words import Language, say
from installation.installation import Installation
from store.states import CampaignState
from store.tables import Campaign

_LONGEST = 36  # characters of a name, so that a number still fits behind it
_SEED_BITS = 40
_UNNAMED = "campaign"


def from_title(installation: Installation, title: str, language: Language) -> str:
    """Return the text of a campaign file with a title, a name, a seed and two arms."""
    return written(
        {
            "campaign": free_name(installation, title),
            "title": title,
            "seed": installation.draws.getrandbits(_SEED_BITS),
            "arms": [
                {
                    "name": say(language, "making.name_reached"),
                    "share": 80,
                    "steps": [{"channel": "card", "template": "contact-card"}],
                },
                {"name": say(language, "making.name_hold_out"), "share": 20, "hold_out": True},
            ],
        },
    )


def from_campaign(installation: Installation, name: str) -> str | None:
    """Return the file of an earlier campaign under a new name, a new seed and without its days.

    One that was sent back keeps all three, because its next version is made.
    """
    query = select(Campaign.source, Campaign.state).where(Campaign.name == name)
    with installation.store.reading() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or row.state is CampaignState.SENT_BACK:
        return row.source if row else None
    return edited(
        row.source,
        {
            ("campaign",): free_name(installation, name),
            ("seed",): installation.draws.getrandbits(_SEED_BITS),
            ("waves",): None,
        },
    )


def earlier(installation: Installation) -> list[Any]:
    """Return name and title of every campaign, the latest first."""
    with installation.store.reading() as connection:
        chosen = select(Campaign.name, Campaign.title).order_by(Campaign.id.desc())
        return list(connection.execute(chosen.where(Campaign.state != CampaignState.REPLACED)))


def free_name(installation: Installation, title: str) -> str:
    """Return a name for a campaign, made of its title, that no campaign has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-")
    if not re.fullmatch(NAME_PATTERN, name):
        name = _UNNAMED
    taken = {each.name for each in earlier(installation)}
    numbered = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(each for each in numbered if each not in taken)
