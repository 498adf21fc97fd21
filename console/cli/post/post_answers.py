"""The `kaartje post` commands for what the print shop answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    fail,
    local_time,
    open_installation,
    reason_words,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.sentences import Sentence, counted

if TYPE_CHECKING:
    from inbound.post.answer_files import AnswerReport

app = typer.Typer()
pull = typer.Typer(no_args_is_help=True, help="Pieces that the print shop is asked to take out.")
Key = Annotated[
    str, typer.Argument(metavar="KEY", help="Of the print run: the name of its folder.")
]
OneRun = Annotated[str | None, typer.Option("--run", metavar="KEY", help="Of one print run.")]


@app.command()
@refusing
def answer(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="CSV or JSON: docs/print-shop-answers.md."),
    ],
    refused: Annotated[
        Path | None,
        typer.Option("--refused", help="Write the refused rows here, with their reasons."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import answers of the print shop. A repeated answer changes nothing."""
    from inbound.post.answer_files import take_answer

    installation = open_installation(now)
    reports = [
        take_answer(
            installation, file, now=installation.now(), refused=_apart(refused, file, files)
        )
        for file in files
    ]
    if as_json:
        emit([report.as_data() for report in reports])
        return
    for report in reports:
        _show_report(report)


@app.command()
@refusing
def collect(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]",
            exists=True,
            file_okay=False,
            help="By default what the shop's server has.",
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Import all answers in a folder or on the shop's server, in the order of names.

    Imported files are moved to `taken/`.
    """
    from inbound.post.answer_folder import collect_answers
    from inbound.post.answer_server import FetchedAnswers, fetch_answers

    installation = open_installation(now)
    if folder is None:
        collected = fetch_answers(installation, now=installation.now())
    else:
        collected = FetchedAnswers(
            tuple(collect_answers(installation, folder, now=installation.now()))
        )
    if as_json:
        emit([report.as_data() for report in collected.taken])
    else:
        for report in collected.taken:
            _show_report(report)
    if collected.open:
        fail(*collected.open)


def _apart(refused: Path | None, file: Path, files: list[Path]) -> Path | None:
    """Return the file for the refused rows of one answer, a separate one for each."""
    if refused is None or len(files) == 1:
        return refused
    return refused.with_name(f"{refused.stem}-{file.stem}{refused.suffix}")


def _show_report(report: "AnswerReport") -> None:
    show(
        "{file}: {rows} rows: {taken} taken, {unchanged} known already, {refused} refused",
        file=report.file,
        rows=report.rows,
        taken=report.taken,
        unchanged=report.unchanged,
        refused=report.refused,
    )
    for name, count in report.counts.items():
        show("{count:>10,}  {what}", count=count, what=term(name))
    if report.ignored:
        say(
            "columns that were ignored: {columns}",
            columns=", ".join(report.ignored),
        )
    for key in report.closed:
        show("  {key} is closed: every piece is accounted for", key=key)
    for each in report.refusals:
        say(
            "refused: {file}, line {line}, {problem}",
            file=report.file,
            line=each.line,
            problem=each.problem,
        )
    if report.refused_file:
        say("refused rows: {refused_file}", refused_file=report.refused_file)


@app.command()
@refusing
def sign(key: Key, by: Decides, now: Now = None) -> None:
    """Sign the press proof of a run, as anybody but its campaign's submitter.

    Only then does the shop print.
    """
    from campaigns.post.proof_signing import sign as release

    installation = open_installation(now)
    release(installation, key, by=decider(installation, by), now=installation.now())
    show("{key} may be printed", key=key)


@app.command()
@refusing
def differences(
    key: OneRun = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were accepted.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the differences between our records and the shop's that are still open."""
    from campaigns.post.discrepancies import differences as found

    rows = found(open_installation(), key=key, accepted=everything)
    if as_json:
        emit([each.as_data() for each in rows])
        return
    for each in rows:
        stops = (
            worded(", holds the campaign's post") if each.stops and each.accepted_at is None else ""
        )
        accepted = (
            worded("; accepted by {who}: {why}", who=each.accepted_by, why=each.accepted_why)
            if each.accepted_at
            else ""
        )
        show(
            "{id:>5}  {run}  {kind}: {pieces} pieces{stops}{accepted}  {about}",
            id=each.id,
            run=each.run,
            kind=term(each.kind),
            pieces=each.pieces,
            stops=stops,
            accepted=accepted,
            about=_about(each.detail),
        )
    say(counted(len(rows), "{count} difference", "{count} differences"))


