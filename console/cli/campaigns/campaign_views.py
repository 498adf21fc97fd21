"""Print a campaign's plan, shadow run and state."""

from typing import TYPE_CHECKING, Any

from console.catalogues import chosen_language
from console.cli.campaigns.trial_views import show_balance, show_registered
from console.cli.options import (
    emit,
    local_time,
    reason_words,
    show,
    term,
    worded,
)
from store.clock import local_date
from store.sentences import Sentence

if TYPE_CHECKING:
    from campaigns.looking_back.shadow_runs import Shadow
    from campaigns.looking_back.what_it_came_to import CameTo, LineCost
    from campaigns.planning.lifecycle import Overview
    from campaigns.planning.plans import Plan
    from campaigns.planning.proofs import Proof
    from campaigns.post.stopping import AtTheShop
    from installation.installation import Installation


def show_plan(made: "Plan") -> None:
    """Print a plan with its people, exclusions, pieces and cost."""
    from suppression.reasons import Reason

    language = chosen_language()
    show(
        "{title} ({campaign}, {purpose}), planned on {today}\n",
        title=made.title,
        campaign=made.campaign,
        purpose=term(made.purpose),
        today=made.today,
    )
    if made.sensitive:
        show(
            "It selects by {sensitive}, because: {necessity}\n",
            sensitive=", ".join(made.sensitive),
            necessity=made.necessity,
        )
    show("{imported:>12,}  people imported", imported=made.imported)
    show("{matched:>12,}  match the audience", matched=made.matched)
    if made.rules:
        show("\n   taken out     held     alone   why, and for instance whom")
    for rule in made.rules:
        show(
            "{took_out:>12,} {held:>8,} {alone:>9,}   {why}",
            took_out=rule.took_out,
            held=rule.held,
            alone=rule.alone,
            why=rule.reason.sentence(language),
        )
        if rule.sample:
            show(f"{'':>34}{', '.join(rule.sample)}")
    if made.rules:
        show(
            "   taken out: the first that holds; held: as the only rule it would; alone: no other rule would"
        )
    show("\n{eligible:>12,}  have no reason against them", eligible=made.eligible)
    for count, reason in (
        (made.household, Reason.HOUSEHOLD),
        (made.same_number, Reason.SAME_NUMBER),
        (made.over_limit, Reason.LIMIT),
        (made.hold_out, Reason.HOLD_OUT),
    ):
        if count:
            show("{count:>12,}  {why}", count=-count, why=reason.sentence(language))
    show("{selected:>12,}  selected\n", selected=made.selected)
    _show_pieces(made)
    for each in made.deviations:
        show("\n   departs from a cap  {sentence}", sentence=each.sentence())
    _show_estimate(made)
    _show_detectable(made)
    show_registered(made.registered)
    show_balance(made.balance)
    for warning in made.warnings:
        show("        note  {warning}", warning=warning)


COST_WORDS = {
    "print": Sentence("print"),
    "postage": Sentence("postage"),
    "abroad": Sentence("postage abroad"),
    "set_up": Sentence("set-up of each run"),
    "pieces": Sentence("post, at the price of the campaign file"),
    "texts": Sentence("texts, by their segments"),
}


def show_came_to(found: "CameTo") -> None:
    """Print the money and hours of a campaign beside the plan that was signed."""
    show(
        "  signed: € {lowest:,.2f} to € {highest:,.2f} of a budget of € {budget:,.2f}, "
        "{low:.1f} to {high:.1f} hours of agents",
        lowest=found.lowest,
        highest=found.highest,
        budget=found.budget,
        low=found.hours_low,
        high=found.hours_high,
    )
    cost = (
        Sentence("price unknown")
        if found.cost is None
        else Sentence("€ {cost:,.2f}", cost=found.cost)
    )
    if found.is_over:
        show(
            "  came to: {cost}, and {hours:.1f} hours in conversations",
            cost=cost,
            hours=found.hours,
        )
    else:
        show(
            "  so far: {cost}, and {hours:.1f} hours in conversations", cost=cost, hours=found.hours
        )
    for line in found.lines:
        _show_line(line)


