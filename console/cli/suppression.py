"""`kaartje suppression`: who must not be reached."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.terms import As, AsJson, Now, emit, open_house, progress, refusing, say, show

if TYPE_CHECKING:
    from suppression.rules import Rule

app = typer.Typer(no_args_is_help=True, help="Who must not be reached: import lists, add, lift and list.")

File = Annotated[Path, typer.Argument(help="A CSV file with a column `reason` and whom it is about.")]
RefusedFile = Annotated[Path | None, typer.Option("--refused", help="Write the refused rows here, with their reasons.")]
Ref = Annotated[str, typer.Argument(metavar="REF", help="A person_ref, or a number as +31….")]
ByHand = "command line"


@app.command("import")
@refusing
def import_file(
    file: File,
    refused: RefusedFile = None,
    now: Now = None,
    by: As = ByHand,
    as_json: AsJson = False,
) -> None:
    """Import a list of people, addresses or numbers that must not be reached."""
    from suppression.importing import import_list

    house = open_house(now)
    with progress() as watch:
        taken = import_list(
            house.store, file, now=house.now(), by=by, channels=house.channels, refused=refused, watch=watch
        )
    if as_json:
        emit(taken.as_data())
        return
    show(f"{taken.rows} rows: {taken.added} new, {taken.unchanged} listed already, {taken.refused} refused")
    for each in taken.refusals:
        say(f"refused: {file}, line {each.line}, {each.problem}")
    if taken.refused_file:
        say(f"refused rows: {taken.refused_file}")


@app.command()
@refusing
def add(
    ref: Ref,
    reason: Annotated[str, typer.Option("--reason", help="OBJECTION, SUPPRESSED or DECEASED.")],
    channel: Annotated[str | None, typer.Option(help="Only this channel; otherwise every one.")] = None,
    purpose: Annotated[str | None, typer.Option(help="Only duty, rights or invitation; otherwise all.")] = None,
    until: Annotated[str | None, typer.Option(help="The last day on which it holds (2023-12-31).")] = None,
    note: Annotated[str, typer.Option(help="What a colleague should know.")] = "",
    now: Now = None,
    by: As = ByHand,
) -> None:
    """List one person, known or not yet known, or one number."""
    from suppression import importing, listing

    house = open_house(now)
    added = listing.add(
        house.store,
        ref,
        reason,
        channel=listing.checked_channel(channel, house.channels),
        purpose=purpose,
        until=importing.day_or_moment(until or "", "until"),
        source="by hand",
        by=by,
        now=house.now(),
        note=note,
    )
    show(f"{ref} is not reached any more: {reason.upper()}" if added else f"{ref} was listed already")


@app.command()
@refusing
def lift(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A person_ref, a number as +31…, or one entry as #12.")],
    why: Annotated[str, typer.Option("--why", help="Why it is lifted; it is kept.")],
    reason: Annotated[str | None, typer.Option("--reason", help="Only the entries with this reason.")] = None,
    now: Now = None,
    by: As = ByHand,
) -> None:
    """Lift what is listed for a person, a number or one entry. The history stays."""
    from suppression.listing import lift as lift_entries

    house = open_house(now)
    lifted = lift_entries(house.store, ref, by=by, why=why, now=house.now(), reason=reason)
    show(f"{ref}: {lifted} {'entry' if lifted == 1 else 'entries'} lifted")


@app.command("list")
@refusing
def list_all(
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="Only this person or number.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was lifted or has ended.")] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print who must not be reached now, and why."""
    from suppression.listing import entries

    house = open_house(now)
    found = entries(house.store, ref=ref, active_at=None if everything else house.now())
    if as_json:
        emit([entry.as_data() for entry in found])
        return
    for entry in found:
        whom = entry.person_ref or entry.e164 or "an address"
        limits = " ".join(part for part in (entry.channel, entry.purpose) if part) or "everything"
        until = f" until {entry.ends_at:%Y-%m-%d}" if entry.ends_at else ""
        lifted = (
            f"  lifted {entry.lifted_at:%Y-%m-%d} by {entry.lifted_by}: {entry.lifted_why}" if entry.lifted_at else ""
        )
        show(
            f"#{entry.id:<6} {whom:<16} {entry.reason:<11} {entry.scope:<18} {limits}{until}  ({entry.source}){lifted}"
        )
    say(f"{len(found)} {'entry' if len(found) == 1 else 'entries'}")


@app.command()
@refusing
def rules(as_json: AsJson = False) -> None:
    """Print the rules in the order in which they are asked, and the decision table they come to."""
    from campaigns.settings import Settings
    from suppression.deciding import table
    from suppression.policies import read_policy
    from suppression.rules import BY_REASON

    policy = read_policy(Settings().policy_file)
    if as_json:
        emit({"rules": [_rule(at, BY_REASON[reason]) for at, reason in enumerate(policy.asked, 1)],
              "off": {reason.value: why for reason, why in policy.rules.off.items()},
              "decisions": [row.as_data() for row in table(policy)]})  # fmt: skip
        return
    for at, reason in enumerate(policy.asked, 1):
        show(f"{at:>3}  {reason.value:<28} {', '.join(sorted(BY_REASON[reason].reaches)):<17} {reason.sentence('en')}")
    for reason, why in policy.rules.off.items():
        show(f"off  {reason.value:<28} {why}")
    say("the decision table, channel by number by consent by purpose: --json")


def _rule(at: int, rule: "Rule") -> dict[str, Any]:
    return {
        "place": at, "reason": rule.reason.value, "reaches": sorted(rule.reaches), "of_service": rule.of_service,
        "needs_fact": rule.needs_fact, "nl": rule.nl, "en": rule.en,
    }  # fmt: skip
