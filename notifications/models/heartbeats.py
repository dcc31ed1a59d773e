from django.db import models


class Heartbeat(models.Model):
    """When a periodic task last ran; a page tells whether the workers live."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
