"""The category tree a hospital starts with; what it edits later stays edited."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from complaints.models import Category

FILE = Path(__file__).resolve().parents[2] / "data" / "categories.csv"


class Command(BaseCommand):
    help = "Create the categories that are missing, by code; change none."

    def handle(self, *args: Any, **options: Any) -> None:
        created = load_categories()
        if options["verbosity"]:
            self.stdout.write(f"{created} categories created.")


@transaction.atomic
def load_categories() -> int:
    """Create the missing categories, parents first; how many were created."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {category.code: category for category in Category.objects.all()}
    created = 0
    for row in sorted(rows, key=lambda row: bool(row["parent"])):
        if row["code"] in known:
            continue
        category = Category(
            code=row["code"],
            parent=known[row["parent"]] if row["parent"] else None,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            suggested_tier=int(row["suggested_tier"]),
            source=row["source"],
        )
        category.clean()
        category.save(force_insert=True)
        known[category.code] = category
        created += 1
    return created
