"""`kaartje deliver`: one pass over everything due."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from console.cli.options import AsJson, Now, emit, open_installation, progress, refusing, show

app = typer.Typer()


@app.command()
@refusing
def deliver(
    flow: Annotated[
        bool, typer.Option("--flow", help="Run it as a Prefect flow, with a local engine.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Hand over everything that is due, after settling what an earlier pass left open. Safe to run at any time."""
    done = _as_flow(now) if flow else _plainly(now)
    if as_json:
        emit(done)
        return
    if not any(done.values()):
        show("Nothing was due.")
        return
    for name, count in done.items():
        if count:
            show(f"{count:>10,}  {name.replace('_', ' ')}")


def _plainly(now: Now) -> dict[str, Any]:
    from campaigns.delivery.dispatch import deliver as run
    from desk.cases.team_task_delivery import deliver_posts
    from desk.entries.answer_delivery import deliver_answers
    from desk.entries.outbound_calls import queue_handed_over
    from inbound.event_worker import process_events
    from inbound.polling import poll
    from inbound.post.answer_server import fetch_if_any

    installation = open_installation(now)
    process_events(
        installation
    )  # what a provider told since decides what is due in this pass, and whom we answer
    said = fetch_if_any(
        installation, now=installation.now()
    )  # what the shop says holds its campaign's post, or lets it go
    with progress() as watch:
        # whoever waits for an answer does not wait for a campaign
        answered = deliver_answers(installation, now=installation.now())
        done = run(installation, now=installation.now(), watch=watch)
    queue_handed_over(installation)
    posted = deliver_posts(installation, now=installation.now())
    return {
        **asdict(done),
        **asdict(answered),
        **asdict(posted),
        **said,
        **poll(installation, now=installation.now()).counts(),
    }


def _as_flow(now: Now) -> dict[str, Any]:
    from flows.local_runs import run_locally

    with progress() as watch:
        counts: dict[str, Any] = run_locally(
            "flows.delivering.deliver", watch=watch, now=now.isoformat() if now else None
        )
    return counts
