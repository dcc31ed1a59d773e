from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from followups.demo.loader import is_loaded, load


class Command(BaseCommand):
    help = "Load three weeks of stays and calls into the demo hospital."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="for the dice")

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("The demo hospital is loaded in demo mode only.")
        if is_loaded():
            self.stdout.write("The demo's stays are loaded already.")
            return
        people = load(seed=seed)
        self.stdout.write(f"{people} stays with their calls are loaded.")
