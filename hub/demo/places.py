"""The invented places and people of the demo. Names are made up; no site, physician or supporter is real."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Helper:
    """A supporter of the demo."""

    name: str
    stage: str
    languages: str
    gender: str
    posts: str = ""

    def email(self, site: str) -> str:
        """An address that goes nowhere but the demo's mailbox."""
        return f"{self.name.removeprefix('Dr. ').lower().replace(' ', '.')}@{site}.example"


@dataclass(frozen=True)
class Colleague:
    """Somebody else who signs in at a site, with one role as the invitation's form names it."""

    name: str
    role: str
    title: str

    def email(self, site: str) -> str:
        """An address that goes nowhere but the demo's mailbox."""
        return f"{self.name.removeprefix('Dr. ').split()[0].lower()}@{site}.example"


@dataclass(frozen=True)
class Place:
    """A site of the demo."""

    key: str
    name: str
    community: str
    kind: str
    funded: bool
    zone: str
    coordinator: str
    helpers: tuple[Helper, ...]
    colleagues: tuple[Colleague, ...] = ()


PLACES = (
    Place(
        "cedar", "Cedar Inlet Division", "Cedar Inlet", "division", True, "America/Vancouver", "Morgan Tran",
        (
            Helper("Dr. Ines Albrecht", "mid", "en/fr", "woman"),
            Helper("Dr. Tomas Reyes", "late", "en/es", "man"),
            Helper("Dr. Maya Thorne", "late", "en", "woman"),
        ),
        (
            Colleague("Dr. Helen Marsh", "lead", "physician lead"),
            Colleague("Dr. Bo Ekström", "keeper", "safety keeper"),
            Colleague("Dr. Priya Nair", "keeper", "safety keeper"),
        ),
    ),
    Place(
        "kettle", "Kettle Basin Division", "Kettle Basin", "division", True, "America/Vancouver", "Jo Lindqvist",
        (Helper("Dr. Amrit Sandhu", "late", "en/pa", "woman"), Helper("Dr. Noel Fraser", "mid", "en", "man")),
    ),
    Place(
        "selkirk", "Selkirk Ridge MSA", "Selkirk Ridge", "msa", False, "America/Edmonton", "Sam Okafor",
        (
            Helper("Dr. Wen Li", "late", "en/cmn", "woman"),
            Helper("Dr. Paul Dufresne", "mid", "en/fr", "man", "department-head"),
        ),
    ),
    Place(
        "fraser", "Fraser Bend MSA", "Fraser Bend", "msa", True, "America/Vancouver", "Alex Petit",
        (Helper("Dr. Leila Haddad", "mid", "en/ar/fr", "woman"), Helper("Dr. Ken Sato", "late", "en/ja", "man")),
    ),
)  # fmt: skip

COLUMNS = "name,email,phone,stage,languages,modalities,gender,posts,places,foundations,practice"


def roster_csv(place: Place) -> bytes:
    """The place's supporters as the list that its coordinator would import."""
    rows = [
        f"{each.name},{each.email(place.key)},250-555-01{n:02d},{each.stage},{each.languages},"
        f"in-person/phone/video,{each.gender},{each.posts},2,2025-09-17,2025-09-25"
        for n, each in enumerate(place.helpers, 10)
    ]
    return "\r\n".join([COLUMNS, *rows, ""]).encode()