def _show_line(line: "LineCost") -> None:
    cost = (
        Sentence("price unknown")
        if line.cost is None
        else Sentence("€ {cost:,.2f}", cost=line.cost)
    )
    show(
        "    wave {wave}, {arm}, {template}: {planned:,} for € {lowest:,.2f} to € {highest:,.2f}; {went:,} for {cost}",
        wave=line.wave,
        arm=line.arm,
        template=line.template,
        planned=line.planned,
        lowest=line.lowest,
        highest=line.highest,
        went=line.went,
        cost=cost,
    )
    for run in line.runs:
        billed = (
            Sentence("price unknown")
            if run.cost is None
            else Sentence("€ {cost:,.2f}", cost=run.cost)
        )
        show(
            "      {on}  {key}: {pieces:,} pieces, {cost}",
            on=run.on,
            key=run.key,
            pieces=run.pieces,
            cost=billed,
        )
    if (line.is_over or line.runs) and not line.is_as_signed:
        show("      this is not within what was signed: find out why before the next wave")


def _show_detectable(made: "Plan") -> None:
    """Print which difference the campaign can find afterwards."""
    if (found := made.detectable) is None:
        return
    if (low := found.points[0]) is None or (high := found.points[-1]) is None:
        show("      effect  too few people to find any difference for sure")
        return
    show(
        "      effect  found four times in five from {low:.1f} points (if 10 % would respond anyway)"
        " to {high:.1f} (if 50 % would)",
        low=low,
        high=high,
    )


def _show_estimate(made: "Plan") -> None:
    """Print the money and the hours, each with a lower and an upper figure."""
    found = made.estimate
    if found.unpriced:
        names = ", ".join(found.unpriced)
        show("\n        cost  price unknown: {names}", names=names)
        show("        budget  € {budget:,.2f}", budget=made.budget)
    else:
        show(
            "\n        cost  € {cost:,.2f} of a budget of € {budget:,.2f}",
            cost=made.cost,
            budget=made.budget,
        )
        show(
            "              between € {lowest:,.2f} and € {highest:,.2f}",
            lowest=found.lowest,
            highest=found.highest,
        )
        for part in found.parts:
            show(
                "              {kind}: € {lowest:,.2f} to € {highest:,.2f}",
                kind=COST_WORDS[part.kind.value],
                lowest=part.lowest,
                highest=part.highest,
            )
    show(
        "        time  {low:.1f} to {high:.1f} hours of agents: {assumption}",
        low=found.hours_low,
        high=found.hours_high,
        assumption=found.assumption,
    )


def _show_pieces(made: "Plan") -> None:
    """Print the pieces of each day, and how their price is counted."""
    show("        wave  date         arm             channel      pieces    pages        cost")
    for line in made.pieces:
        show(
            "{wave:>12}  {on:%Y-%m-%d}   {arm:<15} {channel:<10} {pieces:>8,} {pages:>8,} {cost:>11}",
            wave=line.wave,
            on=line.on,
            arm=line.arm,
            channel=term(line.channel),
            pieces=line.pieces,
            pages=line.pages,
            cost=worded("€ {cost:,.2f}", cost=line.cost) if line.priced else worded("unknown"),
        )
        if len(line.bill.days) > 1 or any(day != line.on for day, _ in line.bill.days):
            for day, count in line.bill.days:
                show(
                    "{gap:>14}{day:%Y-%m-%d}   goes to the print shop{gap:<5} {count:>8,}",
                    gap="",
                    day=day,
                    count=count,
                )
    for tariff in dict.fromkeys(
        line.bill.explanation for line in made.pieces if line.bill.explanation
    ):
        show("        post  {tariff}", tariff=tariff)
    for template, weights in {
        line.template: line.weights for line in made.pieces if line.weights
    }.items():
        for weight in weights:
            show("        text  {template}, {summary}", template=template, summary=weight.summary())


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
        "postal": each.postal,
        "troubles": list(each.troubles),
        "held": held,
        "reads": reads,
    }


def show_shadow(found: "Shadow") -> None:
    """Print a shadow run with its counts by reason, and the first cases."""
    show(
        "{title} ({campaign}), by what is known on {as_of}\n",
        title=found.title,
        campaign=found.campaign,
        as_of=found.as_of,
    )
    show(
        "{touches:>12,}  touches went out, to {people:,} people",
        touches=found.touches,
        people=found.people,
    )
    show(
        "{wrong_touches:>12,}  should not have, to {wrong_people:,} people",
        wrong_touches=found.wrong_touches,
        wrong_people=found.wrong_people,
    )
    if found.counts:
        show("\n     touches   people   known then   reason")
    for count in found.counts:
        show(
            "{touches:>12,} {people:>8,} {known_then:>12,}   {why}{undated}",
            touches=count.touches,
            people=count.people,
            known_then=count.known_then,
            why=reason_words(count.reason),
            undated="" if count.dated else worded(" (since when is not known)"),
        )
    if found.cases:
        show("\nThe first {count}:", count=len(found.cases))
    for case in found.cases:
        since = (
            worded("since {day}", day=case.since)
            if case.since
            else worded("since when is not known")
        )
        show(
            "  {person_ref:<16} {channel:<8} {went_at:%Y-%m-%d}  {why} ({since}, known on {known_at})",
            person_ref=case.person_ref,
            channel=term(case.channel),
            went_at=local_date(case.went_at),
            why=reason_words(case.reason),
            since=since,
            known_at=local_date(case.known_at),
        )


