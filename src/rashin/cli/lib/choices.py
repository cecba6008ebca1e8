"""Words that must be one of a known set, and shell completion of names without loading what is heavy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from rashin.errors import Bilingual, QuestionError, nearest


def check_word(word: str, known: Iterable[str], what: str) -> str:
    """Return ``word`` when it is known; QuestionError with the nearest name otherwise."""
    names = sorted(known)
    if word in names:
        return word
    near = nearest(word, names)
    listed = ", ".join(names)
    raise QuestionError(
        "word_unknown",
        Bilingual(f"{what}「{word}」はありません。", f"There is no {what} “{word}”."),
        Bilingual(
            (f"もしかして「{near}」? " if near else "") + f"使えるもの: {listed}",
            (f"Did you mean “{near}”? " if near else "") + f"Valid: {listed}",
        ),
    )


class KpiName(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A KPI's name, with or without “:variant”; the shell completes it. Whether it exists is judged by the catalogue later."""

    name = "KPI"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Return the names that begin with what was typed, read straight from the definition files."""
        return [CompletionItem(name) for name in kpi_names() if name.startswith(incomplete)]


def kpi_names() -> list[str]:
    """Return every KPI's name, and “name:variant”, from the files of the catalogue and of the workspace above the current folder."""
    import rashin.catalogue

    folders = [Path(rashin.catalogue.__file__).parent / "kpis"]
    here = Path.cwd()
    folders += [folder / "kpis" for folder in (here, *here.parents) if (folder / "rashin.toml").is_file()][:1]
    found: set[str] = set()
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            try:
                entries = tomllib.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            for name, entry in entries.items():
                found.add(name)
                if isinstance(entry, dict):
                    found.update(f"{name}:{variant}" for variant in entry.get("variants", {}))
    return sorted(found)
