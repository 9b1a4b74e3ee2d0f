"""Indexes for what every list asks: the loads of this year, and closed requests whose wishes are not erased yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_match_confirmed_at", "match", ["confirmed_at", "supporter_id"])
    op.create_index(
        "ix_request_with_wishes", "request", ["closed_at"], sqlite_where=sa.text("wishes is not null")
    )


def downgrade() -> None:
    op.drop_index("ix_request_with_wishes", "request")
    op.drop_index("ix_match_confirmed_at", "match")
