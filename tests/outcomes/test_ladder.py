"""How far people came: the count never grows on the way up, whatever happened to whom."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from installation.installation import Installation
from outcomes.funnels import funnel
from store.states import CallState, OutcomeKind, ReplyKind
from store.tables import Appointment, Call, Case, Obligation, Outcome, Referral, Reply
from tests.builders import Builder, BuiltCampaign

DAY = timedelta(days=1)
RUNGS = [
    "handed_over",
    "contact",
    "appointment",
    "filed",
    "assessment_prevented",
    "debt_help",
    "closed",
]


class Lives(Builder):
    """Lets things happen to people, each by the rung it stands on."""

    def happen(
        self, what: str, campaign: BuiltCampaign, ref: str, person_id: int, draws: Random
    ) -> None:
        at = self.now + draws.randint(5, 90) * DAY
        match what:
            case "handed_over":
                self.touch(campaign, person_id)
            case "contact" if draws.random() < 0.5:
                self.put(
                    Reply,
                    reply_key=f"{ref} {at}",
                    kind=ReplyKind.CALLED,
                    received_at=at,
                    text="",
                    objects=False,
                    person_id=person_id,
                    campaign_id=campaign.id,
                    import_id=self.import_id,
                )
            case "contact":
                self.called(campaign, person_id, at, "helped")
            case "appointment":
                self.put(
                    Appointment,
                    person_id=person_id,
                    campaign_id=campaign.id,
                    kind="counter",
                    at=at,
                    made_at=at,
                )
            case "filed" | "debt_help" if what == "filed" or draws.random() < 0.5:
                self.put(
                    Outcome,
                    person_ref=ref,
                    kind=OutcomeKind(what),
                    happened_on=at.date(),
                    reference="",
                    import_id=self.import_id,
                )
            case "assessment_prevented":
                self.owes(ref, filed_on=at.date())
            case "debt_help":
                self.put(
                    Referral,
                    case_id=self.case(person_id),
                    person_id=person_id,
                    to_whom="debt_help",
                    shared=["name"],
                    consent_text="May they call?",
                    consented_at=at,
                    made_at=at,
                    made_by="Henri",
                    received_at=at,
                )
            case "closed":
                self.case(person_id, closed_at=at)

    def called(
        self, campaign: BuiltCampaign, person_id: int, at: datetime, disposition: str
    ) -> None:
        self.put(
            Call,
            line_id=self.line(),
            campaign_id=campaign.id,
            person_id=person_id,
            received_at=at,
            note="",
            state=CallState.WRAPPED_UP,
            wrapped_up_at=at,
            disposition=disposition,
            taken_by="Henri",
        )

    def owes(self, ref: str, **dates: date | None) -> None:
        self.put(
            Obligation,
            person_ref=ref,
            tax="income",
            year=2021,
            dunned_on=date(2023, 5, 1),
            updated_at=self.now,
            import_id=self.import_id,
            **dates,
        )

    def case(self, person_id: int, **columns: Any) -> int:
        found = self.connection.execute(select(Case.id).where(Case.person_id == person_id)).scalar()
        opened = {"owner": "Henri", "opened_at": self.now, "last_at": self.now}
        return found or self.put(Case, person_id=person_id, **opened, **columns)


@pytest.mark.everyday(1)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_happens_to_people_fewer_come_further(
    installation: Installation, now: datetime, seed: int
) -> None:
    draws = Random(seed)
    expected: dict[str, set[str]] = {rung: set() for rung in RUNGS}
    with installation.store.writing() as connection:
        lives = Lives(connection, now)
        campaign = lives.campaign(hold_out=True)
        for number in range(30):
            ref, arm = f"P{number}", "hold-out" if number % 5 == 0 else "card"
            person_id = lives.person(ref)
            lives.decide(campaign, person_id, arm=arm, wave=1)
            for rung in reversed(
                [rung for rung in RUNGS if draws.random() < 0.4]
            ):  # closed first: one case each
                lives.happen(rung, campaign, ref, person_id, draws)
                if arm == "card":
                    expected[rung].add(ref)
    found = funnel(installation, "pilot", now=now + 100 * DAY).ladder
    assert [rung.name for rung in found] == RUNGS
    assert {rung.name: rung.people for rung in found} == {
        rung: len(refs) for rung, refs in expected.items()
    }
    further = [len(set().union(*list(expected.values())[at:])) for at in range(len(RUNGS))]
    assert [rung.so_far for rung in found] == further == sorted(further, reverse=True)


def test_what_prevented_nothing_is_on_no_rung(installation: Installation, now: datetime) -> None:
    with installation.store.writing() as connection:
        lives = Lives(connection, now)
        campaign = lives.campaign()
        for ref in ("P1", "P2", "P3"):
            person_id = lives.person(ref)
            lives.decide(campaign, person_id, arm="card", wave=1)
            lives.called(campaign, person_id, now + 6 * DAY, "voicemail")  # nobody was spoken to
        lives.owes(
            "P1", filed_on=date(2023, 6, 20), assessed_on=date(2023, 6, 10)
        )  # the assessment came first
        lives.owes("P2", filed_on=date(2023, 6, 1))  # before the campaign began
        lives.owes(
            "P3", filed_on=date(2023, 6, 20), assessed_on=date(2023, 7, 20)
        )  # it follows the return
    counted = {
        rung.name: rung.people for rung in funnel(installation, "pilot", now=now + 100 * DAY).ladder
    }
    assert {name: count for name, count in counted.items() if count} == {"assessment_prevented": 1}
