"""`kaartje suppression`, the lists of who must not be reached."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    BY_HAND,
    As,
    AsJson,
    Now,
    decider,
    emit,
    local_day,
    open_installation,
    refusing,
    say,
    show,
    spoken_source,
    term,
    worded,
)
from console.cli.people import suppression_decisions, suppression_rules
from console.cli.people.import_kinds import Kind, Options
from console.cli.people.imports import run_import
from store.sentences import Sentence, counted

if TYPE_CHECKING:
    from suppression.entries import Entry

app = typer.Typer(
    no_args_is_help=True, help="Who must not be reached: import lists, add, lift and list."
)

File = Annotated[
    Path, typer.Argument(help="A CSV file with a column `reason` and whom it is about.")
]
RefusedFile = Annotated[
    Path | None, typer.Option("--refused", help="Write the refused rows here, with their reasons.")
]
Ref = Annotated[str, typer.Argument(metavar="REF", help="A person_ref, or a number as +31….")]


@app.command("import")
@refusing
def import_file(
    file: File,
    source: Annotated[
        str | None, typer.Option("--source", help="Which list this is: its age is agreed so.")
    ] = None,
    refused: RefusedFile = None,
    now: Now = None,
    by: As = BY_HAND,
    as_json: AsJson = False,
) -> None:
    """Import a list of who must not be reached, as `kaartje import` does."""
    options = Options(file=file, refused=refused, source=source, by=by)
    run_import(Kind.SUPPRESSIONS, options, now=now, as_json=as_json, instead="suppression import")


@app.command("export")
@refusing
def export_file(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Write here; otherwise on the screen.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was lifted or has ended.")
    ] = False,
    source: Annotated[
        str | None, typer.Option("--source", help="Only the entries of this source.")
    ] = None,
    now: Now = None,
) -> None:
    """Write the lists as CSV, with their history. `kaartje import` takes the file back as it was."""
    from suppression.exporting import drafted, export_list

    installation = open_installation(now)
    with drafted(file) if file else nullcontext(sys.stdout) as text:
        written = export_list(
            installation.store, text, now=installation.now(), everything=everything, source=source
        )
    say(
        "{written} {entries} in {file}",
        written=written,
        entries=Sentence("entry") if written == 1 else Sentence("entries"),
        file=file or Sentence("the answer"),
    )


@app.command()
@refusing
def add(  # noqa: PLR0913, PLR0917  an entry's own fields
    ref: Ref,
    reason: Annotated[str, typer.Option("--reason", help="OBJECTION, SUPPRESSED or DECEASED.")],
    channel: Annotated[
        str | None, typer.Option(help="Only this channel; otherwise every one.")
    ] = None,
    purpose: Annotated[
        str | None, typer.Option(help="Only duty, rights or invitation; otherwise all.")
    ] = None,
    subject: Annotated[
        str | None, typer.Option(help="Only campaigns about this; otherwise all.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="The last day on which it holds (2023-12-31).")
    ] = None,
    note: Annotated[str, typer.Option(help="What a colleague should know.")] = "",
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """List one person, known or not yet known, or one number."""
    from suppression import list_rows, lists

    installation = open_installation(now)
    added = lists.add(
        installation.store,
        ref,
        reason,
        channel=lists.checked_channel(channel, installation.channels),
        purpose=purpose,
        subject=subject,
        until=list_rows.day_or_moment(until or "", "until"),
        source="by hand",
        by=decider(installation, by).name,
        now=installation.now(),
        note=note,
    )
    if not added:
        show(Sentence("{ref} was listed already", ref=ref))
    elif ref.startswith("+") or lists.is_known(installation.store, ref.strip()):
        show(
            Sentence(
                "{ref} is not reached any more: {reason}", ref=ref, reason=term(reason.lower())
            )
        )
    else:
        show(
            "nobody of the reference {ref} is known: it is listed, and holds when they appear",
            ref=ref,
        )


@app.command()
@refusing
def lift(
    ref: Annotated[
        str,
        typer.Argument(metavar="REF", help="A person_ref, a number as +31…, or one entry as #12."),
    ],
    why: Annotated[str, typer.Option("--why", help="Why it is lifted; it is kept.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Only the entries with this reason.")
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Lift entries of a person or a number, and plan again what they held. The history stays."""
    from desk.cases.hold_releases import lift as lift_entries

    installation = open_installation(now)
    who = decider(installation, by).name
    lifted = lift_entries(
        installation.store, ref, by=who, why=why, now=installation.now(), reason=reason
    )
    show(
        "{ref}: {count} {entries} lifted",
        ref=ref,
        count=lifted.entries,
        entries=Sentence("entry") if lifted.entries == 1 else Sentence("entries"),
    )
    suppression_decisions.show_released(lifted.released)


@app.command("list")
@refusing
def list_all(
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="Only this person or number.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was lifted, has ended, or is confirmed.")
    ] = False,
    deaths: Annotated[
        bool,
        typer.Option(
            "--reported-deaths", help="Only deaths that the register has not confirmed yet."
        ),
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print who must not be reached now, and why."""
    from suppression.lists import entries

    if deaths:
        suppression_decisions.list_deaths(
            open_installation(now), everything=everything, as_json=as_json
        )
        return
    installation = open_installation(now)
    found = entries(
        installation.store, ref=ref, active_at=None if everything else installation.now()
    )
    if as_json:
        emit([entry.as_data() for entry in found])
        return
    for entry in found:
        show(_line(entry))
    say(counted(len(found), "{count} entry", "{count} entries"))


def _line(entry: "Entry") -> str:
    unnamed = worded("somebody unnamed") if entry.joint_hash else worded("an address")
    limits = [term(part) for part in (entry.channel, entry.purpose, entry.subject) if part]
    lifted = (
        worded(
            "  lifted on {day} by {who}: {why}",
            day=local_day(entry.lifted_at),
            who=entry.lifted_by,
            why=entry.lifted_why,
        )
        if entry.lifted_at
        else ""
    )
    return worded(
        "#{id:<6} {whom:<16} {reason:<11} {scope:<18} {limits}{until}  ({source}){waits}{lifted}",
        id=entry.id,
        whom=entry.person_ref or entry.e164 or unnamed,
        reason=term(entry.reason.lower()),
        scope=term(entry.scope),
        limits=" ".join(limits) or worded("everything"),
        until=worded(" until {day}", day=local_day(entry.ends_at)) if entry.ends_at else "",
        source=spoken_source(entry.source),
        waits=worded("  its scope waits") if entry.pending and not entry.lifted_at else "",
        lifted=lifted,
    )


app.add_typer(suppression_decisions.app)
app.add_typer(suppression_rules.app)
