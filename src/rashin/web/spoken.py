"""The site speaks of queues, teams and people by the names that ``org.csv`` gives them; a change of the file is seen at the next page.

Whoever sees only a part is told no other name: an address with somebody else's team must read like one with a team that does not exist.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from rashin.errors import RashinError
from rashin.records import own_names
from rashin.records.called import Names
from rashin.web import environment, kept
from rashin.web.centre import opened
from rashin.web.people import scope as scopes

_lock = threading.Lock()
#: The file, its state when it was read, and what it said.
_read: tuple[Path, tuple[int, int] | None, Names] | None = None


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
    global _read
    own = opened()
    path = (own.workspace.path if own is not None else environment.workspace_folder()) / "org.csv"
    state = _state(path)
    found = _read
    if found is not None and found[:2] == (path, state):
        return found[2]
    with _lock:
        names = _load(path)
        if own is not None and _read is not None and _read[0] == path and _read[2] != names:
            kept.forget()  # pages that were kept say the old names
        _read = (path, state, names)
    return names


def _state(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _load(path: Path) -> Names:
    """A file that cannot be read names nobody here; `rashin check` and the loads say what is wrong with it."""
    from rashin.intake.org import load_org

    try:
        return load_org(path).names
    except (RashinError, OSError):
        return {}
