"""The demo hospital, for `make run` and for whoever wants to try the product."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.demo.hospital import DatabaseInUse, is_loaded, table_of_accounts
from complaints.demo.loader import LoadFailed, load


class Command(BaseCommand):
    help = "Load the demo hospital with eighteen months of invented history, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="list accounts")
        parser.add_argument("--voices", type=int, default=1500, help="how many cases")
        parser.add_argument(
            "--one-process",
            dest="parallel",
            action="store_false",
            help="load the years one after the other",
        )
        parser.add_argument("--seed", type=int, default=7, help="for the dice")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("The demo hospital is loaded in demo mode only.")
        if options["accounts"]:
            for line in table_of_accounts():
                self.stdout.write(line)
            return
        if is_loaded():
            self.stdout.write("The demo hospital is loaded already.")
            return
        self._started = time.monotonic()
        self._shown = -10
        try:
            load(
                voices=options["voices"],
                seed=options["seed"],
                parallel=options["parallel"],
                report=self._report,
            )
        except DatabaseInUse:
            raise CommandError(
                "This database already has people in it; the demo needs an empty one."
            ) from None
        except LoadFailed:
            raise CommandError("A year could not be loaded; see above.") from None
        self.stdout.write(f"The demo hospital is loaded ({self._elapsed()}).")

    def _report(self, share: float) -> None:
        percent = int(share * 10) * 10
        if percent > self._shown:
            self._shown = percent
            self.stdout.write(f"  {percent:3d} %  {self._elapsed()}")
            self.stdout.flush()

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self._started:.0f} s"
