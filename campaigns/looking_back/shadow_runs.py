"""Shadow run. Replay a campaign, and list the touches that today's data would have stopped.

It judges the touches that went out, each on its own day, for the people that were frozen then. It
writes nothing but temporary tables of its own connection.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    distinct,
    exists,
    func,
    insert,
    literal,
    select,
)

from campaigns.looking_back.shadow_findings import SENTENCES, Finding, findings, found, sent
from campaigns.planning.lifecycle import StoredCampaign, find
from channels import KINDS
from installation.installation import Installation
from people.whole_files import drafted
from store.clock import LOCAL, local_date
from store.errors import BadInput
from store.sentences import Sentence
from store.states import WENT_OUT
from store.tables import Campaign, Person, Touch
from suppression.policies import Policy
from suppression.year_spans import ADULT_AGE, years_before

_sent_at = func.coalesce(Touch.handed_over_at, Touch.updated_at)
"""When a touch went out, or when it was recorded that it may have."""
CASE_COLUMNS = (
    "person_ref",
    "channel",
    "went_at",
    "reason",
    "dated",
    "since",
    "known_at",
    "known_then",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One touch that should not have gone, for one reason."""

    person_ref: str
    channel: str
    went_at: datetime
    reason: str
    dated: bool  # False: known now, since when is not known
    since: date | None  # the day of the finding itself: of the death, the objection, the return
    known_at: datetime  # when it was recorded; of a person's own record, when it last changed

    @property
    def known_then(self) -> bool:
        """Whether it was known when the touch went out. Then a rule was missing, not data."""
        return self.known_at <= self.went_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Number of touches and people found for one reason."""

    reason: str
    dated: bool
    touches: int
    people: int
    known_then: int  # touches of which we knew it when they went

    @property
    def sentence(self) -> str:
        """The reason as one plain sentence."""
        return SENTENCES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadow:
    """The result of a shadow run."""

    campaign: str
    title: str
    as_of: date
    touches: int  # that went out, or may have
    people: int
    wrong_touches: int  # with a reason that has a date
    wrong_people: int
    counts: tuple[Count, ...]
    cases: tuple[Case, ...]  # all, or the first `shown`

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        cases = [{**asdict(case), "known_then": case.known_then} for case in self.cases]
        counts = [{**asdict(count), "sentence": count.sentence} for count in self.counts]
        return {**asdict(self), "counts": counts, "cases": cases}


def shadow(
    installation: Installation,
    name: str,
    *,
    now: datetime,
    refs: Path | None = None,
    shown: int | None = None,
) -> Shadow:
    """Replay a campaign with what is known now.

    Args:
        installation: The installation.
        name: A campaign of which something went out.
        now: The present moment.
        refs: Where every case is written as CSV, one touch and one reason a row.
        shown: How many cases come back; None: all.

    Raises:
        BadInput: there is no such campaign, or nothing of it went out.
        OSError: `refs` cannot be written.
    """
    with installation.store.reading() as connection:
        row = find(connection, name)
        _replay(connection, row, installation.policy)
        if refs is not None:
            with drafted(refs, CASE_COLUMNS) as write:
                for case in _cases(connection):
                    write(_cells(case))
        touches, people = _totals(connection)
        if not touches:
            raise BadInput(
                Sentence("nothing of {name} went out yet", name=name),
                "a shadow run is about what was sent",
            )
        wrong = exists().where(found.c.touch_id == sent.c.touch_id, found.c.dated)
        wrong_touches, wrong_people = _totals(connection, wrong)
        return Shadow(
            campaign=row.name,
            title=row.title,
            as_of=local_date(now),
            touches=touches,
            people=people,
            wrong_touches=wrong_touches,
            wrong_people=wrong_people,
            counts=tuple(_counts(connection)),
            cases=tuple(_cases(connection, shown)),
        )


def _replay(connection: Connection, campaign: StoredCampaign, policy: Policy) -> None:
    for table in (sent, found):
        table.drop(connection, checkfirst=True)
        table.create(connection)
    for touches in _by_day(connection, campaign, policy):
        connection.execute(insert(sent).from_select(list(sent.c.keys()), touches))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE shadow_sent")
    for finding in findings():
        connection.execute(insert(found).from_select(list(found.c.keys()), _news(finding)))


def _by_day(
    connection: Connection, campaign: StoredCampaign, policy: Policy
) -> Iterator[Select[*tuple[Any, ...]]]:
    """Yield the touches of each local day on which some went out.

    A database does not know the local day, so its bounds are computed here.
    """
    mine = (Touch.campaign_id == campaign.id, Touch.state.in_(WENT_OUT))
    first = connection.execute(select(func.min(_sent_at)).where(*mine)).scalar_one()
    while first is not None:
        day = local_date(first)
        begins, ends = _midnight(day), _midnight(day + timedelta(days=1))
        yield _touches_of(campaign, day, policy).where(*mine, _sent_at >= begins, _sent_at < ends)
        first = connection.execute(
            select(func.min(_sent_at)).where(*mine, _sent_at >= ends)
        ).scalar_one()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL)


def _touches_of(campaign: StoredCampaign, day: date, policy: Policy) -> Select[*tuple[Any, ...]]:
    return select(
        Touch.id,
        Touch.person_id,
        Touch.channel,
        _reaches(),
        literal(campaign.purpose),
        Campaign.subject,
        _sent_at,
        literal(day),
        literal(years_before(day, ADULT_AGE)),
        literal(day - timedelta(days=policy.rests.done - 1)),
    ).join(Campaign, Campaign.id == Touch.campaign_id)


def _reaches() -> ColumnElement[str]:
    known = {name: kind.reaches for name, kind in KINDS.items()}
    return case(known, value=Touch.channel, else_="post")


def _news(finding: Finding) -> Select[*tuple[Any, ...]]:
    """Select the rows of a finding that no earlier finding of the same reason has."""
    rows = finding.rows().subquery()
    touch_id, since, since_at, known_at = rows.c
    before = exists().where(found.c.touch_id == touch_id, found.c.reason == finding.reason)
    return select(
        touch_id, literal(finding.reason), literal(finding.dated), since, since_at, known_at
    ).where(~before)


def _totals(connection: Connection, *which: ColumnElement[bool]) -> tuple[int, int]:
    """Count the touches and people for which all conditions hold."""
    counts = select(func.count(sent.c.touch_id), func.count(distinct(sent.c.person_id)))
    touches, people = connection.execute(counts.where(*which)).one()
    return touches, people


def _counts(connection: Connection) -> Iterator[Count]:
    columns = (
        found.c.reason,
        found.c.dated,
        func.count().label("touches"),
        func.count(distinct(sent.c.person_id)).label("people"),
        func.count().filter(found.c.known_at <= sent.c.at).label("known_then"),
    )
    query = (
        select(*columns)
        .join(sent, sent.c.touch_id == found.c.touch_id)
        .group_by(found.c.reason, found.c.dated)
    )
    for row in connection.execute(
        query.order_by(found.c.dated.desc(), func.count().desc(), found.c.reason)
    ):
        yield Count(**row._asdict())


def _cases(connection: Connection, limit: int | None = None) -> Iterator[Case]:
    query = (
        select(Person.person_ref, sent.c.channel, sent.c.at, found)
        .join_from(found, sent, sent.c.touch_id == found.c.touch_id)
        .join(Person, Person.id == sent.c.person_id)
        .order_by(found.c.dated.desc(), found.c.reason, Person.person_ref, sent.c.at)
        .limit(limit)
        .execution_options(yield_per=10_000)
    )
    for row in connection.execute(query):
        since = row.since or (row.since_at and local_date(row.since_at))
        yield Case(
            person_ref=row.person_ref,
            channel=row.channel,
            went_at=row.at,
            reason=row.reason,
            dated=bool(row.dated),
            since=since,
            known_at=row.known_at,
        )


def _cells(case: Case) -> tuple[str, ...]:
    said: Mapping[str, Any] = {**asdict(case), "known_then": case.known_then}
    return tuple(_cell(said[name]) for name in CASE_COLUMNS)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
