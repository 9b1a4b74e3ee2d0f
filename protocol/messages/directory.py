"""Directory: the sites that one may avoid, or be helped by. Names and places only; no capacities."""

from dataclasses import dataclass

from protocol.messages.body import Body, Part, identifier, number, parts, text, word

SITES_A_PAGE = 100
"""Keeps a page of the longest allowed names below the token limit."""


@dataclass(frozen=True)
class Site(Part):
    """A site as others see it."""

    site_id: str = identifier("The site's id.")
    name: str = text("The site's own name.", longest=120)
    community: str = text("Where it is.", longest=80)
    state: str = word(("active", "suspended", "withdrawn"), "Only an active site is sent letters.")


@dataclass(frozen=True)
class Sites(Body):
    """One page of the directory. A new edition replaces the old one when all its pages are there."""

    TYPE = "directory.sites"
    edition: int = number("Counts up with each change.", least=1)
    page: int = number("This page, from 1.", least=1)
    n_pages: int = number("Pages of this edition.", least=1)
    sites: tuple[Site, ...] = parts(Site, "The sites of this page.", most=SITES_A_PAGE)


BODIES: tuple[type[Body], ...] = (Sites,)
