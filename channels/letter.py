"""The letter channel, which mails A4 sheets in window envelopes, printed on one side or on both.

It is a channel of its own, since a letter counts against its own cap, has its own price and its own stock; how it
is composed, read back and handed over is the card's.
"""

from typing import ClassVar

from channels.card import Card


class Letter(Card):
    """Letters by post, in `outbox/<key>/` with the same files as a run of cards."""

    kind: ClassVar[str] = "letter"
    called: ClassVar[str] = "Letters"