def _about(detail: dict[str, Any]) -> str:
    """Return the subject of a difference, of many pieces the first few."""
    parts = {
        name: ", ".join(value[:5]) if isinstance(value, list) else value
        for name, value in detail.items()
    }
    return ", ".join(f"{term(name)} {value}" for name, value in parts.items() if value != "")


@app.command()
@refusing
def accept(
    key: Key,
    difference: Annotated[
        int, typer.Argument(metavar="DIFF", help="Its number, from `differences`.")
    ],
    why: Annotated[str, typer.Option("--why", help="Why it may stand; it is kept.")],
    by: Decides,
    now: Now = None,
) -> None:
    """Accept a difference. Missing pieces are lost then, and their people not reached."""
    from campaigns.post.discrepancies import accept as decide

    installation = open_installation(now)
    closed = decide(
        installation, key, difference, by=decider(installation, by), why=why, now=installation.now()
    )
    show(
        "difference {difference} is accepted{rest}",
        difference=difference,
        rest=Sentence("; {key} is closed", key=key) if closed else "",
    )


@app.command()
@refusing
def reprint(
    key: Key,
    by: Decides,
    pieces: Annotated[
        Path | None,
        typer.Option(
            "--pieces", metavar="FILE", help="Only these, a piece id a line; missing ones too."
        ),
    ] = None,
    now: Now = None,
) -> None:
    """Reprint spoiled pieces under new numbers. Those who may not be reached are recalled."""
    from campaigns.post.reprint_files import read_pieces
    from campaigns.post.reprints import reprint as again

    installation = open_installation(now)
    named = read_pieces(pieces) if pieces else None
    done = again(
        installation, key, named=named, by=decider(installation, by), now=installation.now()
    )
    show(
        "{pieces} printed again{rest}, {recalled} recalled",
        pieces=done.pieces,
        rest=Sentence(" in {file}", file=done.file) if done.file else "",
        recalled=done.recalled,
    )
    if done.lost:
        show(
            counted(
                done.lost,
                "  {count} spoiled seed is written off, not printed again",
                "  {count} spoiled seeds are written off, not printed again",
            )
        )


@pull.command("list")
@refusing
def list_pulls(
    key: OneRun = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were answered.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the pieces to take out, and the shop's answers."""
    from campaigns.post.pull_lists import pulls

    rows = pulls(open_installation(), key=key, answered=everything)
    if as_json:
        emit([each.as_data() for each in rows])
        return
    for each in rows:
        until = worded(", until {at}", at=local_time(each.last_time)) if each.last_time else ""
        show(
            "{piece}  {run}  {whom}: {state}{until}; {why}",
            piece=each.piece_id,
            run=each.run,
            whom=each.person_ref or Sentence("a seed"),
            state=term(each.state),
            until=until,
            why=reason_words(each.reason),
        )
    say(counted(len(rows), "{count} piece", "{count} pieces"))


@pull.command("make")
@refusing
def make_pulls(now: Now = None, as_json: AsJson = False) -> None:
    """Judge everyone with a piece at the print shop again, and write the pull lists."""
    from campaigns.post.pull_lists import make_lists, want_pulls

    installation = open_installation(now)
    wanted = want_pulls(installation, now=installation.now())
    made = make_lists(installation, now=installation.now())
    if as_json:
        emit({"wanted": wanted, "lists": made})
        return
    show(
        "{wanted} more {rest} should be taken out",
        wanted=wanted,
        rest=Sentence("piece") if wanted == 1 else Sentence("pieces"),
    )
    for name in made:
        show(f"  {name}")
