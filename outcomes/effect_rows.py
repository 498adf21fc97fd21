"""Rows of everybody who was drawn, under pseudonyms, with a dictionary of their columns.

An analyst checks the effect with them. Nobody can be known again from a row: no date of their own, no place, no
reference. A stratum or a cluster in which fewer than ten people stand is hidden.
"""

import csv
import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, func, select

from campaigns.planning.lifecycle import StoredCampaign, find
from campaigns.planning.trial_figures import names_of
from installation.derived_keys import Purpose
from installation.installation import Installation
from outcomes.contact_attempts import HEADER, attempts
from outcomes.effect_counts import NAMES, Draw
from outcomes.effect_parquet import Cell, as_parquet
from outcomes.funnel_counts import Span, counting, went_out
from store.audit_log import About, Decider, Kind, record
from store.clock import LOCAL
from store.sentences import Sentence
from store.states import OutcomeKind
from store.tables import Arm, Decision, Outcome, Person, Touch, Wave

FEWEST = 10
"""People of one stratum in one group; fewer are hidden."""
HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the rows, as the dictionary explains it."""

    name: str
    kind: str
    meaning: Sentence


COLUMNS = (
    Column("person", "text", Sentence("pseudonym, the same in every file of this campaign only")),
    Column("group", "text", Sentence("the arm that the draw put them in, hold-out or limit")),
    Column("wave", "whole number", Sentence("the wave that they were drawn into, from 1")),
    Column("stratum", "text", Sentence("conditions that held when they were drawn; hidden if few")),
    Column("cluster", "text", Sentence("pseudonym of those who were drawn together; else empty")),
    Column(
        "reached", "0 or 1", Sentence("whether something went out to them by the day of the count")
    ),
    *(
        Column(
            f"{kind}_day", "whole number", Sentence("days from the first day until it; else empty")
        )
        for kind in OutcomeKind
    ),
)


@dataclass(frozen=True, slots=True)
class Pack:
    """Files of an evaluation pack, as bytes by their names."""

    files: Mapping[str, bytes]
    rows: int


def rows_of(
    installation: Installation, name: str, *, as_of: date, by: Decider, now: datetime
) -> Pack:
    """Return the rows of a campaign as known of a day and their dictionary, and record who took them.

    Raises:
        BadInput: There is no such campaign.
    """
    with installation.store.writing() as connection:
        row = find(connection, name)
        key = installation.settings.key_for(Purpose.PSEUDONYMS, name)
        draw = _draw(row, as_of)
        columns = _columns(connection, row, draw, key)
        tried = [[_pseudonym(key, ref), *rest] for ref, *rest in attempts(connection, draw)]
        record(
            connection,
            by,
            "export_rows",
            About(Kind.CAMPAIGN, name),
            now=now,
            rows=len(columns[0]),
            as_of=as_of.isoformat(),
        )
    header = [column.name for column in COLUMNS]
    words = [(each.name, each.kind, str(each.meaning)) for each in COLUMNS]
    return Pack(
        {
            "rows.csv": _written([header, *zip(*columns, strict=True)]),
            "rows.parquet": as_parquet(
                {(of.name, of.kind): each for of, each in zip(COLUMNS, columns, strict=True)}
            ),
            "contacts.csv": _written([HEADER, *sorted(tried)]),
            "dictionary.csv": _written([["column", "type", "meaning"], *words]),
        },
        len(columns[0]),
    )


def _draw(row: StoredCampaign, as_of: date) -> Draw:
    until = datetime.combine(as_of + timedelta(days=1), time(), LOCAL)
    return Draw(span=Span(row.id, row.first_date, until - timedelta(microseconds=1)), until=until)


def _written(lines: list[Any]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode()


def _columns(
    connection: Connection, row: StoredCampaign, draw: Draw, key: bytes
) -> list[list[Cell]]:
    """Return the values of every column, in the order of the pseudonyms."""
    strata = ((row.signed_plan or {}).get("preregistration") or {}).get("strata") or {}
    named = sorted(
        ((_pseudonym(key, each.person_ref), each) for each in _drawn(connection, draw)),
        key=itemgetter(0),
    )
    drawn = [each for _, each in named]
    many = Counter((each.group, each.stratum) for each in drawn)
    few = [many[each.group, each.stratum] < FEWEST for each in drawn]
    reached = _reached(connection, draw)
    return [
        [name for name, _ in named],
        [each.group for each in drawn],
        [each.wave for each in drawn],
        [
            HIDDEN if hidden else " ".join(names_of(each.stratum, strata))
            for each, hidden in zip(drawn, few, strict=True)
        ],
        [
            None if each.cluster is None or hidden else _pseudonym(key, f"cluster {each.cluster}")
            for each, hidden in zip(drawn, few, strict=True)
        ],
        [int(each.person_id in reached) for each in drawn],
        *(_days_until(connection, row, draw, kind, drawn) for kind in OutcomeKind),
    ]


def _days_until(
    connection: Connection,
    row: StoredCampaign,
    draw: Draw,
    kind: OutcomeKind,
    drawn: Sequence["_Drawn"],
) -> list[Cell]:
    """Return the days from the campaign's first until an outcome, for everybody who was drawn."""
    days = _days(connection, draw, kind)
    first = row.first_date
    return [
        (days[each.person_id] - first).days if each.person_id in days else None for each in drawn
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    person_id: int
    person_ref: str
    group: str
    wave: int | None
    stratum: int
    cluster: int | None


def _drawn(connection: Connection, draw: Draw) -> list[_Drawn]:
    query = (
        select(
            Decision.person_id,
            Person.person_ref,
            draw.group().label("drawn"),
            Arm.name,
            Wave.number,
            func.coalesce(Decision.stratum, 0),
            Decision.cluster,
        )
        .join(Person, Person.id == Decision.person_id)
        .outerjoin(Arm, Arm.id == Decision.arm_id)
        .outerjoin(Wave, Wave.id == Decision.wave_id)
        .where(draw.drawn())
    )
    return [
        _Drawn(
            person_id=person_id,
            person_ref=ref,
            group=arm if key is None else NAMES.get(key, arm),
            wave=wave,
            stratum=stratum,
            cluster=cluster,
        )
        for person_id, ref, key, arm, wave, stratum, cluster in connection.execute(query)
    ]


def _days(connection: Connection, draw: Draw, kind: OutcomeKind) -> dict[int, date]:
    """Return the first day of an outcome, by person."""
    query = (
        select(Decision.person_id, func.min(Outcome.happened_on))
        .join(Person, Person.id == Decision.person_id)
        .join(Outcome, Outcome.person_ref == Person.person_ref)
        .where(draw.drawn(), *counting(draw.span, kind))
        .group_by(Decision.person_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _reached(connection: Connection, draw: Draw) -> set[int]:
    query = (
        select(Decision.person_id)
        .join(
            Touch,
            and_(Touch.person_id == Decision.person_id, Touch.campaign_id == Decision.campaign_id),
        )
        .where(draw.drawn(), went_out(), Touch.handed_over_at <= draw.until)
    )
    return set(connection.execute(query).scalars())


def _pseudonym(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:16]
