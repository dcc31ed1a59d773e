from followups.models.alerts import ClinicalAlert
from followups.models.calls import (
    CALL_OUTCOMES,
    NOT_REACHED,
    REACHED,
    VISIT_WORDS,
    AgentProfile,
    Attempt,
    Outcome,
    QueuedCall,
)
from followups.models.cohorts import Cohort, CohortMember
from followups.models.feed import FeedEvent, FeedKind, RawMessage
from followups.models.follow_ups import FollowUp, State, StopReason
from followups.models.imports import (
    ColumnMapping,
    DepartmentAlias,
    Import,
    ImportRow,
    Verdict,
)
from followups.models.patients import Disposition, Patient, Sex, Stay
from followups.models.plans import (
    Anchor,
    Mode,
    Plan,
    PlanVersion,
    Rhythm,
    TouchPoint,
)
from followups.models.quality import QualityCheck, Recording
from followups.models.scripts import Script, ScriptVersion

__all__ = [
    "CALL_OUTCOMES",
    "NOT_REACHED",
    "REACHED",
    "VISIT_WORDS",
    "AgentProfile",
    "Anchor",
    "ColumnMapping",
    "DepartmentAlias",
    "Attempt",
    "ClinicalAlert",
    "Cohort",
    "CohortMember",
    "Disposition",
    "FeedEvent",
    "FeedKind",
    "FollowUp",
    "Import",
    "ImportRow",
    "Mode",
    "Outcome",
    "Patient",
    "Plan",
    "PlanVersion",
    "QualityCheck",
    "QueuedCall",
    "RawMessage",
    "Recording",
    "Rhythm",
    "Script",
    "ScriptVersion",
    "Sex",
    "State",
    "Stay",
    "StopReason",
    "TouchPoint",
    "Verdict",
]
