"""Commands that print the suppression rules, and their verdict on one person now."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.catalogues import chosen_language
from console.cli.options import (
    AsJson,
    Now,
    emit,
    open_installation,
    refusing,
    say,
    show,
    term,
)

if TYPE_CHECKING:
    from suppression.rules import Rule
    from suppression.verdicts import Verdict

app = typer.Typer()


@app.command()
@refusing
def rules(as_json: AsJson = False) -> None:
    """Print the rules in order, and the decision table they come to."""
    from installation.settings import Settings
    from suppression.decision_table import table
    from suppression.policies import read_policy
    from suppression.rules import BY_REASON

    policy = read_policy(Settings().policy_file)
    if as_json:
        emit(
            {
                "rules": [
                    _rule(at, BY_REASON[reason]) for at, reason in enumerate(policy.asked, 1)
                ],
                "off": {reason.value: why for reason, why in policy.rules.off.items()},
                "decisions": [row.as_data() for row in table(policy)],
            }
        )
        return
    for at, reason in enumerate(policy.asked, 1):
        show(
            "{at:>3}  {reaches:<28} {why}",
            at=at,
            reaches=", ".join(term(each) for each in sorted(BY_REASON[reason].reaches)),
            why=reason.sentence(chosen_language()),
        )
    for reason, why in policy.rules.off.items():
        show(
            "off: {reason} ({why})",
            reason=reason.sentence(chosen_language()),
            why=why,
        )
    say("the decision table, channel by number by consent by purpose: --json")


def _rule(at: int, rule: "Rule") -> dict[str, Any]:
    return {
        "place": at,
        "reason": rule.reason.value,
        "reaches": sorted(rule.reaches),
        "of_service": rule.of_service,
        "needs_fact": rule.needs_fact,
        "nl": rule.reason.sentence("nl"),
        "en": rule.reason.sentence("en"),
    }


@app.command()
@refusing
def judge(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A person_ref.")],
    channel: Annotated[str, typer.Option(help="card, letter, sms or call.")] = "card",
    purpose: Annotated[str, typer.Option(help="duty, rights, invitation or service.")] = "duty",
    now: Now = None,
    as_json: AsJson = False,
) -> None:
    """Say whether one person may be reached now, outside any campaign, and every reason if not."""
    from campaigns.touches.single_person import judge_now

    installation = open_installation(now)
    found = judge_now(installation, ref, channel=channel, purpose=purpose, now=installation.now())
    if as_json:
        emit({"person_ref": ref, "channel": channel, "purpose": purpose, **_data(found)})
        return
    _show(ref, found)


def _data(found: "Verdict") -> dict[str, Any]:
    from suppression.verdicts import Allowed, Blocked, Later

    match found:
        case Allowed():
            return {"verdict": "allowed", "reasons": []}
        case Blocked(reason, also):
            return {"verdict": "blocked", "reasons": [each.value for each in (reason, *also)]}
        case Later(not_before, reason):
            return {
                "verdict": "later",
                "not_before": not_before,
                "reasons": [reason.value] if reason else [],
            }


def _show(ref: str, found: "Verdict") -> None:
    from store.clock import LOCAL
    from suppression.verdicts import Allowed, Blocked, Later

    match found:
        case Allowed():
            show("{ref} may be reached.", ref=ref)
        case Blocked(reason, also):
            show("{ref} must not be reached:", ref=ref)
            for each in (reason, *also):
                show(f"  {each.sentence(chosen_language())}")
        case Later(not_before):
            show(
                "{ref} may be reached from {not_before:%Y-%m-%d, %H:%M}.",
                ref=ref,
                not_before=not_before.astimezone(LOCAL),
            )
