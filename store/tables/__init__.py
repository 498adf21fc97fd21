"""Every table of the database, imported from here by its class.

A table's module is loaded when the table is first asked for. Mapping all of them took a fifth of the time of a
command that only reads; `load_all` makes the metadata whole for who needs that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.tables.accounts import Account, ApiAnswer, ApiToken, AuditEntry, PersonalToken
    from store.tables.audiences import AudienceMember, AudienceRun, NamedAudience
    from store.tables.campaign_drafts import CampaignDraft, CampaignDraftVersion
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
    from store.tables.care import CallSign, CallTopic, Deviation, Reflection, TeamTask
    from store.tables.cases import (
        Agent,
        AgentSkill,
        Case,
        CodeGuess,
        Handover,
        Referral,
        Signal,
        Slot,
    )
    from store.tables.desk import Appointment, Call, PhoneLine, Promise, Reply, RosterEntry
    from store.tables.drafts import Draft
    from store.tables.installations import InstallationIdentity, StopOfEverything
    from store.tables.interactions import Interaction
    from store.tables.line import Leg, LineRoute, LineTest
    from store.tables.machines import (
        JournalLine,
        Lease,
        SealedBatch,
        SendingLimit,
        SharedFile,
        ShippingNote,
    )
    from store.tables.outcomes import EffectResult, Outcome
    from store.tables.people import (
        AddressDecision,
        AddressRekeying,
        FactColumn,
        Import,
        Obligation,
        Person,
        PersonNumber,
    )
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
    from store.tables.privacy import (
        ClassRemoval,
        DataBreach,
        Erasure,
        ErasureKey,
        KeptObjection,
        PrivacyRequest,
    )
    from store.tables.public import Authorisation
    from store.tables.suppressions import Consent, Suppression
    from store.tables.template_words import TemplateWords
    from store.tables.texts import Answer, ProviderEvent

_PLACES = {
    "accounts": (
        "Account",
        "ApiAnswer",
        "ApiToken",
        "AuditEntry",
        "PersonalToken",
    ),
    "audiences": (
        "AudienceMember",
        "AudienceRun",
        "NamedAudience",
    ),
    "campaign_drafts": (
        "CampaignDraft",
        "CampaignDraftVersion",
    ),
    "campaigns": (
        "Arm",
        "Attempt",
        "Campaign",
        "Decision",
        "Delivery",
        "FrozenText",
        "Removal",
        "ResponseCode",
        "Step",
        "Touch",
        "TouchEvent",
        "Wave",
    ),
    "care": (
        "CallSign",
        "CallTopic",
        "Deviation",
        "Reflection",
        "TeamTask",
    ),
    "cases": (
        "Agent",
        "AgentSkill",
        "Case",
        "CodeGuess",
        "Handover",
        "Referral",
        "Signal",
        "Slot",
    ),
    "desk": (
        "Appointment",
        "Call",
        "PhoneLine",
        "Promise",
        "Reply",
        "RosterEntry",
    ),
    "drafts": ("Draft",),
    "installations": ("InstallationIdentity", "StopOfEverything"),
    "interactions": ("Interaction",),
    "line": (
        "Leg",
        "LineRoute",
        "LineTest",
    ),
    "machines": (
        "JournalLine",
        "Lease",
        "SealedBatch",
        "SendingLimit",
        "SharedFile",
        "ShippingNote",
    ),
    "outcomes": ("EffectResult", "Outcome"),
    "people": (
        "AddressDecision",
        "AddressRekeying",
        "FactColumn",
        "Import",
        "Obligation",
        "Person",
        "PersonNumber",
    ),
    "post": (
        "Difference",
        "Incident",
        "Posting",
        "PrintFile",
        "PrintPiece",
        "PrintRun",
        "Pull",
        "SeedAddress",
        "SeedArrival",
        "SeedCode",
        "ShopAnswer",
    ),
    "privacy": (
        "ClassRemoval",
        "DataBreach",
        "Erasure",
        "ErasureKey",
        "KeptObjection",
        "PrivacyRequest",
    ),
    "public": ("Authorisation",),
    "suppressions": (
        "Consent",
        "Suppression",
    ),
    "template_words": ("TemplateWords",),
    "texts": (
        "Answer",
        "ProviderEvent",
    ),
}
"""The tables of each module of this package."""
_MODULE_OF = {table: module for module, tables in _PLACES.items() for table in tables}

PERSON_TABLES = (
    "Person",
    "PersonNumber",
    "Obligation",
    "Suppression",
    "Consent",
    "AudienceMember",
    "Decision",
    "Touch",
    "Reply",
    "Call",
    "Promise",
    "Answer",
    "Appointment",
    "Case",
    "Handover",
    "Referral",
    "Deviation",
    "TeamTask",
    "Authorisation",
    "Outcome",
    "PrivacyRequest",
    "AuditEntry",
)
"""Every table in which something is known of a person, under `person_id` or `person_ref`; a test holds the list."""


def __getattr__(name: str) -> Any:
    """Return a table, loading its module."""
    if name not in _MODULE_OF:
        raise AttributeError(f"there is no table {name}")
    table = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = table
    return table


def load_all() -> None:
    """Load every table, so that the metadata is whole."""
    for module in _PLACES:
        import_module(f"{__name__}.{module}")


__all__ = [
    "PERSON_TABLES",
    "Account",
    "AddressDecision",
    "AddressRekeying",
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
    "AuditEntry",
    "Authorisation",
    "Call",
    "CallSign",
    "CallTopic",
    "Campaign",
    "CampaignDraft",
    "CampaignDraftVersion",
    "Case",
    "ClassRemoval",
    "CodeGuess",
    "Consent",
    "DataBreach",
    "Decision",
    "Delivery",
    "Deviation",
    "Difference",
    "Draft",
    "EffectResult",
    "Erasure",
    "ErasureKey",
    "FactColumn",
    "FrozenText",
    "Handover",
    "Import",
    "Incident",
    "InstallationIdentity",
    "Interaction",
    "JournalLine",
    "KeptObjection",
    "Lease",
    "Leg",
    "LineRoute",
    "LineTest",
    "NamedAudience",
    "Obligation",
    "Outcome",
    "Person",
    "PersonNumber",
    "PersonalToken",
    "PhoneLine",
    "Posting",
    "PrintFile",
    "PrintPiece",
    "PrintRun",
    "PrivacyRequest",
    "Promise",
    "ProviderEvent",
    "Pull",
    "Referral",
    "Reflection",
    "Removal",
    "Reply",
    "ResponseCode",
    "RosterEntry",
    "SealedBatch",
    "SeedAddress",
    "SeedArrival",
    "SeedCode",
    "SendingLimit",
    "SharedFile",
    "ShippingNote",
    "ShopAnswer",
    "Signal",
    "Slot",
    "Step",
    "StopOfEverything",
    "Suppression",
    "TeamTask",
    "TemplateWords",
    "Touch",
    "TouchEvent",
    "Wave",
    "load_all",
]
