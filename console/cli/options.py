"""Options and output that all commands share, such as `--json`, `--now` and errors."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer

from console.catalogues import chosen_language, translation_to
from console.cli.failures import BAD_INPUT, ending_of
from installation.private_files import UMASK
from store.clock import LOCAL, Clock, FixedClock, SystemClock, parse_moment
from store.errors import BadInput
from store.sentences import Sentence, in_terms, translated

if TYPE_CHECKING:
    from installation.installation import Installation
    from store.audit_log import Decider
    from store.engine import Store

P = ParamSpec("P")
R = TypeVar("R")
_running: ContextVar[tuple[str, str]] = ContextVar("running", default=("", ""))
_closing: ContextVar[ExitStack] = ContextVar("_closing")


def moment_option(text: str) -> datetime:
    """Parse a moment given as an option."""
    try:
        return parse_moment(text)
    except BadInput as error:
        raise typer.BadParameter(str(error)) from None
    except ValueError:
        raise typer.BadParameter(
            Sentence(
                "{seen!r} is not a date and time; write it as 2023-06-01 or 2023-06-01T09:00",
                seen=text,
            )
        ) from None


def read_day(text: str, field: str) -> date:
    """Parse a date.

    Raises:
        BadInput: The text is not a date. The error names this field.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            Sentence("{seen!r} is not a date", seen=text[:40]),
            "write it as 2023-06-01",
            field=field,
        ) from None


@contextmanager
def naming_options() -> Iterator[None]:
    """Name the option, as --as-of, where an error names the field as_of."""
    try:
        yield
    except BadInput as error:
        if error.field:
            error.field = f"--{error.field.replace('_', '-')}"
        raise


AsJson = Annotated[
    bool,
    typer.Option("--json", help="Print one JSON document on standard output and nothing else."),
]
Now = Annotated[
    datetime | None,
    typer.Option(
        "--now",
        parser=moment_option,
        metavar="ISO",
        help="Act as if it were this moment (2023-06-01T09:00).",
    ),
]
BY_HAND = "command line"
"""Who decides where `--as` is left out."""
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="USER",
        help="Who decides, on an embedded database. Recorded as not signed in.",
    ),
]
Decides = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="USER",
        default_factory=str,
        show_default=False,
        help="Who decides, on an embedded database. Recorded as not signed in.",
    ),
]


def clock(now: datetime | None) -> Clock:
    """Return the clock of this command, which stands still at `--now` if given."""
    return FixedClock(now) if now else SystemClock()


def close_later(store: "Store") -> None:
    """Close this database when the command ends."""
    _closing.get().callback(store.engine.dispose)


def open_installation(
    now: datetime | None = None, *, running: Clock | None = None, makes: bool = False
) -> "Installation":
    """Open the installation of this environment, until the command ends.

    Args:
        now: stop the clock at this moment.
        running: another clock.
        makes: whether this command may make the home folder.
    """
    from installation.home_folder import prepare_home
    from installation.installation import open_installation as build
    from installation.private_files import close_to_others
    from installation.settings import Settings, check_environment

    check_environment(os.environ)
    settings = Settings()
    made = prepare_home(settings, makes=makes)
    if mended := close_to_others(settings.home.absolute()):
        say(
            Sentence(
                "note: {mended} files and folders of the installation could be read by others; closed",
                mended=mended,
            )
        )
    installation = build(settings, clock=running or (clock(now) if now else None))
    if made:
        say(Sentence("made a new installation in {folder}", folder=str(made)))
    close_later(installation.store)
    if now is not None:
        only_on_trial(installation.store, rehearsal=installation.rehearsal)
    return installation


def moment_of(now: datetime | None) -> datetime:
    """Return the moment of a command that does without the installation's database.

    With `--now` a shared database is asked all the same whether it is one to rehearse in.
    """
    from installation.settings import Settings

    if now is not None and not Settings().url.startswith("sqlite"):
        open_installation(now)
    return clock(now).now()


