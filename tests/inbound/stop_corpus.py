"""Messages as people write them, each with its label and whether it is held back.

The labels are *objection* (no more messages), *perhaps* (it may be one) and *none* (a call-back, a question, thanks
and other messages). The part that is held back judges the rule and is not looked at while the rule is made.
"""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

_FILE = Path(__file__).with_name("stop_corpus.txt")
_HELD_BACK_OF_TEN = 3


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the corpus."""

    language: str
    label: str  # objection, perhaps, none
    kind: str  # what a message that is no objection is instead, else empty
    text: str

    @property
    def held_back(self) -> bool:
        """Whether its hash puts it in the held-back part.

        The first 8 bytes of the BLAKE2b hash of its UTF-8 bytes, as a number, modulo 10, are 0, 1 or 2.
        """
        digest = blake2b(self.text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % 10 < _HELD_BACK_OF_TEN


def corpus() -> list[Message]:
    """Return all messages, in the order of the file."""
    lines = _FILE.read_text("utf-8").splitlines()
    return [_message(line) for line in lines if line and not line.startswith("#")]


def _message(line: str) -> Message:
    language, label, text = line.split("|", 2)
    name, _, kind = label.partition(":")
    return Message(language, name, kind, text)
