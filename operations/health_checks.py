"""Health checks of an installation, which `kaartje doctor` and the alerts of its monitoring share.

Each check looks at one thing and returns what is not as it should be. None changes anything, and none names a person.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from campaigns.delivery.shared_limits import SharedBreaker
from campaigns.post.outbox_runs import differing_files
from channels.sms.channel import Sms
from desk.line.line_tests import latest_tests
from installation.installation import Installation
from installation.stop_everything import present_stop
from operations import counts
from operations.counts import Backlog
from operations.findings import Finding, Level
from privacy.erasure_list import who_came_back
from privacy.requests import requests
from store.clock import LOCAL
from store.sentences import Sentence, counted

LITTLE_DISK = 5 * 2**30
NO_DISK = 512 * 2**20
"""Free bytes under which a print run of an ordinary wave no longer fits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A check with its subject in words, and whether it is quick enough to run every minute."""

    subject: str
    look: Callable[[Installation, datetime], Iterator[Finding]]
    quick: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Ageing:
    """A check of something that may wait for a while, and no longer.

    Attributes:
        count: What is counted.
        longest: How long the oldest may wait.
        one: The problem where one waits, with the place {oldest}.
        more: The problem where {count} wait.
        remedy: What to do.
        level: How bad it is.
    """

    count: Callable[[Connection, datetime], Backlog]
    longest: timedelta
    one: str
    more: str
    remedy: str
    level: Level = Level.ATTENTION


def findings(
    installation: Installation, *, now: datetime, quick: bool = False
) -> dict[str, tuple[Finding, ...]]:
    """Return what every check finds, by its name. `quick` leaves out those that read files."""
    return {
        name: tuple(check.look(installation, now))
        for name, check in CHECKS.items()
        if check.quick or not quick
    }


def _ageing(name: str, rule: Ageing) -> Callable[[Installation, datetime], Iterator[Finding]]:
    def look(installation: Installation, now: datetime) -> Iterator[Finding]:
        with installation.store.reading() as connection:
            found = rule.count(connection, now)
        if found.since is None or found.age(now) <= rule.longest:
            return
        problem = Sentence(
            rule.one if found.count == 1 else rule.more,
            count=found.count,
            oldest=_moment(found.since),
        )
        yield Finding(check=name, level=rule.level, problem=problem, remedy=rule.remedy)

    return look


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _disk(installation: Installation, _now: datetime) -> Iterator[Finding]:
    places = {installation.settings.home.absolute(), installation.settings.outbox.absolute()}
    for place in sorted(places):
        if not place.is_dir() or (free := _free(place)) >= LITTLE_DISK:
            continue
        yield Finding(
            check="disk",
            level=Level.WRONG if free < NO_DISK else Level.ATTENTION,
            problem=Sentence(
                "{free} MB of disk are free in {place}", free=free // 2**20, place=str(place)
            ),
            remedy="make room; a print run that does not fit is not made, and waits",
        )


def _free(place: Path) -> int:
    return shutil.disk_usage(place).free


def _run_files(installation: Installation, _now: datetime) -> Iterator[Finding]:
    for each in differing_files(installation):
        yield Finding(
            check="run-files",
            level=Level.WRONG,
            problem=Sentence("{name} is missing", name=each.name)
            if each.missing
            else Sentence("{name} was changed after it was made", name=each.name),
            remedy="put it back from the backup; the run is not handed over before",
        )


def _providers(installation: Installation, now: datetime) -> Iterator[Finding]:
    channel = installation.channels.get("sms")
    if not isinstance(channel, Sms):
        return
    store = installation.store
    breaker = None if store.embedded else SharedBreaker(store)
    for trip in channel.resting(now, breaker):
        yield Finding(
            check="providers",
            level=Level.WRONG,
            problem=Sentence(
                "no texts leave through {provider}: {detail} ({code})",
                provider=trip.provider,
                detail=trip.detail,
                code=trip.code,
            ),
            remedy="correct the settings or the account; one text is tried again after a quarter of an hour",
        )


def _stopped(installation: Installation, now: datetime) -> Iterator[Finding]:
    if stop := present_stop(installation.store, now=now):
        yield Finding(
            check="stopped",
            level=Level.ATTENTION,
            problem=Sentence(
                "everything is stopped since {at} by {who}",
                at=_moment(stop.stopped_at),
                who=stop.stopped_by,
            ),
            remedy="two people lift it: on the page Today, or kaartje installation lift-stop",
        )


def _lines(installation: Installation, now: datetime) -> Iterator[Finding]:
    for line in latest_tests(installation):
        if line.passed is False:
            problem = Sentence("the last test call to {line} failed", line=line.name)
            level = Level.WRONG
        elif line.due_at is not None and line.due_at < now - timedelta(days=1):
            problem = Sentence("the test call to {line} is overdue", line=line.name)
            level = Level.ATTENTION
        else:
            continue
        remedy = "dial the printed number yourself: kaartje line test"
        yield Finding(check="lines", level=level, problem=problem, remedy=remedy)


def _requests(installation: Installation, now: datetime) -> Iterator[Finding]:
    if late := sum(each.is_late(now) for each in requests(installation.store)):
        yield Finding(
            check="requests",
            level=Level.ATTENTION,
            problem=counted(
                late,
                "{count} request of a citizen about their data is past its term",
                "{count} requests of citizens about their data are past their term",
            ),
            remedy="see the page Requests, or kaartje privacy requests",
        )


def _erased(installation: Installation, _now: datetime) -> Iterator[Finding]:
    if back := len(who_came_back(installation)):
        yield Finding(
            check="erased",
            level=Level.WRONG,
            problem=counted(
                back,
                "{count} person who was erased is back, from a backup",
                "{count} people who were erased are back, from a backup",
            ),
            remedy="erase them again: kaartje privacy replay-erasures",
        )


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGEING = {
    "batches": (
        "batches on their way",
        Ageing(
            count=lambda connection, _: counts.open_batches(connection),
            longest=_HOUR,
            one="{count} batch has been on its way to a channel since {oldest}",
            more="{count} batches have been on their way to a channel, the oldest since {oldest}",
            remedy="let a pass run, which asks the channel about them: kaartje deliver",
        ),
    ),
    "doubts": (
        "touches in doubt",
        Ageing(
            count=lambda connection, _: counts.touches_in_doubt(connection),
            longest=_DAY,
            one="of {count} touch nobody knows since {oldest} whether it went",
            more="of {count} touches nobody knows whether they went, the oldest since {oldest}",
            remedy="compare with the provider's own list: kaartje audit deliveries",
        ),
    ),
    "due": (
        "touches that are due",
        Ageing(
            count=counts.touches_due,
            longest=4 * _DAY,
            one="{count} touch has been due since {oldest} and has not gone",
            more="{count} touches are due and have not gone, the oldest since {oldest}",
            remedy="see why each waits: kaartje deliver --json, or the page of the campaign",
        ),
    ),
    "events": (
        "events of providers",
        Ageing(
            count=lambda connection, _: counts.unread_events(connection),
            longest=10 * _MINUTE,
            one="{count} event of a provider has waited since {oldest} to be applied",
            more="{count} events of providers wait to be applied, the oldest since {oldest}",
            remedy="the web server applies them: is kaartje serve running? A pass does it too",
            level=Level.WRONG,
        ),
    ),
    "answers": (
        "answers to citizens",
        Ageing(
            count=counts.answers_to_send,
            longest=15 * _MINUTE,
            one="{count} answer to a citizen has waited since {oldest} to be sent",
            more="{count} answers to citizens wait to be sent, the oldest since {oldest}",
            remedy="the flow `answer` sends them every minute: is a worker running?",
            level=Level.WRONG,
        ),
    ),
    "callers": (
        "callers who wait",
        Ageing(
            count=lambda connection, _: counts.callers_waiting(connection),
            longest=10 * _MINUTE,
            one="{count} caller has waited for an agent since {oldest}",
            more="{count} callers wait for an agent, the longest since {oldest}",
            remedy="put more agents on the line, or let them be offered a call back",
        ),
    ),
    "promises": (
        "promised calls",
        Ageing(
            count=counts.promises_late,
            longest=timedelta(),
            one="{count} promised call is late, and was promised by {oldest}",
            more="{count} promised calls are late, the first was promised by {oldest}",
            remedy="an agent takes them first: kaartje queue next",
        ),
    ),
    "shop": (
        "runs at the print shop",
        Ageing(
            count=lambda connection, _: counts.runs_at_the_shop(connection),
            longest=7 * _DAY,
            one="{count} print run lies at the print shop since {oldest} and is not posted",
            more="{count} print runs lie at the print shop and are not posted, the oldest since {oldest}",
            remedy="ask the shop, and take in its answers: kaartje post list",
        ),
    ),
    "incidents": (
        "open incidents",
        Ageing(
            count=lambda connection, _: counts.open_incidents(connection),
            longest=timedelta(),
            one="{count} incident holds a campaign since {oldest}",
            more="{count} incidents hold a campaign, the oldest since {oldest}",
            remedy="see kaartje post incident list, and close it once it is solved",
        ),
    ),
}

CHECKS = {
    "disk": Check(subject="disk space", look=_disk),
    "run-files": Check(subject="files of print runs", look=_run_files, quick=False),
    "providers": Check(subject="providers of text messages", look=_providers),
    "stopped": Check(subject="stop of everything", look=_stopped),
    "lines": Check(subject="phone lines", look=_lines),
    "requests": Check(subject="requests about their own data", look=_requests),
    "erased": Check(subject="people who were erased", look=_erased, quick=False),
    **{
        name: Check(subject=subject, look=_ageing(name, rule))
        for name, (subject, rule) in AGEING.items()
    },
}
"""Every check by its name, as `kaartje doctor` lists them and as the alerts are called."""
