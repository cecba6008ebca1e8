"""How a mapping is drafted for each fact: contacts and totals have modules of their own, the others are here."""

from __future__ import annotations

from collections.abc import Callable

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.common import any_instant, by_date, key_of, tells_apart
from rashin.intake.propose.contacts import contact
from rashin.intake.propose.draft import Draft, value_words, yen_in_header
from rashin.intake.propose.match import Match, has_role, header_of, mentions
from rashin.intake.propose.profile import Profile
from rashin.intake.propose.surveys import survey
from rashin.intake.propose.totals import contact_total
from rashin.intake.propose.verify import instants_of
from rashin.intake.values.words import fold

_SAYS_NOTHING = ("値", "数値", "小計", "件数", "数", "合計", "value", "amount", "count", "total", "number")
_PEOPLE = ("社員", "従業員", "職員", "スタッフ", "担当者", "employee", "staff", "agent")
_CAME: dict[str, bool] = {
    **dict.fromkeys(
        ("出勤", "出社", "通常", "通常勤務", "遅刻", "早退", "遅刻早退", "在宅", "在宅勤務", "テレワーク", "present", "late", "worked"),
        True,
    ),
    **dict.fromkeys(("欠勤", "病欠", "無断欠勤", "当日欠勤", "absent", "no show", "sick"), False),
}
_NETWORKS = {
    "instagram": "instagram",
    "facebook": "facebook",
    "twitter": "x",
    "tweet": "x",
    "youtube": "youtube",
    "tiktok": "tiktok",
    "line": "line",
    "linkedin": "linkedin",
}


