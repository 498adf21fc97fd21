"""The `kaartje report` command, for the funnel of one campaign."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import (
    AsJson,
    Now,
    emit,
    open_installation,
    reason_words,
    refusing,
    show,
    term,
    worded,
)

if TYPE_CHECKING:
    from outcomes.funnels import ArmFunnel, ChannelFunnel, Funnel

app = typer.Typer()
BAR = 36


@app.command()
@refusing
def report(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.")],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Print what became of everyone in a campaign."""
    from campaigns.looking_back.what_it_came_to import what_it_came_to
    from console.cli.campaigns.campaign_views import show_came_to
    from outcomes.funnels import funnel

    installation = open_installation(now)
    found = funnel(installation, name, now=installation.now())
    came_to = what_it_came_to(installation, name)
    if as_json:
        emit({**found.as_data(), "money_and_hours": came_to.as_data() if came_to else None})
        return
    show_funnel(found)
    if came_to is not None:
        show()
        show_came_to(came_to)


def show_funnel(found: "Funnel") -> None:
    """Print a funnel as text."""
    show(
        "{title} ({campaign}): {state}, counted on {as_of}",
        title=found.title,
        campaign=found.campaign,
        state=term(found.state),
        as_of=date.fromisoformat(found.as_of),
    )
    if found.ledger_removed_on:
        show(
            "  the ledger was removed on {day}, at the end of its retention period:"
            " who was matched, selected or assigned can no longer be counted",
            day=found.ledger_removed_on,
        )
    show()
    show("  {matched:>9,}  matched the audience", matched=found.matched)
    _show_left_out(found)
    show("  {selected:>9,}  selected", selected=found.selected)
    show()
    steps = (
        ("handed over", found.handed_over),
        ("came back", found.returned),
        ("called", found.called),
        ("came to the counter", found.came_by),
        ("sent a text", found.texted),
        ("asked on a public page", found.asked_online),
        ("said: please don't", found.objected),
        ("made an appointment", found.appointments),
        ("filed after a call", found.filed_with_call),
        ("filed without a call", found.filed_without_call),
    )
    for label, count in steps:
        _bar(label, count, found.selected)
    show()
    _show_ladder(found)
    for channel in found.channels:
        _show_channel(channel)
    show()
    show("  of everyone assigned     people     filed        95 % interval")
    for arm in found.arms:
        _show_arm(arm)
    if any(arm.hold_out for arm in found.arms):
        show(
            "  Whoever was assigned stays in the count. Whether the difference is more than chance is not tested here."
        )


def _show_ladder(found: "Funnel") -> None:
    """Print how many people came as far as each step, or further."""
    show("  how far people came        this far or further    of whom did this")
    for rung in found.ladder:
        show(
            "    {name:<22} {so_far:>12,}   {people:>17,}",
            name=term(rung.name),
            so_far=rung.so_far,
            people=rung.people,
        )
    show()


def _show_left_out(found: "Funnel") -> None:
    for reason, count in found.left_out.items():
        show("  {count:>9,}  {why}", count=-count, why=reason_words(reason))


def _show_channel(channel: "ChannelFunnel") -> None:
    """Print the states of one channel's touches on one line."""
    counts = (
        ("planned", channel.planned),
        ("still to go", channel.waiting),
        ("went out", channel.handed_over),
        ("printed", channel.printed),
        ("posted", channel.posted),
        ("recalled", channel.recalled),
        ("came back", channel.returned),
        ("may have gone: to be settled", channel.unknown),
    )
    numbers = ", ".join(
        worded("{count:,} {what}", count=count, what=term(word)) for word, count in counts if count
    )
    show("  touches by {channel}: {numbers}", channel=term(channel.channel), numbers=numbers)
    for word, by_reason in (("withheld or dropped", channel.withheld), ("failed", channel.failed)):
        if by_reason:
            show(f"    {term(word)}:")
        for reason, count in by_reason.items():
            show("    {count:>9,}  {why}", count=count, why=reason_words(reason))


def _bar(label: str, count: int, total: int) -> None:
    share = count / total if total else 0
    length = max(1 if count else 0, round(share * BAR))
    show(
        "  {count:>9,}  {label:<28} {share:>6.1%}  {bar}",
        count=count,
        label=term(label),
        share=share,
        bar="█" * length,
    )


def _show_arm(arm: "ArmFunnel") -> None:
    low, high = arm.filed_interval
    others = ", ".join(
        worded("{what} {count:,}", what=term(kind), count=count)
        for kind, count in arm.outcomes.items()
        if count
    )
    name = worded("{arm} (gets nothing)", arm=arm.arm) if arm.hold_out else arm.arm
    show(
        "  {name:<23} {assigned:>7,}   {filed:>6,}   {filed_share:>5.1%}   {low:.1%} to {high:.1%}",
        name=name,
        assigned=arm.assigned,
        filed=arm.filed,
        filed_share=arm.filed_share,
        low=low,
        high=high,
    )
    if others:
        show("    also: {others}", others=others)
