"""Telephone numbers, parsed into numbers that may be texted, called, both or neither.

A note in the same cell is left off (`people.cells.phone_notes`).
`libphonenumber` says what a number is; the rules here say what may be done with it. Its general machinery takes a tenth
of a millisecond, so Dutch numbers typed in the common ways go through its metadata directly (`people.dutch_numbers`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from people.cells.phone_notes import NotOneNumber, number_in
from people.dutch_numbers import classify
from store.errors import BadInput
from store.sentences import Sentence, as_sentence

MACHINE_TO_MACHINE = "+3197"  # libphonenumber calls these MOBILE; a lift or a meter answers
CITY_SHORT = "+3114"  # 14 0xx reaches a town hall, and only from within the Netherlands
_TEXTABLE = frozenset({"MOBILE", "FIXED_LINE_OR_MOBILE"})
_CALLABLE = _TEXTABLE | {"FIXED_LINE", "VOIP", "UAN"}
NOWHERE = tuple(f"+{code}" for code in (800, 808, 870, 878, 881, 882, 883, 888, 979))
"""Satellites, ships and services of no one country (ITU E.164): dear, and nobody's own telephone on our line."""
_NOBODYS = (MACHINE_TO_MACHINE, *NOWHERE)
_WITHHELD_WORDS = frozenset(
    {"anonymous", "restricted", "unknown", "unavailable", "private", "blocked", "withheld"}
)
# Withheld callers as telephone networks key them: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE.
_WITHHELD_KEYS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})
_LONGEST = 60  # characters; what people type as a number is shorter
_SHORT_NUMBER = 6  # digits; at most so many have the numbers that a network keeps for itself

_NEVER: dict[str, str] = {
    "TOLL_FREE": "a free information line is nobody's own number",
    "PREMIUM_RATE": "a premium-rate number is never dialled",
    "SHARED_COST": "a shared-cost number is never dialled",
    "PAGER": "a pager is neither called nor texted",
    "PERSONAL_NUMBER": "a personal number may be sent on anywhere, at any price",
    "VOICEMAIL": "a voicemail number is not a person",
    "UNKNOWN": "the number plan does not say what answers there",
}


@dataclass
class NotAPhoneNumber(BadInput):
    """The text is not a telephone number that can be in use."""

    field: str | None = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneNumber:
    """A telephone number that can be in use.

    Attributes:
        e164: The number as networks write it: `+31612345678`. An extension is left off.
        type: What answers, in libphonenumber's words: `MOBILE`, `FIXED_LINE`, `VOIP`, `UAN`, `TOLL_FREE`, ...
        region: ISO 3166-1 alpha-2 of the number plan; `001` for a number of no one country.
        may_text: Whether a text message may be sent to it.
        may_call: Whether an agent may call it.
    """

    e164: str
    type: str
    region: str
    may_text: bool
    may_call: bool

    @classmethod
    def parse(cls, text: str, region: str = "NL") -> "PhoneNumber":
        """Read a number as people type it.

        `region` is where a number without a country code belongs.

        Raises:
            NotAPhoneNumber: it is empty, a withheld caller, too long or too short, or in no number plan.
        """
        found = cls.common(text) if region == "NL" else None
        return found or _parse_any(text, region)

    @classmethod
    def common(cls, text: str) -> "PhoneNumber | None":
        """Return a Dutch number typed in a common way, with no note in it, or None for any other text."""
        found = classify(text)
        return _ruled(*found, "NL") if found else None

    def printed(self) -> str:
        """Return the number as a person reads it, as `06 12345678`, `0800 1234` or `+32 470 12 34 56`."""
        import phonenumbers

        number = phonenumbers.parse(self.e164)
        style = phonenumbers.PhoneNumberFormat
        return str(
            phonenumbers.format_number(
                number, style.NATIONAL if self.region == "NL" else style.INTERNATIONAL
            )
        )

    def refusals(self) -> tuple[str, ...]:
        """Return why it may not be texted or called, or nothing when both are allowed."""
        if self.may_text and self.may_call:
            return ()
        if self.e164.startswith(MACHINE_TO_MACHINE):
            return (Sentence("numbers that start with 097 belong to machines"),)
        if self.e164.startswith(NOWHERE):
            return (Sentence("numbers of no one country (satellites, ships) are never dialled"),)
        if self.type == "UAN" and self.e164.startswith(CITY_SHORT):
            return (Sentence("numbers that start with 14 reach a town hall"),)
        if self.may_call:
            return (Sentence("only a mobile number can be texted"),)
        return (Sentence(_NEVER.get(self.type, _NEVER["UNKNOWN"])),)


