"""`alongside-hub demo`: the province for a newcomer, or with `--once` the whole story, told and left to look at."""

from __future__ import annotations

import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import click
import requests
from rich.console import Console

from hub.demo.asking import TOLD_OF
from hub.demo.people import PASSWORD, PIN, Account
from hub.demo.processes import ProcessError
from hub.demo.province import Province, build
from hub.demo.story import on_its_way, play
from hub.demo.visitor import VisitError

FAILURES = (VisitError, ProcessError, TimeoutError, requests.RequestException, OSError)


@click.command()
@click.option(
    "--once",
    is_flag=True,
    help="Play a request inside a site and one across the province, print each step, and stop.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Where the data folders go; what an earlier demo left there is replaced.",
)
def demo(once: bool, folder: Path) -> None:
    """Start a hub and four sites on this machine. Nothing is real, and nothing leaves it."""
    console = Console(soft_wrap=True, highlight=False)
    folder = _fresh(folder.resolve())
    began = time.monotonic()
    # As at Ctrl-C, so that whoever ends the demo leaves no process behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with console.status("Starting …") as status:

            def tell(words: str) -> None:
                console.print(words)
                status.update(f"… {time.monotonic() - began:.0f} s")

            province = build(folder, tell)
            try:
                play(province, tell) if once else on_its_way(province, tell)
            except BaseException:
                province.stop()
                raise
    except FAILURES as failure:
        console.print(f"[bold red]The demo failed:[/] {failure}")
        console.print(f"What it left is in {folder}, each server's output in server.log.")
        sys.exit(1)
    if once:
        province.stop()
        console.print(
            f"Every step worked, in {time.monotonic() - began:.0f} s. The data folders are in {folder}:"
        )
        for path in sorted(each for each in folder.iterdir() if each.is_dir()):
            console.print(f"  {path}")
        return
    _stay(console, province)


def _fresh(folder: Path) -> Path:
    """An empty folder. One that holds anything but an earlier demo is left alone."""
    mark = folder / ".alongside-demo"
    if folder.exists() and any(folder.iterdir()):
        if not mark.exists():
            raise click.ClickException(f"{folder} holds something else. Choose another with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    return folder


def _stay(console: Console, province: Province) -> None:
    """Show where everything is, and wait for Ctrl-C."""
    accounts = _accounts(province)
    province.mailbox.accounts = accounts
    mail = f"http://mail.localhost:{province.mailbox.page_port}"
    console.print("\n[bold]The demo is running. Press Ctrl-C to stop it.[/]\n")
    console.print(f"[bold]Start here[/]  {mail}")
    console.print("    Everybody's mail, and who signs in where with which code.\n")
    console.print("[bold]Who signs in[/]")
    _table(console, accounts)
    console.print(f"Password of everybody: {PASSWORD}    PIN of every supporter: {PIN}\n")
    console.print("[bold]Without an account[/]")
    for site in province.sites.values():
        console.print(f"    {site.place.name}: a physician asks at {site.url}/ask")
    told = province.sites[TOLD_OF.home]
    console.print(f"    {told.place.name}: a colleague tells of somebody at {told.url}/notify")
    console.print(f"    The hub: a physician withdraws by code at {province.hub_url}/withdraw\n")
    try:
        _codes(console, accounts)
    except (KeyboardInterrupt, SystemExit):
        console.print("Stopping …")
    finally:
        province.stop()


def _accounts(province: Province) -> list[Account]:
    desks = [account for site in province.sites.values() for account in (site.coordinator, *site.others)]
    return [province.staff, *desks]


def _table(console: Console, accounts: list[Account]) -> None:
    """A line each, in columns as wide as they need; the secret is for an authenticator app."""
    rows = [("Who", "Where", "Email", "Authenticator")]
    rows += [(each.who, each.base, each.email, each.secret) for each in accounts]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        console.print("    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))


def _codes(console: Console, accounts: list[Account]) -> None:
    """The six digits of each account, for whoever has no authenticator app at hand: fresh in place on a terminal,
    once where the output is kept."""
    forever = threading.Event()
    console.print("Codes now, each for half a minute and for one sign-in; the mailbox page shows them too:")
    if not console.is_terminal:
        console.print(_codes_now(accounts))
        forever.wait()
    with console.status(_codes_now(accounts)) as status:
        while True:
            forever.wait(30 - time.time() % 30)
            status.update(_codes_now(accounts))


def _codes_now(accounts: list[Account]) -> str:
    return "   ".join(f"{each.email.split('@')[0]} {each.code}" for each in accounts)
