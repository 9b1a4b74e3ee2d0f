"""Matches within the site: one table for them and for those from elsewhere, the tracker, reach-out, safety, policy."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEPT = (
    "thid, state, state_at, resume_state, stage, modality, proposal_jti, release_jti, proposed_at, answer_by, "
    "ask_itself_at, confirm_by, contact_hours, confirmed_at, due_at, escalates_at, extended_at, attempted_at, "
    "reached_at, closed_at, supporter_id, case_id, card, identity"
)


def upgrade() -> None:
    with op.batch_alter_table("request") as batch:
        batch.add_column(sa.Column("hint", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("mail_ok", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("held", sa.Boolean(), nullable=False, server_default=sa.false()))
    _match()
    op.execute(f"insert into match ({_KEPT}, held) select {_KEPT}, 0 from incoming")  # noqa: S608 - our own names
    with op.batch_alter_table("offer", recreate="always") as batch:
        batch.drop_constraint("fk_offer_thid", type_="foreignkey")
        batch.create_foreign_key("fk_offer_thid", "match", ["thid"], ["thid"])
        batch.add_column(sa.Column("policy_version", sa.Integer(), nullable=True))
    op.drop_table("incoming")
    _tracker()
    _reach_out()
    _traces()


def _match() -> None:
    op.create_table(
        "match",
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("request_id", sa.String(length=22), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("resume_state", sa.String(length=10), nullable=True),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("modality", sa.String(length=10), nullable=False),
        sa.Column("proposal_jti", sa.String(length=22), nullable=True),
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
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("stage_waived_by", sa.String(length=22), nullable=True),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("jottings_destroyed", sa.Boolean(), nullable=True),
        sa.Column("check_in_on", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.request_id"], name="fk_match_request_id"),
        sa.ForeignKeyConstraint(["supporter_id"], ["supporter.supporter_id"], name="fk_match_supporter_id"),
        sa.PrimaryKeyConstraint("thid", name="pk_match"),
        sa.UniqueConstraint("request_id", name="uq_match_request_id"),
    )
    op.create_index("ix_match_state", "match", ["state"])
    op.create_index("ix_match_supporter_id", "match", ["supporter_id"])


def _tracker() -> None:
    op.create_table(
        "interaction",
        sa.Column("interaction_id", sa.String(length=22), nullable=False),
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("length", sa.String(length=10), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("resources", sa.String(120), nullable=False),
        sa.Column("more_needed", sa.Boolean(), nullable=False),
        sa.Column("call_me", sa.Boolean(), nullable=False),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("ticket", sa.String(length=43), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(["thid"], ["match.thid"], name="fk_interaction_thid"),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_interaction"),
        sa.UniqueConstraint("ticket", name="uq_interaction_ticket"),
    )
    op.create_index("ix_interaction_thid", "interaction", ["thid"])
    op.create_table(
        "contact_clock",
        sa.Column("clock_id", sa.String(length=22), nullable=False),
        sa.Column("thid", sa.String(length=22), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("clock_id", name="pk_contact_clock"),
    )
    op.create_index("ix_contact_clock_thid", "contact_clock", ["thid"])
    op.create_table(
        "safety_report",
        sa.Column("report_id", sa.String(length=22), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("route", sa.String(length=15), nullable=False),
        sa.Column("ticket", sa.String(length=43), nullable=False),
        sa.Column("debriefed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("report_id", name="pk_safety_report"),
        sa.UniqueConstraint("ticket", name="uq_safety_report_ticket"),
    )


def _reach_out() -> None:
    op.create_table(
        "outreach",
        sa.Column("outreach_id", sa.String(length=22), nullable=False),
        sa.Column("ref", sa.String(length=8), nullable=False),
        sa.Column("notifier", sa.String(length=15), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("attested_by", sa.String(length=22), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("state_at", sa.DateTime(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(), nullable=True),
        sa.Column("followed_up_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("resources_ok", sa.Boolean(), nullable=True),
        sa.Column("case_id", sa.String(length=22), nullable=True),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("outreach_id", name="pk_outreach"),
    )
    op.create_index("ix_outreach_ref", "outreach", ["ref"])
    op.create_index("ix_outreach_state", "outreach", ["state"])
    op.create_table(
        "evaluator",
        sa.Column("evaluator_id", sa.String(length=22), nullable=False),
        sa.Column("supporter_id", sa.String(length=22), nullable=False),
        sa.Column("physician", sa.LargeBinary(), nullable=False),
        sa.Column("name_key", sa.String(length=43), nullable=False),
        sa.Column("email_key", sa.String(length=43), nullable=True),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supporter_id"], ["supporter.supporter_id"], name="fk_evaluator_supporter_id"
        ),
        sa.PrimaryKeyConstraint("evaluator_id", name="pk_evaluator"),
    )
    for column in ("supporter_id", "name_key", "email_key"):
        op.create_index(f"ix_evaluator_{column}", "evaluator", [column])


def _traces() -> None:
    op.create_table(
        "activity",
        sa.Column("activity_id", sa.String(length=22), nullable=False),
        sa.Column("person_id", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=22), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("activity_id", name="pk_activity"),
    )
    op.create_index("ix_activity_at", "activity", ["at"])
    op.create_index("ix_activity_subject", "activity", ["subject"])
    op.create_table(
        "policy_change",
        sa.Column("version", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=22), nullable=True),
        sa.PrimaryKeyConstraint("version", name="pk_policy_change"),
    )
    op.create_table(
        "reminder",
        sa.Column("subject", sa.String(length=22), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "code", name="pk_reminder"),
    )


def downgrade() -> None:
    for table in ("reminder", "policy_change", "activity", "evaluator", "outreach", "safety_report"):
        op.drop_table(table)
    op.drop_table("contact_clock")
    op.drop_table("interaction")
    # An own request's match has no place in the older table, and its offers go with it.
    own = "(select thid from match where request_id is not null)"
    op.execute(f"delete from offer where thid in {own}")  # noqa: S608
    _incoming()
    op.execute(f"insert into incoming ({_KEPT}) select {_KEPT} from match where request_id is null")  # noqa: S608
    with op.batch_alter_table("offer", recreate="always") as batch:
        batch.drop_constraint("fk_offer_thid", type_="foreignkey")
        batch.create_foreign_key("fk_offer_thid", "incoming", ["thid"], ["thid"])
        batch.drop_column("policy_version")
    op.drop_table("match")
    with op.batch_alter_table("request") as batch:
        for column in ("held", "mail_ok", "hint"):
            batch.drop_column(column)


def _incoming() -> None:
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
