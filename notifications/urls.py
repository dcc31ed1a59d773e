from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/bell/", views.bell, name="bell"),
    path("inbox/read/", views.mark_all_read, name="mark_all_read"),
    path("inbox/<key:pk>/", views.open_notification, name="open"),
]
