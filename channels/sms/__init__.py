"""Text messages: what they weigh, who carries them, and how none of them leaves twice."""

from channels.sms.channel import Sms

__all__ = ["Sms"]
