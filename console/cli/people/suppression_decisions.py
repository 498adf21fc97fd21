"""Decisions of `kaartje suppression` on scopes, addresses and deaths, and the exchange of lists."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    BY_HAND,
    As,
    AsJson,
    Now,
    decider,
    emit,
    local_time,
    open_installation,
    refusing,
    say,
    show,
    spoken_source,
    worded,
)
from console.cli.people.import_kinds import Kind, Options
from console.cli.people.imports import run_import
from store.clock import local_date
from store.errors import BadInput
from store.sentences import Sentence, counted
from store.states import AddressKind

if TYPE_CHECKING:
    from installation.installation import Installation

app = typer.Typer()
exchange = typer.Typer(
    no_args_is_help=True, help="Share lists with another body without sharing names."
)
app.add_typer(exchange, name="exchange")
Why = Annotated[str, typer.Option("--why", help="How you know; it is kept.")]


def show_released(count: int) -> None:
    """Print how many touches were planned again."""
    if count:
        show(
            "  {count} {touches} planned again, and judged again before they go",
            count=count,
            touches=Sentence("touch is") if count == 1 else Sentence("touches are"),
        )


def list_deaths(installation: "Installation", *, everything: bool, as_json: bool) -> None:
    """Print the reported deaths that the register has not confirmed yet."""
    from suppression.deaths import reported_deaths

    found = reported_deaths(installation.store, now=installation.now(), confirmed=everything)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        register = (
            worded("confirmed: died on {day}", day=each.confirmed_on)
            if each.confirmed_on
            else worded("not confirmed for {days} days", days=each.days)
        )
        unknown = "" if each.known else worded(", nobody we know")
        note = f"  {' '.join(each.note.split())[:60]}" if each.note else ""
        show(
            f"#{each.id:<6} {each.person_ref:<16} {register}{unknown}  ({spoken_source(each.source)}){note}"
        )
    say(
        "{count} reported {deaths}",
        count=len(found),
        deaths=Sentence("death") if len(found) == 1 else Sentence("deaths"),
    )


@app.command("pending")
@refusing
def list_pending(as_json: AsJson = False) -> None:
    """Print the objections without a recorded scope. Until then they hold everything."""
    from desk.cases.objection_scopes import waiting_objections

    found = waiting_objections(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        at = local_time(each.received_at)
        said = " ".join(each.text.split())[:60]
        show(
            f"#{each.id:<6} {at}  {' '.join(each.who):<24} ({spoken_source(each.source)})  {said}".rstrip()
        )
    say(
        counted(
            len(found),
            "{count} objection waits for somebody to ask what was wanted",
            "{count} objections wait for somebody to ask what was wanted",
        )
    )


@app.command("doubts")
@refusing
def list_doubts(as_json: AsJson = False) -> None:
    """Print the messages that may be objections. Until somebody has read them they hold everything."""
    from desk.cases.objection_doubts import waiting_doubts

    found = waiting_doubts(open_installation().store)
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "#{id:<6} by {until:%Y-%m-%d}  {who:<24} ({source})  {said}",
            id=each.id,
            until=local_date(each.answer_by),
            who=" ".join(each.who),
            source=spoken_source(each.source),
            said=" ".join(each.text.split())[:60],
        )
    say(counted(len(found), "{count} message waits to be read", "{count} messages wait to be read"))


@app.command("read")
@refusing
def read_doubt(
    ref: Annotated[
        str,
        typer.Argument(metavar="ID", help="An entry of the message, as '#12', from `doubts`."),
    ],
    why: Annotated[str, typer.Option("--why", help="What the message says; it is kept.")],
    objection: Annotated[
        bool, typer.Option("--objection/--no-objection", help="Whether it is an objection.")
    ],
    call_back: Annotated[
        bool, typer.Option("--call-back", help="Its sender wants to be called: queue it.")
    ] = False,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Record what a message that may be an objection is, after reading it."""
    from desk.cases.objection_doubts import is_no_objection, is_objection

    if objection and call_back:
        raise BadInput("stands beside --objection", "write one of the two", field="--call-back")
    installation = open_installation(now)
    who = decider(installation, by)
    at = installation.now()
    if objection:
        is_objection(installation.store, ref, by=who, why=why, now=at)
        show("{ref}: an objection, everything stays closed until its scope is recorded", ref=ref)
        return
    read = is_no_objection(installation.store, ref, by=who, why=why, call_back=call_back, now=at)
    show("{ref}: no objection, what it held is open again", ref=ref)
    if read.call_id:
        show("  it stands in the queue as entry {call_id}", call_id=read.call_id)
    show_released(read.released)


