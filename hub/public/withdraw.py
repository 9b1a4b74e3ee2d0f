"""Withdrawing by the secret alone: no name is asked, no address is kept, nothing is put into a log or a URL.

Both steps are posted, so that the code never stands in an address or in the browser's history.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Field, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from hub import config
from hub.extensions import db
from hub.models import Match
from hub.public import bp
from hub.services import brokerage
from hub.services.match_moves import home_word
from hub.words import PHYSICIAN
from protocol.match_states import FINAL, HOME_WORD, State
from protocol.withdrawal import LENGTH, WithdrawalSecretError, tidy, withdrawal_hash
from ui.access import public
from ui.clock import now
from ui.forms import Form, render_form


class WithdrawalForm(Form):
    """The withdrawal code. What was typed stays in the box when it is not right."""

    code = StringField(
        _l("Withdrawal code"),
        [
            DataRequired(_l("Enter the withdrawal code that you were given when you asked")),
            Length(max=200, message=_l("That is too long for a withdrawal code")),
        ],
    )

    def validate_code(self, field: Field) -> None:
        try:
            tidy(field.data)
        except WithdrawalSecretError:
            wrong = _("Check the code: it has %(n)d letters and digits, and never the letter U", n=LENGTH)
            raise ValidationError(wrong) from None
        if find(field.data) is None:
            raise ValidationError(_("No request has this code. Check it letter by letter"))


@bp.context_processor
def way_out() -> dict[str, Any]:
    """Where a physician who wants to leave at once is led."""
    return {"leave_to": lambda: config.current().leave_to}


@bp.route("/withdraw", methods=["GET", "POST"])
@public
def withdraw() -> str | tuple[str, int]:
    """Ask for the code, then show where its request stands: as home may hear it, so that the code tells no more."""
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return render_form("public/withdraw.html", form)
    match = find(form.code.data or "")
    assert match is not None  # the form found it, and matches are never deleted
    return _stand(home_word(match), form.code.data or "")


@bp.post("/withdraw/confirm")
@public
def confirm_withdrawal() -> str | tuple[str, int]:
    """Withdraw the request. Sent twice, it says the same."""
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return render_form("public/withdraw.html", form)
    state = brokerage.withdraw_by_secret(db.session(), form.code.data or "", now())
    db.session.commit()
    assert state is not None  # as above
    return _stand(HOME_WORD[state], form.code.data or "")


def find(typed: str) -> Match | None:
    """The request with this code, or None."""
    return db.session.scalar(select(Match).where(Match.withdrawal_hash == withdrawal_hash(typed)))


def _stand(word: str, code: str) -> str:
    return render_template(
        "public/withdraw_state.html",
        words=PHYSICIAN[word],
        withdrawn=word == HOME_WORD[State.WITHDRAWN],
        may_withdraw=word not in {HOME_WORD[state] for state in FINAL},
        code=code,
    )
