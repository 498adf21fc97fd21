"""Dates as spreadsheets and data frames write them, and texts that a spreadsheet made a date of."""

import re
from datetime import date, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january januar janv janvier j\u00e4n",
            "feb februari february februar f\u00e9vr fevr f\u00e9vrier",
            "mrt maart mar march mrz m\u00e4rz m\u00e4r mars",
            "apr april avr avril",
            "mei may mai",
            "jun juni june juin",
            "jul juli july juil juillet",
            "aug augustus august ao\u00fbt aout",
            "sep sept september septembre",
            "okt oktober oct october octobre",
            "nov november novembre",
            "dec december dez dezember d\u00e9c d\u00e9cembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_SEPARATOR = r"[-/. ]{1,2}"
_DAY_FIRST = re.compile(
    rf"([0-9]{{1,2}}){_SEPARATOR}({_MONTH})\.?,?{_SEPARATOR}([0-9]{{4}})(?P<rest>.*)", re.IGNORECASE
)
_MONTH_FIRST = re.compile(
    rf"({_MONTH})\.?{_SEPARATOR}([0-9]{{1,2}}),?{_SEPARATOR}([0-9]{{4}})(?P<rest>.*)", re.IGNORECASE
)
_MIDNIGHT = re.compile(
    r"(?:[T ](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)(?:Z|[+-]0[0-3]:?00)?)?", re.IGNORECASE
)
# without a zone every reader of dates takes it
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?P<rest>[T ].+[+-][0-9:]+)", re.ASCII)
_SERIAL = re.compile(r"([1-9][0-9]{4})(?:[.,]0+)?", re.ASCII)
_SERIAL_LAST = 73_050  # 31 December 2099
_SERIAL_START = date(1899, 12, 30)
_SERIAL_NAUGHT = re.compile(
    r"(?:00?[-/. ](?:0?1|jan)[-/. ](?:19)?00|1900-01-00|30-12-1899|1899-12-30)(?:[T ]0?0:00.*)?",
    re.IGNORECASE,
)
_NO_END = re.compile(r"9999-?12-?31(?:[T ].*)?|31[-/.]?12[-/.]?9999(?: .*)?", re.ASCII)
# a day with a month by its name, or three numbers: what `2-1` became
_MADE_A_DATE = re.compile(
    rf"[0-9]{{1,4}}{_SEPARATOR}(?:{_MONTH})\.?(?:{_SEPARATOR}[0-9]{{2,4}})?"
    rf"|(?:{_MONTH})\.?{_SEPARATOR}[0-9]{{1,4}}(?:,? [0-9]{{2,4}})?"
    r"|[0-9]{1,2}([-/.])[0-9]{1,2}\1(?:19|20)?[0-9]{2}(?:[T ].*)?"
    r"|(?:19|20)[0-9]{2}([-/.])[0-9]{1,2}\2[0-9]{1,2}(?:[T ].*)?",
    re.IGNORECASE,
)


def is_made_a_date(text: str) -> bool:
    """Whether a spreadsheet took this for a date, as `2-jan`, `1/feb` or `1-2-2023` where `2-1` stood."""
    return bool(_MADE_A_DATE.fullmatch(text))


def iso_day(text: str) -> str | None:
    """Return a day that a spreadsheet or a data frame wrote in its own way, as `2023-06-01`.

    These are a serial number (`45078`, counted from 1900), a month by its name (`1-jun-2023`), and
    midnight with a zone. Returns None for anything else, also for a year of two digits.
    """
    if found := _SERIAL.fullmatch(text):
        days = int(found[1])
        return (_SERIAL_START + timedelta(days)).isoformat() if days <= _SERIAL_LAST else None
    if found := _DAY_FIRST.fullmatch(text):
        parts = found[3], _MONTHS[found[2].casefold()], found[1]
    elif found := _MONTH_FIRST.fullmatch(text):
        parts = found[3], _MONTHS[found[1].casefold()], found[2]
    elif found := _ISO.fullmatch(text):
        return found[1] if _MIDNIGHT.fullmatch(found["rest"]) else None
    else:
        return None
    if not _MIDNIGHT.fullmatch(found["rest"]):
        return None
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return None


def is_naught(text: str) -> bool:
    """Whether it is a zero that was formatted as a date, as `0-1-1900`."""
    return bool(_SERIAL_NAUGHT.fullmatch(text))


def is_no_end(text: str) -> bool:
    """Whether it is the last day of all days, which sources write for a day that never came."""
    return bool(_NO_END.fullmatch(text))
