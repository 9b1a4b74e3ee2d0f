"""Signing in with one OpenID Connect provider, for people who were invited.

An account is known by the provider's issuer and subject, never by an email address, which may pass to somebody
else. The first time, the address the provider has verified ties the account to an invited person who has neither
a password nor another account; later changes of address mean nothing. The provider asks for the second factor.

Settings: OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME (what people call it). The address to
register there is `https://<this app>/sign-in/provider/callback`.
"""

from __future__ import annotations

from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from ui.access import local_path, public
from ui.secret_paths import keep_out_of_logs
from ui.signin import sessions
from ui.signin.store import Person, SignInStore, current_store

TIMEOUT_SECONDS = 10  # somebody waits for the page

bp = Blueprint("oidc", __name__, url_prefix="/sign-in/provider")


def init_oidc(app: Flask) -> None:
    """Mount the provider's two routes, if one is set."""
    issuer = app.config.setdefault("OIDC_ISSUER", None)
    app.config.setdefault("OIDC_NAME", "OpenID Connect")
    if not issuer:
        return
    oauth = OAuth(app)  # without a cache: the state then stays in this browser's cookie and nowhere else
    app.extensions["oidc"] = oauth.register(
        "provider",
        client_id=app.config["OIDC_CLIENT_ID"],
        client_secret=app.config["OIDC_CLIENT_SECRET"],
        server_metadata_url=issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )
    app.register_blueprint(bp)
    keep_out_of_logs(["/sign-in/provider/callback?"])


def provider_name() -> str | None:
    """What people call the provider, or None where none is set."""
    return current_app.config["OIDC_NAME"] if "oidc" in current_app.extensions else None


@bp.get("")
@public
def start() -> Response | tuple[str, int]:
    """Send the browser to the provider. A link, not a form: the content policy keeps forms on this host."""
    for name in [name for name in session if name.startswith("_state_")]:
        del session[name]  # of an attempt given up; the cookie has little room
    session["oidc_next"] = local_path(request.args.get("next"))
    try:
        answer: Response = _client().authorize_redirect(url_for("oidc.callback", _external=True))
    except requests.RequestException:
        return _no_answer()
    return answer


@bp.get("/callback")
@public
def callback() -> Response | tuple[str, int]:
    """The browser comes back: find out who it is and sign them in."""
    try:
        claims = _claims()
    except requests.RequestException:
        return _no_answer()
    except (OAuthError, JoseError):
        return _refused(
            400,
            _(
                "It took too long, or it was stopped there. Go back and start again. "
                "If that does not help, tell whoever gave you access."
            ),
        )
    store = current_store()
    assert store is not None
    person = _person(store, claims)
    if person is None:
        return _refused(
            403, _("That account belongs to nobody here. Ask whoever gave you access to invite you.")
        )
    target = session.get("oidc_next") or current_app.extensions["ui"].home()
    sessions.start(person)
    store.commit()
    return redirect(target, 303)


def _client() -> Any:
    return current_app.extensions["oidc"]


def _claims() -> dict[str, Any]:
    """What the provider says about the account: `sub` from the signed token, the email from userinfo.

    Raises OAuthError or JoseError when the answer is not one to this browser's question.
    """
    issuer = current_app.config["OIDC_ISSUER"]
    token = _client().authorize_access_token(claims_options={"iss": {"essential": True, "value": issuer}})
    signed = token.get("userinfo")
    if signed is None:
        raise OAuthError("missing_id_token")
    told = _client().userinfo(token=token)
    if told.get("sub") != signed["sub"]:  # OpenID Connect Core, 5.3.2: else it is about somebody else
        raise OAuthError("mismatching_subject")
    return dict(told)


def _person(store: SignInStore, claims: dict[str, Any]) -> Person | None:
    issuer = current_app.config["OIDC_ISSUER"]
    known = store.person_by_subject(issuer, claims["sub"])
    if known or claims.get("email_verified") is not True or not claims.get("email"):
        return known
    invited = store.person_by_email(claims["email"].strip().lower())
    if invited is None or store.password_hash(invited.person_id) or store.passkeys_of(invited.person_id):
        return None  # who has a way to sign in is no longer invited
    return invited if store.link_subject(invited.person_id, issuer, claims["sub"]) else None


def _no_answer() -> tuple[str, int]:
    return _refused(503, _("It does not answer just now. Try again in a few minutes."))


def _refused(status: int, advice: str) -> tuple[str, int]:
    return render_template("signin/refused.html", provider=provider_name(), advice=advice), status
