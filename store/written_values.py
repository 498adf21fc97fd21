"""Numbers and dates in a text, written as in Dutch or as in an English letter."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter

from store.clock import LOCAL
from store.written_dates import written_day, written_moment

_SWAPPED = str.maketrans(",.", ".,")


class _Dutch(Formatter):
    """Fills values into a text: 1.234, 24,5% and 13 juni 2023."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value as it is written in Dutch."""
        match value:
            case date():
                return _day_or_moment(value, format_spec)
            case bool():
                return format(value, format_spec)
            case int() | float() | Decimal() if any(sign in format_spec for sign in ",.%"):
                return format(value, format_spec).translate(_SWAPPED)
            case _:
                return format(value, format_spec)


class _English(Formatter):
    """Fills values into a text that is read and not computed with: 13 June 2023."""

    def format_field(self, value: object, format_spec: str) -> str:
        """Return one value as it is written in an English letter."""
        if isinstance(value, date) and not isinstance(value, datetime) and not format_spec:
            return written_day(value, "en")
        return format(value, format_spec)


def _day_or_moment(value: date, format_spec: str) -> str:
    """Return a day or a moment: short in a table, where columns are equally wide, else written out.

    In English a table says "%Y-%m-%d %H:%M", and a sentence has a comma between day and time.
    """
    if not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if format_spec else written_day(value, "nl")
    match format_spec:
        case "" | "%Y-%m-%d, %H:%M":
            return written_moment(value, "nl")
        case "%Y-%m-%d":
            return written_day(value, "nl")
        case _:
            return format(value.astimezone(LOCAL), format_spec.replace("%Y-%m-%d", "%d-%m-%Y"))


def filled_in_english(template: str, values: Mapping[str, object]) -> str:
    """Fill values into an English text that is read."""
    return _English().vformat(template, (), values)


def filled_in_dutch(template: str, values: Mapping[str, object]) -> str:
    """Fill values into a Dutch text."""
    return _Dutch().vformat(template, (), values)
