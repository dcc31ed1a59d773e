from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hospital", "0003_hours_as_rows")]
    operations = [
        migrations.RemoveConstraint(
            model_name="department",
            name="department_opens_before_it_closes",
        ),
        migrations.RemoveField(
            model_name="department",
            name="closes_at",
        ),
        migrations.RemoveField(
            model_name="department",
            name="opens_at",
        ),
    ]
