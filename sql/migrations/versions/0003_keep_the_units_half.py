"""Keep what a unit filled into its half of the inspection form: the centre prints it on the form that it returns."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "unit_half",
        sa.Column("carrier_id", sa.String(length=56), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("authenticity", sa.Text(), nullable=False),
        sa.Column("integrity", sa.Text(), nullable=False),
        sa.Column("usability", sa.Text(), nullable=False),
        sa.Column("security", sa.Text(), nullable=False),
        sa.Column("preparer", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("filled_on", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["carrier_id"], ["carrier.carrier_id"], name=op.f("fk_unit_half__carrier")),
        sa.PrimaryKeyConstraint("carrier_id", name=op.f("pk_unit_half")),
    )
