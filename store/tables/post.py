"""Post: what the print shop has, what it told us, and what became of each piece."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.base import PrimaryKey, Table, words
from store.states import PieceState, PullState, RunState, ShopAnswerKind


class PrintRun(Table):
    """One set of files for the print shop, and how far it has come."""

    __tablename__ = "print_runs"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)
    folder: Mapped[str]  # below the outbox
    cards: Mapped[int]  # pieces for citizens
    pages: Mapped[int]
    made_at: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(words(RunState), server_default=RunState.MADE.value)
    seeds: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # pieces for ourselves, besides the cards
    shop: Mapped[str | None]  # the print shop's name, as its file calls it
    weight: Mapped[int | None]  # grams, of all pieces
    cost: Mapped[int | None]  # hundredths of a euro cent: print and postage
    handed_over_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    proofed_at: Mapped[datetime | None]
    proofed_by: Mapped[str | None]
    printed_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class PrintFile(Table):
    """One file of a print run, with the checksum that the manifest carries too."""

    __tablename__ = "print_files"

    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    bytes: Mapped[int]
    pieces: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # cards and seeds; 0 of what is not printed
    first: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # record of its first piece in the run
    printed_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]


class PrintPiece(Table):
    """One piece of post: the number that stands on it, where it is in the run, and how far it has come."""

    __tablename__ = "print_pieces"
    __table_args__ = (
        UniqueConstraint("print_run_id", "record"),
        Index("ix_print_pieces_touch_id", "touch_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    piece_id: Mapped[str] = mapped_column(
        unique=True
    )  # stands on the piece, machine-readable; says nothing of anybody
    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"))
    record: Mapped[int]  # from 1, in the order of the run
    touch_id: Mapped[int | None] = mapped_column(ForeignKey("touches.id"))  # None: a seed
    seed_id: Mapped[int | None] = mapped_column(ForeignKey("seed_addresses.id"))
    state: Mapped[PieceState] = mapped_column(words(PieceState))
    reason: Mapped[str | None]  # why it was spoiled, recalled, or came back
    reprints: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # number of the reprint it was last put in
    asked_again: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # how often we asked to print it again
    place: Mapped[int] = mapped_column(
        default=0, server_default="0"
    )  # in its newest reprint, from 1; 0: in no reprint
    updated_at: Mapped[datetime]


class SeedAddress(Table):
    """A colleague who gets a piece of every run, so that we see ourselves when it arrives and what it looks like."""

    __tablename__ = "seed_addresses"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[PrimaryKey]
    addressee: Mapped[str]
    street: Mapped[str]
    house_number: Mapped[int]
    house_letter: Mapped[str]
    house_addition: Mapped[str]
    postcode: Mapped[str]
    town: Mapped[str]
    country: Mapped[str]
    active: Mapped[bool]
    added_at: Mapped[datetime]
    added_by: Mapped[str]


class SeedCode(Table):
    """The response code on one seed piece: a colleague who tries it is told from a citizen. No touch ever has it."""

    __tablename__ = "seed_codes"
    __table_args__ = (UniqueConstraint("delivery_id", "seed_id"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    seed_id: Mapped[int] = mapped_column(ForeignKey("seed_addresses.id"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    given_at: Mapped[datetime]


class SeedArrival(Table):
    """A seed piece that arrived: proof that its run was posted, and how long the mail took."""

    __tablename__ = "seed_arrivals"

    piece_id: Mapped[int] = mapped_column(ForeignKey("print_pieces.id"), primary_key=True)
    arrived_on: Mapped[date]
    note: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class ShopAnswer(Table):
    """One answer of the print shop, as it came; the same answer again changes nothing."""

    __tablename__ = "shop_answers"
    __table_args__ = (
        UniqueConstraint("print_run_id", "kind", "sha256"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"))
    kind: Mapped[ShopAnswerKind] = mapped_column(words(ShopAnswerKind))
    file: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[str]
    received_at: Mapped[datetime]
    outcome: Mapped[dict[str, Any]]  # what followed from it, in figures


class Posting(Table):
    """Proof that a batch was posted: the carrier's order, how many pieces, how heavy, when."""

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint("print_run_id", "carrier_order", "file"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"))
    carrier_order: Mapped[str]
    file: Mapped[str]  # empty: of the whole run
    pieces: Mapped[int]
    grams: Mapped[int | None]
    posted_on: Mapped[date]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("shop_answers.id"))


class Difference(Table):
    """Something that does not add up between what we handed over and what the print shop says. A person accepts it."""

    __tablename__ = "differences"
    __table_args__ = (
        Index("ix_differences_print_run_id", "print_run_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    print_run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"))
    kind: Mapped[str]  # missing, unknown, doubled, checksum, count, weight
    pieces: Mapped[int]
    stops: Mapped[bool]  # the next wave waits until it is accepted
    detail: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None]
    accepted_why: Mapped[str | None]


class Pull(Table):
    """The wish that one piece is pulled before it is posted: somebody died, objected, filed, or got a guardian."""

    __tablename__ = "pulls"
    __table_args__ = (UniqueConstraint("piece_id"), {"sqlite_autoincrement": True})

    id: Mapped[PrimaryKey]
    piece_id: Mapped[int] = mapped_column(ForeignKey("print_pieces.id"))
    reason: Mapped[str]  # a code of suppression.reasons, or of an incident
    state: Mapped[PullState] = mapped_column(words(PullState))
    last_time: Mapped[datetime | None]  # after which it cannot be pulled any more
    wanted_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class Incident(Table):
    """The wrong card went out: what is frozen, what was found, and how it ended."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_campaign_id", "campaign_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[PrimaryKey]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    print_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("print_runs.id")
    )  # None: every run of the campaign
    what: Mapped[str]
    brief: Mapped[str]  # what agents say to whoever calls about it
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_why: Mapped[str | None]
