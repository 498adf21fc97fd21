"""`kaartje demo`: see a whole campaign happen."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.terms import AsJson, emit, progress, refusing, say, show

if TYPE_CHECKING:
    from console.demo.staging import Demo

app = typer.Typer()


@app.command()
@refusing
def demo(
    people: Annotated[int, typer.Option("--people", min=50, max=1_000_000, help="How many people to invent.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Under which everything is drawn.")] = 2023,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where everything goes.")] = Path("demo-out"),
    as_json: AsJson = False,
) -> None:
    """Replay the contact cards of 2023 on invented people, with simulated replies."""
    from console.demo.staging import stage

    started = time.perf_counter()
    with progress() as watch:
        done = stage(out, people=people, seed=seed, tell=lambda line: say(f"» {line}"), watch=watch)
    seconds = time.perf_counter() - started
    if as_json:
        emit({**done.as_data(), "seconds": round(seconds, 1)})
        return
    _show(done, seconds)


def _show(done: "Demo", seconds: float) -> None:
    from console.cli.report import show_funnel

    show()
    show_funnel(done.funnel)
    show()
    show("This was a rehearsal: the people do not exist, and every reply was simulated. It says nothing about what")
    show("a real card would bring about.")
    show()
    for file in done.files:
        show(f"  print run   {file}")
    show(f"  manifest    {done.manifest}")
    show(f"  one card    {done.preview}")
    show(f"  decisions   {done.decisions}")
    show()
    show(f"  {done.waiting} calls are waiting in the queue. Look around:")
    us = f"KAARTJE_HOME={done.home} {sys.argv[0]}"
    show(f"    {us} why P0000001")
    show(f"    {us} serve     (sign in as {done.account}, password {done.password})")
    show()
    show(f"  {seconds:.0f} seconds")
