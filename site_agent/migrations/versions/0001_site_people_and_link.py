"""The site, its people and its link to the hub."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_page",
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("edition", "page", name="pk_directory_page"),
    )
    op.create_table(
        "directory_site",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("community", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name="pk_directory_site"),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("site_id", sa.String(length=22), nullable=True),
        sa.Column("hub_url", sa.String(length=300), nullable=False),
        sa.Column("code_secret", sa.String(length=22), nullable=True),
        sa.Column("anchor", sa.String(length=22), nullable=True),
        sa.Column("nonce", sa.String(length=22), nullable=True),
        sa.Column("opened", sa.String(length=22), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("error_code", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_enrolment"),
    )
    op.create_table(
        "key_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=43), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_key_entry"),
    )
    op.create_table(
        "link_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("next_n", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("heads_cursor", sa.Integer(), nullable=False),
        sa.Column("hub_offset_seconds", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(), nullable=True),
        sa.Column("last_error_code", sa.String(length=40), nullable=True),
        sa.Column("alarm", sa.String(length=40), nullable=True),
        sa.Column("advertised_at", sa.DateTime(), nullable=True),
        sa.Column("advertised", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_link_state"),
    )
    op.create_table(
        "mail",
        sa.Column("mail_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("to", sa.String(length=254), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("n_tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mail_id", name="pk_mail"),
    )
    op.create_index("ix_mail_state", "mail", ["state"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("jti", sa.String(length=22), nullable=False),
        sa.Column("hash", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=True),
        sa.Column("thid", sa.String(length=22), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("queued_at", sa.DateTime(), nullable=True),
        sa.Column("posted_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("epoch", "n", name="uq_outbox_epoch"),
        sa.UniqueConstraint("jti", name="uq_outbox_jti"),
    )
    op.create_index("ix_outbox_thid", "outbox", ["thid"])
    op.create_index("ix_outbox_waiting", "outbox", ["state", "epoch", "n"])
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("roles", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("last_totp_step", sa.Integer(), nullable=True),
        sa.Column("issuer", sa.String(length=300), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
        sa.UniqueConstraint("issuer", "subject", name="uq_person_issuer"),
    )
    op.create_table(
        "seen",
        sa.Column("jti_hash", sa.String(length=43), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("jti_hash", name="pk_seen"),
    )
    op.create_index("ix_seen_seen_at", "seen", ["seen_at"])
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setting"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        sa.Column("failed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index("ix_sign_in_failure_key_at", "sign_in_failure", ["email_key", "failed_at"])
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("community", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("hub_url", sa.String(length=300), nullable=False),
        sa.Column("public_url", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_site"),
    )
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_invitation_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invitation"),
    )
    op.create_index("ix_invitation_person_id", "invitation", ["person_id"])
    op.create_table(
        "sign_in_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.person_id"], name="fk_sign_in_session_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_session"),
    )
    op.create_index("ix_sign_in_session_person_id", "sign_in_session", ["person_id"])


def downgrade() -> None:
    op.drop_table("sign_in_session")
    op.drop_table("invitation")
    op.drop_table("site")
    op.drop_table("sign_in_failure")
    op.drop_table("setting")
    op.drop_table("seen")
    op.drop_table("person")
    op.drop_table("outbox")
    op.drop_table("mail")
    op.drop_table("link_state")
    op.drop_table("key_entry")
    op.drop_table("enrolment")
    op.drop_table("directory_site")
    op.drop_table("directory_page")
