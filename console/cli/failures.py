"""Turn an error into the lines for a person and the exit code that end a command."""

import sys
from dataclasses import dataclass

from store.errors import BadInput
from store.sentences import Translate, in_english, translated
from store.system_errors import NOT_FOR_NOW, refused_by_system

FAILED = 1
"""The exit code where the machine or the database is in the way."""
BAD_INPUT = 2
"""The exit code where somebody wrote something that cannot be taken."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines and the exit code with which a command ends."""

    lines: tuple[str, ...]
    code: int


def ending_of(error: Exception, translate: Translate = in_english) -> Ending | None:
    """Return how a command ends after this error, or None where nobody foresaw it."""
    match error:
        case BadInput():
            return Ending(tuple(error.lines(translate)), BAD_INPUT)
        case BrokenPipeError():
            return None
        case OSError(errno=int()):
            code = FAILED if error.errno in NOT_FOR_NOW else BAD_INPUT
            return Ending(tuple(refused_by_system(error).lines(translate)), code)
        case ValueError(args=(str(said),)) if said.endswith("has an empty name"):
            refused = BadInput("a folder is named where a file is written", "name a file")
            return Ending(tuple(refused.lines(translate)), BAD_INPUT)
        case UnicodeDecodeError():
            refused = BadInput("what was read is not UTF-8", "save it as UTF-8")
            return Ending(tuple(refused.lines(translate)), BAD_INPUT)
        case _:
            return _ending_of_database(error, translate)


def _ending_of_database(error: Exception, translate: Translate) -> Ending | None:
    """Return the message and exit code for a database that cannot be used, or None for other errors.

    The modules are looked up among those loaded, since a command that loaded neither cannot have failed there.
    """
    migrating = sys.modules.get("store.migrating")
    if migrating and isinstance(error, migrating.NewerDatabase):
        return Ending((translated(error.args[0], translate),), FAILED)
    if not (errors := sys.modules.get("sqlalchemy.exc")):
        return None
    if not isinstance(error, errors.SQLAlchemyError):
        return None
    from store.database_errors import database_trouble

    if (trouble := database_trouble(error)) is None:
        return None
    problem, remedy = trouble
    return Ending(tuple(BadInput(problem, remedy, file=_database()).lines(translate)), FAILED)


def _database() -> str:
    """Return what the database of this environment is called, without its password."""
    from sqlalchemy import make_url

    from installation.settings import Settings

    url = make_url(Settings().url)
    if url.get_backend_name() == "sqlite":
        return url.database or "the database"
    return url.render_as_string(hide_password=True)
