"""`kaartje people`, to invent people and to map a source's columns."""

from pathlib import Path
from typing import Annotated

import typer

from console.cli.options import AsJson, Now, emit, refusing, say, show
from console.cli.people.import_kinds import Kind, Options
from console.cli.people.imports import refused_beside, run_import
from console.cli.progress import progress
from store.sentences import Sentence

app = typer.Typer(no_args_is_help=True, help="Generate, map and import people, and what they owe.")


@app.command()
@refusing
def generate(
    n: Annotated[int, typer.Argument(metavar="N", min=1, max=20_000_000, help="How many people.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The CSV file to write.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 2023,
    obligations: Annotated[
        Path | None,
        typer.Option("--obligations", help="Write what they owe here: one tax of one year a row."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write a believable, entirely fictitious population."""
    from people.invented.population import AS_OF, CITIZEN_NUMBERS, write_population
    from store.clock import local_date

    as_of = local_date(now) if now else AS_OF
    with progress() as watch:
        write_population(output, n, seed, as_of=as_of, obligations=obligations, watch=watch)
    if n > CITIZEN_NUMBERS:
        say(
            "only about {citizen_numbers:,} fictitious citizen numbers exist: the others have none",
            citizen_numbers=CITIZEN_NUMBERS,
        )
    if as_json:
        written = {"obligations": obligations.absolute()} if obligations else {}
        emit({"file": output.absolute(), "people": n, "seed": seed, "as_of": as_of, **written})
    else:
        show(
            "{count:,} invented people in {output}{owing}",
            count=n,
            output=output,
            owing=Sentence(", what they owe in {obligations}", obligations=obligations)
            if obligations
            else "",
        )


@app.command("map")
@refusing
def propose(
    file: Annotated[Path, typer.Argument(help="An export with columns of its own.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write the map here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a map for a source's own columns, to be read and corrected before the import."""
    from people.proposing import propose_map

    proposed = propose_map(file)
    if output:
        output.write_text(proposed, encoding="utf-8")
        say("the map stands in {output}; read it before you import with it", output=output)
    if as_json:
        emit(
            {
                "file": file.absolute(),
                "map": output.absolute() if output else None,
                "text": proposed,
            }
        )
    elif not output:
        show(proposed.rstrip("\n"))


@app.command("import")
@refusing
def import_file(
    file: Annotated[
        Path, typer.Argument(help="A CSV file in our own columns, or in a source's own with --map.")
    ],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="How the source names its columns.")
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option(
            "--refused",
            help="Write the refused rows here; by default NAME.refused.csv in this folder.",
        ),
    ] = None,
    remarks: Annotated[
        Path | None, typer.Option("--remarks", help="Write what was remarked of rows taken.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import people, as `kaartje import` does."""
    options = Options(
        file=file, refused=refused or refused_beside(file), remarks=remarks, map_file=map_file
    )
    run_import(Kind.PEOPLE, options, now=now, as_json=as_json, instead="people import")


@app.command("obligations")
@refusing
def import_obligations(
    file: Annotated[
        Path, typer.Argument(help="A CSV file: person_ref, tax, year, and how far it has come.")
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import what people owe, as `kaartje import` does."""
    options = Options(file=file, refused=refused)
    run_import(Kind.OBLIGATIONS, options, now=now, as_json=as_json, instead="people obligations")
