"""Call-back windows and phone numbers that people choose on a public page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.web.words import Language
from desk.entries.promised_windows import LineTurns, Window, day_parts
from inbound.auto_replies import window_in_words
from inbound.wishes.callback_times import WAKING, named_window
from people.numbers import NotAPhoneNumber, PhoneNumber
from store.clock import LOCAL, local_date
from store.written_dates import spoken_day

DAYS = 5
"""Open days on which people may choose to be called."""
_SHORTEST = timedelta(minutes=30)
_LEAD = timedelta(minutes=15)
_AHEAD = 21
SOON = "soon"


class Unclear(Exception):
    """A form field cannot be read. `key` names the words that say why."""

    def __init__(self, field: str, key: str) -> None:
        super().__init__(key)
        self.field, self.key = field, key


@dataclass(frozen=True, slots=True)
class Choice:
    """A call-back window on offer."""

    value: str
    window: Window
    words: dict[str, str]


def choices(turns: LineTurns) -> list[Choice]:
    """Return the windows of the next days in which the line can call back, split in mornings to evenings."""
    found: list[Choice] = []
    days = 0
    for ahead in range(_AHEAD):
        made = _of_day(turns, ahead)
        found += made
        days += bool(made)
        if days == DAYS:
            break
    return found


def _of_day(turns: LineTurns, ahead: int) -> list[Choice]:
    parts = day_parts(turns.hours, local_date(turns.now) + timedelta(days=ahead))
    windows = [Window(max(part.begins, turns.now + _LEAD), part.ends) for part in parts]
    long = [window for window in windows if window.ends - window.begins >= _SHORTEST]
    return [_choice(window) for window in long if turns.can_keep(window)]


def _choice(window: Window) -> Choice:
    # named by its end: its begin moves along while somebody fills in the form
    return Choice(
        f"{window.ends.astimezone(LOCAL):%Y-%m-%dT%H:%M}", window, window_in_words(_rounded(window))
    )


def _rounded(window: Window) -> Window:
    begins = window.begins
    over = timedelta(
        minutes=begins.minute % 15, seconds=begins.second, microseconds=begins.microsecond
    )
    return Window(begins if not over else begins - over + timedelta(minutes=15), window.ends)


def chosen_window(form: Mapping[str, str], turns: LineTurns) -> Window | None:
    """Return the window to call back in, as written or chosen, or None for soon.

    Raises:
        Unclear: The words name no single window in which the line can call, or the window has passed.
    """
    if words := form.get("words", ""):
        window = named_window(words, at=turns.now, hours=WAKING)
        offer = turns.offer(window) if window else None
        if offer is None or not offer.as_asked:
            raise Unclear("words", "public.call.unclear_words")
        return offer.window
    if (chosen := form.get("when", SOON)) in {SOON, ""}:
        return None
    found = next((each.window for each in choices(turns) if each.value == chosen), None)
    if found is None:
        raise Unclear("when", "public.call.window_gone")
    return found


def number_to_call(form: Mapping[str, str]) -> str:
    """Return the call-back number (E.164).

    Raises:
        Unclear: It is not a phone number, or not one that may be called.
    """
    try:
        number = PhoneNumber.parse(form.get("number", ""))
    except NotAPhoneNumber:
        raise Unclear("number", "public.call.no_number") from None
    if not number.may_call:
        raise Unclear("number", "public.call.no_number")
    return number.e164


def when_in_words(window: Window | None, language: Language) -> str:
    """Return when we call, in words, or an empty text for soon."""
    return window_in_words(_rounded(window))[language] if window else ""


def moment_in_words(moment: datetime, language: Language) -> str:
    """Return a moment in words."""
    there = moment.astimezone(LOCAL)
    clock = f"{there.hour}.{there.minute:02} uur" if language == "nl" else f"{there:%H:%M}"
    return f"{spoken_day(there.date())[language]}, {clock}"
