from django.urls import path

from hospital import views

app_name = "hospital"

urlpatterns = [
    path("options/departments/", views.department_options, name="department_options"),
    path("options/people/", views.person_options, name="person_options"),
]
