"""Everything that is planned and has not gone, with why, until when, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from campaigns.delivery.waiting_words import WORDS
from campaigns.touches.campaign_files import CampaignFile
from campaigns.touches.judging import has_incident, is_stopped
from campaigns.touches.postponing import judge_moment
from campaigns.touches.shop_days import most_of_a_day, pieces_taken, posted, seeds_of_a_run
from installation.installation import Installation
from installation.stop_everything import is_everything_stopped
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.states import CampaignState, RunState, TouchState
from store.tables import Campaign, Delivery, PrintRun, Step, Touch, Wave
from store.written_dates import written_day, written_moment
from suppression.days import holiday
from suppression.reasons import Reason
from suppression.verdicts import Later

SUNDAY = 7
_ALIVE = (
    CampaignState.SUBMITTED,
    CampaignState.APPROVED,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
)
_UNTIL = {"nl": "tot", "en": "until"}
_NOT_GONE = (TouchState.PLANNED, TouchState.CLAIMED, TouchState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Touches of one campaign and channel that wait for the same thing."""

    campaign: str
    channel: str
    why: str  # a code of `WORDS`
    count: int
    until: datetime | None  # None: until somebody does something
    detail: str = ""  # a day, or whatever else the sentence names

    def says(self, language: Literal["nl", "en"] = "en") -> str:
        """Return why it waits, as a sentence."""
        return WORDS[self.why][language].format(detail=self.detail)

    def remedy(self, language: Literal["nl", "en"] = "en") -> str:
        """Return what to do, or an empty text where time alone helps."""
        return WORDS[self.why].get(f"do_{language}", "").format(name=self.campaign)

    def until_when(self, language: Literal["nl", "en"] = "en") -> str:
        """Return until which day, and which time if it is not the beginning of that day."""
        if self.until is None:
            return ""
        begins = self.until.astimezone(LOCAL).time() == time()
        return (written_day if begins else written_moment)(self.until, language)

    def line(self, language: Literal["nl", "en"] = "en") -> str:
        """Return all of it as one line."""
        until = f", {_UNTIL[language]} {when}" if (when := self.until_when(language)) else ""
        remedy = f"; {remedy}" if (remedy := self.remedy(language)) else ""
        why = self.says(language).rstrip(".") if until or remedy else self.says(language)
        return f"{self.campaign}, {self.channel}: {why}{until}{remedy}"

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "campaign": self.campaign,
            "channel": self.channel,
            "count": self.count,
            "why": self.why,
            "says": self.says(),
            "until": self.until,
            "remedy": self.remedy(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Touches of one campaign with the same channel, state and moment."""

    campaign_id: int
    name: str
    campaign_state: CampaignState
    spec: dict[str, Any]
    launch_at: datetime | None
    channel: str
    state: TouchState
    due_on: date
    planned_for: date  # as its campaign file says
    not_before: datetime
    count: int


def what_waits(
    installation: Installation, *, now: datetime, campaign: str | None = None
) -> list[Waiting]:
    """Return what is planned and has not gone, of every campaign or of one."""
    with installation.store.reading() as connection:
        found: dict[tuple[str, str, str, datetime | None, str], int] = {}
        for group in _groups(connection, campaign):
            why, until, detail = _reason(installation, connection, group, now)
            key = (group.name, group.channel, why, until, detail)
            found[key] = found.get(key, 0) + group.count
        waiting = [
            Waiting(
                campaign=name, channel=channel, why=why, count=count, until=until, detail=detail
            )
            for (name, channel, why, until, detail), count in found.items()
        ]
        return [*waiting, *_runs(connection, campaign)]


def _groups(connection: Connection, campaign: str | None) -> Iterator[_Group]:
    columns = (
        Touch.campaign_id,
        Campaign.name,
        Campaign.state.label("campaign_state"),
        Campaign.launch_at,
        Touch.channel,
        Touch.state,
        Touch.due_on,
        Touch.not_before,
        Wave.date,
        Step.delay_days,
    )
    query = (
        select(*columns, func.count().label("count"))
        .join(Campaign, Campaign.id == Touch.campaign_id)
        .join(Wave, Wave.id == Touch.wave_id)
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.state.in_(_NOT_GONE), Campaign.state.in_(_ALIVE))
        .group_by(*columns)
        .order_by(Touch.campaign_id, Touch.due_on, Touch.not_before, Touch.channel)
    )
    if campaign is not None:
        query = query.where(Campaign.name == campaign)
    specs: dict[int, dict[str, Any]] = {}
    for row in connection.execute(query).all():
        if row.campaign_id not in specs:
            specs[row.campaign_id] = connection.execute(
                select(Campaign.spec).where(Campaign.id == row.campaign_id)
            ).scalar_one()
        values = row._asdict()
        planned_for = values.pop("date") + timedelta(days=values.pop("delay_days"))
        yield _Group(**values, planned_for=planned_for, spec=specs[row.campaign_id])


_Why = tuple[str, datetime | None, str]
_BY_STATE = {
    CampaignState.SUBMITTED: "NOT_APPROVED",
    CampaignState.APPROVED: "NOT_LAUNCHED",
    CampaignState.PAUSED: "PAUSED",
}


def _reason(
    installation: Installation, connection: Connection, group: _Group, now: datetime
) -> _Why:
    if group.state is not TouchState.PLANNED:
        return "NOT_SURE", None, ""
    if (why := _BY_STATE.get(group.campaign_state)) is not None:
        return why, group.launch_at if why == "NOT_LAUNCHED" else None, ""
    campaign = CampaignFile.model_validate(group.spec)
    goes_on = max(group.due_on, local_date(now))
    if is_everything_stopped(connection):
        return "EVERYTHING_STOPPED", None, ""
    if has_incident(connection, group.campaign_id):
        return "INCIDENT", None, ""
    if is_stopped(connection, group.campaign_id, group.channel):
        return "PRINT_DIFFERS", None, ""
    if (until := campaign.dpia.valid_until) < goes_on:
        return "DPIA_ENDED", None, str(until)
    if (until := campaign.phone_line.open_until) < goes_on:
        return "LINE_ENDED", None, str(until)
    if group.due_on > max(local_date(now), group.planned_for):
        return "DISTANCE", group.not_before, ""
    if group.due_on > local_date(now):
        return "LATER_DAY", group.not_before, ""
    return _held_by_the_moment(installation, connection, group, campaign, now)


def _held_by_the_moment(
    installation: Installation,
    connection: Connection,
    group: _Group,
    campaign: CampaignFile,
    now: datetime,
) -> _Why:
    today, until = local_date(now), group.not_before if group.not_before > now else None
    try:
        verdict = judge_moment(
            installation.policy, installation.shop, campaign, channel=group.channel, at=now
        )
    except BadInput as refused:
        return "NO_DAY", None, refused.problem
    match verdict:
        case Later(not_before, Reason.OUTSIDE_HOURS) if today.isoweekday() == SUNDAY:
            return "SUNDAY", until or not_before, ""
        case Later(not_before, Reason.OUTSIDE_HOURS) if (name := holiday(today)) is not None:
            return "HOLIDAY", until or not_before, str(name)
        case Later(not_before, Reason() as reason):
            return reason.value, until or not_before, ""
    if group.channel in posted() and _is_full(installation, connection, today):
        return Reason.SHOP_FULL.value, until, ""
    return ("TRY_AGAIN", until, "") if until else ("NEXT_PASS", None, "")


def _is_full(installation: Installation, connection: Connection, today: date) -> bool:
    if installation.shop is None:
        return False
    seeds = seeds_of_a_run(connection)
    try:
        most = most_of_a_day(installation.shop, seeds)
    except BadInput:
        return True
    return most is not None and pieces_taken(connection, today, seeds) >= most


def _runs(connection: Connection, campaign: str | None) -> Iterator[Waiting]:
    """Yield the print runs that are made and not at the print shop."""
    query = (
        select(Campaign.name, Campaign.state, Delivery.channel, PrintRun.cards, Delivery.key)
        .join(Delivery, Delivery.id == PrintRun.delivery_id)
        .join(Campaign, Campaign.id == Delivery.campaign_id)
        .where(PrintRun.state == RunState.MADE)
        .order_by(PrintRun.id)
    )
    if campaign is not None:
        query = query.where(Campaign.name == campaign)
    for name, state, channel, cards, key in connection.execute(query):
        why = "RUN_PAUSED" if state is CampaignState.PAUSED else "RUN_MADE"
        yield Waiting(campaign=name, channel=channel, why=why, count=cards, until=None, detail=key)
