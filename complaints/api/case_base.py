"""What every address of a case shares: the reader, the gate, reading, answering."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import viewsets
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from complaints.models import Case
from complaints.serializers.cases import CaseDetailSerializer, CaseSerializer
from hospital.models import User


class CaseView(viewsets.GenericViewSet):
    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    parser_classes = (JSONParser,)
    lookup_field = "number"
    lookup_value_regex = r"C-[0-9]{4}-[0-9]{6,10}"

    @property
    def reader(self) -> User:
        """Who is signed in; the permission classes let nobody else in."""
        return cast(User, self.request.user)

    def get_queryset(self) -> QuerySet[Case]:
        if self.action == "list":
            return Case.objects.visible_to(self.reader).for_list()
        return Case.objects.visible_to(self.reader, lookup=True)

    def _act(self, service: Any, shape: type[Serializer]) -> Response:
        """Call one service with what was sent and show the case as it is now."""
        case, sent = self.get_object(), self._read(shape)
        service(case, actor=self.reader, **sent.validated_data)
        return self._show(case)

    def _read(self, shape: type[Serializer]) -> Any:
        sent = shape(data=self.request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        return sent

    def _show(self, case: Case) -> Response:
        case = CaseDetailSerializer.load(case.pk)
        body = CaseDetailSerializer(case, context=self.get_serializer_context())
        return Response(body.data)
