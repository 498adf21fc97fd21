"""Trials.

The stratum and cluster that somebody was drawn in, and the day on which an outcome was withdrawn.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns, empty: nobody was drawn in strata before."""
    op.add_column("decisions", sa.Column("stratum", _BIG, nullable=True))
    op.add_column("decisions", sa.Column("cluster", _BIG, nullable=True))
    op.add_column("outcomes", sa.Column("withdrawn_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the columns away."""
    op.drop_column("outcomes", "withdrawn_on")
    op.drop_column("decisions", "cluster")
    op.drop_column("decisions", "stratum")
