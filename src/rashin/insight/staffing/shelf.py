"""``staffing.toml`` as a file that people change: checked as the plan reads it, kept with every version, who changed it and why."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, DefinitionError
from rashin.insight.staffing.workforce import FILE, Workforce, read
from rashin.store.versions import Revision, Shelf

if TYPE_CHECKING:
    from rashin.store import Store

NAME = FILE.removesuffix(".toml")
#: Two hundred groups need a tenth of this.
_LONGEST = 200_000


def _shelf(workspace: Path) -> Shelf:
    return Shelf(workspace, "staffing", Bilingual("要員の設定", "staffing file"))


def now(workspace: Path) -> Revision:
    """Return what the file says and as which version; version 0 and no text where there is none."""
    held = _shelf(workspace).now(NAME)
    return held if held.text else Revision(held.version, "", None, "", "")


def history(workspace: Path) -> list[Revision]:
    """Return every version, the newest first."""
    return _shelf(workspace).history(NAME)


def check(text: str, store: Store | None = None, *, today: date | None = None) -> Workforce:
    """Return what a text says, without saving it; with ``store`` its queues, teams … are looked for among the rows before ``today``. DefinitionError at the first fault."""
    text = text.replace("\r\n", "\n")
    if len(text) > _LONGEST:
        raise DefinitionError(
            "staffing_too_long", Bilingual(f"{_LONGEST:,}字までにしてください。", f"is longer than {_LONGEST:,} letters."), place=FILE
        )
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError(
            "toml_syntax", Bilingual(f"TOML として読めません({error})。", f"cannot be read as TOML: {error}."), place=FILE
        ) from None
    found = read(data)
    if store is not None and today is not None:
        from rashin.insight.staffing.planned import check_values
        from rashin.query import Scope

        check_values(store, tuple(found.groups.values()), Scope.everything(), today)
    return found


def save(
    workspace: Path,
    text: str,
    *,
    by: str,
    reason: str,
    expect_version: int | None = None,
    store: Store | None = None,
    today: date | None = None,
    at: datetime | None = None,
) -> Revision:
    """Write ``text`` (comments are kept; empty = no file) and return the new version. ``expect_version``: what the change is based on, None = whatever is there.

    ConflictError when it is another by now; DefinitionError when the text is wrong: nothing is written then. OutsideError when the disk refuses.
    """
    shelf = _shelf(workspace)
    held = shelf.now(NAME)
    if expect_version is not None and expect_version != held.version:
        raise shelf.conflict(FILE, held.version)
    text = text.replace("\r\n", "\n").strip()
    text = f"{text}\n" if text else ""
    if text:
        check(text, store, today=today)
    step = Revision(held.version + 1, by, at or datetime.now(UTC), reason, text)
    shelf.write(NAME, text, held, step)
    return step
