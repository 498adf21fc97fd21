"""Facts of an import that describe an appointment, and its day in words."""

from datetime import date

FACTS = ("appointment_on", "appointment_at", "appointment_street")
"""The facts of an appointment: a date, a time (10.30) and a street with its number."""

_DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def spoken(day: date) -> dict[str, str]:
    """Return a day in words, by language, without its year."""
    return {
        language: f"{_DAYS[language][day.weekday()]} {day.day} {_MONTHS[language][day.month - 1]}"
        for language in _DAYS
    }


def dated(day: date) -> dict[str, str]:
    """Return a day as it stands on a letter, by language, with its year."""
    return {
        language: f"{day.day} {months[day.month - 1]} {day.year}"
        for language, months in _MONTHS.items()
    }
