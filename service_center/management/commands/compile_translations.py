from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from service_center.runtime.translations import compile_translations


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po without the gettext tools."

    def handle(self, *args: Any, **options: Any) -> None:
        for written in compile_translations(settings.BASE_DIR / "locale"):
            self.stdout.write(str(written.relative_to(settings.BASE_DIR)))
