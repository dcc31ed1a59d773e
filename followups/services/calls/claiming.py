"""Handing one person to one agent, in one statement.

The agents' busiest request, written in SQL: compiling three queries anew for every call
cost more than everything else together. What may be handed out stands here a second
time; a test holds it to `QueuedCall.objects.ready` and `queue.suits`.
"""

import json
from datetime import datetime, timedelta

from followups.models import QueuedCall
from hospital.models import User

CLAIM = timedelta(minutes=20)

# The person in hand, else the first who may be taken: a row that another agent is just
# being given is passed over, and one that was given since is looked at again before it
# is locked. Somebody taken up again after the claim ran out keeps the agent's words,
# but the talk begins anew. Who lies in no department is nobody's skill (0 is no key).
SQL = """
UPDATE followups_queuedcall
SET claimed_by_id = %(agent)s,
    claimed_until = %(until)s,
    draft = CASE
        WHEN claimed_by_id IS DISTINCT FROM %(agent)s THEN %(begun)s::jsonb
        WHEN claimed_until > %(now)s THEN draft
        ELSE draft || %(begun)s::jsonb
    END
WHERE patient_id = coalesce(
    (
        SELECT patient_id FROM followups_queuedcall
        WHERE claimed_by_id = %(agent)s AND claimed_until > %(now)s
        ORDER BY priority DESC, closes_at
        LIMIT 1
    ),
    (
        SELECT patient_id FROM followups_queuedcall
        WHERE %(takes_new)s AND NOT needs_number AND ready_at <= %(now)s
            AND (claimed_until IS NULL OR claimed_until <= %(now)s)
            AND (assigned_to_id IS NULL OR assigned_to_id = %(agent)s)
            AND coalesce(language = ANY ((
                SELECT languages FROM followups_agentprofile
                WHERE user_id = %(agent)s AND languages <> '{}'
            )::varchar[]), true)
            AND coalesce(coalesce(department_id, 0) = ANY ((
                SELECT array_agg(department_id)
                FROM followups_agentprofile_departments
                WHERE agentprofile_id = %(agent)s
            )::bigint[]), true)
        ORDER BY priority DESC, closes_at, patient_id
        LIMIT 1
        FOR NO KEY UPDATE SKIP LOCKED
    )
) AND (claimed_by_id = %(agent)s OR claimed_until IS NULL OR claimed_until <= %(now)s)
RETURNING *
"""


def claim(agent: User, now: datetime, *, takes_new: bool) -> QueuedCall | None:
    """The person in hand, or a new one if any may be taken; the claim runs anew."""
    values = {
        "agent": agent.pk,
        "now": now,
        "until": now + CLAIM,
        "begun": json.dumps({"started_at": now.isoformat()}),
        "takes_new": takes_new,
    }
    return next(iter(QueuedCall.objects.raw(SQL, values)), None)
