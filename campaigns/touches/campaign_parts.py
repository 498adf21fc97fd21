"""Parts of a campaign file without a rule of their own."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from suppression.policies import Tax

REPLY = "reply"
Condition = Literal[
    "always",
    "no_reply",
    "not_filed",
    "no_appointment",
    "no_payment_arranged",
    "no_debt_help",
    "no_assessment_prevented",
    "reply",
    "appointment",
    "payment_arranged",
    "debt_help",
]
Stop = Literal[
    "filed",
    "not_liable",
    "appointment",
    "payment_arranged",
    "debt_help",
    "assessment_prevented",
    "reply",
]
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{1,40}$"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Name = Annotated[
    str, Field(pattern=NAME_PATTERN, description="Lower case letters, digits, hyphens")
]
_Sixty = Annotated[str, Field(min_length=1, max_length=60)]
LocalizedText = _Sixty | dict[Literal["nl", "en"], _Sixty]
ShortText = Annotated[str, Field(min_length=1, max_length=300)]
LocalizedName = ShortText | dict[Literal["nl", "en"], ShortText]


Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day of a campaign, far enough from the ends of the calendar to reckon with."""


class Part(BaseModel):
    """A part of a campaign file, which refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Dpia(Part):
    """The data protection impact assessment (DPIA) that allows this campaign."""

    reference: ShortText
    valid_until: Day


class Sender(Part):
    """The sender of a card, as printed on it."""

    name: Annotated[LocalizedName, Field(description="Who writes: one name, or {nl: …, en: …}")]
    team: Annotated[
        LocalizedText,
        Field(description="Printed instead of an agent's first name: one text, or {nl: …, en: …}"),
    ]
    return_address: ShortText
    privacy_url: Annotated[
        str, Field(min_length=4, max_length=60, description="Where to read about privacy")
    ]
    real_url: Annotated[
        str,
        Field(
            default="",
            max_length=60,
            description="Where to see that it is real; left out: echt, at the site of qr_url or of privacy_url",
        ),
    ]
    qr_url: Annotated[
        str,
        Field(
            default="",
            pattern=r"^(https://[!-~]{3,80})?$",
            description="The campaign's own https address: a QR code gives it with the response code behind it",
        ),
    ]


class Line(Part):
    """The free phone line that the campaign invites people to."""

    number: Annotated[str, Field(description="The free number, as 0800 1234")]
    name: ShortText
    hours: Annotated[
        LocalizedText, Field(description="When somebody picks up: one text, or {nl: …, en: …}")
    ]
    agent: Annotated[
        str | None,
        Field(
            default=None, max_length=30, description="First name, printed only while on the roster"
        ),
    ]
    guide: Annotated[
        Name | None,
        Field(
            default=None,
            description="The call guide for its callers, where no step is a call: municipal-guide",
        ),
    ]
    open_until: Day
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


class AboutFile(Part):
    """The obligations that the campaign is about. Several of one person are one touch."""

    tax: Tax
    years: Annotated[
        tuple[int, ...], Field(default=(), description="Tax years; left out: every year")
    ]


class StepFile(Part):
    """One step, with its channel, template, delay and condition."""

    channel: Name
    template: Name
    delay: Annotated[
        int,
        Field(
            default=0,
            ge=0,
            le=366,
            description="Days after the wave's date; later where an earlier step went later",
        ),
    ]
    condition: Annotated[
        Condition,
        Field(
            default="always",
            description="no_reply: only who did not answer; not_filed: only who did not file since;"
            " no_appointment and the like: idem of another outcome; reply, appointment and the like: only who did",
        ),
    ]
    price: Annotated[
        Decimal,
        Field(
            default=Decimal(0),
            ge=0,
            le=1000,
            decimal_places=4,  # of less a million pieces would seem to cost nothing
            description="Euros for one piece; of a text, for one segment",
        ),
    ]

    instead: Annotated[
        bool,
        Field(
            default=False,
            description="Set by `else`: for whom the step before, the first of its arm, cannot reach",
        ),
    ]
    other: Annotated[
        "StepFile | None",
        Field(
            default=None,
            alias="else",
            exclude=True,
            description="On the first step: channel, template and price for whom it cannot reach",
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


class WaveFile(Part):
    """One dated part of every arm."""

    date: Day
    share: Annotated[
        int | None,
        Field(default=None, ge=1, le=100, description="Per cent; left out: waves of one size"),
    ]


class CapFile(Part):
    """At most `times` touches in any `days` days, over all campaigns. Of calls, attempts of this one."""

    times: Annotated[int, Field(ge=1, le=100)]
    days: Annotated[int, Field(ge=1, le=3660)]


class DeviationFile(Part):
    """A departure from a rule of the body, with the reason that the approver signs."""

    rule: Annotated[
        str,
        Field(
            pattern=r"^(caps(\.[a-z0-9-]+)?|FREQUENCY_CAP)$",
            description="caps.card for the cap of cards, or caps for those of every channel",
        ),
    ]
    reason: Annotated[
        str,
        Field(min_length=10, max_length=300, description="Why; the approver reads and signs it"),
    ]
