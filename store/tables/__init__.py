"""Every table. Import from here, so that the metadata is always whole."""

from store.tables.accounts import Account, Act, ApiAnswer, ApiToken
from store.tables.audiences import AudienceMember, AudienceRun, NamedAudience
from store.tables.campaigns import (
    Arm,
    Attempt,
    Campaign,
    Decision,
    Delivery,
    FrozenText,
    Removal,
    ResponseCode,
    Step,
    Touch,
    TouchEvent,
    Wave,
)
from store.tables.care import CallSign, CallTopic, Deviation, Post, Reflection
from store.tables.cases import Agent, AgentSkill, Case, CodeGuess, Handover, Referral, Signal, Slot
from store.tables.desk import Appointment, Call, PhoneLine, Reply, RosterEntry
from store.tables.drafts import Draft
from store.tables.interactions import Interaction
from store.tables.line import Leg, LineRoute, LineTest
from store.tables.outcomes import Outcome
from store.tables.people import AddressDecision, FactColumn, Import, Obligation, Person, PersonNumber
from store.tables.post import (
    Difference,
    Incident,
    Posting,
    PrintFile,
    PrintPiece,
    PrintRun,
    Pull,
    SeedAddress,
    SeedArrival,
    SeedCode,
    ShopAnswer,
)
from store.tables.public import Authorisation
from store.tables.suppressions import Consent, Suppression
from store.tables.texts import Answer, ProviderEvent

PERSON_TABLES: tuple[type, ...] = (
    Person,
    PersonNumber,
    Obligation,
    Suppression,
    Consent,
    AudienceMember,
    Decision,
    Touch,
    Reply,
    Call,
    Answer,
    Appointment,
    Case,
    Handover,
    Referral,
    Deviation,
    Post,
    Authorisation,
    Outcome,
)
"""Every table in which something is known of a person, under `person_id` or `person_ref`; a test holds the list."""

__all__ = [
    "PERSON_TABLES",
    "Account",
    "Act",
    "AddressDecision",
    "Agent",
    "AgentSkill",
    "Answer",
    "ApiAnswer",
    "ApiToken",
    "Appointment",
    "Arm",
    "Attempt",
    "AudienceMember",
    "AudienceRun",
    "Authorisation",
    "Call",
    "CallSign",
    "CallTopic",
    "Campaign",
    "Case",
    "CodeGuess",
    "Consent",
    "Decision",
    "Delivery",
    "Deviation",
    "Difference",
    "Draft",
    "FactColumn",
    "FrozenText",
    "Handover",
    "Import",
    "Incident",
    "Interaction",
    "Leg",
    "LineRoute",
    "LineTest",
    "NamedAudience",
    "Obligation",
    "Outcome",
    "Person",
    "PersonNumber",
    "PhoneLine",
    "Post",
    "Posting",
    "PrintFile",
    "PrintPiece",
    "PrintRun",
    "ProviderEvent",
    "Pull",
    "Referral",
    "Reflection",
    "Removal",
    "Reply",
    "ResponseCode",
    "RosterEntry",
    "SeedAddress",
    "SeedArrival",
    "SeedCode",
    "ShopAnswer",
    "Signal",
    "Slot",
    "Step",
    "Suppression",
    "Touch",
    "TouchEvent",
    "Wave",
]
