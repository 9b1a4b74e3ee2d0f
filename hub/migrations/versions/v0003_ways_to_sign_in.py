"""Passkeys and recovery codes; authenticator secrets are encrypted from now on."""

import secrets
from base64 import b64encode

import sqlalchemy as sa
from alembic import context, op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("spent_challenges", "recovery_codes", "passkeys")
"""In an order in which they can be dropped."""


def upgrade() -> None:
    """Make the tables, and encrypt the authenticator secrets that lie in clear."""
    op.add_column("people", sa.Column("totp_sealed", sa.String(length=160), nullable=True))
    _seal_secrets()
    op.drop_column("people", "totp_secret")
    op.add_column("sign_in_sessions", sa.Column("seen_on", sa.Date(), nullable=True))
    _passkeys()
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.person_id"], name="fk_recovery_codes_person_id_people"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
    )
    op.create_index("ix_recovery_codes_person_id", "recovery_codes", ["person_id"])
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_spent_challenges"),
    )
    op.create_index("ix_spent_challenges_expires_at", "spent_challenges", ["expires_at"])


def downgrade() -> None:
    """Drop what is new. An encrypted secret is of no use to the older program: its person is invited again."""
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("sign_in_sessions", "seen_on")
    op.drop_column("people", "totp_sealed")
    op.add_column("people", sa.Column("totp_secret", sa.String(length=64), nullable=True))


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("passkey_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=8), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.person_id"], name="fk_passkeys_person_id_people"),
        sa.PrimaryKeyConstraint("passkey_id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_person_id", "passkeys", ["person_id"])


def _seal_secrets() -> None:
    connection = op.get_bind()
    people = sa.table("people", *map(sa.column, ("person_id", "totp_secret", "totp_sealed")))
    clear = sa.select(people.c.person_id, people.c.totp_secret).where(people.c.totp_secret.is_not(None))
    for person_id, secret in connection.execute(clear).all():
        key = context.config.attributes.get("data_key")
        if key is None:
            raise RuntimeError("Authenticator secrets have to be encrypted: run `alongside-hub upgrade`.")
        nonce = secrets.token_bytes(12)
        place = f"people.totp_sealed|{person_id}".encode()
        sealed = b64encode(nonce + AESGCM(key).encrypt(nonce, secret.encode(), place)).decode()
        of_them = sa.update(people).where(people.c.person_id == person_id)
        connection.execute(of_them.values(totp_sealed=sealed))
