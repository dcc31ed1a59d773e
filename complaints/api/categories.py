"""The tree of categories, to read."""

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets

from complaints.models import Category
from complaints.serializers.reference import CategorySerializer
from hospital.paging import ByCodePagination
from hospital.serializers import answers


@extend_schema_view(
    retrieve=extend_schema(responses=answers(CategorySerializer, refusals=(404,)))
)
class CategoryViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """First-level categories, each with what a case can be about below it."""

    queryset = Category.objects.filter(parent=None, is_active=True).prefetch_related(
        Prefetch("children", Category.objects.selectable())
    )
    serializer_class = CategorySerializer
    pagination_class = ByCodePagination
    filter_backends = ()
    lookup_field = "code"
    lookup_value_regex = r"[\w.-]+"