def only_on_trial(store: "Store", *, rehearsal: bool) -> None:
    """End a command with `--now` on a database that neither is one machine's own nor a rehearsal's."""
    if not (store.embedded or rehearsal):
        fail("--now is not for a real shared database; make one to rehearse in (KAARTJE_REHEARSAL)")


def _is_for_trial(installation: "Installation") -> bool:
    """Say whether this database is one machine's own, or was made to rehearse in."""
    return installation.store.embedded or installation.rehearsal


def decider(installation: "Installation", name: str) -> "Decider":
    """Return who decides, by their token on a shared database and by `--as` on one for trial."""
    from store.audit_log import Decider
    from store.states import Road

    if not _is_for_trial(installation):
        from console.cli.sign_ins import signed_in_decider

        return signed_in_decider(installation, "" if name == BY_HAND else name.strip())
    if not name.strip():
        fail("--as is missing or empty; name who decides")
    return Decider(name.strip(), road=Road.COMMAND)


def looker() -> "Decider":
    """Return who looks at a person's data on the command line, by their account on this machine."""
    from getpass import getuser

    from store.audit_log import Decider
    from store.states import Road

    try:
        name = getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return Decider(BY_HAND, road=Road.COMMAND)
    return Decider(f"{BY_HAND}: {name}", road=Road.COMMAND)


def emit(document: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Path():
            return str(value.absolute())
        case Decimal():
            return str(value)
        case set() | frozenset() | tuple():
            return list(value)
        case _:
            raise TypeError(f"{value!r} has no JSON form")


def say(text: str = "", /, **values: object) -> None:
    """Print a message on standard error, so that `--json` stays clean."""
    sys.stderr.write(f"{worded(text, **values)}\n")


def show(text: str = "", /, **values: object) -> None:
    """Print a line of the answer itself, on standard output."""
    sys.stdout.write(f"{worded(text, **values)}\n")


def worded(text: str, /, **values: object) -> str:
    """Return an English text in the language of this command, its values filled in."""
    return translated(
        Sentence(text, **values) if values else text, translation_to(chosen_language())
    )


def term(code: str) -> str:
    """Return a code such as `handed_over` in words, in the language of this command."""
    return worded(in_terms(code))


def reason_words(code: str) -> str:
    """Return the sentence of a reason, in the language of this command."""
    from suppression.reasons import Reason

    if code in Reason.__members__:
        return Reason(code).sentence(chosen_language())
    return worded("The provider says: {code}", code=code)


def spoken_source(source: str) -> str:
    """Return where an entry is from, which is a list or one reply."""
    before, _, kind = source.partition(": ")
    if before.startswith("reply "):
        number = before.removeprefix("reply ")
        return worded("reply {number}: {kind}", number=number, kind=term(kind))
    return term(source) if source == "by hand" else source


def local_time(moment: datetime) -> str:
    """Return a moment in local time, as wide as any other."""
    return worded("{at:%Y-%m-%d %H:%M}", at=moment.astimezone(LOCAL))


def local_day(moment: datetime) -> str:
    """Return the day of a moment in local time."""
    return worded("{on}", on=moment.astimezone(LOCAL).date())


def fail(*problems: str) -> NoReturn:
    """End the command with one line for each problem and exit code 2."""
    for problem in problems:
        say("error: {problem}", problem=problem)
    raise typer.Exit(BAD_INPUT)


def refusing(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what ends a command early into clear lines and exit code 2 or 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with ExitStack() as closing:
                closing.callback(
                    os.umask, os.umask(UMASK)
                )  # whatever a command writes is its user's own
                _closing.set(closing)
                _running.set(_names_of(command))
                return command(*args, **kwargs)
        except Exception as error:
            if (ending := ending_of(error, translation_to(chosen_language()))) is None:
                raise
            for line in ending.lines:
                say("error: {problem}", problem=line)
            raise typer.Exit(ending.code) from error

    return run


def _names_of(command: Callable[..., Any]) -> tuple[str, str]:
    """Return the noun of a command, by the module that it stands in, and the name of its function."""
    return command.__module__.rpartition(".")[2].partition("_")[0], command.__name__


def running_command() -> tuple[str, str]:
    """Return the noun and the function of the command that runs now."""
    return _running.get()
