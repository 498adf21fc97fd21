"""Check a phone line before launch. Its printed number must reach us, and be tested."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, select

from people.numbers import NotAPhoneNumber, PhoneNumber
from store.errors import BadInput
from store.sentences import Sentence
from store.states import LineTestKind
from store.tables import LineRoute, LineTest, PhoneLine

PERIOD = timedelta(days=8)
"""Maximum age of the weekly test call, with one day to repair a failure."""


def must_be_reachable(connection: Connection, line_id: int, printed: str, *, now: datetime) -> None:
    """Refuse to launch a campaign whose printed number nobody has tried.

    Args:
        connection: the transaction.
        line_id: the phone line of the campaign.
        printed: the number as the campaign prints it.
        now: the present moment.

    Raises:
        BadInput: the number leads elsewhere, nobody dialled it yet, or the last test call failed or is too old.
    """
    name, number = connection.execute(
        select(PhoneLine.name, PhoneLine.number).where(PhoneLine.id == line_id)
    ).one()
    line = _Line(line_id, name, number)
    _is_the_printed_one(connection, printed, line)
    _was_dialled(connection, line)
    _was_tested(connection, line, now)


def never_dialled(connection: Connection, line_id: int) -> Sentence | None:
    """Return a note where nobody ever dialled the number of a line, or None.

    Without a telephone exchange nothing else would say it.
    """
    if _latest(connection, line_id, LineTestKind.DIALLED) is not None:
        return None
    number = connection.execute(
        select(PhoneLine.number).where(PhoneLine.id == line_id)
    ).scalar_one()
    return Sentence(
        "nobody has dialled {number} yet: dial it, and hear who picks up", number=number
    )


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    name: str
    number: str  # E.164


def _is_the_printed_one(connection: Connection, printed: str, line: _Line) -> None:
    try:
        number = PhoneNumber.parse(printed).e164
    except NotAPhoneNumber as error:
        raise BadInput(
            Sentence(
                "{printed} cannot be dialled: {problem}", printed=printed, problem=error.problem
            ),
            "print a number",
            field="phone_line",
        ) from None
    leads = connection.execute(
        select(LineRoute.line_id).where(LineRoute.number == number)
    ).scalar_one_or_none()
    if number != line.number or leads not in {None, line.id}:
        problem = Sentence(
            "{printed} stands on the card, and leads to another line than {name}",
            printed=printed,
            name=line.name,
        )
        raise BadInput(problem, "see kaartje line list, and correct the route", field="phone_line")


def _was_dialled(connection: Connection, line: _Line) -> None:
    if _latest(connection, line.id, LineTestKind.DIALLED) is None:
        problem = Sentence("nobody has dialled {number} yet", number=line.number)
        remedy = Sentence(
            "dial it, hear the greeting, and say so: kaartje line dialled {number} --as NAME",
            number=line.number,
        )
        raise BadInput(problem, remedy, field="phone_line")


def _was_tested(connection: Connection, line: _Line, now: datetime) -> None:
    latest = _latest(connection, line.id, LineTestKind.AUTOMATIC)
    if latest is None or latest.at <= now - PERIOD:
        raise BadInput(
            Sentence(
                "the last test call to {number} is {when}",
                number=line.number,
                when=Sentence("too long ago") if latest else Sentence("still to come"),
            ),
            Sentence("place one: kaartje line test {number}", number=line.number),
            field="phone_line",
        )
    if latest.passed is not True:
        outcome = "is still under way" if latest.passed is None else f"failed: {latest.detail}"
        raise BadInput(
            Sentence("the test call to {number} {outcome}", number=line.number, outcome=outcome),
            "look at kaartje line list",
            field="phone_line",
        )


def _latest(
    connection: Connection, line_id: int, kind: LineTestKind
) -> Row[datetime, bool | None, str] | None:
    """Return the latest test of a kind, as its moment, result and detail."""
    mine = (LineTest.line_id == line_id, LineTest.kind == kind)
    query = select(LineTest.at, LineTest.passed, LineTest.detail).where(*mine)
    return connection.execute(
        query.order_by(LineTest.at.desc(), LineTest.id.desc()).limit(1)
    ).one_or_none()
