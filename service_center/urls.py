from django.contrib import admin
from django.contrib.auth.views import (
    LoginView,
    LogoutView,
    PasswordChangeDoneView,
    PasswordChangeView,
)
from django.urls import URLPattern, URLResolver, include, path, register_converter
from drf_spectacular.views import SpectacularAPIView

from complaints.converters import CaseNumberConverter
from hospital.converters import DayConverter, KeyConverter, YearConverter
from service_center import health, views
from service_center.demo_accounts import list_accounts

register_converter(CaseNumberConverter, "case")
register_converter(KeyConverter, "key")
register_converter(DayConverter, "day")
register_converter(YearConverter, "year")

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("complaints.api_urls")),
    path("", include("followups.api_urls")),
    path("", include("hospital.api_urls")),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", views.ApiDocsView.as_view(), name="api-docs"),
    path("token/", views.TokenView.as_view(), name="api-token"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path(
        "login/",
        LoginView.as_view(
            redirect_authenticated_user=True,
            extra_context={"demo_accounts": list_accounts},
        ),
        name="login",
    ),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordChangeView.as_view(), name="password_change"),
    path(
        "password/done/",
        PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    path("language/", views.set_language, name="set_language"),
    path("api/v1/", include(api_urlpatterns)),
    path("", include("dashboards.urls")),
    path("", include("complaints.urls")),
    path("", include("followups.urls")),
    path("", include("notifications.urls")),
    path("", include("hospital.urls")),
]
