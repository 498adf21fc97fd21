"""Worlds for the property tests: people, and everything that bears on whether they may be reached, drawn at random.

Values are drawn from few, close to the edges of the rules, so that a rule and its neighbour both come up often.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from store.states import AttemptState, CallState, CampaignState, DayPart, ReplyKind, TouchState
from store.tables import (
    AddressDecision,
    Arm,
    Attempt,
    Call,
    Campaign,
    Consent,
    Decision,
    Delivery,
    Import,
    Obligation,
    Outcome,
    Person,
    PersonNumber,
    PhoneLine,
    Reply,
    Step,
    Suppression,
    Touch,
    Wave,
)
from suppression.occasions import About, Occasion
from suppression.policies import Policy

DAY = date(2025, 6, 5)
AT = datetime(2025, 6, 5, 7, tzinfo=UTC)
CHANNELS = {"card": "post", "letter": "post", "sms": "text", "call": "call"}
PURPOSES = ("duty", "rights", "invitation", "service")
SUBJECTS = ("income-2023", "income-2024")
NUMBERS = tuple(f"+3161234567{n}" for n in range(6))
FACTS = (
    "dunned_on",
    "reminded_on",
    "official_letter_on",
    "extension_until",
    "in_care_of",
    "brp_suspension",
    "assessed_on",
    "assessment_due_on",
    "asked_on",
)
CARE = (
    "",
    "Stella",
    " STELLA ",
    "bezwaar",
    "betalingsregeling",
    "WSNP",
    "curatele",
    "the church",
    "MSNP",
)


@dataclass
class World:
    """Rows for every table, drawn under one seed."""

    draw: Random
    people: int

    def write(self, connection: Connection) -> None:
        """Put everything into an empty database."""
        put = connection.execute
        put(insert(Import).values(id=1, kind="people", file="f", sha256="0", started_at=AT))
        put(insert(PhoneLine).values(id=1, number="+318001234", name="Line", hours="9-17"))
        for number in (1, 2):
            self._campaign(connection, number)
        put(insert(Person), [self._person(n) for n in range(1, self.people + 1)])
        for n in range(1, self.people + 1):
            self._around(connection, n)

    # drawing

    def maybe(self, value: Any, share: float = 0.25) -> Any:
        return value if self.draw.random() < share else None

    def near(self, *spans: int) -> date:
        """Draw a day at the edge of one of these spans, or on it, before or after DAY."""
        span = self.draw.choice(spans)
        return DAY + timedelta(days=self.draw.choice((-1, 1)) * span + self.draw.choice((-1, 0, 1)))

    def moment(self, *spans: int) -> datetime:
        return AT + timedelta(
            days=self.draw.choice((-1, 1)) * self.draw.choice(spans),
            seconds=self.draw.choice((-1, 0, 1)),
        )

    # rows

    def _campaign(self, connection: Connection, number: int) -> None:
        values = {
            "id": number,
            "name": f"c{number}",
            "title": "t",
            "purpose": "duty",
            "subject": self.draw.choice(SUBJECTS),
            "state": self.draw.choice([*CampaignState]),
            "spec": {},
            "source": "",
            "line_id": 1,
            "line_open_until": DAY,
            "first_date": DAY,
            "frozen_hash": "",
            "submitted_at": AT,
            "submitted_by": "a",
        }
        connection.execute(insert(Campaign).values(values))
        connection.execute(
            insert(Arm).values(
                id=number, campaign_id=number, position=0, name="a", share=100, hold_out=False
            )
        )
        connection.execute(insert(Wave).values(id=number, campaign_id=number, number=1, date=DAY))
        for at, channel in enumerate(CHANNELS):
            connection.execute(
                insert(Step).values(
                    id=number * 10 + at,
                    campaign_id=number,
                    arm_id=number,
                    position=at,
                    channel=channel,
                    template="t",
                    delay_days=0,
                    condition="always",
                )
            )
            connection.execute(
                insert(Delivery).values(
                    id=number * 10 + at,
                    key=f"k{number}{at}",
                    campaign_id=number,
                    step_id=number * 10 + at,
                    wave_id=number,
                    channel=channel,
                    state="recorded",
                    size=1,
                    opened_at=AT,
                )
            )

    def _person(self, n: int) -> dict[str, Any]:
        draw = self.draw
        born = draw.choice(
            (date(1980, 1, 1), None, date(2007, 6, 5), date(2007, 6, 6), date(2007, 12, 31))
        )
        return {
            "id": n,
            "person_ref": f"P{n}",
            "joint_hash": self.maybe(f"j{draw.randrange(3)}", 0.5),
            "initials": "A.",
            "given_name": "",
            "prefix": "",
            "family_name": "Jansen",
            "name_damaged": draw.random() < 0.1,
            "birth_first": born,
            "birth_last": born,
            "gender": "O",
            "language": "nl",
            "country": draw.choice(("NL", "NL", "NL", "BE")),
            "household_key": draw.choice((None, 1, 1, 2, 3)),
            "deceased_on": self.maybe(date(2025, 1, 1), 0.1),
            "moved_abroad_on": self.maybe(date(2025, 1, 1), 0.1),
            "address_under_investigation": draw.random() < 0.1,
            "secret_address": draw.random() < 0.2,
            "guardian_ref": self.maybe(f"P{draw.randint(1, self.people + 1)}", 0.15),
            "facts": self._facts(),
            "draw_key": n,
            "content_hash": n,
            "import_id": 1,
            "imported_at": AT,
            "updated_at": self.moment(0, 119, 120, 121),
            "seen_at": self.maybe(self.moment(0, 119, 120, 121), 0.5),
        }

    def _facts(self) -> dict[str, Any]:
        draw = self.draw
        days = {
            "dunned_on": (0, 7, 21, 60),
            "reminded_on": (7, 60),
            "official_letter_on": (7,),
            "extension_until": (0, 9),
            "assessed_on": (0, 9),
            "assessment_due_on": (0, 14),
            "asked_on": (0, 1, 5),
        }
        facts: dict[str, Any] = {
            name: self.near(*spans).isoformat()
            for name, spans in days.items()
            if draw.random() < 0.4
        }
        facts["in_care_of"] = draw.choice(CARE)
        if draw.random() < 0.3:
            facts["brp_suspension"] = draw.choice("OEMRFU.of")
        return facts

    def _around(self, connection: Connection, n: int) -> None:
        draw = self.draw
        for table, make, most in (
            (PersonNumber, self._number, 2),
            (Suppression, self._entry, 2),
            (Consent, self._consent, 2),
            (Outcome, self._outcome, 1),
            (Obligation, self._obligation, 3),
            (Call, self._call, 1),
            (Reply, self._reply, 1),
            (AddressDecision, self._address, 1),
        ):
            for at in range(draw.randint(0, most)):
                values = make(n, at)
                if values is not None:
                    connection.execute(insert(table).values(values))
        for campaign in (1, 2):
            if draw.random() < 0.4:
                connection.execute(insert(Decision).values(self._decision(n, campaign)))
            for at, channel in enumerate(CHANNELS):
                if draw.random() < 0.3:
                    self._touch(connection, n, campaign, at, channel)

    def _number(self, n: int, at: int) -> dict[str, Any]:
        return {
            "person_id": n,
            "position": at + 1,
            "e164": self.draw.choice(NUMBERS),
            "type": "MOBILE",
            "may_text": self.draw.random() < 0.7,
            "may_call": self.draw.random() < 0.7,
        }

    def _entry(self, n: int, at: int) -> dict[str, Any]:
        draw = self.draw
        scope = draw.choice(("person", "person", "person_at_address", "address", "number"))
        joint = scope == "person" and draw.random() < 0.3
        return {
            "entry_key": f"{n}-{at}",
            "scope": scope,
            "person_ref": f"P{n}" if scope.startswith("person") and not joint else None,
            "household_key": draw.choice((1, 2, 3)) if "address" in scope else None,
            "e164": draw.choice(NUMBERS) if scope == "number" else None,
            "joint_hash": f"j{draw.randrange(3)}" if joint else None,
            "reason": draw.choice(("OBJECTION", "OBJECTION_IN_DOUBT", "SUPPRESSED", "DECEASED")),
            "channel": self.maybe(draw.choice((*CHANNELS,))),
            "purpose": self.maybe(draw.choice(PURPOSES)),
            "subject": self.maybe(draw.choice(SUBJECTS)),
            "source": "s",
            "note": "",
            "starts_at": self.moment(0, 1, 2, 5),
            "ends_at": self.maybe(self.moment(0, 3)),
            "added_at": AT,
            "added_by": "a",
            "lifted_at": self.maybe(self.moment(0, 1)),
        }

    def _consent(self, n: int, at: int) -> dict[str, Any]:
        draw = self.draw
        return {
            "entry_key": f"{n}-{at}",
            "person_ref": f"P{n}",
            "kind": draw.choice(("given", "withdrawn")),
            "channel": self.maybe(draw.choice((*CHANNELS,)), 0.5),
            "purpose": self.maybe(draw.choice(PURPOSES), 0.5),
            "said_at": self.moment(0, 1, 2),
            "ends_at": self.maybe(self.moment(0, 3), 0.4),
            "source": "s",
            "text_shown": "t",
            "added_at": AT,
            "added_by": "a",
        }

    def _outcome(self, n: int, at: int) -> dict[str, Any] | None:
        return (
            {
                "person_ref": f"P{n}",
                "kind": self.draw.choice(("filed", "not_liable", "appointment")),
                "happened_on": self.near(0, 60, 365),
                "reference": str(at),
                "import_id": 1,
            }
            if self.draw.random() < 0.5
            else None
        )

    def _obligation(self, n: int, at: int) -> dict[str, Any]:
        draw = self.draw
        return {
            "person_ref": f"P{n}",
            "tax": draw.choice(("income", "vat")),
            "year": 2019 + at * 2 + draw.randint(0, 1),
            "invited_on": self.maybe(self.near(7, 60)),
            "reminded_on": self.maybe(self.near(7, 60)),
            "dunned_on": self.maybe(self.near(7, 21, 60), 0.7),
            "extension_until": self.maybe(self.near(0, 9)),
            "filed_on": self.maybe(self.near(0, 9)),
            "assessed_on": self.maybe(self.near(0, 7)),
            "assessment_due_on": self.maybe(self.near(0, 14, 90), 0.5),
            "refund_expected": None,
            "import_id": 1,
            "updated_at": AT,
        }

    def _call(self, n: int, _at: int) -> dict[str, Any]:
        state = self.draw.choice([*CallState])
        return {
            "line_id": 1,
            "person_id": n,
            "received_at": AT,
            "state": state,
            "note": "",
            "wrapped_up_at": self.moment(0, 14) if state is CallState.WRAPPED_UP else None,
            "disposition": self.draw.choice(("helped", "call_back", "no_answer", None)),
        }

    def _reply(self, n: int, at: int) -> dict[str, Any]:
        return {
            "reply_key": f"{n}-{at}",
            "kind": self.draw.choice([*ReplyKind]),
            "received_at": self.moment(0, 14),
            "text": "",
            "objects": False,
            "person_id": n,
            "import_id": 1,
        }

    def _address(self, _n: int, _at: int) -> dict[str, Any] | None:
        return (
            {
                "household_key": self.draw.choice((1, 2, 3)),
                "kind": self.draw.choice(("household", "separate", "closed")),
                "why": "w",
                "decided_at": AT,
                "decided_by": "a",
            }
            if self.draw.random() < 0.1
            else None
        )

    def _decision(self, n: int, campaign: int) -> dict[str, Any]:
        selected = self.draw.random() < 0.5
        return {
            "campaign_id": campaign,
            "person_id": n,
            "selected": selected,
            "reason": None if selected else self.draw.choice(("HOLD_OUT", "LIMIT")),
            "reasons": 0,
            "decided_at": AT,
        }

    def _touch(self, connection: Connection, n: int, campaign: int, at: int, channel: str) -> None:
        draw, step = self.draw, campaign * 10 + at
        moment = self.moment(0, 30, 90, 366)
        touch = connection.execute(
            insert(Touch)
            .values(
                campaign_id=campaign,
                person_id=n,
                step_id=step,
                wave_id=campaign,
                channel=channel,
                state=draw.choice([*TouchState]),
                due_on=DAY,
                not_before=AT,
                reasons=0,
                handed_over_at=self.maybe(moment, 0.6),
                updated_at=moment,
            )
            .returning(Touch.id)
        ).scalar_one()
        for number in range(draw.randint(0, 3)):
            connection.execute(
                insert(Attempt).values(
                    touch_id=touch,
                    delivery_id=step,
                    number=number,
                    state=draw.choice([*AttemptState]),
                    written_at=self.moment(0, 366),
                    day_part=draw.choice([*DayPart]),
                )
            )


def occasions(draw: Random, policy: Policy, most: int = 6) -> list[Occasion]:
    """Return some occasions, each of another channel or purpose, the rest of them drawn."""
    every = [
        Occasion(
            channel=channel,
            reaches=reaches,
            purpose=purpose,
            on=DAY,
            at=AT,
            policy=policy,
            declared=frozenset(name for name in FACTS if draw.random() < 0.9),
            asked=frozenset({"dunned_on"} if draw.random() < 0.2 else ()),
            campaign_id=draw.choice((None, 1, 2)),
            subject=draw.choice((None, *SUBJECTS)),
            about=draw.choice(
                ((), (), (About("income"),), (About("income", (2020, 2022)), About("vat")))
            ),
            closed=draw.random() < 0.5,
            to_representative=draw.random() < 0.3,
            after_assessment=draw.random() < 0.2,
            asked_on="asked_on" if purpose == "service" and draw.random() < 0.8 else None,
            handing_over=draw.random() < 0.5,
        )
        for channel, reaches in CHANNELS.items()
        for purpose in PURPOSES
    ]
    return draw.sample(every, most)
