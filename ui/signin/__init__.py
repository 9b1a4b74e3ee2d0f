"""Signing in: password and one-time code, or an OpenID Connect provider, over a store passed in."""
