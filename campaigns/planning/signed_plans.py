"""The figures of a plan that its approver signs, kept with the campaign and in its hash."""

from decimal import Decimal
from typing import Any

from campaigns.planning.estimates import parts_of
from campaigns.planning.planned_pieces import Pieces
from campaigns.planning.plans import Plan
from campaigns.planning.reach_of_arms import OtherArm


def signed_plan(made: Plan) -> dict[str, Any]:
    """Return money, hours and pieces as plain values, amounts as they are written."""
    found = made.estimate
    return {
        "lowest": str(found.lowest),
        "highest": str(found.highest),
        "planned": str(made.cost),
        "budget": str(made.budget),
        "parts": [
            {"kind": part.kind.value, "lowest": str(part.lowest), "highest": str(part.highest)}
            for part in found.parts
        ],
        "hours_low": str(found.hours_low),
        "hours_high": str(found.hours_high),
        "work": found.work.model_dump(mode="json"),
        "lines": [_line(line) for line in made.pieces],
        "preregistration": made.registered.as_data(),
        "balance": [each.as_data() for each in made.balance],
        "lost_to_other_arms": [_without_people(each) for each in made.lost],
    }


def _without_people(each: OtherArm) -> dict[str, Any]:
    """Return the counts alone: nobody is named in what is kept with a campaign."""
    return {name: value for name, value in each.as_data().items() if name != "sample"}


def _line(line: Pieces) -> dict[str, Any]:
    parts = parts_of(line)
    days = line.bill.days or ((line.on, line.pieces),)
    return {
        "arm": line.arm,
        "wave": line.wave,
        "step": line.step,
        "channel": line.channel,
        "template": line.template,
        "pieces": line.pieces,
        "lowest": str(sum((part.lowest for part in parts), Decimal(0))),
        "highest": str(sum((part.highest for part in parts), Decimal(0))),
        "days": [{"date": day.isoformat(), "pieces": pieces} for day, pieces in days],
    }
