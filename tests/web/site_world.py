"""The site of the tests: a small demo centre, built once and copied, with people of every role; one per process, on SQLite or on a real PostgreSQL."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import hashlib
import json
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import rashin

CONTACTS, MONTHS = 3000, 3
#: The last month of the demo centre: what most tests ask for.
MONTH = "2026-10"
#: Who signs in: role → name, dimension=value grants, the name under which the facts know them.
PEOPLE: dict[str, tuple[str, tuple[tuple[str, str], ...], str]] = {
    "administrator": ("管理 太郎", (), ""),
    "supervisor": ("札幌 花子", (("team", "sapporo-1"),), ""),
    "qa": ("品質 聡", (("site", "sapporo"),), ""),
    "analyst": ("分析 玲", (), ""),
    "vendor_supervisor": ("星空 明", (("vendor", "hoshizora"),), ""),
    "agent": ("佐藤 葵", (), "sato.aoi"),
    "auditor": ("監査 誠", (), ""),
}
PASSWORD = "umineko-to-kamome-2026"
#: What hashing a password costs outside tests: memory (KiB) and passes.
STRENGTH: dict[str, int] = {}

#: So many older centres stay on the shelf: who works on the product while tests run, or on two branches, does not build by turns.
_SHELVED = 3
_STATIC = (".static", ".drawing")
_SOURCE = Path(rashin.__file__).parent
_BUILDERS = ("demo", "intake", "connect", "store", "records", "calendars", "catalogue", "formula", "query")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _temporary(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=f"rashin-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def begin() -> Path:
    """Set Django up on a workspace folder of this process and return it. The demo centre comes into it when the first test asks for it."""
    folder = _temporary("site") / "centre"
    folder.mkdir(mode=0o700)
    shutil.copyfile(_SOURCE / "demo" / "workspace" / "rashin.toml", folder / "rashin.toml")
    os.environ |= {"RASHIN_WORKSPACE": str(folder), "DJANGO_SETTINGS_MODULE": "rashin.web.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    os.environ["RASHIN_URL"] = f"http://127.0.0.1:{free_port()}"
    if os.environ.get("RASHIN_TEST_DATABASE") == "postgres":
        os.environ["DATABASE_URL"] = postgres()
    else:
        os.environ.pop("DATABASE_URL", None)
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    _hash_cheaply()
    return folder


def _hash_cheaply() -> None:
    """Passwords are hashed by the site's own hasher, but at no cost; what it costs in earnest is ``STRENGTH``, which a test of its own looks at."""
    from rashin.web.people.passwords import CappedArgon2

    STRENGTH.update(memory_cost=CappedArgon2.memory_cost, time_cost=CappedArgon2.time_cost)
    CappedArgon2.memory_cost, CappedArgon2.time_cost = 64, 1


@functools.cache
def postgres() -> str:
    """Start a PostgreSQL of our own and return its address; it ends with this process."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_temporary("runtime")))
    import pgserver

    server = pgserver.get_server(_temporary("postgres"), cleanup_mode="delete")
    server.psql("CREATE DATABASE people ENCODING 'UTF8' TEMPLATE template0;")
    address: str = server.get_uri("people")
    return address


@functools.cache
def _version() -> str:
    """What the centre is built from: the same files give the same centre. RASHIN_KEEP_CENTRE=1 while working on those files: take what is there."""
    if os.environ.get("RASHIN_KEEP_CENTRE") == "1":
        return "kept"
    seen = hashlib.sha256(f"{CONTACTS} {MONTHS}".encode())
    for name in _BUILDERS:
        for file in sorted((_SOURCE / name).rglob("*")):
            if file.suffix in {".py", ".toml"}:
                seen.update(file.read_bytes())
    return seen.hexdigest()[:16]


@contextlib.contextmanager
def _alone(shelf: Path) -> Iterator[None]:
    shelf.mkdir(parents=True, exist_ok=True)
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _built(shelf: Path) -> Path:
    """Return the loaded demo centre on ``shelf``, building it when the product's own files changed since."""
    place = shelf / f"centre-{_version()}"
    if not place.exists():
        for old in sorted(shelf.glob("centre-*"), key=lambda each: each.stat().st_mtime)[:-_SHELVED]:
            shutil.rmtree(old)
        making = shelf / "making"
        shutil.rmtree(making, ignore_errors=True)  # half a one, of a run that was ended
        _build(making)
        making.rename(place)
    os.utime(place)  # in use
    return place


