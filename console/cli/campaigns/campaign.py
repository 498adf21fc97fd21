"""`kaartje campaign`: a campaign from its file to its end."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.options import (
    As,
    AsJson,
    Decides,
    Now,
    _moment,
    decider,
    emit,
    open_installation,
    refusing,
    say,
    show,
)
from store.clock import local_date

if TYPE_CHECKING:
    from campaigns.looking_back.shadow_runs import Shadow
    from campaigns.planning.lifecycle import Overview
    from campaigns.planning.plans import Plan
    from campaigns.planning.proofs import Proof
    from installation.installation import Installation

app = typer.Typer(
    no_args_is_help=True,
    help="Check, plan, submit, approve, launch, pause, resume and stop a campaign.",
)

SHOWN_CASES = 20

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="The campaign file.", exists=True, dir_okay=False)
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.")]


@app.command()
@refusing
def check(file: File, now: Now = None, as_json: AsJson = False) -> None:
    """Hold a campaign file against the rules, the templates and what was imported."""
    from campaigns.planning.campaign_checks import check as check_file

    installation = open_installation(now)
    checked = check_file(installation, file, now=installation.now())
    if as_json:
        emit(
            {
                "campaign": checked.campaign.campaign,
                "file": file,
                "ok": True,
                "warnings": checked.warnings,
            }
        )
        return
    for warning in checked.warnings:
        say(f"note: {warning}")
    show(f"{file}: {checked.campaign.campaign} can be planned.")


@app.command()
@refusing
def plan(
    file: File,
    decisions: Annotated[
        Path | None,
        typer.Option(
            "--decisions", metavar="FILE", help="Write every decision about everyone, as CSV."
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say all that this campaign would do, and do nothing."""
    from campaigns.planning.plans import plan as plan_file

    installation = open_installation(now)
    made = plan_file(installation, file, now=installation.now(), decisions_file=decisions)
    if as_json:
        data = made.as_data()
        emit({**data, "decisions": decisions} if decisions else data)
        return
    _show_plan(made)
    if decisions:
        show(f"\nEvery decision: {decisions.absolute()}")


def _show_plan(made: "Plan") -> None:
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
    for count, reason in ((made.household, Reason.HOUSEHOLD), (made.over_limit, Reason.LIMIT)):
        if count:
            show(f"{-count:>12,}  {reason.value:<12} {reason.sentence('en')}")
    if made.hold_out:
        show(f"{-made.hold_out:>12,}  {Reason.HOLD_OUT.value:<12} {Reason.HOLD_OUT.sentence('en')}")
    show(f"{made.selected:>12,}  selected\n")
    _show_pieces(made)
    show(f"\n        cost  € {made.cost:,.2f} of a budget of € {made.budget:,.2f}")
    for warning in made.warnings:
        show(f"        note  {warning}")


def _show_pieces(made: "Plan") -> None:
    """Show what goes, when, and how its price is counted."""
    show("        wave  date         arm             channel      pieces    pages        cost")
    for line in made.pieces:
        show(
            f"{line.wave:>12}  {line.on}   {line.arm:<15} {line.channel:<10} {line.pieces:>8,} {line.pages:>8,}"
            f" {f'€ {line.cost:,.2f}':>11}"
        )
        if len(line.bill.days) > 1 or any(day != line.on for day, _ in line.bill.days):
            for day, count in line.bill.days:
                show(f"{'':>14}{day}   goes to the print shop{'':<5} {count:>8,}")
    for tariff in dict.fromkeys(line.bill.said for line in made.pieces if line.bill.said):
        show(f"        post  {tariff}")
    for template, weights in {
        line.template: line.weights for line in made.pieces if line.weights
    }.items():
        for weight in weights:
            show(f"        text  {template}, {weight.said()}")


