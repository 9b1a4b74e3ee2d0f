"""Supporters, requests and matches."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_key",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_key"),
    )
    op.create_table(
        "event",
        sa.Column("event_id", sa.String(length=22), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=True),
        sa.PrimaryKeyConstraint("event_id", name="pk_event"),
    )
    op.create_index("ix_event_subject_at", "event", ["subject", "at"])
    op.create_table(
        "link_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("pin_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_link_session"),
    )
    op.create_index("ix_link_session_subject", "link_session", ["subject"])
    op.create_table(
        "request",
        sa.Column("request_id", sa.String(length=22), nullable=False),
        sa.Column("ref", sa.String(length=8), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("modality", sa.String(length=10), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("few", sa.String(length=5), nullable=False),
        sa.Column("thid", sa.String(length=22), nullable=True),
        sa.Column("withdrawal_hash", sa.String(length=43), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("restate", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("case_id", sa.String(length=22), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.LargeBinary(), nullable=True),
        sa.Column("posts", sa.LargeBinary(), nullable=True),
        sa.Column("wishes", sa.LargeBinary(), nullable=True),
        sa.Column("avoid", sa.LargeBinary(), nullable=True),
        sa.Column("shortlist", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("request_id", name="pk_request"),
        sa.UniqueConstraint("thid", name="uq_request_thid"),
    )
    op.create_index("ix_request_ref", "request", ["ref"])
    op.create_index("ix_request_state", "request", ["state"])
    op.create_table(
        "secret_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("spent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_secret_link"),
    )
    op.create_index("ix_secret_link_subject", "secret_link", ["subject"])
    op.create_table(
        "supporter",
        sa.Column("supporter_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("languages", sa.String(200), nullable=False),
        sa.Column("modalities", sa.String(60), nullable=False),
        sa.Column("gender", sa.String(length=10), nullable=False),
        sa.Column("posts", sa.String(200), nullable=False),
        sa.Column("max_open", sa.Integer(), nullable=False),
        sa.Column("foundations_on", sa.Date(), nullable=True),
        sa.Column("practice_on", sa.Date(), nullable=True),
        sa.Column("agreement_version", sa.String(length=20), nullable=True),
        sa.Column("agreement_at", sa.DateTime(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("pin_hash", sa.String(length=200), nullable=True),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("pin_lockouts", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("supporter_id", name="pk_supporter"),
        sa.UniqueConstraint("email", name="uq_supporter_email"),
    )
    op.create_table(
        "draft",
        sa.Column("draft_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_draft_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", name="pk_draft"),
    )
    op.create_index("ix_draft_changed_at", "draft", ["changed_at"])
    op.create_table(
        "incoming",
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("resume_state", sa.String(length=10), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("modality", sa.String(length=10), nullable=False),
        sa.Column("proposal_jti", sa.String(length=22), nullable=False),
        sa.Column("release_jti", sa.String(length=22), nullable=True),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("answer_by", sa.DateTime(), nullable=False),
        sa.Column("ask_itself_at", sa.DateTime(), nullable=True),
        sa.Column("confirm_by", sa.DateTime(), nullable=True),
        sa.Column("contact_hours", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("escalates_at", sa.DateTime(), nullable=True),
        sa.Column("extended_at", sa.DateTime(), nullable=True),
        sa.Column("attempted_at", sa.DateTime(), nullable=True),
        sa.Column("reached_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("supporter_id", sa.String(length=22), nullable=True),
        sa.Column("case_id", sa.String(length=22), nullable=True),
        sa.Column("card", sa.LargeBinary(), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.supporter_id"], name="fk_incoming_supporter_id"
        ),
        sa.PrimaryKeyConstraint("thid", name="pk_incoming"),
    )
    op.create_index("ix_incoming_state", "incoming", ["state"])
    op.create_index("ix_incoming_supporter_id", "incoming", ["supporter_id"])
    op.create_table(
        "offer",
        sa.Column("offer_id", sa.String(length=22), nullable=False),
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("supporter_id", sa.String(length=22), nullable=True),
        sa.Column("asked_token", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.supporter_id"], name="fk_offer_supporter_id"),
        sa.ForeignKeyConstraint(["thid"], ["incoming.thid"], name="fk_offer_thid"),
        sa.PrimaryKeyConstraint("offer_id", name="pk_offer"),
    )
    op.create_index("ix_offer_supporter_id", "offer", ["supporter_id"])
    op.create_index("ix_offer_thid", "offer", ["thid"])


def downgrade() -> None:
    op.drop_table("offer")
    op.drop_table("incoming")
    op.drop_table("draft")
    op.drop_table("supporter")
    op.drop_table("secret_link")
    op.drop_table("request")
    op.drop_table("link_session")
    op.drop_table("event")
    op.drop_table("case_key")
