"""Chat rooms that take notices by an address of their own (incoming webhooks)."""

from __future__ import annotations

from rashin.notify.webhook.address import AddressError, check, host_of
from rashin.notify.webhook.forms import FORMS, body
from rashin.notify.webhook.send import PUBLIC, Door, send

__all__ = ["FORMS", "PUBLIC", "AddressError", "Door", "body", "check", "host_of", "send"]
