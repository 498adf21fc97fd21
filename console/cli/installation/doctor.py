"""The `kaartje doctor` command, which says in plain words what is wrong with an installation."""

from typing import TYPE_CHECKING

import typer

from console.cli.options import AsJson, Now, emit, open_installation, refusing, say, show, worded
from store.errors import BadInput

if TYPE_CHECKING:
    from operations.findings import Finding

app = typer.Typer()
FOUND = 1
"""The exit code where something is wrong."""


@app.command()
@refusing
def doctor(now: Now = None, as_json: AsJson = False) -> None:
    """Look an installation over, and say what is wrong and what to do. Exit code 1 if something is."""
    from operations.findings import Finding, Level
    from operations.health_checks import CHECKS, findings

    try:
        installation = open_installation(now)
    except BadInput as error:
        cannot = Finding(
            check="installation", level=Level.WRONG, problem=error.sentence(), remedy=""
        )
        _emit({"installation": (cannot,)}) if as_json else _show(cannot)
        raise typer.Exit(FOUND) from None
    found = findings(installation, now=installation.now())
    if as_json:
        _emit(found)
    else:
        for name, several in found.items():
            if not several:
                show("good       {subject}", subject=worded(CHECKS[name].subject))
        for several in found.values():
            for each in several:
                _show(each)
        if not any(found.values()):
            say("Nothing asks for anybody.")
    if any(each.level is Level.WRONG for several in found.values() for each in several):
        raise typer.Exit(FOUND)


def _emit(found: "dict[str, tuple[Finding, ...]]") -> None:
    emit({name: [each.as_data() for each in several] for name, several in found.items()})


def _show(finding: "Finding") -> None:
    from operations.findings import Level

    if finding.level is Level.WRONG:
        show("wrong      {problem}", problem=finding.problem)
    else:
        show("attention  {problem}", problem=finding.problem)
    if finding.remedy:
        show("           {remedy}", remedy=finding.remedy)
