"""The category tree: loaded from data, edited by the hospital, never overwritten."""

import csv
from io import StringIO

import pytest
from django.core.management import call_command

from complaints.management.commands.load_categories import FILE, load_categories
from complaints.models import Category

pytestmark = pytest.mark.django_db


def test_the_whole_tree_is_loaded() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert load_categories() == len(rows)
    loaded = {c.code: c for c in Category.objects.select_related("parent")}
    assert loaded.keys() == rows.keys()
    for code, row in rows.items():
        category = loaded[code]
        parent = category.parent.code if category.parent else ""
        assert (category.name_zh, category.name_en) == (row["name_zh"], row["name_en"])
        assert (parent, category.suggested_tier) == (
            row["parent"],
            int(row["suggested_tier"]),
        )


def test_the_tree_has_two_levels_with_sources_and_both_names() -> None:
    load_categories()
    assert not Category.objects.filter(parent__parent__isnull=False).exists()
    assert not Category.objects.filter(parent=None, children=None).exists()
    for name in ("name_zh", "name_en", "initials", "source"):
        assert not Category.objects.filter(**{name: ""}).exists()
    assert 12 <= Category.objects.filter(parent=None).count() <= 16


def test_a_second_load_changes_nothing_the_hospital_edited() -> None:
    load_categories()
    Category.objects.filter(code="LOG-01").update(name_zh="车位", is_active=False)
    Category.objects.filter(code="LOG-02").delete()
    assert load_categories() == 1
    edited = Category.objects.get(code="LOG-01")
    assert (edited.name_zh, edited.is_active) == ("车位", False)
    assert load_categories() == 0


@pytest.mark.parametrize(
    ("code", "tier"), [("SAFE-01", 3), ("PRIV-01", 3), ("LOG-06", 3), ("ATT-05", 2)]
)
def test_grave_subjects_suggest_a_higher_tier(code: str, tier: int) -> None:
    load_categories()
    assert Category.objects.get(code=code).suggested_tier == tier


def test_categories_are_found_by_code_name_and_initials() -> None:
    load_categories()
    for text in ("LOG-01", "停车", "parking", "tc"):
        found = Category.objects.selectable().matching(text)
        assert "LOG-01" in found.values_list("code", flat=True)


def test_the_command_says_how_many() -> None:
    out = StringIO()
    call_command("load_categories", stdout=out)
    assert out.getvalue().endswith(" categories created.\n")
    quiet = StringIO()
    call_command("load_categories", stdout=quiet, verbosity=0)
    assert quiet.getvalue() == ""
