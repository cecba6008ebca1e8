"""The one app of the site."""

from django.apps import AppConfig


class Web(AppConfig):
    """Models live in ``people``, pages in ``pages``."""

    name = "rashin.web"
    label = "web"
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to the sign-in libraries."""
        from rashin.web.people import signals

        assert signals
