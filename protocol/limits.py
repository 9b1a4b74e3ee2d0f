"""The sizes and ages that every message keeps to, each with the reason for its figure."""

from datetime import timedelta

VERSION = 1
"""The protocol version this code speaks, the claim `v`."""

MAX_TOKEN_BYTES = 64_000
"""One token, counted in characters. The largest message, six sealed letters, needs 36 kB
(base64 inside base64 grows by a third each time), and joserfc takes 128,000 at most."""

MAX_TOKENS = 50
"""Tokens in one POST: what an agent catches up with at a time after an outage."""

MAX_POST_BYTES = 1024 * 1024
"""The body of one POST, 1 MiB: less than MAX_TOKENS largest tokens, so that a request's memory is bounded."""

MAX_HEADER_CHARS = 512
"""The encoded header of a signed token. Ours has 122 characters; joserfc refuses more than 512."""

MAX_SEALED_HEADER_CHARS = 1024
"""The encoded header of a sealed letter. Ours has about 320 characters; joserfc refuses more than 1,024."""

MAX_SEALED_CHARS = 16_000
"""One sealed letter. A 4 KiB identity needs 5,900 characters; joserfc takes 65,536 of ciphertext."""

MAX_DEPTH = 8
"""Nested objects and arrays in the claims, the claims object being the first."""

MAX_INTEGER = 2**53
"""Largest size of an integer: beyond it JavaScript rounds (RFC 8259, section 6)."""

MAX_LIFETIME = timedelta(days=14)
"""Longest time from `iat` to `exp`. Hashes of seen jti are kept 35 days, so they outlive every message."""

FRESH_LEEWAY_SECONDS = 300
"""How far a wrapper's `iat` may be from the receiver's clock, both ways."""

CARD_BYTES = 2048
"""A sealed card's plaintext, always exactly this long, so that its length says nothing."""

IDENTITY_BYTES = 4096
"""A sealed identity's plaintext, always exactly this long."""
