"""The sender of texts, which is a number, a name or a Messaging Service."""

import re
from dataclasses import dataclass

from people.numbers import PhoneNumber
from store.errors import BadInput
from store.sentences import Sentence

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}")
_SERVICE = re.compile(r"MG[0-9a-f]{32}")
_SHORT = re.compile(r"\d{3,8}")


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a text.

    Attributes:
        text: A number in E.164, a short number, a name, or a Messaging Service's key.
        is_service: Whether a Messaging Service chooses the number.
        takes_answers: Whether somebody can reply; nobody can to a name.
    """

    text: str
    is_service: bool
    takes_answers: bool

    @classmethod
    def parse(cls, text: str) -> "Sender":
        """Read a sender from the settings.

        Raises:
            BadInput: it is not a number, a Messaging Service, or a name of 1 to 11 letters, digits and spaces.
        """
        given = text.strip()
        if _SERVICE.fullmatch(given):
            return cls(given, is_service=True, takes_answers=True)
        if _SHORT.fullmatch(given) and not given.startswith("0"):
            return cls(given, is_service=False, takes_answers=True)
        if _NAME.fullmatch(given):
            return cls(given, is_service=False, takes_answers=False)
        try:
            return cls(PhoneNumber.parse(given).e164, is_service=False, takes_answers=True)
        except BadInput:
            remedy = "write a number (+31…), a name of at most 11 letters and digits, or a Messaging Service (MG…)"
            raise BadInput(
                Sentence("{seen!r} is not a sender of texts", seen=given),
                remedy,
                field="KAARTJE_SMS_FROM",
            ) from None
