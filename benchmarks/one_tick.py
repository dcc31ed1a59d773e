"""One tick at the given moment, measured in this process: a line of JSON."""

import json
import sys
import time
from datetime import datetime
from pathlib import Path

from django.db import connection
from django.urls import reverse

from benchmarks.database import Statements
from complaints.services.escalation import tick
from complaints.services.timekeeping import timekeeper
from hospital import clock

PROCESS = Path("/proc/self")


def main(moment: str) -> None:
    warm_up()
    statements = Statements()
    before = _megabytes("VmRSS")
    (PROCESS / "clear_refs").write_text("5")  # the peak begins anew
    begun = time.perf_counter()
    with (
        clock.at(datetime.fromisoformat(moment)),
        connection.execute_wrapper(statements),
    ):
        result = tick()
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - begun,
                "steps": result.taken,
                "people": result.told,
                "statements": statements.count,
                "before": before,
                "peak": _megabytes("VmHWM"),
            }
        )
    )


def warm_up() -> None:
    """As in a worker that has run for a minute: rules and addresses are loaded."""
    timekeeper()
    reverse("home")


def _megabytes(name: str) -> float:
    lines = (PROCESS / "status").read_text().splitlines()
    line = next(each for each in lines if each.startswith(f"{name}:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
