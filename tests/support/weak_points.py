"""Public keys that must be refused: every encoding of every point of small order.

Worked out here from the curves' equations (RFC 7748, RFC 8032), so that the list does not rest on the library
that is tested.
"""

from tests.support.forge import b64

P = 2**255 - 19
_D = -121665 * pow(121666, -1, P) % P
_SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
_SIGN_BIT = 1 << 255


def _root(square: int) -> int | None:
    root = pow(square, (P + 3) // 8, P)
    for candidate in (root, root * _SQRT_MINUS_1 % P):
        if candidate * candidate % P == square % P:
            return candidate
    return None


def _order_eight_y() -> int:
    # Twice a point of order eight has y = 0, so there y² = -x²; the curve -x² + y² = 1 + d·x²·y² then says
    # d·y⁴ + 2·y² - 1 = 0. One of its two solutions for y² is a square.
    discriminant = _root((1 + _D) % P)
    assert discriminant is not None
    roots = [_root((-1 + sign * discriminant) * pow(_D, -1, P) % P) for sign in (1, -1)]
    return next(root for root in roots if root is not None)


def _encodings(coordinates: list[int]) -> list[str]:
    # P and P + 1 are 0 and 1 written differently; the top bit is a sign (Ed25519) or ignored (X25519).
    wide = [*coordinates, P, P + 1]
    return [b64((value | bit).to_bytes(32, "little")) for value in wide for bit in (0, _SIGN_BIT)]


_Y8 = _order_eight_y()

ED25519 = _encodings([0, 1, P - 1, _Y8, P - _Y8])
"""`x` members of all 14 encodings of the eight points of small order."""

X25519 = _encodings([0, 1, P - 1, *((1 + y) * pow(1 - y, -1, P) % P for y in (_Y8, P - _Y8))])
"""`x` members of all 14 encodings whose shared secret is zero (u = (1 + y) / (1 - y), RFC 7748)."""

IDENTITY = b64((1).to_bytes(32, "little"))
"""The neutral point: with it as a key, one signature fits every message."""

FITS_EVERYTHING = (1).to_bytes(32, "little") + bytes(32)
"""That signature: R is the neutral point, S is zero."""


def jwk(curve: str, x: str) -> dict[str, str]:
    return {"kty": "OKP", "crv": curve, "x": x}
