"""Proves that no case's history was altered, or names the cases whose was."""

import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from complaints.models import Case
from complaints.services import verify_timeline

BATCH = 500


class Command(BaseCommand):
    help = "Verify the hash chain of every case's timeline, or of the cases given."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", help="case numbers; all if none")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        cases = Case.objects.order_by("pk")
        if options["numbers"]:
            cases = cases.filter(number__in=options["numbers"])
            self._refuse_unknown(options["numbers"])
        checked = altered = 0
        for case in cases.prefetch_related("events").iterator(chunk_size=BATCH):
            checked += 1
            faults = list(_find_faults(case))
            altered += bool(faults)
            for fault in faults:
                self.stdout.write(self.style.ERROR(fault))
        seconds = time.monotonic() - started
        summary = f"{checked} cases verified in {seconds:.1f} s, {altered} altered."
        if altered:
            raise CommandError(summary, returncode=1)
        self.stdout.write(summary)

    def _refuse_unknown(self, numbers: list[str]) -> None:
        known = Case.objects.filter(number__in=numbers).values_list("number", flat=True)
        if unknown := sorted(set(numbers) - set(known)):
            raise CommandError(f"No such case: {', '.join(unknown)}", returncode=2)


def _find_faults(case: Case) -> Iterator[str]:
    """A case that grew between our two reads looks altered: look again, locked."""
    if not any(verify_timeline(case)):
        return
    with transaction.atomic():
        yield from verify_timeline(Case.objects.select_for_update().get(pk=case.pk))
