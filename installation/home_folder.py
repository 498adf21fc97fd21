"""The home folder of an installation, which only some commands may make."""

import os
import shutil
from pathlib import Path

from installation.settings import Settings
from store.errors import BadInput
from store.sentences import Sentence

_FIELD = "KAARTJE_HOME"
SHARED = ("findings", "team-tasks", "posts")
"""Folders of the home that lie in the store of files where many machines work."""
ERASURES = "erasures.jsonl"
UID_FILE = "installation.id"


def prepare_home(settings: Settings, *, makes: bool) -> Path | None:
    """Return the home folder if an installation is about to be made there, or None if it has one.

    A folder that somebody made may be filled by any command; a folder that is not there, only by
    those that are meant to make one, since its name may be misspelled.

    Raises:
        BadInput: the folder is not there, or a file stands in its place.
    """
    home = settings.home.absolute()
    _refuse_file(home)
    if not (makes or home.is_dir()):
        raise BadInput(
            Sentence("there is no folder {home}", home=home),
            "correct the name, or make an installation there: kaartje init",
            field=_FIELD,
        )
    file = database_file(settings)
    if file is not None and file.exists():
        return None
    if file is not None and not makes and file.parent != home:
        raise BadInput(
            Sentence("there is no database {file}", file=file),
            "correct the name, or make an installation: kaartje init",
            field="KAARTJE_DATABASE_URL",
        )
    return home if file is not None or not home.is_dir() else None


def database_file(settings: Settings) -> Path | None:
    """Return the file of an embedded database, or None where the database is a server's."""
    scheme, _, place = settings.url.partition(":///")
    return Path(place).absolute() if scheme.startswith("sqlite") and place else None


def _refuse_file(home: Path) -> None:
    for place in (home, *home.parents):
        if place.exists():
            if not place.is_dir():
                raise BadInput(
                    Sentence("{place} is a file, not a folder", place=place),
                    "name a folder",
                    field=_FIELD,
                )
            return


def uid_of(home: Path) -> str | None:
    """Return the installation's id that a home folder holds."""
    try:
        return (home.absolute() / UID_FILE).read_text().strip() or None
    except FileNotFoundError:
        return None


def write_uid(home: Path, uid: str) -> None:
    """Make a home folder this installation's."""
    path = home.absolute() / UID_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123  the mode counts
        file.write(f"{uid}\n")


def share_home(settings: Settings) -> None:
    """Move what must not lie in one home to the folder of all machines, where there is one.

    What is there already is kept: a person, and not a machine, wrote the answers and the list before.
    """
    home, shared = settings.home.absolute(), settings.shared_folder
    if home == shared:
        return
    for name in SHARED:
        if (home / name).is_dir():
            shutil.copytree(home / name, shared / name, dirs_exist_ok=True)
            shutil.rmtree(home / name)
    if (home / ERASURES).is_file() and settings.erasures_file == shared / ERASURES:
        _add_lines(home / ERASURES, shared / ERASURES)


def _add_lines(origin: Path, target: Path) -> None:
    """Add the lines of a file to another that may have some of them, and remove the first."""
    known = set(target.read_text("utf-8").splitlines()) if target.exists() else set[str]()
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:  # noqa: PTH123  the mode counts
        file.writelines(
            f"{line}\n" for line in origin.read_text("utf-8").splitlines() if line not in known
        )
        file.flush()
        os.fsync(file.fileno())
    origin.unlink()
