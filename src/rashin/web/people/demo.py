"""Sign-ins for the demo centre: five roles with fitting scopes, and what these people have done already. Only ever in a workspace that the demo made.

`python -m rashin.web.people.demo FOLDER` makes them and prints role, address and password of each as JSON.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from rashin.errors import Bilingual, ForbiddenError

#: Role, address, name, scope, the agent's name in the facts.
PEOPLE: tuple[tuple[str, str, str, tuple[tuple[str, str], ...], str], ...] = (
    ("administrator", "kanri@umineko.example", "管理 太郎", (), ""),
    ("supervisor", "sapporo@umineko.example", "札幌 花子", (("team", "sapporo-1"),), ""),
    ("analyst", "bunseki@umineko.example", "分析 玲", (), ""),
    ("agent", "sato@umineko.example", "佐藤 葵", (), "sato.aoi"),
    ("vendor_supervisor", "hoshizora@umineko.example", "星空 明", (("vendor", "hoshizora"),), ""),
)
_WORDS = (
    "kamome",
    "nami",
    "minato",
    "todai",
    "hoshi",
    "kaze",
    "shima",
    "fune",
    "asahi",
    "yuki",
    "sakura",
    "tsuki",
    "mori",
    "kawa",
    "sora",
    "umi",
)
_MARKS = ("expected.json", "stories.md")


def create(folder: Path) -> list[tuple[str, str, str]]:
    """Make the demo's people in the workspace at ``folder`` and return role, address and password of each; the same ones when called again.

    The passwords are made from the site's own secret: they differ from workspace to workspace and are stored nowhere. ForbiddenError when the workspace
    is not one that `rashin demo` made.
    """
    if not all((folder / name).is_file() for name in _MARKS):
        raise ForbiddenError(
            "not_a_demo",
            Bilingual(f"{folder} はデモのワークスペースではありません。", f"{folder} is not a workspace of the demo."),
            Bilingual(
                "`rashin web` の最初の管理者リンクから始めてください。", "Begin with the first administrator's link of `rashin web`."
            ),
        )
    from rashin.web.serve import open_at, prepare, settle

    if open_at(folder) is None:
        prepare(folder)
    else:  # its site is open: all is ready, and its files are not renewed under its feet
        settle(folder)
    from django.conf import settings
    from django.db import connections, transaction

    from rashin.web.tick import demo as schedule

    made = [(role, email, password_of(email, settings.SECRET_KEY)) for role, email, *_ in PEOPLE]
    with transaction.atomic():
        for (role, email, name, grants, agent), (_, _, password) in zip(PEOPLE, made, strict=True):
            _one(role, email, name, grants, agent, password)
        schedule.create()
    from rashin.web.acts import demo as acts

    acts.create(folder)
    connections.close_all()
    return made


def _one(role: str, email: str, name: str, grants: tuple[tuple[str, str], ...], agent: str, password: str) -> None:
    from rashin.web.people import audit
    from rashin.web.people.models import Grant, Person

    if Person.objects.filter(email=email).exists():
        return
    person = Person.objects.create_user(email, password, name=name, role=role, agent_key=agent)
    Grant.objects.bulk_create(Grant(person=person, dimension=dimension, value=value) for dimension, value in grants)
    audit.record("joined", email, by="rashin demo", detail={"role": role})


def password_of(email: str, secret: str) -> str:
    """Return the password of one of the demo's people: four words and a number that only this site's secret gives."""
    digest = hmac.new(secret.encode(), f"demo {email}".encode(), hashlib.sha256).digest()
    return "-".join(_WORDS[byte % len(_WORDS)] for byte in digest[:4]) + f"-{int.from_bytes(digest[4:7]) % 1_000_000:06}"


def main(folder: str) -> int:
    """Make the people of the demo at ``folder`` and print them; return the exit code."""
    import json
    import sys

    from rashin.errors import RashinError

    try:
        sys.stdout.write(json.dumps(create(Path(folder))))
    except RashinError as error:
        sys.stderr.write(f"{error.what('en')} [{error.code}]\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1]))
