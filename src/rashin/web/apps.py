"""The one app of the site."""

from django.apps import AppConfig


class Web(AppConfig):
    """Models live in ``people``, pages in ``pages``."""

    name = "rashin.web"
    label = "web"
    default = True
    default_auto_field = "django.db.models.BigAutoField"
