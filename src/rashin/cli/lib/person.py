"""Who is at the keyboard: written beside every change."""

from __future__ import annotations

import getpass
import os


def who() -> str:
    """Return RASHIN_USER, else the login name, else "unknown"."""
    named = os.environ.get("RASHIN_USER", "").strip()
    if named:
        return named[:80]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
