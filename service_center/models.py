from django.conf import settings
from django.db import models

from hospital import clock


class DemoLoad(models.Model):
    """That this database holds the demo hospital, and whether it is complete."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"demo, started {self.started_at:%Y-%m-%d %H:%M}"


class IdempotentRequest(models.Model):
    """A write that carried an Idempotency-Key, and the answer it got."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"], name="one_request_per_user_and_key"
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_in_progress(self) -> bool:
        return self.status is None
