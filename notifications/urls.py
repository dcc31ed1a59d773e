from django.urls import path

from notifications.views import channels, inbox, operation

app_name = "notifications"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/bell/", inbox.bell, name="bell"),
    path("inbox/read/", inbox.mark_all_read, name="mark_all_read"),
    path("inbox/<key:pk>/", inbox.open_notification, name="open"),
    path("channels/", channels.my_channels, name="channels"),
    path("channels/add/", channels.add_own, name="add_address"),
    path("channels/choose/", channels.choose, name="choose_channels"),
    path("channels/quiet/", channels.set_quiet, name="set_quiet_hours"),
    path("channels/test/", channels.test_email, name="test_email"),
    path("channels/<key:pk>/test/", channels.test_address, name="test_address"),
    path("channels/<key:pk>/remove/", channels.remove, name="remove_address"),
    path(
        "channels/departments/",
        channels.department_channels,
        name="department_channels",
    ),
    path(
        "channels/departments/add/",
        channels.add_for_department,
        name="add_department_address",
    ),
    path("deliveries/", operation.deliveries, name="deliveries"),
    path("deliveries/resend/", operation.send_again, name="resend"),
]
