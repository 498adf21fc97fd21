"""The letter channel: A4 sheets with the address behind the window of an envelope, on one side or on both.

It is a channel of its own, since a letter counts against its own cap, has its own price and its own stock; how it
is composed, read back and handed over is the card's.
"""

from typing import ClassVar

from channels.card import Card


class Letter(Card):
    """Letters by post: `outbox/<key>/`, with the same files as a run of cards."""

    kind: ClassVar[str] = "letter"
    called: ClassVar[str] = "Letters"
