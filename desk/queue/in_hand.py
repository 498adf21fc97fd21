"""How many entries an agent may have in hand, held in the transaction that takes the next one."""

from functools import cache

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, or_, select

from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallKind, CallState, LegKind, LegState
from store.tables import Agent, Call, Leg

HAND = "hand"
"""The field of errors about what an agent has in hand already."""
IN_HAND = 3
"""How many entries an agent may have in hand, to be wrapped up. Of these at most one is a live caller."""


def refuse_more(connection: Connection, agent: str) -> None:
    """Refuse another entry to an agent who has a caller, or has enough to wrap up.

    The agent's row is locked until the transaction ends, so that of two presses at one moment the second counts
    what the first took. It is locked before any entry of the queue.

    Raises:
        BadInput: they have; `field` is `HAND`.
    """
    connection.execute(_LOCKED, {"who": agent})
    held = connection.execute(_held(), {"who": agent}).scalars().all()
    if any(held):
        raise BadInput("you are connected with a caller", "end that conversation first", field=HAND)
    if len(held) >= IN_HAND:
        raise BadInput(
            Sentence("you have {count} calls in hand", count=len(held)),
            "wrap one up, or put it back",
            field=HAND,
        )


_LOCKED = select(Agent.name).where(Agent.name == bindparam("who")).with_for_update()


@cache
def _held() -> Select[bool]:
    mine = (Call.taken_by == bindparam("who"), Call.state == CallState.TAKEN)
    return select(_has_a_caller()).where(*mine)


def _has_a_caller() -> ColumnElement[bool]:
    """Return whether an entry's caller is with the agent, or is about to be put through."""
    with_an_agent = Leg.state.in_((LegState.CONNECTING, LegState.TALKING))
    about_to_be = and_(Leg.state == LegState.WAITING, Call.kind == CallKind.CALL)
    theirs = (Leg.call_id == Call.id, Leg.kind == LegKind.CITIZEN)
    return select(Leg.id).where(*theirs, or_(with_an_agent, about_to_be)).exists()
