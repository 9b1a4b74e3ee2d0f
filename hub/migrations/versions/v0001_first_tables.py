"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNTERS = ("directory", "heads", "offers")
TABLES = (
    "audit", "decisions", "passes", "letters", "matches", "outbox", "outbound", "inbox", "inbound",
    "counters", "heads_seen", "key_entries", "capacities", "enrolments", "sites",
)  # fmt: skip
"""In an order in which they can be dropped."""


def upgrade() -> None:
    """Make every table of the hub."""
    _sites()
    _keys_and_counters()
    _exchange()
    _matches()
    _around_matches()


def downgrade() -> None:
    """Drop them all."""
    for table in TABLES:
        op.drop_table(table)


def _sites() -> None:
    """Who takes part, how they came in, what they offer."""
    op.create_table(
        "sites",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("community", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("funded", sa.Boolean(), nullable=False),
        sa.Column("cohort", sa.String(length=32), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("draw", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name="pk_sites"),
    )
    op.create_table(
        "enrolments",
        sa.Column("enrolment_id", sa.String(length=22), nullable=False),
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("code_hash", sa.String(length=43), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("signing_key", sa.JSON(), nullable=True),
        sa.Column("sealing_key", sa.JSON(), nullable=True),
        sa.Column("signing_kid", sa.String(length=43), nullable=True),
        sa.Column("sealing_kid", sa.String(length=43), nullable=True),
        sa.Column("nonce", sa.String(length=22), nullable=True),
        sa.Column("opened_hash", sa.String(length=43), nullable=True),
        sa.Column("challenge", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_enrolments_site_id_sites"),
        sa.PrimaryKeyConstraint("enrolment_id", name="pk_enrolments"),
        sa.UniqueConstraint("code_hash", name="uq_enrolments_code_hash"),
    )
    op.create_index("ix_enrolments_signing_kid", "enrolments", ["signing_kid"])
    op.create_index("ix_enrolments_site_id", "enrolments", ["site_id"])
    op.create_table(
        "capacities",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("in_person", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Boolean(), nullable=False),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_capacities_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", "stage", name="pk_capacities"),
    )
    op.create_index("ix_capacities_stage_open", "capacities", ["stage", "open"])


def _keys_and_counters() -> None:
    """The key log, the heads that sites countersigned, numbers of the whole hub."""
    op.create_table(
        "key_entries",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=43), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_key_entries"),
    )
    op.create_table(
        "heads_seen",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_heads_seen_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", name="pk_heads_seen"),
        sa.UniqueConstraint("seq", name="uq_heads_seen_seq"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    counters = sa.table("counters", sa.column("name"), sa.column("value"))
    op.bulk_insert(counters, [{"name": name, "value": 0} for name in COUNTERS])


def _exchange() -> None:
    """What came and what goes, by number."""
    op.create_table(
        "inbound",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("directory_edition", sa.Integer(), nullable=False),
        sa.Column("called_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_inbound_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", name="pk_inbound"),
    )
    op.create_table(
        "inbox",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jti", sa.String(length=22), nullable=True),
        sa.Column("hash", sa.String(length=43), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_inbox_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", "epoch", "n", name="pk_inbox"),
        sa.UniqueConstraint("site_id", "jti", name="uq_inbox_site_id_jti"),
    )
    op.create_index("ix_inbox_at", "inbox", ["at"])
    op.create_table(
        "outbound",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("last_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_outbound_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", name="pk_outbound"),
    )
    op.create_table(
        "outbox",
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jti", sa.String(length=22), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("match_id", sa.String(length=22), nullable=True),
        sa.Column("hash", sa.String(length=43), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_outbox_site_id_sites"),
        sa.PrimaryKeyConstraint("site_id", "n", name="pk_outbox"),
    )
    op.create_index("ix_outbox_jti", "outbox", ["jti"])
    op.create_index("ix_outbox_match_id", "outbox", ["match_id"])
    op.create_index("ix_outbox_queued_at", "outbox", ["queued_at"])


def _matches() -> None:
    """Requests from elsewhere."""
    op.create_table(
        "matches",
        sa.Column("match_id", sa.String(length=22), nullable=False),
        sa.Column("home_site_id", sa.String(length=22), nullable=True),
        sa.Column("home_thid", sa.String(length=22), nullable=True),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("modality", sa.String(length=32), nullable=False),
        sa.Column("withdrawal_hash", sa.String(length=43), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", MOMENT, nullable=False),
        sa.Column("limit_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("shortlist_hash", sa.String(length=43), nullable=True),
        sa.Column("waiting_hash", sa.String(length=43), nullable=True),
        sa.Column("offers_seen", sa.Integer(), nullable=False),
        sa.Column("letters_at", MOMENT, nullable=True),
        sa.Column("helper_site_id", sa.String(length=22), nullable=True),
        sa.Column("helper_thid", sa.String(length=22), nullable=True),
        sa.Column("awaiting_jti", sa.String(length=22), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("contact_due_at", MOMENT, nullable=True),
        sa.Column("extended_at", MOMENT, nullable=True),
        sa.Column("attempted_at", MOMENT, nullable=True),
        sa.Column("reached_at", MOMENT, nullable=True),
        sa.Column("contact_met", sa.Boolean(), nullable=True),
        sa.Column("touch_told_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closing_told_at", MOMENT, nullable=True),
        sa.Column("salt", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(
            ["helper_site_id"], ["sites.site_id"], name="fk_matches_helper_site_id_sites"
        ),
        sa.ForeignKeyConstraint(["home_site_id"], ["sites.site_id"], name="fk_matches_home_site_id_sites"),
        sa.PrimaryKeyConstraint("match_id", name="pk_matches"),
        sa.UniqueConstraint("home_site_id", "home_thid", name="uq_matches_home_site_id_home_thid"),
        sa.UniqueConstraint("withdrawal_hash", name="uq_matches_withdrawal_hash"),
    )
    op.create_index("ix_matches_helper_site_id_helper_thid", "matches", ["helper_site_id", "helper_thid"])
    op.create_index("ix_matches_limit_at", "matches", ["limit_at"])
    op.create_index("ix_matches_state_asked_at", "matches", ["state", "asked_at"])


def _around_matches() -> None:
    """Letters, passes, decisions, and what was done."""
    op.create_table(
        "letters",
        sa.Column("match_id", sa.String(length=22), nullable=False),
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.match_id"], name="fk_letters_match_id_matches"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_letters_site_id_sites"),
        sa.PrimaryKeyConstraint("match_id", "site_id", name="pk_letters"),
        sa.UniqueConstraint("site_id", "thid", name="uq_letters_site_id_thid"),
    )
    op.create_table(
        "passes",
        sa.Column("match_id", sa.String(length=22), nullable=False),
        sa.Column("site_id", sa.String(length=22), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.match_id"], name="fk_passes_match_id_matches"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.site_id"], name="fk_passes_site_id_sites"),
        sa.PrimaryKeyConstraint("match_id", "site_id", name="pk_passes"),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.String(length=22), nullable=False),
        sa.Column("match_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("rule_set_version", sa.Integer(), nullable=False),
        sa.Column("input_hash", sa.String(length=43), nullable=False),
        sa.Column("reason_codes", sa.JSON(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["match_id"], ["matches.match_id"], name="fk_decisions_match_id_matches"),
        sa.PrimaryKeyConstraint("decision_id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_match_id", "decisions", ["match_id"])
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.String(length=22), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("match_id", sa.String(length=22), nullable=True),
        sa.Column("match_version", sa.Integer(), nullable=True),
        sa.Column("site_id", sa.String(length=22), nullable=True),
        sa.Column("site_hash", sa.String(length=43), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("audit_id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_match_id", "audit", ["match_id"])
    op.create_index("ix_audit_site_id", "audit", ["site_id"])
