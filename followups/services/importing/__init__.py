"""Stays from files and in bulk: read, matched, judged, taken over."""

from followups.services.importing.bulk import import_stays
from followups.services.importing.running import work_on_imports
from followups.services.importing.uploading import (
    accept_upload,
    discard,
    forget_old_imports,
    name_departments,
    set_columns,
    start_run,
)

__all__ = [
    "accept_upload",
    "discard",
    "forget_old_imports",
    "import_stays",
    "name_departments",
    "set_columns",
    "start_run",
    "work_on_imports",
]
