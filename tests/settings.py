"""The settings of the project, with what would make tests slow or leave traces."""

from service_center.settings import *  # noqa: F403  # the overrides are below
from service_center.settings import DATABASES, LOCAL_DIR, REST_FRAMEWORK

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = LOCAL_DIR / "media"
# Serve static files from where they are, without collecting them first.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
REST_FRAMEWORK = REST_FRAMEWORK | {"TEST_REQUEST_DEFAULT_FORMAT": "json"}
# Tests that commit clear the tables behind them, the guarded ones too.
DATABASES["default"]["OPTIONS"]["options"] += " -c complaints.let_truncate=on"
# Tests read the source strings, whatever the catalogue says today; that it is complete
# is for `make lint`, and the browser tests read Chinese.
LOCALE_PATHS = []
