"""Whether the caller is the person the card was for. A code identifies a card, never a caller."""

from sqlalchemy import update

from desk.entries.dispositions import Disposition
from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call

_EVEN_UNSURE = frozenset({Disposition.OBJECTS, Disposition.CALL_BACK})
"""Outcomes that count without a check. An objection is always believed, and a call-back can check again."""


def stays_about(disposition: Disposition | str, *, sure: bool, differed: int) -> bool:
    """Return whether a call that ends like this still counts as a call with the card's person.

    After a failed check that was not made good, nobody knows who was spoken to. It is treated like a housemate's
    call.

    Args:
        disposition: what came of it.
        sure: whether the identity was checked in it.
        differed: how often what the caller said differed from what is known.
    """
    return sure or not differed or disposition in _EVEN_UNSURE


def is_somebody_else(store: Store, call_id: int, *, by: str) -> None:
    """Record that the caller is not the person the card was for.

    The call keeps its campaign and card, and has no person. Nothing from it joins the person's case, nothing of the
    person is shown, and the person does not count as reached.

    Raises:
        BadInput: the call is not taken by this agent.
    """
    mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == by)
    with store.writing() as connection:
        if not connection.execute(
            update(Call).where(*mine).values(person_id=None, prefers=None)
        ).rowcount:
            raise BadInput(
                "is not taken by you",
                "take it first",
                field=Sentence("call {call_id}", call_id=call_id),
            )
