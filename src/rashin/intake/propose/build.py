"""What is particular to each fact when a mapping for it is drafted: constants, inferences from the data, and what must be asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from rashin.connect import EventContacts, Field
from rashin.errors import Bilingual
from rashin.intake.propose.choose import date_column
from rashin.intake.propose.draft import Draft, value_words
from rashin.intake.propose.match import Match, best, has_role, header_of, mentions, words
from rashin.intake.values.words import fold
from rashin.records import FACTS
from rashin.records.contact import CHANNELS, DIRECTIONS

_CALL_WORDS = ("call", "通話", "着信", "電話", "受電", "入電", "呼", "放棄", "queue", "ring", "呼出", "acd", "オペレータ")
_ANSWER_WORDS = (
    "着信",
    "受電",
    "入電",
    "応答",
    "放棄",
    "待ち",
    "問い合わせ",
    "問合せ",
    "相談",
    "incoming",
    "inbound",
    "wait",
    "answer",
    "abandon",
    "ticket",
    "caller",
    "first response",
    "received",
    "conversation",
    "case",
)
_CHAT_WORDS = ("conversation", "chat", "チャット")
_MAIL_WORDS = ("メール", "mail", "件名", "subject")
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


@dataclass(slots=True)
class Built:
    """A draft with what the file needs beside its entries."""

    drafts: list[Draft]
    events: EventContacts | None = None
    events_doubts: int = 0


def contact(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Calls, tickets, chats: one row each."""
    draft.fill(assigned)
    draft.identify()
    _outcome(draft)
    _channel(draft, file_name)
    _direction(draft)
    _spans(draft)
    if "offered_at" not in draft.fields:
        question = Bilingual(
            "着信・作成の時刻がありません。一次応答時間・解決時間・待ち時間は計算できません。別の時刻で計上して続けますか。",
            "There is no time at which contacts were offered or created: first response time cannot be computed (no offered_at), nor resolution time or waits. "
            "Go on, counted by another time?",
        )
        draft.doubt("no_offered_at", question, ("go_on",))


def _outcome(draft: Draft) -> None:
    if "outcome" in draft.fields:
        _outcome_by_answer(draft)
        return
    answered = draft.fields.get("answered_at")
    if answered is None:
        if "resolved_at" in draft.fields or "first_response_at" in draft.fields:
            source = draft.fields.get("first_response_at") or draft.fields["resolved_at"]
            one = draft.profiles[source.columns[-1]]
            if one.filled == one.rows:
                draft.fields["outcome"] = Field(value="answered")
            else:
                draft.fields["outcome"] = Field((source.columns[-1],), values={"": "open"}, otherwise="answered")
        return
    one = draft.profiles[answered.columns[-1]]
    if one.filled == one.rows:
        draft.fields["outcome"] = Field(value="answered")
        draft.remarks["outcome"] = "全行に応答時刻がある / every row has an answer time"
        return
    draft.fields["outcome"] = Field((answered.columns[-1],), values={"": "abandoned"}, otherwise="answered")
    question = Bilingual(
        f"「{one.name}」が空の {one.rows - one.filled} 行(応答なし)は何にあたりますか。",
        f"What are the {one.rows - one.filled} rows without “{one.name}” (not answered)?",
    )
    choices = ("abandoned", "busy", "callback", "voicemail", "overflow", "closed", "unreached", "open")
    draft.doubt("no_answer_means", question, choices, draft.path("fields", "outcome", "values", ""), one.name)


def _outcome_by_answer(draft: Draft) -> None:
    """A result whose rows always have an answer time was answered: the data say so, nobody need be asked."""
    answered, outcome = draft.fields.get("answered_at"), draft.fields["outcome"]
    if answered is None or not outcome.columns:
        return
    times, results = draft.profiles[answered.columns[-1]].values, draft.profiles[outcome.columns[0]].values
    with_time: dict[str, list[bool]] = {}
    for time, result in zip(times, results, strict=True):
        with_time.setdefault((result or "").strip(), []).append(bool((time or "").strip()))
    known = dict(outcome.values)
    for value, found in with_time.items():
        if value and value not in known and all(found) and len(found) >= 5:
            known[value] = "answered"
            draft.doubts = [each for each in draft.doubts if each.column != f"{outcome.columns[0]}={value}"]
    draft.fields["outcome"] = Field(outcome.columns, values=known)


