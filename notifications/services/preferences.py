"""What each person chose: which news through which channel, and when not."""

from collections.abc import Collection
from datetime import time

from django.db import transaction

from hospital.models import User
from notifications.models import Channel, Preference, QuietHours, TopicGroup

Cell = tuple[str, str]  # a group of topics and a channel


def choose_channels(
    user: User, *, offered: Collection[Channel], wanted: Collection[Cell]
) -> None:
    """Keep the answers for the channels that were offered; others stay as they are."""
    Preference.objects.bulk_create(
        [
            Preference(
                user=user,
                group=group,
                channel=channel,
                is_wanted=(group.value, channel.value) in wanted,
            )
            for group in TopicGroup
            for channel in offered
        ],
        update_conflicts=True,
        unique_fields=["user", "group", "channel"],
        update_fields=["is_wanted"],
    )


def refused_cells(user: User) -> set[Cell]:
    refusals = Preference.objects.filter(user=user, is_wanted=False)
    return set(refusals.values_list("group", "channel"))


@transaction.atomic
def set_quiet_hours(user: User, starts: time | None, ends: time | None) -> None:
    """Every day from one time to the other; without times there are none."""
    if starts is None or ends is None:
        QuietHours.objects.filter(user=user).delete()
        return
    QuietHours.objects.update_or_create(
        user=user, defaults={"starts": starts, "ends": ends}
    )
