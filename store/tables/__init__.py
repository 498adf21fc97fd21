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
    PrintFile,
    PrintRun,
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
from store.tables.suppressions import Consent, Suppression

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
    Appointment,
    Outcome,
)
"""Every table in which something is known of a person, under `person_id` or `person_ref`; a test holds the list."""

__all__ = [
    "PERSON_TABLES",
    "Account",
    "Act",
    "AddressDecision",
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
    "FactColumn",
    "FrozenText",
    "Import",
    "NamedAudience",
    "Obligation",
    "Outcome",
    "Person",
    "PersonNumber",
    "PhoneLine",
    "PrintFile",
    "PrintRun",
    "Removal",
    "Reply",
    "ResponseCode",
    "RosterEntry",
    "Step",
    "Suppression",
    "Touch",
    "TouchEvent",
    "Wave",
]
