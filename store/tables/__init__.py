"""Every table. Import from here, so that the metadata is always whole."""

from store.tables.accounts import Account, Act
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
from store.tables.desk import Appointment, Call, PhoneLine, Reply, RosterEntry
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
    Outcome,
)
"""Every table in which something is known of a person, under `person_id` or `person_ref`; a test holds the list."""

__all__ = [
    "PERSON_TABLES",
    "Account",
    "Act",
    "AddressDecision",
    "Answer",
    "Appointment",
    "Arm",
    "Attempt",
    "AudienceMember",
    "AudienceRun",
    "Call",
    "Campaign",
    "Consent",
    "Decision",
    "Delivery",
    "Difference",
    "FactColumn",
    "FrozenText",
    "Import",
    "Incident",
    "NamedAudience",
    "Obligation",
    "Outcome",
    "Person",
    "PersonNumber",
    "PhoneLine",
    "Posting",
    "PrintFile",
    "PrintPiece",
    "PrintRun",
    "ProviderEvent",
    "Pull",
    "Removal",
    "Reply",
    "ResponseCode",
    "RosterEntry",
    "SeedAddress",
    "SeedArrival",
    "SeedCode",
    "ShopAnswer",
    "Step",
    "Suppression",
    "Touch",
    "TouchEvent",
    "Wave",
]
