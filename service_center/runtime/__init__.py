"""Starts the whole centre on one machine: database, migrations, web, worker, beat."""
