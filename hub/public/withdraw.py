"""Withdrawing by the secret alone: no name is asked, no address is kept, nothing is put into a log or a URL.

Both steps are posted, so that the code never stands in an address or in the browser's history.
"""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from wtforms import Field, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from hub.extensions import db
from hub.models import Match
from hub.public import bp
from hub.services import brokerage
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
            InputRequired(_l("Enter the withdrawal code that you were given when you asked")),
            Length(max=200, message=_l("That is too long for a withdrawal code")),
        ],
    )

    def validate_code(self, field: Field) -> None:
        try:
            tidy(field.data)
        except WithdrawalSecretError:
            wrong = _("Check the code: it has %(n)d letters and digits, and never the letter U", n=LENGTH)
            raise ValidationError(wrong) from None
        if find_state(field.data) is None:
            raise ValidationError(_("No request has this code. Check it letter by letter"))


@bp.route("/withdraw", methods=["GET", "POST"])
@public
def withdraw() -> str | tuple[str, int]:
    """Ask for the code, then show where its request stands."""
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return render_form("public/withdraw.html", form)
    return _stand(find_state(form.code.data or ""), form.code.data)


@bp.post("/withdraw/confirm")
@public
def confirm_withdrawal() -> str | tuple[str, int]:
    """Withdraw the request. Sent twice, it says the same."""
    form = WithdrawalForm()
    if not form.validate_on_submit():
        return render_form("public/withdraw.html", form)
    state = brokerage.withdraw_by_secret(db.session(), form.code.data or "", now())
    db.session.commit()
    return _stand(state, form.code.data)


def find_state(typed: str) -> State | None:
    """Where the request with this code stands, or None when there is none."""
    found = db.session.scalar(select(Match.state).where(Match.withdrawal_hash == withdrawal_hash(typed)))
    return None if found is None else State(found)


def _stand(state: State | None, code: str | None) -> str:
    assert state is not None  # the form found it a moment ago, and matches are never deleted
    return render_template(
        "public/withdraw_state.html",
        words=PHYSICIAN[HOME_WORD[state]],
        withdrawn=state is State.WITHDRAWN,
        may_withdraw=state not in FINAL,
        code=code,
    )
