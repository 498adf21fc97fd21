"""Format dates, counts and sizes as people in the Netherlands write them."""

from datetime import datetime, timedelta
from decimal import Decimal

from console.web.words import Language
from store.clock import LOCAL
from store.written_dates import written_moment, written_time

_KILO = 1000
_DAYS = 2  # from here on a wait is written in days


def window(begins: datetime, ends: datetime | None, language: Language) -> str:
    """Write a window as one day with two times, or as two moments on two days."""
    if ends is None:
        return written_moment(begins, language)
    until = " tot " if language == "nl" else " to "
    same = begins.astimezone(LOCAL).date() == ends.astimezone(LOCAL).date()
    begin = written_moment(begins, language).removesuffix(" uur" if same else "")
    return begin + until + (written_time if same else written_moment)(ends, language)


def waited(length: timedelta, language: Language) -> str:
    """Write how long somebody waits, in minutes, hours or days.

    Examples: "3 min", "2 u 10 min", "3 dagen".
    """
    days, minutes = length.days, max(0, int(length.total_seconds() // 60))
    if days >= _DAYS:
        return f"{days} {'dagen' if language == 'nl' else 'days'}"
    hours, rest = divmod(minutes, 60)
    return f"{hours} {'u' if language == 'nl' else 'h'} {rest} min" if hours else f"{minutes} min"


def number(value: int, language: Language) -> str:
    """Write "1.500" in Dutch and "1,500" in English."""
    return _separated(f"{value:,}", language)


def euros(value: Decimal | str, language: Language) -> str:
    """Write "€ 1.234,50" in Dutch and "€ 1,234.50" in English."""
    return f"€ {_separated(f'{Decimal(value):,.2f}', language)}"


def amount(value: Decimal | str, language: Language) -> str:
    """Write a number as it stands, "2,5" in Dutch and "2.5" in English."""
    return _separated(str(value), language)


def percentage(part: int, whole: int, language: Language) -> str:
    """Write a share as "33,3%", or a dash where the whole is zero."""
    return f"{_separated(f'{100 * part / whole:.1f}', language)}%" if whole else "-"


def decimal(value: float, form: str, language: Language) -> str:
    """Write a number in a form such as ".1f" or "+.1f", with a comma in Dutch.

    What rounds to nought has no minus.
    """
    text = format(value, form)
    return _separated(text if float(text) else format(0.0, form), language)


def size(count: int, language: Language) -> str:
    """Write a number of bytes as "1,2 MB"."""
    amount = float(count)
    for unit in ("bytes", "kB", "MB"):
        if amount < _KILO:
            return (
                _separated(f"{amount:.0f}" if unit == "bytes" else f"{amount:.1f}", language)
                + f" {unit}"
            )
        amount /= _KILO
    return _separated(f"{amount:.1f}", language) + " GB"


def code(value: str) -> str:
    """Write a response code in groups of three, three and four digits, as it is printed."""
    return f"{value[:3]} {value[3:6]} {value[6:]}"


def _separated(text: str, language: Language) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text
