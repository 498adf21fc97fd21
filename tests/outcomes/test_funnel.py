"""The figures, and how sure they are."""

from datetime import date, datetime, timedelta
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.installation import Installation
from methods.intervals import wilson
from outcomes.funnels import ArmFunnel, funnel
from outcomes.outcome_imports import import_outcomes
from store.errors import BadInput
from store.states import CallKind, CallState, OutcomeKind, ReplyKind, TouchState
from store.tables import Appointment, Call, Outcome, Reply
from suppression.reasons import Reason
from tests.builders import Builder, BuiltCampaign

LATER = timedelta(days=60)


class FunnelBuilder(Builder):
    """Builds what came back, too."""

    def reply(
        self,
        kind: ReplyKind,
        person_id: int,
        campaign: BuiltCampaign | None,
        days: int = 10,
        *,
        objects: bool = False,
    ) -> int:
        key = f"{kind} {person_id} {campaign} {days}"
        return self.put(
            Reply,
            reply_key=key,
            kind=kind,
            received_at=self.now + timedelta(days=days),
            text="",
            objects=objects,
            person_id=person_id,
            campaign_id=campaign.id if campaign else None,
            import_id=self.import_id,
        )

    def became(self, ref: str, day: date, kind: OutcomeKind = OutcomeKind.FILED) -> None:
        self.put(
            Outcome,
            person_ref=ref,
            kind=kind,
            happened_on=day,
            reference="",
            import_id=self.import_id,
        )


def arm_of(installation: Installation, arm: str, now: datetime) -> ArmFunnel:
    return next(each for each in funnel(installation, "pilot", now=now).arms if each.arm == arm)


