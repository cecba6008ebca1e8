"""Every page asks here: with the reader's scope, from what is kept, under a key of everything that could change the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin.query.question import Question
from rashin.query.scope import Scope
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from rashin.query.answer import Answer
    from rashin.web.people.models import Person

#: An answer of more cells is not kept.
_BIG = 20_000


def key_of(question: Question, scope: Scope) -> tuple[Hashable, ...]:
    """Return what the answer depends on: facts, definitions, scope, question."""
    own = centre()
    return own.snapshot() if question.as_of is None else question.as_of, own.catalogue.version, scope, question


def answer(question: Question, *, scope: Scope, lang: str) -> Answer:
    """Return the answer to ``question`` within ``scope``, kept while facts, definitions, scope and question are the same."""
    found = kept.shelf("answers").get(key_of(question, scope), lambda: _ask(question, scope), lambda made: len(made) <= _BIG)
    return replace(found, lang=lang)


def at_hand(question: Question, scope: Scope) -> bool:
    """Whether :func:`answer` would have to work nothing out."""
    return kept.shelf("answers").has(key_of(question, scope))


def _ask(question: Question, scope: Scope) -> Answer:
    return told(_raw(question, scope), scope)


def told(found: Answer, scope: Scope) -> Answer:
    """Leave out what is no team's or person's figure, by the rule of goals and reports."""
    from rashin.judge.nobodys import told as without_nobodys

    own = centre()
    return without_nobodys(own.store, own.catalogue, found, scope=scope, asked=_counted)


def untold(found: Answer, label: str) -> str:
    """Return why the KPI ``label`` is withheld in an answer as nobody's; "" where it is told."""
    return next((note.text(found.lang) for note in found.completeness.notes if note.kind == "untold" and label in note.names), "")


def _counted(question: Question, scope: Scope) -> Answer:
    """How many cases are nobody's: the same question for all tiles, teams and people, and never shown."""
    return kept.shelf("answers").get(("counted", *key_of(question, scope)), lambda: _raw(question, scope), lambda made: len(made) <= _BIG)


def _raw(question: Question, scope: Scope) -> Answer:
    from rashin.query import ask

    own = centre()
    return ask(own.store, own.catalogue, question, scope=scope)


def ask(person: Person, lang: str, kpis: str | Iterable[str], *, scope: Scope | None = None, **options: Any) -> Answer:
    """Return the answer to a question put together from parts (see :meth:`rashin.face.Centre.ask`) within what ``person`` may see."""
    question = centre().question(kpis, **options)
    return answer(question, scope=scope or scopes.of(person), lang=lang)


def forget() -> None:
    """Empty the cache (tests; a catalogue that was edited has another version and needs no forgetting)."""
    kept.forget()
