from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HospitalConfig(AppConfig):
    name = "hospital"
    verbose_name = _("Hospital")

    def ready(self) -> None:
        import_module("hospital.checks")  # registers them; needs the models
