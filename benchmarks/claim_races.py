"""Whether anybody is ever handed out twice: many agents in several processes.

    python -m benchmarks.claim_races [--quick]

Each agent claims through the service and ends the call in SQL, until nobody is left;
every twentieth time the agent asks again with somebody in hand and must get the same.
Ends with 1 if anybody came twice, or if anybody is left.
"""

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context

from django.db import connection

from benchmarks.database import own_database, refresh_statistics, url_of_own
from benchmarks.world import local
from followups.models import QueuedCall
from followups.services.calls.queue import claim_next_call
from hospital import clock
from hospital.models import Role, User

CLAIMS = 100_000
PROCESSES = 8
THREADS = 4
PATIENCE = 1800.0  # seconds, then it stops in any case
NOW = local(date(2025, 6, 12), 10)
PEOPLE = """
INSERT INTO followups_patient (id, number, name, sex, phone, relative, relative_phone,
    language, is_deceased, do_not_call)
SELECT n, 'P' || n, '患者' || n, 'female', '138' || n, '', '', 'zh', false, false
FROM generate_series(1, %s) n
"""
QUEUE = """
INSERT INTO followups_queuedcall (patient_id, language, priority, reasons, ready_at,
    closes_at, is_timed, needs_number, use_relative, attempts, draft)
SELECT id, 'zh', id %% 75, '[]', %s, %s, false, false, false, 0, '{}'
FROM followups_patient
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.claim_races")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    claims = CLAIMS // 10 if parser.parse_args().quick else CLAIMS
    with own_database("measured_races"):
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE, [claims])
            cursor.execute(QUEUE, [NOW - timedelta(hours=1), NOW + timedelta(days=2)])
        refresh_statistics()
        os.environ["DATABASE_URL"] = url_of_own()
        agents = [_hire(n) for n in range(PROCESSES * THREADS)]
        begun = time.perf_counter()
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
            shifts = [agents[n::PROCESSES] for n in range(PROCESSES)]
            handed_out = Counter(key for keys in pool.map(work, shifts) for key in keys)
        seconds = time.perf_counter() - begun
        doubles = sum(times - 1 for times in handed_out.values())
        left = QueuedCall.objects.count()
    print(
        f"{PROCESSES * THREADS} agents, {handed_out.total()} claims in {seconds:.0f} s:"
        f" {doubles} twice, {left} left"
    )
    return int(bool(doubles or left or len(handed_out) != claims))


def work(agents: list[int]) -> list[int]:
    """In a process of its own, a thread for each agent: the people they were given."""
    until = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(len(agents)) as pool:
        given = pool.map(lambda agent: _work_on(agent, until), agents)
        return [key for keys in given for key in keys]


def _work_on(pk: int, until: float) -> list[int]:
    agent = User.objects.get(pk=pk)
    given: list[int] = []
    try:
        with clock.at(NOW):
            while time.monotonic() < until and (row := claim_next_call(agent)):
                given.append(row.patient_id)
                if len(given) % 20 == 0:
                    again = claim_next_call(agent)
                    if again is None or again.patient_id != row.patient_id:
                        raise SystemExit("the person in hand was not handed out again")
                _finish(pk, row.patient_id)
    finally:
        connection.close()
    return given


def _finish(agent: int, patient: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM followups_queuedcall"
            " WHERE patient_id = %s AND claimed_by_id = %s",
            [patient, agent],
        )


def _hire(number: int) -> int:
    return User.objects.create(
        employee_number=f"A{number}", name="回访员", roles=[Role.CALLBACK_AGENT]
    ).pk


if __name__ == "__main__":
    sys.exit(main())
