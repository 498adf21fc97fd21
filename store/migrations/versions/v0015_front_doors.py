"""House numbers get a designation (beside or opposite a number), and one key stands for one front door.

The keys that are stored were made of a number as it was spelled. They are made anew by `people.address_rekeying`, batch
after batch, because only that package reads addresses: `address_rekeying` says how far it came. An empty database has
nothing to make anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the columns, and ask for new keys where there are old ones."""
    op.add_column("people", sa.Column("house_designation", sa.Text(), nullable=True))
    op.add_column(
        "seed_addresses",
        sa.Column("house_designation", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.create_table(
        "address_rekeying",
        sa.Column("rules", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("reached", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("rules", name=op.f("pk_address_rekeying")),
    )
    op.execute(
        "insert into address_rekeying (rules, reached)"
        " select 1, 0 where exists (select 1 from people where household_key is not null)"
    )


def downgrade() -> None:
    """Take them away. The new keys stay: a newer import of people makes the old ones again."""
    op.drop_table("address_rekeying")
    for table in ("seed_addresses", "people"):
        op.drop_column(table, "house_designation")
