"""Which language to speak: the flag, else the locale, else the workspace, else English."""

from __future__ import annotations

import os
from contextvars import ContextVar
from pathlib import Path

from rashin.errors import Bilingual

LANGUAGES = ("ja", "en")
_current: ContextVar[str] = ContextVar("language", default="en")


def lang() -> str:
    """Return the language in force, "ja" or "en"."""
    return _current.get()


def use(language: str) -> None:
    """Speak ``language`` from now on."""
    _current.set(language)


def say(ja: str, en: str) -> str:
    """Return the text in the language in force."""
    return ja if lang() == "ja" else en


def told(text: Bilingual) -> str:
    """Return a two-language text in the language in force."""
    return text(lang())


def choose(flag: str | None, workspace: Path | None) -> str:
    """Return the language: ``flag``, else that of LC_ALL, LC_MESSAGES or LANG (the first that is set decides), else the workspace's, else English.

    C and POSIX are locales of machines, not of readers: they decide nothing.
    """
    if flag in LANGUAGES:
        return flag
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            code = value.split(".")[0].split("_")[0].lower()
            if code in ("c", "posix"):
                break
            return "ja" if code == "ja" else "en"
    return _of_workspace(workspace) or "en"


def _of_workspace(start: Path | None) -> str | None:
    """Read ``organisation.language`` of the nearest rashin.toml; None when there is none or it cannot be read (the command itself will say so)."""
    import tomllib

    here = (start or Path.cwd()).expanduser()
    for folder in (here, *here.absolute().parents):
        file = folder / "rashin.toml"
        if file.is_file():
            try:
                language = tomllib.loads(file.read_text(encoding="utf-8-sig"))["organisation"]["language"]
            except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
                return None
            return language if language in LANGUAGES else None
    return None
