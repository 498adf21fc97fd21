"""The shadow run: whom a campaign should not have reached, by what is known now and was so then."""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from campaigns.looking_back.shadow_findings import SENTENCES, findings
from campaigns.looking_back.shadow_runs import Case, Shadow, shadow
from channels import KINDS
from installation.installation import Installation
from store.errors import BadInput
from store.states import ConsentKind, OutcomeKind, SuppressionScope, TouchState
from store.tables import Consent, Import, Obligation, Outcome, Person, Suppression
from tests.builders import Builder, BuiltCampaign
from tests.conftest import NOW

WENT = NOW  # nine o'clock in the morning on 1 June 2023
DAY = date(2023, 6, 1)
LATER = NOW + timedelta(days=200)
NUMBER = "+31612345678"


class Story:
    """One campaign that reached people, and what was recorded of them afterwards."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.campaign: BuiltCampaign = builder.campaign(subject="income tax")
        self.entries = 0

    def reach(self, ref: str = "P1", *numbers: str, at: datetime = WENT, **touch: Any) -> int:
        return self.builder.reach(self.campaign, ref, *numbers, handed_over_at=at, **touch)[0]

    def learn(self, ref: str = "P1", at: datetime = LATER, **columns: Any) -> None:
        """Have the register say something newer of a person."""
        changed = update(Person).where(Person.person_ref == ref).values(updated_at=at, **columns)
        self.builder.connection.execute(changed)

    def list(
        self, days: float, reason: str = "OBJECTION", *, added_at: datetime = LATER, **columns: Any
    ) -> None:
        self.entries += 1
        bare = {
            "entry_key": str(self.entries),
            "scope": SuppressionScope.PERSON,
            "person_ref": "P1",
            "source": "t",
            "note": "",
            "added_at": added_at,
            "added_by": "t",
        }
        starts_at = WENT + timedelta(days=days)
        self.builder.put(
            Suppression, **{**bare, "reason": reason, "starts_at": starts_at, **columns}
        )

    def say(self, kind: ConsentKind, days: float, added: float = 200, **columns: Any) -> None:
        self.entries += 1
        bare = {
            "entry_key": str(self.entries),
            "person_ref": "P1",
            "source": "t",
            "text_shown": "t",
            "added_by": "t",
        }
        moments = {"said_at": WENT + timedelta(days=days), "added_at": WENT + timedelta(days=added)}
        self.builder.put(Consent, **{**bare, **moments, "kind": kind, **columns})

    def owe(self, year: int, **days: date) -> None:
        self.builder.put(
            Obligation,
            person_ref="P1",
            tax="income",
            year=year,
            import_id=self.builder.import_id,
            updated_at=LATER,
            **days,
        )

    def became(self, kind: OutcomeKind, on: date) -> None:
        imported = self.builder.put(
            Import, kind="outcomes", file="o.csv", sha256="0", started_at=LATER
        )
        self.builder.put(
            Outcome, person_ref="P1", kind=kind, happened_on=on, reference="r", import_id=imported
        )


@pytest.fixture
def story(installation: Installation) -> Iterator[Story]:
    with installation.store.writing() as connection:
        yield Story(Builder(connection, NOW - timedelta(days=30)))


def seen(installation: Installation, story: Story) -> Shadow:
    story.builder.connection.commit()
    return shadow(installation, "pilot", now=LATER)


def reasons(installation: Installation, story: Story) -> list[str]:
    return [case.reason for case in seen(installation, story).cases]


@pytest.fixture
def as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the house know a channel that reaches by telephone."""
    monkeypatch.setitem(KINDS, "sms", type("Texts", (), {"reaches": "text"}))


