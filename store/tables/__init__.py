"""Every table. Import from here, so that the metadata is always whole."""

from store.tables.accounts import Account, Act
from store.tables.campaigns import (
    Arm,
    Attempt,
    Campaign,
    Decision,
    Delivery,
    FrozenText,
    PrintFile,
    PrintRun,
    ResponseCode,
    Step,
    Touch,
    TouchEvent,
    Wave,
)
from store.tables.desk import Appointment, Call, PhoneLine, Reply, RosterEntry
from store.tables.outcomes import Outcome
from store.tables.people import FactColumn, Import, Person, PersonNumber
from store.tables.suppressions import Suppression

PERSON_TABLES: tuple[type, ...] = (
    Person,
    PersonNumber,
    Suppression,
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
    "Appointment",
    "Arm",
    "Attempt",
    "Call",
    "Campaign",
    "Decision",
    "Delivery",
    "FactColumn",
    "FrozenText",
    "Import",
    "Outcome",
    "Person",
    "PersonNumber",
    "PhoneLine",
    "PrintFile",
    "PrintRun",
    "Reply",
    "ResponseCode",
    "RosterEntry",
    "Step",
    "Suppression",
    "Touch",
    "TouchEvent",
    "Wave",
]
