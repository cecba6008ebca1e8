"""Own trees in the workspace's ``trees`` folder: saved one at a time, with who and why, every version kept."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, DefinitionError, QuestionError, nearest
from rashin.insight.trees.file import check_name, read
from rashin.store.versions import Revision, Shelf

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.insight.trees.tree import Tree


#: A tree of sixty nodes needs a tenth of this.
_LONGEST = 100_000


def _shelf(folder: Path) -> Shelf:
    return Shelf(folder, "tree", Bilingual("ツリー", "tree"))


def version_of(folder: Path, name: str) -> int:
    """Return the version that holds now; 0 = there is no own tree of that name."""
    held = _shelf(folder).now(name)
    return held.version if held.text else 0


def save(
    folder: Path,
    name: str,
    text: str,
    *,
    by: str,
    reason: str,
    catalogue: Catalogue,
    expect_version: int | None = None,
    now: datetime | None = None,
) -> Tree:
    """Write the text of a tree (comments are kept) and return the tree. ``expect_version``: what the change is based on, 0 = a new tree, None = whatever is there.

    ConflictError when it is another by now; DefinitionError when the tree is wrong or contradicts the catalogue: nothing is written then. OutsideError when the disk refuses.
    """
    check_name(name, name)
    shelf = _shelf(folder)
    held = shelf.now(name)
    if expect_version is not None and expect_version != (held.version if held.text else 0):
        raise shelf.conflict(name, held.version)
    tree = check(name, text, catalogue, version=held.version + 1)
    shelf.write(name, tree.text, held, Revision(held.version + 1, by, now or datetime.now(UTC), reason, tree.text))
    return tree


def check(name: str, text: str, catalogue: Catalogue, *, version: int = 0) -> Tree:
    """Return the tree that a text says, without saving it. DefinitionError when it is wrong."""
    text = text.replace("\r\n", "\n")
    place = f"trees/{name}.toml"
    if len(text) > _LONGEST:
        raise DefinitionError(
            "tree_too_long", Bilingual(f"{_LONGEST:,}字までにしてください。", f"is longer than {_LONGEST:,} letters."), place=place
        )
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError(
            "toml_syntax", Bilingual(f"TOML として読めません({error})。", f"cannot be read as TOML: {error}."), place=place
        ) from None
    return read(name, data, catalogue, place=place, version=version, text=text)


def remove(folder: Path, name: str, *, by: str, reason: str, expect_version: int | None = None, now: datetime | None = None) -> Revision:
    """Take an own tree away and return that step; its versions stay, and a ready tree of the same name shows again. ConflictError when it has changed,
    QuestionError when there is none."""
    check_name(name, name)
    shelf = _shelf(folder)
    held = shelf.now(name)
    if not held.text:
        near = nearest(name, [path.stem for path in folder.glob("*.toml")])
        raise QuestionError(
            "unknown_tree",
            Bilingual(f"自分のツリー「{name}」はありません。", f"There is no own tree “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
        )
    if expect_version is not None and expect_version != held.version:
        raise shelf.conflict(name, held.version)
    step = Revision(held.version + 1, by, now or datetime.now(UTC), reason, "")
    shelf.write(name, "", held, step)
    return step


def history(folder: Path, name: str) -> list[Revision]:
    """Return every version of an own tree, the newest first."""
    check_name(name, name)
    return _shelf(folder).history(name)


def removed(folder: Path) -> dict[str, tuple[Revision, Revision]]:
    """Return the own trees that were taken away, by name: (the step that did it, the last version before), the newest first."""
    shelf, found = _shelf(folder), {}
    for place in (folder / ".history").glob("*"):
        if not place.is_dir() or (folder / f"{place.name}.toml").exists():
            continue
        try:
            check_name(place.name, place.name)
        except DefinitionError:
            continue  # nothing of ours
        steps = shelf.history(place.name)
        last = next((each for each in steps if each.text), None)
        if steps and steps[0].removed and last is not None:
            found[place.name] = (steps[0], last)
    return dict(sorted(found.items(), key=lambda each: each[1][0].at or datetime.min.replace(tzinfo=UTC), reverse=True))
