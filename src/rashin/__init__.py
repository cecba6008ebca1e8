"""Rashin (羅針): the KPI system of a customer-support organisation.

    import rashin
    answer = rashin.open("my-centre").ask("service_level", by="queue", grain="day", period="2026-10")

Importing this package loads no engine, no web framework and no statistics library; what a call needs is imported when it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from rashin.face import Centre


def open(path: str = ".", **options: object) -> Centre:  # reads like the built-in on purpose
    """Open the workspace at ``path`` and return its :class:`rashin.face.Centre`.

    Raises :class:`rashin.errors.WorkspaceError` when there is no workspace there or another process owns it.
    """
    from rashin.face import Centre

    return Centre.open(path, **options)  # type: ignore[arg-type]


__all__ = ["__version__", "open"]
