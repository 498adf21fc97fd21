"""`else` in an arm: whom the first channel cannot reach gets another one, decided once in the plan."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select, update

from campaigns.planning.plans import plan
from campaigns.touches.campaign_reading import read_campaign
from installation.installation import Installation
from store.clock import parse_moment
from store.errors import BadInput
from store.tables import Decision, Person, PersonNumber, Touch
from suppression.reasons import Reason, bits
from tests.conftest import NOW
from tests.passes import deliver
from tests.stories import campaign_file, launched, populate

ELSE = (
    "  - {name: text-or-card, share: 80, steps: [{channel: call, template: call-guide,"
    " else: {channel: card, template: contact-card, price: 0.85}}]}\n"
    "  - {name: hold-out, share: 20, hold_out: true}"
)

WHERE = "years_without_return >= 1 and (has(card) or has(call))"
DUE = parse_moment("2023-06-05T10:00")


def _channels(installation: Installation) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    with installation.store.reading() as connection:
        for person, channel in connection.execute(select(Touch.person_id, Touch.channel)):
            found.setdefault(channel, set()).add(person)
    return found


def test_whom_the_first_channel_cannot_reach_gets_the_other_and_nobody_gets_both(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, 300, now=NOW)
    file = campaign_file(tmp_path, where=WHERE, arms=ELSE)
    made = plan(installation, file, now=NOW)
    planned = {each.channel: each.pieces for each in made.pieces}
    launched(installation, file, now=NOW)
    went = _channels(installation)
    assert {channel: len(people) for channel, people in went.items()} == planned
    assert planned["call"] > 0 < planned["card"]
    assert not went["call"] & went["card"]
    with installation.store.reading() as connection:
        numbered = set(connection.execute(select(PersonNumber.person_id)).scalars())
    assert went["call"] <= numbered
    held = _masks(installation)
    # a reason that bars every channel bars the other one too
    for barred in (Reason.DECEASED, Reason.OBJECTION, Reason.ALREADY_DONE):
        assert not any(mask & bits([barred]) for mask in held)


def _masks(installation: Installation) -> Counter[int]:
    with installation.store.reading() as connection:
        chosen = select(Decision.reasons).where(Decision.selected)
        return Counter(connection.execute(chosen).scalars())


@pytest.mark.thorough
def test_a_number_that_comes_after_the_plan_moves_nobody(
    installation: Installation, tmp_path: Path
) -> None:
    populate(installation, 300, now=NOW)
    launched(installation, campaign_file(tmp_path, where=WHERE, arms=ELSE), now=NOW)
    before = _channels(installation)
    with installation.store.writing() as connection:
        connection.execute(update(PersonNumber).values(may_call=True))
        connection.execute(update(Person).values(imported_at=NOW))
    deliver(installation, now=DUE)
    assert _channels(installation) == before


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            "[{channel: card, template: contact-card, else: {channel: card, template: letter}}]",
            "names the channel of the step itself",
        ),
        (
            "[{channel: card, template: contact-card}, {channel: call, template: call-guide, else: OTHER}]",
            "stands on a later step",
        ),
        (
            "[{channel: call, template: call-guide, else: {channel: card, condition: no_reply}}]",
            "condition or an else of its own",
        ),
        ("[{channel: card, template: contact-card, instead: true}]", "is set by else"),
    ],
)
def test_an_else_that_cannot_be_followed_is_refused(tmp_path: Path, steps: str, said: str) -> None:
    other = steps.replace("OTHER", "{channel: card, template: letter}")
    arms = f"  - {{name: card, share: 100, steps: {other}}}"
    with pytest.raises(BadInput, match=said):
        read_campaign(campaign_file(tmp_path, arms=arms))
