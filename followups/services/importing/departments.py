"""Departments by what other systems call them."""

import unicodedata
from difflib import get_close_matches

from followups.models import DepartmentAlias
from followups.services.importing.reasons import Problem
from hospital.models import Department

NEAR = 3
LONGEST_ALIAS = 120


class DepartmentFinder:
    """All names of all departments, read once. Codes win over names over aliases."""

    def __init__(self) -> None:
        aliases = DepartmentAlias.objects.values_list("name", "department")
        self._keys: dict[str, int] = dict(aliases)
        self._shown: dict[str, str] = {}
        departments = list(Department.objects.active().order_by("pk"))
        for department in departments:
            for name in (department.name_en, department.name_zh):
                self._keys[plain_name(name)] = department.pk
                self._shown[plain_name(name)] = name
        for department in departments:
            self._keys[plain_name(department.code)] = department.pk

    def find(self, text: str) -> int:
        """The key of the department; Problem with the nearest names otherwise."""
        plain = plain_name(text)
        if plain in self._keys:
            return self._keys[plain]
        near = [self._shown[name] for name in self._near(plain)]
        if near:
            shown = "、".join(near)
            raise Problem("unknown_department_near", text=text[:60], near=shown)
        raise Problem("unknown_department", text=text[:60])

    def suggest(self, text: str) -> int | None:
        """The department probably meant."""
        near = self._near(plain_name(text))
        return self._keys[near[0]] if near else None

    def _near(self, plain: str) -> list[str]:
        within = [name for name in self._shown if plain and (plain in name)]
        within += [name for name in self._shown if name and name in plain]
        close = get_close_matches(plain, self._shown, n=NEAR, cutoff=0.5)
        return list(dict.fromkeys([*close, *within]))[:NEAR]


def plain_name(text: str) -> str:
    """A name without width, case and spaces, no longer than is kept."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())[:LONGEST_ALIAS]
