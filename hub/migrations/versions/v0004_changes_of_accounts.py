"""The audit log also says whose account was changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; lines of before are about no account."""
    op.add_column("audit", sa.Column("person_id", sa.String(length=22), nullable=True))
    op.create_index("ix_audit_person_id", "audit", ["person_id"])


def downgrade() -> None:
    """Drop it. Without it, a line about an account says nothing."""
    op.execute(sa.text("DELETE FROM audit WHERE person_id IS NOT NULL"))
    op.drop_index("ix_audit_person_id", "audit")
    op.drop_column("audit", "person_id")
