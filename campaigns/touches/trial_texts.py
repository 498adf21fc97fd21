"""Send a trial text to a test number, and look up the type of a number."""

from collections.abc import Mapping
from datetime import datetime

from channels.dry_run import Dry
from channels.port import (
    Batch,
    Channel,
    ChannelSettings,
    HandedFile,
    Message,
    Receipt,
    Refusal,
    Seeded,
    Unavailable,
    Unsure,
)
from channels.sms import Sms
from channels.sms.account import Account
from channels.sms.lookups import Lookups
from channels.sms.providers import CannotSay
from installation.settings import Settings
from people.numbers import PhoneNumber
from store.errors import BadInput
from store.sentences import Sentence

_NOBODY = 0  # a trial belongs to no touch


def known_number(asked: str, listed: str) -> PhoneNumber:
    """Return a test number by its name or by the number itself.

    Args:
        asked: a name or a number.
        listed: all of them, as `anja=0612345678, bilal=0687654321`.

    Raises:
        BadInput: it is none of them, or the list cannot be read.
    """
    numbers = dict(_numbers(listed))
    if asked.strip().casefold() in numbers:
        return numbers[asked.strip().casefold()]
    for number in numbers.values():
        if asked.strip() == number.e164 or _same(asked, number):
            return number
    known = ", ".join(numbers) or "there is none yet"
    raise BadInput(
        Sentence("{seen!r} is not a test number", seen=asked),
        Sentence("list it in KAARTJE_SMS_TEST_NUMBERS ({known})", known=known),
        field="--to",
    )


def trial_numbers(listed: str) -> frozenset[str]:
    """Return the test numbers of our own."""
    return frozenset(number.e164 for _, number in _numbers(listed))


def _numbers(listed: str) -> list[tuple[str, PhoneNumber]]:
    found = []
    for entry in filter(str.strip, listed.split(",")):
        name, is_named, number = entry.partition("=")
        if not is_named:
            raise BadInput(
                Sentence("{entry!r} has no name", entry=entry.strip()),
                "write name=number",
                field="KAARTJE_SMS_TEST_NUMBERS",
            )
        found.append((name.strip().casefold(), PhoneNumber.parse(number)))
    return found


def _same(asked: str, number: PhoneNumber) -> bool:
    try:
        return PhoneNumber.parse(asked).e164 == number.e164
    except BadInput:
        return False


def look_up_number(settings: Settings, number: str, *, now: datetime) -> str:
    """Return the line type of a number (mobile, landline, voip), as its network reports it.

    Raises:
        BadInput: nobody can be asked now, or a setting is missing.
    """
    kept = Lookups(settings.outbox / ".sms" / "lookups", settings.key())
    try:
        return kept.line_type(number, Account.read(settings.accounts).twilio(), now=now)
    except (Unavailable, CannotSay) as error:
        raise BadInput(str(error), "see Settings in the README", field="--look-up") from error


def try_text(
    settings: Settings, to: PhoneNumber, words: Mapping[str, str], *, dry: bool, now: datetime
) -> Receipt | Refusal | Unsure:
    """Send one text, and return its result.

    Raises:
        BadInput: nothing can leave: says which setting is missing or what the provider said.
    """
    ways = ChannelSettings(settings.outbox, settings.accounts)
    channel: Channel = Sms.open(ways)
    if dry:
        channel = Dry(channel, ways)
    batch = Batch(
        key=f"try-{now:%Y%m%dT%H%M%S%f}",
        made_at=now,
        messages=(
            Message(touch_id=_NOBODY, to=to, address_lines=(), words=words, language="nl", code=""),
        ),
    )
    try:
        results = [
            result for result in channel.send(batch) if not isinstance(result, HandedFile | Seeded)
        ]
    except Unavailable as error:
        raise BadInput(str(error), "see Settings in the README", field="sms") from error
    return results[0]
