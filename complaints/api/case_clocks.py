"""A case's clocks: read and explained, stopped, promised, given more time."""

from django.core.exceptions import PermissionDenied
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import services
from complaints.api.case_base import CaseView
from complaints.permissions import can_see_ledger
from complaints.serializers.cases import CaseDetailSerializer
from complaints.serializers.clocks import (
    AskExtensionSerializer,
    DecideExtensionSerializer,
    EndPromiseSerializer,
    ExplanationSerializer,
    ExtensionSerializer,
    LedgerSerializer,
    MakePromiseSerializer,
    PauseSerializer,
    PromiseSerializer,
)
from complaints.serializers.tasks import DeadlineSerializer
from hospital.serializers import answers

CASE = answers(CaseDetailSerializer)


def _id(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.INT, OpenApiParameter.PATH)


class CaseClocksView(CaseView):
    @extend_schema(
        responses=answers(DeadlineSerializer(many=True), refusals=(404,)),
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def deadlines(self, request: Request, number: str) -> Response:
        """All clocks of the case that the reader may read, the superseded too."""
        rows = self.get_object().deadlines.for_reader(self.reader)
        return Response(DeadlineSerializer(rows, many=True).data)

    @extend_schema(
        parameters=[_id("deadline_id")],
        responses=answers(ExplanationSerializer, refusals=(404,)),
    )
    @action(
        detail=True,
        url_path=r"deadlines/(?P<deadline_id>[0-9]{1,18})/explanation",
    )
    def explanation(self, request: Request, number: str, deadline_id: str) -> Response:
        """Why the deadline is due when it is; the parts add up to the whole."""
        readable = self.get_object().deadlines.for_reader(self.reader)
        rows = readable.select_related("case", "task", "promise")
        deadline = get_object_or_404(rows, pk=deadline_id)
        told = services.explain_deadline(deadline)
        body = ExplanationSerializer(told, context=self.get_serializer_context())
        return Response(body.data)

    @extend_schema(responses=answers(LedgerSerializer, refusals=(403, 404)))
    @action(detail=True)
    def ledger(self, request: Request, number: str) -> Response:
        """Who held the case for how much of its working time."""
        case = self.get_object()
        if not can_see_ledger(self.reader, case):
            raise PermissionDenied
        return Response(LedgerSerializer(services.read_ledger(case)).data)

    @extend_schema(request=PauseSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, number: str) -> Response:
        """Stop the case's clocks while somebody is waited for."""
        return self._act(services.pause_case, PauseSerializer)

    @extend_schema(request=None, responses=CASE)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, number: str) -> Response:
        """Let the clocks run again; the paused working time is given back."""
        case = self.get_object()
        services.resume_case(case, actor=self.reader)
        return self._show(case)

    @extend_schema(
        request=MakePromiseSerializer,
        responses=answers(PromiseSerializer, status=201),
    )
    @action(detail=True, methods=["post"])
    def promise(self, request: Request, number: str) -> Response:
        """Promise the person something by a moment."""
        case, sent = self.get_object(), self._read(MakePromiseSerializer)
        promise = services.make_promise(case, actor=self.reader, **sent.validated_data)
        body = PromiseSerializer(promise)
        return Response(body.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=EndPromiseSerializer,
        parameters=[_id("promise_id")],
        responses=answers(PromiseSerializer),
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"promise/(?P<promise_id>[0-9]{1,18})/end",
    )
    def end_promise(self, request: Request, number: str, promise_id: str) -> Response:
        """The promise was kept, or is taken back with a reason in `note`."""
        promises = self.get_object().promises.select_related("case", "owner", "made_by")
        promise = get_object_or_404(promises, pk=promise_id)
        sent = self._read(EndPromiseSerializer)
        promise = services.end_promise(
            promise, actor=self.reader, **sent.validated_data
        )
        return Response(PromiseSerializer(promise).data)

    @extend_schema(
        request=AskExtensionSerializer,
        responses=answers(ExtensionSerializer, status=201),
    )
    @action(detail=True, methods=["post"])
    def extension(self, request: Request, number: str) -> Response:
        """Ask for more time on a running clock; a supervisor decides."""
        case, sent = self.get_object(), self._read(AskExtensionSerializer)
        values = dict(sent.validated_data)
        readable = case.deadlines.for_reader(self.reader)
        values["deadline"] = get_object_or_404(readable, pk=values["deadline"])
        extension = services.ask_extension(case, actor=self.reader, **values)
        body = ExtensionSerializer(extension)
        return Response(body.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=DecideExtensionSerializer,
        parameters=[_id("extension_id")],
        responses=answers(ExtensionSerializer),
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"extension/(?P<extension_id>[0-9]{1,18})/decide",
    )
    def decide_extension(
        self, request: Request, number: str, extension_id: str
    ) -> Response:
        """Grant the time, or refuse it with a reason in `answer`."""
        extensions = self.get_object().extensions.select_related("case", "deadline")
        extension = get_object_or_404(extensions, pk=extension_id)
        sent = self._read(DecideExtensionSerializer)
        extension = services.decide_extension(
            extension, actor=self.reader, **sent.validated_data
        )
        return Response(ExtensionSerializer(extension).data)