def test_a_death_before_the_touch_is_found_with_its_day_and_when_it_was_recorded(
    installation: Installation, story: Story
) -> None:
    story.reach()
    story.reach("P2")
    story.learn(deceased_on=DAY)
    found = seen(installation, story)
    assert (found.touches, found.people, found.wrong_touches, found.wrong_people) == (2, 2, 1, 1)
    assert found.cases == (
        Case(
            person_ref="P1",
            channel="card",
            went_at=WENT,
            reason="DECEASED",
            dated=True,
            since=DAY,
            known_at=LATER,
        ),
    )
    assert not found.cases[0].known_then
    (count,) = found.counts
    assert (count.reason, count.touches, count.people, count.known_then) == ("DECEASED", 1, 1, 0)
    assert count.sentence == "This person has died."


@pytest.mark.thorough
@pytest.mark.parametrize(
    "columns",
    [
        {"deceased_on": date(2023, 6, 2)},
        {"moved_abroad_on": date(2023, 6, 2)},
        {"birth_last": date(2005, 6, 1)},
    ],
)
def test_what_happened_after_the_touch_is_no_case(
    installation: Installation, story: Story, columns: dict[str, Any]
) -> None:
    story.reach()
    story.learn(**columns)
    assert seen(installation, story).cases == ()


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"moved_abroad_on": DAY}, "MOVED_ABROAD"),
        ({"birth_first": date(2005, 1, 1), "birth_last": date(2005, 6, 2)}, "MINOR"),
    ],
)
def test_what_was_so_on_the_day_is_found(
    installation: Installation, story: Story, columns: dict[str, Any], reason: str
) -> None:
    story.reach()
    story.learn(**columns)
    (case,) = seen(installation, story).cases
    assert (case.reason, case.dated) == (reason, True)


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"deceased_on": date(1850, 1, 1)}, "DECEASED"),
        ({"moved_abroad_on": date(1850, 1, 1)}, "MOVED_ABROAD"),
        ({"country": "BE"}, "MOVED_ABROAD"),
        ({"guardian_ref": "G"}, "UNDER_GUARDIANSHIP"),
        ({"address_under_investigation": True}, "ADDRESS_UNDER_INVESTIGATION"),
        ({"facts": {"in_care_of": "WSNP"}}, "IN_OTHER_CARE"),
        ({"facts": {"brp_suspension": "F"}}, "BRP_SUSPENSION"),
        ({"facts": {"brp_suspension": "U"}}, "BRP_SUSPENSION"),
    ],
)
def test_what_has_no_date_stands_apart_and_only_where_it_was_recorded_since(
    installation: Installation, story: Story, columns: dict[str, Any], reason: str
) -> None:
    story.reach()
    story.reach("P2")
    story.learn(**columns)
    story.learn("P2", at=WENT, **columns)
    found = seen(installation, story)
    assert [(case.person_ref, case.reason, case.dated, case.since) for case in found.cases] == [
        ("P1", reason, False, None)
    ]
    assert (found.wrong_touches, found.counts[0].dated) == (0, False)


def test_a_text_is_not_wrong_because_of_an_address(
    installation: Installation, story: Story, as_text: None
) -> None:
    arm = story.campaign.arms["card"]
    step = story.builder.step(story.campaign.id, arm, "sms", position=2)
    story.campaign.steps["card", "sms"] = step
    story.reach("P1", NUMBER, channel="sms")
    story.learn(
        moved_abroad_on=DAY,
        country="BE",
        address_under_investigation=True,
        facts={"brp_suspension": "E"},
    )
    assert reasons(installation, story) == []


