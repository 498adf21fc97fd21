"""Plain words for a database that is away, full, damaged, newer or not allowed."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_READ_ONLY = ("may not be written by this user", "give this user the right to it and its folder")
_SQLITE = {
    "FULL": ("cannot be written, since the disk is full", "make room, and run the command again"),
    "READONLY": _READ_ONLY,
    "PERM": _READ_ONLY,
    "AUTH": _READ_ONLY,
    "CANTOPEN": ("cannot be opened", "look at its folder and its rights"),
    "CORRUPT": ("is damaged", "put back the last backup"),
    "NOTADB": ("is not a database", "name another, or put back the last backup"),
    "BUSY": ("is used by another process", "wait until that is done, and run the command again"),
    "LOCKED": ("is used by another process", "wait until that is done, and run the command again"),
    "IOERR": (
        "cannot be read or written, since the disk is full or fails",
        "make room, or look at the disk",
    ),
    "TOOBIG": ("does not take a value that long", "shorten it"),
    "SCHEMA": ("was changed meanwhile", "run the command again"),
}
# The beginning of a code of PostgreSQL (SQLSTATE), what is wrong, and the remedy.
_POSTGRES = [
    ("28", "refuses this user", "correct user and password in KAARTJE_DATABASE_URL"),
    ("3D", "has no database of this name", "make it, or correct KAARTJE_DATABASE_URL"),
    ("42501", "gives this user too few rights", "let this user own the database"),
    ("25006", "can only be read", "name the primary server in KAARTJE_DATABASE_URL"),
    ("53100", "cannot be written, since the disk is full", "make room, and try again"),
    ("53300", "has no connection left", "raise max_connections, or run fewer workers"),
    ("53", "has too little memory or disk", "look at the server"),
    ("57P", "is shutting down or starting", "wait a moment, and try again"),
    ("40", "was busy with the same rows", "run the command again"),
    ("55P", "is used by another process", "wait until that is done, and try again"),
    ("58", "has trouble with its disk", "look at the server"),
    ("XX", "is damaged", "put back the last backup"),
    ("08", "does not answer", "start it, or correct KAARTJE_DATABASE_URL"),
]
_AWAY = ("does not answer", "start it, or correct KAARTJE_DATABASE_URL")


def database_trouble(error: SQLAlchemyError) -> tuple[str, str] | None:
    """Return what is wrong with the database and the remedy, or None where the fault is ours."""
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if (name := getattr(cause, "sqlite_errorname", None)) is not None:
        return next((said for key, said in _SQLITE.items() if f"SQLITE_{key}" in name), None)
    code = getattr(cause, "sqlstate", None)
    if code is None:
        away = error.connection_invalidated or type(cause).__name__ == "OperationalError"
        return _AWAY if away else None
    return next(
        ((problem, remedy) for start, problem, remedy in _POSTGRES if code.startswith(start)), None
    )


def name_of(engine: Engine) -> str:
    """Return what a database is called in an error, without its password."""
    url = engine.url
    return url.database or "" if engine.dialect.name == "sqlite" else url.render_as_string()
