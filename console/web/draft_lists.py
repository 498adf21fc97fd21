"""Steps, arms and waves that are added to a draft or taken from it."""

from collections.abc import Mapping
from typing import Any

from campaigns.drafts.document_edits import Location, value_at
from console.web.draft_questions import arms_of, steps_of
from console.web.template_choices import described

_DEFAULT = "contact-card"
MOST_STEPS = 6
MOST_ARMS = 6
MOST_WAVES = 20


def listed_change(
    document: Any, values: Mapping[Location, Any], pressed: str
) -> dict[Location, Any]:
    """Return what a button changes, beside the fields, and what follows from the fields themselves."""
    return {**_channels(values), **_deviation(document, values), **_pressed(document, pressed)}


def _channels(values: Mapping[Location, Any]) -> dict[Location, Any]:
    """Return the channel of each template that was chosen. Who chooses the words chooses the channel."""
    found: dict[Location, Any] = {}
    for place, value in values.items():
        if place[-1] == "template" and isinstance(value, str) and (about := described(value)):
            found[*place[:-1], "channel"] = about.channel
    return found


def _deviation(document: Any, values: Mapping[Location, Any]) -> dict[Location, Any]:
    """Return the rule that a reason is about, where the file has none yet. Without a reason none is left."""
    for place, value in values.items():
        if place[0] == "deviation" and place[-1] == "reason":
            if value is None:
                return {place[:-1]: None}
            rule = (*place[:-1], "rule")
            return {} if value_at(document, rule) else {rule: "caps"}
    return {}


def _pressed(document: Any, pressed: str) -> dict[Location, Any]:
    what, *numbers = pressed.split(":")
    at = [int(each) for each in numbers if each.isdecimal() and len(each) < len("1000")]
    match what, at:
        case "add-step", [arm] if len(_steps(document, arm)) < MOST_STEPS:
            step_place = ("arms", arm, "steps", len(_steps(document, arm)))
            return {step_place: {"channel": "card", "template": _DEFAULT, "delay": 14}}
        case "remove-step", [arm, step] if 0 <= step < len(_steps(document, arm)) > 1:
            return {("arms", arm, "steps", step): None}
        case "add-arm", [] if len(arms_of(document)) < MOST_ARMS:
            return {("arms", len(arms_of(document))): _new_arm(document)}
        case "remove-arm", [arm] if arm < len(arms_of(document)) > 1:
            return {("arms", arm): None}
        case "add-hold-out", [] if not any(arm.get("hold_out") for arm in arms_of(document)):
            place = ("arms", len(arms_of(document)))
            return {place: {"name": "hold-out", "share": 0, "hold_out": True}}
        case "add-wave", [] if len(_waves(document)) < MOST_WAVES:
            return {("waves", max(1, len(_waves(document)))): {}}
        case "remove-wave", [wave] if wave < len(_waves(document)) > 1:
            return {("waves", wave): None}
        case _:
            return {}


def _new_arm(document: Any) -> dict[str, Any]:
    names = {arm.get("name") for arm in arms_of(document)}
    name = next(f"arm-{at}" for at in range(2, MOST_ARMS + 3) if f"arm-{at}" not in names)
    return {"name": name, "share": 0, "steps": [{"channel": "card", "template": _DEFAULT}]}


def _steps(document: Any, arm: int) -> list[int]:
    return [step for at, step in steps_of(document) if at == arm]


def _waves(document: Any) -> list[Any]:
    waves = value_at(document, ("waves",))
    return waves if isinstance(waves, list) else []
