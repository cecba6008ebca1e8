"""Django's settings: made from the workspace and the environment; safe unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import bulma

from rashin.store.workspace import Workspace
from rashin.web import environment

HERE = Path(__file__).resolve().parent
FOLDER = environment.workspace_folder()
CONFIG = Workspace.find(FOLDER).config
DEBUG = False
SECRET_KEY = environment.secret_key(FOLDER)
SITE_URL = environment.site_url()
SECURE = urlsplit(SITE_URL).scheme == "https"
HOST = str(urlsplit(SITE_URL).hostname)
ALLOWED_HOSTS = [HOST, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "rashin.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
]
MIDDLEWARE = [
    "rashin.web.middleware.harden",
    "rashin.web.turns.in_turn",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "rashin.web.people.sessions.renew",
    "rashin.web.people.sessions.own_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "rashin.web.people.sessions.track",
    "rashin.web.people.sessions.demand_second_factor",
    "rashin.web.people.limits.hold_back",
    "rashin.web.spoken.speak",
    "rashin.web.middleware.errors",
]
ROOT_URLCONF = "rashin.web.urls"
WSGI_APPLICATION = "rashin.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates", HERE / "pages"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rashin.web.context.everywhere",
            ],
            "builtins": [
                "rashin.web.templatetags.words",
                "rashin.web.templatetags.figures",
                "rashin.web.templatetags.fields",
                "rashin.web.templatetags.keeping",
                "rashin.web.templatetags.talk",
                "django.templatetags.static",
            ],
        },
    }
]
DATABASES = {"default": environment.database(FOLDER)}
# one process: what is counted (failed sign-ins, exports) is counted here; large enough that nobody can wash a count out of it
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "web.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["rashin.web.people.passwords.CappedArgon2"]  # the only one: another of the same algorithm would be taken to compare
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "ja" if CONFIG.organisation.language == "ja" else "en"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = str(CONFIG.organisation.zone)
USE_TZ = True
USE_I18N = True

# sign-in: by mail address, no open sign-up; slow-down per account and address
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "rashin.web.people.adapters.NoOpenSignup"
SOCIALACCOUNT_ADAPTER = "rashin.web.people.adapters.KnownPeopleOnly"
# "login" counts the tries that succeed, too: that many people may share an address is what turns.py is for
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/m/ip,10/m/key", "reset_password": "10/m/ip,3/m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
PASSWORD_RESET_TIMEOUT = 1800
USERSESSIONS_TRACK_ACTIVITY = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Rashin"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is proved by the invitation that was sent to it
MFA_ADAPTER = "rashin.web.people.adapters.SealedSecrets"
SECOND_FACTOR_FROM = CONFIG.sign_in.second_factor
SOCIALACCOUNT_PROVIDERS = environment.single_sign_on(CONFIG.sign_in)
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = environment.proxies()

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "rashin.web.middleware.refused"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_HANDLERS = ["rashin.web.pages.data.incoming.Careful"]
UPLOAD_LIMIT = environment.upload_limit()
FILE_UPLOAD_TEMP_DIR = str(FOLDER / "landing")

STATIC_URL = "static/"
STATIC_ROOT = FOLDER / ".static"
DRAWING_CODE = FOLDER / ".drawing" / "vega.js"
STATICFILES_DIRS = [("bulma", Path(bulma.__file__).parent / "static" / "bulma"), ("web", DRAWING_CODE.parent)]
DRAWING_CODE.parent.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

_MAIL = environment.mail_server()
SENDS_MAIL = bool(_MAIL)
ACCOUNT_EMAIL_NOTIFICATIONS = SENDS_MAIL
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if SENDS_MAIL else "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
globals().update(_MAIL)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "rashin.web.logs.JsonLines"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["out"], "level": environment.log_level()},
    "loggers": {"django.server": {"handlers": ["out"], "propagate": False}, "django.security": {"level": "WARNING"}},
}
