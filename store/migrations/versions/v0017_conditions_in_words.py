"""The conditions of a campaign's audience in words, and the descriptions of facts they are made of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
)


def upgrade() -> None:
    """Add both columns. A campaign submitted before has none, and its conditions are read from its rule."""
    op.add_column("campaigns", sa.Column("conditions", _JSON, nullable=True))
    op.add_column("fact_columns", sa.Column("words", _JSON, nullable=True))


def downgrade() -> None:
    """Drop both columns."""
    op.drop_column("fact_columns", "words")
    op.drop_column("campaigns", "conditions")
