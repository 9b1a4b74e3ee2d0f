"""Collect the words people see into ui/translations/messages.pot, and bring each language up to date with it.

    python -m ui.frontend.messages          # write messages.pot, update and compile every language there is
    python -m ui.frontend.messages check    # fail, naming them, when words of the code are not in messages.pot

English is written in the code, so the en_CA catalogue translates nothing; it is the pattern for others. To add
a language: pybabel init -i ui/translations/messages.pot -d ui/translations -l fr_CA, then name it in LOCALES.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "ui" / "translations"
TEMPLATE = FOLDER / "messages.pot"
PACKAGES = {"ui", "hub", "site_agent"}
NOT_SHIPPED = ROOT / "ui" / "frontend"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def collect() -> Catalog:
    """Every message of the three packages."""
    with (ROOT / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings, "babel.cfg")  # type: ignore[no-untyped-call]
    catalog = Catalog(project="alongside", charset="utf-8", fuzzy=False)
    rows = extract_from_dir(ROOT, methods, options, KEYWORDS, ["Translators:"], directory_filter=holds_words)
    for filename, line, message, comments, context in rows:
        catalog.add(message, None, [(filename, line)], auto_comments=comments, context=context)
    return catalog


def holds_words(folder: str) -> bool:
    """Whether to look in a folder: only in what is shipped."""
    path = Path(folder)
    return path.relative_to(ROOT).parts[0] in PACKAGES and path != NOT_SHIPPED


def update() -> list[str]:
    """Write the template and every catalogue; return the languages."""
    FOLDER.mkdir(exist_ok=True)
    template = collect()
    write(template, TEMPLATE)
    languages = []
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        languages.append(path.parents[1].name)
        with path.open("rb") as file:
            catalog = read_po(file, locale=languages[-1])
        catalog.update(template, no_fuzzy_matching=True)
        write(catalog, path)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return languages


def write(catalog: Catalog, path: Path) -> None:
    """Without dates, line numbers and words that are no longer used, so that a file changes only when words do."""
    with path.open("wb") as file:
        write_po(
            file, catalog, width=100, omit_header=True, include_lineno=False, sort_by_file=True, ignore_obsolete=True
        )


def missing() -> list[str]:
    """Messages of the code that messages.pot does not have yet."""
    with TEMPLATE.open("rb") as file:
        known = {message.id for message in read_po(file)}
    return [str(message.id) for message in collect() if message.id not in known]


def main(arguments: list[str]) -> int:
    if arguments == ["check"]:
        absent = missing()
        print(f"{len(absent)} messages are missing from messages.pot", *absent, sep="\n  ")
        return 1 if absent else 0
    print("messages.pot written; up to date:", *update())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
