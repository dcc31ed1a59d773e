"""Reference data of the hospital, to read."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets

from hospital.models import Department
from hospital.paging import ByCodePagination
from hospital.serializers import DepartmentSerializer, answers


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter(
                "q", str, description="Begins the code; or is in a name or its pinyin."
            )
        ]
    ),
    retrieve=extend_schema(responses=answers(DepartmentSerializer, refusals=(404,))),
)
class DepartmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    queryset = Department.objects.active()
    serializer_class = DepartmentSerializer
    pagination_class = ByCodePagination
    filter_backends = ()
    lookup_field = "code"
    lookup_value_regex = r"[\w.-]+"

    def get_queryset(self) -> QuerySet[Department]:
        departments = Department.objects.active().select_related(
            "campus", "parent", "head"
        )
        if self.action == "list":
            text = self.request.query_params.get("q", "")
            departments = departments.matching(text)
        return departments
