"""One-time codes of an authenticator app (TOTP, RFC 6238: six digits, 30 seconds, SHA-1, as every app has it)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno
from markupsafe import Markup

DRIFT_STEPS = 1  # RFC 6238, 5.2: one step either way for a phone whose clock is a little off


def new_secret() -> str:
    """A random secret of 160 bits in base32 (RFC 4226, 4, R6)."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The time step whose code this is, if it is near `at` and later than the last one taken; else None."""
    totp = pyotp.TOTP(secret)
    typed = "".join(code.split())
    present = totp.timecode(at)
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        right = hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode())
        if right and (last_step is None or step > last_step):
            return step
    return None


def enrolment_uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code says: the `otpauth:` address that authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def qr_code(text: str) -> Markup:
    """A QR code as SVG for the page itself; it has attributes only, no style, so the content policy allows it."""
    drawing = segno.make(text, error="m", micro=False)
    return Markup(drawing.svg_inline(svgclass=None, lineclass=None, omitsize=True))  # noqa: S704


def in_groups(secret: str) -> str:
    """The secret as people type it: groups of four."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