@app.command()
@refusing
def proof(
    named: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A submitted campaign, or a campaign file.")
    ],
    folder: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="DIR", file_okay=False, help="Where the proofs go."),
    ] = Path("proofs"),
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Write proofs to look at: the longest names and addresses, every language, odd letters; each page is marked."""
    from campaigns.planning.proofs import proof as prove

    installation = open_installation(now)
    proofs = prove(installation, named, folder, now=installation.now())
    if as_json:
        emit([_proof_data(each) for each in proofs])
        return
    for each in proofs:
        show(
            f"{each.arm}, step {each.step}: {each.template} ({each.channel}), {each.pieces} pieces"
        )
        for made in (each.pdf, each.sheet):
            if made:
                show(f"  {made.absolute()}")
        for why, code, detail in each.held:
            show(f"  held back ({why}): {code}, {detail}")
        for read in each.reads:
            ease = read.readability
            show(
                f"  {read.language}: {ease.name} {ease.score:.0f}, {ease.words_a_sentence:.1f} words a sentence,"
                f" the longest {ease.longest}"
            )


def _proof_data(each: "Proof") -> dict[str, Any]:
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


@app.command()
@refusing
def submit(file: File, by: Decides, now: Now = None, as_json: AsJson = False) -> None:
    """Freeze audience, texts and budget, and write every touch."""
    from campaigns.planning.submitting import submit as submit_file

    installation = open_installation(now)
    done = submit_file(installation, file, by=decider(installation, by), now=installation.now())
    name = done.plan.campaign
    if as_json:
        emit(
            {
                **done.plan.as_data(),
                "state": "submitted",
                "hash": done.frozen_hash,
                "touches": done.touches,
                "withheld": done.withheld,
            }
        )
        return
    show(
        f"{name} is submitted: {done.plan.selected:,} people, {done.touches:,} touches, € {done.plan.cost:,.2f}."
    )
    show(f"hash {done.frozen_hash}")
    show(f"Now somebody else approves it: kaartje campaign approve {name} --as …")


@app.command()
@refusing
def approve(
    name: Name,
    by: Decides,
    launch_at: Annotated[
        datetime | None,
        typer.Option(
            "--launch-at", parser=_moment, metavar="ISO", help="Launch by itself at this moment."
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Sign exactly this audience, these texts and this budget, as a second person."""
    from campaigns.planning.lifecycle import approve as sign

    installation = open_installation(now)
    signed = sign(
        installation,
        name,
        by=decider(installation, by),
        now=installation.now(),
        launch_at=launch_at,
    )
    _answer(installation, name, as_json=as_json)
    if not as_json:
        show(f"signed {signed}")


def _deciding(decision: str) -> Any:
    """Make one command that changes a campaign's state and shows where it stands then."""

    @refusing
    def decide(
        name: Name, by: As = "command line", now: Now = None, as_json: AsJson = False
    ) -> None:
        from campaigns.planning import lifecycle
        from store.audit_log import Decider

        installation = open_installation(now)
        getattr(lifecycle, decision)(installation, name, by=Decider(by), now=installation.now())
        _answer(installation, name, as_json=as_json)

    return decide


_DECISIONS = {
    "launch": "Make the campaign's touches claimable.",
    "pause": "Hold everything that has not been handed over.",
    "resume": "Go on after a pause.",
    "stop": "End the campaign: drop everything still planned. The phone line stays open.",
}
for _decision, _help in _DECISIONS.items():
    app.command(_decision, help=_help)(_deciding(_decision))


@app.command("show")
@refusing
def show_one(name: Name, now: Now = None, as_json: AsJson = False) -> None:
    """Show where one campaign stands."""
    _answer(open_installation(now), name, as_json=as_json)


@app.command("list")
@refusing
def list_all(now: Now = None, as_json: AsJson = False) -> None:
    """List every campaign, the newest first."""
    from campaigns.planning.lifecycle import overviews

    found = overviews(open_installation(now))
    if as_json:
        emit([_data(each) for each in found])
        return
    if not found:
        show("There is no campaign yet. Write a file and try: kaartje campaign plan FILE")
    for each in found:
        show(f"{each.name:<28} {each.state:<10} from {each.first_date}   {each.title}")


@app.command("shadow")
@refusing
def shadow_run(
    name: Name,
    refs: Annotated[
        Path | None,
        typer.Option(
            "--refs", metavar="FILE", help="Write every case, one touch and one reason a row."
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say whom a campaign should not have reached, by what is known now."""
    from campaigns.looking_back.shadow_runs import shadow

    installation = open_installation(now)
    found = shadow(
        installation,
        name,
        now=installation.now(),
        refs=refs,
        shown=None if as_json else SHOWN_CASES,
    )
    if as_json:
        emit({**found.as_data(), "refs": refs})
        return
    _show_shadow(found)
    if refs:
        show(f"\nEvery case: {refs.absolute()}")


def _show_shadow(found: "Shadow") -> None:
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


@app.command()
@refusing
def schema() -> None:
    """Print the JSON Schema of a campaign file, for editors."""
    from campaigns.touches.campaign_files import CampaignFile

    emit(CampaignFile.model_json_schema())


def _data(each: "Overview") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(each)


def _answer(installation: "Installation", name: str, *, as_json: bool) -> None:
    from campaigns.planning.lifecycle import overview

    each = overview(installation, name)
    if as_json:
        emit(_data(each))
        return
    show(f"{each.name}: {each.state}   {each.title}")
    show(f"  first wave {each.first_date}, line open until {each.line_open_until}")
    show(f"  submitted by {each.submitted_by}, approved by {each.approved_by or 'nobody yet'}")
    show(f"  reaches whom: {' '.join(each.audience.split())}")
    if each.necessity:
        show(f"  because: {each.necessity}")
    if each.launch_at and each.state == "approved":
        show(f"  launches by itself at {each.launch_at.isoformat()}")
    for state, count in sorted(each.touches.items()):
        show(f"  {count:>8,} touches {state}")
