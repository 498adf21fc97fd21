"""Record a code keyed on the phone line as a reply to its card, for the funnel."""

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
    """Store the reply of a caller to a card, once per call. Return its key.

    The caller's number is not stored with it. A telephone is shared, and a code identifies a card, never the
    caller.
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
    """Return the import that holds the calls of today."""
    name = f"the line {local_date(now)}"
    mine = (Import.kind == KIND, Import.file == name)
    found = connection.execute(select(Import.id).where(*mine).limit(1)).scalar()
    if found is None:
        values = {"kind": KIND, "file": name, "sha256": "", "started_at": now, "finished_at": now}
        found = connection.execute(insert(Import).values(values).returning(Import.id)).scalar_one()
    return found
