"""The `kaartje line` commands, for the numbers of the phone line and their tests."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.errors import BadInput
from store.sentences import Sentence, counted

if TYPE_CHECKING:
    from desk.line.line_tests import LineTests

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
    from desk.line.line_tests import latest_tests

    found = latest_tests(open_installation())
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(_line(each))
    say(counted(len(found), "{count} line", "{count} lines"))


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
    show("{line}: your call came in at {when}", line=line, when=local_time(at))


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
        show(
            "#{id:<6} {kind:<8} {state:<10} {at} {line}{entry}",
            id=each.id,
            kind=term(each.kind),
            state=term(each.state),
            at=local_time(each.began_at),
            line=each.line or "-",
            entry=Sentence(" entry {number}", number=each.call_id) if each.call_id else "",
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
            when=local_time(each.began_at),
            line=each.line or "-",
            recording_ref=each.recording_ref,
        )
    say(counted(len(found), "{count} message", "{count} messages"))


@app.command()
@refusing
def sweep(now: Now = None) -> None:
    """Close calls without news for too long, and forget handled messages."""
    from desk.line.line_tests import close_late
    from desk.line.queue_exits import sweep as close

    installation = open_installation(now)
    close_late(installation, now=installation.now())
    show("{count} closed", count=close(installation, now=installation.now()))


def _line(each: "LineTests") -> str:
    results = {
        True: worded("came through"),
        False: worded("failed: {detail}", detail=each.detail),
        None: worded("under way"),
    }
    by_hand = (
        worded("dialled {at} by {who}", at=local_time(each.dialled_at), who=each.dialled_by)
        if each.dialled_at
        else worded("dialled by nobody yet")
    )
    tested = (
        worded("tested {at}, {result}", at=local_time(each.tested_at), result=results[each.passed])
        if each.tested_at
        else worded("never tested")
    )
    behind = worded(" through {numbers}", numbers=", ".join(each.routes)) if each.routes else ""
    return f"{each.line} {each.name}{behind}: {by_hand}; {tested}"
