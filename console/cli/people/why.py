"""`kaartje why REF`, every decision about one person with its reason."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import AsJson, Now, emit, open_installation, refusing, show
from console.cli.people.consent import statement_line
from store.clock import LOCAL

if TYPE_CHECKING:
    from outcomes.person_history import (
        AnswerSent,
        CampaignDecision,
        Explanation,
        KnownObligation,
        LedgerRemoved,
        ListedEntry,
        Portrait,
        TouchHistory,
    )

app = typer.Typer()


@app.command()
@refusing
def why(
    ref: Annotated[str, typer.Argument(metavar="REF", help="The person_ref.")],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print everything that was decided about one person, and why."""
    from outcomes.explanations import why as explain

    installation = open_installation(now)
    found = explain(installation, ref, now=installation.now())
    if as_json:
        emit(found.as_data())
        return
    for line in explanation_lines(found):
        show(line)


def explanation_lines(found: "Explanation") -> Iterator[str]:
    """Yield the lines of an explanation."""
    yield from _person(found.person)
    if not found.campaigns:
        yield from ("", "No campaign has been submitted yet.")
    for decided in found.campaigns:
        yield ""
        yield from _campaign(decided)
    yield from _section("Lists", [_listed(each) for each in found.suppressions])
    yield from _section(
        "Consent", [statement_line(each.word, in_force=each.in_force) for each in found.consents]
    )
    yield from _section("Obligations", [_owed(each) for each in found.obligations])
    yield from _section("Replies", _replies(found))
    yield from _section("Answers by text", [_answer(each) for each in found.answers])
    yield from _section("Calls", _calls(found))
    yield from _section(
        "Appointments", [f"{_moment(each.at)}  {each.kind}" for each in found.appointments]
    )
    yield from _section(
        "Since then", [f"{each.on}        {_plain(each.kind)}" for each in found.outcomes]
    )


def _person(person: "Portrait") -> Iterator[str]:
    damaged = "  (the name came in damaged)" if person.name_damaged else ""
    yield f"{person.person_ref}  {person.name}{damaged}"
    address = (
        "secret, not shown"
        if person.secret_address
        else ", ".join(person.address) or "none that is valid"
    )
    yield f"  address   {address}"
    yield f"  numbers   {', '.join(person.numbers) or 'none that is valid'}"
    if person.birth:
        yield f"  born      {person.birth}"
    for remark in person.remarks:
        yield f"  note      {remark}"
    if person.facts:
        yield f"  facts     {', '.join(f'{name}: {value}' for name, value in sorted(person.facts.items()))}"
    changed = (
        f", changed {_moment(person.updated_at)}" if person.updated_at != person.imported_at else ""
    )
    yield f"  imported  {_moment(person.imported_at)}{changed}  ({person.source})"


def _campaign(decided: "CampaignDecision") -> Iterator[str]:
    yield f"{decided.title} ({decided.campaign})"
    yield f"  {_moment(decided.decided_at)}  {_decision(decided)}"
    for reason in decided.reasons:
        yield f"  {'':16}    {reason.code}: {reason.en}"
        yield f"  {'':16}    {'':{len(reason.code)}}  {reason.nl}"
    for departure in decided.departures:
        yield f"  {'':16}  {departure.en}"
        yield f"  {'':16}  {departure.nl}"
    if decided.household:
        others = "1 other person" if decided.household == 1 else f"{decided.household} other people"
        yield f"  {'':16}  {others} at this address matched the audience too; one person per address is reached"
    for touch in decided.touches:
        yield from _touch(touch)


def _decision(decided: "CampaignDecision") -> str:
    remark = f" ({decided.remark})" if decided.remark else ""
    arm, wave = f"arm {decided.arm}", f"wave {decided.wave} of {decided.wave_date}"
    match decided.decision:
        case "selected":
            return f"SELECTED: {arm}, {wave}" if decided.wave else f"SELECTED: {arm}"
        case "hold_out":
            return f"HELD OUT: {arm}"
        case "left_out":
            return (
                "LEFT OUT, for the first of these reasons:"
                if len(decided.reasons) > 1
                else "LEFT OUT:"
            )
        case "ledger_removed":
            return (
                f"NO LONGER KNOWN: {_removed(decided.removed)}"
                if decided.removed
                else "NO LONGER KNOWN"
            )
        case _:
            return f"NOT IN THE AUDIENCE{remark}"


