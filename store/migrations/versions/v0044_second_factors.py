"""Second factors and names to show of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns."""
    op.add_column("accounts", sa.Column("display_name", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("second_factor", sa.Text(), nullable=True))
    op.add_column("accounts", sa.Column("second_factor_step", _NUMBER, nullable=True))


def downgrade() -> None:
    """Take them away."""
    for column in ("second_factor_step", "second_factor", "display_name"):
        op.drop_column("accounts", column)
