"""Arguments and parsers that the desk commands share."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer

from console.cli.options import local_time, read_day
from store.clock import LOCAL, parse_agreed_moment
from store.errors import BadInput
from store.sentences import Sentence

__all__ = ["From", "Number", "Ref", "Until", "local_time", "period", "read_moment"]
Ref = Annotated[str, typer.Argument(metavar="REF", help="The person_ref.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Its number.")]
From = Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, as 2023-06-01.")]
Until = Annotated[str, typer.Option("--until", metavar="DAY", help="The last day, as 2023-06-30.")]


def read_moment(text: str) -> datetime:
    """Parse the moment of an appointment.

    Raises:
        BadInput: The text is not a date and time, or one that does not exist or comes twice.
    """
    try:
        return parse_agreed_moment(text)
    except BadInput as error:
        error.field = "at"
        raise
    except ValueError:
        raise BadInput(
            Sentence("{seen!r} is not a date and time", seen=text),
            "write it as 2023-06-08T10:30",
            field="at",
        ) from None


def period(first: str, last: str) -> tuple[datetime, datetime]:
    """Return the moments at which the days `first` to `last` begin and end.

    Raises:
        BadInput: One of them is not a date, or the last lies before the first.
    """
    since, until = read_day(first, "--from"), read_day(last, "--until")
    if until < since:
        raise BadInput(
            Sentence("{until} lies before {since}", until=until, since=since),
            "name a later day",
            field="--until",
        )
    return _starts(since), _starts(until + timedelta(days=1))


def _starts(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL).astimezone(UTC)
