"""Opening hours of a phone line as they are printed, and whether policy and roster agree with them.

What is printed cannot be taken back. So a campaign whose printed hours nobody keeps is not launched (decision 0140).
"""

import re
from collections.abc import Sequence
from datetime import date, time, timedelta

from sqlalchemy import Connection, or_, select

from campaigns.touches.campaign_parts import Line
from store.errors import BadInput
from store.sentences import Sentence
from store.tables import Agent, RosterEntry
from suppression.contact_hours import Hours, Span, open_hours

A_WEEK = 7
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag")
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_DAY = "ma(?:andag)?|di(?:nsdag)?|wo(?:ensdag)?|do(?:nderdag)?|vr(?:ijdag)?|za(?:terdag)?"
_HOURS = re.compile(
    rf"({_DAY})\s*(?:t/m|tot en met|-|\u2013)\s*({_DAY}),?\s*(?:van\s+)?(\d{{1,2}})(?:[.:](\d\d))?(?:\s*uur)?"
    r"\s*(?:tot|-|\u2013)\s*(\d{1,2})(?:[.:](\d\d))?(?:\s*uur)?\.?"
)


def hours_must_agree(
    connection: Connection, line: Line, line_id: int, policy: Hours, *, first: date
) -> None:
    """Refuse printed hours that the policy does not allow, or on which nobody is on the roster.

    Hours that are not clearly written are not guessed, and refuse nothing.

    Args:
        connection: the transaction.
        line: the phone line as the campaign prints it.
        line_id: its key.
        policy: when this installation calls people.
        first: the day of the first wave, or today where that is later.

    Raises:
        BadInput: they disagree; the error says on which day.
    """
    words = line.hours if isinstance(line.hours, str) else line.hours.get("nl", "")
    printed = opening(words, (), policy)
    if printed is None:
        return
    _names_open_days(line, printed, words)
    opens = opening(words, line.open_days, policy) or printed
    for name, span, allowed in zip(_NAMES, opens.week, policy.week, strict=False):
        if span is not None and not _within(span, allowed):
            raise BadInput(
                Sentence(
                    "is printed as {span} on {name}, and the policy has {allowed}",
                    span=_written(span),
                    name=name,
                    allowed=_written(allowed),
                ),
                "print the policy's hours, or change [hours] in the policy",
                field="phone_line.hours",
            )
    _somebody_is_there(connection, line_id, opens, first)


def _names_open_days(line: Line, printed: Hours, words: str) -> None:
    week = dict(zip(_NAMES, printed.week, strict=False))
    for name in line.open_days:
        if week.get(name) is None:
            raise BadInput(
                Sentence(
                    "names {name}, on which the printed hours ({words}) are closed",
                    name=name,
                    words=words,
                ),
                "write the same days in both",
                field="phone_line.open_days",
            )


def _within(span: Span, allowed: Span | None) -> bool:
    return allowed is not None and allowed.opens <= span.opens and span.closes <= allowed.closes


def _written(span: Span | None) -> str:
    return f"{span.opens:%H:%M}-{span.closes:%H:%M}" if span else "closed"


def _somebody_is_there(connection: Connection, line_id: int, opens: Hours, first: date) -> None:
    """Refuse a roster that is in use and has nobody on an open day of the first week."""
    mine = RosterEntry.line_id == line_id
    if connection.execute(select(RosterEntry.id).where(mine).limit(1)).first() is None:
        return
    for ahead in range(A_WEEK):
        day = first + timedelta(days=ahead)
        if open_hours(day, opens) is None or _is_anybody_there(connection, line_id, day):
            continue
        raise BadInput(
            Sentence("is open on {day}, and nobody is on its roster that day", day=day),
            "put somebody on it: kaartje roster add",
            field="phone_line.hours",
        )


def _is_anybody_there(connection: Connection, line_id: int, day: date) -> bool:
    rostered = select(RosterEntry.id).where(
        RosterEntry.line_id == line_id,
        RosterEntry.on_from <= day,
        or_(RosterEntry.on_until.is_(None), RosterEntry.on_until >= day),
    )
    left = or_(Agent.left_on.is_(None), Agent.left_on > day)
    agent = select(Agent.name).where(Agent.joined_on <= day, left)
    return any(connection.execute(each.limit(1)).first() is not None for each in (rostered, agent))


def opening(words: str, days: Sequence[str], policy: Hours) -> Hours | None:
    """Parse hours written as "maandag tot en met vrijdag, 9 tot 17 uur", or return None.

    Args:
        words: the hours, in Dutch.
        days: the days on which it is open, in English, where the campaign names them.
        policy: of which the holidays, the closed days and the early ends count here too.
    """
    found = _HOURS.fullmatch(" ".join(words.casefold().split()))
    if not found:
        return None
    first, last = (_place(found[n]) for n in (1, 2))
    try:
        span = Span(opens=_clock(found[3], found[4]), closes=_clock(found[5], found[6]))
    except ValueError:
        return None
    here = [
        place
        for place in range(len(_DAYS))
        if first <= place <= last and (not days or _NAMES[place] in days)
    ]
    if not here:
        return None
    week = {name: span if place in here else None for place, name in enumerate(_NAMES)}
    return Hours(**week, early_ends=policy.early_ends, closed_days=policy.closed_days)


def _place(day: str) -> int:
    return next(place for place, name in enumerate(_DAYS) if name.startswith(day))


def _clock(hour: str, minute: str | None) -> time:
    return time(int(hour), int(minute or 0))