def test_everyone_the_audience_matched_is_counted_once(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign(hold_out=True, waves=(date(2023, 6, 5), date(2023, 6, 12)))
        for number in range(5):
            builder.decide(campaign, builder.person(f"S{number}"), arm="card", wave=1 + number % 2)
        builder.decide(campaign, builder.person("D1"), Reason.DECEASED, Reason.NO_POSTAL_ADDRESS)
        builder.decide(campaign, builder.person("A1"), Reason.NO_POSTAL_ADDRESS)
        builder.decide(campaign, builder.person("H1"), Reason.HOUSEHOLD, arm="card")
        builder.decide(campaign, builder.person("O1"), Reason.HOLD_OUT, arm="hold-out")
        builder.person("nobody")
        builder.decide(builder.campaign("other"), builder.person("X1"), arm="card", wave=1)
    found = funnel(installation, "pilot", now=now)
    assert (found.matched, found.selected, found.hold_out) == (9, 5, 1)
    left_out = {"DECEASED": 1, "NO_POSTAL_ADDRESS": 1, "HOUSEHOLD": 1, "HOLD_OUT": 1}
    assert list(found.left_out.items()) == list(left_out.items())  # in the order of the rules
    assert found.selected + sum(found.left_out.values()) == found.matched
    assert {arm.arm: arm.assigned for arm in found.arms} == {
        "card": 5,
        "hold-out": 1,
    }  # a housemate is not assigned
    assert found.waves == {1: 3, 2: 2}


def test_touches_are_counted_by_channel_and_by_what_became_of_them(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign(arms=(("card", "card"), ("text", "sms")))
        for number, (state, reason) in enumerate(
            [
                (TouchState.HANDED_OVER, None),
                (TouchState.POSTED, None),
                (TouchState.RETURNED, "moved"),
                (TouchState.PLANNED, None),
                (TouchState.WITHHELD, "OBJECTION"),
                (TouchState.WITHHELD, "OBJECTION"),
                (TouchState.WITHHELD, "DECEASED"),
            ]
        ):
            builder.reach(campaign, f"C{number}", state=state, reason=reason)
        builder.reach(
            campaign, "T1", arm="text", channel="sms", state=TouchState.FAILED, reason="21614"
        )
    found = funnel(installation, "pilot", now=now)
    card, text = found.channels
    assert (card.channel, card.planned, card.waiting, card.handed_over, card.returned) == (
        "card",
        7,
        1,
        3,
        1,
    )
    assert card.withheld == {"OBJECTION": 2, "DECEASED": 1}
    assert (text.channel, text.failed) == ("sms", {"21614": 1})
    assert (found.touches["withheld"], found.held_at_delivery) == (
        3,
        {"OBJECTION": 2, "DECEASED": 1, "21614": 1},
    )
    assert (found.handed_over, found.returned) == (4, 1)


def test_whoever_called_three_times_is_one_person_and_three_calls(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        person_id, touch_id = builder.reach(campaign, "P1")
        for days in (8, 9, 20):
            reply = builder.reply(ReplyKind.CALLED, person_id, campaign, days)
            builder.put(
                Call,
                line_id=builder.line(),
                reply_id=reply,
                campaign_id=campaign.id,
                touch_id=touch_id,
                person_id=person_id,
                received_at=now + timedelta(days=days),
                state=CallState.WAITING,
                note="",
            )
        ours = {
            "line_id": builder.line(),
            "campaign_id": campaign.id,
            "person_id": person_id,
            "note": "",
        }
        for kind in (
            CallKind.PREPARE,
            CallKind.OUTBOUND,
        ):  # what we put in the queue is no call of theirs
            at = now + timedelta(days=9)
            builder.put(Call, **ours, kind=kind, received_at=at, state=CallState.WAITING)
        second, _ = builder.reach(campaign, "P2")
        builder.reply(ReplyKind.COUNTER, second, campaign)
        builder.reply(ReplyKind.TEXTED, second, campaign, objects=True)
    found = funnel(installation, "pilot", now=now + LATER)
    assert (found.called, found.calls, found.came_by, found.texted, found.objected) == (
        1,
        3,
        1,
        1,
        1,
    )


def test_an_objection_made_to_an_agent_counts_once_with_the_one_made_before(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        person_id, _ = builder.reach(campaign, "P1")
        builder.reply(ReplyKind.TEXTED, person_id, campaign, objects=True)
        builder.put(
            Call,
            line_id=builder.line(),
            campaign_id=campaign.id,
            person_id=person_id,
            received_at=now,
            wrapped_up_at=now + timedelta(days=9),
            state=CallState.WRAPPED_UP,
            disposition="objects",
            note="",
        )
    assert funnel(installation, "pilot", now=now + LATER).objected == 1


def test_filed_with_a_call_means_that_the_call_came_first(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        for ref, filed_on in (("same day", 11), ("after", 20), ("before", 8)):
            person_id, _ = builder.reach(campaign, ref)
            builder.reply(ReplyKind.CALLED, person_id, campaign, days=10)  # 11 June
            builder.became(ref, date(2023, 6, filed_on))
        builder.reach(campaign, "silent")
        builder.became("silent", date(2023, 6, 30))
        builder.reach(campaign, "early bird")
        builder.became("early bird", date(2023, 6, 4))  # before the campaign's first date
    arm = arm_of(installation, "card", now + LATER)
    assert (arm.assigned, arm.filed, arm.filed_with_call, arm.filed_without_call) == (5, 4, 2, 2)


def test_the_day_of_a_call_is_the_day_where_the_citizens_live(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        person_id, _ = builder.reach(campaign, "P1")
        # half past midnight in the Netherlands on 12 June, still 11 June in UTC
        builder.now = datetime.fromisoformat("2023-06-11T22:30:00+00:00")
        builder.reply(ReplyKind.CALLED, person_id, campaign, days=0)
        builder.became("P1", date(2023, 6, 11))
    assert arm_of(installation, "card", now + LATER).filed_with_call == 0


def test_whoever_was_assigned_stays_in_the_denominator(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        for ref, state in (
            ("went", TouchState.HANDED_OVER),
            ("back", TouchState.RETURNED),
            ("held", TouchState.WITHHELD),
        ):
            builder.reach(campaign, ref, state=state)
            builder.became(ref, date(2023, 6, 20))
    arm = arm_of(installation, "card", now + LATER)
    assert (arm.assigned, arm.handed_over, arm.filed, arm.filed_share) == (3, 2, 3, 1.0)


def test_the_hold_out_is_counted_by_the_same_rule(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign(hold_out=True)
        held_out = builder.person("O1")
        builder.decide(campaign, held_out, Reason.HOLD_OUT, arm="hold-out")
        builder.reply(ReplyKind.CALLED, held_out, None)  # no card, so no campaign to answer
        builder.became("O1", date(2023, 6, 20))
        housemate = builder.person("H1")
        builder.decide(campaign, housemate, Reason.HOUSEHOLD, arm="hold-out")
        builder.became("H1", date(2023, 6, 20))
    found = funnel(installation, "pilot", now=now + LATER)
    arm = next(each for each in found.arms if each.hold_out)
    assert (arm.assigned, arm.handed_over, arm.called, arm.filed, arm.filed_with_call) == (
        1,
        0,
        1,
        1,
        1,
    )
    assert (found.called, found.filed_with_call) == (
        0,
        0,
    )  # the figures above the arms are of those selected


def test_other_campaigns_replies_do_not_count_here(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign, other = builder.campaign(), builder.campaign("other")
        person_id, _ = builder.reach(campaign, "P1")
        builder.reply(ReplyKind.CALLED, person_id, other)
        builder.reply(ReplyKind.CALLED, builder.person("stranger"), campaign)
    assert funnel(installation, "pilot", now=now + LATER).called == 0


def test_what_is_still_to_come_is_not_counted_yet(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        person_id, _ = builder.reach(campaign, "P1")
        builder.reply(ReplyKind.CALLED, person_id, campaign, days=30)
        builder.became("P1", date(2023, 7, 10))
    early, late = (
        funnel(installation, "pilot", now=now + timedelta(days=20)),
        funnel(installation, "pilot", now=now + LATER),
    )
    assert (early.called, early.filed_with_call) == (0, 0)
    assert (late.called, late.filed_with_call) == (1, 1)


def test_appointments_and_other_outcomes_are_people(
    installation: Installation, now: datetime
) -> None:
    with installation.store.writing() as connection:
        builder = FunnelBuilder(connection, now)
        campaign = builder.campaign()
        person_id, _ = builder.reach(campaign, "P1")
        for days in (10, 12):
            builder.put(
                Appointment,
                person_id=person_id,
                campaign_id=campaign.id,
                kind="counter",
                at=now + LATER,
                made_at=now + timedelta(days=days),
            )
        builder.became("P1", date(2023, 6, 21), OutcomeKind.APPOINTMENT)
        builder.reach(campaign, "P2")
        builder.became("P2", date(2023, 6, 21), OutcomeKind.APPOINTMENT)
        builder.became("P2", date(2023, 7, 1), OutcomeKind.DEBT_HELP)
    arm = arm_of(installation, "card", now + LATER)
    assert arm.appointments == 2
    assert arm.outcomes == {
        "payment_arranged": 0,
        "debt_help": 1,
        "not_liable": 0,
        "assessment_prevented": 0,
    }


def test_there_is_no_such_campaign(installation: Installation, now: datetime) -> None:
    with pytest.raises(BadInput, match="there is no campaign 'nope'"):
        funnel(installation, "nope", now=now)


def test_a_third_of_fifteen_hundred_is_known_to_within_five_points() -> None:
    low, high = wilson(500, 1500)
    assert (round(low, 3), round(high, 3)) == (0.310, 0.358)


@given(st.integers(1, 300).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_the_interval_holds_the_share_and_stays_between_none_and_all(
    counts: tuple[int, int],
) -> None:
    count, total = counts
    low, high = wilson(count, total)
    assert 0 <= low <= count / total + 1e-12
    assert count / total - 1e-12 <= high <= 1
    other_low, other_high = wilson(total - count, total)
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low))


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    total, truth = 60, 0.3
    covered = sum(
        comb(total, count) * truth**count * (1 - truth) ** (total - count)
        for count in range(total + 1)
        if wilson(count, total)[0] <= truth <= wilson(count, total)[1]
    )
    assert 0.93 < covered < 0.97


def test_of_nobody_nothing_is_known() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_outcomes_imported_twice_count_once_and_strangers_are_kept(
    installation: Installation, tmp_path: Path, now: datetime
) -> None:
    with installation.store.writing() as connection:
        Builder(connection, now).person("P1")
    file = tmp_path / "outcomes.csv"
    rows = "P1,filed,2023-05-20,r1\nP1,FILED,2023-05-20,r2\nP1,filed,2023-05-20,r1\nP9,debt_help,2023-05-20,\n"
    bad = ",filed,2023-05-20,\nP1,won,2023-05-20,\nP1,filed,20-05-2023,\nP1,filed,2023-06-02,\n"
    file.write_text("person_ref,kind,happened_on,reference\n" + rows + bad)
    first = import_outcomes(installation, file, now=now, refused=tmp_path / "refused.csv")
    assert (first.taken.added, first.taken.unchanged, first.taken.refused, first.waiting) == (
        3,
        1,
        4,
        1,
    )
    assert [each.line for each in first.taken.refusals] == [6, 7, 8, 9]
    assert len((tmp_path / "refused.csv").read_text().splitlines()) == 5
    again = import_outcomes(installation, file, now=now)
    assert (again.taken.added, again.taken.unchanged) == (0, 4)
