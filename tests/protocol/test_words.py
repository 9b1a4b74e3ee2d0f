"""Six words: the same keys give the same words on both screens, other keys give others."""

from hashlib import sha256

import pytest

from protocol.words import six_words, word_list
from tests.support.forge import fixed_sealing_key, fixed_signing_key

SIGNING, SEALING = fixed_signing_key("a").kid(), fixed_sealing_key("a").kid()


def test_the_same_keys_give_the_same_six_words():
    words = six_words(SIGNING, SEALING)
    assert words == six_words(SIGNING, SEALING)
    assert len(words) == 6
    assert set(words) <= set(word_list())


def test_any_other_key_or_order_gives_others():
    other = fixed_signing_key("b").kid()
    all_words = [six_words(SIGNING, SEALING), six_words(SEALING, SIGNING), six_words(other, SEALING),
                 six_words(SIGNING), six_words(SIGNING, other)]  # fmt: skip
    assert len(set(all_words)) == len(all_words)


def test_the_words_are_those_of_the_specification():
    digest = sha256(f"alongside six words 1\n{SIGNING}\n{SEALING}".encode()).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)
    places = [int(bits[at : at + 11], 2) for at in range(0, 66, 11)]
    assert six_words(SIGNING, SEALING) == tuple(word_list()[place] for place in places)


def test_frozen_words_never_change():
    assert six_words("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k") == (
        "excuse",
        "fatigue",
        "lizard",
        "useless",
        "marine",
        "law",
    )


def test_words_differ_in_their_first_four_letters():
    assert len(word_list()) == 2048
    assert len({word[:4] for word in word_list()}) == 2048
    assert list(word_list()) == sorted(word_list())


def test_six_words_are_of_something():
    with pytest.raises(ValueError, match="at least one"):
        six_words()
