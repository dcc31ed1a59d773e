"""Settings, all from the environment; docs/configuration.md lists every name.

SECRET_KEY, DATABASE_URL and ALLOWED_HOSTS have no default: without them nothing
starts. `make run`, `make test` and `make manage` supply them for development
(service_center/runtime).
"""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SECRET_KEY = env.str("SECRET_KEY")
DATABASES = {"default": env.db("DATABASE_URL")}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

DEBUG = env.bool("DEBUG", default=False)
DEMO_MODE = env.bool("DEMO_MODE", default=False)
HTTPS = env.bool("HTTPS", default=not DEMO_MODE)
LOCAL_DIR = Path(env.str("LOCAL_DIR", default=str(BASE_DIR / ".local")))

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "service_center",
    "dashboards",
    "complaints",
    "followups",
    "notifications",
    "hospital",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "service_center.middleware.UserLocaleMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "service_center.middleware.BadInputMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "service_center.htmx_answers.HtmxAnswersMiddleware",
    "service_center.idempotency.IdempotencyMiddleware",
]

ROOT_URLCONF = "service_center.urls"
WSGI_APPLICATION = "service_center.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "service_center.context_processors.shell",
            ],
        },
    }
]

DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Compiling the figures' queries costs several times what running them does. And what a
# host without power holds, the clock's lock too, is free after two minutes, not hours.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options",
    "-c jit=off -c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10"
    " -c tcp_keepalives_count=5",
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In PostgreSQL, so that a limit counts across processes and Redis may be lost.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "service_center_cache",
    }
}

AUTH_USER_MODEL = "hospital.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="zh-hans")
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = LOCAL_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(LOCAL_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

EVIDENCE_MAX_BYTES = env.int("EVIDENCE_MAX_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Security -------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=12) * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31536000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Mail -----------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)
# How long a worker has a notification to itself; dead by then, another one sends it.
DELIVERY_CLAIM_SECONDS = env.float("DELIVERY_CLAIM_SECONDS", default=120)
# The wait before the second try, twice as long before each one after that.
DELIVERY_BACKOFF_SECONDS = env.float("DELIVERY_BACKOFF_SECONDS", default=60)
# How long one channel may keep a worker before the others have their turn.
DELIVERY_BUDGET_SECONDS = env.float("DELIVERY_BUDGET_SECONDS", default=20)
CHANNEL_CONNECT_SECONDS = env.float("CHANNEL_CONNECT_SECONDS", default=4)
CHANNEL_READ_SECONDS = env.float("CHANNEL_READ_SECONDS", default=8)
# An apprise URL with the hole {phone}.
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="psc@localhost")
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")

# --- Who we are, on slips and public pages --------------------------------
HOSPITAL_NAME = env.str("HOSPITAL_NAME", default="")
CENTRE_PHONE = env.str("CENTRE_PHONE", default="")

# --- Calls ----------------------------------------------------------------
# When patients may be rung; a demo is tried at any hour of any day.
CALL_DAY_PARTS = env.str(
    "CALL_DAY_PARTS",
    default="morning=00:00-12:00,afternoon=12:00-18:00,evening=18:00-24:00"
    if DEMO_MODE
    else "morning=09:00-11:30,afternoon=14:00-17:00,evening=18:00-20:00",
)
CALL_ON_HOLIDAYS = env.bool("CALL_ON_HOLIDAYS", default=DEMO_MODE)
# How often somebody may be reached in so many days, by call or survey.
CONTACT_CAP = env.int("CONTACT_CAP", default=6)
CONTACT_CAP_DAYS = env.int("CONTACT_CAP_DAYS", default=30)
# Within how long a ward answers a red flag before those higher up are told.
ALERT_MINUTES = env.int("ALERT_MINUTES", default=30)

# --- Messages of other systems --------------------------------------------
# Addresses and networks that may send HL7 messages to `manage.py mllp_listen`.
MLLP_ALLOWED = env.list("MLLP_ALLOWED", default=[])
# How long messages are kept as they came; twice as long if they were not understood.
HL7_KEEP_DAYS = env.int("HL7_KEEP_DAYS", default=180)

# --- Celery ---------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
BROKER_DIR = LOCAL_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 3}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: by default a worker gives up and ends within the hour.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    # Each channel on its own, so that a slow one does not hold up the others.
    **{
        f"send-due-{channel}": {
            "task": "notifications.tasks.send_due_deliveries",
            "args": [channel],
            "schedule": env.float("DELIVERY_INTERVAL_SECONDS", default=5.0),
            "options": {"expires": 60},
        }
        for channel in ("email", "wecom", "dingtalk", "feishu", "sms", "webhook")
    },
    "tick": {
        "task": "complaints.tasks.tick",
        "schedule": env.float("TICK_INTERVAL_SECONDS", default=30.0),
        "options": {"expires": 60},
    },
    "apply-rule-changes": {
        "task": "complaints.tasks.apply_rule_changes",
        "schedule": env.float("RULES_INTERVAL_SECONDS", default=60.0),
        "options": {"expires": 60},
    },
    "send-daily-digests": {
        "task": "complaints.tasks.send_daily_digests",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "fill-call-queue": {
        "task": "followups.tasks.fill_queue",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "plan-cohort-rounds": {
        "task": "followups.tasks.plan_rounds",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "follow-plans": {
        "task": "followups.tasks.follow_plans",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "find-left-out": {
        "task": "followups.tasks.find_left_out",
        "schedule": crontab(hour="2", minute="40"),
    },
    "close-call-windows": {
        "task": "followups.tasks.close_windows",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "watch-alerts": {
        "task": "followups.tasks.watch_alerts",
        "schedule": env.float("ALERT_INTERVAL_SECONDS", default=20.0),
        "options": {"expires": 60},
    },
    "work-on-imports": {
        "task": "followups.tasks.work_on_imports",
        "schedule": env.float("IMPORT_INTERVAL_SECONDS", default=2.0),
        "options": {"expires": 10},
    },
    "forget-old-imports": {
        "task": "followups.tasks.forget_old_imports",
        "schedule": crontab(hour="4", minute="10"),
    },
    "forget-old-contacts": {
        "task": "service_center.tasks.forget_old_contacts",
        "schedule": crontab(hour="3", minute="50"),
    },
    "forget-old-messages": {
        "task": "followups.tasks.forget_old_messages",
        "schedule": crontab(hour="4", minute="25"),
    },
    "clear-expired-sessions": {
        "task": "service_center.tasks.clear_expired_sessions",
        "schedule": crontab(hour="3", minute="20"),
    },
    "forget-old-requests": {
        "task": "service_center.tasks.forget_old_requests",
        "schedule": crontab(hour="3", minute="40"),
    },
}

# --- API ------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "hospital.paging.NewestFirstPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "service_center.problems.problem_handler",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_RATES": {"token": "10/min"},
    # How many of our own proxies add to X-Forwarded-For; more is what clients claim.
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Patient-service centre",
    "DESCRIPTION": "Cases, rectification tasks and reference data of a hospital's "
    "patient-service centre.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CaseStatus": "complaints.models.Status",
        "CaseKind": "complaints.models.Kind",
        "DeclineGround": "complaints.models.DeclineGround",
        "DepartmentKind": "hospital.models.Department.Kind",
        "TaskStatus": "complaints.models.TaskStatus",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "null": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Both write addresses with the secrets in them; why a delivery failed stands in
        # its row.
        "apprise": {"level": "WARNING", "handlers": ["null"], "propagate": False},
        "urllib3": {"level": "WARNING", "handlers": ["null"], "propagate": False},
    },
}
