"""A calendar file that cannot be read: figures that need no opening hours are right without it, but whoever asks should know."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, DefinitionError
from rashin.query.notes import Note

if TYPE_CHECKING:
    from rashin.calendars import Calendars

_Read = tuple["Calendars | None", Note | None]

_lock = Lock()
#: folder → (names and times of its files, what they say or what is wrong)
_kept: dict[Path, tuple[object, _Read]] = {}


def calendar_fault(folder: Path) -> Note | None:
    """Return what is wrong with the calendars in ``folder``, None when nothing is; read again only when a file has changed."""
    return _looked(folder)[1]


def calendars(folder: Path) -> Calendars | None:
    """Return the calendars in ``folder``; None while a mistake keeps them out of use."""
    return _looked(folder)[0]


def _looked(folder: Path) -> _Read:
    files = [(each.name, each.stat().st_mtime_ns) for each in sorted(folder.glob("*.toml"))]
    with _lock:
        held = _kept.get(folder)
        if held is None or held[0] != files:
            held = _kept[folder] = (files, _read(folder))
        return held[1]


def _read(folder: Path) -> _Read:
    from rashin.calendars import load_calendars

    try:
        return load_calendars(folder), None
    except DefinitionError as error:
        said = [error.text(lang).replace("\n", " ") for lang in ("ja", "en")]
        text = Bilingual(
            f"営業時間のカレンダーに誤りがあり、使われていません。{said[0]}", f"the calendars have a mistake and are not in use. {said[1]}"
        )
        return None, Note("calendar_wrong", text, names=(error.place,))
