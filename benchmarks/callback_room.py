"""A callback room of a group of hospitals: millions of follow-ups, written in SQL.

Every follow-up is a touch-point of a stay (day 2, day 7, day 30) and stands as the
calendar would have it: the stays ended day after day until now, what is still to come
is open, what is due waits in the queue, all else has ended. A person with two stays was
readmitted after two months. In the queue the best places are taken by people who wait
for a later hour, as after a morning's work: those at the top were tried first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from benchmarks.database import refresh_statistics
from followups.models import Anchor, Mode, Plan, PlanVersion, TouchPoint
from hospital import clock
from hospital.models import Campus, Department

DEPARTMENTS = 40
# Hours after the discharge; each is open for three days.
POINTS = (("first", 48), ("week", 168), ("month", 720))
WINDOW = 72
TABLES = (
    "followups_patient",
    "followups_stay",
    "followups_feedevent",
    "followups_followup",
    "followups_queuedcall",
)


@dataclass(frozen=True)
class Size:
    """How much there is; the due ones are as many as the day's stays make them."""

    follow_ups: int = 5_000_000
    stays_a_day: int = 20_000
    waiting: int = 10_000  # for a later hour
    without_number: int = 2_000

    @property
    def stays(self) -> int:
        return self.follow_ups // len(POINTS)

    @property
    def patients(self) -> int:
        return self.stays * 18 // 25

    def tenth(self) -> "Size":
        return Size(
            follow_ups=self.follow_ups // 10,
            stays_a_day=self.stays_a_day // 10,
            waiting=self.waiting // 10,
            without_number=self.without_number // 10,
        )


def fill(size: Size) -> None:
    """Departments, the plan, and everything that came of it."""
    _found()
    values: dict[str, int | datetime] = {
        "now": clock.now(),
        "stays": size.stays,
        "patients": size.patients,
        "a_day": size.stays_a_day,
        "waiting": size.waiting,
        "without_number": size.without_number,
        "window": WINDOW,
        "departments": DEPARTMENTS,
        "first_department": Department.objects.earliest("pk").pk,
    }
    with unhindered(), connection.cursor() as cursor:
        for statement in (PEOPLE, STAYS, EVENTS, FOLLOW_UPS, QUEUE):
            cursor.execute(statement, values)
        for table in ("followups_patient", "followups_stay"):
            # Their keys were given here.
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"  # noqa: S608  # our own names
                f" FROM {table}"
            )
    refresh_statistics()


