"""The `kaartje demo` command, which plays a whole campaign."""

import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import AsJson, emit, refusing, show
from console.cli.progress import progress_under_headlines

if TYPE_CHECKING:
    from demo.card_results import Demo
    from demo.text_results import TextDemo

app = typer.Typer()


class Which(StrEnum):
    """A campaign that can be played."""

    CARDS = "cards"
    TEXT_THEN_CARD = "text-then-card"


@app.command()
@refusing
def demo(
    people: Annotated[
        int, typer.Option("--people", min=50, max=1_000_000, help="How many people to invent.")
    ] = 10_000,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Under which everything is drawn.")
    ] = 2023,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where everything goes.")
    ] = Path("demo-out"),
    campaign: Annotated[
        Which,
        typer.Option(
            "--campaign", help="Which one: cards, or first a text and ten days later a card."
        ),
    ] = Which.CARDS,
    as_json: AsJson = False,
) -> None:
    """Play the contact cards of 2023 on invented people with simulated replies."""
    from console.web.app import make_app
    from demo.card_campaign import stage
    from demo.text_campaign import stage_texts

    started = time.perf_counter()
    if campaign is Which.TEXT_THEN_CARD:
        with progress_under_headlines() as (watch, tell):
            played = stage_texts(
                out,
                people=people,
                seed=seed,
                make_app=make_app,
                tell=tell,
                watch=watch,
            )
        seconds = time.perf_counter() - started
        if as_json:
            emit({**played.as_data(), "seconds": round(seconds, 1)})
        else:
            _show_texts(played, seconds)
        return
    with progress_under_headlines() as (watch, tell):
        done = stage(out, people=people, seed=seed, tell=tell, watch=watch)
    seconds = time.perf_counter() - started
    if as_json:
        emit({**done.as_data(), "seconds": round(seconds, 1)})
        return
    _show(done, seconds)


def _show_texts(done: "TextDemo", seconds: float) -> None:
    from console.cli.campaigns.report import show_funnel
    from demo.text_results import closing

    show()
    if done.funnel is not None:
        show_funnel(done.funnel)
    show()
    for line in closing(done):
        show(line)
    show()
    show(
        "This was a rehearsal: the people and the provider do not exist, and every reply was simulated."
    )
    show()
    us = f"KAARTJE_HOME={done.home} {sys.argv[0]}"
    show("  Look around:")
    show("    {us} suppression pending", us=us)
    show("    {us} serve", us=us)
    show(
        "    Sign in as {account} (the manager) or {agent} (an agent), password {password}",
        account=done.account,
        agent=done.agent,
        password=done.password,
    )
    show()
    show("  {seconds:.0f} seconds", seconds=seconds)


def _show(done: "Demo", seconds: float) -> None:
    from console.cli.campaigns.report import show_funnel

    show()
    if done.funnel is not None:
        show_funnel(done.funnel)
    show()
    show(
        "This was a rehearsal: the people and the print shop do not exist, and every reply was simulated. It says"
    )
    show("nothing about what a real card would bring about.")
    show()
    for file in done.files:
        show("  print run   {file}", file=file)
    show("  manifest    {manifest}", manifest=done.manifest)
    show("  one card    {preview}", preview=done.preview)
    show("  decisions   {decisions}", decisions=done.decisions)
    show()
    show("  {waiting} calls are waiting in the queue. Look around:", waiting=done.waiting)
    us = f"KAARTJE_HOME={done.home} {sys.argv[0]}"
    show("    {us} why P0000001", us=us)
    show("    {us} serve", us=us)
    show(
        "    Sign in as {account} (the manager) or {agent} (an agent), password {password}",
        account=done.account,
        agent=done.agent,
        password=done.password,
    )
    show()
    show("  {seconds:.0f} seconds", seconds=seconds)
