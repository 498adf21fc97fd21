"""By which name somebody goes, and their partner's: so that a card greets people as they call themselves.

Whoever is known already goes by the name that the source gave; a newer file says otherwise.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns."""
    op.add_column("people", sa.Column("name_use", sa.Text(), server_default="E", nullable=False))
    op.add_column(
        "people",
        sa.Column("partner_prefix", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "people", sa.Column("partner_name", sa.Text(), server_default=sa.text("''"), nullable=False)
    )


def downgrade() -> None:
    """Take them away."""
    for name in ("partner_name", "partner_prefix", "name_use"):
        op.drop_column("people", name)