@contextmanager
def unhindered() -> Iterator[None]:
    """Without indexes and foreign keys until the rows are in; then they are checked."""
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL maintenance_work_mem TO '512MB'")
        cursor.execute(INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        cursor.execute(FOREIGN_KEYS, [list(TABLES)])
        keys = cursor.fetchall()
        for table, name, __ in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, __ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for __, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _found() -> None:
    campus = Campus.objects.create(code="main", name_zh="总院区", name_en="Main")
    for n in range(DEPARTMENTS):
        Department.objects.create(
            code=f"W{n}",
            name_zh=f"第{n}病区",
            name_en=f"Ward {n}",
            kind=Department.Kind.CLINICAL,
            campus=campus,
        )
    plan = Plan.objects.create(code="general", name_zh="普通", name_en="General")
    version = PlanVersion.objects.create(
        plan=plan, number=1, from_at="2020-01-01T00:00Z"
    )
    for key, after in POINTS:
        TouchPoint.objects.create(
            version=version,
            key=key,
            anchor=Anchor.DISCHARGE,
            mode=Mode.CALL,
            after_hours=after,
            window_hours=WINDOW,
        )


INDEXES = """
SELECT i.relname, pg_get_indexdef(x.indexrelid)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
WHERE t.relname = ANY(%s) AND NOT x.indisunique
ORDER BY 1
"""
FOREIGN_KEYS = """
SELECT t.relname, c.conname, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
WHERE t.relname = ANY(%s) AND c.contype = 'f'
ORDER BY 1, 2
"""
PEOPLE = """
INSERT INTO followups_patient (id, number, name, sex, born_on, phone, relative,
    relative_phone, language, is_deceased, do_not_call)
SELECT n, 'P' || lpad(n::text, 8, '0'), '患者' || n,
    CASE n %% 2 WHEN 0 THEN 'male' ELSE 'female' END,
    date '1935-01-01' + (n %% 29000)::int, '138' || lpad(n::text, 8, '0'), '家属' || n,
    '139' || lpad(n::text, 8, '0'),
    CASE WHEN n %% 50 = 0 THEN 'yue' WHEN n %% 997 = 0 THEN 'mn' ELSE 'zh' END,
    false, false
FROM generate_series(1, %(patients)s) n
"""
# Stay n ended n / a_day days ago; after all patients came once it is their stay before.
STAYS = """
INSERT INTO followups_stay (id, patient_id, visit_number, department_id, ward, doctor,
    admitted_at, discharged_at, disposition, diagnosis_code, diagnosis, had_surgery,
    was_emergency, charlson, emergency_visits, cancelled, refuses_calls, folded_at,
    check_up_at)
SELECT n, (n - 1) %% %(patients)s + 1, CASE WHEN n > %(patients)s THEN '1' ELSE '2' END,
    %(first_department)s + n %% %(departments)s, n %% 20 || '区', '医生' || n %% 300,
    ended - (1 + n %% 14) * interval '1 day', ended, 'home',
    'I' || lpad((n %% 90)::text, 2, '0') || '.0', '诊断' || n %% 500, n %% 2 = 0,
    n %% 3 = 0, n %% 7, n %% 4, false, false, ended, ''
FROM generate_series(1, %(stays)s) n,
    LATERAL (SELECT %(now)s - n * interval '1 day' / %(a_day)s AS ended) t
"""
EVENTS = """
INSERT INTO followups_feedevent (patient_id, stay_id, kind, recorded_at, facts, key,
    source, arrived_at)
SELECT patient_id, id, 'A03', discharged_at, jsonb_build_object(
        'name', '患者' || patient_id, 'phone', '138' || lpad(patient_id::text, 8, '0'),
        'admitted_at', admitted_at, 'discharged_at', discharged_at,
        'disposition', disposition, 'department_id', department_id, 'ward', ward,
        'doctor', doctor, 'diagnosis_code', diagnosis_code, 'diagnosis', diagnosis),
    'filled:' || id, 'filled', discharged_at
FROM followups_stay
"""
# Of what is in its window 36 in 100 are still to be called. Of what is over, most
# people were reached.
FOLLOW_UPS = """
INSERT INTO followups_followup (patient_id, stay_id, plan_id, point_id, point_key,
    department_id, mode, opens_at, closes_at, state, stop_reason, ended_at, priority,
    queued_at, round)
SELECT patient_id, s.id, v.plan_id, p.id, p.key, department_id, p.mode, opens_at,
    closes_at, state, '', CASE WHEN state = 'open' THEN NULL ELSE opens_at END,
    s.id %% 30, CASE WHEN opens_at <= %(now)s THEN opens_at END, 0
FROM followups_stay s CROSS JOIN followups_touchpoint p
JOIN followups_planversion v ON v.id = p.version_id,
    LATERAL (SELECT discharged_at + p.after_hours * interval '1 hour' AS opens_at) o,
    LATERAL (SELECT opens_at + p.window_hours * interval '1 hour' AS closes_at) c,
    LATERAL (SELECT CASE
        WHEN opens_at > %(now)s THEN 'open'
        WHEN closes_at > %(now)s AND (s.id * 31 + p.id * 17) %% 100 < 36 THEN 'open'
        WHEN s.id %% 100 < 85 THEN 'done'
        WHEN s.id %% 100 < 95 THEN 'unreachable'
        ELSE 'declined' END AS state) e
"""
QUEUE = """
INSERT INTO followups_queuedcall (patient_id, department_id, language, priority,
    reasons, ready_at, closes_at, is_timed, needs_number, use_relative, attempts, draft)
SELECT patient_id, department_id, language,
    CASE WHEN place <= %(waiting)s THEN 75 + place %% 60 ELSE place %% 75 END,
    '[["plan", 10], ["risk_moderate", 15]]',
    %(now)s + interval '1 hour' * CASE WHEN place <= %(waiting)s THEN 24 ELSE -1 END,
    closes_at, place <= %(waiting)s AND place %% 10 = 0,
    place > %(waiting)s AND place <= %(waiting)s + %(without_number)s, false,
    CASE WHEN place <= %(waiting)s THEN 1 ELSE 0 END, '{}'
FROM (
    SELECT due.*, row_number() OVER (ORDER BY patient_id * 7919 %% 100003) AS place
    FROM (
        SELECT DISTINCT ON (patient_id) patient_id, department_id, closes_at
        FROM followups_followup
        WHERE state = 'open' AND queued_at IS NOT NULL
        ORDER BY patient_id, closes_at
    ) due
) placed JOIN followups_patient p ON p.id = patient_id
"""
