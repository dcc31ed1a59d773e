"""The demo hospital: two campuses, their departments and people. All invented."""

import csv
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from complaints.models import CaseCounter, Category
from hospital.hours import read_slots
from hospital.models import Campus, Department, Role, User
from hospital.services import ensure_office_hours, set_week

DATA = Path(__file__).resolve().parent / "data"
PASSWORD = "demo-hospital"  # noqa: S105  # printed for everyone, in demo mode only
MAIL_DOMAIN = "hospital.example"
CAMPUSES = {
    "main": ("本部院区", "Main Campus"),
    "binjiang": ("滨江院区", "Binjiang Campus"),
}
ON_LEAVE = {"1005": "1003", "4006": "5006"}  # who stands in
CLEARED = (Campus, User, Category, CaseCounter)  # and all that hangs on them
# The accounts worth trying first, at least one for each role.
SHOWN = (
    *("1001", "1013", "1011", "1021", "4001", "4002", "5001", "4024", "4032"),
    *("2001", "2002", "3001", "3002"),
)


class DatabaseInUse(Exception):
    """Somebody works here already: the demo is not loaded over their data."""


def read_rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_loaded() -> bool:
    """Addresses are given last, so they tell that the load came to its end."""
    return User.objects.filter(email=f"{SHOWN[0]}@{MAIL_DOMAIN}").exists()


def clear_unfinished() -> None:
    """Clear away an interrupted load; DatabaseInUse when anybody else is here."""
    numbers = {row["number"] for row in read_rows("people.csv")}
    if User.objects.exclude(employee_number__in=numbers, email="").exists():
        raise DatabaseInUse
    if not Campus.objects.exists():
        return
    tables = ", ".join(model._meta.db_table for model in CLEARED)
    with transaction.atomic(), connection.cursor() as cursor:
        # The timeline refuses to be cut, and rightly; this one was never a timeline.
        cursor.execute("SELECT set_config('complaints.let_truncate', 'on', true)")
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


def build_hospital() -> None:
    """Create campuses, departments and people, without mail addresses yet."""
    campuses = {
        code: Campus.objects.create(code=code, name_zh=zh, name_en=en)
        for code, (zh, en) in CAMPUSES.items()
    }
    ensure_office_hours()
    departments = _create_departments(campuses)
    people = _create_people(departments)
    for row in read_rows("departments.csv"):
        department = departments[row["code"]]
        department.head = people[row["head"]]
        department.deputy = people.get(row["deputy"])
        department.supervising_leader = people[row["leader"]]
        department.save(update_fields=["head", "deputy", "supervising_leader"])


def finish_people(today: date) -> None:
    """Last of all, so that the invented history sends no mail: addresses, and leave."""
    for user in User.objects.all():
        user.email = f"{user.employee_number}@{MAIL_DOMAIN}"
        number = user.employee_number
        if number in ON_LEAVE:
            user.leave_from = today - timedelta(days=3)
            user.leave_until = today + timedelta(days=9)
            user.deputy = User.objects.get(employee_number=ON_LEAVE[number])
        user.save(update_fields=["email", "leave_from", "leave_until", "deputy"])


def table_of_accounts() -> Iterator[str]:
    """The accounts of the demo, one line each, columns aligned for a terminal."""
    people = User.objects.filter(employee_number__in=SHOWN)
    rows = [("Employee number", "Name", "Roles", "Department")]
    for user in people.prefetch_related("departments"):
        roles = ", ".join(str(Role(role).label) for role in user.roles)
        places = ", ".join(d.name for d in user.departments.all())
        rows.append((user.employee_number, user.name, roles, places))
    widths = [max(_width(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        cells = (
            f"{text}{' ' * (width - _width(text))}"
            for text, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()
    yield f"Password of every account: {PASSWORD}"


def _create_departments(campuses: dict[str, Campus]) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for row in read_rows("departments.csv"):
        department = Department(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            kind=row["kind"],
            campus=campuses[row["campus"]],
            parent=departments.get(row["parent"]),
        )
        department.clean()
        department.save(force_insert=True)
        departments[department.code] = department
        weekday, weekend = read_slots(row["hours"]), read_slots(row["weekend"])
        if weekday:
            set_week(department, (weekday,) * 5 + (weekend,) * 2, actor=None)
    return departments


def _create_people(departments: dict[str, Department]) -> dict[str, User]:
    """One shared password, hashed once: hashing it fifty times would take long."""
    password = make_password(PASSWORD)
    people = {}
    for index, row in enumerate(read_rows("people.csv")):
        user = User(
            employee_number=row["number"],
            name=row["name"],
            password=password,
            phone=f"1990000{1000 + index}",
            roles=row["roles"].split(),
        )
        user.clean()
        user.save(force_insert=True)
        user.departments.set([departments[c] for c in row["departments"].split()])
        people[user.employee_number] = user
    return people


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
