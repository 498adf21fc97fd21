"""Example messages and batches for every channel, addressed to nobody.

The contract suite sends them through every channel, so that a new channel is covered as soon as it stands in `KINDS`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from channels.codes import response_code
from channels.port import Batch, Channel, Message, Watch, type_of_address, unwatched
from people.addresses import PostalAddress
from people.numbers import PhoneNumber

MADE_AT = datetime(2023, 6, 1, 7, 0, tzinfo=UTC)
LAYOUT: Mapping[str, Any] = {
    "frames": [
        {
            "part": "body",
            "side": "front",
            "left": 8,
            "top": 8,
            "width": 132,
            "height": 40,
            "size": 12,
        },
        {
            "part": "code",
            "side": "back",
            "left": 8,
            "top": 60,
            "width": 60,
            "height": 10,
            "size": 16,
        },
        {
            "part": "address",
            "side": "back",
            "left": 80,
            "top": 50,
            "width": 60,
            "height": 30,
            "size": 11,
        },
    ],
    "piece": {"side": "back", "left": 80, "top": 30},
}
"""A card's layout, for the channels that need one."""


def example_message(reaches: type_of_address, number: int, *, carries_code: bool = True) -> Message:
    """Return an example message, addressed to nobody.

    Args:
        reaches: Which address it goes to.
        number: Tells messages apart, 0 to 9999; it is the touch's number too.
        carries_code: Whether it carries a response code.
    """
    code = response_code(number * 7919) if carries_code else ""
    words = {"body": "Hallo! Bel ons gratis op 0800 0543. We helpen u graag."}
    if reaches == "post":
        street, town = "Voorbeeldstraat", "Voorbeeldstad"
        to = PostalAddress(
            street=street,
            house_number=number + 1,
            house_letter="",
            house_addition="",
            postcode="1234AB",
            town=town,
        )
        lines = (
            f"N. Jansen {number}",
            f"{street} {number + 1}",
            f"1234 AB  {town.upper()}",
        )
        return Message(
            touch_id=number, to=to, address_lines=lines, words=words, language="nl", code=code
        )
    mobile = PhoneNumber.parse(f"+3161234{number:04}")
    return Message(
        touch_id=number, to=mobile, address_lines=(), words=words, language="nl", code=code
    )


def unreachable_message(
    reaches: type_of_address, number: int, *, carries_code: bool = True
) -> Message:
    """Return a message with an address of another kind, which the channel must refuse."""
    return example_message(
        "text" if reaches == "post" else "post", number, carries_code=carries_code
    )


def example_batch(
    channel: type[Channel] | Channel,
    key: str,
    *,
    size: int = 3,
    unreachable: int = 0,
    watch: Watch = unwatched,
) -> Batch:
    """Return an example batch for a channel.

    Args:
        channel: The channel.
        key: The batch's key; its digits are its number.
        size: How many messages it has.
        unreachable: How many more it has with an address of another sort.
        watch: Gets the progress.
    """
    code = channel.carries_code
    good = [example_message(channel.reaches, n, carries_code=code) for n in range(size)]
    bad = [
        unreachable_message(channel.reaches, size + n, carries_code=code)
        for n in range(unreachable)
    ]
    number = int("".join(filter(str.isdigit, key)) or 0)
    return Batch(
        key=key,
        made_at=MADE_AT,
        messages=(*good, *bad),
        layout=LAYOUT,
        sender={"name": "Gemeente Voorbeeldstad"},
        watch=watch,
        number=number,
    )
