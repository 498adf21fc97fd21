"""Conditions written for somebody who picks a fact, an operator and a value from lists."""

import re
from datetime import date

from campaigns.audience_language.condition_sentences import Kind
from store.errors import BadInput

OPERATORS: dict[Kind, tuple[str, ...]] = {
    "number": ("at_least", "at_most", "is", "known", "unknown"),
    "day": ("before", "from", "days_ago", "known", "unknown"),
    "bool": ("yes", "no", "unknown"),
    "text": ("is", "is_not", "known", "unknown"),
}
"""The operators that fit each kind of fact."""
WITHOUT_VALUE = frozenset({"known", "unknown", "yes", "no"})
CHANNELS = ("card", "letter", "sms", "call")
COLUMN_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("town", "postcode", "country", "language", "gender"), "text"),
    **dict.fromkeys(("deceased_on", "moved_abroad_on"), "day"),
    **dict.fromkeys(("address_under_investigation", "under_guardianship"), "bool"),
}
"""The columns of a person that a condition can be picked about, with the kind of each."""
_HAS = "has:"
_SIGNS = {
    "at_least": ">=",
    "at_most": "<=",
    "is": "=",
    "is_not": "!=",
    "before": "<",
    "from": ">=",
}
_NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,4})?")
_MOST_DAYS = 73_200


def reachable(channel: str) -> str:
    """Return the name under which "can be reached by this channel" is picked."""
    return f"{_HAS}{channel}"


def built(name: str, kind: Kind, operator: str, value: str = "") -> str:
    """Return a condition of the audience language.

    Raises:
        BadInput: the operator does not fit the kind, or the value is none of it.
    """
    if operator not in OPERATORS.get(kind, ()):
        raise BadInput("does not fit this fact", "choose another", field="operator")
    named = f"has({name.removeprefix(_HAS)})" if name.startswith(_HAS) else name
    match operator:
        case "yes":
            return named
        case "no":
            return f"not {named}"
        case "known":
            return f"{named} is not null"
        case "unknown":
            return f"{named} is null"
        case "days_ago":
            return f"{named} <= today - {_days(value)}"
        case _:
            return f"{named} {_SIGNS[operator]} {_written(kind, value)}"


def added(where: str, condition: str) -> str:
    """Return a rule to which a condition is added, all of which must hold."""
    whole = where.strip()
    if not whole or whole == "true":
        return condition
    joined = f"({whole})" if re.search(r"\bor\b", whole, re.IGNORECASE) else whole
    return f"{joined}\nand {condition}"


def _written(kind: Kind, value: str) -> str:
    text = value.strip()
    if not text:
        raise BadInput("is empty", "write a value", field="value")
    match kind:
        case "number" if _NUMBER.fullmatch(text):
            return text.replace(",", ".")
        case "number":
            raise BadInput("is not a number", "write it in digits, as 12", field="value")
        case "day":
            return f"'{_day(text)}'"
        case _:
            doubled = text.replace("'", "''")
            return f"'{doubled}'"


def _day(text: str) -> str:
    try:
        if match := re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})", text):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(
            "is not a date", "write day, month and year, as 1-6-2023", field="value"
        ) from None


def _days(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text.strip()) or int(text) > _MOST_DAYS:
        raise BadInput("is not a number of days", "write it in digits, as 21", field="value")
    return int(text)