def overview_data(each: "Overview") -> dict[str, Any]:
    """Return a campaign's overview as plain data."""
    from dataclasses import asdict

    return asdict(each)


def _show_own_name(installation: "Installation") -> None:
    """Print which name of the body's own may stand on an open card, and why."""
    cards = installation.policy.open_cards
    if cards.own_name:
        show("  an open card may say {name!r}: {reason}", name=cards.own_name, reason=cards.reason)


def show_overview(
    installation: "Installation", name: str, *, as_json: bool, there: "AtTheShop | None" = None
) -> None:
    """Print the state of one campaign, as text or as JSON."""
    from campaigns.delivery.waiting_touches import what_waits
    from campaigns.delivery.withheld_touches import what_was_withheld
    from campaigns.looking_back.what_it_came_to import what_it_came_to
    from campaigns.planning.cap_deviations import CapDeviation
    from campaigns.planning.lifecycle import find, overview
    from campaigns.post.stopping import at_the_shop
    from campaigns.touches.preregistration import PreRegistration

    each = overview(installation, name)
    waiting = what_waits(installation, now=installation.now(), campaign=name)
    withheld = what_was_withheld(installation, campaign=name)
    there = there or at_the_shop(installation, name, now=installation.now())
    came_to = what_it_came_to(installation, name)
    with installation.store.reading() as connection:
        signed = find(connection, name).signed_plan or {}
    registered = signed.get("preregistration")
    if as_json:
        emit(
            {
                **overview_data(each),
                "registered": registered,
                "own_name_on_open_cards": installation.policy.open_cards.model_dump(),
                "at_the_print_shop": there.as_data(),
                "withheld_because": [one.as_data() for one in withheld],
                "waiting": [one.as_data() for one in waiting],
                "money_and_hours": came_to.as_data() if came_to else None,
            }
        )
        return
    show(f"{each.name}: {term(each.state)}   {each.title}")
    show(
        "  first wave {first_date}, line open until {line_open_until}",
        first_date=each.first_date,
        line_open_until=each.line_open_until,
    )
    show(
        "  submitted by {submitted_by}, approved by {approved_by}",
        submitted_by=each.submitted_by,
        approved_by=each.approved_by or Sentence("nobody yet"),
    )
    if each.remarks:
        show("  sent back by {who}: {remarks}", who=each.sent_back_by, remarks=each.remarks)
    show("  reaches whom: {where}", where=" ".join(each.audience.split()))
    if each.necessity:
        show("  because: {necessity}", necessity=each.necessity)
    for deviation in each.deviations:
        show("  departs from a cap: {sentence}", sentence=CapDeviation.read(deviation).sentence())
    _show_own_name(installation)
    if each.launch_at and each.state == "approved":
        show("  launches by itself at {launch_at}", launch_at=local_time(each.launch_at))
    for state, count in sorted(each.touches.items()):
        show("  {count:>8,} touches {state}", count=count, state=term(state))
    for left_out in withheld:
        show(
            "  {count:>8,} withheld: {campaign}, {channel}: {why}",
            count=left_out.count,
            campaign=left_out.campaign,
            channel=left_out.channel,
            why=reason_words(left_out.reason),
        )
    for one in waiting:
        show("  {count:>8,} wait: {line}", count=one.count, line=one.line(chosen_language()))
    if registered:
        show_registered(PreRegistration.of_data(registered))
    if came_to is not None:
        show_came_to(came_to)
    _show_pieces_there(there)


def _show_pieces_there(there: "AtTheShop") -> None:
    """Print what lies at the print shop, and what of it is asked back."""
    if not there.pieces:
        return
    show(
        "  {pieces:>8,} pieces lie at the print shop and are not posted, as far as it said",
        pieces=there.pieces,
    )
    if there.asked_back:
        show("  {asked_back:>8,} of them are asked back", asked_back=there.asked_back)
    if there.too_late:
        show("  {too_late:>8,} of them it cannot take out any more", too_late=there.too_late)
    for name in there.lists:
        show("  pull list for the print shop: {name}", name=name)
