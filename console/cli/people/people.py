"""`kaartje people`: invent people, map a source's columns, and bring people in."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.options import (
    AsJson,
    Now,
    clock,
    emit,
    open_installation,
    progress,
    refusing,
    say,
    show,
)

if TYPE_CHECKING:
    from people.importing import ImportReport

app = typer.Typer(no_args_is_help=True, help="Generate, map and import people, and what they owe.")

# Each remark in a person's words.
REMARKS = {
    "unusable_number": "telephone numbers that can be neither called nor texted",
    "bad_address": "addresses that no post can reach",
    "no_address": "people without any address",
    "damaged_name": "names or streets that the export damaged: held, never printed",
    "missing_name": "people without a name: held, never printed",
    "unknown_country": "countries we do not know",
    "unknown_language": "languages we do not know: they get Dutch",
    "bad_email": "mail addresses that cannot be right",
}


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
            f"only about {CITIZEN_NUMBERS:,} fictitious citizen numbers exist: the others have none"
        )
    if as_json:
        written = {"obligations": obligations.absolute()} if obligations else {}
        emit({"file": output.absolute(), "people": n, "seed": seed, "as_of": as_of, **written})
    else:
        show(
            f"{n:,} invented people in {output}{f', what they owe in {obligations}' if obligations else ''}"
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
    """Propose a map for a source's own columns: read it, mend it, and import with it."""
    from people.proposing import propose_map

    proposed = propose_map(file)
    if output:
        output.write_text(proposed, encoding="utf-8")
        say(f"the map stands in {output}; read it before you import with it")
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
    """Bring people in: good rows are taken, the others written out with their reason; twice changes nothing."""
    from people.importing import import_people

    installation = open_installation(now)
    with progress() as watch:
        report = import_people(
            installation.store,
            file,
            key=installation.settings.key(),
            joint=installation.settings.joint_key(),
            now=clock(now).now(),
            map=map_file,
            refused=refused or Path(f"{file.stem}.refused.csv"),
            remarks=remarks,
            watch=watch,
        )
    if as_json:
        emit(_data(report, file))
    else:
        _tell(report, file)


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
    """Bring in what people owe: one tax of one year a row; a newer file replaces what was known."""
    from people.obligations import import_obligations as take_file

    installation = open_installation(now)
    with progress() as watch:
        report = take_file(
            installation.store, file, now=installation.now(), refused=refused, watch=watch
        )
    if as_json:
        emit(report.as_data())
        return
    taken = report.taken
    show(
        f"{taken.rows:,} rows: {taken.added:,} new, {taken.updated:,} changed,"
        f" {taken.unchanged:,} as they were, {taken.refused:,} refused"
    )
    if report.waiting:
        show(
            f"{report.waiting:,} are about people not imported yet; they are kept until those appear"
        )
    for each in taken.refusals:
        say(f"refused: {file}, line {each.line}, {each.problem}")
    if taken.refused_file:
        say(f"refused rows: {taken.refused_file}")


def _data(report: "ImportReport", file: Path) -> dict[str, Any]:
    return {**asdict(report), "file": file.absolute()}


def _tell(report: "ImportReport", file: Path) -> None:
    show(
        f"{report.rows:,} rows: {report.added:,} added, {report.updated:,} updated,"
        f" {report.unchanged:,} unchanged, {report.refused:,} refused"
    )
    for kind, count in report.remarks.items():
        show(f"  {count:,} {REMARKS.get(kind, kind)}")
    for row in report.refusals:
        say(f"refused: {file.name}, {row}")
    if report.refused > len(report.refusals):
        say(f"refused: and {report.refused - len(report.refusals):,} more")
    if report.refused_file:
        say(f"refused rows: {report.refused_file}")
    if report.remarks_file:
        say(f"remarks: {report.remarks_file}")
