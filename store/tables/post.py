"""Print runs, pieces, seeds and answers of the print shop."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from store.base import PrimaryKey, Table, words
from store.column_classes import Retention, TableData, identifier, situation, staff, technical
from store.states import PieceState, PullState, RunState, ShopAnswerKind


class PrintRun(Table):
    """One set of files for the print shop, and how far it has come."""

    __tablename__ = "print_runs"
    __data__ = TableData(
        "hand a run to the print shop, and know how far it has come", Retention.MAIL
    )
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    delivery_id: Mapped[int] = technical(ForeignKey("deliveries.id"), unique=True)
    folder: Mapped[str] = technical()  # below the outbox
    cards: Mapped[int] = technical()  # pieces for citizens
    pages: Mapped[int] = technical()
    made_at: Mapped[datetime] = technical()
    state: Mapped[RunState] = technical(words(RunState), server_default=RunState.MADE.value)
    # pieces for ourselves, besides the cards
    seeds: Mapped[int] = technical(default=0, server_default="0")
    shop: Mapped[str | None] = technical()  # the print shop's name, as its file calls it
    weight: Mapped[int | None] = technical()  # grams, of all pieces
    cost: Mapped[int | None] = technical()  # hundredths of a euro cent: print and postage
    handed_over_at: Mapped[datetime | None] = technical()
    received_at: Mapped[datetime | None] = technical()
    proofed_at: Mapped[datetime | None] = technical()
    proofed_by: Mapped[str | None] = staff()
    printed_at: Mapped[datetime | None] = technical()
    posted_at: Mapped[datetime | None] = technical()
    closed_at: Mapped[datetime | None] = technical()


class PrintFile(Table):
    """One file of a print run, with the checksum that the manifest carries too."""

    __tablename__ = "print_files"
    __data__ = TableData("check that the print shop has the files that were made", Retention.MAIL)

    print_run_id: Mapped[int] = technical(ForeignKey("print_runs.id"), primary_key=True)
    name: Mapped[str] = technical(primary_key=True)
    sha256: Mapped[str] = technical()
    bytes: Mapped[int] = technical()
    # cards and seeds; 0 of what is not printed
    pieces: Mapped[int] = technical(default=0, server_default="0")
    # record of its first piece in the run
    first: Mapped[int] = technical(default=0, server_default="0")
    printed_at: Mapped[datetime | None] = technical()
    posted_at: Mapped[datetime | None] = technical()


class PrintPiece(Table):
    """Printed piece, with its number, its place in the run and its state."""

    __tablename__ = "print_pieces"
    __data__ = TableData("account for every printed piece", Retention.MAIL)
    __table_args__ = (
        UniqueConstraint("print_run_id", "record"),
        Index("ix_print_pieces_touch_id", "touch_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    # stands on the piece, machine-readable; says nothing of anybody
    piece_id: Mapped[str] = identifier(
        unique=True, purpose="follow a piece by the number that stands on it"
    )
    print_run_id: Mapped[int] = technical(ForeignKey("print_runs.id"))
    record: Mapped[int] = technical()  # from 1, in the order of the run
    touch_id: Mapped[int | None] = technical(ForeignKey("touches.id"))  # None: a seed
    seed_id: Mapped[int | None] = technical(ForeignKey("seed_addresses.id"))
    state: Mapped[PieceState] = situation(words(PieceState))
    reason: Mapped[str | None] = situation()  # why it was spoiled, recalled, or came back
    # number of the reprint it was last put in
    reprints: Mapped[int] = technical(default=0, server_default="0")
    # how often we asked to print it again
    asked_again: Mapped[int] = technical(default=0, server_default="0")
    # in its newest reprint, from 1; 0: in no reprint
    place: Mapped[int] = technical(default=0, server_default="0")
    updated_at: Mapped[datetime] = technical()


class SeedAddress(Table):
    """Address of a colleague who gets a piece of every run, to see when and how it arrives."""

    __tablename__ = "seed_addresses"
    __data__ = TableData("see when a run arrives and what it looks like", Retention.STAFF_ACCOUNT)
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    addressee: Mapped[str] = staff()
    street: Mapped[str] = staff()
    house_number: Mapped[int] = staff()
    house_letter: Mapped[str] = staff()
    house_addition: Mapped[str] = staff()
    house_designation: Mapped[str] = staff(default="", server_default=text("''"))
    postcode: Mapped[str] = staff()
    town: Mapped[str] = staff()
    country: Mapped[str] = staff()
    active: Mapped[bool] = technical()
    added_at: Mapped[datetime] = technical()
    added_by: Mapped[str] = staff()


class SeedCode(Table):
    """Response code on a seed piece, which no touch ever has."""

    __tablename__ = "seed_codes"
    __data__ = TableData("tell a colleague who tries a seed's code from a citizen", Retention.MAIL)
    __table_args__ = (UniqueConstraint("delivery_id", "seed_id"),)

    code: Mapped[str] = technical(primary_key=True)
    seed_id: Mapped[int] = technical(ForeignKey("seed_addresses.id"))
    delivery_id: Mapped[int] = technical(ForeignKey("deliveries.id"))
    given_at: Mapped[datetime] = technical()


class SeedArrival(Table):
    """Arrival of a seed piece, which proves that its run was posted and how long it took."""

    __tablename__ = "seed_arrivals"
    __data__ = TableData("prove that a run was posted, and how long the mail took", Retention.MAIL)

    piece_id: Mapped[int] = technical(ForeignKey("print_pieces.id"), primary_key=True)
    arrived_on: Mapped[date] = technical()
    note: Mapped[str] = staff()
    recorded_at: Mapped[datetime] = technical()
    recorded_by: Mapped[str] = staff()


class ShopAnswer(Table):
    """Answer of the print shop as it came, which counts once."""

    __tablename__ = "shop_answers"
    __data__ = TableData("act once on each answer of the print shop", Retention.MAIL)
    __table_args__ = (
        UniqueConstraint("print_run_id", "kind", "sha256"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = technical(ForeignKey("print_runs.id"))
    kind: Mapped[ShopAnswerKind] = technical(words(ShopAnswerKind))
    file: Mapped[str] = technical()
    sha256: Mapped[str] = technical()
    content: Mapped[str] = situation(purpose="show what the print shop said, when it is disputed")
    received_at: Mapped[datetime] = technical()
    outcome: Mapped[dict[str, Any]] = technical()  # what followed from it, in figures


class Posting(Table):
    """Proof of posting of a batch, with the carrier's order, pieces, weight and date."""

    __tablename__ = "postings"
    __data__ = TableData("prove that a batch was posted", Retention.MAIL)
    __table_args__ = (
        UniqueConstraint("print_run_id", "carrier_order", "file"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = technical(ForeignKey("print_runs.id"))
    carrier_order: Mapped[str] = technical()
    file: Mapped[str] = technical()  # empty: of the whole run
    pieces: Mapped[int] = technical()
    grams: Mapped[int | None] = technical()
    posted_on: Mapped[date] = technical()
    answer_id: Mapped[int | None] = technical(ForeignKey("shop_answers.id"))


class Difference(Table):
    """Discrepancy between our files and the print shop's answers, until a person accepts it."""

    __tablename__ = "differences"
    __data__ = TableData(
        "have somebody look at what does not add up with the print shop", Retention.MAIL
    )
    __table_args__ = (
        Index("ix_differences_print_run_id", "print_run_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = technical(ForeignKey("print_runs.id"))
    kind: Mapped[str] = technical()  # missing, unknown, doubled, checksum, count, weight
    pieces: Mapped[int] = technical()
    stops: Mapped[bool] = technical()  # the next wave waits until it is accepted
    detail: Mapped[dict[str, Any]] = technical()
    found_at: Mapped[datetime] = technical()
    accepted_at: Mapped[datetime | None] = technical()
    accepted_by: Mapped[str | None] = staff()
    accepted_why: Mapped[str | None] = staff()


class Pull(Table):
    """Request to pull a piece before it is posted, as after a death or an objection."""

    __tablename__ = "pulls"
    __data__ = TableData("take out a piece that must not be posted any more", Retention.MAIL)
    __table_args__ = (UniqueConstraint("piece_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    piece_id: Mapped[int] = technical(ForeignKey("print_pieces.id"))
    reason: Mapped[str] = situation()  # a code of suppression.reasons, or of an incident
    state: Mapped[PullState] = situation(words(PullState))
    last_time: Mapped[datetime | None] = technical()  # after which it cannot be pulled any more
    wanted_at: Mapped[datetime] = technical()
    asked_at: Mapped[datetime | None] = technical()
    answered_at: Mapped[datetime | None] = technical()


class Incident(Table):
    """Incident of a wrong card, with what it freezes and how it ended."""

    __tablename__ = "incidents"
    __data__ = TableData(
        "stop a wrong card, and say what to tell whoever calls about it", Retention.MAIL
    )
    __table_args__ = (
        Index("ix_incidents_campaign_id", "campaign_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = technical(ForeignKey("campaigns.id"))
    # None: every run of the campaign
    print_run_id: Mapped[int | None] = technical(ForeignKey("print_runs.id"))
    what: Mapped[str] = technical()
    brief: Mapped[str] = technical()  # what agents say to whoever calls about it
    opened_at: Mapped[datetime] = technical()
    opened_by: Mapped[str] = staff()
    closed_at: Mapped[datetime | None] = technical()
    closed_by: Mapped[str | None] = staff()
    closed_why: Mapped[str | None] = technical()
