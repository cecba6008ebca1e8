"""python benchmarks/web_people.py WORKSPACE COUNT → JSON: people for a measurement with their scopes, and values that pages may be filtered by.

Two thirds see everything; the others a team, a vendor or a site each. Passwords are new in each run and stored as the site stores them.
"""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))


def values(folder: Path) -> tuple[dict[str, list[str]], int]:
    """Return the values of some dimensions, and how many contacts there are."""
    from rashin.face import Centre
    from rashin.query.choices import choices
    from rashin.query.scope import Scope

    with Centre.open(folder) as centre:
        days = [row["business_date"] for row in centre.store.coverage().to_pylist() if row["fact"] == "contact"]
        found = {
            name: choices(centre.store, name, scope=Scope.everything(), last=max(days))
            for name in ("channel", "queue", "team", "vendor", "site")
        }
        count = centre.store.read(f"SELECT count(*) AS n FROM {centre.store.relation('contact')}").to_pylist()[0]["n"]
    return found, int(count)


def people(folder: Path, count: int, known: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Make the people and return address and password of each."""
    from rashin.web.serve import prepare

    prepare(folder)
    from django.db import connections

    from rashin.web.people.models import Grant, Person

    limits = [(name, value) for name in ("team", "vendor", "site") for value in known[name][:3]]
    made = []
    for number in range(count):
        email, password = f"person-{number}@bench.example", secrets.token_urlsafe(16)
        person = Person.objects.filter(email=email).first() or Person.objects.create_user(email, password, name=email, role="analyst")
        person.set_password(password)
        name, value = limits[number // 3 % len(limits)] if limits and number % 3 == 2 else ("", "")
        person.role = "supervisor" if name else "analyst"
        person.save()
        Grant.objects.filter(person=person).delete()
        if name:
            Grant.objects.create(person=person, dimension=name, value=value)
        made.append((email, password))
    connections.close_all()
    return made


def main(arguments: list[str]) -> None:
    """Do both and print them."""
    folder = Path(arguments[0])
    known, contacts = values(folder)
    print(json.dumps({"contacts": contacts, "values": known, "people": people(folder, int(arguments[1]), known)}))


if __name__ == "__main__":
    main(sys.argv[1:])
