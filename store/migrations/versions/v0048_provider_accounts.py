"""Accounts of people who sign in by their organisation's provider."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("accounts", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index("uq_accounts_subject", "accounts", ["subject"], unique=True)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("uq_accounts_subject", table_name="accounts")
    op.drop_column("accounts", "subject")
