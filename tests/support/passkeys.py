"""An authenticator in a few lines: it makes passkeys and answers questions, rightly or as a test wants it wrong."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One device with one passkey (ES256). `sign_count` is what it says next; 0 always says 0."""

    origin: str = "https://localhost"
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    sign_count: int = 1
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        client = self._client("webauthn.create", options["challenge"])
        data = self._data(NEW_KEY) + bytes(16) + len(self.credential_id).to_bytes(2, "big")
        statement = {"fmt": "none", "attStmt": {}, "authData": data + self.credential_id + self._cose()}
        self._count()
        return self._written(clientDataJSON=client, attestationObject=cbor2.dumps(statement))

    def answer(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`; the counter goes on."""
        client = self._client("webauthn.get", options["challenge"])
        data = self._data()
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        self._count()
        return self._written(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _count(self) -> None:
        if self.sign_count:
            self.sign_count += 1

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, more: int = 0) -> bytes:
        host = hashlib.sha256(self.rp_id.encode()).digest()
        return host + bytes([self.flags | more]) + self.sign_count.to_bytes(4, "big")

    def _cose(self) -> bytes:
        point = self.key.public_key().public_numbers()
        return cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )

    def _written(self, **response: bytes) -> str:
        told = {name: b64(value) for name, value in response.items()}
        own_id = b64(self.credential_id)
        return json.dumps({"id": own_id, "rawId": own_id, "type": "public-key", "response": told})
