"""Scripts in versions that stay as they were published, and clinical alerts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hospital.clock

GUARD = """
CREATE FUNCTION followups_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of a script never changes'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER scriptversion_published_stays
    BEFORE UPDATE OR DELETE ON followups_scriptversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION followups_keep_published();
"""
UNGUARD = """
DROP TRIGGER scriptversion_published_stays ON followups_scriptversion;
DROP FUNCTION followups_keep_published();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("followups", "0002_imports"),
        ("hospital", "0005_renew_time_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Script",
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
                    "name_zh",
                    models.CharField(max_length=80, verbose_name="Chinese name"),
                ),
                (
                    "name_en",
                    models.CharField(max_length=120, verbose_name="English name"),
                ),
                (
                    "code",
                    models.SlugField(max_length=40, unique=True, verbose_name="code"),
                ),
            ],
            options={
                "verbose_name": "script",
                "verbose_name_plural": "scripts",
                "ordering": ["code"],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="answers",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="planversion",
            name="is_own",
            field=models.BooleanField(
                default=True, help_text="Written by the hospital, not shipped"
            ),
        ),
        migrations.AddField(
            model_name="touchpoint",
            name="script",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="points",
                to="followups.script",
            ),
        ),
        migrations.CreateModel(
            name="ScriptVersion",
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
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                ("content", models.JSONField()),
                (
                    "published_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="published at"
                    ),
                ),
                (
                    "is_own",
                    models.BooleanField(
                        default=True, help_text="Written by the hospital, not shipped"
                    ),
                ),
                (
                    "script",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="followups.script",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a script",
                "verbose_name_plural": "versions of scripts",
                "ordering": ["script", "-number"],
            },
        ),
        migrations.AddField(
            model_name="attempt",
            name="script_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempts",
                to="followups.scriptversion",
            ),
        ),
        migrations.CreateModel(
            name="ClinicalAlert",
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
                    "flags",
                    models.JSONField(
                        default=list, help_text="Red flags in both languages"
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, verbose_name="what the agent says"),
                ),
                (
                    "raised_at",
                    models.DateTimeField(
                        default=hospital.clock.now, verbose_name="raised at"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="to be answered by")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "told",
                    models.ManyToManyField(
                        blank=True,
                        related_name="alerts_told_of",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("done", models.TextField(blank=True, verbose_name="what was done")),
                ("told_late_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts_acknowledged",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="followups.attempt",
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts_closed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clinical_alerts",
                        to="hospital.department",
                        verbose_name="department",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="followups.patient",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts_raised",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "clinical alert",
                "verbose_name_plural": "clinical alerts",
                "ordering": ["-raised_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["due_at"],
                        name="alert_open",
                    ),
                    models.Index(
                        fields=["department", "-raised_at"], name="alert_of_department"
                    ),
                    models.Index(fields=["-raised_at", "-id"], name="alert_newest"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("attempt",), name="alert_once_per_attempt"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_at", None), ("acknowledged_by", None)
                            ),
                            models.Q(
                                ("acknowledged_at__isnull", False),
                                ("acknowledged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="alert_acknowledged_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at", None), ("closed_by", None), ("done", "")
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_by__isnull", False),
                                ("acknowledged_at__isnull", False),
                                models.Q(("done", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="alert_closed_with_what_was_done",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="scriptversion",
            constraint=models.UniqueConstraint(
                fields=("script", "number"), name="script_version_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scriptversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("published_at", None)),
                fields=("script",),
                name="script_has_one_draft",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
