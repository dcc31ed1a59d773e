"""Links to recordings, for the telephone system that keeps them."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from followups.models import Attempt, Mode
from followups.permissions import can_link_recordings
from followups.serializers.recordings import (
    CallSerializer,
    RecordingSerializer,
    SoughtCallSerializer,
)
from followups.services.supervision.recordings import calls_to, link_recording
from hospital.models import User
from hospital.serializers import answers

MOST_CALLS = 50


class CallViewSet(viewsets.GenericViewSet):
    """Calls that were made, as far as a telephone system has to know them."""

    queryset = Attempt.objects.filter(mode=Mode.CALL)
    serializer_class = CallSerializer
    parser_classes = (JSONParser,)
    filter_backends = ()
    pagination_class = None
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(
        parameters=[SoughtCallSerializer],
        responses=answers(CallSerializer(many=True), refusals=(400, 403)),
    )
    def list(self, request: Request) -> Response:
        """The calls to a number within a stretch of time, the first 50."""
        sought = SoughtCallSerializer(data=request.query_params)
        sought.is_valid(raise_exception=True)
        calls = calls_to(actor=cast(User, request.user), **sought.validated_data)
        return Response(CallSerializer(calls[:MOST_CALLS], many=True).data)

    @extend_schema(
        methods=["PUT", "POST"],
        request=RecordingSerializer,
        responses=answers(RecordingSerializer, refusals=(400, 403, 404)),
    )
    @action(detail=True, methods=["put", "post"], url_path="recording")
    def recording(self, request: Request, pk: str) -> Response:
        """Link the recording of the call; again changes nothing or replaces it."""
        user = cast(User, request.user)
        if not can_link_recordings(user):
            self.permission_denied(request)
        call = self.get_object()
        sent = RecordingSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        recording = link_recording(call, actor=user, url=sent.validated_data["url"])
        return Response(RecordingSerializer(recording).data)
