"""From a person to what they may see: the scope that every question carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rashin.query.scope import Rows, Scope
from rashin.web.people.models import Person

#: A value nobody has: the scope of somebody who may see nothing yet.
NOBODY = "\x00nobody"


def of(person: Person, extra: Iterable[tuple[str, str]] = ()) -> Scope:
    """Return what ``person`` may see. ``extra`` (dimension, value) pairs of an API key narrow it further, never widen it.

    An agent sees their own rows only. A role that needs grants and has none sees nothing.
    """
    role = person.role_entry
    allow: dict[str, list[str]] = defaultdict(list)
    if person.role == "agent":
        allow["agent"].append(person.agent_key or NOBODY)
    else:
        for grant in person.grants.all():
            allow[grant.dimension].append(grant.value)
        if role.needs_grants and not allow:
            allow["team"].append(NOBODY)
    narrowed: dict[str, list[str]] = defaultdict(list)
    for dimension, value in extra:
        narrowed[dimension].append(value)
    for dimension, values in narrowed.items():
        allow[dimension] = [v for v in values if not allow.get(dimension) or v in allow[dimension]] or [NOBODY]
    rows: Rows = role.rows if person.may("see_rows") or person.role == "agent" else "none"
    min_group = 0 if person.may("see_agents") or person.role == "agent" else None
    return Scope(dict(allow), rows=rows, min_group=min_group) if allow else Scope.everything(rows=rows, min_group=min_group)