def _channel(draft: Draft, file_name: str) -> None:
    if "channel" in draft.fields:
        return
    told = _mentioned(draft, file_name)
    for channel, terms in (("voice", _CALL_WORDS), ("chat", _CHAT_WORDS), ("mail", _MAIL_WORDS)):
        if any(_says(told, term) for term in terms) and not (channel == "voice" and _says(told, "conversation")):
            draft.fields["channel"] = Field(value=channel)
            return
    draft.fields["channel"] = Field(value="mail")
    question = Bilingual("どのチャネルの記録ですか。", "Which channel are these contacts of?")
    draft.doubt("channel", question, CHANNELS, draft.path("fields", "channel", "value"))


def _direction(draft: Draft) -> None:
    if "direction" in draft.fields:
        return
    told = _mentioned(draft, "")
    draft.fields["direction"] = Field(value="inbound")
    if not any(_says(told, term) for term in _ANSWER_WORDS):
        question = Bilingual("着信と発信のどちらの記録ですか。", "Are these inbound or outbound?")
        draft.doubt("direction", question, DIRECTIONS, draft.path("fields", "direction", "value"))


def _spans(draft: Draft) -> None:
    """Talk time that no column gives is answer to end."""
    if {"answered_at", "ended_at"} <= set(draft.fields) and "talk_s" not in draft.fields and not {"hold_s", "acw_s"} & set(draft.fields):
        draft.fields["talk_s"] = Field(span=("answered_at", "ended_at"))


