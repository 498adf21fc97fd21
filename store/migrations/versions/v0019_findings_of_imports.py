"""How often an import made each kind of finding, and the file that they stand in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0022"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Add both columns. Of imports before, nobody counted."""
    op.add_column("imports", sa.Column("findings", _JSON, nullable=True))
    op.add_column("imports", sa.Column("findings_file", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop both columns."""
    op.drop_column("imports", "findings_file")
    op.drop_column("imports", "findings")
