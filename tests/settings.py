"""The settings of the project, with what would make tests slow or leave traces."""

from service_center.settings import *  # noqa: F403  # the overrides are below
from service_center.settings import LOCAL_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = LOCAL_DIR / "media"
# Serve static files from where they are, without collecting them first.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
