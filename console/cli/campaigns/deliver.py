"""The command `kaartje deliver`, one pass over everything due."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.catalogues import chosen_language
from console.cli.options import (
    AsJson,
    Now,
    emit,
    local_time,
    open_installation,
    reason_words,
    refusing,
    say,
    show,
    term,
)
from console.cli.progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from campaigns.delivery.waiting_touches import Waiting
    from campaigns.delivery.withheld_touches import Withheld
    from flows.delivery_pass import PassResult

app = typer.Typer()
FAILED = 1


@app.command()
@refusing
def deliver(
    flow: Annotated[
        bool, typer.Option("--flow", help="Run it as a Prefect flow, with a local engine.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Hand over everything that is due, after settling what is open. Safe to run at any time.

    Exit code 1 says that something failed; each failure is named with its reason, and everything else was done.
    """
    began = open_installation(now).now()
    done = _as_flow(now) if flow else _plainly(now)
    waiting = _waiting(now)
    withheld = _withheld(began, now) if done.counts.get("withheld") else []
    _say_stopped(now)
    if as_json:
        reasons = {"withheld_because": [each.as_data() for each in withheld]}
        emit({**done.as_data(), **reasons, "waiting": [each.as_data() for each in waiting]})
    else:
        _show(done, withheld, waiting)
    for failure in done.failures:
        say("failed: {failure}", failure=failure.sentence())
    if done.failures:
        raise typer.Exit(FAILED)


def _say_stopped(now: Now) -> None:
    """Say that everything is stopped, where it is."""
    from installation.stop_everything import present_stop

    installation = open_installation(now)
    if found := present_stop(installation.store, now=installation.now()):
        say(
            "note: everything is stopped since {at} by {who}: {reason}",
            at=local_time(found.stopped_at),
            who=found.stopped_by,
            reason=found.reason,
        )


def _waiting(now: Now) -> "list[Waiting]":
    from campaigns.delivery.waiting_touches import what_waits

    installation = open_installation(now)
    return what_waits(installation, now=installation.now())


def _withheld(began: "datetime", now: Now) -> "list[Withheld]":
    from campaigns.delivery.withheld_touches import what_was_withheld

    return what_was_withheld(open_installation(now), since=began)


def _show(done: "PassResult", withheld: "list[Withheld]", waiting: "list[Waiting]") -> None:
    for name, count in done.counts.items():
        if count:
            show("{count:>10,}  {what}", count=count, what=term(name))
    for one in withheld:
        show(
            "{count:>10,}  withheld: {campaign}, {channel}: {why}",
            count=one.count,
            campaign=one.campaign,
            channel=one.channel,
            why=reason_words(one.reason),
        )
    for each in waiting:
        show("{count:>10,}  wait: {line}", count=each.count, line=each.line(chosen_language()))
    if not done.failures and not waiting and not any(done.counts.values()):
        show("Nothing was due.")


def _plainly(now: Now) -> "PassResult":
    from sqlalchemy.exc import DBAPIError

    from flows.delivery_pass import run_pass
    from store.plain_errors import why_it_failed

    installation = open_installation(now)
    with progress() as watch:
        try:
            return run_pass(installation, now=installation.now(), watch=watch)
        except DBAPIError as error:
            say("error: the pass ended early: {why}", why=why_it_failed(error))
            raise typer.Exit(FAILED) from error


def _as_flow(now: Now) -> "PassResult":
    from flows.delivery_pass import PassFailed, PassResult
    from flows.local_runs import run_locally

    installation = open_installation(now)
    with progress() as watch:
        try:
            counts = run_locally("flows.delivering.deliver", installation=installation, watch=watch)
        except PassFailed as failed:
            return failed.result
    return PassResult(counts=counts)
