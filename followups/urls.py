from django.urls import path

from followups.views import alerts, calls, imports, messages, numbers, scripts

app_name = "followups"

urlpatterns = [
    path("calls/", calls.calls, name="calls"),
    path("calls/next/", calls.take, name="take"),
    path("calls/pop/", calls.pop, name="pop"),
    path("calls/<key:patient>/finish/", calls.finish, name="finish"),
    path("calls/<key:patient>/back/", calls.back, name="back"),
    path("calls/<key:patient>/keep/", calls.keep, name="keep"),
    path("calls/<key:patient>/heard/", calls.heard, name="heard"),
    path("calls/<key:patient>/hear/<slug:kind>/", calls.hear, name="hear"),
    path("calls/<key:patient>/alert/", alerts.raise_alert, name="raise_alert"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<key:pk>/", alerts.alert, name="alert"),
    path("alerts/<key:pk>/acknowledge/", alerts.acknowledge, name="acknowledge_alert"),
    path("alerts/<key:pk>/close/", alerts.close, name="close_alert"),
    path("scripts/", scripts.scripts, name="scripts"),
    path("scripts/<slug:code>/", scripts.script, name="script"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/<key:patient>/", numbers.number, name="number"),
    path("stays/imports/", imports.imports, name="imports"),
    path("stays/imports/<key:pk>/", imports.show_import, name="import"),
    path("stays/imports/<key:pk>/columns/", imports.columns, name="import_columns"),
    path("stays/imports/<key:pk>/progress/", imports.progress, name="import_progress"),
    path(
        "stays/imports/<key:pk>/departments/",
        imports.name_departments,
        name="import_departments",
    ),
    path("stays/imports/<key:pk>/run/", imports.run, name="import_run"),
    path("stays/imports/<key:pk>/discard/", imports.discard, name="import_discard"),
    path("stays/imports/<key:pk>/errors.csv", imports.errors, name="import_errors"),
    path("feed/messages/", messages.list_messages, name="messages"),
    path(
        "feed/messages/again/", messages.read_messages_again, name="read_messages_again"
    ),
    path("feed/messages/<key:pk>/", messages.show_message, name="message"),
    path(
        "feed/messages/<key:pk>/again/",
        messages.read_message_again,
        name="read_message_again",
    ),
]
