"""Wrap up a call by recording its disposition, the note, and what follows from it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from desk.cases.call_consequences import Promise, Scope, apply_consequences
from desk.cases.cases import join
from desk.cases.objection_scopes import record_scope
from desk.entries.appointment_confirmations import Appointed, TextWanted, confirm
from desk.entries.call_drafts import forget
from desk.entries.dispositions import NOBODY_SPOKEN, Disposition, read
from desk.queue.queues import change
from store.audit_log import Decider
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one
from store.states import CallState
from store.tables import Appointment, Call

LONGEST_NOTE = 1_000  # characters: what the casework standard of Dutch municipalities takes
KINDS_OF_HELP = ("counter", "video", "phone", "support_point")


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """A moment of help that was agreed: at the counter, by video, by phone, or at a support point nearby."""

    kind: str
    at: datetime

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_HELP:
            raise BadInput(
                f"{self.kind!r} is no kind of help",
                f"write {', '.join(KINDS_OF_HELP)}",
                field="kind",
            )


def wrap_up(
    store: Store,
    call_id: int,
    *,
    by: Decider,
    disposition: Disposition | str,
    note: str,
    now: datetime,
    agreed: NewAppointment | Promise | Scope | None = None,
    text: TextWanted | None = None,
) -> None:
    """Close an entry that this agent took: what came of it, a note for a colleague, and what was agreed.

    Whoever said not to want to be reached any more is held at once, on every channel, unless they wanted only this
    channel or this subject closed (a `Scope`); a wrong number is closed; who asked to be called again stands in the
    queue for the window of its `Promise`; whoever wants the appointment by text gets it with the next delivery.

    Raises:
        BadInput: the call is not in this agent's hands, the disposition is none or cannot come of it, the note is too
            long, or nobody knows whom the appointment or the objection is for; or a text cannot be sent about it.
    """
    if len(note) > LONGEST_NOTE:
        raise BadInput(f"has {len(note)} characters", f"say it in {LONGEST_NOTE}", field="note")
    with store.writing() as connection:
        noted = {"wrapped_up_at": now, "note": note}
        change(connection, call_id, noted, origin=CallState.TAKEN, agent=by.name)
        call = read_one(connection, select(Call).where(Call.id == call_id))
        outcome = read(disposition, call.kind)
        if call.person_id is None and (
            isinstance(agreed, NewAppointment) or outcome is Disposition.OBJECTS
        ):
            raise BadInput(
                "nobody knows yet who this is",
                "match the reply to a person first",
                field=f"call {call_id}",
            )
        ended = {"state": CallState.WRAPPED_UP, "disposition": outcome.value, "lease_until": None}
        connection.execute(update(Call).where(Call.id == call_id).values(ended))
        forget(connection, call_id)
        if call.person_id is not None and outcome not in NOBODY_SPOKEN:
            join(connection, call.person_id, by.name, now)
        if isinstance(agreed, NewAppointment):
            made = _agree(connection, call, agreed, now)
            if text:
                confirm(connection, call, made, text, now=now)
        apply_consequences(
            connection,
            call,
            outcome,
            agreed if isinstance(agreed, Promise | Scope) else None,
            by=by.name,
            now=now,
        )
    if isinstance(agreed, Scope) and outcome is Disposition.OBJECTS:
        record_scope(store, call_id, agreed, by=by, note=note, now=now)


def _agree(
    connection: Connection, call: Call, appointment: NewAppointment, now: datetime
) -> Appointed:
    made = {
        "call_id": call.id,
        "person_id": call.person_id,
        "campaign_id": call.campaign_id,
        "made_at": now,
    }
    added = insert(Appointment).values(**asdict(appointment), **made).returning(Appointment.id)
    return Appointed(connection.execute(added).scalar_one(), appointment.kind, appointment.at)
