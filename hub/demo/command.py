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

from hub.demo.people import PASSWORD, Account
from hub.demo.processes import ProcessError
from hub.demo.province import PIN, Province, build
from hub.demo.story import on_its_way, play
from hub.demo.visitor import VisitError

FAILURES = (VisitError, ProcessError, TimeoutError, requests.RequestException, OSError)


@click.command()
@click.option("--once", is_flag=True, help="Play one request across the province, print each step, and stop.")
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
    console.print("\n[bold]The demo is running. Press Ctrl-C to stop it.[/]\n")
    for account in _accounts(province):
        console.print(
            f"{account.who}\n    {account.base}    {account.email}    authenticator {account.secret}"
        )
    console.print(f"Everybody's mail\n    http://mail.localhost:{province.mailbox.page_port}\n")
    console.print(f"Password of everybody: {PASSWORD}    PIN of every supporter: {PIN}")
    console.print("Codes that the authenticator would show (new ones every 30 s):")
    try:
        _codes(console, province)
    except (KeyboardInterrupt, SystemExit):
        console.print("Stopping …")
    finally:
        province.stop()


def _accounts(province: Province) -> list[Account]:
    return [province.staff, *(site.coordinator for site in province.sites.values())]


def _codes(console: Console, province: Province) -> None:
    """The six digits of each account, anew every half minute, for whoever has no authenticator app at hand."""
    accounts = _accounts(province)
    forever = threading.Event()
    while True:
        shown = "   ".join(f"{each.email.split('@')[1].split('.')[0]} {each.code}" for each in accounts)
        console.print(f"  {time.strftime('%H:%M:%S')}  {shown}")
        forever.wait(30 - time.time() % 30)
