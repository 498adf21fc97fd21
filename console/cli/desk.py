"""`kaartje desk`: cases, appointments in slots, handovers, referrals, signals, and what is late."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from console.cli.exporting import export_interactions
from console.cli.terms import AsJson, Decides, Now, decider, emit, open_house, refusing, say, show
from store.clock import LOCAL, parse_moment
from store.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="Cases, appointments, handovers, referrals, signals, and what is late.")

Ref = Annotated[str, typer.Argument(metavar="REF", help="The person_ref.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="Its number.")]
Needs = Annotated[str, typer.Option("--needed", metavar="TEXT", help="What has to be done, in 200 characters.")]


@app.command()
@refusing
def case(ref: Ref, as_json: AsJson = False) -> None:
    """Print the case of a person."""
    from desk.cases import case_of

    found = case_of(open_house().store, ref)
    if as_json:
        emit(found.as_data() if found else None)
    elif found:
        ended = f", closed {_said(found.closed_at)}" if found.closed_at else ""
        spoken = f"{found.conversations} conversations, last {_said(found.last_at)}"
        show(f"case {found.id} of {ref}: {found.owner}, {spoken}{ended}")
    else:
        show(f"{ref} has no case")


@app.command()
@refusing
def close(
    number: Number, by: Decides, why: Annotated[str, typer.Option("--why", metavar="TEXT")], now: Now = None
) -> None:
    """Close a case of which nothing waits any more."""
    from desk import cases

    house = open_house(now)
    cases.close(house.store, number, by=decider(house, by).name, why=why, now=house.now())
    show(f"case {number} is closed")


@app.command()
@refusing
def offer(
    location: Annotated[str, typer.Argument(metavar="PLACE", help="A street and a number.")],
    at: Annotated[str, typer.Argument(metavar="MOMENT", help="As 2023-06-08T10:30.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="counter, video, phone or support_point.")
    ] = "counter",
    minutes: Annotated[int, typer.Option("--minutes", metavar="N")] = 30,
    capacity: Annotated[int, typer.Option("--capacity", metavar="N", help="How many people at once.")] = 1,
) -> None:
    """Open a slot for appointments."""
    from desk import slots

    new = slots.offer(open_house().store, [slots.NewSlot(location, kind, _moment(at), minutes, capacity)])
    show("opened" if new else "it was there already")


@app.command("slots")
@refusing
def open_slots(
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only this kind of help.")] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print the slots that have room."""
    from desk import slots

    house = open_house(now)
    found = slots.open_slots(house.store, now=house.now(), kind=kind)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(f"#{each.id:<6} {_said(each.starts_at)}  {each.kind:<13} {each.left:>3} left  {each.location}")
    say(f"{len(found)} open")


@app.command()
@refusing
def book(
    slot: Annotated[int, typer.Argument(metavar="SLOT", help="Its number, from `desk slots`.")],
    ref: Ref,
    by: Decides,
    call: Annotated[int | None, typer.Option("--call", metavar="ID", help="The call in which it was made.")] = None,
    ics: Annotated[Path | None, typer.Option("--ics", metavar="FILE", help="Write it for a calendar.")] = None,
    line: Annotated[str, typer.Option("--line", metavar="NUMBER", help="The free number, for in the calendar.")] = "",
    now: Now = None,
) -> None:
    """Book a person into a slot."""
    from desk import slots
    from desk.calendars import as_ics

    house = open_house(now)
    made = slots.book(house.store, slot, ref, by=decider(house, by).name, now=house.now(), call_id=call)
    show(f"appointment {made.appointment_id}: {_said(made.starts_at)}, {made.location}")
    if ics:
        domain = house.settings.public_url.removeprefix("https://").split("/")[0] or "kaartje.invalid"
        ics.write_bytes(as_ics(made, line=line, domain=domain, language="nl", now=house.now()))


