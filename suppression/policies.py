"""The policy of an installation, from `policy.toml` and the body's own file."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from store.described_toml import DescribedToml, parse_toml, read_text
from store.errors import BadInput, SeveralRefused
from store.sentences import Sentence
from suppression.card_arrivals import Post
from suppression.contact_hours import Hours
from suppression.reasons import JUDGED, Reason

Purpose = Literal["duty", "rights", "invitation", "service"]
Tax = Literal["income", "vat"]
Days = Annotated[int, Field(ge=0, le=3660)]
ALWAYS_ASKED = frozenset(
    {Reason.DECEASED, Reason.RECORD_ERROR, Reason.OBJECTION, Reason.OBJECTION_IN_DOUBT}
)
"""Rules that cannot be switched off."""

_DEFAULT = Path(__file__).with_name("policy.toml")
SHORTEST_REASON = 10
"""Letters of a reason that somebody signs."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RuleOrder(_Part):
    """The rules in the order in which they are asked, and those that are not asked."""

    order: tuple[Reason, ...]
    off: Mapping[Reason, Annotated[str, Field(min_length=3)]] = {}

    @model_validator(mode="after")
    def _keeps_what_must_be(self) -> Self:
        twice = {reason.value for reason in self.order if self.order.count(reason) > 1}
        if twice:
            raise ValueError(
                Sentence(
                    "{twice} stands twice; name each rule once", twice=", ".join(sorted(twice))
                )
            )
        if always := ALWAYS_ASKED & set(self.off):
            raise ValueError(
                Sentence(
                    "{always} cannot be switched off; remove it from rules.off",
                    always=", ".join(sorted(always)),
                )
            )
        return self


class ConsentRow(_Part):
    """The consent that one purpose needs on some channels."""

    purpose: Purpose
    channels: tuple[str, ...]
    needs: Literal["consent", "no_objection"]
    reference: Annotated[str, Field(min_length=3, description="The law or agreement it rests on")]


class Cap(_Part):
    """At most `times` touches of one channel in any `days` days, of all campaigns or of one."""

    times: Annotated[int, Field(ge=1, le=100)]
    days: Annotated[int, Field(ge=1, le=3660)]
    of_one_campaign: bool = False


class Rests(_Part):
    """Days of rest around what else happens to a person."""

    conversation: Days
    dunning: Days
    letter: Days
    assessment: Days
    done: Days
    done_lately: Days


class Letters(_Part):
    """The facts that say when an official letter goes out."""

    facts: tuple[str, ...]


class Terms(_Part):
    """Years after a tax year until which something can be asked for."""

    assessment: Annotated[int, Field(ge=1, le=20)]
    refund: Annotated[int, Field(ge=1, le=20)]


class Households(_Part):
    """The size of a household."""

    most_adults: Annotated[int, Field(ge=1, le=1000)]


class Numbers(_Part):
    """The number of people who may share a telephone number."""

    most_people: Annotated[int, Field(ge=1, le=1000)]


class Freshness(_Part):
    """How old death and address data may be when something is handed over."""

    days: Annotated[int, Field(ge=1, le=3660)]


class Answers(_Part):
    """The automatic answers to incoming texts."""

    out_of_hours: bool = True  # say that nobody is here, and when somebody is; once a day at most
    a_day: Annotated[int, Field(ge=1, le=20)] = (
        4  # to one number; more would be two machines talking
    )


class OpenCards(_Part):
    """The body's own name on an open card, where a list forbids a word of it."""

    own_name: Annotated[str, Field(max_length=100)] = ""  # as it is printed; empty: it may not
    reason: Annotated[str, Field(max_length=300)] = ""  # why it may, for whoever approves

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if self.own_name and len(self.reason.strip()) < SHORTEST_REASON:
            raise ValueError("own_name stands without its reason; add reason = why it may be read")
        return self


class Work(_Part):
    """The time of agents that a plan counts with, and where the figures come from."""

    minutes_a_call: Annotated[int, Field(ge=1, le=600)]  # of an attempt to call somebody
    minutes_a_reply: Annotated[int, Field(ge=1, le=600)]  # of the conversation that a reply brings
    # replies that a hundred messages bring
    replies_low: Annotated[Decimal, Field(ge=0, le=100)]
    replies_high: Annotated[Decimal, Field(ge=0, le=100)]
    # of a hundred people planned, those who fall out before their message goes
    falls_out: Annotated[Decimal, Field(ge=0, le=100)]
    source: Annotated[str, Field(min_length=3)]

    @model_validator(mode="after")
    def _low_before_high(self) -> Self:
        if self.replies_low > self.replies_high:
            raise ValueError("replies_low is more than replies_high; turn them round")
        return self


