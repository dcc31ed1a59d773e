"""Plain factories for reference data; cases and tasks come from the services."""

import factory

from complaints.models import Category
from hospital.models import Campus, Department, User


class CampusFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campus
        django_get_or_create = ("code",)

    code = "main"
    name_zh = "总院区"
    name_en = "Main campus"


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"D{n:03d}")
    name_zh = factory.Sequence(lambda n: f"第{n}病区")
    name_en = factory.Sequence(lambda n: f"Ward {n}")
    initials = ""
    kind = Department.Kind.CLINICAL
    campus = factory.SubFactory(CampusFactory)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    employee_number = factory.Sequence(lambda n: f"{10000 + n}")
    name = factory.Sequence(lambda n: f"员工{n}")
    initials = "yg"
    roles = factory.LazyFunction(list)

    @factory.post_generation
    def departments(self, create: bool, extracted: list[Department] | None) -> None:
        if create and extracted:
            self.departments.set(extracted)


class CategoryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Category

    code = factory.Sequence(lambda n: f"T{n:03d}.1")
    name_zh = factory.Sequence(lambda n: f"类别{n}")
    name_en = factory.Sequence(lambda n: f"Category {n}")
    initials = "lb"
    parent = factory.SubFactory(
        "tests.factories.CategoryFactory",
        code=factory.Sequence(lambda n: f"T{n:03d}"),
        parent=None,
    )
