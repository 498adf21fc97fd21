"""The text message channel, which sends each text at most once through one or two providers."""

from channels.sms.channel import Sms

__all__ = ["Sms"]
