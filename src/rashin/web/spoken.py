"""The site speaks of queues, teams and people by the names that ``org.csv`` gives them; a change of the file is seen at the next page.

Whoever sees only a part is told no other name: an address with somebody else's team must read like one with a team that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from rashin.records import own_names
from rashin.records.called import Names
from rashin.web import kept, organisation
from rashin.web.centre import opened
from rashin.web.people import scope as scopes

#: The file that was spoken from last, and what it said.
_last: tuple[Path | None, Names] = (None, {})


@contextmanager
def by_name() -> Iterator[None]:
    """Within the block values are called as ``org.csv`` of the open workspace calls them."""
    with own_names(_names()):
        yield


def speak(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer every request with the organisation's names, as far as the reader may see what they name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        if person.is_authenticated:
            prefetch_related_objects([person], "grants")  # once for all that the request asks of the reader's scope
        with own_names(_Within(_names(), person)):
            return answer(request)

    return middleware


class _Within(Mapping[str, Mapping[str, str]]):
    """The names of what a reader may see; looked up when a dimension is first spoken of."""

    def __init__(self, names: Names, reader: Any) -> None:
        self._names, self._reader = names, reader
        self._found: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, dimension: str) -> Mapping[str, str]:
        if dimension not in self._found:
            self._found[dimension] = self._seen(dimension, self._names[dimension])
        return self._found[dimension]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _seen(self, dimension: str, names: Mapping[str, str]) -> Mapping[str, str]:
        from rashin.web.pages.filters import all_values_of

        if not names or not self._reader.is_authenticated:
            return {}
        scope = scopes.of(self._reader)
        if not scope.allow:
            return names
        return {value: names[value] for value in all_values_of(dimension, scope, "ja") if value in names}


def _names() -> Names:
    global _last
    file, names = organisation.path(), organisation.organisation().names
    before, _last = _last, (file, names)
    if opened() is not None and before[0] == file and before[1] != names:
        kept.forget()  # pages that were kept say the old names
    return names