class ListAge(_Part):
    """The agreed age of one source's list."""

    source: str
    days: Annotated[int, Field(ge=1, le=3660)]


class Care(_Part):
    """The words by which a source says that somebody is helped elsewhere, and the reason they stand for."""

    reason: Reason
    words: tuple[str, ...]


class Law(_Part):
    """A law under which some tax years are no reason to reach anybody."""

    tax: Tax
    purposes: tuple[Purpose, ...]
    first_year: int = 0
    last_year: int = 9999
    valid_from: date | None = None
    valid_until: date | None = None  # inclusive
    says: str
    reference: str

    def in_force(self, on: date) -> bool:
        """Return whether it is in force on a day."""
        return (self.valid_from or on) <= on <= (self.valid_until or on)


class Policy(_Part):
    """The policy of an installation."""

    rules: RuleOrder
    consent: tuple[ConsentRow, ...] = ()
    caps: Mapping[str, Cap]
    rests: Rests
    letters: Letters
    terms: Terms
    households: Households
    numbers: Numbers
    freshness: Freshness
    hours: Hours = Hours()
    post: Post = Post()
    answers: Answers = Answers()
    open_cards: OpenCards = OpenCards()
    work: Work
    lists: tuple[ListAge, ...] = ()
    care: tuple[Care, ...] = ()
    law: tuple[Law, ...] = ()

    @property
    def asked(self) -> tuple[Reason, ...]:
        """The reasons whose rules are asked, in order."""
        return tuple(reason for reason in self.rules.order if reason not in self.rules.off)

    def needs_consent(self, purpose: str, channel: str) -> bool:
        """Return whether a purpose needs consent on a channel."""
        return any(
            row.needs == "consent" and row.purpose == purpose and channel in row.channels
            for row in self.consent
        )

    def words_of_care(self, reason: Reason) -> tuple[str, ...]:
        """Return the words that stand for one reason."""
        return tuple(word for care in self.care if care.reason is reason for word in care.words)

    def words_known(self) -> tuple[str, ...]:
        """Return every word that stands for some reason."""
        return tuple(word for care in self.care for word in care.words)


_FILE = DescribedToml(kind=Policy, name="a policy", see="suppression/policy.toml")


def read_policy(file: Path | None = None) -> Policy:
    """Read the policy, as shipped and changed by `file`.

    Raises:
        BadInput: the file cannot be read, names an unknown key or reason, or leaves a rule out of the order.
    """
    shipped = parse_toml(read_text(_DEFAULT), str(_DEFAULT))
    if file is None:
        return _checked(_FILE.check(shipped, str(_DEFAULT)), _DEFAULT)
    source = read_text(file, setting="KAARTJE_POLICY")
    whole = _merged(shipped, parse_toml(source, str(file)))
    return _checked(_FILE.check(whole, str(file), source), file)


@lru_cache(maxsize=1)
def shipped_policy() -> Policy:
    """Return the policy as it is shipped."""
    return read_policy()


def _merged(shipped: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(shipped)
    for key, value in own.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = _merged(merged[key], value) if both else value
    return merged


def _checked(policy: Policy, file: Path) -> Policy:
    if complaints := list(_complaints(policy, file)):
        raise SeveralRefused.of(complaints)
    return policy


def _known() -> str:
    return Sentence("write one of {known}", known=", ".join(reason.value for reason in JUDGED))


def _complaints(policy: Policy, file: Path) -> Iterator[BadInput]:
    """Check the order of rules. A rule left out by mistake would never be asked again."""
    listed = {*policy.rules.order}
    if strange := [reason.value for reason in policy.rules.order if reason not in JUDGED]:
        yield BadInput(
            Sentence("{strange} is decided by no rule", strange=", ".join(strange)),
            _known(),
            file=str(file),
            field="rules.order",
        )
    if missing := [reason.value for reason in JUDGED if reason not in listed]:
        remedy = "put it in the order, or switch it off with why: rules.off"
        yield BadInput(
            Sentence("{missing} is left out", missing=", ".join(missing)),
            remedy,
            file=str(file),
            field="rules.order",
        )
