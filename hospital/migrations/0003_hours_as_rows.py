"""The office hours of the hospital, and the departments that kept other ones."""

from datetime import time

from django.db import migrations

OFFICE_HOURS = ((time(8), time(12)), (time(14), time(18)))
WORKING_WEEK = range(5)
USUAL = (time(8), time(18))
MIDNIGHT, LAST_MINUTE = time(0), time(23, 59)


def write_rows(apps, schema_editor):
    department_model = apps.get_model("hospital", "Department")
    hours = apps.get_model("hospital", "WorkingHours")
    rows = [
        hours(weekday=weekday, start=start, end=end)
        for weekday in WORKING_WEEK
        for start, end in OFFICE_HOURS
    ]
    for department in department_model.objects.all():
        opens, closes = department.opens_at, department.closes_at
        if (opens, closes) == USUAL:
            continue
        always = (opens, closes) == (MIDNIGHT, LAST_MINUTE)
        rows += [
            hours(
                department=department,
                weekday=weekday,
                start=opens,
                end=MIDNIGHT if always else closes,
            )
            for weekday in (range(7) if always else WORKING_WEEK)
        ]
    hours.objects.bulk_create(rows)


def read_rows(apps, schema_editor):
    """Back to one opening and one closing time: the first and the last of the week."""
    hours = apps.get_model("hospital", "WorkingHours")
    spans = {}
    for row in hours.objects.exclude(department=None).select_related("department"):
        end = LAST_MINUTE if row.end == MIDNIGHT else row.end
        opens, closes = spans.get(row.department, (row.start, end))
        spans[row.department] = (min(opens, row.start), max(closes, end))
    for department, (opens, closes) in spans.items():
        department.opens_at, department.closes_at = opens, closes
        department.save(update_fields=["opens_at", "closes_at"])
    hours.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("hospital", "0002_working_calendar")]
    operations = [migrations.RunPython(write_rows, read_rows)]
