"""Every page asks here: with the reader's scope, from a cache keyed by everything that could change the answer."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin.query.question import Question
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.query.answer import Answer
    from rashin.web.people.models import Person

_KEPT = 512
_BIG = 20_000
_kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
_lock = threading.Lock()
#: One computation per question at a time: a page opened by twenty people at once asks the engine once.
_running: dict[tuple[object, ...], threading.Event] = {}


def answer(question: Question, *, scope: Scope, lang: str) -> Answer:
    """Return the answer to ``question`` within ``scope``, from the cache when facts, definitions, scope and question are the same."""
    own = centre()
    snapshot = question.as_of if question.as_of is not None else own.snapshot()
    key = (id(own), snapshot, own.catalogue.version, scope, question)
    while True:
        with _lock:
            found = _kept.get(key)
            if found is not None:
                _kept.move_to_end(key)
                return replace(found, lang=lang)
            waiting = _running.get(key)
            if waiting is None:
                _running[key] = threading.Event()
                break
        waiting.wait(30)
    try:
        made = _ask(question, scope)
        if len(made) <= _BIG:
            with _lock:
                _kept[key] = made
                while len(_kept) > _KEPT:
                    _kept.popitem(last=False)
    finally:
        with _lock:
            _running.pop(key).set()
    return replace(made, lang=lang)


def _ask(question: Question, scope: Scope) -> Answer:
    from rashin.query import ask

    own = centre()
    return ask(own.store, own.catalogue, question, scope=scope)


def ask(person: Person, lang: str, kpis: str | Iterable[str], *, scope: Scope | None = None, **options: Any) -> Answer:
    """Return the answer to a question put together from parts (see :meth:`rashin.face.Centre.ask`) within what ``person`` may see."""
    question = centre().question(kpis, **options)
    return answer(question, scope=scope or scopes.of(person), lang=lang)


def forget() -> None:
    """Empty the cache (tests; a catalogue that was edited has another version and needs no forgetting)."""
    with _lock:
        _kept.clear()
