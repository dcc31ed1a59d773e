"""`python -m tests.e2e.world`: a small demo hospital in the database of the run."""

from importlib import import_module

import django
from django.core.management import call_command

VOICES = 60


def build() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo", voices=VOICES)
    # Its models can be imported only now.
    import_module("tests.e2e.patients").prepare_calls()


if __name__ == "__main__":
    build()
