"""Sending one message to one recipient, and saying what became of it. What to send, to whom and when is decided above (``web/tick``)."""

from __future__ import annotations

from rashin.notify.model import Attachment, Message, Outcome, one_line

__all__ = ["Attachment", "Message", "Outcome", "one_line"]
