"""Stays in bulk, for systems that send them themselves."""

from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from followups.serializers.stays import (
    StaysAnswerSerializer,
    StaySerializer,
    check_list,
    count_verdicts,
)
from followups.services import importing
from hospital.models import User
from hospital.serializers import answers


class StayViewSet(viewsets.GenericViewSet):
    """Idempotent on patient and visit: the same facts again change nothing."""

    serializer_class = StaySerializer
    parser_classes = (JSONParser,)
    filter_backends = ()
    pagination_class = None

    @extend_schema(
        request=StaySerializer(many=True),
        parameters=[
            OpenApiParameter(
                "dry_run", bool, description="Judge the stays, take nothing over."
            )
        ],
        responses=answers(StaysAnswerSerializer, refusals=(400, 403)),
    )
    def create(self, request: Request) -> Response:
        """Take over up to 1,000 stays; each gets its verdict, errors stay out."""
        rows = importing.import_stays(
            check_list(request.data),
            actor=cast(User, request.user),
            dry_run=request.query_params.get("dry_run", "") in ("1", "true"),
        )
        body = StaysAnswerSerializer({"counts": count_verdicts(rows), "rows": rows})
        return Response(body.data)
