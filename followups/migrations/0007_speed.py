from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("followups", "0006_cohorts_and_checks")]

    operations = [
        migrations.RemoveIndex(model_name="queuedcall", name="call_next"),
        migrations.AddIndex(
            model_name="queuedcall",
            index=models.Index(
                models.OrderBy(models.F("priority"), descending=True),
                models.F("closes_at"),
                models.F("patient"),
                models.F("ready_at"),
                condition=models.Q(("needs_number", False)),
                name="call_next",
            ),
        ),
    ]
