"""Rectification tasks: lists, one action for every service, and their evidence."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from complaints import services
from complaints.filters import TaskFilter
from complaints.models import RectificationTask
from complaints.serializers.tasks import (
    DecideSerializer,
    PauseTaskSerializer,
    PlanSerializer,
    ReasonSerializer,
    SubmitSerializer,
    TaskDetailSerializer,
    TaskSerializer,
)
from hospital.models import User
from hospital.serializers import PROBLEM, ProblemSerializer, answers

TASK = answers(TaskDetailSerializer)
EVIDENCE_ID = OpenApiParameter("evidence_id", OpenApiTypes.INT, OpenApiParameter.PATH)


class AnyTypeRenderer(JSONRenderer):
    """Lets a client ask for the type of a file; only refusals are rendered."""

    media_type = "*/*"


class TaskViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The tasks of the reader's departments, or of the cases the reader handles."""

    queryset = RectificationTask.objects.none()
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    parser_classes = (JSONParser,)
    lookup_value_regex = "[0-9]{1,18}"

    @property
    def reader(self) -> User:
        """Who is signed in; the permission classes let nobody else in."""
        return cast(User, self.request.user)

    def get_queryset(self) -> QuerySet[RectificationTask]:
        return RectificationTask.objects.visible_to(self.reader).for_list()

    @extend_schema(responses=answers(TaskDetailSerializer, refusals=(404,)))
    def retrieve(self, request: Request, pk: str) -> Response:
        task = self.get_object()
        services.log_view(task.case, actor=self.reader)
        return self._show(task)

    @extend_schema(request=None, responses=TASK)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """The department takes the task on."""
        return self._act(services.acknowledge_task)

    @extend_schema(request=PlanSerializer, responses=TASK)
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, pk: str) -> Response:
        """Name the responsible person and the measure; acknowledges if need be."""
        return self._act(services.plan_task, PlanSerializer)

    @extend_schema(
        request={
            "multipart/form-data": SubmitSerializer,
            "application/json": SubmitSerializer,
        },
        responses=TASK,
    )
    @action(detail=True, methods=["post"], parser_classes=(MultiPartParser, JSONParser))
    def submit(self, request: Request, pk: str) -> Response:
        """Say what was done, with evidence."""
        return self._act(services.submit_task, SubmitSerializer)

    @extend_schema(request=ReasonSerializer, responses=TASK)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Say why this is not the department's."""
        return self._act(services.refuse_task, ReasonSerializer)

    @extend_schema(request=DecideSerializer, responses=TASK)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Insist on a refused task, or give it to another department."""
        return self._act(services.decide_refused_task, DecideSerializer)

    @extend_schema(request=None, responses=TASK)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """The centre has convinced itself that the work is done."""
        return self._act(services.verify_task)

    @extend_schema(request=ReasonSerializer, responses=TASK)
    @action(detail=True, methods=["post"], url_path="return")
    def send_back(self, request: Request, pk: str) -> Response:
        """Send the submitted work back with what is missing."""
        return self._act(services.return_task, ReasonSerializer)

    @extend_schema(request=ReasonSerializer, responses=TASK)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Take the demand back."""
        return self._act(services.cancel_task, ReasonSerializer)

    @extend_schema(request=None, responses=TASK)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Let the department see who spoke."""
        return self._act(services.release_contact)

    @extend_schema(request=PauseTaskSerializer, responses=TASK)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str) -> Response:
        """Stop the task's clocks while somebody outside is waited for."""
        return self._act(services.pause_task, PauseTaskSerializer)

    @extend_schema(request=None, responses=TASK)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Let the task's clocks run again; the paused time is given back."""
        return self._act(services.resume_task)

    @extend_schema(
        parameters=[EVIDENCE_ID],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            (404, PROBLEM): ProblemSerializer,
        },
    )
    @action(
        detail=True,
        url_path=r"evidence/(?P<evidence_id>[0-9]{1,18})",
        renderer_classes=(JSONRenderer, AnyTypeRenderer),
    )
    def evidence(self, request: Request, pk: str, evidence_id: str) -> HttpResponseBase:
        """The file itself, behind the same gate as its task."""
        task = self.get_object()
        evidence = get_object_or_404(task.evidence, pk=evidence_id)
        try:
            file = evidence.file.open()
        except FileNotFoundError as gone:
            raise Http404 from gone
        services.log_view(task.case, actor=self.reader)
        return FileResponse(
            file,
            as_attachment=True,
            filename=evidence.name,
            content_type=evidence.content_type,
        )

    def _act(self, service: Any, shape: type[Serializer] = Serializer) -> Response:
        """Call one service with what was sent and show the task as it is now."""
        task = self.get_object()
        sent = shape(data=self.request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        service(task, actor=self.reader, **sent.validated_data)
        return self._show(task)

    def _show(self, task: RectificationTask) -> Response:
        task = TaskDetailSerializer.load(task.pk)
        body = TaskDetailSerializer(task, context=self.get_serializer_context())
        return Response(body.data)
