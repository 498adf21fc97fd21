"""Schema of a campaign file (YAML)."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from suppression.policies import Cap, Policy, Purpose, Tax

Condition = Literal["always", "no_reply", "not_filed"]
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{1,40}$"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Name = Annotated[
    str, Field(pattern=NAME_PATTERN, description="Lower case letters, digits, hyphens")
]
LocalizedText = Annotated[str, Field(min_length=1, max_length=60)] | dict[Literal["nl", "en"], str]
Sentence = Annotated[str, Field(min_length=1, max_length=300)]
WHOLE = 100


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dpia(_Part):
    """The data protection impact assessment (DPIA) that allows this campaign."""

    reference: Sentence
    valid_until: date


class Sender(_Part):
    """The sender of a card, as printed on it."""

    name: Sentence
    team: Annotated[
        str,
        Field(min_length=1, max_length=60, description="Printed instead of an agent's first name"),
    ]
    return_address: Sentence
    privacy_url: Annotated[
        str, Field(min_length=4, max_length=60, description="Where to read about privacy")
    ]
    qr_url: Annotated[
        str,
        Field(
            default="",
            pattern=r"^(https://[!-~]{3,80})?$",
            description="The campaign's own https address: a QR code gives it with the response code behind it",
        ),
    ]


class Line(_Part):
    """The free phone line that the campaign invites people to."""

    number: Annotated[str, Field(description="The free number, as 0800 1234")]
    name: Sentence
    hours: Annotated[
        LocalizedText, Field(description="When somebody picks up: one text, or {nl: …, en: …}")
    ]
    agent: Annotated[
        str | None,
        Field(
            default=None, max_length=30, description="First name, printed only while on the roster"
        ),
    ]
    open_until: date
    open_days: Annotated[
        tuple[Weekday, ...],
        Field(
            default=(),
            description="When it is open; post is handed over so that it arrives on such a day",
        ),
    ]
    skill: Annotated[
        Name | None,
        Field(default=None, description="What its agents must be trained for, as early-signal"),
    ]


class AboutFile(_Part):
    """The obligations that the campaign is about. Several of one person are one touch."""

    tax: Tax
    years: Annotated[
        tuple[int, ...], Field(default=(), description="Tax years; left out: every year")
    ]


class AudienceFile(_Part):
    """The audience, as a condition on people and facts or as a saved audience and its version."""

    where: Annotated[
        str, Field(default="", description="for instance: years_without_return >= 2 and has(card)")
    ]
    name: Annotated[
        Name | None, Field(default=None, description="A saved audience, instead of a where")
    ]
    version: Annotated[int | None, Field(default=None, ge=1, description="Which version of it")]
    necessity: Annotated[
        str | None,
        Field(
            default=None, description="Why a sensitive column must select; the approver reads it"
        ),
    ]

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        # a frozen campaign has both: the name it was called by, and the rule written out
        if not self.where and self.name is None:
            raise ValueError(
                "says nobody; write where: …, or name: and version: of a saved audience"
            )
        if (self.name is None) != (self.version is None):
            raise ValueError("names half an audience; write both, name: two-years and version: 3")
        return self


class StepFile(_Part):
    """One step, with its channel, template, delay and condition."""

    channel: Name
    template: Name
    delay: Annotated[int, Field(default=0, ge=0, le=366, description="Days after the wave's date")]
    condition: Annotated[
        Condition,
        Field(
            default="always",
            description="no_reply: only who did not answer; not_filed: only who did not file since",
        ),
    ]
    price: Annotated[
        Decimal,
        Field(
            default=Decimal(0),
            ge=0,
            le=1000,
            description="Euros for one piece; of a text, for one segment",
        ),
    ]

    def price_with(self, segment: Decimal) -> Decimal:
        """Return the price of one piece.

        A text without a price of its own costs what the installation pays for a segment.
        """
        return (
            segment
            if self.channel == "sms" and "price" not in self.model_fields_set
            else self.price
        )


class ArmFile(_Part):
    """One treatment arm, or the hold-out."""

    name: Name
    share: Annotated[int, Field(ge=0, le=100, description="Per cent of the people")]
    hold_out: bool = False
    steps: tuple[StepFile, ...] = ()

    @model_validator(mode="after")
    def _steps_where_reached(self) -> Self:
        if self.hold_out and self.steps:
            raise ValueError("a hold-out gets nothing; remove its steps")
        if not self.hold_out and not self.steps:
            raise ValueError(
                "an arm needs at least one step; write steps: [{channel: card, template: contact-card}]"
            )
        return self


class WaveFile(_Part):
    """One dated part of every arm."""

    date: date
    share: Annotated[
        int | None,
        Field(default=None, ge=1, le=100, description="Per cent; left out: waves of one size"),
    ]


class CapFile(_Part):
    """At most `times` touches in any `days` days, over all campaigns. Of calls, attempts of this one."""

    times: Annotated[int, Field(ge=1, le=100)]
    days: Annotated[int, Field(ge=1, le=3660)]


class CampaignFile(_Part):
    """A campaign file."""

    campaign: Name
    title: Sentence
    purpose: Purpose
    subject: Annotated[
        Name | None,
        Field(
            default=None,
            description="What it is about: nobody is in two running campaigns about one subject",
        ),
    ]
    about: Annotated[
        tuple[AboutFile, ...],
        Field(default=(), description="The obligations it is about, where known"),
    ]
    asked_on: Annotated[
        str | None,
        Field(default=None, description="Service: the date fact that says when the citizen asked"),
    ]
    to_representative: Annotated[
        bool,
        Field(
            default=False,
            description="Write to the guardian of whoever has one, in a closed letter",
        ),
    ]
    legal_basis: Sentence
    dpia: Dpia
    retention: Annotated[
        str, Field(min_length=1, max_length=60, description="The retention class of its records")
    ]
    owner: Sentence
    open_card: Annotated[
        bool, Field(default=False, description="A duty campaign may send an open card: say so here")
    ]
    sender: Sender
    phone_line: Line
    audience: AudienceFile
    limit: Annotated[int | None, Field(default=None, ge=1, description="People reached at most")]
    seed: Annotated[int, Field(ge=0, lt=2**63, description="Under which every draw is made")]
    arms: Annotated[tuple[ArmFile, ...], Field(min_length=1)]
    waves: Annotated[tuple[WaveFile, ...], Field(min_length=1)]
    caps: dict[str, CapFile] = {}
    budget: Annotated[
        Decimal, Field(ge=0, description="Euros; a plan that costs more cannot be submitted")
    ]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(arm.share for arm in self.arms)
        if total != WHOLE:
            raise ValueError(
                f"arms: the shares add up to {total}, not {WHOLE}; change arms[].share"
            )
        names = [arm.name for arm in self.arms]
        if len(set(names)) != len(names):
            raise ValueError("arms: two have the same name; give each its own")
        if sum(arm.hold_out for arm in self.arms) > 1:
            raise ValueError("arms: there is more than one hold-out; keep one")
        if all(arm.hold_out for arm in self.arms):
            raise ValueError(
                "arms: every arm is a hold-out, so nobody would be reached; add an arm with steps"
            )
        return self

    @model_validator(mode="after")
    def _service_was_asked_for(self) -> Self:
        if self.purpose == "service" and self.asked_on is None:
            raise ValueError(
                "asked_on: a service is what citizens asked for; name the date fact that says when they did"
            )
        if self.purpose != "service" and self.asked_on is not None:
            raise ValueError(
                "asked_on: only a service is asked for; remove it, or write purpose: service"
            )
        return self

    @model_validator(mode="after")
    def _hours_in_dutch(self) -> Self:
        if isinstance(self.phone_line.hours, dict) and "nl" not in self.phone_line.hours:
            raise ValueError("phone_line: the hours are not said in Dutch; add nl: …")
        return self

    @model_validator(mode="after")
    def _waves_in_order(self) -> Self:
        dates = [wave.date for wave in self.waves]
        if any(later <= earlier for earlier, later in pairwise(dates)):
            raise ValueError(
                "waves: these are not in order of date; sort them, each on its own date"
            )
        shares = [wave.share for wave in self.waves]
        if (
            any(share is not None for share in shares)
            and sum(share or 0 for share in shares) != WHOLE
        ):
            raise ValueError(
                f"waves: the shares add up to {sum(s or 0 for s in shares)}, not {WHOLE}"
            )
        if self.phone_line.open_until <= self.last_date:
            raise ValueError(
                "phone_line: the line closes before the last touch; set phone_line.open_until months later"
            )
        return self

    @property
    def treated(self) -> tuple[ArmFile, ...]:
        """The arms that reach people."""
        return tuple(arm for arm in self.arms if not arm.hold_out)

    @property
    def hold_out_share(self) -> int:
        """Percentage of the people that are held out."""
        return sum(arm.share for arm in self.arms if arm.hold_out)

    @property
    def last_date(self) -> date:
        """The day of the last touch."""
        longest = max((step.delay for arm in self.arms for step in arm.steps), default=0)
        return date.fromordinal(self.waves[-1].date.toordinal() + longest)

    def all_caps(self, policy: Policy) -> dict[str, Cap]:
        """Return the caps for this campaign, those of the policy overruled by its own."""
        installation = policy.caps
        own = {
            channel: Cap(
                times=cap.times,
                days=cap.days,
                of_one_campaign=(ours := installation.get(channel)) is not None
                and ours.of_one_campaign,
            )
            for channel, cap in self.caps.items()
        }
        return {**installation, **own}
