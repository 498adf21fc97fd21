"""Post, piece by piece, with the answers of the print shop and the state of each piece."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import store.base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "seed_addresses",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("addressee", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column(
            "house_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("house_letter", sa.Text(), nullable=False),
        sa.Column("house_addition", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seed_addresses")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "differences",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column(
            "detail",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("found_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Text(), nullable=True),
        sa.Column("accepted_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["print_run_id"], ["print_runs.id"], name=op.f("fk_differences_print_run_id_print_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_differences_print_run_id", "differences", ["print_run_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("opened_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_incidents_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["print_run_id"], ["print_runs.id"], name=op.f("fk_incidents_print_run_id_print_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_incidents_campaign_id", "incidents", ["campaign_id"], unique=False)
    op.create_table(
        "print_pieces",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("piece_id", sa.Text(), nullable=False),
        sa.Column(
            "print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("record", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("touch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "made",
                "handed_over",
                "printed",
                "spoiled",
                "posted",
                "returned",
                "recalled",
                name="piecestate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "reprints",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "asked_again",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column(
            "place",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
        sa.Column("updated_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["print_run_id"],
            ["print_runs.id"],
            name=op.f("fk_print_pieces_print_run_id_print_runs"),
        ),
        sa.ForeignKeyConstraint(
            ["seed_id"], ["seed_addresses.id"], name=op.f("fk_print_pieces_seed_id_seed_addresses")
        ),
        sa.ForeignKeyConstraint(
            ["touch_id"], ["touches.id"], name=op.f("fk_print_pieces_touch_id_touches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_pieces")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_print_pieces_piece_id")),
        sa.UniqueConstraint(
            "print_run_id", "record", name=op.f("uq_print_pieces_print_run_id_record")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_print_pieces_touch_id", "print_pieces", ["touch_id"], unique=False)
    op.create_table(
        "shop_answers",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "proof",
                "printed",
                "posted",
                "returned",
                "pulled",
                "destroyed",
                name="shopanswerkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("received_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["print_run_id"],
            ["print_runs.id"],
            name=op.f("fk_shop_answers_print_run_id_print_runs"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_answers")),
        sa.UniqueConstraint(
            "print_run_id", "kind", "sha256", name=op.f("uq_shop_answers_print_run_id_kind_sha256")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "postings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("carrier_order", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grams", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["shop_answers.id"], name=op.f("fk_postings_answer_id_shop_answers")
        ),
        sa.ForeignKeyConstraint(
            ["print_run_id"], ["print_runs.id"], name=op.f("fk_postings_print_run_id_print_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_postings")),
        sa.UniqueConstraint(
            "print_run_id",
            "carrier_order",
            "file",
            name=op.f("uq_postings_print_run_id_carrier_order_file"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "pulls",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("piece_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "wanted",
                "asked",
                "pulled",
                "too_late",
                name="pullstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("last_time", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("wanted_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("answered_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["piece_id"], ["print_pieces.id"], name=op.f("fk_pulls_piece_id_print_pieces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pulls")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_pulls_piece_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "seed_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("seed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("given_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_seed_codes_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(
            ["seed_id"], ["seed_addresses.id"], name=op.f("fk_seed_codes_seed_id_seed_addresses")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_seed_codes")),
        sa.UniqueConstraint(
            "delivery_id", "seed_id", name=op.f("uq_seed_codes_delivery_id_seed_id")
        ),
    )
    op.create_table(
        "seed_arrivals",
        sa.Column("piece_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["piece_id"], ["print_pieces.id"], name=op.f("fk_seed_arrivals_piece_id_print_pieces")
        ),
        sa.PrimaryKeyConstraint("piece_id", name=op.f("pk_seed_arrivals")),
    )
    op.add_column(
        "print_files",
        sa.Column(
            "pieces",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )
    op.add_column(
        "print_files",
        sa.Column(
            "first",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )
    op.add_column(
        "print_files", sa.Column("printed_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "print_files", sa.Column("posted_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "print_runs",
        sa.Column(
            "state",
            sa.Enum(
                "made",
                "handed_over",
                "received",
                "proofed",
                "printed",
                "posted",
                "closed",
                name="runstate",
                native_enum=False,
                length=40,
            ),
            server_default="made",
            nullable=False,
        ),
    )
    op.add_column(
        "print_runs",
        sa.Column(
            "seeds",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            server_default="0",
            nullable=False,
        ),
    )
    op.add_column("print_runs", sa.Column("shop", sa.Text(), nullable=True))
    op.add_column(
        "print_runs",
        sa.Column("weight", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column(
        "print_runs",
        sa.Column("cost", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.add_column(
        "print_runs",
        sa.Column("handed_over_at", store.base.UtcDateTime(timezone=True), nullable=True),
    )
    op.add_column(
        "print_runs", sa.Column("received_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "print_runs", sa.Column("proofed_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column("print_runs", sa.Column("proofed_by", sa.Text(), nullable=True))
    op.add_column(
        "print_runs", sa.Column("printed_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "print_runs", sa.Column("posted_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.add_column(
        "print_runs", sa.Column("closed_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_column("print_runs", "closed_at")
    op.drop_column("print_runs", "posted_at")
    op.drop_column("print_runs", "printed_at")
    op.drop_column("print_runs", "proofed_by")
    op.drop_column("print_runs", "proofed_at")
    op.drop_column("print_runs", "received_at")
    op.drop_column("print_runs", "handed_over_at")
    op.drop_column("print_runs", "cost")
    op.drop_column("print_runs", "weight")
    op.drop_column("print_runs", "shop")
    op.drop_column("print_runs", "seeds")
    op.drop_column("print_runs", "state")
    op.drop_column("print_files", "posted_at")
    op.drop_column("print_files", "printed_at")
    op.drop_column("print_files", "first")
    op.drop_column("print_files", "pieces")
    op.drop_table("seed_arrivals")
    op.drop_table("seed_codes")
    op.drop_table("pulls")
    op.drop_table("postings")
    op.drop_table("shop_answers")
    op.drop_index("ix_print_pieces_touch_id", table_name="print_pieces")
    op.drop_table("print_pieces")
    op.drop_index("ix_incidents_campaign_id", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index("ix_differences_print_run_id", table_name="differences")
    op.drop_table("differences")
    op.drop_table("seed_addresses")
