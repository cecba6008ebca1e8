"""What the site is told from outside, read once and refused when it is nonsense."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from rashin.errors import Bilingual, WorkspaceError

WORKSPACE = "RASHIN_WORKSPACE"


def refuse(name: str, value: str, wanted: str) -> WorkspaceError:
    """Return the error for an environment variable that makes no sense."""
    return WorkspaceError(
        "environment",
        Bilingual(f"環境変数 {name} の値「{value}」は使えません。", f"The environment variable {name} cannot be “{value}”."),
        Bilingual(f"{wanted} を指定してください。", f"Give {wanted}."),
    )


def flag(name: str, default: bool) -> bool:
    """Return a yes/no variable; anything but 1/0/true/false/yes/no is refused."""
    text = os.environ.get(name, "").strip().lower()
    if text in {"", "1", "true", "yes"}:
        return default if not text else True
    if text in {"0", "false", "no"}:
        return False
    raise refuse(name, text, "1 / 0")


def workspace_folder() -> Path:
    """Return the folder of the workspace that the site serves."""
    return Path(os.environ.get(WORKSPACE, ".")).resolve()


def secret_key(folder: Path) -> str:
    """Return the site's secret: RASHIN_SECRET, else one of its own kept in the workspace, readable by its owner only."""
    given = os.environ.get("RASHIN_SECRET", "")
    if given:
        if len(given) < 32:
            raise refuse("RASHIN_SECRET", "…", "32 characters or more")
        return given
    path = folder / "web.secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def database(folder: Path) -> dict[str, object]:
    """Return Django's database setting: PostgreSQL by DATABASE_URL, else one SQLite file in the workspace."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / "rashin.sqlite3"),
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                "timeout": 20,
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise refuse("DATABASE_URL", parts.scheme + "://…", "postgresql://user:password@host/name")
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }


def site_url() -> str:
    """Return the address under which people reach the site; links in mail are made from it, never from a request."""
    url = os.environ.get("RASHIN_URL", "http://127.0.0.1:8765").rstrip("/")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise refuse("RASHIN_URL", url, "https://kpi.example.jp")
    return url