def contact_total(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Totals per interval, day, agent: counts as they are, means times their weight, levels back to counts."""
    draft.fill({name: each for name, each in assigned.items() if name not in ("answered_in_target",) and not name.endswith("_total_s")})
    count = next((name for name in ("answered_count", "offered_count") if name in draft.fields), None)
    for name in ("wait_total_s", "talk_total_s", "hold_total_s", "acw_total_s"):
        if name in assigned:
            _total(draft, name, assigned[name].column, count)
    if "answered_in_target" in assigned:
        _level(draft, assigned["answered_in_target"].column)
    _channel(draft, file_name)
    draft.fields.setdefault("direction", Field(value="inbound"))
    _interval(draft)
    _by_date(draft)
    _key_of(draft, ("business_date", "interval_at", "queue", "agent", "team", "channel", "direction", "category"))


def _total(draft: Draft, name: str, source: str, count: str | None) -> None:
    draft.duration(name, source)
    if not mentions(source, "average") and not re.search(r"\b(asa|att|speed|速度)\b|平均|速度|応答時間", header_of(source).words):
        return
    if count is None:
        del draft.fields[name]
        question = Bilingual(
            f"「{source}」は平均です。合計に戻すには件数の列が要ります。",
            f"“{source}” is an average: it needs its weight (a column of counts) to become a total.",
        )
        draft.doubt("average_without_weight", question, ("leave_out",), "", source)
        return
    weight = draft.fields[count].columns[0]
    draft.fields[name] = Field((source,), unit=draft.fields[name].unit, times=weight)
    draft.remarks[name] = f"平均 × {weight} / mean × {weight}"


def _level(draft: Draft, source: str) -> None:
    """A service level in percent is a count again when it is multiplied with what it was divided by: answered or offered, vendors differ."""
    seconds = re.search(r"(\d+)\s*(?:秒|s\b|sec)", unicodedata.normalize("NFKC", source).lower())
    if seconds:
        draft.fields["target_s"] = Field(value=int(seconds.group(1)))
    one = draft.profiles[source]
    share = one.kind == "percent" or (one.kind == "number" and (one.high or 0) <= 1)
    if not share and one.kind == "integer" and not mentions(source, "ratio"):
        draft.fields["answered_in_target"] = Field((source,))
        return
    weights = [draft.fields[name].columns[0] for name in ("answered_count", "offered_count") if name in draft.fields]
    if not weights:
        return
    unit = "share" if one.kind == "number" and (one.high or 0) <= 1 else "percent"
    draft.fields["answered_in_target"] = Field((source,), unit=unit, times=weights[0])
    if len(weights) > 1:
        question = Bilingual(
            f"「{source}」は何で割った率ですか(応答数か着信数か。製品によって違います)。",
            f"What was “{source}” divided by: answered or offered? Products differ.",
        )
        draft.doubt("weight", question, weights, draft.path("fields", "answered_in_target", "times"), source)


def _interval(draft: Draft) -> None:
    """A date with a time of day beside it is an interval; its length is what most rows are apart."""
    date = date_column(draft.profiles)
    clock = next(
        (
            name
            for name, one in draft.profiles.items()
            if one.kind in ("time", "clock2", "clock3") and has_role(name, "interval") and name not in draft.used
        ),
        None,
    )
    if date and clock:
        draft.instant("interval_at", clock)
        return
    instant = next(
        (
            name
            for name, one in draft.profiles.items()
            if one.kind == "instant" and name not in draft.used and not has_role(name, "revision")
        ),
        None,
    )
    if instant and not date:
        draft.instant("interval_at", instant)


def survey(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """One answer per row; its kind and scale by the values and the words."""
    draft.fill(assigned)
    draft.identify()
    one = draft.profiles[assigned["score"].column]
    header = header_of(one.name).words
    low, high = one.low or 0, one.high or 0
    kind, scale = _survey_kind(header, low, high)
    draft.fields["kind"] = Field(value=kind or "csat")
    draft.fields["scale_min"], draft.fields["scale_max"] = Field(value=scale[0]), Field(value=scale[1])
    if kind is None:
        question = Bilingual(
            f"「{one.name}」は何の評点ですか({low:g}~{high:g})。", f"What is “{one.name}” ({low:g} to {high:g}) a score of?"
        )
        draft.doubt("survey_kind", question, ("csat", "nps", "ces", "experience"), draft.path("fields", "kind", "value"), one.name)
    if scale not in ((0, 10), (1, 5)):
        for name, value in (("scale_min", scale[0]), ("scale_max", scale[1])):
            question = Bilingual(
                f"「{one.name}」の{'最低' if name == 'scale_min' else '最高'}点はいくつですか(見えた範囲は{low:g}~{high:g})。",
                f"What is the {'lowest' if name == 'scale_min' else 'highest'} possible “{one.name}” (seen: {low:g} to {high:g})?",
            )
            draft.doubt(name, question, (f"{value}", "…"), draft.path("fields", name, "value"), one.name)
    _only_dates(draft, ("responded_at", "sent_at"))
    _by_date(draft)


def _survey_kind(header: str, low: float, high: float) -> tuple[str | None, tuple[int, int]]:
    recommend = any(word in header.split() or word in header for word in ("rec", "recommend", "nps", "推奨", "勧め", "薦め"))
    if recommend and high <= 10 and low >= 0 and (high > 5 or "nps" in header):
        return "nps", (0, 10)
    satisfied = any(word in header for word in ("満足", "satisf", "csat"))
    effort = any(word in header for word in ("ces", "effort", "手間"))
    scale = (1, 5) if low >= 1 and high <= 5 else (0, 10) if high > 7 else (int(low), int(high))
    if effort:
        return "ces", scale
    return ("csat" if satisfied else None), scale


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
        draft.fields["score_max"] = Field(value=full * len(items))
        question = Bilingual(
            f"満点は {full * len(items)} 点({full}点×{len(items)}項目)ですか。",
            f"Is the full mark {full * len(items)} ({len(items)} items of {full})?",
        )
        draft.doubt("score_max", question, (f"{full * len(items)}", "…"), draft.path("fields", "score_max", "value"))
    if "evaluated_at" not in draft.fields:
        _any_instant(draft, "evaluated_at")


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
    _by_date(draft)
    _key_of(draft, ("business_date", "start_at", "clock_in_at", "agent"))


def _night(draft: Draft, start: str, end: str) -> None:
    """Where ends come before starts on one date, the shift runs past midnight: asked once."""
    from rashin.intake.propose.verify import instants_of

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
        if one.kind == "integer" and (one.high or 0) > 1:
            draft.fields["left_count"] = Field((left.column,))
        else:
            draft.fields["left_count"] = Field((left.column,), values={value: int(listed.get(fold(value), 0)) for value, _ in one.top})
    if "employees" not in draft.fields:
        draft.fields["employees"] = Field(value=1)
        draft.remarks["employees"] = "一人一行 / one row per person"
        draft.fields.pop("agent", None)
    draft.identify()
    _by_date(draft)


def contact_event(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """An event log."""
    draft.fill(assigned)
    draft.remarks["key"] = "[] = 行の内容そのもので見分ける / told apart by its content"


def series(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """A named business series."""
    draft.fill(assigned)
    _by_date(draft)
    if "name" not in draft.fields:
        name = assigned["amount"].column
        draft.fields["name"] = Field(value=name)
        question = Bilingual("この系列を何と呼びますか。", "What is this series called?")
        draft.doubt("series_name", question, (name, "…"), draft.path("fields", "name", "value"))
    _key_of(draft, ("business_date", "measured_at", "name", "queue", "team", "category"))


def plain(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Facts without particulars: agents' time, account days, costs."""
    draft.fill(assigned)
    if draft.fact != "agent_time":
        _by_date(draft)
        _key_of(draft, ("business_date", "account", "network", "kind", "contract", "vendor", "queue"))


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


# -- shared


def _by_date(draft: Draft) -> None:
    """Facts counted by their date: the date column; asked when there is none, or when several would do."""
    fact = FACTS[draft.fact]
    if "business_date" in draft.fields or any(name in draft.fields for name in fact.anchors):
        return
    timely = [name for name, one in draft.profiles.items() if one.kind in ("instant", "date") and name[:1] != "_"]
    date = date_column(draft.profiles)
    if date and (len(timely) == 1 or (best(header_of(date), words()["roles"]["date"]) >= 0.9 and not has_role(date, "revision"))):
        one = draft.profiles[date]
        draft.fields["business_date"] = Field((date,), order=one.orders[0] if one.orders else None)
        if len(one.orders) > 1:
            draft._ask_order("business_date", one)
        return
    if timely:
        timely.reverse()  # what happened last stands last, as a rule
        draft.fields["business_date"] = Field((timely[0],))
        question = Bilingual("どの列の日付で数えますか。", "By the date of which column are rows counted?")
        draft.doubt("which_date", question, timely, draft.path("fields", "business_date", "column"))
        return
    draft.fields["business_date"] = Field(value="")
    question = Bilingual(
        "日付の列がありません。全行を一つの日付(例: 2026-10-01)で取り込みます。いつの記録ですか。",
        "There is no date column. All rows are taken for one date (e.g. 2026-10-01): which?",
    )
    draft.doubt("no_date", question, ("…",), draft.path("fields", "business_date", "value"))


def _only_dates(draft: Draft, names: tuple[str, ...]) -> None:
    """An answer's date without a time of day is its business date, not an instant."""
    for name in names:
        field = draft.fields.get(name)
        if field and len(field.columns) == 1 and draft.profiles[field.columns[0]].kind == "date":
            del draft.fields[name]
            draft.fields.setdefault("business_date", Field(field.columns, order=field.order))


def _any_instant(draft: Draft, name: str) -> None:
    for source, one in draft.profiles.items():
        if one.kind in ("instant", "date") and source not in draft.used:
            draft.instant(name, source)
            return


def _key_of(draft: Draft, names: tuple[str, ...]) -> None:
    """Totals are known by what they are totals of, when that is unique; a named id comes first."""
    draft.identify()
    if draft.key and draft.profiles[draft.key[0]].unique:
        return
    draft.doubts = [each for each in draft.doubts if each.code != "key_not_unique"]
    draft.key = ()
    columns = tuple(dict.fromkeys(source for name in names if name in draft.fields for source in draft.fields[name].columns))
    rows = list(zip(*(draft.profiles[source].values for source in columns), strict=True)) if columns else []
    if rows and len(set(rows)) == len(rows):
        draft.key = columns
        draft.remarks.pop("key", None)
    else:
        draft.remarks["key"] = "[] = 行の内容そのもので見分ける / told apart by its content"


def _mentioned(draft: Draft, file_name: str) -> str:
    headers = " ".join(f"{header_of(name).words} {header_of(name).aside}" for name in draft.profiles)
    name = re.sub(r"[\W_]+", " ", file_name.lower())
    return f" {headers} {name} "


def _says(told: str, term: str) -> bool:
    return f" {term} " in told or f" {term}s " in told or f" {term}ed " in told if term.isascii() else term in told
