"""People in front of the hub."""

from tests.support.hub_pages import nobody, staff, viewer

__all__ = ["nobody", "staff", "viewer"]