def _build(folder: Path) -> None:
    from rashin import demo
    from rashin.face import Centre

    demo.write(folder, contacts=CONTACTS, months=MONTHS)
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    with Centre.open(folder, lang="ja") as opened:
        for entry in sorted(expected["files"], key=lambda each: each["corrected"] > 0):
            opened.load([folder / entry["file"]], folder / "mappings" / f"{entry['source']}.toml", by="demo")


def copy_centre(shelf: Path, folder: Path) -> Path:
    """Copy the built demo centre into ``folder`` (which may hold other things) and return it."""
    with _alone(shelf):
        return Path(shutil.copytree(_built(shelf), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("rashin.toml", "owner.*")))


@functools.cache
def serve_centre(shelf: Path) -> Any:
    """Fill the process's workspace with the demo centre, make the people's tables and the static files, and return the open centre."""
    from django.core.management import call_command

    from rashin.face import Centre
    from rashin.web import centre

    folder = copy_centre(shelf, begin())
    call_command("migrate", interactive=False, verbosity=0)
    static_files(shelf, folder)
    opened = Centre.open(folder, lang="ja")
    atexit.register(opened.close)
    centre.use(opened)
    return opened


def static_files(shelf: Path, folder: Path) -> None:
    """Put the static files into ``folder``. They take ten seconds to gather and compress: kept on the shelf between tests and runs."""
    kept = _gathered(shelf)
    if folder != begin():
        with _alone(shelf):
            for name in _STATIC:
                shutil.copytree(kept / name, folder / name, dirs_exist_ok=True)


@functools.cache
def _gathered(shelf: Path) -> Path:
    """Return where the static files are kept, gathered anew in this process's workspace when any of them changed since."""
    from rashin.web.serve import collect_static

    own, kept = begin(), shelf / "site"
    with _alone(shelf):
        for name in _STATIC:
            if (kept / name).exists():
                shutil.copytree(kept / name, own / name, dirs_exist_ok=True)
        mark = own / ".static" / "versions.txt"
        before = mark.read_text("utf-8") if mark.exists() else ""
        collect_static(own)
        if mark.read_text("utf-8") != before:
            for name in _STATIC:
                shutil.rmtree(kept / name, ignore_errors=True)
                shutil.copytree(own / name, kept / name)
    return kept


@functools.cache
def _hashed() -> str:
    """PASSWORD as it is stored: hashing takes its time, so it is done once."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def make_people() -> None:
    """Make one person of each role, with the grants that fit the demo centre. Nothing happens when they are there."""
    from rashin.web.people.models import Grant, Person

    if Person.objects.filter(email="administrator@umineko.example").exists():
        return
    for role, (name, grants, agent_key) in PEOPLE.items():
        person = Person.objects.create(email=f"{role}@umineko.example", password=_hashed(), name=name, role=role, agent_key=agent_key)
        Grant.objects.bulk_create(Grant(person=person, dimension=dimension, value=value) for dimension, value in grants)


def empty_people() -> None:
    """Empty the people's database."""
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)


def plain_mapping(own: Any) -> str:
    """The mapping of the Sapporo calls, but queue and category are taken as they stand in the file."""
    folder = own.workspace.folder("mappings")
    text = (folder / "pbx-sapporo.toml").read_text("utf-8")
    text = re.sub(
        r"^(queue|category) .*$",
        lambda found: {"queue": 'queue = { column = "窓口" }', "category": 'category = { column = "問い合わせ分類" }'}[found[1]],
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r"^stage .*$", "", text, flags=re.MULTILINE).replace('"pbx-sapporo"', '"pbx-plain"')
    (folder / "pbx-plain.toml").write_text(text, "utf-8")
    return "pbx-plain"
