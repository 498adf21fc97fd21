"""Work and dates of today for a colleague, as their role may see them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from console.web.permissions import Area
from console.web.reading.print_runs import RunLine, print_runs
from console.web.reading.run_progress import Reconciled, reconciled
from console.web.sessions import Visit
from desk.cases.objection_doubts import waiting_doubts
from desk.cases.overdue import overdue
from desk.line.line_tests import LineTests, latest_tests
from installation.installation import Installation
from privacy.breaches import breaches
from privacy.requests import requests
from store.clock import local_date
from store.states import CallState, CampaignState, TouchState
from store.tables import Call, Campaign, Touch

AHEAD = timedelta(days=14)
"""How far ahead the page looks."""
_GOES = (CampaignState.APPROVED, CampaignState.RUNNING)
_TO_DECIDE = {
    CampaignState.SUBMITTED: "to_approve",
    CampaignState.SENT_BACK: "to_mend",
    CampaignState.APPROVED: "to_launch",
    CampaignState.PAUSED: "to_resume",
}
"""What a campaign waits for, by its state: a key of the words under `today`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ToDo:
    """One thing that waits for this colleague."""

    key: str  # of the words under `today`
    what: str  # a title, or empty
    to: str  # the page where it is done
    count: int = 1
    late: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class GoesOut:
    """Touches of one campaign that go out on one day."""

    on: date
    name: str
    title: str
    channel: str
    state: CampaignState
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Today:
    """The first page of one colleague."""

    to_do: tuple[ToDo, ...]
    goes_out: tuple[GoesOut, ...]
    lines: tuple[LineTests, ...]
    runs: tuple[tuple[RunLine, Reconciled], ...]  # those that wait for something
    now: datetime


def today_of(visit: Visit) -> Today:
    """Read what today asks of this colleague, by what they may see."""
    installation, may = visit.installation, visit.may
    runs = _runs(installation) if may(Area.PRINT_SHOP) else ()
    return Today(
        to_do=tuple(sorted(_to_do(visit, runs), key=lambda each: not each.late)),
        goes_out=_going_out(installation) if may(Area.CAMPAIGNS) else (),
        lines=tuple(latest_tests(installation)) if may(Area.QUEUE) else (),
        runs=runs,
        now=installation.now(),
    )


def _to_do(visit: Visit, runs: tuple[tuple[RunLine, Reconciled], ...]) -> list[ToDo]:
    installation, may = visit.installation, visit.may
    now, store = installation.now(), installation.store
    found: list[ToDo] = []
    if may(Area.FOLLOW_UPS):
        late = overdue(store, now=now, closed=installation.policy.hours.closed_days)
        found.append(_many("overdue", "/follow-ups", len(late), late=True))
    if may(Area.QUEUE):
        found.append(_many("calls", "/queue", _callers(installation)))
    if may(Area.DOUBTS):
        found.append(_many("doubts", "/doubts", len(waiting_doubts(store)), late=True))
    if may(Area.REQUESTS):
        clocks = breaches(store)
        over = sum(each.is_late(now) for each in clocks)
        found.append(_many("late_breaches", "/requests", over, late=True))
        found.append(_many("breaches", "/requests", len(clocks) - over))
        waiting = requests(store)
        past = sum(each.is_late(now) for each in waiting)
        found.append(_many("late_requests", "/requests", past, late=True))
        found.append(_many("requests", "/requests", len(waiting) - past))
    if may(Area.DECISIONS):
        found += _decisions(visit)
    differing = sum(progress.differences for _, progress in runs)
    asked_back = sum(progress.pulls for _, progress in runs)
    page = "/print-runs" if may(Area.PRINT_RUNS) else "/print-shop"
    found.append(_many("differences", page, differing, late=True))
    found.append(_many("pulls", page, asked_back, late=True))
    return [each for each in found if each.count]


def _many(key: str, to: str, count: int, *, late: bool = False) -> ToDo:
    return ToDo(key=key, what="", to=to, count=count, late=late)


def _callers(installation: Installation) -> int:
    query = select(func.count()).where(Call.state == CallState.WAITING)
    with installation.store.reading() as connection:
        return int(connection.execute(query).scalar_one())


def _decisions(visit: Visit) -> list[ToDo]:
    """Return the campaigns that wait for somebody's decision. Nobody is asked to approve their own."""
    columns = (
        Campaign.name,
        Campaign.title,
        Campaign.state,
        Campaign.submitted_by,
        Campaign.first_date,
    )
    query = select(*columns).where(Campaign.state.in_(_TO_DECIDE)).order_by(Campaign.first_date)
    with visit.installation.store.reading() as connection:
        rows = connection.execute(query).all()
    soon = local_date(visit.installation.now()) + timedelta(days=1)
    found = []
    for name, title, state, submitter, first in rows:
        own = submitter.strip().casefold() == visit.name.casefold()
        key = "own_waits" if own and state is CampaignState.SUBMITTED else _TO_DECIDE[state]
        page = "/approve" if key == "to_approve" else ""
        late = first <= soon and state is not CampaignState.SENT_BACK
        found.append(ToDo(key=key, what=title, to=f"/campaigns/{name}{page}", late=late))
    return found


def _going_out(installation: Installation) -> tuple[GoesOut, ...]:
    now = installation.now()
    with installation.store.reading() as connection:
        going = _ids_of_going(connection)
        query = (
            select(Touch.campaign_id, Touch.due_on, Touch.channel, func.count())
            .where(
                Touch.campaign_id.in_(going),
                Touch.state == TouchState.PLANNED,
                Touch.due_on <= local_date(now) + AHEAD,
            )
            .group_by(Touch.campaign_id, Touch.due_on, Touch.channel)
            .order_by(Touch.due_on, Touch.campaign_id, Touch.channel)
        )
        return tuple(
            GoesOut(
                on=on,
                name=going[number][0],
                title=going[number][1],
                channel=channel,
                state=going[number][2],
                count=count,
            )
            for number, on, channel, count in connection.execute(query)
        )


def _ids_of_going(connection: Connection) -> dict[int, tuple[str, str, CampaignState]]:
    query = select(Campaign.id, Campaign.name, Campaign.title, Campaign.state).where(
        Campaign.state.in_(_GOES)
    )
    return {
        number: (name, title, state) for number, name, title, state in connection.execute(query)
    }


def _runs(installation: Installation) -> tuple[tuple[RunLine, Reconciled], ...]:
    waiting = [run for run in print_runs(installation) if run.waits]
    progress = reconciled(installation, [run.id for run in waiting])
    return tuple((run, progress[run.id]) for run in waiting)
