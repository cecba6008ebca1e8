"""Reading TOML tables strictly: every key known, every mandatory key there, every value of its type; the place is said in each refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NoReturn

from rashin.errors import Bilingual, DefinitionError, nearest
from rashin.formula import ParamValue


def is_number(value: object) -> bool:
    """Say whether a TOML value is a number that a formula may use: finite, at most 1e15."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e15


class Table:
    """A TOML table and where it stands. Getters refuse with place, word and the nearest valid name."""

    def __init__(self, data: Mapping[str, Any], place: str) -> None:
        self.data = data
        self.place = place

    def at(self, key: str) -> str:
        """Return the place of a key."""
        return f"{self.place} › {key}"

    def refuse(
        self, code: str, key: str, what: Bilingual, *, word: str = "", known: Iterable[str] = (), next_step: Bilingual | None = None
    ) -> NoReturn:
        """Raise :class:`DefinitionError` at a key."""
        names = list(known)
        raise DefinitionError(
            code, what, next_step, place=self.at(key) if key else self.place, word=word, suggestion=nearest(word, names) if word else None
        )

    def keys(self, mandatory: Iterable[str], optional: Iterable[str]) -> None:
        """Refuse unknown and missing keys."""
        needed = tuple(mandatory)
        known = (*needed, *optional)
        for key in self.data:
            if key not in known:
                self.refuse(
                    "unknown_key",
                    key,
                    Bilingual(f"「{key}」という項目はありません。", f"there is no key “{key}”."),
                    word=key,
                    known=known,
                    next_step=Bilingual(f"使える項目: {'、'.join(known)}", f"Known keys: {', '.join(known)}"),
                )
        missing = [key for key in needed if key not in self.data]
        if missing:
            listed = "、".join(missing)
            self.refuse(
                "missing_key",
                "",
                Bilingual(f"必須の項目がありません: {listed}", f"mandatory keys are missing: {', '.join(missing)}"),
                word=missing[0],
                next_step=Bilingual("項目を書き足してください。", "Add them."),
            )

    def wrong(self, key: str, ja: str, en: str) -> NoReturn:
        """Refuse a value of the wrong type."""
        self.refuse(
            "wrong_type",
            key,
            Bilingual(f"「{key}」は{ja}で書きます。", f"“{key}” must be {en}."),
            word=str(self.data.get(key))[:40],
        )

    def text(self, key: str) -> str:
        """Return a non-empty text."""
        value = self.data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, "文字", "text")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, None when the key is absent."""
        return self.text(key) if key in self.data else None

    def choice(self, key: str, known: Iterable[str]) -> str:
        """Return one of the known words."""
        names, value = list(known), self.text(key)
        if value not in names:
            self.refuse(
                f"unknown_{key}",
                key,
                Bilingual(f"「{key}」に「{value}」は使えません。", f"“{value}” is no valid {key}."),
                word=value,
                known=names,
                next_step=Bilingual(f"使えるもの: {'、'.join(names)}", f"Known: {', '.join(names)}"),
            )
        return value

    def bilingual(self, key: str) -> Bilingual:
        """Return ``{ ja = "…", en = "…" }``: both, neither empty."""
        value = self.data.get(key)
        if (
            not isinstance(value, dict)
            or set(value) != {"ja", "en"}
            or not all(isinstance(text, str) and text.strip() for text in value.values())
        ):
            self.wrong(key, ' { ja = "…", en = "…" } の形(両方必須)', 'of the form { ja = "…", en = "…" } (both)')
        return Bilingual(value["ja"].strip(), value["en"].strip())

    def optional_bilingual(self, key: str) -> Bilingual | None:
        """Return a bilingual text, None when the key is absent."""
        return self.bilingual(key) if key in self.data else None

    def number(self, key: str) -> float | None:
        """Return a number, None when the key is absent."""
        value = self.data.get(key)
        if value is None:
            return None
        if not is_number(value):
            self.wrong(key, "数", "a number")
        return float(value) if isinstance(value, float) else int(value)

    def integer(self, key: str, least: int) -> int:
        """Return a whole number of at least ``least``."""
        value = self.data.get(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.wrong(key, f"{least} 以上の整数", f"a whole number of at least {least}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.wrong(key, "true か false", "true or false")
        return value

    def day(self, key: str) -> date:
        """Return a date, written as text or as a TOML date."""
        value = self.data.get(key)
        try:
            return value if type(value) is date else date.fromisoformat(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.wrong(key, '日付("2026-11-01")', 'a date ("2026-11-01")')

    def table(self, key: str) -> Table:
        """Return a table within; empty when the key is absent."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "表", "a table")
        return Table(value, self.at(key))

    def tables(self, key: str) -> list[Table]:
        """Return a list of tables within; empty when the key is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.wrong(key, "表の並び [ { … } ]", "a list of tables [ { … } ]")
        return [Table(each, f"{self.at(key)}[{place}]") for place, each in enumerate(value, 1)]

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; empty when the key is absent."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            self.wrong(key, "文字の並び", "a list of texts")
        return tuple(value)

    def params(self) -> dict[str, ParamValue]:
        """Return the parameters: numbers, texts, true/false, or lists of texts or of numbers."""
        table = self.table("params")
        return {name: param_value(table, name, value) for name, value in table.data.items()}


def param_value(table: Table, name: str, value: Any) -> ParamValue:
    """Return one parameter's value, checked. Raises DefinitionError."""
    if not (name.isascii() and name.isidentifier()):
        table.refuse(
            "bad_name",
            name,
            Bilingual(f"名前「{name}」は英小文字・数字・_ で書きます。", f"write the name “{name}” with letters, digits and _."),
            word=name,
        )
    if isinstance(value, list):
        texts = tuple(each for each in value if isinstance(each, str) and param_value(table, name, each))
        numbers = tuple(each for each in value if is_number(each))
        if value and len(value) in (len(texts), len(numbers)):
            return texts or numbers
        table.wrong(name, "文字だけ、または数だけの並び", "a list of texts or of numbers")
    if isinstance(value, str) and value.isprintable() and len(value) <= 200:
        return value
    if isinstance(value, bool) or is_number(value):
        return value  # type: ignore[no-any-return]
    return table.wrong(name, "数・文字・true/false", "a number, text or true/false")
