"""Somebody's appointment, as the facts of an import tell it, put into words: a day, a time, a street."""

from collections.abc import Mapping
from datetime import date
from typing import Any

FACTS = ("appointment_on", "appointment_at", "appointment_street")
"""A date, a time (10.30) and a street with its number: what a text about an appointment says, and nothing else."""

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


def appointment_context(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template may say of an appointment; empty where something of it is not known."""
    on, at, street = (facts.get(name) for name in FACTS)
    if not (on and at and street):
        return {}
    day = date.fromisoformat(str(on))
    return {
        "appointment": {
            "date": spoken(day),
            "time": str(at).replace(":", "."),
            "street": str(street),
        }
    }


def spoken(day: date) -> dict[str, str]:
    """Return a day as people say it, in each language; the year goes without saying."""
    return {
        language: f"{_DAYS[language][day.weekday()]} {day.day} {_MONTHS[language][day.month - 1]}"
        for language in _DAYS
    }
