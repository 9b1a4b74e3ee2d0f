"""The traps of the JOSE library, each shown to be real and each shut behind `protocol.jose`."""

import warnings

import pytest
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from protocol import jose, limits
from protocol.sealing import seal_bytes
from tests.support.forge import (
    b64,
    fixed_sealing_key,
    fixed_signing_key,
    forge,
    forge_seal,
    header_of,
    to_bytes,
)

KEY = fixed_signing_key("site")
SEAL = fixed_sealing_key("site")


class TestTheTrapsAreReal:
    """If one of these fails, the library has changed: read its notes, then simplify."""

    def test_a_registry_silently_beats_the_algorithms_for_signatures(self):
        secret = OctKey.import_key(bytes(32))
        token = jws.serialize_compact({"alg": "HS256"}, b"x", secret)
        assert jws.deserialize_compact(token, secret, algorithms=["Ed25519"], registry=jws.JWSRegistry())

    def test_no_algorithms_means_the_defaults(self):
        secret = OctKey.import_key(bytes(32))
        token = jws.serialize_compact({"alg": "HS256"}, b"x", secret)
        assert jws.deserialize_compact(token, secret, algorithms=[])

    def test_algorithms_silently_beat_a_registry_for_encryption(self):
        secret = OctKey.import_key(bytes(32))
        token = jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, b"x", secret)
        narrow = jwe.JWERegistry(algorithms=["A128KW"])
        assert jwe.decrypt_compact(token, secret, algorithms=["dir", "A256GCM"], registry=narrow)

    def test_one_key_serves_whatever_the_header_names(self):
        assert jose.verify(forge(header_of(KEY, kid="somebody else"), b"x", KEY), KEY.public()) == b"x"

    def test_the_last_of_two_names_wins(self):
        header = to_bytes(header_of(KEY)).replace(b'{"alg"', b'{"alg":"none","alg"')
        assert jose.verify(forge(header, b"x", KEY), KEY.public()) == b"x"

    def test_an_empty_crit_passes_the_librarys_own_registry(self):
        token = forge(header_of(KEY, crit=[]), b"x", KEY)
        registry = jws.JWSRegistry(algorithms=["Ed25519"])
        assert jws.deserialize_compact(token, KEY.public().jose, registry=registry).payload == b"x"


class TestSignatures:
    @pytest.mark.parametrize("alg", ["none", "HS256", "EdDSA", "Ed448", "ES256", "", "ED25519"])
    def test_no_other_algorithm_verifies(self, alg):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(JoseError):
                jose.verify(forge(header_of(KEY, alg=alg), b"x", KEY), KEY.public())

    @pytest.mark.parametrize("extra", [{"crit": []}, {"b64": True}, {"cty": "x"}, {"jwk": {}}])
    def test_no_other_header_verifies(self, extra):
        with pytest.raises(JoseError):
            jose.verify(forge(header_of(KEY, **extra), b"x", KEY), KEY.public())

    def test_no_other_algorithm_is_signed_with(self):
        header = jws.extract_compact(jose.sign({"kid": KEY.kid(), "typ": "t"}, b"x", KEY).encode()).headers()
        assert header == {"alg": "Ed25519", "kid": KEY.kid(), "typ": "t"}

    def test_a_wrong_signature_raises(self):
        head, body, _ = forge(header_of(KEY), b"x", KEY).split(".")
        with pytest.raises(JoseError):
            jose.verify(f"{head}.{body}.{b64(bytes(64))}", KEY.public())


class TestSeals:
    @pytest.mark.parametrize(
        ("alg", "enc"),
        [("ECDH-ES", "A256GCM"), ("ECDH-ES+A128KW", "A256GCM"), ("ECDH-ES+A256KW", "A128GCM"),
         ("ECDH-ES+A256KW", "A256CBC-HS512")],
    )  # fmt: skip
    def test_no_other_algorithm_opens(self, alg, enc):
        header = {"alg": alg, "enc": enc, "kid": SEAL.kid(), "typ": "t"}
        sealed = jwe.encrypt_compact(header, b"x", SEAL.public().jose, algorithms=[alg, enc])
        with pytest.raises(JoseError):
            jose.decrypt(sealed, SEAL)

    @pytest.mark.parametrize(
        "extra", [{"crit": []}, {"cty": "x"}, {"jku": "https://example.org"}, {"kid": None}]
    )
    def test_no_other_header_opens(self, extra):
        sealed = forge_seal(b"x", SEAL.public(), seed="header", header=extra)
        with pytest.raises(JoseError):
            jose.decrypt(sealed, SEAL)

    def test_compression_is_refused(self):
        header = {"alg": jose.SEALING_ALG, "enc": jose.SEALING_ENC, "zip": "DEF", "kid": "k", "typ": "t"}
        sealed = jwe.encrypt_compact(
            header, b"x" * 1000, SEAL.public().jose, algorithms=[jose.SEALING_ALG, jose.SEALING_ENC, "DEF"]
        )
        with pytest.raises(JoseError):
            jose.decrypt(sealed, SEAL)

    def test_what_is_sealed_opens(self):
        assert jose.decrypt(seal_bytes(b"x", SEAL.public()), SEAL) == b"x"


class TestSizes:
    """The library has caps of its own; ours lie below, so that ours answer."""

    def test_our_limits_lie_below_the_librarys(self):
        assert jws.JWSRegistry.max_header_length >= limits.MAX_HEADER_CHARS
        assert jws.JWSRegistry.max_payload_length >= limits.MAX_TOKEN_BYTES
        assert jwe.JWERegistry.max_protected_header_length >= limits.MAX_SEALED_HEADER_CHARS
        assert jwe.JWERegistry.max_ciphertext_length >= limits.MAX_SEALED_CHARS

    def test_the_batch_limit_binds_before_the_token_limits_do(self):
        assert limits.MAX_POST_BYTES < limits.MAX_TOKENS * limits.MAX_TOKEN_BYTES
        assert limits.MAX_POST_BYTES > 10 * limits.MAX_TOKEN_BYTES