@pytest.mark.everyday(6)
@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"days": -1}, ["OBJECTION"]),
        ({"days": 0}, ["OBJECTION"]),
        ({"days": 0.01}, []),
        ({"days": -1, "reason": "SUPPRESSED"}, ["SUPPRESSED"]),
        ({"days": -1, "reason": "DECEASED"}, ["DECEASED"]),
        ({"days": -9, "ends_at": WENT}, []),
        ({"days": -9, "lifted_at": WENT - timedelta(days=1)}, []),
        ({"days": -9, "lifted_at": WENT + timedelta(days=1)}, ["OBJECTION"]),
        ({"days": -1, "channel": "sms"}, []),
        (
            {"days": -1, "channel": "card", "purpose": "duty", "subject": "income tax"},
            ["OBJECTION"],
        ),
        ({"days": -1, "purpose": "rights"}, []),
        ({"days": -1, "subject": "rent"}, []),
        ({"days": -1, "scope": "address", "person_ref": None, "household_key": 7}, ["OBJECTION"]),
        ({"days": -1, "scope": "person_at_address", "household_key": 7}, ["OBJECTION"]),
        ({"days": -1, "scope": "person_at_address", "household_key": 8}, []),
        ({"days": -1, "scope": "number", "person_ref": None, "e164": NUMBER}, ["OBJECTION"]),
        (
            {
                "days": -1,
                "scope": "number",
                "person_ref": None,
                "e164": NUMBER,
                "reason": "SUPPRESSED",
            },
            [],
        ),
        ({"days": -1, "person_ref": None, "joint_hash": "j"}, ["OBJECTION"]),
    ],
)
def test_an_entry_that_began_before_the_touch_is_found_however_late_it_was_recorded(
    installation: Installation, story: Story, entry: dict[str, Any], found: list[str]
) -> None:
    story.reach("P1", NUMBER)
    story.learn(household_key=7, joint_hash="j")
    story.list(**entry)
    assert reasons(installation, story) == found


def test_two_entries_are_one_case_and_what_we_knew_then_is_said(
    installation: Installation, story: Story
) -> None:
    story.reach()
    story.list(-5, added_at=LATER)
    story.list(-3, added_at=WENT - timedelta(days=3))
    story.list(-3, added_at=LATER, scope="person_at_address", household_key=0)
    found = seen(installation, story)
    (case,) = found.cases
    assert (case.since, case.known_at, case.known_then) == (
        date(2023, 5, 27),
        WENT - timedelta(days=3),
        True,
    )
    assert found.counts[0].known_then == 1


G, W = ConsentKind.GIVEN, ConsentKind.WITHDRAWN


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ([(W, -5, 200)], 200),
        ([(W, -5, -5)], -5),
        ([(W, 1, 200)], None),
        ([(W, -5, 200), (G, -4, -4)], None),
        ([(W, -9, -9), (G, -8, -8), (W, -5, 200)], 200),
        ([(W, -9, -9), (W, -5, 200)], -9),
        ([(G, -9, -9)], None),
    ],
)
def test_a_withdrawal_that_stood_when_the_touch_went_is_found(
    installation: Installation,
    story: Story,
    words: list[tuple[ConsentKind, float, float]],
    known: float | None,
) -> None:
    story.reach()
    for kind, said, added in words:
        story.say(kind, said, added)
    cases = seen(installation, story).cases
    expected = [] if known is None else [("CONSENT_WITHDRAWN", WENT + timedelta(days=known))]
    assert [(case.reason, case.known_at) for case in cases] == expected


@pytest.mark.parametrize(
    ("kind", "on", "found"),
    [
        (OutcomeKind.FILED, DAY, ["ALREADY_DONE"]),
        (OutcomeKind.NOT_LIABLE, DAY - timedelta(days=364), ["ALREADY_DONE"]),
        (OutcomeKind.FILED, DAY - timedelta(days=365), []),
        (OutcomeKind.FILED, DAY + timedelta(days=1), []),
        (OutcomeKind.PAYMENT_ARRANGED, DAY, []),
    ],
)
def test_a_return_filed_before_the_touch_is_found_though_reported_later(
    installation: Installation, story: Story, kind: OutcomeKind, on: date, found: list[str]
) -> None:
    story.reach()
    story.became(kind, on)
    assert reasons(installation, story) == found


