"""`kaartje replies`: calls, texts, returned mail and visits to the counter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import AsJson, Now, emit, open_installation, progress, refusing, say, show
from store.clock import LOCAL

if TYPE_CHECKING:
    from inbound.replies import RepliesReport
    from inbound.reply_effects import ReplyEffects

app = typer.Typer(
    no_args_is_help=True, help="Calls, texts, returned mail and visits to the counter."
)


@app.command("import")
@refusing
def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="A CSV file: received_at, kind, response_code, number, person_ref, …"),
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import a file of replies. Imported twice, it counts once."""
    from inbound.replies import import_replies

    installation = open_installation(now)
    with progress() as watch:
        report = import_replies(
            installation, file, now=installation.now(), refused=refused, watch=watch
        )
    if as_json:
        emit(report.as_data())
        return
    _show(report)
    for each in report.taken.refusals:
        say(f"refused: {file}, line {each.line}, {each.problem}")
    if report.taken.refused_file:
        say(f"refused rows: {report.taken.refused_file}")


def _show(report: "RepliesReport") -> None:
    taken = report.taken
    show(
        f"{taken.rows} rows: {taken.added} new, {taken.unchanged} known already, {taken.refused} refused"
    )
    matched = ", ".join(f"{count} by {by}" for by, count in report.matched.items()) or "none"
    show(f"  matched: {matched}")
    if report.unmatched:
        show(f"  {report.unmatched} wait for somebody who knows: kaartje replies unmatched")
    _show_followed(report.followed)


def _show_followed(followed: "ReplyEffects") -> None:
    for count, label in (
        (followed.calls, "in the queue of the phone line"),
        (
            followed.without_line,
            "in nobody's queue: the line has closed, or the file must name it (column line)",
        ),
        (followed.returned, "cards came back"),
        (followed.closed_addresses, "addresses closed for the person"),
        (followed.objections, "asked not to be reached, and are not any more"),
        (followed.deceased, "reported as deceased, and held"),
        (followed.withheld, "planned touches withheld"),
        (followed.started, "said START: what their own STOP held is open again"),
        (followed.released, "touches planned again"),
        (followed.answers, "are answered by text, with the next delivery"),
    ):
        if count:
            show(f"  {count} {label}")


@app.command("unmatched")
@refusing
def list_unmatched(as_json: AsJson = False) -> None:
    """Print the replies of which nobody knows yet whom they are from."""
    from inbound.replies import unmatched

    found = unmatched(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        known = " ".join(
            part for part in (each.response_code, each.from_number, each.person_ref) if part
        )
        known += f" (perhaps {', '.join(each.candidates)})" if each.candidates else ""
        objects = "  asks not to be reached" if each.objects else ""
        at = f"{each.received_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
        show(
            f"{each.id:>7}  {at}  {each.kind:<8}  {known}{objects}  {' '.join(each.text.split())[:60]}".rstrip()
        )
    say(f"{len(found)} {'reply waits' if len(found) == 1 else 'replies wait'}")


@app.command()
@refusing
def match(
    reply: Annotated[
        int, typer.Argument(metavar="ID", help="The number of the reply, from `replies unmatched`.")
    ],
    ref: Annotated[str, typer.Argument(metavar="REF", help="The person_ref of whom it is from.")],
    now: Now = None,
) -> None:
    """Say whom a reply is from."""
    from inbound.replies import match_by_hand

    installation = open_installation(now)
    followed = match_by_hand(installation, reply, ref, now=installation.now())
    show(f"reply {reply} is from {ref}")
    _show_followed(followed)
