"""Decision table of the judge, over channels, kinds of number, consents and purposes.

It is computed in plain Python from the policy and the number plan, for people to read. A test has the
database judge an example of every row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from people.numbers import NotAPhoneNumber, PhoneNumber
from suppression.occasions import SERVICE
from suppression.policies import Policy, Purpose
from suppression.reasons import Reason
from suppression.verdicts import Allowed, Blocked

Consent = Literal["none", "given", "withdrawn", "expired", "objected"]
CONSENTS: tuple[Consent, ...] = get_args(Consent)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
CHANNELS: dict[str, Literal["post", "text", "call"]] = {
    "card": "post",
    "letter": "post",
    "sms": "text",
    "call": "call",
}

NUMBERS: dict[str, str] = {
    "NONE": "",
    "MOBILE": "+31612345678",
    "MACHINE_097": "+3197012345678",
    "FIXED_LINE": "+31302345678",
    "VOIP": "+31850123456",
    "UAN": "+31881234567",
    "UAN_14": "+3114020",
    "TOLL_FREE": "+318001234",
    "PREMIUM_RATE": "+319001234",
    "PAGER": "+31661234567",
    "PERSONAL_NUMBER": "+15005550006",
    "SHORT": "1234",
    "EMERGENCY": "112",
}
"""An example number of every kind. The number plan says what it may be used for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the decision table. `number` is an example of its kind, or None."""

    channel: str
    number_type: str
    consent: Consent
    purpose: Purpose
    number: PhoneNumber | None
    verdict: Allowed | Blocked
    reference: str  # the law or agreement by which consent is needed; empty where it is not

    def as_data(self) -> dict[str, str | None]:
        """Return it as plain data."""
        reason = self.verdict.reason.value if isinstance(self.verdict, Blocked) else None
        return {
            "channel": self.channel,
            "number_type": self.number_type,
            "consent": self.consent,
            "purpose": self.purpose,
            "verdict": "blocked" if reason else "allowed",
            "reason": reason,
            "reference": self.reference,
        }


def table(policy: Policy) -> Iterator[Row]:
    """Yield the whole table."""
    for channel in CHANNELS:
        for kind, text in NUMBERS.items():
            number = _parsed(text)
            for consent in CONSENTS:
                for purpose in PURPOSES:
                    found = decide(policy, channel, number, consent=consent, purpose=purpose)
                    reference = _reference(policy, purpose, channel)
                    yield Row(
                        channel=channel,
                        number_type=kind,
                        consent=consent,
                        purpose=purpose,
                        number=number,
                        verdict=found,
                        reference=reference,
                    )


def decide(
    policy: Policy,
    channel: str,
    number: PhoneNumber | None,
    *,
    consent: Consent,
    purpose: Purpose,
) -> Allowed | Blocked:
    """Return the verdict on somebody with no other reason against them.

    Args:
        policy: The policy.
        channel: card, letter, sms or call.
        number: Their only number.
        consent: What they said: nothing, yes, yes and then no, yes until a day that is past, or that they object. What
            a citizen asks for, they ask for after they objected.
        purpose: duty, rights, invitation or service.
    """
    held: list[Reason] = []
    if not _has_way(channel, number):
        held.append(Reason.NO_USABLE_NUMBER)
    if purpose != SERVICE:
        if consent == "objected":
            held.append(Reason.OBJECTION)
        if consent == "withdrawn" or (
            consent != "given" and policy.needs_consent(purpose, channel)
        ):
            held.append(Reason.NO_CONSENT)
    asked = [reason for reason in policy.asked if reason in held]
    return Blocked(asked[0], tuple(asked[1:])) if asked else Allowed()


def _has_way(channel: str, number: PhoneNumber | None) -> bool:
    match CHANNELS[channel]:
        case "post":
            return True
        case "text":
            return number is not None and number.may_text
        case "call":
            return number is not None and number.may_call


def _parsed(text: str) -> PhoneNumber | None:
    try:
        return PhoneNumber.parse(text)
    except NotAPhoneNumber:
        return None


def _reference(policy: Policy, purpose: str, channel: str) -> str:
    return next(
        (
            row.reference
            for row in policy.consent
            if row.purpose == purpose and channel in row.channels
        ),
        "",
    )
