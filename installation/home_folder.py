"""The home folder of an installation, which only some commands may make."""

from pathlib import Path

from installation.settings import Settings
from store.errors import BadInput
from store.sentences import Sentence

_FIELD = "KAARTJE_HOME"


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
