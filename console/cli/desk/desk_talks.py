"""The `kaartje desk` commands for topics, warning signs and deviations."""

from typing import Annotated

import typer

from console.catalogues import chosen_language
from console.cli.desk.desk_terms import From, Number, Until, local_time, period
from console.cli.options import (
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    open_installation,
    refusing,
    say,
    show,
)
from store.sentences import Sentence

app = typer.Typer()

Conversation = Annotated[int, typer.Argument(metavar="CALL", help="The number of the call.")]


@app.command()
@refusing
def topics(
    call: Conversation,
    named: Annotated[
        str,
        typer.Argument(
            metavar="LIST", help="As filing,debts: see desk/entries/care.toml. Empty: none."
        ),
    ],
    by: Decides,
    now: Now = None,
) -> None:
    """Record the topics of a conversation of yours."""
    from desk.cases.topics import note_topics

    installation = open_installation(now)
    noted = note_topics(
        installation.store,
        call,
        _list(named),
        by=decider(installation, by).name,
        now=installation.now(),
    )
    show("call {call}: {noted}", call=call, noted=", ".join(noted) or Sentence("nothing"))


@app.command()
@refusing
def signs(
    call: Conversation,
    by: Decides,
    noted: Annotated[
        str | None, typer.Option("--heard", metavar="LIST", help="As seizure,many_creditors.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """List the warning signs in a call's guide, or record which ones you noticed."""
    from desk.cases.topics import note_signs, signs_of

    installation = open_installation(now)
    who, moment = decider(installation, by).name, installation.now()
    if noted is None:
        found = signs_of(
            installation.store, call, agent=who, language=chosen_language(), now=moment
        )
    else:
        found = note_signs(
            installation.store, call, _list(noted), by=who, now=moment, language=chosen_language()
        )
    if as_json:
        emit([{"sign": each.sign, "words": each.words, "refer": each.refer} for each in found])
        return
    for each in found:
        show(f"{each.sign:<24} {each.words}{f'  →  {each.refer}' if each.refer else ''}")


@app.command("topic-counts")
@refusing
def topic_counts(first: From, last: Until, as_json: AsJson = False) -> None:
    """Count the topics of conversations, each once a conversation."""
    from desk.cases.topics import counted

    since, until = period(first, last)
    found = counted(open_installation().store, since=since, until=until)
    if as_json:
        emit(found.as_data())
        return
    for name, count in (*found.topics.items(), *found.signs.items()):
        show(f"{count:>7,}  {name}")
    say(
        "of {conversations:,} conversations; a conversation may be about several",
        conversations=found.conversations,
    )


@app.command()
@refusing
def deviate(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="What it departs from: 'guide file_first'.")
    ],
    by: Decides,
    instead: Annotated[str, typer.Option("--instead", metavar="TEXT", help="What was done.")],
    why: Annotated[str, typer.Option("--why", metavar="TEXT")],
    ref: Annotated[
        str | None, typer.Option("--person", metavar="REF", help="Whom it is about.")
    ] = None,
    call: Annotated[int | None, typer.Option("--call", metavar="ID", help="In which call.")] = None,
    dialogue: Annotated[
        bool, typer.Option("--dialogue", help="Talk it over in the case dialogue.")
    ] = False,
    now: Now = None,
) -> None:
    """Record a deviation from the guide or a rule, with the reason."""
    from desk.cases import deviations

    installation = open_installation(now)
    other = deviations.NewDeviation(rule, instead, why)
    who = decider(installation, by).name
    made = deviations.deviate(
        installation.store,
        other,
        by=who,
        now=installation.now(),
        ref=ref,
        call_id=call,
        dialogue=dialogue,
    )
    show("deviation {made} from {rule}", made=made, rule=rule)


@app.command()
@refusing
def deviations(first: From, last: Until, as_json: AsJson = False) -> None:
    """List deviations, and count them by rule."""
    from desk.cases import deviations

    since, until = period(first, last)
    store = open_installation().store
    found = deviations.deviations(store, since=since, until=until)
    rules = deviations.by_rule(store, since=since, until=until)
    if as_json:
        emit({"deviations": [each.as_data() for each in found], "by_rule": rules})
        return
    for each in found:
        show(
            f"#{each.id:<6} {local_time(each.made_at)} {each.made_by:<16} {each.rule}: {each.instead} ({each.why})"
        )
    for rule, count in rules.items():
        say("{count:>6} from {rule}", count=count, rule=rule)


@app.command()
@refusing
def dialogue(as_json: AsJson = False) -> None:
    """List the deviations to discuss in the case dialogue."""
    from desk.cases import deviations

    found = deviations.dialogue(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            f"#{each.id:<6} {each.person_ref or '-':<12} {each.made_by:<16} {each.rule}: {each.why}"
        )
    say("{count} to talk over", count=len(found))


@app.command()
@refusing
def discussed(
    number: Number,
    by: Decides,
    what: Annotated[str, typer.Option("--what", metavar="TEXT")],
    now: Now = None,
) -> None:
    """Record the result of a case dialogue."""
    from desk.cases import deviations

    installation = open_installation(now)
    deviations.discuss(
        installation.store, number, what, by=decider(installation, by).name, now=installation.now()
    )
    show("deviation {number} was talked over", number=number)


def _list(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]
