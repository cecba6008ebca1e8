"""Pages whose figures are finished: what a view worked out and the markup made of it, kept while facts, definitions, scope and filters are the same.

Only what lies between ``{% kept page_key %}`` and ``{% endkept %}`` is kept. It may depend on the filters, the scope and the role, and on nothing else of the
reader: names, tokens and messages stay outside.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from django.http import HttpRequest

from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters
from rashin.web.pages.goals import held


def key_of(request: HttpRequest, filters: Filters, page: str, *more: Hashable) -> Hashable:
    """Return everything that the markup of ``page`` depends on."""
    own = centre()
    return page, own.snapshot(), own.catalogue.version, held.version(), request.user.role, filters.identity, more


def context(key: Hashable, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what ``make`` gives, worked out once per ``key``, and the key itself as ``page_key`` for the template."""
    return {**kept.shelf("pages").get(("context", key), make), "page_key": key}


def markup(key: Hashable, make: Callable[[], str]) -> str:
    """Return the markup that ``make`` gives, made once per ``key``."""
    return kept.shelf("pages").get(("markup", key), make)


def at_hand(key: Hashable) -> bool:
    """Whether the markup of ``key`` has been made."""
    return kept.shelf("pages").has(("markup", key))
