"""Print a campaign's plan, shadow run and state."""

from typing import TYPE_CHECKING, Any

from console.cli.options import emit, show
from store.clock import local_date

if TYPE_CHECKING:
    from campaigns.looking_back.shadow_runs import Shadow
    from campaigns.planning.lifecycle import Overview
    from campaigns.planning.plans import Plan
    from campaigns.planning.proofs import Proof
    from campaigns.post.stopping import AtTheShop
    from installation.installation import Installation


def show_plan(made: "Plan") -> None:
    """Print a plan with its people, exclusions, pieces and cost."""
    from suppression.reasons import Reason

    show(f"{made.title} ({made.campaign}, {made.purpose}), planned on {made.today}\n")
    if made.sensitive:
        show(f"It selects by {', '.join(made.sensitive)}, because: {made.necessity}\n")
    show(f"{made.imported:>12,}  people imported")
    show(f"{made.matched:>12,}  match the audience")
    if made.rules:
        show("\n   taken out     held     alone   reason                       for instance")
    for rule in made.rules:
        counts = f"{rule.took_out:>12,} {rule.held:>8,} {rule.alone:>9,}"
        show(f"{counts}   {rule.reason.value:<28} {', '.join(rule.sample)}")
        show(f"{'':>34}{rule.reason.sentence('en')}")
    if made.rules:
        show(
            "   taken out: the first that holds; held: as the only rule it would; alone: no other rule would"
        )
    show(f"\n{made.eligible:>12,}  have no reason against them")
    for count, reason in (
        (made.household, Reason.HOUSEHOLD),
        (made.same_number, Reason.SAME_NUMBER),
        (made.over_limit, Reason.LIMIT),
    ):
        if count:
            show(f"{-count:>12,}  {reason.value:<12} {reason.sentence('en')}")
    if made.hold_out:
        show(f"{-made.hold_out:>12,}  {Reason.HOLD_OUT.value:<12} {Reason.HOLD_OUT.sentence('en')}")
    show(f"{made.selected:>12,}  selected\n")
    _show_pieces(made)
    for each in made.deviations:
        show(f"\n   departs from a cap  {each.sentence()}")
    show(f"\n        cost  € {made.cost:,.2f} of a budget of € {made.budget:,.2f}")
    for warning in made.warnings:
        show(f"        note  {warning}")


def _show_pieces(made: "Plan") -> None:
    """Print the pieces of each day, and how their price is counted."""
    show("        wave  date         arm             channel      pieces    pages        cost")
    for line in made.pieces:
        show(
            f"{line.wave:>12}  {line.on}   {line.arm:<15} {line.channel:<10} {line.pieces:>8,} {line.pages:>8,}"
            f" {f'€ {line.cost:,.2f}':>11}"
        )
        if len(line.bill.days) > 1 or any(day != line.on for day, _ in line.bill.days):
            for day, count in line.bill.days:
                show(f"{'':>14}{day}   goes to the print shop{'':<5} {count:>8,}")
    for tariff in dict.fromkeys(
        line.bill.explanation for line in made.pieces if line.bill.explanation
    ):
        show(f"        post  {tariff}")
    for template, weights in {
        line.template: line.weights for line in made.pieces if line.weights
    }.items():
        for weight in weights:
            show(f"        text  {template}, {weight.summary()}")


def proof_data(each: "Proof") -> dict[str, Any]:
    """Return a proof as plain data."""
    reads = {
        read.language: {
            "score": round(read.readability.score, 1),
            "name": read.readability.name,
            "words_a_sentence": round(read.readability.words_a_sentence, 1),
            "longest_sentence": read.readability.longest,
        }
        for read in each.reads
    }
    held = [{"why": why, "code": code, "detail": detail} for why, code, detail in each.held]
    return {
        "arm": each.arm,
        "step": each.step,
        "channel": each.channel,
        "template": each.template,
        "pieces": each.pieces,
        "pdf": each.pdf,
        "sheet": each.sheet,
        "held": held,
        "reads": reads,
    }


def show_shadow(found: "Shadow") -> None:
    """Print a shadow run with its counts by reason, and the first cases."""
    show(f"{found.title} ({found.campaign}), by what is known on {found.as_of}\n")
    show(f"{found.touches:>12,}  touches went out, to {found.people:,} people")
    show(f"{found.wrong_touches:>12,}  should not have, to {found.wrong_people:,} people")
    if found.counts:
        show("\n     touches   people   known then   reason")
    for count in found.counts:
        undated = "" if count.dated else " (since when is not known)"
        numbers = f"{count.touches:>12,} {count.people:>8,} {count.known_then:>12,}"
        show(f"{numbers}   {count.reason:<28} {count.sentence}{undated}")
    if found.cases:
        show(f"\nThe first {len(found.cases)}:")
    for case in found.cases:
        since = f"since {case.since}" if case.since else "since when is not known"
        show(
            f"  {case.person_ref:<16} {case.channel:<8} {local_date(case.went_at)}  {case.reason:<28} {since},"
            f" known on {local_date(case.known_at)}"
        )


def overview_data(each: "Overview") -> dict[str, Any]:
    """Return a campaign's overview as plain data."""
    from dataclasses import asdict

    return asdict(each)


def show_overview(
    installation: "Installation", name: str, *, as_json: bool, there: "AtTheShop | None" = None
) -> None:
    """Print the state of one campaign, as text or as JSON."""
    from campaigns.planning.cap_deviations import CapDeviation
    from campaigns.planning.lifecycle import overview
    from campaigns.post.stopping import at_the_shop

    each = overview(installation, name)
    there = there or at_the_shop(installation, name, now=installation.now())
    if as_json:
        emit({**overview_data(each), "at_the_print_shop": there.as_data()})
        return
    show(f"{each.name}: {each.state}   {each.title}")
    show(f"  first wave {each.first_date}, line open until {each.line_open_until}")
    show(f"  submitted by {each.submitted_by}, approved by {each.approved_by or 'nobody yet'}")
    show(f"  reaches whom: {' '.join(each.audience.split())}")
    if each.necessity:
        show(f"  because: {each.necessity}")
    for deviation in each.deviations:
        show(f"  departs from a cap: {CapDeviation.read(deviation).sentence()}")
    if each.launch_at and each.state == "approved":
        show(f"  launches by itself at {each.launch_at.isoformat()}")
    for state, count in sorted(each.touches.items()):
        show(f"  {count:>8,} touches {state}")
    _show_pieces_there(there)


def _show_pieces_there(there: "AtTheShop") -> None:
    """Print what lies at the print shop, and what of it is asked back."""
    if not there.pieces:
        return
    show(f"  {there.pieces:>8,} pieces lie at the print shop and are not posted, as far as it said")
    if there.asked_back:
        show(f"  {there.asked_back:>8,} of them are asked back")
    if there.too_late:
        show(f"  {there.too_late:>8,} of them it cannot take out any more")
    for name in there.lists:
        show(f"  pull list for the print shop: {name}")
