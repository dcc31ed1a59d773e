"""Take HL7 messages over MLLP until told to stop."""

import asyncio
import ipaddress
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from followups.mllp import Listener, Network, read_networks


class Command(BaseCommand):
    help = "Receives ADT messages (HL7 v2 over MLLP) until SIGTERM or SIGINT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2575)
        parser.add_argument(
            "--idle",
            type=float,
            default=3600.0,
            metavar="SECONDS",
            help="cut a sender off that is silent for so long",
        )
        parser.add_argument(
            "--workers", type=int, default=4, help="messages worked on at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        listener = Listener(
            host=options["host"],
            port=options["port"],
            allowed=_allowed(options["host"]),
            idle=options["idle"],
            workers=options["workers"],
            on_ready=lambda port: self._tell(options["host"], port),
        )
        try:
            asyncio.run(_serve(listener))
        except OSError as error:
            raise CommandError(f"Cannot listen: {error}") from error

    def _tell(self, host: str, port: int) -> None:
        self.stdout.write(f"Listening for HL7 messages on {host}:{port}.")
        self.stdout.flush()


async def _serve(listener: Listener) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, listener.stop)
    await listener.run()


def _allowed(host: str) -> list[Network]:
    """The peers that may send; beyond this machine they must be named."""
    try:
        networks = read_networks(settings.MLLP_ALLOWED)
    except ValueError as error:
        raise CommandError(f"MLLP_ALLOWED: {error}") from error
    if not networks and not _is_local(host):
        raise CommandError(
            "Name the senders in MLLP_ALLOWED before listening beyond this machine: "
            "MLLP_ALLOWED=192.0.2.10,192.0.2.16/28"
        )
    return networks


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
