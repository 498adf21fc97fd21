"""People as the source systems know them, their numbers and imports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped

from store.base import Json, PrimaryKey, Ref, Table, words
from store.column_classes import (
    Retention,
    TableData,
    contact,
    identifier,
    situation,
    staff,
    technical,
)
from store.states import AddressKind


class Import(Table):
    """Import of one file, with the counts of its rows."""

    __tablename__ = "imports"
    __data__ = TableData("trace every row to the file it came from", Retention.TECHNICAL)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    # people, obligations, replies, texts, outcomes, suppressions, consents
    kind: Mapped[str] = technical()
    file: Mapped[str] = technical()
    # which register or list it is, where somebody said so: its age is agreed under this name
    source: Mapped[str | None] = technical()
    sha256: Mapped[str] = technical()
    started_at: Mapped[datetime] = technical()
    finished_at: Mapped[datetime | None] = technical()
    rows: Mapped[int] = technical(default=0)
    added: Mapped[int] = technical(default=0)
    updated: Mapped[int] = technical(default=0)
    unchanged: Mapped[int] = technical(default=0)
    refused: Mapped[int] = technical(default=0)
    # people: how often each kind of finding was made, and the file of them in the folder of findings
    findings: Mapped[dict[str, int] | None] = technical(Json)
    findings_file: Mapped[str | None] = technical()


class Person(Table):
    """Person, with the columns that a campaign's `where` may name and facts for the rest.

    A partial date is kept as its earliest and latest possible day. An address is kept only when it is complete and
    valid: then `household_key` is set too, the same for everyone at that address.
    """

    __tablename__ = "people"
    __data__ = TableData(
        "select whom to offer help, and address them as they are", Retention.PERSON
    )
    __table_args__ = (
        Index("ix_people_household_key", "household_key"),
        Index("ix_people_joint_hash", "joint_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey] = identifier()
    person_ref: Mapped[str] = identifier(
        Ref, unique=True, purpose="recognise the same person in every file of the source"
    )
    # HMAC-SHA256 of the citizen number under a key shared with another body, where there is one
    joint_hash: Mapped[str | None] = identifier(
        purpose="match a person with another body without naming them"
    )
    initials: Mapped[str] = contact()
    given_name: Mapped[str] = contact()
    prefix: Mapped[str] = contact()
    family_name: Mapped[str] = contact()
    # by whose name they go: see people.names
    name_use: Mapped[str] = contact(default="E", server_default="E")
    partner_prefix: Mapped[str] = contact(default="", server_default=text("''"))
    partner_name: Mapped[str] = contact(default="", server_default=text("''"))
    # the register's codes of titles and predicates of nobility: see people.cells.noble_titles
    noble_title: Mapped[str] = contact(default="", server_default=text("''"))
    partner_noble_title: Mapped[str] = contact(default="", server_default=text("''"))
    partner_former: Mapped[bool] = contact(default=False, server_default=false())
    # the export lost letters, or holds a formula: warned about, held, never printed
    name_damaged: Mapped[bool] = situation(purpose="hold a name that was damaged on its way")
    birth_first: Mapped[date | None] = situation(
        purpose="leave out minors, and check who is calling"
    )
    birth_last: Mapped[date | None] = situation(
        purpose="leave out minors, and check who is calling"
    )
    gender: Mapped[str] = contact(purpose="choose the form of address")  # M, V, O (unknown)
    # ISO 639-1, or empty
    language: Mapped[str] = contact(purpose="choose the language of texts and calls")
    street: Mapped[str | None] = contact()
    # None: `street` describes a place without a number
    house_number: Mapped[int | None] = contact()
    house_letter: Mapped[str | None] = contact()
    house_addition: Mapped[str | None] = contact()
    # by (beside that number), to (opposite it), or empty
    house_designation: Mapped[str | None] = contact()
    postcode: Mapped[str | None] = contact()  # 1234AB
    town: Mapped[str | None] = contact()
    country: Mapped[str] = contact()  # ISO 3166-1 alpha-2
    # 63 bits of a hash, one for each front door: see people.addresses
    household_key: Mapped[int | None] = identifier(purpose="reach one person per address")
    email: Mapped[str | None] = contact(purpose="keep what the source says, no channel uses it yet")
    deceased_on: Mapped[date | None] = situation(purpose="never write to somebody who died")
    moved_abroad_on: Mapped[date | None] = situation(
        purpose="leave out who does not live here any more"
    )
    address_under_investigation: Mapped[bool] = situation(
        purpose="leave out an address that may be wrong"
    )
    secret_address: Mapped[bool] = situation(purpose="print a secret address nowhere")
    guardian_ref: Mapped[str | None] = identifier(purpose="write to the guardian instead, or hold")
    facts: Mapped[dict[str, Any]] = situation(
        purpose="select by what the body itself knows, in a campaign's own terms"
    )
    # from then on only a pseudonym, in nobody's audience: touches and counts hang on it
    erased_at: Mapped[datetime | None] = technical()
    # 31 bits of a hash over person_ref: what every seeded draw starts from
    draw_key: Mapped[int] = identifier(purpose="draw arms and waves the same way every time")
    # 63 bits over all of the above: an unchanged row is not written again
    content_hash: Mapped[int] = technical()
    import_id: Mapped[int] = technical(ForeignKey("imports.id"))
    imported_at: Mapped[datetime] = technical()
    updated_at: Mapped[datetime] = technical()
    # when a source last said all this, changed or not; None: not since `updated_at`
    seen_at: Mapped[datetime | None] = technical()


class PersonNumber(Table):
    """One telephone number of one person, parsed and typed."""

    __tablename__ = "person_numbers"
    __data__ = TableData("call or text somebody on a number of their own", Retention.PERSON)
    __table_args__ = (Index("ix_person_numbers_e164", "e164"),)

    person_id: Mapped[int] = identifier(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = technical(primary_key=True)  # 1 = phone, 2 = phone2
    e164: Mapped[str] = contact()
    # MOBILE, FIXED_LINE, VOIP, ... as libphonenumber names them
    type: Mapped[str] = contact(purpose="text only to mobile numbers")
    may_text: Mapped[bool] = contact(purpose="text only where that is possible and allowed")
    may_call: Mapped[bool] = contact(purpose="call only where that is possible and allowed")


class FactColumn(Table):
    """Typed fact that an import declared, which keeps its type for ever."""

    __tablename__ = "fact_columns"
    __data__ = TableData("give each imported fact one type for ever", Retention.SETUP)

    name: Mapped[str] = technical(primary_key=True)
    # int, date, bool, text, decimal (a decimal is kept in ten-thousandths, so it compares exactly)
    type: Mapped[str] = technical()
    declared_at: Mapped[datetime] = technical()
    # how a citizen is told of it, by language; None: nobody described it
    words: Mapped[dict[str, Any] | None] = technical()


OBLIGATION_DAYS = (
    "invited_on",
    "reminded_on",
    "dunned_on",
    "extension_until",
    "filed_on",
    "assessed_on",
    "assessment_due_on",
)
"""The columns of an obligation that hold its days, in their order."""


class Obligation(Table):
    """Tax of one year that one person has to file or pay.

    It names a person by reference, known to us or not yet.
    """

    __tablename__ = "obligations"
    __data__ = TableData("know who has to do something, and who already did", Retention.PERSON)
    __table_args__ = (UniqueConstraint("person_ref", "tax", "year"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    person_ref: Mapped[str] = identifier(Ref)
    tax: Mapped[str] = situation()  # income, vat
    year: Mapped[int] = situation()  # the tax year
    invited_on: Mapped[date | None] = situation()
    reminded_on: Mapped[date | None] = situation()
    dunned_on: Mapped[date | None] = situation()
    extension_until: Mapped[date | None] = situation()
    filed_on: Mapped[date | None] = situation()
    assessed_on: Mapped[date | None] = situation()  # the assessment was made without a return
    # when it will be made; None: at the end of the legal term
    assessment_due_on: Mapped[date | None] = situation()
    refund_expected: Mapped[bool | None] = situation(purpose="invite somebody who gets money back")
    import_id: Mapped[int] = technical(ForeignKey("imports.id"))
    updated_at: Mapped[datetime] = technical()


class AddressDecision(Table):
    """Decision of a person on an address with many adults, of which the latest holds."""

    __tablename__ = "address_decisions"
    __data__ = TableData(
        "decide whether an address with many adults is written to", Retention.SUPPRESSION
    )
    __table_args__ = (
        Index("ix_address_decisions_household_key", "household_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    household_key: Mapped[int] = identifier()
    kind: Mapped[AddressKind] = situation(words(AddressKind))
    why: Mapped[str] = situation()
    decided_at: Mapped[datetime] = situation()
    decided_by: Mapped[str] = staff()


class AddressRekeying(Table):
    """How far the making anew of address keys came, while it is under way.

    `rules` counts the ways in which keys were made. Without a row every stored key is of the newest.
    """

    __tablename__ = "address_rekeying"
    __data__ = TableData("make the keys of addresses anew without beginning again", Retention.SETUP)

    rules: Mapped[int] = technical(primary_key=True, autoincrement=False)  # those of the old keys
    reached: Mapped[int] = technical()  # everybody up to this row of people has a new key
