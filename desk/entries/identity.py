"""A code names a card, never the caller."""

from sqlalchemy import update

from desk.entries.dispositions import Disposition
from store.engine import Store
from store.errors import BadInput
from store.states import CallState
from store.tables import Call

_EVEN_UNSURE = frozenset({Disposition.OBJECTS, Disposition.CALL_BACK})
"""Who objects is believed whoever they are; who does not know the answers may be called back and asked again."""


def stays_about(disposition: Disposition | str, *, sure: bool, differed: int) -> bool:
    """Say whether a call that ends like this stays about whom the card was for.

    After a check that failed and was never made good, nobody knows who was spoken to: it is as a housemate's call.

    Args:
        disposition: what came of it.
        sure: whether the identity was checked in it.
        differed: how often what the caller said differed from what is known.
    """
    return sure or not differed or disposition in _EVEN_UNSURE


def is_somebody_else(store: Store, call_id: int, *, by: str) -> None:
    """Note that the caller is not whom the card was for: a housemate, a helper, the next who lives there.

    The call keeps its campaign and its card, and is about nobody: nothing that is said in it joins the case of whom the
    card was for, nothing of them is shown, and nobody is taken for reached.

    Raises:
        BadInput: the call is not in this agent's hands.
    """
    mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == by)
    with store.writing() as connection:
        if not connection.execute(
            update(Call).where(*mine).values(person_id=None, prefers=None)
        ).rowcount:
            raise BadInput("is not in your hands", "take it first", field=f"call {call_id}")
