"""Totals that outlive coded rows, and indexes for what is erased by its age."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "total",
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("quarter", "code", name="pk_total"),
    )
    op.create_index("ix_request_closed_at", "request", ["closed_at"])
    op.create_index("ix_match_state_at", "match", ["state", "state_at"])
    op.create_index("ix_outreach_closed_at", "outreach", ["closed_at"])


def downgrade() -> None:
    op.drop_index("ix_outreach_closed_at", "outreach")
    op.drop_index("ix_match_state_at", "match")
    op.drop_index("ix_request_closed_at", "request")
    op.drop_table("total")
