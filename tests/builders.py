"""Puts rows straight into the tables, with sensible values for whatever a test does not care about."""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, insert, inspect, select

from store.base import Table
from store.states import CampaignState, OutcomeKind, TouchState
from store.tables import (
    Arm,
    Campaign,
    Decision,
    Import,
    Outcome,
    Person,
    PersonNumber,
    PhoneLine,
    ResponseCode,
    Step,
    Touch,
    TouchEvent,
    Wave,
)
from suppression.reasons import Reason, bits

LINE = "+318000543"  # invented


def spread(text: str, bit_count: int) -> int:
    """Return a whole number below 2 to the power `bit_count` that stays the same for the same text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") >> (64 - bit_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltCampaign:
    """The keys of a campaign that a test put down."""

    id: int
    name: str
    arms: dict[str, int]
    waves: dict[int, int]
    steps: dict[tuple[str, str], int]  # by arm and channel


@dataclass
class Builder:
    """Builds on one connection, at one moment."""

    connection: Connection
    now: datetime
    import_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.import_id = self.put(
            Import,
            kind="people",
            file="people.csv",
            sha256="0" * 64,
            started_at=self.now,
            finished_at=self.now,
        )

    def put(self, table: type[Table], **values: Any) -> int:
        """Insert one row and return its key."""
        key = next(iter(inspect(table).primary_key))
        return int(
            self.connection.execute(insert(table).values(values).returning(key)).scalar_one()
        )

    def person(self, ref: str, *numbers: str, **columns: Any) -> int:
        """Put down a person with these telephone numbers (E.164)."""
        values: dict[str, Any] = {
            "person_ref": ref,
            "initials": "T.",
            "given_name": "Tess",
            "prefix": "van",
            "family_name": f"Proef {ref}",
            "name_damaged": False,
            "birth_first": date(1980, 5, 17),
            "birth_last": date(1980, 5, 17),
            "gender": "V",
            "language": "nl",
            "street": "Verzonnenlaan",
            "house_number": 12,
            "postcode": "1234AB",
            "town": "Nergenshuizen",
            "country": "NL",
            "household_key": spread(ref, 63),
            "address_under_investigation": False,
            "secret_address": False,
            "facts": {},
            "draw_key": spread(ref, 31),
            "content_hash": spread(f"content {ref}", 63),
            "import_id": self.import_id,
            "imported_at": self.now,
            "updated_at": self.now,
        }
        person_id = self.put(Person, **{**values, **columns})
        for position, number in enumerate(numbers, 1):
            self.number(person_id, number, position)
        return person_id

    def number(self, person_id: int, e164: str, position: int = 1) -> None:
        """Give a person a mobile number."""
        self.put(
            PersonNumber,
            person_id=person_id,
            position=position,
            e164=e164,
            type="MOBILE",
            may_text=True,
            may_call=True,
        )

    def line(self, number: str = LINE, name: str = "Belteam") -> int:
        """Put down a phone line, or find it."""
        found = self.connection.execute(
            select(PhoneLine.id).where(PhoneLine.number == number)
        ).scalar()
        return found or self.put(PhoneLine, number=number, name=name, hours="ma-vr 9-17")

    def campaign(
        self,
        name: str = "pilot",
        *,
        arms: tuple[tuple[str, str], ...] = (("card", "card"),),
        hold_out: bool = False,
        waves: tuple[date, ...] = (date(2023, 6, 5),),
        **columns: Any,
    ) -> BuiltCampaign:
        """Put down a running campaign: arms as pairs of name and channel, all with every wave."""
        values: dict[str, Any] = {
            "name": name,
            "title": f"The {name}",
            "purpose": "duty",
            "state": CampaignState.RUNNING,
            "spec": {},
            "source": "",
            "line_open_until": date(2023, 12, 31),
            "first_date": waves[0],
            "frozen_hash": "",
            "submitted_at": self.now,
            "submitted_by": "ann",
            "approved_by": "bea",
            "approved_at": self.now,
        }
        if "line_id" not in columns:
            columns["line_id"] = self.line()
        campaign_id = self.put(Campaign, **{**values, **columns})
        arm_ids = {
            arm: self.put(
                Arm, campaign_id=campaign_id, position=position, name=arm, share=50, hold_out=False
            )
            for position, (arm, _) in enumerate(arms)
        }
        steps = {
            (arm, channel): self.step(campaign_id, arm_ids[arm], channel) for arm, channel in arms
        }
        if hold_out:
            arm_ids["hold-out"] = self.put(
                Arm,
                campaign_id=campaign_id,
                position=len(arms),
                name="hold-out",
                share=50,
                hold_out=True,
            )
        wave_ids = {
            number: self.put(Wave, campaign_id=campaign_id, number=number, date=day)
            for number, day in enumerate(waves, 1)
        }
        return BuiltCampaign(id=campaign_id, name=name, arms=arm_ids, waves=wave_ids, steps=steps)

    def step(
        self,
        campaign_id: int,
        arm_id: int,
        channel: str,
        position: int = 1,
        condition: str = "always",
    ) -> int:
        """Put down one step of an arm."""
        return self.put(
            Step,
            campaign_id=campaign_id,
            arm_id=arm_id,
            position=position,
            channel=channel,
            template=f"{channel}-2023",
            delay_days=0,
            condition=condition,
        )

    def decide(
        self,
        campaign: BuiltCampaign,
        person_id: int,
        *left_out: Reason,
        arm: str | None = None,
        wave: int | None = None,
    ) -> None:
        """Put down a decision: left out for these reasons, or selected where there are none."""
        self.put(
            Decision,
            campaign_id=campaign.id,
            person_id=person_id,
            selected=not left_out,
            reason=left_out[0].value if left_out else None,
            reasons=bits(left_out),
            household_key=None,
            arm_id=campaign.arms[arm] if arm else None,
            wave_id=campaign.waves[wave] if wave else None,
            decided_at=self.now,
        )

    def touch(
        self,
        campaign: BuiltCampaign,
        person_id: int,
        *,
        arm: str = "card",
        channel: str = "card",
        state: TouchState = TouchState.HANDED_OVER,
        reason: str | None = None,
        code: str | None = None,
        handed_over_at: datetime | None = None,
    ) -> int:
        """Put down a touch with its response code and one event, as if it had gone straight to its state."""
        went = handed_over_at or (
            self.now if state not in {TouchState.PLANNED, TouchState.WITHHELD} else None
        )
        touch_id = self.put(
            Touch,
            campaign_id=campaign.id,
            person_id=person_id,
            step_id=campaign.steps[arm, channel],
            wave_id=campaign.waves[1],
            channel=channel,
            state=state,
            reason=reason,
            due_on=date(2023, 6, 5),
            not_before=self.now,
            handed_over_at=went,
            updated_at=self.now,
        )
        self.put(
            TouchEvent,
            touch_id=touch_id,
            from_state=TouchState.PLANNED if state != TouchState.PLANNED else None,
            to_state=state,
            at=went or self.now,
            reason=reason,
        )
        if code:
            self.put_code(code, touch_id)
        return touch_id

    def put_code(self, code: str, touch_id: int) -> None:
        """Note that this code was printed for this touch."""
        self.connection.execute(
            insert(ResponseCode).values(code=code, touch_id=touch_id, given_at=self.now)
        )

    def reach(
        self, campaign: BuiltCampaign, ref: str, *numbers: str, **touch: Any
    ) -> tuple[int, int]:
        """Put down a person whom the campaign selected and reached; return the person's and the touch's key."""
        person_id = self.person(ref, *numbers)
        self.decide(campaign, person_id, arm=touch.get("arm", "card"), wave=1)
        return person_id, self.touch(campaign, person_id, **touch)


def put_tried_campaign(connection: Connection, now: datetime) -> None:
    """Put down a campaign of which 3 of 4 who got a card filed, and 1 of 4 who were held out."""
    builder = Builder(connection, now)
    campaign = builder.campaign(hold_out=True, waves=(date(2023, 5, 1),))
    for number in range(4):
        builder.reach(campaign, f"T{number}")
        held = builder.person(f"H{number}")
        builder.decide(campaign, held, Reason.HOLD_OUT, arm="hold-out")
    for ref in ("T0", "T1", "T2", "H0"):
        builder.put(
            Outcome,
            person_ref=ref,
            kind=OutcomeKind.FILED,
            happened_on=date(2023, 5, 20),
            reference="",
            import_id=builder.import_id,
        )
