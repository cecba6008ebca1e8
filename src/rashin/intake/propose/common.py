"""What several facts need when they are drafted: their date, their key, and what the headers and the file's name speak of."""

from __future__ import annotations

import re

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.draft import Draft
from rashin.intake.propose.match import best, has_role, header_of, words
from rashin.intake.propose.moments import date_column
from rashin.records import FACTS


def by_date(draft: Draft) -> None:
    """Facts counted by their date: the date column; asked when there is none, or when several would do."""
    fact = FACTS[draft.fact]
    if "business_date" in draft.fields or any(name in draft.fields for name in fact.anchors):
        return
    timely = [name for name, one in draft.profiles.items() if one.kind in ("instant", "date") and name[:1] != "_"]
    date = date_column(draft.profiles)
    if date and (len(timely) == 1 or (best(header_of(date), words()["roles"]["date"]) >= 0.9 and not has_role(date, "revision"))):
        one = draft.profiles[date]
        draft.fields["business_date"] = Field(
            (date,), order=one.orders[0] if one.orders else None, year=draft.year_of("business_date", one)
        )
        if len(one.orders) > 1:
            draft.ask_order("business_date", one)
        return
    if len(timely) == 1:
        one = draft.profiles[timely[0]]
        draft.fields["business_date"] = Field(
            (one.name,), order=one.orders[0] if one.orders else None, year=draft.year_of("business_date", one)
        )
        if len(one.orders) > 1:
            draft.ask_order("business_date", one)
        return
    if timely:
        timely.reverse()  # what happened last stands last, as a rule
        orders = {draft.profiles[name].orders for name in timely}
        alike = next(iter(orders)) if len(orders) == 1 else ()
        draft.fields["business_date"] = Field((timely[0],), order=alike[0] if len(alike) == 1 else None)
        question = Bilingual("どの列の日付で数えますか。", "By the date of which column are rows counted?")
        draft.doubt("which_date", question, timely, draft.path("fields", "business_date", "column"))
        return
    draft.fields["business_date"] = Field(value="")
    question = Bilingual(
        "日付の列がありません。全行を一つの日付(例: 2026-10-01)で取り込みます。いつの記録ですか。",
        "There is no date column. All rows are taken for one date (e.g. 2026-10-01): which?",
    )
    draft.doubt("no_date", question, ("…",), draft.path("fields", "business_date", "value"))


def only_dates(draft: Draft, names: tuple[str, ...]) -> None:
    """An answer's date without a time of day is its business date, not an instant."""
    for name in names:
        field = draft.fields.get(name)
        if field and len(field.columns) == 1 and draft.profiles[field.columns[0]].kind == "date":
            del draft.fields[name]
            draft.fields.setdefault("business_date", Field(field.columns, order=field.order, year=field.year))


def any_instant(draft: Draft, name: str) -> None:
    """Map the first column of instants or dates that is left."""
    for source, one in draft.profiles.items():
        if one.kind in ("instant", "date") and source not in draft.used:
            draft.instant(name, source)
            return


def key_of(draft: Draft, names: tuple[str, ...]) -> None:
    """Totals are known by what they are totals of, where that tells the rows apart; else by a named id that does, else by their content."""
    draft.identify()
    named = draft.key
    draft.doubts = [each for each in draft.doubts if each.code != "key_not_unique"]
    columns = tuple(dict.fromkeys(source for name in names if name in draft.fields for source in draft.fields[name].columns))
    draft.key = columns if tells_apart(draft, columns) else named if named and draft.profiles[named[0]].unique else ()
    if draft.key:
        draft.remarks.pop("key", None)
    else:
        draft.remarks["key"] = "[] = 行の内容そのもので見分ける / told apart by its content"


def tells_apart(draft: Draft, columns: tuple[str, ...]) -> bool:
    """True when no two rows have the same values in these columns."""
    rows = list(zip(*(draft.profiles[source].values for source in columns), strict=True))
    return bool(rows) and len(set(rows)) == len(rows)


def told_by(draft: Draft, file_name: str) -> str:
    """Return headers and file name as one text to look for words in."""
    headers = " ".join(f"{header_of(name).words} {header_of(name).aside}" for name in draft.profiles)
    name = re.sub(r"[\W_]+", " ", file_name.lower())
    return f" {headers} {name} "


def says(told: str, term: str) -> bool:
    """True when ``told`` holds the word (English words also with -s and -ed)."""
    return f" {term} " in told or f" {term}s " in told or f" {term}ed " in told if term.isascii() else term in told
