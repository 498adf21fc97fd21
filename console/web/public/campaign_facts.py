"""Public facts of running campaigns, such as their sender, start, channels and phone number.

Nothing here reads a response code's owner or a person, so no page can reveal either.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, select

from channels.codes import read_code
from channels.press.qr import qr_prefix
from console.web.words import Language
from desk.entries.line_hours import calling_hours, opening
from installation.derived_keys import Purpose
from installation.installation import Installation
from store.clock import local_date
from store.errors import BadInput
from store.states import CampaignState
from store.tables import Campaign, PhoneLine, ResponseCode, Touch
from suppression.contact_hours import Hours, is_open

Medium = Literal["post", "text", "call"]
_MEDIA: tuple[Medium, ...] = ("post", "text", "call")
_ON = (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.FINISHED, CampaignState.STOPPED)
"""States of campaigns whose cards people may hold. A card does not go away when its campaign is stopped."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicLine:
    """The public facts of a phone line."""

    id: int
    number: str  # E.164
    hours: dict[Language, str]  # as the campaign says them
    open_hours: Hours | None  # when it picks up, where the words say it clearly
    calls: Hours  # when we call people back

    def is_open(self, now: datetime) -> bool | None:
        """Say whether the line is open now, or None where its hours cannot be read."""
        return is_open(now, self.open_hours) if self.open_hours else None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicSender:
    """The campaigns of one sender under one phone number, in public words."""

    name: dict[Language, str]
    line: PublicLine
    since: date
    media: tuple[Medium, ...]
    privacy_url: str
    sites: frozenset[str]  # what the QR codes on its cards give before the response code


def running(installation: Installation) -> list[PublicSender]:
    """Return the senders with a running campaign, one for each sender and number, latest first."""
    today = local_date(installation.now())
    return _campaigns(installation, Campaign.first_date <= today, Campaign.line_open_until >= today)


@dataclass(frozen=True, slots=True)
class NumberedSender:
    """One campaign by its number, with its sender in public words."""

    number: int
    campaign: str  # its name, which is not public
    sender: PublicSender


def running_campaigns(installation: Installation) -> list[NumberedSender]:
    """Return every campaign that has begun and whose line is open, latest first."""
    today = local_date(installation.now())
    return _numbered(installation, Campaign.first_date <= today, Campaign.line_open_until >= today)


def _campaigns(installation: Installation, *which: ColumnElement[bool]) -> list[PublicSender]:
    return _merged(each.sender for each in _numbered(installation, *which))


def _numbered(installation: Installation, *which: ColumnElement[bool]) -> list[NumberedSender]:
    query = (
        select(
            Campaign.id,
            Campaign.name,
            Campaign.spec,
            Campaign.first_date,
            PhoneLine.id.label("line_id"),
            PhoneLine.number,
        )
        .join(PhoneLine, PhoneLine.id == Campaign.line_id)
        .where(Campaign.state.in_(_ON), *which)
        .order_by(Campaign.first_date.desc(), Campaign.id.desc())
    )
    with installation.store.reading() as connection:
        rows = [row for row in connection.execute(query) if row.spec]
    return [
        NumberedSender(number, name, _read(installation, spec, since, line_id, phone))
        for number, name, spec, since, line_id, phone in rows
    ]


def _read(
    installation: Installation, spec: dict[str, Any], since: date, line_id: int, number: str
) -> PublicSender:
    words, days = spec["phone_line"]["hours"], spec["phone_line"].get("open_days") or ()
    hours: dict[Language, str] = words if isinstance(words, dict) else {"nl": words}
    policy = installation.policy.hours
    opens = opening(hours["nl"], days, policy)
    line = PublicLine(
        id=line_id, number=number, hours=hours, open_hours=opens, calls=calling_hours(opens, policy)
    )
    kinds = {step["channel"] for arm in spec["arms"] for step in arm["steps"]}
    reached = {
        installation.channels[kind].reaches for kind in kinds if kind in installation.channels
    }
    sender = spec["sender"]
    sites = frozenset({qr_prefix(sender["qr_url"])} if sender.get("qr_url") else ())
    return PublicSender(
        name=_in_each_language(sender["name"]),
        line=line,
        since=since,
        media=tuple(medium for medium in _MEDIA if medium in reached),
        privacy_url=sender["privacy_url"],
        sites=sites,
    )


def _in_each_language(said: str | dict[Language, str]) -> dict[Language, str]:
    """Return a name in each language, the Dutch one where no other is given."""
    if isinstance(said, str):
        return {"nl": said, "en": said}
    return {"nl": said["nl"], "en": said.get("en", said["nl"])}


def _merged(found: Iterable[PublicSender]) -> list[PublicSender]:
    merged: dict[tuple[str, str], PublicSender] = {}
    for each in found:
        key = (each.name["nl"], each.line.number)
        other = merged.get(key, each)
        merged[key] = replace(
            other,
            since=min(other.since, each.since),
            media=tuple(medium for medium in _MEDIA if medium in {*other.media, *each.media}),
            sites=other.sites | each.sites,
        )
    return list(merged.values())


def lines_of(senders: Iterable[PublicSender]) -> list[PublicLine]:
    """Return the distinct lines of these senders, the latest campaign's first."""
    return list({each.line.number: each.line for each in reversed(list(senders))}.values())[::-1]


def line_for_code(installation: Installation, code: str, lines: Sequence[PublicLine]) -> PublicLine:
    """Return the line of a code, or a stable choice among ours for a code that is on no card.

    The choice is a keyed hash of the code, so that nobody can tell our codes from others. Both
    cases take one query.
    """
    query = (
        select(Campaign.line_id)
        .join(Touch, Touch.campaign_id == Campaign.id)
        .join(ResponseCode, ResponseCode.touch_id == Touch.id)
        .where(ResponseCode.code == code)
    )
    with installation.store.reading() as connection:
        own = connection.execute(query).scalar_one_or_none()
    picked = int.from_bytes(
        installation.settings.key_for(Purpose.LINE_OF_CODE, code)[:8], "big"
    ) % len(lines)
    return next((line for line in lines if line.id == own), lines[picked])


@dataclass(frozen=True, slots=True)
class Printed:
    """An address read from a printed QR code."""

    numbers: frozenset[str]  # of the lines (E.164) of the campaigns that print it
    code: str  # the ten digits as they stand there, or empty


def printed_address(installation: Installation, path: str, query: str) -> Printed | None:
    """Return what an address from a QR code stands for, or None if no campaign printed it.

    The host is ignored, because a proxy may know us under another name than the card.
    """
    asked = f"{path}?{query}" if query else path
    read: dict[str, set[str]] = {}
    for each in _campaigns(installation):
        for site in each.sites:
            if (code := _behind(site, asked, path)) is not None:
                read.setdefault(code, set()).add(each.line.number)
    code = max(read, key=len, default=None)  # a code in it says more than none
    return None if code is None else Printed(frozenset(read[code]), code)


def _behind(site: str, asked: str, path: str) -> str | None:
    """Return the code that follows a printed address, empty without one, or None if it differs."""
    parts = urlsplit(site)
    start = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    code = asked.removeprefix(start).partition("&")[0].partition("?")[0].rstrip("/")
    if asked.startswith(start) and is_code(code):
        return code
    return "" if path.rstrip("/") == parts.path.rstrip("/") else None


def is_code(text: str) -> bool:
    """Say whether this text is a response code with a correct check digit."""
    try:
        read_code(text)
    except BadInput:
        return False
    return True
