"""The `kaartje desk export-interactions` command, to a register of contacts."""

from typing import Annotated

import typer

from console.cli.options import AsJson, Now, emit, fail, open_installation, refusing, show
from store.sentences import Sentence


@refusing
def export_interactions(
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="FOLDER|URL", help="Where to; https://…/klantinteracties/api/v1"
        ),
    ],
    with_person: Annotated[
        bool,
        typer.Option(
            "--with-person", help="Let each contact carry the person's reference; never the BSN."
        ),
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Export wrapped-up calls to your register of contacts, and read back finished tasks."""
    from channels.interactions import open_register
    from desk.cases.contact_register import export

    installation = open_installation(now)
    register = open_register(to, token=installation.settings.interactions_token.get_secret_value())
    exported = export(installation, register, with_person=with_person, now=installation.now())
    if as_json:
        emit(exported.as_data())
    else:
        contacts, tasks = _counted(exported.contacts, "contact"), _counted(exported.tasks, "task")
        show(
            "{contacts} and {tasks} written; done there since: {done}",
            contacts=contacts,
            tasks=tasks,
            done=exported.done,
        )
        show(
            "{declined} declined, {unclear} unclear: looked at again with the next export",
            declined=exported.declined,
            unclear=exported.unclear,
        )
    if exported.stopped:
        fail(
            Sentence("{stopped}; what is left goes with the next export", stopped=exported.stopped)
        )


def _counted(many: int, noun: str) -> str:
    return f"{many} {noun}{'' if many == 1 else 's'}"
