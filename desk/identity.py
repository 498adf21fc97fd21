"""A code names a card, never the caller."""

from sqlalchemy import update

from store.engine import Store
from store.errors import BadInput
from store.states import CallState
from store.tables import Call


def is_somebody_else(store: Store, call_id: int, *, by: str) -> None:
    """Note that the caller is not whom the card was for: a housemate, a helper, the next who lives there.

    The call keeps its campaign and its card, and is about nobody: nothing that is said in it joins the case of whom the
    card was for, nothing of them is shown, and nobody is taken for reached.

    Raises:
        BadInput: the call is not in this agent's hands.
    """
    mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == by)
    with store.writing() as connection:
        if not connection.execute(update(Call).where(*mine).values(person_id=None, prefers=None)).rowcount:
            raise BadInput("is not in your hands", "take it first", field=f"call {call_id}")
