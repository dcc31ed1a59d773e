"""Who may look after the channels of the whole hospital."""

from hospital.models import Role, User
from notifications.models import Channel


def can_operate(user: User) -> bool:
    """See what went out and what did not, and send it again."""
    return user.is_superuser or user.has_role(Role.IT_ADMIN)


def can_manage_departments(user: User) -> bool:
    """Enter and remove the addresses of departments."""
    return can_operate(user)


def channels_open_to(user: User, *, for_department: bool) -> list[Channel]:
    """The kinds of address the person may enter.

    A webhook makes this server call any host, also one inside the hospital, so it is
    the administrator's alone. A person's own e-mail is in the reference data.
    """
    channels = [Channel.WECOM, Channel.DINGTALK, Channel.FEISHU, Channel.SMS]
    if for_department:
        channels.insert(0, Channel.EMAIL)
    if can_operate(user):
        channels.append(Channel.WEBHOOK)
    return channels
