"""An index for what Today asks each time: supporters who want to be called, which hardly any row of years says."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    wanted = sa.text("call_me is 1 and called_at is null")
    op.create_index("ix_interaction_call_wanted", "interaction", ["entered_at"], sqlite_where=wanted)


def downgrade() -> None:
    op.drop_index("ix_interaction_call_wanted", "interaction")
