"""Dispositions, the outcomes of an entry in the queue."""

from enum import StrEnum

from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallKind


class Disposition(StrEnum):
    """The outcome of a call."""

    HELPED = "helped"
    APPOINTMENT = "appointment"
    CALL_BACK = "call_back"  # asked to be called another time
    REFERRED = "referred"  # to a colleague or another organisation
    NOT_FOR_US = "not_for_us"
    OBJECTS = "objects"  # asks not to be reached any more
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"  # nothing was left on it: others may listen
    WRONG_NUMBER = "wrong_number"  # the number is somebody else's, and is closed
    CHILD = "child"  # a child answered: nothing was said, and the person was not reached
    ENDED_BY_US = "ended_by_us"  # after a warning: says what we did; they may always call again
    PREPARED = "prepared"  # an appointment is ready for the colleague who keeps it


_ONLY_DIALLED = frozenset(
    {Disposition.NO_ANSWER, Disposition.BUSY, Disposition.VOICEMAIL, Disposition.WRONG_NUMBER}
)
NOBODY_SPOKEN = _ONLY_DIALLED | {Disposition.PREPARED, Disposition.CHILD}
"""Dispositions of entries in which the person was not spoken to."""


def possible(kind: CallKind) -> tuple[Disposition, ...]:
    """Return the dispositions that an entry of this kind can have."""
    match kind:
        case CallKind.CALL:
            return tuple(
                each for each in Disposition if each not in _ONLY_DIALLED | {Disposition.PREPARED}
            )
        case CallKind.PREPARE:
            return (Disposition.PREPARED, Disposition.CALL_BACK, Disposition.NOT_FOR_US)
        case CallKind.CALL_BACK | CallKind.OUTBOUND:
            return tuple(each for each in Disposition if each is not Disposition.PREPARED)


def read(text: str, kind: CallKind) -> Disposition:
    """Read a disposition of an entry of this kind.

    Raises:
        BadInput: it is not a known outcome, or not possible for this kind.
    """
    words = ", ".join(possible(kind))
    if text not in list(Disposition):
        raise BadInput(
            Sentence("{seen!r} is not a known outcome", seen=text),
            Sentence("write {words}", words=words),
            field="disposition",
        )
    if (disposition := Disposition(text)) not in possible(kind):
        raise BadInput(
            Sentence("{text} is not possible for this entry", text=text),
            Sentence("write {words}", words=words),
            field="disposition",
        )
    return disposition
