"""Values of an explanation of one person's history."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from campaigns.audience_language.condition_sentences import SaidCondition
from store.written_dates import Language
from suppression.consents import Statement
from suppression.entries import Entry


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, as its code and a sentence in Dutch and in English."""

    code: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A person as the source describes them.

    There is no citizen number, no secret address, and no date of birth: callers prove who they are by it.
    """

    person_ref: str
    name: str
    name_damaged: bool
    address: tuple[str, ...]  # empty where there is none, and where it is secret
    secret_address: bool
    numbers: tuple[str, ...]  # E.164
    facts: dict[str, Any]
    remarks: tuple[str, ...]  # deceased on …, guardian, address under investigation
    imported_at: datetime
    updated_at: datetime
    source: str  # the file of the latest change
    register: str  # what that file is called to people
    facts_in_words: tuple[Mapping[Language, str], ...]  # each a clause by language
    remarks_by_kind: dict[str, date | None]  # deceased, abroad, guardian, investigation


@dataclass(frozen=True, slots=True)
class TouchMove:
    """One move of a touch."""

    at: datetime
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptMade:
    """One try at a touch, and what the provider answered."""

    number: int
    state: str
    written_at: datetime
    provider_ref: str | None
    error_code: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """One report of a provider about a touch, and its effect."""

    at: datetime  # when it came, by our own clock
    status: str
    code: str | None
    outcome: str | None  # None: not looked at yet


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceHistory:
    """The printed piece of a touch."""

    piece_id: str
    run: str
    state: str
    reason: str | None
    reprints: int  # the reprint it was last in; 0: none
    pull: str | None  # wanted, asked, pulled, too_late; None: nobody asked it back
    pull_reason: str | None


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure from a cap of the body by which somebody was reached, as it was signed."""

    rule: str
    reason: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchHistory:
    """One touch from plan to outcome."""

    channel: str
    template: str
    state: str
    due_on: date
    code: str | None  # as printed on the card
    reasons: tuple[Why, ...]
    events: tuple[TouchMove, ...]
    tries: tuple[AttemptMade, ...]
    receipts: tuple[ProviderReport, ...] = ()
    pieces: tuple[PieceHistory, ...] = ()
    deviation: str | None = None  # the cap of the body that would have held it back


@dataclass(frozen=True, slots=True)
class LedgerRemoved:
    """The removal of a campaign's ledger, with its retention class."""

    on: date
    retention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDecision:
    """The decision of one campaign about a person."""

    campaign: str
    title: str
    decision: str  # selected, hold_out, left_out, not_in_audience, ledger_removed
    first: Why | None  # the reason it is counted under
    reasons: tuple[Why, ...]  # every reason that held
    arm: str | None
    wave: int | None
    wave_date: date | None
    household: int  # others at the same address whom this campaign's audience matched
    decided_at: datetime
    touches: tuple[TouchHistory, ...]
    remark: str | None = None
    removed: LedgerRemoved | None = None
    conditions: tuple[SaidCondition, ...] = ()  # of the campaign's audience
    campaign_state: str = ""
    departures: tuple[Departure, ...] = ()  # without which this person would not be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyReceived:
    """One reply."""

    at: datetime
    kind: str
    campaign: str | None
    matched_by: str | None
    objects: bool
    reason: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSent:
    """One text that answered a person's own text or request, outside any campaign."""

    at: datetime  # when it was written
    kind: str
    state: str
    body: str
    handed_over_at: datetime | None
    detail: str | None  # why it did not go, or what is not known of it
    cost: int | None  # hundredths of a euro cent


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTaken:
    """One call in the queue, and its result."""

    received_at: datetime
    kind: str
    campaign: str | None
    state: str
    line: str
    taken_by: str | None
    wrapped_up_at: datetime | None
    disposition: str | None
    note: str


@dataclass(frozen=True, slots=True)
class AppointmentMade:
    """One appointment."""

    at: datetime
    kind: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """One outcome."""

    on: date
    kind: str
    reference: str


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """One entry on a list that names this person, their address or their number."""

    entry: Entry
    in_force: bool


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """One consent or withdrawal of a person, with its proof."""

    word: Statement
    in_force: bool  # not over, and not taken over by a later word


@dataclass(frozen=True, slots=True)
class KnownObligation:
    """An obligation of a person (one tax of one year), with its dates."""

    tax: str
    year: int
    days: dict[str, date]  # those that are known: invited_on, ..., filed_on
    refund_expected: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that is known about one person, with every decision and its reasons."""

    person: Portrait
    campaigns: tuple[CampaignDecision, ...]
    replies: tuple[ReplyReceived, ...]
    calls: tuple[CallTaken, ...]
    appointments: tuple[AppointmentMade, ...]
    suppressions: tuple[ListedEntry, ...]
    outcomes: tuple[OutcomeRecorded, ...]
    consents: tuple[ConsentRecorded, ...]
    obligations: tuple[KnownObligation, ...]
    answers: tuple[AnswerSent, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain data, for `--json`."""
        listed = [{**each.entry.as_data(), "in_force": each.in_force} for each in self.suppressions]
        consents_data = [{**asdict(each.word), "in_force": each.in_force} for each in self.consents]
        return {**asdict(self), "suppressions": listed, "consents": consents_data}
