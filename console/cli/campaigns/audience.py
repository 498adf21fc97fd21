"""The `kaartje audience` commands, for rules saved under a name."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    fail,
    local_day,
    open_installation,
    refusing,
    say,
    show,
    worded,
)
from store.sentences import Sentence

if TYPE_CHECKING:
    from campaigns.planning.audience_runs import Change, Comparison, Run
    from campaigns.planning.audiences import Version

app = typer.Typer(no_args_is_help=True, help="Save, list, show, count and compare named audiences.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The audience's name.")]
SHOWN_RUNS = 5


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            Sentence("{seen!r} is not a date; write it as 2023-06-01", seen=text)
        ) from None


@app.command()
@refusing
def save(
    name: Name,
    by: Decides,
    where: Annotated[str | None, typer.Option("--where", metavar="TEXT", help="The rule.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="A file that holds the rule.", dir_okay=False),
    ] = None,
    necessity: Annotated[
        str | None,
        typer.Option("--necessity", metavar="TEXT", help="Why a sensitive column must select."),
    ] = None,
    valid_from: Annotated[
        date | None,
        typer.Option("--valid-from", parser=_day, metavar="DAY", help="The first day it holds."),
    ] = None,
    valid_until: Annotated[
        date | None,
        typer.Option("--valid-until", parser=_day, metavar="DAY", help="The last day it holds."),
    ] = None,
    now: Now = None,
) -> None:
    """Save a rule under a name, as the next version if anything changed."""
    from campaigns.planning.audiences import Rule
    from campaigns.planning.audiences import save as save_rule

    installation = open_installation(now)
    rule = Rule(_text(where, file), (necessity or "").strip() or None, valid_from, valid_until)
    version, new = save_rule(
        installation, name, rule, by=decider(installation, by), now=installation.now()
    )
    show(
        "{name}, version {number}, {done}.",
        name=name,
        number=version.number,
        done=Sentence("is saved") if new else Sentence("says exactly this already"),
    )
    show(
        "In a campaign file: audience: {{name: {name}, version: {number}}}",
        name=name,
        number=version.number,
    )


def _text(where: str | None, file: Path | None) -> str:
    if (where is None) == (file is None):
        fail("give the rule as --where TEXT or as --file FILE, one of the two")
    if file is None:
        return (where or "").strip()
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        fail(Sentence("{file}: is not UTF-8; save it as UTF-8", file=file))


@app.command("list")
@refusing
def list_all(as_json: AsJson = False) -> None:
    """List every named audience with its newest version."""
    from campaigns.planning.audiences import latest

    with open_installation().store.reading() as connection:
        found = latest(connection)
    if as_json:
        emit([each.as_data() for each in found])
        return
    if not found:
        show("No audience is saved yet. Try: kaartje audience save NAME --where … --as …")
    for each in found:
        show(
            "{name:<28} version {number:<4} {where}",
            name=each.name,
            number=each.number,
            where=" ".join(each.rule.where.split()),
        )


@app.command("show")
@refusing
def show_one(name: Name, as_json: AsJson = False) -> None:
    """Show every version of one audience, and its last counts."""
    from campaigns.planning.audience_runs import runs
    from campaigns.planning.audiences import find, versions

    with open_installation().store.reading() as connection:
        find(connection, name)
        saved, counted = versions(connection, name), tuple(runs(connection, name, most=SHOWN_RUNS))
    if as_json:
        emit(
            {
                "name": name,
                "versions": [each.as_data() for each in saved],
                "runs": [run.as_data() for run in counted],
            }
        )
        return
    for each in saved:
        _show_version(each)
    for run in counted:
        _show_run(run)


def _show_version(each: "Version") -> None:
    rule = each.rule
    show(
        "{name}, version {number}, saved by {saved_by} on {saved_at}",
        name=each.name,
        number=each.number,
        saved_by=each.saved_by,
        saved_at=local_day(each.saved_at),
    )
    for line in rule.where.splitlines():
        show(f"    {line}")
    if rule.necessity:
        show("  because: {necessity}", necessity=rule.necessity)
    ends = " ".join(
        text
        for text in (
            worded("from {day}", day=rule.valid_from) if rule.valid_from else "",
            worded("until {day}", day=rule.valid_until) if rule.valid_until else "",
        )
        if text
    )
    if ends:
        show("  holds {ends}", ends=ends)


def _show_run(run: "Run") -> None:
    show(
        "{people:>12,}  people on {today}, version {number}",
        people=run.people,
        today=run.today,
        number=run.version.number,
    )


@app.command()
@refusing
def count(name: Name, now: Now = None, as_json: AsJson = False) -> None:
    """Count the people it finds, and keep the count for the next comparison."""
    from campaigns.planning.audience_runs import count as count_people

    installation = open_installation(now)
    run = count_people(installation, name, now=installation.now())
    if as_json:
        emit(run.as_data())
        return
    _warn(run)
    _show_run(run)


def _warn(run: "Run") -> None:
    if days := run.version.rule.outside(run.today):
        say("note: this version holds {days}, and today is {today}", days=days, today=run.today)


@app.command()
@refusing
def compare(
    name: Name,
    refs: Annotated[
        Path | None,
        typer.Option("--refs", metavar="FILE", help="Write everyone who came or went, as CSV."),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Count again, and list who is new and who left since the last count, and why."""
    from campaigns.planning.audience_runs import compare as compare_runs

    installation = open_installation(now)
    made = compare_runs(installation, name, now=installation.now(), refs_file=refs)
    if as_json:
        emit({**made.as_data(), "refs": refs} if refs else made.as_data())
        return
    _warn(made.after)
    _show_comparison(made)
    if refs:
        show("\nEveryone: {file}", file=refs.absolute())


def _show_comparison(made: "Comparison") -> None:
    _show_run(made.before)
    for change in made.left:
        _show_change("-", change)
    for change in made.new:
        _show_change("+", change)
    _show_run(made.after)


def _show_change(sign: str, change: "Change") -> None:
    more = ", …" if change.people > len(change.refs) else ""
    people = worded("{sign}{people:,}", sign=sign, people=change.people)
    show(
        "{people:>12}  {why}   ({refs}{more})",
        people=people,
        why=change.why,
        refs=", ".join(change.refs),
        more=more,
    )
