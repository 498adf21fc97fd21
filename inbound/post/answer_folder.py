"""Collect the answers a print shop put in a folder, each file once, in order of their names.

A taken file moves to `taken/` beside it, and refused rows go to `refused/`. A file that cannot be read stays for a
person and does not stop the others. After a crash between taking and moving a file is taken again, which changes
nothing.
"""

from datetime import datetime
from pathlib import Path

from channels.answer_fetching import KINDS, TAKEN
from inbound.post.answer_files import AnswerReport, take_answer
from installation.installation import Installation
from store.errors import BadInput

REFUSED = "refused"


def collect_answers(
    installation: Installation, folder: Path, *, now: datetime
) -> list[AnswerReport | BadInput]:
    """Take every answer in a folder. Return a report or an error for each.

    A folder that does not exist has no answers.
    """
    if not folder.is_dir():
        return []
    files = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in KINDS and not path.name.startswith(".")
    )
    with installation.store.holding(f"answers-{folder.absolute()}") as held:
        return [_collect(installation, file, now=now) for file in files if held]


def _collect(installation: Installation, file: Path, *, now: datetime) -> AnswerReport | BadInput:
    refused = file.parent / REFUSED / f"{file.stem}.csv"
    try:
        report = take_answer(installation, file, now=now, refused=refused)
    except BadInput as error:
        return error
    taken = file.parent / TAKEN
    taken.mkdir(exist_ok=True)
    file.rename(taken / _free(taken, file.name))
    return report


def _free(folder: Path, name: str) -> str:
    """Return a file name that is not used in a folder yet, since a shop may use one twice."""
    known, number, path = {each.name for each in folder.iterdir()}, 1, Path(name)
    while name in known:
        number += 1
        name = f"{path.stem}-{number}{path.suffix}"
    return name
