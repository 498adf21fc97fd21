"""Why: every decision about one person, and its reason."""

import json
from datetime import datetime, timedelta

import pytest

from console.cli.options import _plain
from console.cli.people.why import explanation_lines
from installation.installation import Installation
from outcomes.explanations import why
from store.errors import BadInput
from store.states import AttemptState, DeliveryState, OutcomeKind, SuppressionScope, TouchState
from store.tables import Attempt, Delivery, Outcome, Suppression
from suppression.lists import add, lift
from suppression.reasons import Reason
from tests.builders import Builder, BuiltCampaign

NUMBER = "+31612345678"


def text_of(installation: Installation, ref: str) -> str:
    return "\n".join(explanation_lines(why(installation, ref)))


def test_a_selected_person_is_explained_from_import_to_outcome(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        _, touch_id = builder.reach(campaign, "P1", NUMBER, code="1234567890")
        _attempt(builder, campaign, touch_id)
        builder.put(
            Outcome,
            person_ref="P1",
            kind=OutcomeKind.FILED,
            happened_on=now.date(),
            reference="r",
            import_id=builder.import_id,
        )
    found = why(installation, "P1")
    (decided,) = found.campaigns
    assert (decided.decision, decided.arm, decided.wave, decided.first) == (
        "selected",
        "card",
        1,
        None,
    )
    (touch,) = decided.touches
    assert (touch.state, touch.code, [event.state for event in touch.events]) == (
        "handed_over",
        "1234567890",
        ["handed_over"],
    )
    assert [(each.state, each.provider_ref) for each in touch.tries] == [("receipt", "run-1/7")]
    assert [became.kind for became in found.outcomes] == ["filed"]
    text = text_of(installation, "P1")
    assert "SELECTED: arm card, wave 1 of 2023-06-05" in text
    assert "code 123 456 7890" in text
    assert "imported  2023-06-01 09:00  (people.csv)" in text


def _attempt(builder: Builder, campaign: BuiltCampaign, touch_id: int) -> None:
    delivery = builder.put(
        Delivery,
        key="run-1",
        campaign_id=campaign.id,
        step_id=campaign.steps["card", "card"],
        wave_id=campaign.waves[1],
        channel="card",
        state=DeliveryState.RECORDED,
        size=1,
        opened_at=builder.now,
    )
    builder.put(
        Attempt,
        touch_id=touch_id,
        delivery_id=delivery,
        number=1,
        state=AttemptState.RECEIPT,
        provider_ref="run-1/7",
        written_at=builder.now,
    )


def test_a_person_left_out_hears_the_first_reason_and_every_other_one(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        person_id = builder.person("P1", deceased_on=now.date())
        builder.decide(builder.campaign(), person_id, Reason.DECEASED, Reason.UNDER_GUARDIANSHIP)
    (decided,) = why(installation, "P1").campaigns
    assert decided.decision == "left_out"
    assert decided.first is not None
    assert (decided.first.code, decided.first.nl) == ("DECEASED", "Deze persoon is overleden.")
    assert [reason.code for reason in decided.reasons] == ["DECEASED", "UNDER_GUARDIANSHIP"]
    assert "DECEASED: This person has died." in text_of(installation, "P1")


def test_a_person_held_out_hears_so(installation: Installation, now: datetime) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.decide(
            builder.campaign(hold_out=True), builder.person("P1"), Reason.HOLD_OUT, arm="hold-out"
        )
    (decided,) = why(installation, "P1").campaigns
    assert (decided.decision, decided.arm) == ("hold_out", "hold-out")
    assert "HELD OUT: arm hold-out" in text_of(installation, "P1")


def test_a_housemate_hears_how_many_others_there_are_and_not_who(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        campaign = builder.campaign()
        builder.decide(
            campaign, builder.person("P1", household_key=7), Reason.HOUSEHOLD, arm="card"
        )
        builder.decide(campaign, builder.person("P2", household_key=7), arm="card", wave=1)
    assert [decided.household for decided in why(installation, "P1").campaigns] == [1]
    assert "P2" not in text_of(installation, "P1")


def test_a_person_whom_no_audience_matched_hears_of_each_campaign(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.campaign("first", submitted_at=now - timedelta(days=1))
        builder.campaign("second")
        builder.person("P1")
    first, second = why(installation, "P1").campaigns
    assert (first.decision, first.remark) == (
        "not_in_audience",
        "was imported after the audience was frozen",
    )
    assert (second.decision, second.remark) == ("not_in_audience", None)
    assert second.first is not None
    assert second.first.code == "NOT_IN_AUDIENCE"


def test_before_any_campaign_there_is_still_something_to_say(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    assert "No campaign has been submitted yet." in text_of(installation, "P1")


def test_nobody_of_that_reference_is_one_clear_line(installation: Installation) -> None:
    with pytest.raises(BadInput, match="P404: is not a known person; look at the reference again"):
        why(installation, "P404")


def test_every_list_the_person_stands_on_is_shown_lifted_or_not(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.person("P1", NUMBER, household_key=7)
        for scope, named in (("number", {"e164": NUMBER}), ("address", {"household_key": 7})):
            builder.put(
                Suppression,
                entry_key=scope,
                scope=SuppressionScope(scope),
                reason="SUPPRESSED",
                source="list",
                note="",
                starts_at=now,
                added_at=now,
                added_by="ann",
                **named,
            )
    add(
        installation.store,
        "P1",
        "OBJECTION",
        source="letter",
        by="ann",
        now=now - timedelta(days=2),
    )
    lift(installation.store, "P1", by="bea", why="a mistake", now=now - timedelta(days=1))
    add(installation.store, "P2", "OBJECTION", source="letter", by="ann", now=now)
    listed = why(installation, "P1").suppressions
    assert [(each.entry.scope, each.in_force) for each in listed] == [
        (SuppressionScope.NUMBER, True),
        (SuppressionScope.ADDRESS, True),
        (SuppressionScope.PERSON, False),
    ]
    assert "lifted 2023-05-31 09:00 by bea: a mistake" in text_of(installation, "P1")


def test_a_withheld_touch_says_why(installation: Installation, now: datetime) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", state=TouchState.WITHHELD, reason="OBJECTION")
    (touch,) = why(installation, "P1").campaigns[0].touches
    assert [reason.code for reason in touch.reasons] == ["OBJECTION"]
    assert "This person asked not to be reached." in text_of(installation, "P1")


def test_the_citizen_number_and_a_secret_address_are_never_shown(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1", bsn_hash="feedface" * 8, secret_address=True)
    said = json.dumps(why(installation, "P1").as_data(), default=_plain) + text_of(
        installation, "P1"
    )
    assert "feedface" not in said
    assert "Verzonnenlaan" not in said
    assert "1234" not in said
    assert "secret, not shown" in said


def test_an_address_that_is_not_secret_is_shown_as_it_is_printed(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    assert why(installation, "P1").person.address == ("Verzonnenlaan 12", "1234 AB  NERGENSHUIZEN")