@app.command("scope")
@refusing
def record_scope(
    ref: Annotated[
        str,
        typer.Argument(metavar="ID", help="An entry of the objection, as '#12', from `pending`."),
    ],
    why: Why,
    everything: Annotated[
        bool, typer.Option("--all", help="They want nothing from us any more.")
    ] = False,
    channel: Annotated[
        list[str] | None, typer.Option(help="They want nothing through this channel.")
    ] = None,
    subject: Annotated[
        list[str] | None, typer.Option(help="They want nothing about this subject.")
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Record the scope of an objection, which is everything or these channels and subjects."""
    from desk.cases.objection_scopes import keep_all, narrow
    from suppression.lists import checked_channel

    installation = open_installation(now)
    who = decider(installation, by)
    if everything and (channel or subject):
        raise BadInput(
            "stands beside a channel or a subject", "write one of the two", field="--all"
        )
    if everything:
        scoped = keep_all(installation.store, ref, by=who, why=why, now=installation.now())
        show("{ref}: everything stays closed", ref=ref)
        return
    for each in channel or ():
        checked_channel(each, installation.channels)
    limits = {"channels": channel or (), "subjects": subject or ()}
    scoped = narrow(installation.store, ref, **limits, by=who, why=why, now=installation.now())
    show(
        "{ref}: closed for {scopes} only",
        ref=ref,
        scopes=", ".join([*(channel or ()), *(subject or ())]),
    )
    show_released(scoped.released)


@app.command("addresses")
@refusing
def list_addresses(
    above: Annotated[
        int | None, typer.Option("--above", min=1, help="More adults than this.")
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print the addresses with more adults than a household has, about which nobody decided yet."""
    from suppression.addresses import crowded

    installation = open_installation(now)
    found = crowded(
        installation.store,
        now=installation.now(),
        above=above or installation.policy.households.most_adults,
    )
    if as_json:
        emit([each.as_data() for each in found])
        return
    for each in found:
        show(
            "{adults:>5} adults  {place:<24} --key {key}",
            adults=each.adults,
            place=each.place or Sentence("secret"),
            key=each.key,
        )
    say(
        "{count} {value} for a decision",
        count=len(found),
        value=Sentence("address waits") if len(found) == 1 else Sentence("addresses wait"),
    )


@app.command("address")
@refusing
def decide_address(  # noqa: PLR0913, PLR0917  the parts of an address, and three answers
    why: Why,
    postcode: Annotated[str, typer.Argument(metavar="POSTCODE")] = "",
    house_number: Annotated[str, typer.Argument(metavar="HOUSE_NUMBER")] = "",
    letter: Annotated[str, typer.Option(help="The house letter.")] = "",
    addition: Annotated[str, typer.Option(help="The addition to the house number.")] = "",
    designation: Annotated[
        str, typer.Option(help="by or to: beside or opposite that number.")
    ] = "",
    key: Annotated[
        int | None, typer.Option("--key", help="Instead of an address: its key, from `addresses`.")
    ] = None,
    household: Annotated[
        bool, typer.Option("--household", help="One family after all: one of them is reached.")
    ] = False,
    separate: Annotated[
        bool, typer.Option("--separate", help="People who live apart: each may be reached.")
    ] = False,
    closed: Annotated[
        bool, typer.Option("--closed", help="A shelter, a care home: nobody is reached there.")
    ] = False,
    now: Now = None,
    by: As = BY_HAND,
) -> None:
    """Decide what an address with many adults is. The latest decision counts, the others are kept."""
    from suppression.addresses import decide, key_of

    chosen = {
        AddressKind.HOUSEHOLD: household,
        AddressKind.SEPARATE: separate,
        AddressKind.CLOSED: closed,
    }
    kinds = [kind for kind, said in chosen.items() if said]
    if len(kinds) != 1:
        raise BadInput(
            "say what it is", "one of --household, --separate, --closed", field="address"
        )
    if (key is None) == (not postcode):
        raise BadInput("name one address", "write POSTCODE HOUSE_NUMBER, or --key", field="address")
    installation = open_installation(now)
    found = (
        key if key is not None else key_of(postcode, house_number, letter, addition, designation)
    )
    who = decider(installation, by).name
    living = decide(installation.store, found, kinds[0], why=why, by=who, now=installation.now())
    show(
        "{address}: {kinds}, {living} people live there",
        address=f"{postcode} {house_number}".strip() or found,
        kinds=kinds[0],
        living=living,
    )


@exchange.command("export")
@refusing
def export_exchange(
    file: Annotated[Path, typer.Argument(help="The file for the other body.")],
    now: Now = None,
) -> None:
    """Write whom we must not reach as hashes under the joint key, without names or numbers."""
    from suppression.exporting import drafted
    from suppression.hashed_exchange import export_exchange as export
    from suppression.hashed_exchange import joint_key

    installation = open_installation(now)
    key = joint_key(installation.settings.joint_key())
    with drafted(file) as text:
        written = export(installation.store, text, key, now=installation.now())
    show(
        "{written} {rows} in {file}, under the key {fingerprint}",
        written=written,
        rows=Sentence("row") if written == 1 else Sentence("rows"),
        file=file,
        fingerprint=key.fingerprint(),
    )


@exchange.command("import")
@refusing
def import_exchange(
    file: Annotated[Path, typer.Argument(help="The file that the other body exported.")],
    source: Annotated[str, typer.Option("--source", help="Who it is from.")],
    refused: Annotated[
        Path | None, typer.Option("--refused", help="Write the refused rows here.")
    ] = None,
    now: Now = None,
    by: As = BY_HAND,
    as_json: AsJson = False,
) -> None:
    """Import another body's list, as `kaartje import` does."""
    options = Options(file=file, refused=refused, source=source, by=by)
    instead = "suppression exchange import"
    run_import(Kind.EXCHANGE, options, now=now, as_json=as_json, instead=instead)
