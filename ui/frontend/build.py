"""Build the style sheet, script and fonts of the pages, or check that they are the ones that were built.

    python -m ui.frontend.build build    # needs Node, npm and the "frontend" dependency group
    python -m ui.frontend.build check    # needs neither; run by the tests

What is built goes to ui/static/vendor and is committed, with VENDOR.json saying where it came from:
package versions, npm integrity, licence, and the SHA-256 of every file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "static" / "vendor"
MANIFEST = OUT / "VENDOR.json"
FIXTURES = HERE.parents[1] / "tests" / "ui" / "fixtures" / "govuk-frontend.json.gz"
LICENCES = {"govuk-frontend": "MIT", "@bcgov/bc-sans": "OFL-1.1"}
WEIGHTS = {"Regular": 400, "Bold": 700}

# Latin with the letters of English, French and the languages of British Columbia (First Peoples' Cultural
# Council orthographies: ʷ ə θ y̓ x̱ ŝ Ḵ Ⱦ ʔ ɬ ƛ̓ …), and punctuation.
LETTERS = (
    "U+0020-007E,U+00A0-017F,U+018D,U+019B,U+01C0-01DC,U+023A-024F,U+0251,U+0254,U+0259,U+025B,U+0268,U+026C,"
    "U+026E,U+0275,U+0280-0294,U+02B0-02B7,U+02BB-02BD,U+02C0-02C1,U+02C7,U+02D0,U+02E3,U+0300-0338,U+0358,"
    "U+03B8,U+03BB,U+03C7,U+1E00-1E99,U+1EB0-1EF9,U+2010-2026,U+2030-203A,U+20AC,U+2122,"
    "U+2260-2265,U+2C60-2C7F"
)


class VendorError(Exception):
    """The files under ui/static/vendor are not the ones VENDOR.json describes."""


def build() -> None:
    """Make ui/static/vendor anew from the locked npm packages and ui/frontend/src."""
    run("npm", "ci", "--no-audit", "--no-fund", "--silent")
    forget_registry()
    shutil.rmtree(OUT, ignore_errors=True)
    for folder in ("css", "js", "fonts", "licences"):
        (OUT / folder).mkdir(parents=True)
    tools = HERE / "node_modules" / ".bin"
    run(
        *(tools / "sass", "--load-path=node_modules", "--no-source-map", "--no-charset", "--no-error-css"),
        *("--style=compressed", "--quiet-deps", "src/app.scss", OUT / "css" / "app.css"),
    )
    run(
        *(tools / "esbuild", "src/govuk.mjs", "--bundle", "--minify", "--format=esm", "--target=es2020"),
        *("--log-level=error", f"--outfile={OUT / 'js' / 'govuk.js'}"),
    )
    for name, weight in WEIGHTS.items():
        cut_font(HERE / "node_modules/@bcgov/bc-sans/fonts" / f"BCSans-{name}.woff2", weight)
    for text in (HERE / "licences").iterdir():
        shutil.copy(text, OUT / "licences" / text.name)
    refuse_what_may_not_ship((OUT / "css" / "app.css").read_text())
    MANIFEST.write_text(json.dumps(describe(), indent=1, sort_keys=True) + "\n")
    keep_fixtures()


def keep_fixtures() -> None:
    """Keep upstream's own examples for tests/ui/test_fixtures.py: what to ask of each macro, and its HTML."""
    package = HERE / "node_modules/govuk-frontend"
    components = {
        path.parent.name: [
            {part: example[part] for part in ("name", "options", "html")}
            for example in json.loads(path.read_text())["fixtures"]
        ]
        for path in package.glob("dist/govuk/components/*/fixtures.json")
    }
    version = json.loads((package / "package.json").read_text())["version"]
    text = json.dumps({"version": version, "components": components}, separators=(",", ":"), sort_keys=True)
    FIXTURES.parent.mkdir(parents=True, exist_ok=True)
    FIXTURES.write_bytes(gzip.compress(text.encode(), mtime=0))


def run(*command: object) -> None:
    subprocess.run([str(part) for part in command], cwd=HERE, check=True)


def cut_font(source: Path, weight: int) -> None:
    run(
        *(sys.executable, "-m", "fontTools.subset", source, f"--unicodes={LETTERS}", "--flavor=woff2"),
        *("--layout-features=ccmp,locl,mark,mkmk,kern,tnum", "--no-hinting"),
        f"--output-file={OUT / 'fonts' / f'bcsans-{weight}.woff2'}",
    )


def forget_registry() -> None:
    """Take the address each package came from out of the lock; npm ci finds it by name and integrity."""
    path = HERE / "package-lock.json"
    lock = json.loads(path.read_text())
    for package in lock["packages"].values():
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2) + "\n")


def refuse_what_may_not_ship(css: str) -> None:
    """GDS Transport, the crown and the crest are the UK government's own; fonts come from our own folder."""
    if "GDS Transport" in css or "crest.svg" in css or "govuk-crest" in css:
        raise VendorError("the style sheet names a font or picture we may not ship")
    foreign = [address for address in re.findall(r"""url\(["']?([^"')]+)""", css) if not address.startswith("../fonts/")]
    if foreign:
        raise VendorError(f"the style sheet loads from outside: {foreign}")


def describe() -> dict[str, object]:
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    packages = {
        name: {
            "version": lock[f"node_modules/{name}"]["version"],
            "integrity": lock[f"node_modules/{name}"]["integrity"],
            "licence": licence,
        }
        for name, licence in LICENCES.items()
    }
    return {"packages": packages, "files": {name: digest(OUT / name) for name in shipped()}}


def shipped() -> list[str]:
    files = (path for path in OUT.rglob("*") if path.is_file() and path != MANIFEST)
    return sorted(path.relative_to(OUT).as_posix() for path in files)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check() -> int:
    """Compare every shipped file with VENDOR.json; return how many match, or raise VendorError."""
    manifest = json.loads(MANIFEST.read_text())
    wanted: dict[str, str] = manifest["files"]
    present = shipped()
    changed = [name for name in present if name in wanted and digest(OUT / name) != wanted[name]]
    missing = sorted(set(wanted) - set(present))
    extra = sorted(set(present) - set(wanted))
    pinned = json.loads((HERE / "package.json").read_text())["devDependencies"]
    versions = [name for name, about in manifest["packages"].items() if pinned[name] != about["version"]]
    if changed or missing or extra or versions:
        raise VendorError(f"changed: {changed}, missing: {missing}, extra: {extra}, other version: {versions}")
    return len(present)


def main(arguments: list[str]) -> int:
    if arguments == ["build"]:
        build()
    elif arguments != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    print(f"{check()} files match VENDOR.json")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
