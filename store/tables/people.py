"""Whom: people as the source systems know them, their numbers, and where each row came from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Ref, Table, words
from store.states import AddressKind


class Import(Table):
    """One file that was read: what it held and what became of its rows."""

    __tablename__ = "imports"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    kind: Mapped[str]  # people, obligations, replies, texts, outcomes, suppressions, consents
    file: Mapped[str]
    source: Mapped[
        str | None
    ]  # which register or list it is, where somebody said so: its age is agreed under this name
    sha256: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)


class Person(Table):
    """One person. The columns are those a campaign's `where` may name; the rest lives in `facts`.

    A partial date is kept as its earliest and latest possible day. An address is kept only when it is complete and
    valid: then `household_key` is set too, the same for everyone at that address.
    """

    __tablename__ = "people"
    __table_args__ = (
        Index("ix_people_household_key", "household_key"),
        Index("ix_people_bsn_hash", "bsn_hash"),
        Index("ix_people_joint_hash", "joint_hash"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    person_ref: Mapped[str] = mapped_column(Ref, unique=True)
    bsn_hash: Mapped[str | None]  # keyed: HMAC-SHA256, hexadecimal; never the number itself
    joint_hash: Mapped[
        str | None
    ]  # the same under a key shared with another body, where there is one
    initials: Mapped[str]
    given_name: Mapped[str]
    prefix: Mapped[str]
    family_name: Mapped[str]
    name_use: Mapped[str] = mapped_column(
        default="E", server_default="E"
    )  # by whose name they go: see people.names
    partner_prefix: Mapped[str] = mapped_column(default="", server_default=text("''"))
    partner_name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    name_damaged: Mapped[
        bool
    ]  # the export lost letters, or holds a formula: warned about, held, never printed
    birth_first: Mapped[date | None]
    birth_last: Mapped[date | None]
    gender: Mapped[str]  # M, V, O (unknown)
    language: Mapped[str]  # ISO 639-1, or empty
    street: Mapped[str | None]
    house_number: Mapped[int | None]
    house_letter: Mapped[str | None]
    house_addition: Mapped[str | None]
    postcode: Mapped[str | None]  # 1234AB
    town: Mapped[str | None]
    country: Mapped[str]  # ISO 3166-1 alpha-2
    household_key: Mapped[
        int | None
    ]  # 63 bits of a hash over country, postcode, number, letter, addition
    email: Mapped[str | None]
    deceased_on: Mapped[date | None]
    moved_abroad_on: Mapped[date | None]
    address_under_investigation: Mapped[bool]
    secret_address: Mapped[bool]
    guardian_ref: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    draw_key: Mapped[int]  # 31 bits of a hash over person_ref: what every seeded draw starts from
    content_hash: Mapped[
        int
    ]  # 63 bits over all of the above: an unchanged row is not written again
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    imported_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    seen_at: Mapped[
        datetime | None
    ]  # when a source last said all this, changed or not; None: not since `updated_at`


class PersonNumber(Table):
    """One telephone number of one person, parsed and typed."""

    __tablename__ = "person_numbers"
    __table_args__ = (Index("ix_person_numbers_e164", "e164"),)

    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)  # 1 = phone, 2 = phone2
    e164: Mapped[str]
    type: Mapped[str]  # MOBILE, FIXED_LINE, VOIP, ... as libphonenumber names them
    may_text: Mapped[bool]
    may_call: Mapped[bool]


class FactColumn(Table):
    """One typed fact that an import declared; a name keeps its type for ever."""

    __tablename__ = "fact_columns"

    name: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[
        str
    ]  # int, date, bool, text, decimal (a decimal is kept in ten-thousandths, so it compares exactly)
    declared_at: Mapped[datetime]


class Obligation(Table):
    """One duty or right of one person: one tax of one year. It names a person by reference, known to us or not yet."""

    __tablename__ = "obligations"
    __table_args__ = (UniqueConstraint("person_ref", "tax", "year"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    person_ref: Mapped[str] = mapped_column(Ref)
    tax: Mapped[str]  # income, vat
    year: Mapped[int]  # the tax year
    invited_on: Mapped[date | None]
    reminded_on: Mapped[date | None]
    dunned_on: Mapped[date | None]
    extension_until: Mapped[date | None]
    filed_on: Mapped[date | None]
    assessed_on: Mapped[date | None]  # the assessment was made without a return
    assessment_due_on: Mapped[
        date | None
    ]  # when it will be made; None: at the end of the legal term
    refund_expected: Mapped[bool | None]
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    updated_at: Mapped[datetime]


class AddressDecision(Table):
    """What a person decided about an address with more adults than a household has. The latest one holds."""

    __tablename__ = "address_decisions"
    __table_args__ = (
        Index("ix_address_decisions_household_key", "household_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    household_key: Mapped[int]
    kind: Mapped[AddressKind] = mapped_column(words(AddressKind))
    why: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
