"""Why something failed as one sentence, so that no library's wording reaches a person."""

import logging
from json import JSONDecodeError

from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence, Translate, as_sentence, in_english, joined, translated
from store.system_errors import OF_THE_MACHINE, refused_by_system

_OURS = frozenset(
    {
        "campaigns",
        "channels",
        "console",
        "desk",
        "flows",
        "inbound",
        "installation",
        "methods",
        "outcomes",
        "people",
        "store",
        "suppression",
        "templates",
    }
)
"""Packages whose errors say in our own words what is wrong."""
_BY_LIBRARY = {
    "twilio": Sentence("the provider gave an answer that we do not know"),
    "requests": Sentence("the other system cannot be reached"),
    "urllib3": Sentence("the other system cannot be reached"),
    "httpx": Sentence("the other system cannot be reached"),
    "asyncssh": Sentence("the server broke the connection, or refused what was asked"),
    "yaml": Sentence("what was read is not YAML"),
    "ruamel": Sentence("what was read is not YAML"),
    "tomllib": Sentence("what was read is not TOML"),
    "phonenumbers": Sentence("a number could not be read"),
    "jinja2": Sentence("a template could not be filled in"),
    "pypdf": Sentence("a PDF could not be read"),
    "pikepdf": Sentence("a PDF could not be read"),
    "pymupdf": Sentence("a PDF could not be read"),
    "prefect": Sentence("the server of the flows cannot be reached, or refused what was asked"),
}
"""What an error of a library comes to, by the library's name."""


def why_it_failed(error: BaseException) -> Sentence:
    """Return why something failed, to be shown in any language.

    Where nobody foresaw it, the kind of error is named, under which the log says more.
    """
    match error:
        case SeveralRefused():
            return joined("; ", (each.sentence() for each in error.each))
        case BadInput():
            return error.sentence()
        case Exception(args=(Sentence() as said, *_)):
            return said
        case UnicodeError():
            return Sentence("what was read is not UTF-8")
        case JSONDecodeError():
            return Sentence("what was read is not JSON")
        case OSError(errno=int()):
            return refused_by_system(error).sentence()
        case _:
            return _of_library(error)


def is_of_the_machine(error: BaseException) -> bool:
    """Return whether the cause is a disk, a right or a database, not what we wrote."""
    if isinstance(error, OSError):
        return error.errno in OF_THE_MACHINE
    return _is_trouble_of_database(error)


def log_failure(log: logging.Logger, error: BaseException, doing: str) -> None:
    """Log what failed, in one line where the machine is the cause and with its traceback where not."""
    if is_of_the_machine(error):
        log.error("%s: %s", doing, in_plain_words(error))
    else:
        log.error("%s", doing, exc_info=error)


def in_plain_words(error: BaseException, translate: Translate = in_english) -> str:
    """Return why something failed, as one line in a language."""
    return " ".join(translated(why_it_failed(error), translate).split())


def _is_trouble_of_database(error: BaseException) -> bool:
    if not type(error).__module__.startswith("sqlalchemy."):
        return False
    from sqlalchemy.exc import SQLAlchemyError

    from store.database_errors import database_trouble

    return isinstance(error, SQLAlchemyError) and database_trouble(error) is not None


def _of_library(error: BaseException) -> Sentence:
    root, *_ = type(error).__module__.split(".")
    if root == "sqlalchemy":
        return _of_database(error)
    if root == "pydantic_core":
        return _of_validator(error)
    if root in _OURS and str(error):
        return as_sentence(str(error))
    if root in _BY_LIBRARY:
        return _BY_LIBRARY[root]
    if isinstance(error, TimeoutError):
        return Sentence("it took too long")
    if isinstance(error, ConnectionError | EOFError):
        return Sentence("the connection broke")
    if isinstance(error, MemoryError):
        return Sentence("the machine has no memory left")
    kind = type(error).__name__
    return Sentence(
        "it went wrong in a way that nobody foresaw; the log says how ({kind})", kind=kind
    )


def _of_database(error: BaseException) -> Sentence:
    from sqlalchemy.exc import SQLAlchemyError

    from store.database_errors import database_trouble

    trouble = database_trouble(error) if isinstance(error, SQLAlchemyError) else None
    if trouble is None:
        return Sentence("the database refused it; the log says how")
    problem, remedy = trouble
    return Sentence(
        "the database {problem}; {remedy}",
        problem=as_sentence(problem),
        remedy=as_sentence(remedy),
    )


def _of_validator(error: BaseException) -> Sentence:
    from pydantic import ValidationError

    from store.validation_words import in_words

    if not isinstance(error, ValidationError):
        return Sentence("what was read is not as agreed")
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    problem, remedy = in_words(first, repeat=False)
    return BadInput(problem, remedy, field=place or None).sentence()
