"""Cases: lists, registering a voice, and one action for every service."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import services
from complaints.api.case_clocks import CaseClocksView
from complaints.filters import CaseFilter
from complaints.models import Case
from complaints.serializers.case_actions import (
    AnswerHandoverSerializer,
    CaseReasonSerializer,
    ConvertSerializer,
    DeclineSerializer,
    MergeSerializer,
    NoteSerializer,
    OfferHandoverSerializer,
    RecordSatisfactionSerializer,
    RevealSerializer,
    RevisionSerializer,
    TierSerializer,
    VoiceSerializer,
    WriteReplySerializer,
)
from complaints.serializers.cases import (
    CaseDetailSerializer,
    ContactSerializer,
    HandoverSerializer,
    RegisteredSerializer,
)
from complaints.serializers.tasks import OpenTaskSerializer, TaskDetailSerializer
from hospital.serializers import answers

CASE = answers(CaseDetailSerializer)
HANDOVER_ID = OpenApiParameter("handover_id", OpenApiTypes.INT, OpenApiParameter.PATH)


class CaseViewSet(mixins.ListModelMixin, CaseClocksView):
    """Lists hold the reader's cases; the front desk looks up any case by its number."""

    filterset_class = CaseFilter

    @extend_schema(
        request=VoiceSerializer,
        responses=answers(RegisteredSerializer, status=201, refusals=(400, 403)),
    )
    def create(self, request: Request) -> Response:
        """Register a voice; solved on the spot, the case is closed at once."""
        sent = self._read(VoiceSerializer)
        case = services.register_case(sent.to_voice(), actor=self.reader)
        body = RegisteredSerializer(
            Case.objects.for_list().get(pk=case.pk),
            context=self.get_serializer_context(),
        )
        return Response(body.data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=answers(CaseDetailSerializer, refusals=(404,)))
    def retrieve(self, request: Request, number: str) -> Response:
        case = self.get_object()
        services.log_view(case, actor=self.reader)
        return self._show(case)

    @extend_schema(request=RevisionSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, number: str) -> Response:
        """Take the case on; a reopened one goes back to work."""
        return self._act(services.accept_case, RevisionSerializer)

    @extend_schema(request=DeclineSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, number: str) -> Response:
        """Decline on a lawful ground, having told the person."""
        return self._act(services.decline_case, DeclineSerializer)

    @extend_schema(
        request=OfferHandoverSerializer,
        responses=answers(HandoverSerializer, status=201),
    )
    @action(detail=True, methods=["post"])
    def handover(self, request: Request, number: str) -> Response:
        """Offer the case to a colleague, who accepts or refuses it."""
        case, sent = self.get_object(), self._read(OfferHandoverSerializer)
        handover = services.offer_handover(
            case, actor=self.reader, **sent.validated_data
        )
        body = HandoverSerializer(handover)
        return Response(body.data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=AnswerHandoverSerializer,
        parameters=[HANDOVER_ID],
        responses=answers(HandoverSerializer),
    )
    @action(
        detail=True,
        methods=["post"],
        url_path=r"handover/(?P<handover_id>[0-9]{1,18})/answer",
    )
    def answer_handover(
        self, request: Request, number: str, handover_id: str
    ) -> Response:
        """Take the offered case over, or refuse it with a reason in `answer`."""
        case = self.get_object()
        handover = get_object_or_404(case.handovers, pk=handover_id)
        sent = self._read(AnswerHandoverSerializer)
        handover = services.answer_handover(
            handover, actor=self.reader, **sent.validated_data
        )
        return Response(HandoverSerializer(handover).data)

    @extend_schema(request=TierSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def tier(self, request: Request, number: str) -> Response:
        """Set the tier; only a supervisor lowers it."""
        return self._act(services.set_tier, TierSerializer)

    @extend_schema(request=ConvertSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def convert(self, request: Request, number: str) -> Response:
        """Convert the kind of voice, which the timeline and the figures keep."""
        return self._act(services.convert_kind, ConvertSerializer)

    @extend_schema(request=NoteSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def note(self, request: Request, number: str) -> Response:
        """Write a note for the colleagues of the centre."""
        return self._act(services.add_note, NoteSerializer)

    @extend_schema(request=WriteReplySerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, number: str) -> Response:
        """Record what the person was told; interim while a task is open."""
        return self._act(services.reply_to_person, WriteReplySerializer)

    @extend_schema(request=RecordSatisfactionSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def satisfaction(self, request: Request, number: str) -> Response:
        """Record the person's verdict, or why they were not asked."""
        return self._act(services.record_satisfaction, RecordSatisfactionSerializer)

    @extend_schema(request=RevisionSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, number: str) -> Response:
        """Close through the gate; a refusal names every obstacle."""
        return self._act(services.close_case, RevisionSerializer)

    @extend_schema(request=CaseReasonSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, number: str) -> Response:
        """Record that the person takes the case back."""
        return self._act(services.withdraw_case, CaseReasonSerializer)

    @extend_schema(request=MergeSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, number: str) -> Response:
        """End the case in favour of another."""
        return self._act(services.merge_case, MergeSerializer)

    @extend_schema(request=CaseReasonSerializer, responses=CASE)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str) -> Response:
        """Take an ended case up again."""
        return self._act(services.reopen_case, CaseReasonSerializer)

    @extend_schema(
        request=OpenTaskSerializer,
        responses=answers(TaskDetailSerializer, status=201),
    )
    @action(detail=True, methods=["post"], url_path="tasks")
    def open_task(self, request: Request, number: str) -> Response:
        """Ask a department to put something right."""
        case, sent = self.get_object(), self._read(OpenTaskSerializer)
        task = services.open_task(case, actor=self.reader, **sent.validated_data)
        task = TaskDetailSerializer.load(task.pk)
        body = TaskDetailSerializer(task, context=self.get_serializer_context())
        return Response(body.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RevealSerializer, responses=answers(ContactSerializer))
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, number: str) -> Response:
        """The full name and number, for a reason that is written down."""
        case, sent = self.get_object(), self._read(RevealSerializer)
        contact = services.reveal_contact(
            case, actor=self.reader, **sent.validated_data
        )
        # Every look leaves its own trace, so no answer may be kept and given again.
        headers = {"Cache-Control": "no-store"}
        return Response(ContactSerializer(contact).data, headers=headers)
