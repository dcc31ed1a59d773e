"""Making a script's newest version."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from followups.models import Script, ScriptVersion
from followups.script_content import read_content
from hospital import clock


@transaction.atomic
def publish_version(
    script: Script, content: Any, *, is_own: bool = True
) -> ScriptVersion:
    """Make this the script's newest version; raises ContentError with every fault."""
    read_content(content)
    Script.objects.select_for_update(no_key=True).get(pk=script.pk)
    last = script.versions.aggregate(last=Max("number"))["last"] or 0
    return ScriptVersion.objects.create(
        script=script,
        number=last + 1,
        content=content,
        published_at=clock.now(),
        is_own=is_own,
    )
