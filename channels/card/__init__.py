"""The contact card: print runs of A6 cards, handed over as a folder in the outbox."""

from channels.card.channel import Card

__all__ = ["Card"]
