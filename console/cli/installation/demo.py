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
    CARDS_2024 = "cards-2024"
    TEXT_THEN_CARD = "text-then-card"


@app.command()
@refusing
def demo(
    people: Annotated[
        int | None,
        typer.Option(
            "--people",
            min=50,
            max=1_000_000,
            help="How many people to invent; 10,000, or of cards-2024 30,000.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Under which everything is drawn.")
    ] = 2023,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where everything goes.")
    ] = Path("demo-out"),
    campaign: Annotated[
        Which,
        typer.Option(
            "--campaign",
            help="Which one: the cards of 2023, those of 2024 with appointments online, or a text and then a card.",
        ),
    ] = Which.CARDS,
    as_json: AsJson = False,
) -> None:
    """Play a whole campaign on invented people with simulated replies, as the contact cards of 2023."""
    from console.web.app import make_app
    from demo.card_campaign import CARDS_2023, CARDS_2024, stage
    from demo.text_campaign import stage_texts

    started = time.perf_counter()
    if campaign is Which.TEXT_THEN_CARD:
        with progress_under_headlines() as (watch, tell):
            played = stage_texts(
                out,
                people=people or CARDS_2023.people,
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
        cards = CARDS_2024 if campaign is Which.CARDS_2024 else CARDS_2023
        done = stage(out, people=people, seed=seed, tell=tell, watch=watch, cards=cards)
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
        "In this invented world neither text nor card makes anybody file: everybody does so at one rate."
    )
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


def _show_effect(done: "Demo") -> None:
    """Print the true effect of the demo's world beside what the report shows."""
    effect = done.effect()
    if effect is None:
        return
    show("What is true in this invented world, so that the report can be held against it:")
    show(
        "  {base_rate:.0%} of people with an open return file by themselves, from the first day on, card or no card.",
        base_rate=effect.base_rate,
    )
    show(
        "  A card that arrives makes another {stated:.1%} file; some come back, so {expected:.1%} of all assigned.",
        stated=effect.stated,
        expected=effect.expected,
    )
    low, high = effect.interval
    show(
        "  Seen above: {seen:+.1f} points between card and hold-out (95 % interval {low:+.1f} to {high:+.1f}).",
        seen=effect.seen * 100,
        low=low * 100,
        high=high * 100,
    )
    show()


def _show(done: "Demo", seconds: float) -> None:
    from console.cli.campaigns.report import show_funnel

    show()
    if done.funnel is not None:
        show_funnel(done.funnel)
    show()
    _show_effect(done)
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
    if done.booked:
        show("  {booked} people made an appointment behind the QR code.", booked=done.booked)
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
