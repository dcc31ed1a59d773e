from django.urls import path

from hospital.views import calendar, hours, options

app_name = "hospital"

urlpatterns = [
    path("options/departments/", options.department_options, name="department_options"),
    path("options/people/", options.person_options, name="person_options"),
    path("calendar/", calendar.show_year, name="calendar"),
    path("calendar/<year:year>/", calendar.show_year, name="calendar_year"),
    path("calendar/<year:year>/days.csv", calendar.export_year, name="export_calendar"),
    path("calendar/day/<day:day>/", calendar.set_day, name="set_day"),
    path("calendar/import/", calendar.import_days, name="import_calendar"),
    path("calendar/hours/", hours.list_hours, name="working_hours"),
    path("calendar/hours/office/", hours.set_office_hours, name="set_office_hours"),
    path("calendar/hours/preview/", hours.preview_hours, name="preview_hours"),
    path(
        "calendar/hours/<key:key>/",
        hours.set_department_hours,
        name="set_department_hours",
    ),
    path(
        "calendar/hours/<key:key>/preview/", hours.preview_hours, name="preview_hours"
    ),
]