@pytest.mark.everyday(3)
@pytest.mark.parametrize(
    ("owed", "found"),
    [
        ([(2021, {"filed_on": DAY})], ["NOTHING_OPEN"]),
        ([(2021, {"assessed_on": DAY - timedelta(days=9)})], ["NOTHING_OPEN"]),
        ([(2021, {"filed_on": DAY + timedelta(days=1)})], []),
        ([(2021, {"filed_on": DAY}), (2020, {})], []),
        (
            [(2021, {"filed_on": DAY}), (2022, {"invited_on": DAY + timedelta(days=1)})],
            ["NOTHING_OPEN"],
        ),
        ([(2021, {"filed_on": DAY}), (2020, {"assessed_on": DAY + timedelta(days=1)})], []),
        ([(2015, {"filed_on": date(2016, 3, 1)})], []),
        ([], []),
    ],
)
def test_when_nothing_was_open_any_more_the_touch_had_no_reason(
    installation: Installation,
    story: Story,
    owed: list[tuple[int, dict[str, date]]],
    found: list[str],
) -> None:
    story.reach()
    for year, days in owed:
        story.owe(year, **days)
    assert reasons(installation, story) == found


@pytest.mark.parametrize(
    ("moment", "wrong"),
    [
        (
            datetime(2023, 5, 31, 21, 59, tzinfo=UTC),
            False,
        ),  # a minute before midnight in the Netherlands
        (datetime(2023, 5, 31, 22, 0, tzinfo=UTC), True),
        (datetime(2023, 3, 25, 22, 59, tzinfo=UTC), False),
        (datetime(2023, 10, 29, 0, 30, tzinfo=UTC), True),  # the hour that comes twice
    ],
)
def test_a_touch_is_judged_on_its_day_where_the_citizens_live(
    installation: Installation,
    story: Story,
    moment: datetime,
    wrong: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    story.reach(at=moment)
    story.reach("P2", at=moment + timedelta(days=3))
    story.learn(deceased_on=DAY)
    assert [case.person_ref for case in seen(installation, story).cases] == (
        ["P1"] if wrong else []
    )


def test_what_never_left_is_not_looked_at(installation: Installation, story: Story) -> None:
    story.reach()
    for ref, state in (
        ("P2", TouchState.WITHHELD),
        ("P3", TouchState.RECALLED),
        ("P4", TouchState.FAILED),
    ):
        story.reach(ref, state=state)
        story.learn(ref, deceased_on=DAY)
    found = seen(installation, story)
    assert (found.touches, found.cases) == (1, ())


def test_every_case_is_written_out_and_nothing_stays_behind(
    installation: Installation, story: Story, tmp_path: Path
) -> None:
    story.reach()
    story.reach("P2")
    story.learn(deceased_on=DAY, guardian_ref="G")
    story.list(-1, person_ref="P2")
    story.builder.connection.commit()
    for _ in range(2):  # a second run starts afresh
        found = shadow(installation, "pilot", now=LATER, refs=tmp_path / "refs.csv", shown=1)
    assert len(found.cases) == 1
    with (tmp_path / "refs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["person_ref"], row["reason"], row["dated"], row["since"]) for row in rows] == [
        ("P1", "DECEASED", "true", "2023-06-01"),
        ("P2", "OBJECTION", "true", "2023-05-31"),
        ("P1", "UNDER_GUARDIANSHIP", "false", ""),
    ]
    assert [path.name for path in tmp_path.glob("*refs*")] == ["refs.csv"]


def test_a_campaign_that_sent_nothing_has_no_shadow(
    installation: Installation, story: Story
) -> None:
    story.builder.connection.commit()
    with pytest.raises(BadInput, match="nothing of pilot went out yet"):
        shadow(installation, "pilot", now=LATER)
    with pytest.raises(BadInput, match="there is no campaign 'other'"):
        shadow(installation, "other", now=LATER)


def test_every_finding_has_its_sentence() -> None:
    assert {finding.reason for finding in findings()} <= SENTENCES.keys()
