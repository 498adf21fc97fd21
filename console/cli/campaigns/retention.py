"""The `kaartje retention` commands, for the retention period of each ledger and each class."""

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
    worded,
)
from store.clock import local_date
from store.sentences import Sentence

if TYPE_CHECKING:
    from campaigns.looking_back.retention import Ledger

app = typer.Typer(
    no_args_is_help=True, help="How long ledgers are kept, and removing those whose time has come."
)

# Each `Standing` in words for a person.
STANDINGS = {
    "running": Sentence("the period begins when the campaign ends"),
    "held": Sentence("held back by a legal hold"),
    "no_period": Sentence("its class has no period, so it is never removed"),
    "kept": Sentence("kept until {due}"),
    "due": Sentence("its period is over: kaartje retention run"),
    "removed": Sentence("removed on {removed}"),
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
    """Remove everything whose period is over. After an interruption, run it again."""
    from privacy import removal_runs

    installation = open_installation(now)
    at = installation.now()
    report = (
        removal_runs.due(installation, now=at)
        if dry_run
        else removal_runs.remove(installation, by=decider(installation, by), now=at)
    )
    if as_json:
        emit(report.as_data())
        return
    for each in report.ledgers:
        would, was = (
            Sentence(
                "{campaign:<28} {count:>12,} decisions would be removed  ({retention}, {days} days)"
            ),
            Sentence("{campaign:<28} {count:>12,} decisions removed  ({retention}, {days} days)"),
        )
        show(
            would if dry_run else was,
            campaign=each.campaign,
            count=each.rows if dry_run else each.removed,
            retention=each.retention,
            days=each.days,
        )
    for removed in report.classes:
        show(
            "{what:<28} {count:>12,} {how}  ({retention}, {days} days)",
            what=removed.what,
            count=removed.rows,
            how=worded("emptied") if removed.emptied else worded("removed"),
            retention=removed.retention.value,
            days=removed.days,
        )
    if not report.ledgers and not report.classes:
        show("There is nothing whose retention period is over.")


@app.command()
@refusing
def check(now: Now = None) -> None:
    """Check the file of retention periods. An unknown class is refused."""
    from campaigns.looking_back.retention import ledgers, read_periods

    installation = open_installation(now)
    ledgers(installation, now=installation.now())  # a hold names a campaign that there is
    periods = read_periods(installation)
    for name, days in (*periods.days.items(), *periods.classes.items()):
        show("{name:<28} {days:>6,} days", name=name, days=days)
    say("{count} held back", count=len(periods.legal_hold))


def _as_line(each: "Ledger") -> str:
    return worded(
        "{campaign:<28} {retention:<20} {days:<12} {rows:>12,} decisions  {standing}",
        campaign=each.campaign,
        retention=each.retention,
        days=worded("no period") if each.days is None else worded("{days} days", days=each.days),
        rows=each.rows,
        standing=worded(
            STANDINGS[each.standing],
            due=each.due_at and local_date(each.due_at),
            removed=each.removed_at and local_date(each.removed_at),
        ),
    )