def evaluation(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """A monitoring sheet: items in points, their sum, the full mark."""
    draft.fill(assigned)
    draft.identify()
    items = [name for name in draft.fields if name.endswith("_points")]
    columns = tuple(draft.fields[name].columns[0] for name in items)
    if "score" not in draft.fields and items:
        draft.fields["score"] = Field(columns, unit="points")
    if "score_max" not in draft.fields and items:
        top = max(draft.profiles[column].high or 0 for column in columns)
        full = int(5 if top <= 5 else 10 if top <= 10 else top)
        number = len(items) + len(_other_items(draft, full))
        draft.fields["score_max"] = Field(value=full * number)
        question = Bilingual(
            f"満点は {full * number} 点({full}点×{number}項目)ですか。",
            f"Is the full mark {full * number} ({number} items of {full})?",
        )
        draft.doubt("score_max", question, (f"{full * number}", "…"), draft.path("fields", "score_max", "value"))
    if "evaluated_at" not in draft.fields:
        any_instant(draft, "evaluated_at")


def _other_items(draft: Draft, full: int) -> list[str]:
    """Items of the sheet beside the six, where its own column holds the sum of all: their marks count in it too."""
    if draft.fields["score"].columns and len(draft.fields["score"].columns) > 1:
        return []
    return [
        name
        for name, one in draft.profiles.items()
        if name not in draft.used
        and one.kind == "integer"
        and 1 < (one.high or 0) <= full
        and (one.low or 0) >= 0
        and one.filled == one.rows
    ]


def post(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Posts with their reactions; mentions and replies where the file tells them apart."""
    draft.fill(assigned)
    draft.identify()
    told = f"{file_name} {' '.join(draft.profiles)}".lower()
    if "network" not in draft.fields:
        network = next((value for word, value in _NETWORKS.items() if word in told), None)
        if network:
            draft.fields["network"] = Field(value=network)
    if "kind" not in draft.fields:
        if {"impressions", "saves", "reach", "profile_visits", "reactions"} & set(draft.fields):
            draft.fields["kind"] = Field(value="own")
        else:
            draft.fields["kind"] = Field(value="own")
            question = Bilingual("だれの投稿ですか。", "Whose posts are these?")
            draft.doubt("post_kind", question, ("own", "mention", "reply", "repost"), draft.path("fields", "kind", "value"))


def shift(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Planned and actual work of a person on a day."""
    draft.fill(assigned)
    if "agent" not in draft.fields:
        people = [name for name, one in draft.profiles.items() if has_role(name, "key") and one.filled == one.rows and not one.unique]
        if people:
            draft.fields["agent"] = Field((people[0],))
    for start, end in (("start_at", "end_at"), ("clock_in_at", "clock_out_at")):
        _night(draft, start, end)
    if not {"scheduled_s", "start_at"} & set(draft.fields) and "absent_s" in draft.fields:
        question = Bilingual(
            "予定時間の列がありません。欠勤時間は合計できますが、欠勤率は計算できません(別のもので割ることはしません)。",
            "There are no planned hours: absence can be totalled, but no absence rate can be formed, and nothing else is divided by instead.",
        )
        draft.doubt("no_scheduled", question, ("go_on",))
    by_date(draft)
    _day_of_rest(draft)
    _attended(draft)
    _key_of_day(draft)


def _day_of_rest(draft: Draft) -> None:
    """A day without times (a day off) still has its date."""
    if "business_date" in draft.fields:
        return
    for name in ("start_at", "clock_in_at"):
        found = draft.fields.get(name)
        if found is not None and len(found.columns) == 2 and draft.profiles[found.columns[0]].kind == "date":
            draft.fields["business_date"] = Field(found.columns[:1], order=found.order, year=found.year)
            return


def _attended(draft: Draft) -> None:
    """Who came and who did not, by the words of the kind of day (出勤, 欠勤); of any other (days off, leave) it is not said."""
    kind = draft.fields.get("kind")
    if "attended" in draft.fields or kind is None or len(kind.columns) != 1:
        return
    told: dict[str, str | int | float | bool] = {
        value: said for value, _ in draft.profiles[kind.columns[0]].top if (said := _CAME.get(fold(value))) is not None
    }
    if True in told.values():
        draft.fields["attended"] = Field(kind.columns, values=told, otherwise="")


def _key_of_day(draft: Draft) -> None:
    """A person and a day; the person by a number rather than a name, where the sheet has one."""
    key_of(draft, ())
    numbers = [name for name in draft.profiles if has_role(name, "key") and any(word in header_of(name).words for word in _PEOPLE)]
    person = numbers[0] if numbers else next(iter(draft.fields["agent"].columns), None) if "agent" in draft.fields else None
    dated = next(
        (
            draft.fields[name]
            for name in ("business_date", "start_at", "clock_in_at")
            if name in draft.fields and draft.fields[name].columns
        ),
        None,
    )
    if person and dated and tells_apart(draft, (person, dated.columns[0])):
        draft.key = (person, dated.columns[0])
        draft.remarks.pop("key", None)


def _night(draft: Draft, start: str, end: str) -> None:
    """Where ends come before starts on one date, the shift runs past midnight: asked once."""
    first, last = draft.fields.get(start), draft.fields.get(end)
    if not first or not last or len(first.columns) < 2 or first.columns[0] != last.columns[0]:
        return
    pairs = zip(instants_of(first.columns, draft.profiles, first.order), instants_of(last.columns, draft.profiles, last.order), strict=True)
    before = sum(a is not None and b is not None and b < a for a, b in pairs)
    if before:
        question = Bilingual(
            f"{before} 行で「{last.columns[-1]}」が「{first.columns[-1]}」より前です。翌日の時刻ですか(そうなら {start} を選ぶ)。",
            f"In {before} rows “{last.columns[-1]}” precedes “{first.columns[-1]}”. Is it a time of the next day (then choose {start})?",
        )
        draft.doubt("past_midnight", question, (start, "leave_out"), draft.path("fields", end, "after"), last.columns[-1])


def headcount(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """A list of people, or totals per department."""
    left = assigned.pop("left_count", None)
    draft.fill(assigned)
    if left:
        one = draft.profiles[left.column]
        listed = value_words("left", "headcount")
        if one.kind == "integer" and ((one.high or 0) > 1 or "employees" in draft.fields):
            draft.fields["left_count"] = Field((left.column,))
        else:
            draft.fields["left_count"] = Field((left.column,), values={value: int(listed.get(fold(value), 0)) for value, _ in one.top})
    if "employees" not in draft.fields:
        draft.fields["employees"] = Field(value=1)
        draft.remarks["employees"] = "一人一行 / one row per person"
        draft.fields.pop("agent", None)
        draft.identify()
        by_date(draft)
        return
    by_date(draft)
    key_of(draft, ("business_date", "department", "job", "employment", "team", "site"))


def contact_event(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """An event log."""
    draft.fill(assigned)
    draft.remarks["key"] = "[] = 行の内容そのもので見分ける / told apart by its content"


def series(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """A named business series; called what its column is called, unless that says nothing."""
    draft.fill(assigned)
    by_date(draft)
    if "name" not in draft.fields:
        name = assigned["amount"].column
        draft.fields["name"] = Field(value=name)
        if header_of(name).words in _SAYS_NOTHING:
            question = Bilingual("この系列を何と呼びますか。", "What is this series called?")
            draft.doubt("series_name", question, (name, "…"), draft.path("fields", "name", "value"))
    key_of(draft, ("business_date", "measured_at", "name", "queue", "team", "category"))


def more_series(first: Draft, profiles: dict[str, Profile]) -> list[Draft]:
    """Return a draft for each further column of numbers of a table of dates and series; each entry gets a part of its own."""
    if first.fields["name"].columns:
        return []
    amounts = [
        name
        for name, one in profiles.items()
        if one.kind in ("integer", "number") and name not in first.used and not mentions(name, "ratio")
    ]
    drafts = []
    for number, name in enumerate(amounts, start=1):
        shared = {field: each for field, each in first.fields.items() if field not in ("amount", "name")}
        draft = Draft(
            "series",
            number,
            profiles,
            {**shared, "amount": Field((name,), unit=yen_in_header(name)), "name": Field(value=name)},
            first.key,
            part=name,
        )
        draft.share_doubts(first)
        drafts.append(draft)
    if drafts:
        first.part = str(first.fields["name"].value)
    return drafts


def plain(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Facts without particulars: agents' time, account days, costs."""
    draft.fill(assigned)
    if draft.fact != "agent_time":
        by_date(draft)
        key_of(draft, ("business_date", "account", "network", "kind", "contract", "vendor", "queue"))


BUILD: dict[str, Callable[[Draft, dict[str, Match], str], None]] = {
    "contact": contact,
    "contact_total": contact_total,
    "contact_event": contact_event,
    "survey": survey,
    "evaluation": evaluation,
    "post": post,
    "shift": shift,
    "headcount": headcount,
    "series": series,
    "agent_time": plain,
    "account_day": plain,
    "cost": plain,
}
