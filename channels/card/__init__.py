"""The contact card channel, which hands over print runs of A6 cards as folders in the outbox."""

from channels.card.channel import Card

__all__ = ["Card"]
