"""Dates and times as people write them, in Dutch and in English."""

from datetime import date, datetime
from typing import Literal, get_args

from store.clock import LOCAL

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_WEEKDAYS: dict[Language, str] = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
_MONTHS: dict[Language, str] = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def month_name(month: int, language: Language) -> str:
    """Return the name of a month, of which January is 1."""
    return _MONTHS[language].split()[month - 1]


def written_day(value: date, language: Language) -> str:
    """Write "12 juni 2023". A moment is taken to the citizens' own calendar day."""
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).date()
    return f"{value.day} {month_name(value.month, language)} {value.year}"


def weekday_and_day(value: date, language: Language) -> str:
    """Write "maandag 12 juni 2023"."""
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL).date()
    return f"{_WEEKDAYS[language].split()[value.weekday()]} {written_day(value, language)}"


def day_by_language(day: date) -> dict[str, str]:
    """Return a day as it stands on a letter, "12 juni 2023", by language."""
    return {language: written_day(day, language) for language in LANGUAGES}


def spoken_day(day: date) -> dict[str, str]:
    """Return a day as people say it, "maandag 12 juni", by language."""
    return {
        language: f"{_WEEKDAYS[language].split()[day.weekday()]} {day.day} {month_name(day.month, language)}"
        for language in LANGUAGES
    }


def written_time(value: datetime, language: Language) -> str:
    """Write a time as "9.30 uur" in Dutch and as "09:30" in English, in local time."""
    local = value.astimezone(LOCAL)
    return f"{local.hour}.{local.minute:02} uur" if language == "nl" else f"{local:%H:%M}"


def written_moment(value: datetime, language: Language) -> str:
    """Write "12 juni 2023, 10.30 uur", in local time."""
    return f"{written_day(value, language)}, {written_time(value, language)}"


def weekday_and_moment(value: datetime, language: Language) -> str:
    """Write "maandag 12 juni 2023, 10.30 uur", in local time."""
    return f"{weekday_and_day(value, language)}, {written_time(value, language)}"


def written_partial(text: str, language: Language) -> str:
    """Write a date of which the day or month may be unknown: 1980-05-17, 1980-05, 1980 or 1979-1981."""
    parts = text.split("-")
    match [part for part in parts if part.isdigit()]:
        case [year, month, day] if len(year) > len(month):
            return written_day(date(int(year), int(month), int(day)), language)
        case [year, month] if len(month) == len("05"):
            return f"{month_name(int(month), language)} {year}"
        case _:
            return text
