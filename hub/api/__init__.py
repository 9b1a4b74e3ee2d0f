"""The signed door: what agents call. Bytes in, signed answers out, problem+json for every refusal."""

from hub.api.routes import bp

__all__ = ["bp"]
