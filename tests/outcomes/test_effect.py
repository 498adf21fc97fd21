"""Whether a campaign helped: by the recorded draw, everybody in the group they were drawn into."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from installation.installation import Installation
from outcomes.effect_words import said
from outcomes.effects import Effect, effect
from store.errors import BadInput
from store.states import OutcomeKind, TouchState
from store.tables import Campaign, Decision, Outcome, Person
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


@pytest.mark.thorough
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
            "p_value": 0.000166,
            "p_corrected": 0.000166,
        }
    ]
    assert (found.verdict, found.control, found.sample_ratio_p) == ("more", "hold-out", 1)
    known, sure, unknown = said(found).lines()
    assert "the card helped: 25.0 more of every 100 people have filed a return" in known
    assert "between +12.1 and +36.8" in sure
    assert "less than once in 1,000 draws" in sure
    assert "after 2023-09-01" in unknown


@pytest.mark.parametrize(
    ("treated", "held", "said_first"),
    [
        ((40, 10), (40, 10), "as many have filed a return as in the control group."),
        ((40, 11), (40, 10), "2.5 more have filed a return than in the control group, which may"),
        ((40, 9), (40, 10), "2.5 fewer have filed a return than in the control group, which may"),
    ],
)
def test_a_difference_that_was_not_shown_is_said_in_people(
    installation: Installation,
    treated: tuple[int, int],
    held: tuple[int, int],
    said_first: str,
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(*treated)
        trial.left_out(*held, Reason.HOLD_OUT, arm="hold-out")
    found = said(estimated(installation))
    assert said_first in found.known
    assert "0.0" not in found.known


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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


@pytest.mark.thorough
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


def _waves(builder: Builder, *, later_filed: int) -> None:
    waves = (date(2023, 6, 5), date(2023, 6, 19), date(2023, 7, 3))
    trial = Trial(builder, builder.campaign(waves=waves))
    for wave, filed in ((1, 20), (2, 20), (3, later_filed)):
        for number in range(50):
            ref = f"{wave}-{number}"
            builder.decide(trial.campaign, builder.person(ref), arm="card", wave=wave)
            if number < filed:
                trial.became(ref, date(2023, 6, 30))
            elif number < 45:
                trial.became(ref, date(2023, 7, 20))
    sent = builder.connection.execute(select(Person.id).where(Person.person_ref == "1-0"))
    builder.touch(trial.campaign, sent.scalar_one())


@pytest.mark.thorough
def test_waves_drawn_by_lot_are_controls_until_their_own_day(installation: Installation) -> None:
    with installation.store.writing() as connection:
        _waves(Builder(connection, installation.now()), later_filed=5)
    found = estimated(installation)
    assert (found.control, found.counted_until, found.verdict) == (
        "later-waves",
        "2023-07-02",
        "more",
    )
    assert found.main.control is not None
    assert (found.main.control.people, found.main.control.hits) == (50, 5)
    assert [(each.people, each.hits) for each in found.main.arms] == [(100, 40)]
    assert "compares with the waves that were still to go, until 2023-07-02" in said(found).unknown
    early = estimated(installation, date(2023, 6, 10))
    assert early.main.control is not None
    assert (early.counted_until, early.main.control.people) == ("2023-06-10", 100)


def test_an_outcome_that_was_withdrawn_counts_until_that_day(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(4, 3, on=date(2023, 7, 1))
        trial.left_out(4, 1, Reason.HOLD_OUT, arm="hold-out")
        connection.execute(
            update(Outcome)
            .where(Outcome.person_ref == "card-0")
            .values(withdrawn_on=date(2023, 8, 1))
        )
    before, after = (
        estimated(installation, date(2023, month, day)) for month, day in ((7, 31), (8, 1))
    )
    assert [found.main.arms[0].hits for found in (before, after)] == [3, 2]


SIGNED = {
    "population": "true",
    "outcome": "filed",
    "counted_from": "2023-06-05",
    "looks": ["2023-07-01", "2023-09-01"],
    "boundaries": "obrien-fleming",
    "test": "",
    "control": "hold-out",
    "strata": {"long": "years_without_return >= 4"},
    "subgroups": ["long"],
    "stopping": "",
    "hold_out_until": "2023-09-01",
}


@pytest.mark.thorough
def test_an_early_look_asks_for_more_and_a_look_of_ones_own_is_said(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        plan = {"preregistration": SIGNED}
        trial = Trial(builder, builder.campaign(hold_out=True, signed_plan=plan))
        trial.treated(60, 30, on=date(2023, 6, 20))
        trial.left_out(60, 17, Reason.HOLD_OUT, arm="hold-out")
        connection.execute(update(Outcome).values(happened_on=date(2023, 6, 20)))
    early, own, last = (
        estimated(installation, day)
        for day in (date(2023, 7, 1), date(2023, 7, 20), date(2023, 9, 1))
    )
    assert [(found.look, found.verdict) for found in (early, own, last)] == [
        (1, "not_shown"),  # p .025 is not under that of z 2.80
        (None, "more"),
        (2, "more"),
    ]
    assert (own.deviations, last.deviations) == (("look_not_planned",), ())
    assert last.main.differences[0].low < own.main.differences[0].high
    # a headline takes the first sentence alone
    assert said(last).known.startswith("It made a difference: because of the card, 21.7 more")
    assert said(own).known == (
        "It looks as if the card helped: 21.7 more of every 100 people have filed a return. That is no"
        " verdict, since nobody planned to look on this day."
    )
    other = effect(
        installation,
        "pilot",
        as_of=date(2023, 9, 1),
        now=installation.now() + AFTER,
        outcome=OutcomeKind.DEBT_HELP,
    )
    assert other.deviations == ("other_outcome",)


@pytest.mark.thorough
def test_an_estimate_reads_the_recorded_assignment_and_never_draws_again(
    installation: Installation,
) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True, spec={"seed": 1}))
        trial.treated(40, 22)
        trial.left_out(40, 11, Reason.HOLD_OUT, arm="hold-out")
    before = estimated(installation).as_data()
    with installation.store.writing() as connection:
        connection.execute(update(Campaign).values(spec={"seed": 2}))
    assert {**estimated(installation).as_data(), "seed": 1} == before


def test_strata_of_the_draw_are_held_apart_and_a_subgroup_is_one_of_them(
    installation: Installation,
) -> None:
    """Simpson's: in each stratum the arm does better, and the crude shares say the opposite."""
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        plan = {"preregistration": {**SIGNED, "looks": ["2023-09-01"]}}
        trial = Trial(builder, builder.campaign(hold_out=True, signed_plan=plan))
        trial.treated(100, 0)
        trial.left_out(100, 0, Reason.HOLD_OUT, arm="hold-out")
        for ref, hits, many, stratum, start in (
            ("card", 16, 80, 1, 0),
            ("card", 18, 20, 0, 80),
            ("HOLD_OUT", 2, 20, 1, 0),
            ("HOLD_OUT", 56, 80, 0, 20),
        ):
            for number in range(start, start + many):
                builder.connection.execute(
                    update(Decision)
                    .where(
                        Decision.person_id
                        == select(Person.id)
                        .where(Person.person_ref == f"{ref}-{number}")
                        .scalar_subquery()
                    )
                    .values(stratum=stratum)
                )
                if number < start + hits:
                    trial.became(f"{ref}-{number}", DAY)
    found = estimated(installation)
    (difference,) = found.main.differences
    assert difference.difference == pytest.approx(15)  # crude: 34 % against 58 %
    assert {(each.within, round(each.difference)) for each in found.subgroups} == {
        (True, 10),
        (False, 20),
    }
    assert found.waits[0].group == "card"
    assert found.per_reached[0].difference == pytest.approx(15)


@pytest.mark.thorough
def test_people_drawn_together_widen_the_interval(installation: Installation) -> None:
    with installation.store.writing() as connection:
        builder = Builder(connection, installation.now())
        trial = Trial(builder, builder.campaign(hold_out=True))
        trial.treated(60, 30)
        trial.left_out(60, 15, Reason.HOLD_OUT, arm="hold-out")
    (alone,) = estimated(installation).main.differences
    with installation.store.writing() as connection:
        # ten each, who all filed or all did not
        for key in connection.execute(select(Decision.person_id)).scalars().all():
            connection.execute(
                update(Decision)
                .where(Decision.person_id == key)
                .values(cluster=(key - 1) // 10 + 1)
            )
    (together,) = estimated(installation).main.differences
    assert together.difference == pytest.approx(alone.difference)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)
    assert together.p_value > 5 * alone.p_value
