"""Wrap up a call, with its disposition, its note and its consequences."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from desk.cases.call_consequences import Promise, Scope, apply_consequences
from desk.cases.cases import join
from desk.cases.objection_scopes import record_scope
from desk.entries.appointment_confirmations import Appointed, TextWanted, confirm
from desk.entries.call_drafts import forget
from desk.entries.dispositions import NOBODY_SPOKEN, Disposition, read
from desk.entries.promises import lock_turns, settle
from desk.queue.appointment_overlaps import USUAL, Span, refuse_closed_day, refuse_overlap
from desk.queue.call_legs import of_call
from desk.queue.queues import change
from store.audit_log import Decider
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one
from store.sentences import Sentence
from store.states import AppointmentState, CallKind, CallState, LegState
from store.tables import Appointment, Call, Leg

LONGEST_NOTE = 1_000  # characters: what the casework standard of Dutch municipalities takes
KINDS_OF_HELP = ("counter", "video", "phone", "support_point")


@dataclass(frozen=True, slots=True)
class NewAppointment:
    """An appointment agreed in a call, outside any slot (counter, video, phone or support point)."""

    kind: str
    at: datetime

    def __post_init__(self) -> None:
        if self.kind not in KINDS_OF_HELP:
            raise BadInput(
                Sentence("{seen!r} is not a kind of help", seen=self.kind),
                Sentence("write {known}", known=", ".join(KINDS_OF_HELP)),
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
    """Close an entry this agent took, with its outcome, a note and what was agreed.

    An objection holds everything on every channel at once, unless a `Scope` limits it to channels or subjects. A
    wrong number is closed. A call-back enters the queue for the window of its `Promise`. With `text` the citizen
    gets the appointment by text.

    Raises:
        BadInput: the call is not taken by this agent, the disposition is not possible, the note is too long, the
            person of the appointment or objection is not known, an appointment is said and none was made, it is
            on a closed day or at the time of another, or a text cannot be sent about it.
    """
    if len(note) > LONGEST_NOTE:
        raise BadInput(
            Sentence("has {count} characters", count=len(note)),
            Sentence("write at most {longest}", longest=LONGEST_NOTE),
            field="note",
        )
    with store.writing() as connection:
        # the connection, the turns and then the entry, as every event of the caller locks them
        leg = of_call(connection, call_id)
        if disposition == Disposition.CALL_BACK:
            _lock_turns_of(connection, call_id)
        noted = {"wrapped_up_at": now, "note": note}
        change(connection, call_id, noted, origin=CallState.TAKEN, agent=by.name)
        _refuse_waiting(connection, call_id, leg)
        call = read_one(connection, select(Call).where(Call.id == call_id))
        outcome = read(disposition, call.kind)
        _refuse_without_appointment(connection, call_id, outcome, agreed)
        if call.person_id is None and (
            isinstance(agreed, NewAppointment) or outcome is Disposition.OBJECTS
        ):
            raise BadInput(
                "the person is not known yet",
                "match the reply to a person first",
                field=Sentence("call {call_id}", call_id=call_id),
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
            by=by,
            now=now,
        )
        settle(connection, call_id)
    if isinstance(agreed, Scope) and outcome is Disposition.OBJECTS:
        record_scope(store, call_id, agreed, by=by, note=note, now=now)


def _lock_turns_of(connection: Connection, call_id: int) -> None:
    line = connection.execute(select(Call.line_id).where(Call.id == call_id)).scalar()
    if line is not None:
        lock_turns(connection, line)


def _refuse_waiting(connection: Connection, call_id: int, leg: Leg | None) -> None:
    """Refuse to close an entry whose caller still waits on the line."""
    kind = connection.execute(select(Call.kind).where(Call.id == call_id)).scalar()
    if kind is CallKind.CALL and leg is not None and leg.state is LegState.WAITING:
        raise BadInput(
            "the caller still waits on the line",
            "put the entry back, and take it again to be put through",
            field=Sentence("call {call_id}", call_id=call_id),
        )


def _refuse_without_appointment(
    connection: Connection, call_id: int, outcome: Disposition, agreed: object
) -> None:
    """Refuse the outcome "an appointment was made" where none was made in this call."""
    if outcome is not Disposition.APPOINTMENT or isinstance(agreed, NewAppointment):
        return
    made = (Appointment.call_id == call_id, Appointment.state == AppointmentState.AGREED)
    if connection.execute(select(Appointment.id).where(*made).limit(1)).first() is None:
        raise BadInput(
            "no appointment was made in this call",
            "book a moment first, or say which day and time was agreed",
            field="disposition",
        )


def _agree(
    connection: Connection, call: Call, appointment: NewAppointment, now: datetime
) -> Appointed:
    refuse_closed_day(appointment.at)
    if call.person_id is not None:
        span = Span(appointment.at, appointment.at + USUAL)
        refuse_overlap(connection, call.person_id, span)
    made = {
        "call_id": call.id,
        "person_id": call.person_id,
        "campaign_id": call.campaign_id,
        "made_at": now,
    }
    added = insert(Appointment).values(**asdict(appointment), **made).returning(Appointment.id)
    return Appointed(connection.execute(added).scalar_one(), appointment.kind, appointment.at)
