"""The `kaartje queue` commands, for entries that wait for an agent."""

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    term,
    worded,
)
from store.sentences import Sentence, counted

if TYPE_CHECKING:
    from desk.queue.queues import QueuedCall

app = typer.Typer(
    no_args_is_help=True, help="The free phone line's queue: everything that needs an agent."
)

Line = Annotated[
    str | None, typer.Option("--line", metavar="NUMBER", help="Only this line, as 0800 1234.")
]


@app.command("list")
@refusing
def list_all(line: Line = None, now: Now = None, as_json: AsJson = False) -> None:
    """List the waiting entries, the next one first."""
    from desk.queue.queues import waiting

    installation = open_installation(now)
    found = waiting(installation.store, _number(line), now=installation.now())
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(_line(each))
    say(counted(len(found), "{count} waits", "{count} wait"))


@app.command("next")
@refusing
def take_next(agent: Decides, line: Line = None, now: Now = None, as_json: AsJson = False) -> None:
    """Take the next entry, as an agent."""
    from desk.queue.taking import take_next as take

    installation = open_installation(now)
    taken = take(
        installation,
        decider(installation, agent).name,
        now=installation.now(),
        line=_number(line),
        limited=True,
    )
    if as_json:
        emit(taken.as_data() if taken else None)
    elif taken:
        show(_line(taken))
    else:
        show("Nothing waits that you may take.")


@app.command()
@refusing
def finish(
    call: Annotated[
        int, typer.Argument(metavar="ID", help="The number of the entry, from `queue next`.")
    ],
    disposition: Annotated[
        str, typer.Argument(metavar="DISPOSITION", help="What came of it: helped, no_answer, …")
    ],
    agent: Decides,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="For a colleague.")] = "",
    now: Now = None,
) -> None:
    """Close an entry that you took, with its result."""
    from desk.queue.wrap_up import wrap_up

    installation = open_installation(now)
    wrap_up(
        installation.store,
        call,
        by=decider(installation, agent),
        disposition=disposition,
        note=note,
        now=installation.now(),
    )
    show("entry {call}: {disposition}", call=call, disposition=term(disposition))


@app.command("give-back")
@refusing
def give_back(now: Now = None) -> None:
    """Return the entries of agents without signs of life to their place in the queue."""
    from desk.queue.taking import give_back as give

    installation = open_installation(now)
    show("{count} given back", count=give(installation.store, now=installation.now()))


@app.command("hang-up")
@refusing
def hang_up(
    call: Annotated[int, typer.Argument(metavar="ID", help="The number of the entry.")],
    now: Now = None,
) -> None:
    """Record that a caller hung up before the call was taken."""
    from desk.queue.taking import hang_up as gone

    installation = open_installation(now)
    gone(installation.store, call, now=installation.now())
    show("entry {call}: gone", call=call)


@app.command()
@refusing
def keep(agent: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Keep what you took for another hour."""
    from desk.entries.queue_entries import QUIET
    from desk.queue.taking import keep as stay

    installation = open_installation(now)
    held = stay(
        installation.store, decider(installation, agent).name, now=installation.now(), lasting=QUIET
    ).calls
    if as_json:
        emit(list(held))
    else:
        show("in hand: {held}", held=", ".join(map(str, held)) or Sentence("nothing"))


def _line(each: "QueuedCall") -> str:
    promised = worded(" promised {window}", window=_window(each)) if each.promised_from else ""
    skill = worded("any agent") if each.skill == "any" else each.skill
    asked = f"{each.line} {each.campaign or '-'} {skill}{promised}"
    return f"#{each.id:<7} {term(each.why):<10} {local_time(each.received_at)} {asked}"


def _window(each: "QueuedCall") -> str:
    match [local_time(end) for end in (each.promised_from, each.promised_until) if end]:
        case [begins, ends]:
            return worded("{begins} to {ends}", begins=begins, ends=ends)
        case ends:
            return "".join(ends)


def _number(text: str | None) -> str | None:
    from people.numbers import NotAPhoneNumber, PhoneNumber

    try:
        return PhoneNumber.parse(text).e164 if text else None
    except NotAPhoneNumber as error:
        error.field = "--line"
        raise
