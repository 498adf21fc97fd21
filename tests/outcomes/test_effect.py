"""Whether a campaign helped: by the recorded draw, everybody in the group they were drawn into."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from installation.installation import Installation
from outcomes.effect_words import said
from outcomes.effects import Effect, effect
from store.errors import BadInput
from store.states import OutcomeKind, TouchState
from store.tables import Outcome
from suppression.reasons import Reason
from tests.builders import Builder, BuiltCampaign

DAY = date(2023, 9, 1)
AFTER = timedelta(days=120)


@dataclass
class Trial:
    """A campaign whose groups a test fills with people."""

    builder: Builder
    campaign: BuiltCampaign

    def treated(self, people: int, filed: int, *, arm: str = "card", on: date = DAY) -> None:
        for number in range(people):
            ref = f"{arm}-{number}"
            channel = "sms" if arm == "text" else "card"
            self.builder.reach(self.campaign, ref, arm=arm, channel=channel)
            self._became(ref, number < filed, on)

    def left_out(self, people: int, filed: int, reason: Reason, arm: str | None = None) -> None:
        for number in range(people):
            ref = f"{reason}-{number}"
            self.builder.decide(self.campaign, self.builder.person(ref), reason, arm=arm)
            self._became(ref, number < filed, DAY)

    def _became(self, ref: str, it_did: bool, day: date) -> None:  # noqa: FBT001  the flag is the outcome
        if it_did:
            self.became(ref, day)

    def became(self, ref: str, day: date, kind: OutcomeKind = OutcomeKind.FILED) -> None:
        self.builder.put(
            Outcome,
            person_ref=ref,
            kind=kind,
            happened_on=day,
            reference="",
            import_id=self.builder.import_id,
        )


def estimated(installation: Installation, day: date = DAY) -> Effect:
    found = effect(installation, "pilot", as_of=day, now=installation.now() + AFTER)
    json.dumps(found.as_data())
    return found


def test_a_difference_that_chance_hardly_gives_is_said_with_how_sure_it_is(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(100, 45)
        trial.left_out(100, 20, Reason.HOLD_OUT, arm="hold-out")
    found = estimated(installation)
    assert found.as_data()["outcomes"][0]["differences"] == [
        {
            "arm": "card",
            "difference": 25.0,
            "low": 12.077419,  # the same bytes on both databases
            "high": 36.813866,
            "p_value": 0.000259,
            "p_corrected": 0.000259,
        }
    ]
    assert (found.verdict, found.control, found.sample_ratio_p) == ("more", "hold-out", 1)
    known, sure, unknown = said(found).lines()
    assert "because of card, 25.0 more of every 100 people have filed a return" in known
    assert "between +12.1 and +36.8" in sure
    assert "less than once in 1,000 draws" in sure
    assert "after 2023-09-01" in unknown


def test_whoever_was_drawn_stays_and_nobody_else_counts(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(2, 1)
        builder.reach(trial.campaign, "came back", state=TouchState.RETURNED)
        builder.reach(trial.campaign, "held", state=TouchState.WITHHELD)
        trial.became("held", DAY)
        trial.left_out(4, 1, Reason.HOLD_OUT, arm="hold-out")
        trial.left_out(3, 3, Reason.HOUSEHOLD, arm="card")
        trial.left_out(2, 2, Reason.DECEASED)
        trial.became("came back", DAY + timedelta(days=1))  # later than the day of the count
        trial.became("HOLD_OUT-3", date(2023, 6, 4))  # before the campaign
    main = estimated(installation).main
    assert main.control is not None
    assert (main.control.people, main.control.hits) == (4, 1)
    (card,) = main.arms
    assert (card.people, card.reached, card.hits) == (4, 3, 2)


def test_people_beyond_the_limit_are_a_control_since_the_lot_left_them_out(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign())
        trial.treated(60, 30)
        trial.left_out(80, 8, Reason.LIMIT)
    found = estimated(installation)
    assert (found.control, found.verdict) == ("limit", "more")
    assert found.main.control is not None
    assert (found.main.control.people, found.main.control.hits) == (80, 8)


def test_without_a_control_it_cannot_be_said_but_when_it_would_be_nought(
    installation: Installation,
) -> None:
    """The design of 2023: a third of the card holders filed, and nobody was left out by lot."""
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign())
        trial.treated(150, 50)
    found = estimated(installation)
    assert (found.verdict, found.why, found.control) == ("cannot_be_said", "no_control", None)
    assert found.main.differences == ()
    even = found.as_data()["break_even"]
    assert (even["share"], even["hits"], even["people"]) == (0.333333, 50, 150)
    known, sure, unknown = said(found).lines()
    assert known == "50 of 150 people have filed a return (33.3%)."
    assert "cannot be said: nobody was left out by lot" in sure
    assert "If 33.3% (from 26.3% to 41.2%) would have done so anyway" in unknown


def test_nothing_shown_is_not_called_no_effect(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(30, 10)
        trial.left_out(30, 8, Reason.HOLD_OUT, arm="hold-out")
    found = estimated(installation)
    assert found.verdict == "not_shown"
    assert "no proof that it did not help: a difference under" in said(found).unknown


def test_several_arms_are_corrected_for_being_several(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        arms = (("card", "card"), ("text", "sms"))
        trial = Trial(builder, builder.campaign(arms=arms, hold_out=True))
        trial.treated(40, 20)
        trial.treated(40, 12, arm="text")
        trial.left_out(40, 9, Reason.HOLD_OUT, arm="hold-out")
    first, second = estimated(installation).main.differences
    assert first.p_corrected == pytest.approx(2 * first.p_value)
    assert second.p_corrected == pytest.approx(second.p_value)


def test_groups_of_other_sizes_than_were_drawn_raise_an_alarm(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))  # half and half
        trial.treated(60, 40)
        trial.left_out(15, 2, Reason.HOLD_OUT, arm="hold-out")
    found = estimated(installation)
    assert (found.verdict, found.why) == ("cannot_be_said", "sample_ratio")
    assert "not of the sizes that were drawn" in said(found).sure


def test_before_anything_went_out_there_is_no_effect(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        builder.reach(trial.campaign, "planned", state=TouchState.PLANNED)
        trial.left_out(1, 1, Reason.HOLD_OUT, arm="hold-out")
    found = estimated(installation)
    assert (found.verdict, found.why) == ("cannot_be_said", "nobody_reached")


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        (date(2023, 6, 4), "2023-06-04 is before the campaign's first date; write 2023-06-05"),
        (date(2033, 6, 4), "2033-06-04 is still to come; write 2023-09-29 or earlier"),
    ],
)
def test_a_day_without_an_answer_is_refused(
    installation: Installation, day: date, problem: str
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, installation.now()).campaign()
    with pytest.raises(BadInput, match=problem):
        estimated(installation, day)
