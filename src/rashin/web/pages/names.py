"""People by name are a dimension like any other, but not for everybody: the role decides who is called by name."""

from __future__ import annotations

from collections.abc import Iterable

from rashin.errors import Bilingual, ForbiddenError
from rashin.web.people.models import Person

#: Dimensions whose values are people.
PEOPLE = frozenset({"agent", "evaluator"})


def check_names(person: Person, *names: Iterable[str]) -> None:
    """Raise ForbiddenError when one of the dimension ``names`` is people and ``person`` may not see them by name."""
    if any(name in PEOPLE for group in names for name in group) and not person.may("see_agents"):
        raise ForbiddenError(
            "agents_by_name",
            Bilingual("担当者別の数字を名前つきで見る権限がありません。", "Your role does not show figures by named agent."),
            Bilingual("チームやキューで分けてください。", "Slice by team or queue instead."),
        )
