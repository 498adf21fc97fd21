"""The money, hours and pieces of a campaign's plan, as its approver signs them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0017"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Add the column. A campaign submitted before has none."""
    op.add_column("campaigns", sa.Column("signed_plan", _JSON, nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("campaigns", "signed_plan")
