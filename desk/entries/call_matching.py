"""Match a call without a code to a card, or to a person."""

from sqlalchemy import Connection, select, update

from store.engine import Store
from store.errors import BadInput
from store.sentences import Sentence
from store.states import CallState
from store.tables import Call, Reply, Touch

CODE = "code"
HAND = "hand"


def match_to_touch(store: Store, call_id: int, touch_id: int, *, by: str) -> None:
    """Match a call to a card. The call joins the card's campaign and person.

    The identity of the caller is still checked afterwards.

    Raises:
        BadInput: the call is not taken by this agent, or it is known already what it is about.
    """
    about = select(Touch.campaign_id, Touch.person_id).where(Touch.id == touch_id)
    with store.writing() as connection:
        touch = connection.execute(about).one()
        values = {
            "touch_id": touch_id,
            "campaign_id": touch.campaign_id,
            "person_id": touch.person_id,
        }
        _match(connection, call_id, values, agent=by, how=CODE)


def match_to_person(store: Store, call_id: int, person_id: int, *, by: str) -> None:
    """Match a call to a person, where there is no card at hand.

    Raises:
        BadInput: the call is not taken by this agent, or it is known already what it is about.
    """
    with store.writing() as connection:
        _match(connection, call_id, {"person_id": person_id}, agent=by, how=HAND)


def _match(
    connection: Connection, call_id: int, values: dict[str, int], *, agent: str, how: str
) -> None:
    unknown = (Call.touch_id.is_(None), Call.person_id.is_(None))
    mine = (Call.id == call_id, Call.state == CallState.TAKEN, Call.taken_by == agent)
    matched = update(Call).where(*mine, *unknown).values(values).returning(Call.reply_id)
    found = connection.execute(matched).one_or_none()
    if found is None:
        raise BadInput(
            "is not taken by you, or is matched already",
            "take it first",
            field=Sentence("call {call_id}", call_id=call_id),
        )
    nobody = (Reply.id == found.reply_id, Reply.person_id.is_(None))
    connection.execute(update(Reply).where(*nobody).values(matched_by=how, **values))
