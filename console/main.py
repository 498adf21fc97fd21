"""`kaartje`: one command for everything. Each noun's module is imported only when it is asked for."""

import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import typer
from typer.core import TyperGroup

NOUNS = {
    "demo": ("installation", "see a whole campaign happen, from a file of people to a report"),
    "people": ("people", "generate, map and import people, and what they owe"),
    "import": ("people", "bring in people, obligations, lists, consents, replies or outcomes"),
    "suppression": ("people", "who must not be reached"),
    "consent": ("people", "what people said about being reached, with its proof"),
    "audience": ("campaigns", "save a rule under a name, count it, and see who came and who went"),
    "campaign": (
        "campaigns",
        "check, plan, submit, approve, launch, pause, resume and stop a campaign",
    ),
    "deliver": ("campaigns", "one pass over everything due"),
    "post": (
        "post",
        "print runs: hand them over, hear what the print shop says, and ask pieces back",
    ),
    "replies": ("desk", "calls, texts, returned mail and visits to the counter"),
    "outcomes": ("campaigns", "what happened since: returns filed, debts arranged"),
    "report": ("campaigns", "the funnel of one campaign"),
    "why": ("people", "every decision about one person, and its reason"),
    "number": ("people", "what may be done with a telephone number"),
    "retention": ("campaigns", "remove the ledger of campaigns whose time has come"),
    "sms": ("installation", "count, try out and send single text messages"),
    "queue": ("desk", "everything that needs an agent, and the next of it"),
    "line": (
        "desk",
        "the free number itself: where it leads, who tried it, who is on it, and the messages they left",
    ),
    "desk": ("desk", "cases, appointments, handovers, referrals, signals, and what is late"),
    "agent": ("desk", "who picks up, their languages, and what they were trained for"),
    "roster": ("desk", "who picks up the phone on a line"),
    "account": ("installation", "who may sign in to the console"),
    "simulate": ("installation", "stand-ins for providers, for trying out and for tests"),
    "serve": ("installation", "the console and the inbound endpoints"),
}
"""Every first word of the command line: the folder of `console/cli` it lives in, and its line in `kaartje --help`."""


def command_of(noun: str) -> Any:
    """Import the module of one first word and return its command."""
    room, _ = NOUNS[noun]
    module = f"{noun}s" if iskeyword(noun) else noun  # `import` is a word of Python's own
    return typer.main.get_command(import_module(f"console.cli.{room}.{module}").app)


class Lazy(TyperGroup):
    """A group that knows the names of its commands and imports one only to run it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the first words, in the order of a campaign's life."""
        del ctx
        return list(NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command, importing its module."""
        del ctx
        if cmd_name not in NOUNS:
            return None
        command = command_of(cmd_name)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(noun, line) for noun, (_, line) in NOUNS.items()])


app = typer.Typer(
    cls=Lazy,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def kaartje() -> None:
    """Kaartje reaches people who would otherwise drift into trouble: kindly, once, and never when it would be wrong."""


def run() -> None:
    """Run the command line."""
    sys.exit(app())
