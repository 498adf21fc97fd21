"""A code that was keyed on the line is a reply to the card that carries it: the funnel counts who called us."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, select, update

from store.clock import local_date
from store.insert_ignore import add_new
from store.states import ReplyKind
from store.tables import Import, Reply, Touch

if TYPE_CHECKING:
    from desk.line.incoming_calls import Caller

KIND = "calls"
BY_CODE = "code"


def note_reply(
    connection: Connection,
    caller: "Caller",
    touch: Touch,
    code: str | None,
    *,
    objects: bool,
    now: datetime,
) -> int:
    """Put in the book that somebody called about a card, once for each call, and return the reply.

    The number that called is not written beside it: a telephone is shared, and a code names a card, never the caller.
    """
    about = {
        "touch_id": touch.id,
        "person_id": touch.person_id,
        "campaign_id": touch.campaign_id,
    }
    key = f"leg:{caller.ref}"
    row = {
        **about,
        "reply_key": key,
        "kind": ReplyKind.CALLED,
        "received_at": caller.began_at,
        "response_code": code,
        "from_number": None,
        "person_ref": None,
        "text": "",
        "reason": None,
        "objects": objects,
        "matched_by": BY_CODE,
        "import_id": _import_of_today(connection, now),
    }
    made = add_new(connection, Reply, [row], Reply.id)
    if made:
        return int(made[0].id)
    values = {
        **about,
        **({"objects": True} if objects else {}),
        **({"response_code": code} if code else {}),
    }
    changing = update(Reply).where(Reply.reply_key == key).values(values).returning(Reply.id)
    return connection.execute(changing).scalar_one()


def _import_of_today(connection: Connection, now: datetime) -> int:
    """Return the import to which today's calls belong."""
    name = f"the line {local_date(now)}"
    mine = (Import.kind == KIND, Import.file == name)
    found = connection.execute(select(Import.id).where(*mine).limit(1)).scalar()
    if found is None:
        values = {"kind": KIND, "file": name, "sha256": "", "started_at": now, "finished_at": now}
        found = connection.execute(insert(Import).values(values).returning(Import.id)).scalar_one()
    return found
