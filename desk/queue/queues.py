"""The queue of the free phone line: who waits, who is being helped, and what came of it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from desk.cases.call_consequences import Promise, Scope, apply_consequences
from desk.cases.cases import join
from desk.cases.objection_scopes import record_scope
from desk.entries.appointment_confirmations import Appointed, TextWanted, confirm
from desk.entries.call_drafts import forget
from desk.entries.dispositions import NOBODY_SPOKEN, Disposition, read
from desk.entries.queue_entries import QUIET, NewCall, enter, line_id_of
from store.audit_log import Decider
from store.engine import Store
from store.errors import BadInput
from store.mapped_rows import read_one
from store.states import CallKind, CallState, ReplyKind
from store.tables import Appointment, Call, Campaign, Person, PhoneLine, Reply

__all__ = [
    "Disposition",
    "NewAppointment",
    "NewCall",
    "Promise",
    "QueuedCall",
    "Scope",
    "enter",
    "put_back",
    "take",
    "waiting",
    "wrap_up",
]

LONGEST_NOTE = 1_000  # characters: what the casework standard of Dutch municipalities takes
KINDS_OF_HELP = ("counter", "video", "phone", "support_point")


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedCall:
    """One call as the agents see it in the queue: what for, not yet who."""

    id: int
    line: str  # E.164
    state: CallState
    received_at: datetime
    kind: ReplyKind | None
    campaign: str | None
    person_ref: str | None  # None: nobody knows yet who this is
    from_number: str | None
    text: str
    taken_by: str | None
    why: CallKind  # somebody called, asked to be called, or a campaign asks to call
    number: str | None  # E.164: to call back on
    promised_from: datetime | None
    promised_until: datetime | None
    skill: str
    language: str | None

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


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


def waiting(store: Store, line: str | None = None) -> list[QueuedCall]:
    """Return what waits: promises first, then the longest wait; of every line, or of the one with this number (E.164).

    What nobody waits for (a campaign asks to call) comes last.
    """
    promised = case((Call.promised_from.is_(None), 1), else_=0)
    # who is called back today instead of waiting keeps their place: only an end was promised, and it moves nobody
    until = case(
        (Call.promised_from.is_not(None), func.coalesce(Call.promised_until, Call.promised_from))
    )
    order = (promised, until, Call.rank, Call.received_at, Call.id)
    query = _QUEUED.where(Call.state == CallState.WAITING).order_by(*order)
    with store.reading() as connection:
        if line is not None:
            query = query.where(Call.line_id == line_id_of(connection, line))
        return [QueuedCall(**row._asdict()) for row in connection.execute(query)]


def call_of(connection: Connection, call_id: int) -> QueuedCall:
    """Return one entry."""
    row = connection.execute(_QUEUED.where(Call.id == call_id)).one()
    return QueuedCall(**row._asdict())


_QUEUED = (
    select(
        Call.id,
        PhoneLine.number.label("line"),
        Call.state,
        Call.received_at,
        Reply.kind,
        Campaign.name.label("campaign"),
        Person.person_ref,
        Reply.from_number,
        func.coalesce(Reply.text, "").label("text"),
        Call.taken_by,
        Call.kind.label("why"),
        Call.number,
        Call.promised_from,
        Call.promised_until,
        Call.skill,
        Call.language,
    )
    .join(PhoneLine, PhoneLine.id == Call.line_id)
    .outerjoin(Reply, Reply.id == Call.reply_id)
    .outerjoin(Campaign, Campaign.id == Call.campaign_id)
    .outerjoin(Person, Person.id == Call.person_id)
)
"""The columns of a `QueuedCall`, by the names of its fields."""


def take(store: Store, call_id: int, by: str, now: datetime) -> QueuedCall:
    """Take a waiting call. Of two agents who press at once, one gets it.

    Raises:
        BadInput: there is no such call, or it waits no more.
    """
    values = {"state": CallState.TAKEN, "taken_by": by, "taken_at": now, "lease_until": now + QUIET}
    with store.writing() as connection:
        _change(connection, call_id, values, origin=CallState.WAITING)
        return call_of(connection, call_id)


def put_back(store: Store, call_id: int, by: str) -> None:
    """Put a call that this agent took back in the queue, at its old place.

    Raises:
        BadInput: there is no such call, or it is not in this agent's hands.
    """
    values = {"state": CallState.WAITING, "taken_by": None, "taken_at": None, "lease_until": None}
    with store.writing() as connection:
        _change(connection, call_id, values, origin=CallState.TAKEN, agent=by)


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
        _change(connection, call_id, noted, origin=CallState.TAKEN, agent=by.name)
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


def _change(
    connection: Connection,
    call_id: int,
    values: dict[str, Any],
    *,
    origin: CallState,
    agent: str | None = None,
) -> None:
    """Change a call only if it is still as we think it is; so of two who try, one does."""
    conditions = [Call.id == call_id, Call.state == origin]
    if agent is not None:
        conditions.append(Call.taken_by == agent)
    if connection.execute(update(Call).where(*conditions).values(values)).rowcount == 1:
        return
    found = connection.execute(
        select(Call.state, Call.taken_by).where(Call.id == call_id)
    ).one_or_none()
    if found is None:
        raise BadInput(
            "there is no such call", "see who waits in the queue", field=f"call {call_id}"
        )
    whose = f" by {found.taken_by}" if found.taken_by else ""
    problem = f"is {found.state.replace('_', ' ')}{whose}"
    remedy = "take the next one" if origin is CallState.WAITING else "take it first"
    raise BadInput(problem, remedy, field=f"call {call_id}")
