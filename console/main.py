"""The `kaartje` command. A noun's module is imported only when it is used."""

import sys
from importlib import import_module
from keyword import iskeyword
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from console.catalogues import chosen_language, translation_to
from console.cli.failures import BAD_INPUT
from console.cli.whole_numbers import refuse_thousands
from store.errors import BadInput
from store.sentences import Sentence, translated

NOUNS = {
    "init": ("installation", "make a new installation"),
    "demo": ("installation", "play a whole campaign, from a file of people to a report"),
    "people": ("people", "generate, map and import people and their obligations"),
    "import": ("people", "import people, obligations, lists, consents, replies or outcomes"),
    "suppression": ("people", "people and addresses that must not be reached"),
    "consent": ("people", "consents and withdrawals, with their proof"),
    "audience": ("campaigns", "save, count and compare named audiences"),
    "campaign": (
        "campaigns",
        "check, plan, submit, approve, launch, pause, resume and stop a campaign",
    ),
    "deliver": ("campaigns", "run one pass over everything due"),
    "post": (
        "post",
        "print runs, the answers of the print shop, and recalls",
    ),
    "replies": ("desk", "calls, texts, returned mail and visits to the counter"),
    "outcomes": ("campaigns", "outcomes, such as returns filed and debts arranged"),
    "report": ("campaigns", "the funnel of one campaign"),
    "effect": ("campaigns", "whether a campaign helped, against the people left out by lot"),
    "calc": ("campaigns", "sample size, comparison, staffing and pacing, without an installation"),
    "why": ("people", "every decision about one person, and its reason"),
    "looks": ("people", "who looked at whose data, and why"),
    "privacy": ("privacy", "requests of citizens about their own data"),
    "number": ("people", "check a telephone number"),
    "retention": ("campaigns", "remove ledgers whose retention period is over"),
    "sms": ("installation", "count, check and try text messages"),
    "queue": ("desk", "entries that wait for an agent"),
    "line": (
        "desk",
        "the free number, its routes, its tests and its messages",
    ),
    "desk": ("desk", "cases, appointments, handovers, referrals and signals"),
    "agent": ("desk", "agents, their languages and their training"),
    "roster": ("desk", "the agents of each line"),
    "audit": ("installation", "compare deliveries with what providers and the print shop have"),
    "installation": ("installation", "the installation's identity, its key and its agreed files"),
    "doctor": ("installation", "what is wrong with an installation, and what to do"),
    "backup": ("installation", "copy the database and the files to one file"),
    "restore": ("installation", "bring a backup back into an empty installation"),
    "migrate": ("installation", "bring a shared database to the schema of this program"),
    "prefect": ("installation", "the Prefect server that says when things happen"),
    "account": ("installation", "accounts and API tokens"),
    "sign-in": ("installation", "sign in, to decide on a shared database"),
    "sign-out": ("installation", "end being signed in on this machine"),
    "simulate": ("installation", "simulate providers, callers and the print shop"),
    "serve": ("installation", "run the web server of console, API and webhooks"),
}
"""Nouns of the command line, each with its folder in `console/cli` and its line in `kaartje --help`."""

_OF_TYPER = {"install_completion", "show_completion"}


def command_of(noun: str) -> Any:
    """Import the module of a noun and return its command."""
    room, _ = NOUNS[noun]
    module = f"{noun}s" if iskeyword(noun) else noun.replace("-", "_")  # `import` is Python's own
    command = typer.main.get_command(import_module(f"console.cli.{room}.{module}").app)
    # completing commands is a matter of the whole program, not of each of its commands
    command.params = [each for each in command.params if each.name not in _OF_TYPER]
    return command


class Lazy(TyperGroup):
    """A command group that imports a command only to run it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the nouns, in the order of a campaign's life."""
        del ctx
        return list(NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command, importing its module."""
        del ctx
        if cmd_name not in NOUNS:
            return None
        command = command_of(cmd_name)
        command.name = cmd_name
        refuse_thousands(command)
        _translate(command)
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command. One that is written wrongly ends with one line and exit code 2."""
        alone = extra.pop("standalone_mode", True)
        run: Any = super().main
        try:
            _translate(self)
            code = run(*args, standalone_mode=False, **extra)
        except typer.Abort:
            sys.exit(1)
        except BadInput as error:  # of the language, before any command is looked at
            sys.stderr.write(f"error: {error}\n")
            sys.exit(BAD_INPUT)
        except TyperException as error:
            sys.exit(_written_wrongly(error))
        return sys.exit(code if isinstance(code, int) else 0) if alone else code

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(noun, line) for noun, (_, line) in NOUNS.items()])


def _translate(command: Any) -> None:
    """Put the help of a command into the language of this run, unless that is English."""
    if (language := chosen_language()) != "en":
        from console.cli.library_words import translate_command

        translate_command(command, translation_to(language))


def _written_wrongly(error: Any) -> int:
    """Say what is wrong with a command, or show its help, and return its exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return int(error.exit_code)
    from console.cli.usage_errors import in_one_line

    translate = translation_to(chosen_language())
    said = Sentence("error: {problem}", problem=in_one_line(error, translate))
    sys.stderr.write(f"{translated(said, translate)}\n")
    return int(error.exit_code)


app = typer.Typer(
    cls=Lazy,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    """Print which Kaartje this is, and end."""
    if asked:
        from importlib.metadata import version

        typer.echo(f"kaartje {version('kaartje')}")
        raise typer.Exit


@app.callback()
def kaartje(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Say which Kaartje this is.", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Kaartje reaches people who would otherwise drift into trouble, kindly and only once."""


def run() -> None:
    """Run the command line."""
    sys.exit(app())
