"""The channels by which people are reached, and the port that they share.

One module or package for each channel. `KINDS` holds them all.
"""

from channels.call import Call
from channels.card import Card
from channels.letter import Letter
from channels.port import Channel
from channels.sms import Sms

KINDS: dict[str, type[Channel]] = {"card": Card, "letter": Letter, "sms": Sms, "call": Call}
"""Every channel by its kind; a new channel is one module and one line here."""
