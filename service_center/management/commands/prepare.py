"""What `make run` does before it serves, in one process, so that it stays quick."""

import hashlib
import io
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hospital import clock
from service_center.models import DemoLoad


class Command(BaseCommand):
    help = "Migrate, load categories and plans, collect static files, load the demo."

    def handle(self, *args: Any, **options: Any) -> None:
        self._migrate()
        call_command("load_categories", verbosity=0)
        call_command("load_plans", verbosity=0)
        self._collect_static()
        if settings.DEMO_MODE and "load_demo" in get_commands():
            self._load_demo()
            self._write_accounts()

    def _migrate(self) -> None:
        """Looking first is quicker than migrating when nothing is left to do."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)

    def _collect_static(self) -> None:
        """Compressing takes long, so only when a file has changed."""
        stamp = settings.STATIC_ROOT / ".fingerprint"
        fingerprint = fingerprint_static_files()
        if stamp.exists() and stamp.read_text() == fingerprint:
            return
        self.stdout.write("Preparing styles, scripts and fonts ...")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(fingerprint)

    def _load_demo(self) -> None:
        load = DemoLoad.objects.first()
        if load is None and get_user_model().objects.exists():
            self.stdout.write(
                "This database already has people in it, so the demo hospital "
                "is not loaded."
            )
            return
        if load is None:
            load = DemoLoad.objects.create(started_at=clock.now())
        if load.finished_at:
            return
        self.stdout.write("Loading the demo hospital (once) ...")
        self.stdout.flush()
        call_command("load_demo", stdout=self.stdout, stderr=self.stderr)
        call_command("load_demo_stays", stdout=self.stdout, stderr=self.stderr)
        load.finished_at = clock.now()
        load.save(update_fields=["finished_at"])

    def _write_accounts(self) -> None:
        """For the launcher to print when all is up."""
        table = io.StringIO()
        if DemoLoad.objects.exists():
            call_command("load_demo", "--accounts", stdout=table)
        (settings.LOCAL_DIR / "accounts.txt").write_text(
            table.getvalue(), encoding="utf-8"
        )


def fingerprint_static_files() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = storage.path(name)
            facts = settings.BASE_DIR.joinpath(found).stat()
            digest.update(f"{name}\0{facts.st_size}\0{facts.st_mtime_ns}\0".encode())
    return digest.hexdigest()
