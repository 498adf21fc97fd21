"""Departures from the body's caps, on the campaign, in its ledger and on each touch that goes by one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Add the columns. Of what was submitted before, no departure is known."""
    op.add_column("campaigns", sa.Column("deviations", _JSON, nullable=True))
    op.add_column("decisions", sa.Column("deviation", sa.Text(), nullable=True))
    op.add_column("touches", sa.Column("deviation", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("touches", "deviation")
    op.drop_column("decisions", "deviation")
    op.drop_column("campaigns", "deviations")
