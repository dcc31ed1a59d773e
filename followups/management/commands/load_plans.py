from typing import Any

from django.core.management.base import BaseCommand

from followups.services.planning.presets import load_plans


class Command(BaseCommand):
    help = "Create the shipped follow-up plans and scripts, or bring them up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = load_plans()
        if options["verbosity"]:
            self.stdout.write(f"{changed} plans and scripts changed.")