@app.command()
@refusing
def move(
    number: Number,
    slot: Annotated[int, typer.Argument(metavar="SLOT", help="The new one, from `desk slots`.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Move an appointment to another slot."""
    from desk import slots

    house = open_house(now)
    made = slots.move_to(house.store, number, slot, by=decider(house, by).name, now=house.now())
    show(f"appointment {made.appointment_id}: {_said(made.starts_at)}, {made.location}")


@app.command()
@refusing
def ended(
    number: Number,
    how: Annotated[str, typer.Argument(metavar="HOW", help="kept, missed or cancelled.")],
    now: Now = None,
) -> None:
    """Note how an appointment ended."""
    from desk import slots
    from store.states import AppointmentState

    if how not in list(AppointmentState):
        raise BadInput(f"{how!r} is no end of an appointment", "write kept, missed or cancelled", field="how")
    house = open_house(now)
    slots.end(house.store, number, AppointmentState(how), now=house.now())
    show(f"appointment {number}: {how}")


@app.command()
@refusing
def handover(  # noqa: PLR0913, PLR0917  each option is one thing a colleague needs to know
    ref: Ref,
    by: Decides,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="A colleague or a team.")],
    situation: Annotated[str, typer.Option("--situation", metavar="TEXT")],
    asked: Annotated[str, typer.Option("--asked", metavar="TEXT")],
    promised: Annotated[str, typer.Option("--promised", metavar="TEXT", help="'nothing' is an answer too.")],
    needed: Needs,
    deadline: Annotated[str, typer.Option("--deadline", metavar="DAY", help="As 2023-06-08.")],
    now: Now = None,
) -> None:
    """Leave a clear instruction for a colleague."""
    from desk import handovers

    house = open_house(now)
    task = handovers.Instruction(to, situation, asked, promised, needed, _day(deadline))
    made = handovers.hand_over(house.store, ref, task, by=decider(house, by).name, now=house.now())
    show(f"handover {made} for {to}, by {deadline}")


@app.command()
@refusing
def done(
    number: Number, by: Decides, what: Annotated[str, typer.Option("--what", metavar="TEXT")], now: Now = None
) -> None:
    """Note that a handover was done, and what."""
    from desk import handovers

    house = open_house(now)
    handovers.done(house.store, number, by=decider(house, by).name, what=what, now=house.now())
    show(f"handover {number} is done")


@app.command()
@refusing
def refer(
    ref: Ref,
    by: Decides,
    to: Annotated[str, typer.Option("--to", metavar="WHOM", help="debt_help, municipality, advocate, …")],
    share: Annotated[str, typer.Option("--share", metavar="LIST", help="As name,number.")],
    consent: Annotated[str, typer.Option("--consent", metavar="TEXT", help="The words in which it was asked.")] = "",
    now: Now = None,
) -> None:
    """Refer a person to another organisation, with the consent that was heard now."""
    from desk import referrals

    house = open_house(now)
    heard = referrals.Consent(consent, house.now())
    who = decider(house, by).name
    made = referrals.refer(house.store, ref, to, share.split(","), heard, by=who, now=house.now())
    show(f"referral {made} to {to}")


@app.command()
@refusing
def signal(
    by: Decides,
    kind: Annotated[str, typer.Option("--kind", metavar="CLASS")],
    affected: Annotated[
        str, typer.Option("--affected", metavar="GROUP", help="citizens, entrepreneurs, intermediaries.")
    ],
    what: Annotated[str, typer.Option("--what", metavar="TEXT", help="What goes wrong.")],
    cause: Annotated[str, typer.Option("--cause", metavar="TEXT", help="Why, as far as is known.")],
    owner: Annotated[str, typer.Option("--owner", metavar="WHOM", help="Who is asked to decide.")],
    now: Now = None,
) -> None:
    """Report what goes wrong structurally."""
    from desk import signals

    house = open_house(now)
    new = signals.NewSignal(kind, affected, what, cause, owner)
    show(f"signal {signals.report(house.store, new, by=decider(house, by).name, now=house.now())} for {owner}")


@app.command()
@refusing
def decide(
    number: Number,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="solve, explain, elsewhere or not_taken_up.")],
    by: Decides,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Told to everybody who reported it.")],
    now: Now = None,
) -> None:
    """Decide about a signal and its doubles."""
    from desk import signals

    house = open_house(now)
    told = signals.decide(house.store, number, decision, why=why, by=decider(house, by).name, now=house.now())
    show(f"signal {number}: {decision}; tell {', '.join(told)}")


@app.command()
@refusing
def overdue(now: Now = None, as_json: AsJson = False) -> None:
    """Print everything that is late, the longest first: nothing silently ends."""
    from desk.ageing import overdue as late

    house = open_house(now)
    found = late(house.store, now=house.now())
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        about = f"{each.kind:<12} #{each.id:<6} since {_said(each.since)}"
        show(f"{about}  {each.whose:<20} {each.person_ref or '-':<12} {each.what}")
    say(f"{len(found)} late")


app.command("export-interactions")(export_interactions)


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError:
        raise BadInput(f"{text!r} is no moment", "write it as 2023-06-08T10:30", field="at") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is no day", "write it as 2023-06-08", field="deadline") from None
