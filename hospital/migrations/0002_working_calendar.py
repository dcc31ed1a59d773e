import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("hospital", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("works", models.BooleanField(verbose_name="works")),
                (
                    "name",
                    models.CharField(blank=True, max_length=60, verbose_name="name"),
                ),
            ],
            options={
                "verbose_name": "day of the hospital's own",
                "verbose_name_plural": "days of the hospital's own",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="TimeRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("token", models.UUIDField(default=uuid.uuid4, verbose_name="token")),
            ],
            options={
                "verbose_name": "rules of time",
                "verbose_name_plural": "rules of time",
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="weekday",
                    ),
                ),
                ("start", models.TimeField(verbose_name="from")),
                (
                    "end",
                    models.TimeField(
                        help_text="00:00 is midnight.", verbose_name="until"
                    ),
                ),
            ],
            options={
                "verbose_name": "working hours",
                "verbose_name_plural": "working hours",
                "ordering": ["department", "weekday", "start"],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="stands_in_for",
                to=settings.AUTH_USER_MODEL,
                verbose_name="stands in during leave",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deputy__isnull", True),
                    models.Q(("deputy", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="nobody_is_their_own_deputy",
            ),
        ),
        migrations.AddConstraint(
            model_name="timerules",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="one_row_of_time_rules"
            ),
        ),
        migrations.AddField(
            model_name="workinghours",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="working_hours",
                to="hospital.department",
                verbose_name="department",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("start__lt", models.F("end")),
                    ("end", datetime.time(0, 0)),
                    _connector="OR",
                ),
                name="working_hours_end_after_they_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("weekday__in", [0, 1, 2, 3, 4, 5, 6])),
                name="working_hours_have_a_known_weekday",
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.UniqueConstraint(
                fields=("department", "weekday", "start"),
                name="working_hours_start_once",
                nulls_distinct=False,
            ),
        ),
    ]
