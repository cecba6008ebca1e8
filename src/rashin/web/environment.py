"""What the site is told from outside, read once and refused when it is nonsense."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from rashin.errors import Bilingual, WorkspaceError

if TYPE_CHECKING:
    from rashin.store.config import SignIn

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


def upload_limit() -> int:
    """Return the most bytes that one upload may have: RASHIN_UPLOAD_MB, 2,048 when it is not given."""
    text = os.environ.get("RASHIN_UPLOAD_MB", "2048")
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise refuse("RASHIN_UPLOAD_MB", text, "2048")
    return int(text) * 1024 * 1024


def site_url() -> str:
    """Return the address under which people reach the site; links in mail are made from it, never from a request."""
    url = os.environ.get("RASHIN_URL", "http://127.0.0.1:8765").rstrip("/")
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
        raise refuse("RASHIN_URL", url, "https://kpi.example.jp")
    return url


def single_sign_on(told: SignIn) -> dict[str, object]:
    """Return the provider of single sign-on: RASHIN_OIDC_ISSUER, RASHIN_OIDC_CLIENT_ID, else rashin.toml [sign_in]; the secret from RASHIN_OIDC_SECRET."""
    issuer = (os.environ.get("RASHIN_OIDC_ISSUER", "") or told.issuer).rstrip("/")
    if not issuer:
        return {}
    local = urlsplit(issuer).hostname in {"127.0.0.1", "localhost"}
    if urlsplit(issuer).scheme != "https" and not local:
        raise refuse("RASHIN_OIDC_ISSUER", issuer, "https://login.example.jp")
    client, secret = os.environ.get("RASHIN_OIDC_CLIENT_ID", "") or told.client_id, os.environ.get("RASHIN_OIDC_SECRET", "")
    if not client or not secret:
        raise refuse("RASHIN_OIDC_SECRET", "", "RASHIN_OIDC_CLIENT_ID, RASHIN_OIDC_SECRET")
    app = {
        "provider_id": "sso",
        "name": told.label or "SSO",
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def mail_server() -> dict[str, object]:
    """Return Django's settings for outgoing mail from RASHIN_SMTP (smtp://user:password@host:587, smtps://…:465); {} = no mail is sent."""
    url = os.environ.get("RASHIN_SMTP", "")
    if not url:
        return {}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise refuse("RASHIN_SMTP", f"{parts.scheme}://…", "smtp://user:password@host:587")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in {"127.0.0.1", "localhost"},
        "DEFAULT_FROM_EMAIL": os.environ.get("RASHIN_MAIL_FROM", "") or f"rashin@{urlsplit(site_url()).hostname}",
    }


def proxies() -> int:
    """Return how many reverse proxies of our own stand before the site (RASHIN_PROXIES): so many entries of X-Forwarded-For are believed."""
    text = os.environ.get("RASHIN_PROXIES", "0")
    if not text.isdecimal() or int(text) > 9:
        raise refuse("RASHIN_PROXIES", text, "0 … 9")
    return int(text)


def log_level() -> str:
    """Return from which level on log lines are written: RASHIN_LOG (info, warning, error); info writes a line for every request."""
    level = os.environ.get("RASHIN_LOG", "info").strip().lower()
    if level not in {"info", "warning", "error"}:
        raise refuse("RASHIN_LOG", level, "info / warning / error")
    return level.upper()
