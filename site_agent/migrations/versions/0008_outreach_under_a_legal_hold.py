"""A legal hold on an outreach, as on a request."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outreach") as batch:
        batch.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("outreach") as batch:
        batch.alter_column("held", server_default=None)


def downgrade() -> None:
    """The older program knows no such hold: what is held loses it, and is erased by its age."""
    with op.batch_alter_table("outreach") as batch:
        batch.drop_column("held")
