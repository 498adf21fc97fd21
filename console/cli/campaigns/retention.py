"""The `kaartje retention` commands, for the retention period of each ledger."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    BY_HAND,
    As,
    AsJson,
    Now,
    decider,
    emit,
    open_installation,
    refusing,
    say,
    show,
)
from store.clock import local_date

if TYPE_CHECKING:
    from campaigns.looking_back.retention import Ledger

app = typer.Typer(
    no_args_is_help=True, help="How long ledgers are kept, and removing those whose time has come."
)

# Each `Standing` in words for a person.
STANDINGS = {
    "running": "the period begins when the campaign ends",
    "held": "held back by a legal hold",
    "no_period": "its class has no period, so it is never removed",
    "kept": "kept until {due}",
    "due": "its period is over: kaartje retention run",
    "removed": "removed on {removed}",
}


@app.command("list")
@refusing
def list_all(now: Now = None, as_json: AsJson = False) -> None:
    """List the ledger of each campaign with its class, period and state."""
    from campaigns.looking_back.retention import ledgers, read_periods

    installation = open_installation(now)
    found = ledgers(installation, now=installation.now())
    periods = read_periods(installation)
    if as_json:
        emit(
            {
                "file": periods.file,
                "days": dict(periods.days),
                "ledgers": [each.as_data() for each in found],
            }
        )
        return
    if periods.file is None:
        say(
            "there is no {retention_file}: no class has a period, so nothing is ever removed",
            retention_file=installation.settings.retention_file,
        )
    for each in found:
        show(_as_line(each))


@app.command()
@refusing
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
    by: As = BY_HAND,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Remove every ledger whose period is over. After an interruption, run it again."""
    from campaigns.looking_back.retention import LedgerState, ledgers, remove_due

    installation = open_installation(now)
    at = installation.now()
    if dry_run:
        found = [each for each in ledgers(installation, now=at) if each.standing is LedgerState.DUE]
    else:
        found = remove_due(installation, by=decider(installation, by), now=at)
    if as_json:
        emit({"dry_run": dry_run, "ledgers": [each.as_data() for each in found]})
        return
    for each in found:
        count, verb = (each.rows, "would be removed") if dry_run else (each.removed, "removed")
        show(
            "{campaign:<28} {count:>12,} decisions {verb}  ({retention}, {days} days)",
            campaign=each.campaign,
            count=count,
            verb=verb,
            retention=each.retention,
            days=each.days,
        )
    if not found:
        show("There is no ledger whose retention period is over.")


def _as_line(each: "Ledger") -> str:
    days = f"{each.days} days" if each.days is not None else "no period"
    standing = STANDINGS[each.standing].format(
        due=each.due_at and local_date(each.due_at),
        removed=each.removed_at and local_date(each.removed_at),
    )
    return f"{each.campaign:<28} {each.retention:<20} {days:<12} {each.rows:>12,} decisions  {standing}"
