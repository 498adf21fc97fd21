"""The `kaartje post shop` commands, for a print shop's file before a run goes to it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import AsJson, emit, refusing, show

if TYPE_CHECKING:
    from channels.shop_check import Tried

app = typer.Typer(no_args_is_help=True, help="The print shop's file.")
FOUND = 1
"""The exit code where a run would not arrive."""


@app.callback()
def shop() -> None:
    """Look after the print shop's file."""


@app.command()
@refusing
def check(
    file: Annotated[
        Path, typer.Argument(help="The print shop's file, as docs/print-shop.md has it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Try a print shop's file on its server, and say what is missing. Exit code 1 if something is."""
    from channels.shop_check import check_shop
    from channels.shops import paper_of, read_shop
    from store.described_toml import read_text
    from templates.texts import available, load

    read_text(file)  # one that is not there is named as this argument, and not as a setting
    templates = map(load, available())
    papers = {each.name: paper_of(each.layout) for each in templates if "card" in each.layout}
    tried = check_shop(read_shop(file), papers)
    if as_json:
        emit({"tried": [each.as_data() for each in tried]})
    else:
        for each in tried:
            _show(each)
    if any(each.problem for each in tried):
        raise typer.Exit(FOUND)


def _show(tried: "Tried") -> None:
    if tried.problem:
        show("missing    {what}", what=tried.what)
        show("           {problem}", problem=tried.problem)
    elif tried.note:
        show("attention  {what}", what=tried.what)
        show("           {note}", note=tried.note)
    else:
        show("good       {what}", what=tried.what)
