"""Campaigns that are made in the browser, and their versions."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0037"
down_revision = "0026"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = store.base.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "campaign_drafts",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("submitted_as", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_draft_versions",
        sa.Column("draft_id", _NUMBER, nullable=False),
        sa.Column("number", _NUMBER, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["campaign_drafts.id"],
            name=op.f("fk_campaign_draft_versions_draft_id_campaign_drafts"),
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_campaign_draft_versions")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("campaign_draft_versions")
    op.drop_table("campaign_drafts")
