"""The `kaartje campaign` commands, from a campaign file to the end of a campaign."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from console.cli.campaigns.campaign_views import (
    overview_data,
    proof_data,
    show_overview,
    show_plan,
    show_shadow,
)
from console.cli.options import (
    BY_HAND,
    As,
    AsJson,
    Decides,
    Now,
    decider,
    emit,
    moment_option,
    open_installation,
    refusing,
    say,
    show,
    term,
)
from console.cli.progress import progress

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
    """Check a campaign file against the rules, the templates and the imported data."""
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
        say("note: {warning}", warning=warning)
    show("{file}: {campaign} can be planned.", file=file, campaign=checked.campaign.campaign)


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
    """Show everything that this campaign would do, without doing it."""
    from campaigns.planning.plans import plan as plan_file

    installation = open_installation(now)
    with progress() as watch:
        made = plan_file(
            installation, file, now=installation.now(), decisions_file=decisions, watch=watch
        )
    if as_json:
        data = made.as_data()
        emit({**data, "decisions": decisions} if decisions else data)
        return
    show_plan(made)
    if decisions:
        show("\nEvery decision: {file}", file=decisions.absolute())


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
    """Write proofs with the longest names and addresses, every language and unusual letters."""
    from campaigns.planning.proofs import proof as prove

    installation = open_installation(now)
    with progress() as watch:
        proofs = prove(installation, named, folder, now=installation.now(), watch=watch)
    if as_json:
        emit([proof_data(each) for each in proofs])
        return
    for each in proofs:
        show(
            "{arm}, step {step}: {template} ({channel}), {pieces} pieces",
            arm=each.arm,
            step=each.step,
            template=each.template,
            channel=term(each.channel),
            pieces=each.pieces,
        )
        for made in (each.pdf, each.sheet, each.postal):
            if made:
                show(f"  {made.absolute()}")
        for trouble in each.troubles:
            show("  {trouble}", trouble=trouble)
        for why, code, detail in each.held:
            show("  held back ({why}): {code}, {detail}", why=why, code=code, detail=detail)
        for read in each.reads:
            ease = read.readability
            show(
                "  {language}: {name} {score:.0f}, {words_a_sentence:.1f} words a sentence, the "
                "longest {longest}",
                language=read.language,
                name=ease.name,
                score=ease.score,
                words_a_sentence=ease.words_a_sentence,
                longest=ease.longest,
            )


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
        "{name} is submitted: {selected:,} people, {touches:,} touches, € {cost:,.2f}.",
        name=name,
        selected=done.plan.selected,
        touches=done.touches,
        cost=done.plan.cost,
    )
    show("hash {frozen_hash}", frozen_hash=done.frozen_hash)
    show("Now somebody else approves it: kaartje campaign approve {name} --as …", name=name)


@app.command()
@refusing
def approve(
    name: Name,
    by: Decides,
    launch_at: Annotated[
        datetime | None,
        typer.Option(
            "--launch-at",
            parser=moment_option,
            metavar="ISO",
            help="Launch by itself at this moment.",
        ),
    ] = None,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Approve exactly this audience, these texts and this budget, as a second person."""
    from campaigns.planning.lifecycle import approve as sign

    installation = open_installation(now)
    signed = sign(
        installation,
        name,
        by=decider(installation, by),
        now=installation.now(),
        launch_at=launch_at,
    )
    show_overview(installation, name, as_json=as_json)
    if not as_json:
        show("signed {signed}", signed=signed)


@app.command("send-back")
@refusing
def send_back(
    name: Name,
    by: Decides,
    remarks: Annotated[
        str, typer.Option("--remarks", metavar="TEXT", help="What must change; its owner reads it.")
    ],
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Send a submitted campaign back with remarks, so that it is submitted anew under its name."""
    from campaigns.planning.lifecycle import send_back as give_back

    installation = open_installation(now)
    who = decider(installation, by)
    give_back(installation, name, by=who, now=installation.now(), remarks=remarks)
    show_overview(installation, name, as_json=as_json)


def _deciding(decision: str) -> Any:
    """Make a command that changes a campaign's state and then shows it."""

    @refusing
    def decide(name: Name, by: As = BY_HAND, now: Now = None, as_json: AsJson = False) -> None:
        from campaigns.planning import lifecycle

        installation = open_installation(now)
        noted = getattr(lifecycle, decision)(
            installation, name, by=decider(installation, by), now=installation.now()
        )
        show_overview(installation, name, as_json=as_json)
        if noted is not None:
            say(noted)

    return decide


@app.command()
@refusing
def pause(
    name: Name,
    by: As = BY_HAND,
    pull: Annotated[
        bool, typer.Option("--pull", help="Ask back too what lies at the print shop, for good.")
    ] = False,
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Hold everything that has not been handed over, and say what lies at the print shop."""
    from campaigns.post import stopping

    installation = open_installation(now)
    who = decider(installation, by)
    there = stopping.pause(installation, name, by=who, now=installation.now(), pull=pull)
    show_overview(installation, name, as_json=as_json, there=there)


@app.command()
@refusing
def stop(name: Name, by: As = BY_HAND, now: Now = None, as_json: AsJson = False) -> None:
    """End the campaign, and ask back what lies at the print shop. The phone line stays open.

    Everything still planned is dropped.
    """
    from campaigns.post import stopping

    installation = open_installation(now)
    there = stopping.stop(installation, name, by=decider(installation, by), now=installation.now())
    show_overview(installation, name, as_json=as_json, there=there)


_DECISIONS = {
    "launch": "Make the campaign's touches claimable.",
    "resume": "Go on after a pause.",
}
for _decision, _help in _DECISIONS.items():
    app.command(_decision, help=_help)(_deciding(_decision))


@app.command("show")
@refusing
def show_one(name: Name, now: Now = None, as_json: AsJson = False) -> None:
    """Show the state of one campaign."""
    show_overview(open_installation(now), name, as_json=as_json)


@app.command("list")
@refusing
def list_all(as_json: AsJson = False) -> None:
    """List every campaign, the newest first."""
    from campaigns.planning.lifecycle import overviews

    found = overviews(open_installation())
    if as_json:
        emit([overview_data(each) for each in found])
        return
    if not found:
        show("There is no campaign yet. Write a file and try: kaartje campaign plan FILE")
    for each in found:
        show(
            "{name:<28} {state:<12} from {first_date:%Y-%m-%d}   {title}",
            name=each.name,
            state=term(each.state),
            first_date=each.first_date,
            title=each.title,
        )


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
    """Show whom a campaign should not have reached, by what is known now."""
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
    show_shadow(found)
    if refs:
        show("\nEvery case: {file}", file=refs.absolute())


@app.command()
@refusing
def schema() -> None:
    """Print the JSON Schema of a campaign file, for editors."""
    from campaigns.touches.campaign_files import CampaignFile

    emit(CampaignFile.model_json_schema())
