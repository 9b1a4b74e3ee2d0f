"""The physician's withdrawal secret can be read out, typed badly, and still be itself."""

import pytest

from protocol.withdrawal import ALPHABET, LENGTH, WithdrawalSecretError, new_secret, tidy, withdrawal_hash


def test_a_secret_has_128_bits_and_two_are_never_alike() -> None:
    secrets = {new_secret() for _ in range(200)}
    assert len(secrets) == 200
    for secret in secrets:
        assert len(tidy(secret)) == LENGTH
        assert set(tidy(secret)) <= set(ALPHABET)


def test_typing_it_badly_makes_no_difference() -> None:
    secret = "0123456789ABCDEFGHJKMNPQRS"
    typed = " o123 4567-89ab cdefg hjkmn pqrs".replace("1", "l")
    assert tidy(typed) == secret
    assert withdrawal_hash(typed) == withdrawal_hash(secret)


def test_one_wrong_letter_is_another_secret() -> None:
    assert withdrawal_hash("0" * LENGTH) != withdrawal_hash("0" * (LENGTH - 1) + "1")


@pytest.mark.parametrize("typed", ["", "7K2M4", "0" * (LENGTH + 1), "U" * LENGTH, "é" * LENGTH])
def test_what_cannot_be_a_secret_says_why(typed: str) -> None:
    with pytest.raises(WithdrawalSecretError, match="The code"):
        tidy(typed)
