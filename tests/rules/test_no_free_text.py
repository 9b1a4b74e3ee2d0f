"""J01: no free text about a person, a case or a talk. Every column and field that could hold words is listed here.

A column of at most 43 characters holds a code, an id or a hash. Anything longer, unbounded or binary needs a line
below that says what it holds. `docs/confidentiality.md` says the same in words.
"""

import marshmallow as ma
import pytest
import sqlalchemy as sa
from marshmallow import validate

import hub.models
import site_agent.models
from protocol.messages import REGISTRY
from protocol.messages.body import Part, schema_class
from site_agent.models.base import Base as AgentBase

LONGEST_CODE = 43
SEALED = "sealed under the case's own key"
TOKEN = "a signed token, or a letter that only its receiver can open"
PUBLIC = "public keys or coded vocabulary"
ACCOUNT = "of somebody who signs in, not of anybody who asks"
SECRET = "a secret, hashed"
NAMES = "names a site or a place"

HUB = {
    "key_entries.token": TOKEN, "key_entries.head": TOKEN, "enrolments.challenge": TOKEN, "heads_seen.token": TOKEN,
    "inbox.receipt": TOKEN, "inbox.token": TOKEN, "outbox.token": TOKEN, "letters.card": TOKEN,
    "letters.identity": TOKEN,
    "inbox.type": PUBLIC, "outbox.type": PUBLIC, "capacities.languages": PUBLIC, "enrolments.signing_key": PUBLIC,
    "enrolments.sealing_key": PUBLIC, "decisions.reason_codes": PUBLIC, "sites.zone": PUBLIC,
    "sites.name": NAMES, "sites.community": NAMES,
    "people.email": ACCOUNT, "people.name": ACCOUNT, "people.issuer": ACCOUNT, "people.subject": ACCOUNT,
    "people.password_hash": SECRET, "people.totp_sealed": "encrypted", "sign_in_failures.email_key": SECRET,
    "invitations.token_hash": SECRET, "sign_in_sessions.token_hash": SECRET, "recovery_codes.code_hash": SECRET,
    "spent_challenges.challenge_hash": SECRET, "passkeys.credential_id": PUBLIC, "passkeys.public_key": PUBLIC,
}  # fmt: skip
AGENT = {
    "request.identity": SEALED, "request.reason": SEALED, "request.language": SEALED, "request.posts": SEALED,
    "request.hint": SEALED, "outreach.identity": SEALED, "outreach.reason": SEALED,
    "evaluator.physician": "who is assessed, sealed under the site's own key",
    "policy_change.value": "a value of a setting of the programme", "interaction.resources": PUBLIC,
    "request.wishes": SEALED, "request.avoid": SEALED,
    "request.shortlist": SEALED, "draft.answers": SEALED,
    "match.card": SEALED, "match.identity": SEALED, "case_key.wrapped": "the case's key, itself sealed",
    "key_entry.token": TOKEN, "outbox.token": TOKEN, "link_state.seen": TOKEN,
    "outbox.type": PUBLIC, "directory_page.sites": PUBLIC, "link_state.advertised": PUBLIC, "person.roles": PUBLIC,
    "supporter.languages": PUBLIC, "supporter.modalities": PUBLIC, "supporter.posts": PUBLIC, "site.zone": PUBLIC,
    "directory_site.name": NAMES, "directory_site.community": NAMES, "site.name": NAMES, "site.community": NAMES,
    "site.hub_url": "an address", "site.public_url": "an address", "enrolment.hub_url": "an address",
    "setting.value": "a value of a setting of the programme",
    "mail.to": "where a message goes; erased with the row", "mail.link": "a link; erased once sent",
    "supporter.name": "a supporter", "supporter.email": "a supporter", "supporter.pin_hash": SECRET,
    "person.name": ACCOUNT, "person.email": ACCOUNT, "person.password_hash": SECRET, "person.totp_secret": ACCOUNT,
    "person.issuer": ACCOUNT, "person.subject": ACCOUNT, "invitation.token_hash": SECRET,
    "sign_in_session.token_hash": SECRET, "sign_in_failure.email_key": SECRET, "recovery_code.code_hash": SECRET,
    "spent_challenge.challenge_hash": SECRET, "passkey.credential_id": PUBLIC, "passkey.public_key": PUBLIC,
    "link_session.token_hash": SECRET,
    "secret_link.token_hash": SECRET,
}  # fmt: skip
FIELDS = {
    "directory.sites Site.name": NAMES, "directory.sites Site.community": NAMES,
    "handover.identity.name": "the physician, sealed", "handover.identity.phone": "the physician, sealed",
    "handover.identity.email": "the physician, sealed",
    "enrolment.begin.code": "a one-time secret of fixed length", "keys.entry.subject": "a site id, or `hub`",
    "enrolment.begin PublicKey.x": PUBLIC, "enrolment.prove PublicKey.x": PUBLIC, "keys.entry PublicKey.x": PUBLIC,
}  # fmt: skip


def could_hold_words(kind: sa.types.TypeEngine[object]) -> bool:
    plain = getattr(kind, "impl", kind)
    if isinstance(plain, sa.JSON | sa.LargeBinary):
        return True
    return isinstance(plain, sa.String) and (plain.length is None or plain.length > LONGEST_CODE)


def wide_columns(metadata: sa.MetaData) -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if could_hold_words(column.type)
    }


@pytest.mark.parametrize(
    ("metadata", "listed"),
    [(hub.models.Match.metadata, HUB), (AgentBase.metadata, AGENT)],
    ids=["hub", "agent"],
)
def test_j01_no_table_has_a_place_for_a_note(metadata: sa.MetaData, listed: dict[str, str]) -> None:
    assert wide_columns(metadata) == set(listed)


def free_fields(name: str, kind: type[Part]) -> set[str]:
    found: set[str] = set()
    for field_name, rule in schema_class(kind)().fields.items():
        inner = rule.inner if isinstance(rule, ma.fields.List) else rule
        if isinstance(inner, ma.fields.Nested):
            nested = type(inner.schema).__name__.removesuffix("Schema")
            found |= {f"{name} {nested}.{each}" for each, sub in inner.schema.fields.items() if is_free(sub)}
        elif is_free(inner):
            found.add(f"{name}.{field_name}")
    return found


def is_free(rule: object) -> bool:
    """A string that neither a vocabulary nor a pattern holds."""
    if not isinstance(rule, ma.fields.String):
        return False
    return not any(isinstance(check, validate.OneOf | validate.Regexp) for check in rule.validators)


def test_j01_no_message_has_a_place_for_a_note() -> None:
    found: set[str] = set()
    for name, body in REGISTRY.items():
        found |= free_fields(name, body)
    assert found == set(FIELDS)


def test_the_walk_sees_a_note_that_somebody_adds() -> None:
    """The positive control."""
    table = sa.Table("talks", sa.MetaData(), sa.Column("notes", sa.Text), sa.Column("mode", sa.String(10)))
    assert wide_columns(table.metadata) == {"talks.notes"}
    assert site_agent.models.Offer.__table__ is not None
