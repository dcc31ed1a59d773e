"""The use cases of complaints: one function each. Everything that writes is here."""

from complaints.services.choices import case_choices, task_choices
from complaints.services.closing import (
    close_case,
    closing_obstacles,
    decline_case,
    reopen_case,
    withdraw_case,
)
from complaints.services.explain import Explanation, explain_deadline
from complaints.services.extensions import ask_extension, decide_extension
from complaints.services.intake import (
    ContactDetails,
    SolvedOnTheSpot,
    SubjectLine,
    Voice,
    find_submitted,
    register_case,
    suggest_tier,
)
from complaints.services.ledger import Ledger, read_ledger
from complaints.services.lifecycle import verify_timeline
from complaints.services.pauses import (
    find_pause,
    pause_case,
    pause_task,
    paused_time,
    resume_case,
    resume_task,
)
from complaints.services.policies import (
    adopt_preset,
    drop_policy,
    save_policy,
    save_steps,
)
from complaints.services.promises import end_promise, make_promise
from complaints.services.rectification import (
    acknowledge_task,
    cancel_task,
    decide_refused_task,
    open_task,
    plan_task,
    refuse_task,
    release_contact,
    return_task,
    submit_task,
    verify_task,
)
from complaints.services.replies import (
    rate_case,
    record_satisfaction,
    reply_to_person,
)
from complaints.services.routing import (
    accept_case,
    add_note,
    answer_handover,
    convert_kind,
    merge_case,
    offer_handover,
    set_tier,
)
from complaints.services.secrecy import log_view, reveal_contact

__all__ = [
    "ContactDetails",
    "Explanation",
    "Ledger",
    "SolvedOnTheSpot",
    "SubjectLine",
    "Voice",
    "accept_case",
    "acknowledge_task",
    "add_note",
    "adopt_preset",
    "answer_handover",
    "ask_extension",
    "cancel_task",
    "case_choices",
    "close_case",
    "closing_obstacles",
    "convert_kind",
    "decide_extension",
    "decide_refused_task",
    "decline_case",
    "drop_policy",
    "end_promise",
    "explain_deadline",
    "find_pause",
    "find_submitted",
    "log_view",
    "make_promise",
    "merge_case",
    "offer_handover",
    "open_task",
    "pause_case",
    "pause_task",
    "paused_time",
    "plan_task",
    "rate_case",
    "read_ledger",
    "record_satisfaction",
    "refuse_task",
    "register_case",
    "release_contact",
    "reopen_case",
    "reply_to_person",
    "resume_case",
    "resume_task",
    "return_task",
    "reveal_contact",
    "save_policy",
    "save_steps",
    "set_tier",
    "submit_task",
    "suggest_tier",
    "task_choices",
    "verify_task",
    "verify_timeline",
    "withdraw_case",
]
