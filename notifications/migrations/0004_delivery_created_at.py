"""What was in the outbox before is as old as the message it carries."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def date_deliveries(apps, schema_editor):
    notification = apps.get_model("notifications", "Notification")
    created = notification.objects.filter(pk=OuterRef("notification"))
    apps.get_model("notifications", "Delivery").objects.update(
        created_at=Subquery(created.values("created_at"))
    )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_channels")]

    operations = [migrations.RunPython(date_deliveries, migrations.RunPython.noop)]
