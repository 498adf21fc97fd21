"""The `kaartje desk` commands for appointments and their slots."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.desk.desk_terms import Number, Ref, local_time, read_moment
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    open_installation,
    refusing,
    say,
    show,
)
from installation.installation import Installation
from store.errors import BadInput
from store.sentences import Sentence

app = typer.Typer()

Text = Annotated[
    bool, typer.Option("--text", help="Tell them by text; it goes with the next delivery.")
]

Ics = Annotated[Path | None, typer.Option("--ics", metavar="FILE", help="Write it for a calendar.")]


@app.command()
@refusing
def offer(
    location: Annotated[str, typer.Argument(metavar="PLACE", help="A street and a number.")],
    at: Annotated[str, typer.Argument(metavar="MOMENT", help="As 2023-06-08T10:30.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="counter, video, phone or support_point.")
    ] = "counter",
    minutes: Annotated[int, typer.Option("--minutes", metavar="N")] = 30,
    capacity: Annotated[
        int, typer.Option("--capacity", metavar="N", help="How many people at once.")
    ] = 1,
    now: Now = None,
) -> None:
    """Open a slot for appointments."""
    from desk.queue import appointment_slots

    installation = open_installation(now)
    new = appointment_slots.offer(
        installation.store,
        [
            appointment_slots.NewSlot(
                location=location,
                kind=kind,
                starts_at=read_moment(at),
                minutes=minutes,
                capacity=capacity,
            )
        ],
        closed=installation.policy.hours.closed_days,
        now=installation.now(),
    )
    show("opened" if new else "it was there already")


@app.command("slots")
@refusing
def open_slots(
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="KIND", help="Only this kind of help.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the slots that have room."""
    from desk.queue import appointment_slots

    installation = open_installation(now)
    found = appointment_slots.open_slots(installation.store, now=installation.now(), kind=kind)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "#{id:<6} {at}  {kind:<13} {left:>3} left  {location}",
            id=each.id,
            at=local_time(each.starts_at),
            kind=each.kind,
            left=each.left,
            location=each.location,
        )
    say("{count} open", count=len(found))


@app.command()
@refusing
def book(
    slot: Annotated[int, typer.Argument(metavar="SLOT", help="Its number, from `desk slots`.")],
    ref: Ref,
    by: Decides,
    call: Annotated[
        int | None, typer.Option("--call", metavar="ID", help="The call in which it was made.")
    ] = None,
    ics: Ics = None,
    line: Annotated[
        str, typer.Option("--line", metavar="NUMBER", help="The free number, for in the calendar.")
    ] = "",
    text: Text = False,
    now: Now = None,
) -> None:
    """Book a person into a slot."""
    from desk.queue import appointments

    installation = open_installation(now)
    who = decider(installation, by).name
    made = appointments.book(
        installation.store, slot, ref, by=who, now=installation.now(), call_id=call, text=text
    )
    show(
        "appointment {appointment_id}: {at}, {location}",
        appointment_id=made.appointment_id,
        at=local_time(made.starts_at),
        location=made.location,
    )
    _write_calendar(installation, made.appointment_id, ics, line)


def _write_calendar(
    installation: Installation, appointment_id: int, ics: Path | None, line: str = ""
) -> None:
    """Write the calendar file of an appointment as it stands now, if one is wanted."""
    from desk.queue.calendar_files import calendar_file

    if ics is None:
        return
    domain = installation.settings.public_url.removeprefix("https://").split("/")[0]
    found = calendar_file(
        installation.store,
        appointment_id,
        domain=domain or "kaartje.invalid",
        language="nl",
        now=installation.now(),
        line=line,
    )
    if found is not None:
        ics.write_bytes(found)


@app.command()
@refusing
def move(
    number: Number,
    slot: Annotated[int, typer.Argument(metavar="SLOT", help="The new one, from `desk slots`.")],
    by: Decides,
    text: Text = False,
    ics: Ics = None,
    now: Now = None,
) -> None:
    """Move an appointment to another slot."""
    from desk.queue import appointments

    installation = open_installation(now)
    made = appointments.move_to(
        installation.store,
        number,
        slot,
        by=decider(installation, by).name,
        now=installation.now(),
        text=text,
    )
    show(
        "appointment {appointment_id}: {at}, {location}",
        appointment_id=made.appointment_id,
        at=local_time(made.starts_at),
        location=made.location,
    )
    _write_calendar(installation, made.appointment_id, ics)


@app.command()
@refusing
def ended(
    number: Number,
    how: Annotated[str, typer.Argument(metavar="HOW", help="kept, missed or cancelled.")],
    by: Decides,
    text: Text = False,
    ics: Ics = None,
    now: Now = None,
) -> None:
    """Record how an appointment ended."""
    from desk.queue import appointments
    from store.states import AppointmentState

    if how not in list(AppointmentState):
        raise BadInput(
            Sentence("{seen!r} is not a way an appointment ends", seen=how),
            "write kept, missed or cancelled",
            field="how",
        )
    installation = open_installation(now)
    who = decider(installation, by)
    appointments.end(
        installation.store, number, AppointmentState(how), by=who, now=installation.now(), text=text
    )
    show("appointment {number}: {how}", number=number, how=how)
    _write_calendar(installation, number, ics)