def _removed(removed: "LedgerRemoved") -> str:
    return f"the ledger was removed on {removed.on} under the retention class {removed.retention}"


def _touch(touch: "TouchHistory") -> Iterator[str]:
    code = f", code {touch.code[:3]} {touch.code[3:6]} {touch.code[6:]}" if touch.code else ""
    yield f"  {touch.due_on}        {touch.channel} ({touch.template}{code}): {_plain(touch.state)}"
    for event in touch.events:
        yield f"    {_moment(event.at)}  {_plain(event.state)}{f': {event.reason}' if event.reason else ''}"
    for reason in touch.reasons:
        if reason.en != reason.code:
            yield f"    {'':16}  {reason.en}"
    for piece in touch.pieces:
        again = f", printed again in reprint {piece.reprints}" if piece.reprints else ""
        pull = f"; asked back for {piece.pull_reason}: {_plain(piece.pull)}" if piece.pull else ""
        yield f"    {'':16}  piece {piece.piece_id} of run {piece.run}: {_plain(piece.state)}{again}{pull}"
    for each in touch.tries:
        answer = " ".join(
            part for part in (each.provider_ref, each.error_code, each.detail) if part
        )
        yield f"    {_moment(each.written_at)}  try {each.number}: {_plain(each.state)}{f' {answer}' if answer else ''}"
    for said in touch.receipts:
        became = _plain(said.outcome or "not looked at yet")
        why = f" {said.code}" if said.code else ""
        yield f"    {_moment(said.at)}  reported: {_plain(said.status) or 'nothing'}{why} ({became})"


def _listed(listed: "ListedEntry") -> str:
    entry = listed.entry
    bounds = (entry.channel, entry.purpose, entry.subject)
    limits = " and ".join(part for part in bounds if part) or "every channel and purpose"
    until = f" until {_moment(entry.ends_at)}" if entry.ends_at else ""
    said = f"{_moment(entry.starts_at)}  {entry.reason}, {_plain(entry.scope)}, {limits}{until} ({entry.source})"
    if entry.lifted_at:
        return f"{said}; lifted {_moment(entry.lifted_at)} by {entry.lifted_by}: {entry.lifted_why}"
    return said if listed.in_force else f"{said}; not in force"


def _owed(owed: "KnownObligation") -> str:
    days = ", ".join(f"{_plain(name).removesuffix(' on')} {day}" for name, day in owed.days.items())
    refund = {True: ", refund expected", False: ", no refund expected", None: ""}[
        owed.refund_expected
    ]
    return f"{owed.tax:<8} {owed.year}  {days or 'nothing known yet'}{refund}"


def _replies(found: "Explanation") -> list[str]:
    return [
        f"{_moment(each.at)}  {each.kind}"
        f"{f' ({each.reason})' if each.reason else ''}"
        f"{', matched by ' + each.matched_by if each.matched_by else ', not matched yet'}"
        f"{', asks not to be reached' if each.objects else ''}"
        f"{': ' + _one_line(each.text) if each.text else ''}"
        for each in found.replies
    ]


def _calls(found: "Explanation") -> list[str]:
    return [
        f"{_moment(each.received_at)}  {_plain(each.state)}{f' by {each.taken_by}' if each.taken_by else ''}"
        f"{f': {_plain(each.disposition)}' if each.disposition else ''}"
        f"{'. ' + _one_line(each.note) if each.note else ''}"
        for each in found.calls
    ]


def _answer(each: "AnswerSent") -> str:
    cost = f", € {each.cost / 10_000:.4f}" if each.cost else ""
    why = f" ({each.detail})" if each.detail else ""
    return f"{_moment(each.at)}  {_plain(each.kind)}: {_plain(each.state)}{why}{cost}: {_one_line(each.body)}"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield from ("", title, *(f"  {line}" for line in lines))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _one_line(text: str) -> str:
    return " ".join(text.split())
