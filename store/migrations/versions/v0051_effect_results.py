"""Effects of campaigns as they were counted, and the index of what was wrapped up."""

import sqlalchemy as sa
from alembic import op

import store.base

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KIND = sa.Enum(
    "filed",
    "appointment",
    "payment_arranged",
    "debt_help",
    "not_liable",
    "assessment_prevented",
    name="outcomekind",
    native_enum=False,
    length=40,
)
_WRAPPED_UP = sa.text("wrapped_up_at is not null")


def upgrade() -> None:
    """Make table and index."""
    op.create_table(
        "effect_results",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("campaign_id", _KEY, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("outcome", _KIND, nullable=False),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("counted_at", store.base.UtcDateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_effect_results_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effect_results")),
        sa.UniqueConstraint(
            "campaign_id",
            "as_of",
            "outcome",
            name=op.f("uq_effect_results_campaign_id_as_of_outcome"),
        ),
    )
    op.create_index(
        "ix_calls_wrapped_up",
        "calls",
        ["campaign_id", "wrapped_up_at"],
        sqlite_where=_WRAPPED_UP,
        postgresql_where=_WRAPPED_UP,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_calls_wrapped_up", table_name="calls")
    op.drop_table("effect_results")
