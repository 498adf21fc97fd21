"""An index by which the looks of one colleague are found."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_audit_log_actor", "audit_log", ["actor", "at"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_audit_log_actor", table_name="audit_log")
