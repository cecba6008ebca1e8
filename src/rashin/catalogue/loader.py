"""Files → :class:`Catalogue`: the built-in entries, and over them those of a workspace's ``kpis`` folder."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rashin.catalogue.bind import definition
from rashin.catalogue.build import build
from rashin.catalogue.model import Definition, Kpi
from rashin.errors import Bilingual, DefinitionError, QuestionError, nearest
from rashin.formula import ParamValue

BUILT_IN = Path(__file__).parent / "kpis"
#: Tables of which an override may give a part.
_MERGED = ("params", "measures", "variants")


@dataclass(frozen=True)
class Catalogue:
    """All definitions together. ``version`` changes if and only if the content of a definition changes."""

    kpis: Mapping[str, Kpi]
    _ready: dict[tuple[str, str], Definition] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def version(self) -> str:
        """Hash of every entry's digest."""
        text = ";".join(f"{key}={kpi.digest}" for key, kpi in sorted(self.kpis.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def kpi(self, name: str) -> Kpi:
        """Return an entry. Raises QuestionError with the nearest name."""
        if name not in self.kpis:
            raise _unknown("unknown_kpi", Bilingual(f"KPI「{name}」はありません。", f"there is no KPI “{name}”."), name, self.kpis)
        return self.kpis[name]

    def definition(self, name: str, variant: str | None = None, params: Mapping[str, ParamValue] | None = None) -> Definition:
        """Return one reading, bound. ``name`` may be "kpi" or "kpi:variant"; "default" is the entry's own reading, and so is
        "seed" where the entry follows one of the articles that the catalogue grew from.

        Raises QuestionError for an unknown KPI, variant or parameter, with the nearest valid name.
        """
        key, _, named = name.partition(":")
        kpi = self.kpi(key)
        chosen = variant or named or "default"
        if chosen == "seed" and kpi.seed and chosen not in kpi.readings:
            chosen = "default"
        if chosen not in kpi.readings:
            what = Bilingual(f"{key} に定義の別「{chosen}」はありません。", f"{key} has no variant “{chosen}”.")
            raise _unknown("unknown_variant", what, chosen, kpi.readings)
        return definition(kpi, kpi.readings[chosen], params) if params else self._usual(kpi, chosen)

    def _usual(self, kpi: Kpi, reading: str) -> Definition:
        """Return a reading with its own parameters; bound once, since nearly every question asks for just that."""
        if (kpi.key, reading) not in self._ready:
            self._ready[kpi.key, reading] = definition(kpi, kpi.readings[reading], {})
        return self._ready[kpi.key, reading]

    def definitions(self) -> Iterable[Definition]:
        """Yield every reading of every entry with its own parameters."""
        for kpi in self.kpis.values():
            for reading in kpi.readings:
                yield self._usual(kpi, reading)


def _unknown(code: str, what: Bilingual, word: str, known: Iterable[str]) -> QuestionError:
    names = sorted(known)
    near = nearest(word, names)
    if near is not None:
        return QuestionError(code, what, Bilingual(f"もしかして「{near}」?", f"Did you mean “{near}”?"))
    return QuestionError(code, what, Bilingual(f"使えるもの: {'、'.join(names[:20])}", f"Known: {', '.join(names[:20])}"))


def load(builtin: bool = True, folder: Path | None = None) -> Catalogue:
    """Return the built-in entries with those of ``folder`` added or laid over them. Raises DefinitionError at the first fault.

    An override names an entry again and gives what differs; ``params``, ``measures`` and ``variants`` are merged key by key, so that the
    built-in variants stay unless replaced.
    """
    entries: dict[str, tuple[dict[str, Any], str]] = {}
    if builtin:
        for key, data, place in _read(BUILT_IN):
            entries[key] = (data, place)
    if folder is not None and folder.is_dir():
        for key, data, place in _read(folder):
            entries[key] = (_overlay(entries[key][0], data), place) if key in entries else (data, place)
    kpis = {key: build(key, data, place) for key, (data, place) in entries.items()}
    for kpi in kpis.values():
        _check_counters(kpi, kpis)
        _check_hints(kpi, kpis)
    return Catalogue(kpis)


def _overlay(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(base)
    for key, value in own.items():
        merge = key in _MERGED and isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = {**found[key], **value} if merge else value
    return found


def _read(folder: Path) -> Iterable[tuple[str, dict[str, Any], str]]:
    seen: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        for key, data in read_toml(path).items():
            place = f"{path.name} › {key}"
            if not isinstance(data, dict):
                raise DefinitionError(
                    "not_an_entry",
                    Bilingual(f"「{key}」は KPI の表([名前])ではありません。", f"“{key}” is not a KPI table ([name])."),
                    place=place,
                    word=key,
                )
            if key in seen:
                raise DefinitionError(
                    "defined_twice",
                    Bilingual(f"KPI「{key}」は {seen[key]} にもあります。", f"the KPI “{key}” is also in {seen[key]}."),
                    Bilingual("どちらか一つにしてください。", "Keep one of them."),
                    place=place,
                    word=key,
                )
            seen[key] = path.name
            yield key, data, place


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's content. Raises DefinitionError with the line where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise DefinitionError(
            "not_utf8",
            Bilingual("UTF-8 で保存されていません。", "the file is not saved as UTF-8."),
            Bilingual("UTF-8 で保存し直してください。", "Save it as UTF-8."),
            place=path.name,
        ) from error
    except OSError as error:
        raise DefinitionError(
            "not_readable",
            Bilingual(f"開けません({error.strerror})。", f"the file cannot be opened: {error.strerror}."),
            Bilingual("ファイルの権限を確かめてください。", "Check the file's permissions."),
            place=path.name,
        ) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DefinitionError(
            "toml_syntax",
            Bilingual(f"TOML として読めません({error})。", f"cannot be read as TOML: {error}."),
            place=path.name,
        ) from error


def _check_counters(kpi: Kpi, known: Mapping[str, Kpi]) -> None:
    for name in kpi.counter:
        if name not in known:
            raise DefinitionError(
                "unknown_counter",
                Bilingual(f"対抗指標「{name}」という KPI はありません。", f"the counter-metric “{name}” is no KPI."),
                place=f"{kpi.place} › counter",
                word=name,
                suggestion=nearest(name, known),
            )


def _check_hints(kpi: Kpi, known: Mapping[str, Kpi]) -> None:
    for number, hint in enumerate(kpi.hints, 1):
        for label in hint.kpis:
            name, _, variant = label.partition(":")
            if name not in known or (variant and variant not in known[name].readings):
                labels = [*known, *(f"{each.key}:{reading}" for each in known.values() for reading in each.variants)]
                raise DefinitionError(
                    "unknown_hint_kpi",
                    Bilingual(f"手がかりの指す「{label}」という KPI はありません。", f"“{label}”, which a hint points to, is no KPI."),
                    place=f"{kpi.place} › hints[{number}] › kpis",
                    word=label,
                    suggestion=nearest(label, labels),
                )
