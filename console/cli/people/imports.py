"""`kaartje import`, for files of people, obligations, lists, consents, replies and outcomes."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

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
    term,
)
from console.cli.people.import_kinds import Imported, Kind, Options, import_as, recognise
from console.cli.progress import progress
from store.sentences import Sentence

app = typer.Typer(
    no_args_is_help=True, help="Import a file; its kind is recognised by its columns."
)
RefusedFile = Annotated[
    Path | None,
    typer.Option(
        "--refused", help="Write the refused rows here; by default NAME.refused.csv in this folder."
    ),
]


@app.command()
@refusing
def import_file(  # noqa: PLR0913, PLR0917  what a kind may need besides its file
    file: Annotated[Path, typer.Argument(help="A CSV file whose first line names its columns.")],
    kind: Annotated[
        Kind | None,
        typer.Option("--kind", help="What the file is about, where its columns do not say."),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="How a source names its columns: people.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Which list it is, or which body it is from.")
    ] = None,
    refused: RefusedFile = None,
    remarks: Annotated[
        Path | None, typer.Option("--remarks", help="Write remarks about rows taken here: people.")
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
    as_json: AsJson = False,
) -> None:
    """Import a file. Refused rows are written out with their reason. Imported twice, it changes nothing."""
    if kind is None:
        kind = Kind.PEOPLE if map_file else recognise(file)
        say(
            "{file}: {kind}, by its {sign}",
            file=file,
            kind=term(kind),
            sign=Sentence("map") if map_file else Sentence("columns"),
        )
    options = Options(
        file=file,
        refused=refused or refused_beside(file),
        remarks=remarks,
        map_file=map_file,
        source=source,
        by=by,
    )
    run_import(kind, options, now=now, as_json=as_json)


def refused_beside(file: Path) -> Path:
    """Return where refused rows are written by default."""
    return Path(f"{file.stem}.refused.csv")


def run_import(
    kind: Kind, options: Options, *, now: datetime | None, as_json: bool, instead: str = ""
) -> None:
    """Import one file and print the result. `instead` names the older command that was used."""
    installation = open_installation(now, makes=True)
    if options.by != BY_HAND:
        decider(installation, options.by)
    with progress() as watch:
        done = import_as(kind, installation, options, watch)
    if as_json:
        emit(done.as_data(options.file))
    else:
        _show(done, options.file)
    if instead:
        say(
            "hint: `kaartje import FILE` does this too; `kaartje {instead}` goes after this "
            "release",
            instead=instead,
        )


def _show(done: Imported, file: Path) -> None:
    show(done.in_words)
    for line in done.findings:
        show(line)
    for each in done.refusals:
        say(
            "refused: {file}, line {line}, {problem}",
            file=file,
            line=each["line"],
            problem=each["problem"],
        )
    if (more := done.counts["refused"] - len(done.refusals)) > 0:
        say("refused: and {more:,} more", more=more)
    if done.refused_file:
        say("refused rows: {refused_file}", refused_file=done.refused_file)
    if done.remarks_file:
        say("remarks: {remarks_file}", remarks_file=done.remarks_file)
