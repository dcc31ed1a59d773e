from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from complaints.models import Clock
from complaints.services.escalation import DueStep, plan_tick, tick
from hospital.text import mask_name


class Command(BaseCommand):
    help = "Take the escalation steps that are due now, as the beat does every minute."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="print what would happen and change nothing",
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        if dry_run:
            steps = 0
            for due in plan_tick():
                self.stdout.write(_describe(due))
                steps += 1
            self.stdout.write(f"{steps} steps would be taken; nothing was changed.")
            return
        result = tick()
        if result.is_busy:
            self.stdout.write("Another process is at it; nothing was done here.")
            return
        self.stdout.write(f"{result.taken} steps taken, {result.told} people told.")


def _describe(due: DueStep) -> str:
    told = ", ".join(mask_name(each.person.name) for each in due.told) or "-"
    return (
        f"{due.case.number} tier {due.case.tier} "
        f"{Clock(due.deadline.clock).value} due {due.deadline.due_at:%Y-%m-%d %H:%M}Z "
        f"{due.step.key}: {told}"
    )
