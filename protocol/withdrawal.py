"""The physician's withdrawal secret: 128 bits that withdraw a request at the hub without saying who asks.

It is its own secret, never the token of the physician's link. The hub holds only its SHA-256.
"""

import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is easily taken for a digit."""
LENGTH = 26
"""Letters for 128 bits, five bits each."""
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class WithdrawalSecretError(ValueError):
    """What was typed cannot be a withdrawal secret; the message says how to mend it."""


def new_secret() -> str:
    """A fresh secret, in groups that can be read out: `7K2M4-…`."""
    value = int.from_bytes(secrets.token_bytes(16))
    letters = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(LENGTH)))
    return "-".join(letters[at : at + 5] for at in range(0, LENGTH, 5))


def tidy(typed: str) -> str:
    """The 26 letters of what somebody typed: case, spaces, hyphens and look-alikes are forgiven.

    Raises WithdrawalSecretError when it cannot be a secret.
    """
    letters = "".join(each for each in typed.upper() if each.isalnum()).translate(_LOOKALIKES)
    if len(letters) != LENGTH:
        raise WithdrawalSecretError(f"The code has {LENGTH} letters and digits; this has {len(letters)}.")
    strange = sorted({each for each in letters if each not in ALPHABET})
    if strange:
        raise WithdrawalSecretError(f"The code cannot hold {', '.join(strange)}.")
    return letters


def withdrawal_hash(secret: str) -> str:
    """SHA-256 of the tidied secret, unpadded base64url: what `match.request` carries."""
    return urlsafe_b64encode(sha256(tidy(secret).encode()).digest()).rstrip(b"=").decode()
