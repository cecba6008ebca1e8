"""A mapping in the making: fields, key, doubts and remarks of one ``[[fact]]`` entry, and what all facts have in common when they are drafted."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from rashin.connect import Doubt, FactMapping, Field
from rashin.errors import Bilingual
from rashin.intake.propose.match import Match, best, has_role, header_of, words
from rashin.intake.propose.moments import date_column
from rashin.intake.propose.profile import Profile
from rashin.intake.propose.verify import PAIRS, clock_by_share, instants_of, unit_by_difference
from rashin.intake.values.words import fold
from rashin.records import FACTS, Column

#: Words in a header or its brackets that state the unit of a duration.
_UNIT_WORDS = {
    "s": ("秒", "秒数", "sec", "secs", "second", "seconds", "s"),
    "ms": ("ミリ秒", "ms", "msec", "millis", "milliseconds"),
    "min": ("分", "分数", "min", "mins", "minute", "minutes", "m"),
    "h": ("時", "時間数", "hour", "hours", "hrs", "h"),
    "day": ("日", "日数", "day", "days"),
}


_ZONE_NAME = re.compile(r"(Asia|Europe|America|Australia|Africa|Pacific|Atlantic|Indian)/[A-Za-z_/]+")
_PLAIN_NUMBERS = ("no", "番号", "連番", "通番", "項番", "行番号", "row id", "row", "index", "seq")


@dataclass(slots=True)
class Draft:
    """One entry in the making. ``number``: its place in the file (for the paths of doubts); ``remarks``: field → text for people."""

    fact: str
    number: int
    profiles: dict[str, Profile]
    fields: dict[str, Field] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    revision: Field | None = None
    skip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    within: str = "reject"
    part: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def used(self) -> set[str]:
        """Source columns that are mapped already."""
        return {name for each in self.fields.values() for name in each.columns} | set(self.key)

    def path(self, *steps: str) -> str:
        """Return the path of a place in this entry, for a doubt."""
        return "/".join(("", "fact", str(self.number), *(step.replace("~", "~0").replace("/", "~1") for step in steps)))

    def doubt(
        self, code: str, question: Bilingual, choices: Iterable[str], path: str = "", column: str = "", notes: Iterable[str] = ()
    ) -> None:
        """Ask something."""
        self.doubts.append(Doubt(code, question, tuple(choices), path, column, "", tuple(notes)))

    def share_doubts(self, first: Draft) -> None:
        """Ask again, for this entry, what is open of the fields and the key that it has from ``first``: one answer settles both."""
        for doubt in first.doubts:
            place = doubt.path.removeprefix(first.path("fields") + "/")
            name = place.partition("/")[0]
            mine = name in self.fields and name in first.fields and self.fields[name] is first.fields[name]
            if (place != doubt.path and mine) or (doubt.path == first.path("within") and self.key == first.key):
                self.doubts.append(dataclasses.replace(doubt, path=doubt.path.replace(first.path(), self.path(), 1)))

    def mapping(self) -> FactMapping:
        """Return the entry."""
        order = [column.name for column in FACTS[self.fact].columns] + ["business_date"]
        fields = {name: self._decimal(self.fields[name]) for name in sorted(self.fields, key=order.index)}
        return FactMapping(self.fact, fields, self.key, self.revision, {}, self.skip, self.part, "", self.within)

    def _decimal(self, field: Field) -> Field:
        comma = any(self.profiles[name].decimal == "," for name in field.columns if name in self.profiles)
        return dataclasses.replace(field, decimal=",") if comma else field

    # -- fields by kind

    def fill(self, assigned: dict[str, Match]) -> None:
        """Make a field of each match: instants first, so that durations can be checked against them."""
        columns = {name: FACTS[self.fact].column(name) for name in assigned}
        for kind in ("instant", "other"):
            for name, match in assigned.items():
                if (columns[name].type == "instant") == (kind == "instant"):
                    self._field(columns[name], match.column)

    def _field(self, column: Column, source: str) -> None:
        one = self.profiles[source]
        if column.type == "instant":
            self.instant(column.name, source)
        elif column.unit == "s":
            self.duration(column.name, source)
        elif column.type == "number":
            unit = "percent" if one.kind == "percent" and column.unit == "share" else None
            if column.unit in ("yen", "amount"):
                unit = yen_in_header(source)
            self.fields[column.name] = Field((source,), unit=unit)
        elif column.choices:
            self.choices(column, source)
        elif column.type == "bool" and one.kind == "text":
            self.flag(column, source)
        else:
            self.fields[column.name] = Field((source,))

    def instant(self, name: str, source: str) -> None:
        """Map an instant; ask the order of day and month when the whole sample leaves it open, and the date of a clock time when there are several."""
        one = self.profiles[source]
        columns: tuple[str, ...] = (source,)
        if one.kind in ("time", "clock2", "clock3") or "fraction" in one.notes:
            date = date_column(self.profiles)
            if date is None:
                self._ask_date(name, source)
                return
            columns = (date, source)
            one = self.profiles[date]
        unit = one.unit if "epoch" in one.notes else "excel_serial" if "serial" in one.notes else None
        order = one.orders[0] if one.orders else None
        zone = None if unit or (not one.local and one.kind == "instant") else zone_in_header(source)
        self.fields[name] = Field(columns, order=order, unit=unit, zone=zone, year=self.year_of(name, one))
        if len(one.orders) > 1 and not any(each.code == "day_month_order" and each.column == one.name for each in self.doubts):
            self.ask_order(name, one)

    def year_of(self, name: str, one: Profile) -> str | None:
        """Ask for the year of dates that have none; "" until somebody says."""
        if "yearless" not in one.notes:
            return None
        question = Bilingual(
            f"「{one.name}」の日付に年がありません(例: {'、'.join(one.samples[:3])})。何年ですか。年をまたぐ表は、その最初の月から 2026-04 のように。",
            f"The dates of “{one.name}” have no year (e.g. {', '.join(one.samples[:3])}). Which year? Where the table runs over New Year: the month in which it begins, such as 2026-04.",
        )
        self.doubt("year", question, ("…",), self.path("fields", name, "year"), one.name)
        return ""

    def ask_order(self, name: str, one: Profile) -> None:
        """Ask in which order year, month and day stand."""
        question = Bilingual(
            f"「{one.name}」の年月日の順が決められません(例: {'、'.join(one.samples[:3])})。",
            f"The order of day and month in “{one.name}” is not certain (e.g. {', '.join(one.samples[:3])}).",
        )
        self.doubt("day_month_order", question, one.orders, self.path("fields", name, "order"), one.name)

    def _ask_date(self, name: str, source: str) -> None:
        dates = [each for each, one in self.profiles.items() if one.kind in ("date", "instant")]
        question = Bilingual(f"「{source}」は時刻だけです。日付はどの列ですか。", f"“{source}” is a clock time: which column is its date?")
        self.doubt("date_of_time", question, (*dates, "leave_out"), self.path("fields", name, "date"), source)
        self.fields[name] = Field((source,))

    def duration(self, name: str, source: str) -> None:
        """Map a duration; its unit is certain by its form, its header, or by the instants of the row, else it is asked."""
        one = self.profiles[source]
        if one.kind in ("clock3", "duration"):
            self.fields[name] = Field((source,), unit="hms")
            return
        unit = self._unit_by_instants(name, one) or (unit_in_header(source) if one.kind != "clock2" else self._clock_of_shift(one))
        clocks = (
            ("ms_clock", "hms") if self.fact in ("contact", "contact_total") else ("hms", "ms_clock")
        )  # calls last minutes, shifts hours
        plain = ("h", "min", "s", "day") if self.fact == "shift" else ("s", "min", "ms", "h")
        choices = clocks if one.kind == "clock2" else ("day", "s", "min", "h") if "fraction" in one.notes else plain
        self.fields[name] = Field((source,), unit=unit or choices[0])
        if unit:
            return
        about = Bilingual("秒か分かなど", "seconds or minutes")
        if one.kind == "clock2":
            about = Bilingual("時:分 か 分:秒 か", "h:mm or m:ss")
        elif "fraction" in one.notes:
            about = Bilingual("Excelの日の端数(day)か、秒か分か", "a spreadsheet's fraction of a day, seconds, or minutes")
        question = Bilingual(
            f"「{source}」の単位({about.ja})が決められません(例: {'、'.join(one.samples[:3])})。",
            f"The unit of “{source}” ({about.en}) is not certain (e.g. {', '.join(one.samples[:3])}).",
        )
        self.doubt("unit", question, choices, self.path("fields", name, "unit"), source)

    def _unit_by_instants(self, name: str, one: Profile) -> str | None:
        for start, end in PAIRS.get(name, ()):
            first, last = self.fields.get(start), self.fields.get(end)
            if first and last and first.columns and last.columns:
                unit = unit_by_difference(
                    one,
                    instants_of(first.columns, self.profiles, first.order, first.unit),
                    instants_of(last.columns, self.profiles, last.order, last.unit),
                )
                if unit:
                    return unit
        return None

    def _clock_of_shift(self, one: Profile) -> str | None:
        """An attendance sheet writes all its hours alike: where one column must be hours, 8:00 is eight hours in the others too."""
        if self.fact != "shift":
            return None
        columns = [each for each in self.profiles.values() if each.kind == "clock2" and each is not one]
        for start, end in (("clock_in_at", "clock_out_at"), ("start_at", "end_at")):
            first, last = self.fields.get(start), self.fields.get(end)
            if first and last:
                spans = instants_of(first.columns, self.profiles, first.order), instants_of(last.columns, self.profiles, last.order)
                if any(clock_by_share(each, *spans) for each in (one, *columns)):
                    return "hms"
        return None

    def choices(self, column: Column, source: str) -> None:
        """Map a column with a closed list of values: known words are listed, each other value is asked."""
        one = self.profiles[source]
        listed = value_words(column.name, self.fact)
        known: dict[str, str] = {}
        unknown: list[str] = []
        for value, _ in one.top:
            meaning = listed.get(fold(value)) or (fold(value) if fold(value) in column.choices else None)
            if meaning:
                known[value] = meaning
            else:
                unknown.append(value)
        self.fields[column.name] = Field((source,), values=known)
        for value in unknown[:20]:
            self._ask_value(column, source, value)

    def _ask_value(self, column: Column, source: str, value: str) -> None:
        question = Bilingual(f"「{source}」の「{value}」は何にあたりますか。", f"What does “{value}” in “{source}” mean?")
        path = self.path("fields", column.name, "values", value)
        self.doubt("value_unknown", question, (*column.choices, "no_value"), path, f"{source}={value}")

    def flag(self, column: Column, source: str) -> None:
        """Map a yes/no column whose words are not known."""
        one = self.profiles[source]
        self.fields[column.name] = Field((source,), values={})
        for value, _ in one.top:
            question = Bilingual(f"「{source}」の「{value}」は「はい」ですか。", f"Does “{value}” in “{source}” mean yes?")
            self.doubt(
                "value_unknown",
                question,
                ("true", "false", "no_value"),
                self.path("fields", column.name, "values", value),
                f"{source}={value}",
            )

    # -- identity

    def identify(self) -> None:
        """Choose the key and the revision: a named id; asked when it repeats with different rows."""
        for name, one in self.profiles.items():
            if has_role(name, "revision") and one.kind == "instant" and name not in self.used:
                self.revision = Field((name,), order=one.orders[0] if one.orders else None)
            if has_role(name, "deleted") and one.kind == "flag":
                self.skip[name] = ("true", "1", "はい")
        named = [name for name, one in self.profiles.items() if _names_a_record(name, one)]
        named = named or [name for name, one in self.profiles.items() if name not in self.used and _looks_like_a_key(name, one)]
        ranked = sorted(named, key=lambda name: (not self.profiles[name].unique, -_key_rank(name)))
        best = next((name for name in ranked if self.profiles[name].filled == self.profiles[name].rows), None)
        if best is None:
            self.remarks["key"] = "[] = 行の内容そのもので見分ける / told apart by its content"
            return
        self.key = (best,)
        if not self.profiles[best].unique:
            self._ask_key(best)

    def _ask_key(self, name: str) -> None:
        clashing, copies = self._clashes(name)
        if not clashing and self.revision:
            return
        if not clashing:
            self.remarks["key"] = f"重複 {copies} 行は同じ内容 / {copies} repeated rows say the same"
            return
        one = self.profiles[name]
        if self.revision:
            self._ask_order_of_states(name, clashing)
            return
        question = Bilingual(
            f"「{name}」が同じで内容の異なる行があります({len(clashing)}種、例: {'、'.join(clashing[:3])})。reject=両方取り込まない、last=後の行が正しい、content=番号と見なさない。",
            f"“{name}” repeats with different rows ({len(clashing)} ids, e.g. {', '.join(clashing[:3])}). reject = refuse both, last = the later line holds, "
            "content = it is no key.",
        )
        self.doubt("key_not_unique", question, ("reject", "last", "content"), self.path("within"), one.name, clashing[:10])

    def _ask_order_of_states(self, name: str, clashing: list[str]) -> None:
        """Histories kept to the minute hold several states of one moment: which is the newest only their order in the file can say."""
        updated = self.revision.columns[0] if self.revision else ""
        question = Bilingual(
            f"「{name}」と「{updated}」が同じで内容の異なる行があります({len(clashing)}種、例: {'、'.join(clashing[:3])})。last=後の行が新しい、reject=両方取り込まない。",
            f"“{name}” and “{updated}” repeat with different rows ({len(clashing)} ids, e.g. {', '.join(clashing[:3])}). last = the later line is the newer state, "
            "reject = refuse both.",
        )
        self.doubt("key_not_unique", question, ("last", "reject"), self.path("within"), name, clashing[:10])

    def _clashes(self, name: str) -> tuple[list[str], int]:
        """Ids whose rows differ (with one and the same revision, where there is one), and the number of rows that merely repeat another."""
        others = [one.values for each, one in self.profiles.items() if each != name]
        updated = self.profiles[self.revision.columns[0]].values if self.revision else [""] * self.profiles[name].rows
        seen: dict[tuple[str, str | None], set[tuple[str | None, ...]]] = {}
        rows = 0
        for index, value in enumerate(self.profiles[name].values):
            if value:
                rows += 1
                seen.setdefault((value.strip(), updated[index]), set()).add(tuple(column[index] for column in others))
        clashing = list(dict.fromkeys(value for (value, _), kinds in seen.items() if len(kinds) > 1))
        return clashing, rows - sum(len(kinds) for kinds in seen.values())


def yen_in_header(name: str) -> str | None:
    """Return the unit of money that a header states: 金額(千円), 売上(百万円)."""
    told = unicodedata.normalize("NFKC", name)
    return "million_yen" if "百万円" in told else "thousand_yen" if "千円" in told else None


def zone_in_header(name: str) -> str | None:
    """Return the zone that a header states: datetime (UTC), 着信日時(JST), Created at (Asia/Tokyo)."""
    found = _ZONE_NAME.search(name)
    if found and found.group() in available_timezones():
        return found.group()
    tokens = f"{header_of(name).whole} {header_of(name).aside}".split()
    return "UTC" if {"utc", "gmt"} & set(tokens) else "Asia/Tokyo" if {"jst", "日本時間"} & set(tokens) else None


def unit_in_header(name: str) -> str | None:
    """Return the unit of a duration that the header states: 待ち時間(秒), talk_seconds, wait_s, 処理日数."""
    header = header_of(name)
    aside = header.aside.split()
    tokens = header.words.split()
    for unit, terms in _UNIT_WORDS.items():
        if any(term in aside for term in terms):
            return unit
        if any(len(term) > 1 and term.isascii() and term in tokens for term in terms) or (len(tokens) > 1 and tokens[-1] == unit):
            return unit
        if any(not term.isascii() and len(term) > 1 and header.words.endswith(term) for term in terms):
            return unit
    return "s" if header.words.endswith("秒") else None


def value_words(column: str, fact: str) -> dict[str, str]:
    """Return folded source value → value of the fact, from the dictionary."""
    listed = words()["values"].get(f"{column}_{fact}", words()["values"].get(column, {}))
    return {fold(term): meaning for meaning, terms in listed.items() for term in terms}


def _is_row_number(name: str, one: Profile) -> bool:
    """A column called No that counts 1, 2, 3 … numbers the lines of this export: in the next one the same numbers stand for other records."""
    if header_of(name).words not in _PLAIN_NUMBERS:
        return False
    values = [value for value in one.values if value]
    return all(value.strip().isdecimal() for value in values) and [int(value) for value in values] == list(
        range(int(values[0]), int(values[0]) + len(values))
    )


#: What ticket systems put under “number”: INC0010023, CS-1042. (A telephone number is no id.)
_TICKET = re.compile(r"[A-Za-z]{1,8}[-_ ]?\d{2,}")


def _names_a_record(name: str, one: Profile) -> bool:
    if header_of(name).words == "number":
        return all(_TICKET.fullmatch(value) for value, _ in one.top)
    return has_role(name, "key") and not _is_row_number(name, one)


#: How headers of ids end.
_ID_ENDS = re.compile(r"(^|.)(id|ｉｄ|番号|ナンバー)$|(^|\s)(ref|reference|no|number|key|uuid|guid)$")


def _looks_like_a_key(name: str, one: Profile) -> bool:
    """An id by the end of its header, that tells every row from every other."""
    return (
        one.kind in ("text", "integer")
        and one.unique
        and one.filled == one.rows > 1
        and bool(_ID_ENDS.search(header_of(name).words))
        and best(header_of(name), words()["common"]["customer_key"]) < 0.9  # a customer comes again
        and not _is_row_number(name, one)
    )


def _key_rank(name: str) -> float:
    """Specific ids before plain numbers: 通話ID before No."""
    return len(header_of(name).words)
