"""Tests of a phone line, by a person who dials the printed number and by a weekly test call."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from campaigns.touches.line_proofs import PERIOD
from channels.port import Unavailable
from channels.voice.account import Telephone
from channels.voice.port import Call as Placed
from channels.voice.port import NotRung
from desk.entries.queue_entries import line_id_of
from desk.line.incoming_calls import CallEvent
from desk.line.line_lookup import line_at, read_number
from desk.queue import call_legs
from installation.installation import Installation
from people.numbers import PhoneNumber
from store.errors import BadInput
from store.mapped_rows import read_all, read_one_or_none
from store.sentences import Sentence
from store.states import LegEnd, LegKind, LineTestKind
from store.tables import Leg, LineRoute, LineTest, PhoneLine

ALERTS = logging.getLogger("kaartje.line")
CODE = "0000000000"
"""The code our own test call keys. No card has it, because no code begins with a zero."""
KEYS = f"{'w' * 16}1{'w' * 12}{CODE}"
"""Keys for the Dutch menu and then the code. Each w is half a second."""
UNDER_WAY = timedelta(minutes=10)
DIALLED_WITHIN = timedelta(hours=1)
SYSTEM = "kaartje line test"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTests:
    """The latest test calls of a line, with its number and routes."""

    line: str  # E.164: the printed number
    name: str
    routes: tuple[str, ...]  # E.164: the numbers at the provider behind it
    dialled_at: datetime | None  # when a person last dialled it, and came through
    dialled_by: str | None
    tested_at: datetime | None
    passed: bool | None  # None: under way, or never tried
    detail: str
    due_at: datetime | None  # when the next test is due; None: never tried

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


def is_test(keyed: str) -> bool:
    """Return whether these are the keys of our own test call."""
    return keyed == CODE


def dialled(installation: Installation, line: str, *, by: str, now: datetime) -> datetime:
    """Record that a person dialled the printed number. Return when their call came in.

    It is checked against the stored calls. A call must have come in on this line within the last hour, from
    another number than our own.

    Raises:
        BadInput: there is no such line, or no call came in on it.
    """
    with installation.store.writing() as connection:
        line_id = line_id_of(connection, PhoneNumber.parse(line).e164)
        recent = (
            Leg.line_id == line_id,
            Leg.kind == LegKind.CITIZEN,
            Leg.began_at > now - DIALLED_WITHIN,
        )
        ours = Telephone.read(installation.settings.accounts).caller
        query = select(Leg.began_at).where(
            *recent, Leg.from_number.is_distinct_from(read_number(ours))
        )
        began = connection.execute(
            query.order_by(Leg.began_at.desc()).limit(1)
        ).scalar_one_or_none()
        if began is None:
            remedy = "dial it once more, wait for the greeting, and look whether the provider knows our address"
            raise BadInput(
                "nobody came through on this line within the last hour", remedy, field=line
            )
        _write(
            connection,
            line_id,
            LineTestKind.DIALLED,
            by,
            passed=True,
            detail="the greeting was played",
            now=now,
        )
        return began


def test(installation: Installation, line: str, *, now: datetime) -> int:
    """Place a test call to a line. Return the key of the test, whose result follows within a minute.

    Raises:
        BadInput: there is no such line, this installation has no telephone, or the call cannot be placed.
    """
    if installation.exchange is None:
        raise BadInput(
            "this installation has no telephone",
            "set KAARTJE_VOICE_FROM and the account",
            field="telephone",
        )
    number = PhoneNumber.parse(line).e164
    telephone = Telephone.read(installation.settings.accounts)
    with installation.store.writing() as connection:
        line_id = line_id_of(connection, number)
        test_id = _write(
            connection, line_id, LineTestKind.AUTOMATIC, SYSTEM, passed=None, detail="", now=now
        )
        leg = call_legs.made(
            connection,
            call_legs.NewLeg(ref=f"try:test-{test_id}", kind=LegKind.TEST, line_id=line_id),
            now=now,
        )
    placed = Placed(
        to=number,
        caller_id=telephone.caller,
        answer_url=telephone.address(f"test?leg={leg.id}"),
        status_url=telephone.address(f"status?leg={leg.id}"),
        keys=KEYS,
        seconds=40,
    )
    try:
        result = installation.exchange.ring(placed)
    except Unavailable as error:
        result = NotRung("", str(error))
    if isinstance(result, NotRung):
        with installation.store.writing() as connection:
            call_legs.end(connection, leg, LegEnd.NOT_REACHED, now=now)
            _end(connection, test_id, passed=False, detail=result.why)
        raise BadInput(
            Sentence("the line cannot be called: {why}", why=result.why),
            "look at the number and the account",
            field=line,
        )
    return test_id


def test_all(installation: Installation, *, now: datetime) -> dict[str, int]:
    """Place a test call to every line, where one failure does not stop the others.

    Returns:
        How many lines are being `called`, and how many could not be (`failed`). Without a telephone there are none.
    """
    counts = {"called": 0, "failed": 0}
    if installation.exchange is None:
        return counts
    close_late(installation, now=now)
    for line in latest_tests(installation):
        try:
            test(installation, line.line, now=now)
            counts["called"] += 1
        except BadInput as error:
            counts["failed"] += 1
            ALERTS.error(
                "the test call to %s failed: %s; %s", line.line, error.problem, error.remedy
            )
    return counts


def is_expected(installation: Installation, event: CallEvent, *, now: datetime) -> bool:
    """Return whether this is our own test call, which gets the menu at any hour."""
    with installation.store.reading() as connection:
        waits = _under_way(installation, connection, event, now)
        return (
            waits is not None
            and connection.execute(select(LineTest.id).where(*waits).limit(1)).first() is not None
        )


def _under_way(
    installation: Installation, connection: Connection, event: CallEvent, now: datetime
) -> tuple[ColumnElement[bool], ...] | None:
    ours = read_number(Telephone.read(installation.settings.accounts).caller)
    if ours is None or read_number(event.caller) != ours:
        return None
    return (
        LineTest.line_id == line_at(connection, event.dialled),
        LineTest.kind == LineTestKind.AUTOMATIC,
        LineTest.passed.is_(None),
        LineTest.at > now - UNDER_WAY,
    )


def passes(installation: Installation, event: CallEvent, *, now: datetime) -> bool:
    """Record that our own test call reached its line. Return False where none was expected."""
    with installation.store.writing() as connection:
        waits = _under_way(installation, connection, event, now)
        if waits is None:
            return False
        found = connection.execute(
            update(LineTest).where(*waits).values(passed=True, detail="came through")
        )
        if (leg := call_legs.by_ref(connection, event.ref)) is not None:
            call_legs.note_end(connection, leg.id, LegEnd.TESTED)
        return found.rowcount > 0


def close_late(installation: Installation, *, now: datetime) -> int:
    """Fail the tests whose call did not arrive, with an alert for each. Return how many."""
    late = (LineTest.passed.is_(None), LineTest.at <= now - UNDER_WAY)
    values = {"passed": False, "detail": "the call did not come through"}
    with installation.store.writing() as connection:
        closing = update(LineTest).where(*late).values(values).returning(LineTest.line_id)
        closed = connection.execute(closing).scalars().all()
        numbers = select(PhoneLine.number).where(PhoneLine.id.in_(closed)).order_by(PhoneLine.id)
        failed = connection.execute(numbers).scalars().all()
    for number in failed:
        ALERTS.critical(
            "the test call to %s did not come through; dial it, and see kaartje line list", number
        )
    return len(closed)


def latest_tests(installation: Installation) -> list[LineTests]:
    """Return the tests of every line."""
    with installation.store.reading() as connection:
        lines = read_all(connection, select(PhoneLine).order_by(PhoneLine.id))
        return [_latest_tests_of(connection, line) for line in lines]


def _latest_tests_of(connection: Connection, line: PhoneLine) -> LineTests:
    by_hand = _latest(connection, line.id, LineTestKind.DIALLED)
    automatic = _latest(connection, line.id, LineTestKind.AUTOMATIC)
    routes = select(LineRoute.number).where(LineRoute.line_id == line.id).order_by(LineRoute.number)
    return LineTests(
        line=line.number,
        name=line.name,
        routes=tuple(connection.execute(routes).scalars()),
        dialled_at=by_hand.at if by_hand else None,
        dialled_by=by_hand.by if by_hand else None,
        tested_at=automatic.at if automatic else None,
        passed=automatic.passed if automatic else None,
        detail=automatic.detail if automatic else "",
        due_at=automatic.at + PERIOD if automatic else None,
    )


def _latest(connection: Connection, line_id: int, kind: LineTestKind) -> LineTest | None:
    mine = (LineTest.line_id == line_id, LineTest.kind == kind)
    query = select(LineTest).where(*mine).order_by(LineTest.at.desc(), LineTest.id.desc()).limit(1)
    return read_one_or_none(connection, query)


def _write(
    connection: Connection,
    line_id: int,
    kind: LineTestKind,
    by: str,
    *,
    passed: bool | None,
    detail: str,
    now: datetime,
) -> int:
    row = {
        "line_id": line_id,
        "kind": kind,
        "at": now,
        "by": by,
        "passed": passed,
        "detail": detail,
    }
    return int(connection.execute(insert(LineTest).values(row).returning(LineTest.id)).scalar_one())


def _end(connection: Connection, test_id: int, *, passed: bool, detail: str) -> None:
    connection.execute(
        update(LineTest).where(LineTest.id == test_id).values(passed=passed, detail=detail)
    )
