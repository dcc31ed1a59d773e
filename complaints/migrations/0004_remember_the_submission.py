from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0003_guard_history"),
        ("hospital", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="submission",
            field=models.UUIDField(
                blank=True,
                editable=False,
                help_text="The form it came from; sent twice, it is registered once",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("received_by", "submission"), name="case_once_per_submission"
            ),
        ),
    ]
