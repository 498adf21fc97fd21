"""Why: every decision about one person, and its reason."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from campaigns.audience_language.condition_wording import say_conditions
from console.cli.options import _plain
from console.cli.people.why import explanation_lines
from installation.installation import Installation
from outcomes.explanations import why
from store.errors import BadInput
from store.states import AttemptState, DeliveryState, OutcomeKind, SuppressionScope, TouchState
from store.tables import Attempt, Campaign, Delivery, FactColumn, Outcome, Person, Suppression
from store.written_dates import Language
from suppression.lists import add, lift
from suppression.reasons import Reason
from tests.builders import Builder, BuiltCampaign

NUMBER = "+31612345678"


def text_of(installation: Installation, ref: str, language: Language = "en") -> str:
    return " ".join(" ".join(explanation_lines(why(installation, ref), language)).split())


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
    assert "Arm card, wave 1: 5 June 2023." in text
    assert "Code on the card: 123 456 7890." in text
    assert "Imported: 1 June 2023, 09:00 (people.csv)" in text
    assert "Your tax return came in." in text


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
    text = text_of(installation, "P1")
    assert "Our records say that you have died." in text
    assert "somebody else looks after your affairs, a guardian or administrator" in text
    assert "DECEASED" not in text


def test_a_person_held_out_hears_so(installation: Installation, now: datetime) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.decide(
            builder.campaign(hold_out=True), builder.person("P1"), Reason.HOLD_OUT, arm="hold-out"
        )
    (decided,) = why(installation, "P1").campaigns
    assert (decided.decision, decided.arm) == ("hold_out", "hold-out")
    text = text_of(installation, "P1", "nl")
    assert "Het lot deelde u in bij de mensen die wij nu niets sturen." in text
    assert "Dit is op 1 juni 2023 geloot." in text


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
    assert "Taken off the list on 31 May 2023 by bea: a mistake." in text_of(installation, "P1")


def test_a_withheld_touch_says_why(installation: Installation, now: datetime) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        builder.reach(builder.campaign(), "P1", state=TouchState.WITHHELD, reason="OBJECTION")
    (touch,) = why(installation, "P1").campaigns[0].touches
    assert [reason.code for reason in touch.reasons] == ["OBJECTION"]
    text = text_of(installation, "P1")
    assert "You were chosen for a card, but did not get it." in text
    assert "You asked us not to send you anything." in text


def test_the_citizen_number_and_a_secret_address_are_never_shown(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1", joint_hash="feedface" * 8, secret_address=True)
    said = json.dumps(why(installation, "P1").as_data(), default=_plain)
    said += text_of(installation, "P1")
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


CONDITIONS = (
    "years_without_return >= 2 and dunned_on <= today - 21 and refund_expected and town = 'Utrecht'"
)


def reasons_of(
    installation: Installation, now: datetime, *, changed: bool = False, **person: Any
) -> None:
    """Reach P1 with a card, under conditions in words, for somebody with these columns."""
    words = {"refund_expected": {"nl": "er geld voor u klaarligt", "en": "money waits for you"}}
    facts = {"years_without_return": "int", "dunned_on": "date", "refund_expected": "bool"}
    said = say_conditions(CONDITIONS, facts=facts, words=words, today=now.date())
    with installation.store.writing() as connection:
        builder = Builder(connection, now)
        for name, kind in facts.items():
            connection.execute(insert(FactColumn).values(name=name, type=kind, declared_at=now))
        campaign = builder.campaign()
        person_id, _ = builder.reach(campaign, "P1", NUMBER)
        connection.execute(update(Campaign).values(conditions=[each.as_data() for each in said]))
        if changed:
            person["updated_at"] = now + timedelta(days=11)
        connection.execute(update(Person).where(Person.id == person_id).values(**person))


FACTS = {"years_without_return": 3, "dunned_on": "2023-02-03", "refund_expected": True}


def test_the_reason_is_said_as_the_person_could_hear_it(
    installation: Installation, now: datetime
) -> None:
    reasons_of(installation, now, facts=FACTS)
    dutch, english = (text_of(installation, "P1", language) for language in ("nl", "en"))
    assert "U kreeg een kaartje omdat: - u 3 jaar geen aangifte deed" in dutch
    assert "(bron: people.csv, 1 juni 2023)" in dutch
    assert "- u op 3 februari 2023 een aanmaning kreeg om aangifte te doen" in dutch
    assert "- er geld voor u klaarligt" in dutch
    assert "You got a card because: - you sent in no tax return for 3 years" in english
    assert "Wat ervan kwam" in dutch
    assert "juni 2023, " in dutch
    assert not re.search(r"\b[A-Z]{3,}_?[A-Z]*\b", english.partition("You got")[2])


def test_what_changed_since_is_not_said_as_if_it_had_counted(
    installation: Installation, now: datetime
) -> None:
    reasons_of(installation, now, facts={"years_without_return": 0}, changed=True)
    text = text_of(installation, "P1", "nl")
    assert "u minstens 2 jaar geen aangifte deed" in text
    assert text.count("zijn op 12 juni 2023 veranderd") == 1


def test_a_condition_on_the_place_does_not_give_a_secret_address_away(
    installation: Installation, now: datetime
) -> None:
    reasons_of(installation, now, facts=FACTS, secret_address=True)
    text = text_of(installation, "P1", "nl")
    assert "Utrecht" not in text
    assert "uw adres ligt in het gebied van de campagne" in text