def check(text: str, region: str = "NL") -> dict[str, Any]:
    """Return what may be done with a number, also when it is not a number.

    Returns:
        `text` and `call` (booleans), `e164` (None for what is no number at all), `type` (`UNKNOWN` where the number
        plan knows none), and `reasons`: one plain sentence for everything that is not allowed or was left off.
    """
    try:
        number = PhoneNumber.parse(text, region)
    except NotAPhoneNumber as error:
        reasons = [error.problem]
        return {
            "text": False,
            "call": False,
            "e164": _digits_read(text, region),
            "type": "UNKNOWN",
            "reasons": reasons,
        }
    reasons = list(number.refusals())
    if extension := _parsed(text, region).extension:
        reasons.append(Sentence("extension {extension} was left off", extension=extension))
    return {
        "text": number.may_text,
        "call": number.may_call,
        "e164": number.e164,
        "type": number.type,
        "reasons": reasons,
    }


def _ruled(e164: str, kind: str, region: str) -> PhoneNumber:
    machine = e164.startswith(_NOBODYS)
    may_call = (
        kind in _CALLABLE and not machine and not (kind == "UAN" and e164.startswith(CITY_SHORT))
    )
    return PhoneNumber(
        e164=e164,
        type=kind,
        region=region,
        may_text=kind in _TEXTABLE and not machine,
        may_call=may_call,
    )


@lru_cache(maxsize=4096)
def _parse_any(text: str, region: str) -> PhoneNumber:
    """Read a number with libphonenumber, cached because junk repeats (`geen`, `0612`)."""
    import phonenumbers

    number = _parsed(text, region)
    typed = text.strip()
    digits = len(_only_digits(typed))
    if (
        digits <= _SHORT_NUMBER
        and not typed.startswith("+")
        and phonenumbers.is_emergency_number(typed, region)
    ):
        raise NotAPhoneNumber(
            Sentence("{shown} is an emergency number", shown=_shown(text)),
            "write a number of your own",
        )
    if not phonenumbers.is_valid_number(number):
        raise NotAPhoneNumber(
            Sentence("{shown} {problem}", shown=_shown(text), problem=_why_invalid(number)),
            "write it as 06 12345678 or +31 6 12345678",
        )
    kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return _ruled(e164, kind, phonenumbers.region_code_for_number(number) or "001")


def _parsed(text: str, region: str) -> Any:
    import phonenumbers

    typed = text.strip()
    if not typed:
        raise NotAPhoneNumber("the number is missing", "write it as 06 12345678 or +31 6 12345678")
    if typed.casefold() in _WITHHELD_WORDS or _only_digits(typed) in _WITHHELD_KEYS:
        raise NotAPhoneNumber(Sentence("{shown} stands for a withheld number", shown=_shown(text)))
    if len(typed) > _LONGEST:
        raise NotAPhoneNumber(
            Sentence("{shown} is too long for a number", shown=_shown(text)),
            "write one number in the field",
        )
    try:
        return phonenumbers.parse(number_in(typed), region)
    except NotOneNumber as error:
        raise NotAPhoneNumber(
            Sentence("{shown} {problem}", shown=_shown(text), problem=as_sentence(error.problem)),
            error.remedy,
        ) from None
    except phonenumbers.NumberParseException:
        raise NotAPhoneNumber(
            Sentence("{shown} is not a telephone number", shown=_shown(text)),
            "write it as 06 12345678",
        ) from None


def _digits_read(text: str, region: str) -> str | None:
    """Return how the digits of a number that cannot be in use were read, to find a typing error."""
    import phonenumbers

    try:
        number = _parsed(text, region)
    except NotAPhoneNumber:
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _why_invalid(number: Any) -> str:
    import phonenumbers

    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT:
            return Sentence("is too short")
        case phonenumbers.ValidationResult.TOO_LONG:
            return Sentence("is too long")
        case _:
            return Sentence("is in no number plan")


def _only_digits(typed: str) -> str:
    return "".join(character for character in typed if character.isdigit())


def _shown(text: str) -> str:
    return repr(" ".join(text.split())[:40])
