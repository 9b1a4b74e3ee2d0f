"""Six words for two people to compare by phone: both screens show the same ones only if both show the same keys.

`words.txt` is the English list of BIP-39: 2,048 common words that differ in their first four letters
(MIT licence, copyright 2013-2016 Pavol Rusnak; the notice is in THIRD-PARTY.md).
"""

from functools import cache
from hashlib import sha256
from importlib import resources

N_WORDS = 6
_BITS = 11
_LIST_LENGTH = 2**_BITS
_PURPOSE = "alongside six words 1"


def six_words(*thumbprints: str) -> tuple[str, ...]:
    """Six words for these key thumbprints, in this order: a site's signing key, then its sealing key.

    The first 66 bits, eleven a word, of SHA-256 over the line `alongside six words 1` and one line for each
    thumbprint, joined by line feeds. Raises ValueError without a thumbprint.
    """
    if not thumbprints:
        raise ValueError("six words are of at least one key")
    digest = sha256("\n".join((_PURPOSE, *thumbprints)).encode("ascii")).digest()
    number = int.from_bytes(digest, "big") >> (len(digest) * 8 - N_WORDS * _BITS)
    places = (number >> (_BITS * place) & (_LIST_LENGTH - 1) for place in reversed(range(N_WORDS)))
    return tuple(word_list()[place] for place in places)


@cache
def word_list() -> tuple[str, ...]:
    """The 2,048 words in their fixed order."""
    return tuple(resources.files("protocol").joinpath("words.txt").read_text("ascii").split())
