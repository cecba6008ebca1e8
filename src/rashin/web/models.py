"""Where Django looks for models; they live in ``people``."""

from rashin.web.people.models import ApiKey, AuditRow, Grant, Invitation, Person, SavedView

__all__ = ["ApiKey", "AuditRow", "Grant", "Invitation", "Person", "SavedView"]
