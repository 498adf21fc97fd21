"""The `kaartje line` commands, for the numbers of the phone line and their tests."""

from typing import TYPE_CHECKING, Annotated

import typer

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
from store.clock import LOCAL
from store.errors import BadInput
from store.sentences import Sentence

if TYPE_CHECKING:
    from datetime import datetime

    from desk.line.line_tests import Tried

FAILED = 1
"""The exit code of `test` if a line cannot be called, for monitoring."""
app = typer.Typer(
    no_args_is_help=True, help="The free number, its routes, its tests and its messages."
)

Line = Annotated[str, typer.Argument(metavar="LINE", help="The printed number, as 0800 1234.")]


@app.command("list")
@refusing
def list_all(as_json: AsJson = False) -> None:
    """List each line with its routes, its last manual call and its last test call."""
    from desk.line.line_tests import tried

    found = tried(open_installation())
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(_line(each))
    say(f"{len(found)} {'line' if len(found) == 1 else 'lines'}")


@app.command()
@refusing
def route(
    number: Annotated[
        str,
        typer.Argument(metavar="NUMBER", help="The number at the provider, behind a printed one."),
    ],
    line: Line,
    by: Decides,
    now: Now = None,
) -> None:
    """Route a number at the provider to a line."""
    from desk.line.line_lookup import add_route

    installation = open_installation(now)
    new = add_route(
        installation.store, number, line, by=decider(installation, by).name, now=installation.now()
    )
    show(
        "{number} leads to {line}{rest}",
        number=number,
        line=line,
        rest="" if new else Sentence(", as it did"),
    )


@app.command()
@refusing
def dialled(line: Line, by: Decides, now: Now = None) -> None:
    """Record that you called the printed number and got through. A launch needs it."""
    from desk.line.line_tests import dialled as record

    installation = open_installation(now)
    at = record(installation, line, by=decider(installation, by).name, now=installation.now())
    show("{line}: your call came in at {when}", line=line, when=_when(at))


@app.command("test")
@refusing
def try_out(
    line: Annotated[
        str | None, typer.Argument(metavar="LINE", help="The printed number; all if left out.")
    ] = None,
    now: Now = None,
) -> None:
    """Make a test call to a line. See `kaartje line list` for the result within a minute."""
    from desk.line.line_tests import test, test_all

    installation = open_installation(now)
    if line is not None:
        test(installation, line, now=installation.now())
        show("{line} is being called", line=line)
        return
    if installation.exchange is None:
        raise BadInput(
            "this installation has no telephone",
            "set KAARTJE_VOICE_FROM and the account",
            field="telephone",
        )
    counts = test_all(installation, now=installation.now())
    show(
        "{called} being called, {failed} could not be; see kaartje line list",
        called=counts["called"],
        failed=counts["failed"],
    )
    if counts["failed"]:
        raise typer.Exit(FAILED)


@app.command()
@refusing
def legs(as_json: AsJson = False) -> None:
    """List who is on the telephone now."""
    from desk.queue.call_legs import on_the_line

    found = on_the_line(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        entry = f" entry {each.call_id}" if each.call_id else ""
        show(
            f"#{each.id:<6} {each.kind:<8} {each.state:<10} {_when(each.began_at)} {each.line or '-'}{entry}"
        )
    say("{count} on the line", count=len(found))


@app.command()
@refusing
def messages(as_json: AsJson = False) -> None:
    """List voice messages that are still open, with their reference at the provider."""
    from desk.queue.call_legs import messages as left

    found = left(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "entry {call_id:<6} {when} {line} {recording_ref}",
            call_id=each.call_id,
            when=_when(each.began_at),
            line=each.line or "-",
            recording_ref=each.recording_ref,
        )
    say(f"{len(found)} {'message' if len(found) == 1 else 'messages'}")


@app.command()
@refusing
def sweep(now: Now = None) -> None:
    """Close calls without news for too long, and forget handled messages."""
    from desk.line.line_tests import close_late
    from desk.line.queue_exits import sweep as close

    installation = open_installation(now)
    close_late(installation, now=installation.now())
    show("{count} closed", count=close(installation, now=installation.now()))


def _line(each: "Tried") -> str:
    results = {True: "came through", False: f"failed: {each.detail}", None: "under way"}
    by_hand = (
        f"dialled {_when(each.dialled_at)} by {each.dialled_by}"
        if each.dialled_at
        else "dialled by nobody yet"
    )
    tested = (
        f"tested {_when(each.tested_at)}, {results[each.passed]}"
        if each.tested_at
        else "never tested"
    )
    behind = f" through {', '.join(each.routes)}" if each.routes else ""
    return f"{each.line} {each.name}{behind}: {by_hand}; {tested}"


def _when(moment: "datetime") -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"
