from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0008_policies_renew_time_rules"),
        ("followups", "0003_scripts_and_alerts"),
    ]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="cases",
            field=models.ManyToManyField(
                blank=True,
                help_text="Voices that were heard on the call",
                related_name="heard_on_calls",
                to="complaints.case",
            ),
        ),
    ]
