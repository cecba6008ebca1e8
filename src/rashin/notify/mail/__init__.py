"""Mail: one SMTP transaction for each recipient."""

from __future__ import annotations

from rashin.notify.mail.compose import composed
from rashin.notify.mail.send import Server, send

__all__ = ["Server", "composed", "send"]
