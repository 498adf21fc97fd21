"""Who is reached, and who never: consents, obligations, named audiences, and what the lists and the ledger gained.

Columns are added in place. SQLite could only change a column by building its table anew, and dropping `people` for that
would take everybody's numbers with it.
"""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and columns."""
    op.create_table(
        "address_decisions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "household_key", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "household", "separate", "closed", name="addresskind", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decided_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_address_decisions_household_key", "address_decisions", ["household_key"], unique=False
    )

    op.create_table(
        "audiences",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("where_text", sa.Text(), nullable=False),
        sa.Column("necessity", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("saved_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audiences")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_audiences_name_version")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "consents",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column(
            "person_ref",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("given", "withdrawn", name="consentkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("said_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", store.base.UtcDateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text_shown", sa.Text(), nullable=False),
        sa.Column("added_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_person_ref", "consents", ["person_ref"], unique=False)
    op.create_index("uq_consents_entry_key", "consents", ["entry_key"], unique=True)

    op.create_table(
        "audience_runs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "audience_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("people", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("ran_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["audience_id"], ["audiences.id"], name=op.f("fk_audience_runs_audience_id_audiences")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audience_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audience_runs_audience_id", "audience_runs", ["audience_id"], unique=False)

    op.create_table(
        "obligations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "person_ref",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("tax", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("dunned_on", sa.Date(), nullable=True),
        sa.Column("extension_until", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("assessment_due_on", sa.Date(), nullable=True),
        sa.Column("refund_expected", sa.Boolean(), nullable=True),
        sa.Column(
            "import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("updated_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_obligations_import_id_imports")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sa.UniqueConstraint(
            "person_ref", "tax", "year", name=op.f("uq_obligations_person_ref_tax_year")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audience_members",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_audience_members_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["audience_runs.id"], name=op.f("fk_audience_members_run_id_audience_runs")
        ),
        sa.PrimaryKeyConstraint("run_id", "person_id", name=op.f("pk_audience_members")),
    )
    op.create_index(
        "ix_audience_members_person_id", "audience_members", ["person_id"], unique=False
    )

    op.create_table(
        "removals",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("retention", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("removed_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_removals_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_removals_campaign_id", "removals", ["campaign_id"], unique=False)

    op.add_column(
        "attempts",
        sa.Column(
            "day_part",
            sa.Enum(
                "morning", "afternoon", "evening", name="daypart", native_enum=False, length=40
            ),
            nullable=True,
        ),
    )

    op.add_column("campaigns", sa.Column("subject", sa.Text(), nullable=True))

    op.add_column("imports", sa.Column("source", sa.Text(), nullable=True))

    op.add_column("people", sa.Column("joint_hash", sa.Text(), nullable=True))
    op.add_column(
        "people", sa.Column("seen_at", store.base.UtcDateTime(timezone=True), nullable=True)
    )
    op.create_index("ix_people_joint_hash", "people", ["joint_hash"], unique=False)

    op.add_column("suppressions", sa.Column("subject", sa.Text(), nullable=True))
    op.add_column("suppressions", sa.Column("joint_hash", sa.Text(), nullable=True))
    op.add_column(
        "suppressions",
        sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index("ix_suppressions_joint_hash", "suppressions", ["joint_hash"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_suppressions_joint_hash", table_name="suppressions")
    op.drop_column("suppressions", "pending")
    op.drop_column("suppressions", "joint_hash")
    op.drop_column("suppressions", "subject")

    op.drop_index("ix_people_joint_hash", table_name="people")
    op.drop_column("people", "seen_at")
    op.drop_column("people", "joint_hash")

    op.drop_column("imports", "source")

    op.drop_column("campaigns", "subject")

    op.drop_column("attempts", "day_part")

    op.drop_index("ix_removals_campaign_id", table_name="removals")

    op.drop_table("removals")
    op.drop_index("ix_audience_members_person_id", table_name="audience_members")

    op.drop_table("audience_members")
    op.drop_table("obligations")
    op.drop_index("ix_audience_runs_audience_id", table_name="audience_runs")

    op.drop_table("audience_runs")
    op.drop_index("uq_consents_entry_key", table_name="consents")
    op.drop_index("ix_consents_person_ref", table_name="consents")

    op.drop_table("consents")
    op.drop_table("audiences")
    op.drop_index("ix_address_decisions_household_key", table_name="address_decisions")

    op.drop_table("address_decisions")
