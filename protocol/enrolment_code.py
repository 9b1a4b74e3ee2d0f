"""The one-time enrolment code that staff give to a new site, to be typed or pasted: 11 groups of five.

It holds a secret that the hub knows only by its hash, and the anchor of the hub's key log, so that the site
knows the right hub before it has spoken to it. Crockford's base 32, then 16 bits that catch typing errors.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Self
from unicodedata import category

from protocol.errors import HubKeyMismatchError
from protocol.key_log import ANCHOR_BYTES, anchor
from protocol.strict import b64url_decode, b64url_encode
from protocol.withdrawal import ALPHABET

SECRET_BYTES = 16
CHECK_BYTES = 2
LENGTH = 55
"""Letters and digits: 272 bits, five each, the last three bits zero."""
GROUP = 5
_SPARE_BITS = LENGTH * 5 - (SECRET_BYTES + ANCHOR_BYTES + CHECK_BYTES) * 8
_LOOKALIKES = str.maketrans("OIL", "011")


class EnrolmentCodeError(ValueError):
    """What was typed is not an enrolment code; the message says what is wrong with it."""


@dataclass(frozen=True)
class EnrolmentCode:
    """`secret` (128 bits) opens the enrolment; `anchor` (128 bits) names the hub's key log."""

    secret: bytes = field(repr=False)
    anchor: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES or len(self.anchor) != ANCHOR_BYTES:
            raise ValueError("secret and anchor have 16 bytes each")

    @classmethod
    def new(cls, genesis_token: str) -> Self:
        """A fresh code for the hub whose key log begins with this entry."""
        return cls(token_bytes(SECRET_BYTES), b64url_decode(anchor(genesis_token)))

    @property
    def secret_text(self) -> str:
        """The secret as `enrolment.begin` carries it: 22 characters of base64url."""
        return b64url_encode(self.secret)

    def check_hub(self, genesis_token: str) -> None:
        """Raises HubKeyMismatchError if the hub's key log does not begin as the code says."""
        if anchor(genesis_token) != b64url_encode(self.anchor):
            raise HubKeyMismatchError()

    def encode(self) -> str:
        """The code as it is shown: `7K2M4-…`, 11 groups of five."""
        data = self.secret + self.anchor
        value = int.from_bytes(data + _check(data), "big") << _SPARE_BITS
        letters = "".join(ALPHABET[value >> (5 * place) & 31] for place in reversed(range(LENGTH)))
        return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code that somebody typed: case, spaces, hyphens and the look-alikes O, I and L are forgiven.

        Raises EnrolmentCodeError: a strange character, too short, too long, or mistyped.
        """
        letters = "".join(letter for letter in text.upper() if not _is_gap(letter)).translate(_LOOKALIKES)
        strange = sorted({letter for letter in letters if letter not in ALPHABET})
        if strange:
            raise EnrolmentCodeError(f"A code cannot hold {', '.join(strange)}.")
        if len(letters) != LENGTH:
            size = "short" if len(letters) < LENGTH else "long"
            raise EnrolmentCodeError(
                f"The code is too {size}: it has {LENGTH} letters and digits, this has {len(letters)}."
            )
        value = 0
        for letter in letters:
            value = value << 5 | ALPHABET.index(letter)
        data = (value >> _SPARE_BITS).to_bytes(SECRET_BYTES + ANCHOR_BYTES + CHECK_BYTES, "big")
        code, check = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
        if check != _check(code) or value & ((1 << _SPARE_BITS) - 1):
            raise EnrolmentCodeError("The code was mistyped: some of its letters or digits are not as given.")
        return cls(code[:SECRET_BYTES], code[SECRET_BYTES:])


def _is_gap(letter: str) -> bool:
    # Mail programs turn hyphens into other dashes (category Pd) and spaces into hard ones.
    return letter.isspace() or category(letter) == "Pd"


def _check(data: bytes) -> bytes:
    return sha256(b"alongside enrolment code 1\n" + data).digest()[:CHECK_BYTES]
