"""Draft mappings of calls, tickets and chats: what became of each, by which channel, in which direction."""

from __future__ import annotations

import re

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.common import by_date, says, told_by
from rashin.intake.propose.draft import Draft, value_words
from rashin.intake.propose.match import Match, has_role, mentions
from rashin.intake.propose.moments import is_flag, yes_and_no
from rashin.intake.values.words import fold
from rashin.records import FACTS
from rashin.records.contact import CHANNELS, DIRECTIONS

_CALL_WORDS = (
    "call",
    "通話",
    "着信",
    "電話",
    "受電",
    "入電",
    "呼",
    "放棄",
    "queue",
    "ring",
    "呼出",
    "acd",
    "オペレータ",
    "calldate",
    "billsec",
    "did",
    "extension",
)
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
    "queue time",
    "time in queue",
    "受信",
)
_DIAL_WORDS = ("発信日時", "発信時刻", "発信結果", "架電", "アウトバウンド", "outbound", "dialed", "dialled", "campaign")
#: Chats have queues and operators too.
_ANY_DESK = ("queue", "オペレータ", "acd", "did", "呼", "extension")
_CHAT_WORDS = ("conversation", "chat", "チャット")
_MAIL_WORDS = ("メール", "mail", "件名", "subject")
#: What a contact that was not answered may be.
NOT_ANSWERED = ("abandoned", "busy", "callback", "voicemail", "overflow", "closed", "unreached", "open")


def contact(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Calls, tickets, chats: one row each."""
    flag = assigned.get("outcome")
    if flag is not None and is_flag(draft.profiles[flag.column]):
        spoken = assigned.get("talk_s")
        _outcome_by_flag(draft, assigned.pop("outcome").column, spoken.column if spoken else "")
    draft.fill(assigned)
    _days_beside_moments(draft)
    _own_means(draft)
    draft.identify()
    _outcome(draft)
    _resolved(draft)
    channel_of(draft, file_name)
    direction_of(draft)
    _spans(draft)
    if "offered_at" not in draft.fields:
        by_date(draft)
        question = Bilingual(
            "着信・作成の時刻がありません。一次応答時間・解決時間・待ち時間は計算できません。別の時刻で計上して続けますか。",
            "There is no time at which contacts were offered or created: first response time cannot be computed (no offered_at), nor resolution time or waits. "
            "Go on, counted by another time?",
        )
        draft.doubt("no_offered_at", question, ("go_on",))


def _outcome_by_flag(draft: Draft, source: str, talk: str) -> None:
    """Yes under “answered” was answered, yes under “abandoned” was abandoned. What an answered one is not is asked."""
    one = draft.profiles[source]
    yes, no = yes_and_no(one)
    blank = [] if one.filled == one.rows else [""]
    if has_role(source, "abandoned_flag"):
        values = {**dict.fromkeys(yes, "abandoned"), **dict.fromkeys([*no, *blank], "answered")}
        draft.fields["outcome"] = Field((source,), values=values)
        return
    if not has_role(source, "answered_flag"):
        draft.choices(FACTS[draft.fact].column("outcome"), source)
        return
    draft.fields["outcome"] = Field((source,), values={**dict.fromkeys(yes, "answered"), **dict.fromkeys([*no, *blank], "abandoned")})
    for value in (*no, *blank):
        shown = Bilingual(f"「{source}」が「{value}」", f"rows where “{source}” is “{value}”")
        if not value:
            shown = Bilingual(f"「{source}」が空", f"rows without “{source}”")
        question = Bilingual(f"{shown.ja}の行(応答なし)は何にあたりますか。", f"What are {shown.en} (not answered)?")
        if spoken := _spoken(draft, source, value, talk):
            question = Bilingual(
                f"{question.ja}うち {spoken:,} 行に「{talk}」があります。放棄(abandoned)とすると矛盾する行として取込不可になります。",
                f"{question.en} {spoken:,} of them have “{talk}”: as abandoned they contradict themselves and are refused.",
            )
        draft.doubt("no_answer_means", question, NOT_ANSWERED, draft.path("fields", "outcome", "values", value), source)


def _spoken(draft: Draft, source: str, value: str, talk: str) -> int:
    """Rows with this value of the flag that have a talk time all the same."""
    if not talk:
        return 0
    pairs = zip(draft.profiles[source].values, draft.profiles[talk].values, strict=True)
    return sum((said or "").strip() == value and bool(re.search(r"[1-9]", length or "")) for said, length in pairs)


def _days_beside_moments(draft: Draft) -> None:
    """A day of completion beside a moment of arrival is no moment: what was closed on the day it came would be closed at midnight, before it came.
    That it was closed is read; when, is not."""
    offered = draft.fields.get("offered_at")
    if offered is None or not offered.columns or draft.profiles[offered.columns[-1]].kind == "date":
        return
    for name in ("answered_at", "first_response_at", "resolved_at", "ended_at"):
        field = draft.fields.get(name)
        if field is None or len(field.columns) != 1 or draft.profiles[field.columns[0]].kind != "date":
            continue
        one = draft.profiles[field.columns[0]]
        del draft.fields[name]
        draft.doubts = [each for each in draft.doubts if not each.path.startswith(draft.path("fields", name) + "/")]
        one.notes.append("day_only")
        if name == "resolved_at" and 0 < one.filled < one.rows:
            if "resolved" not in draft.fields:
                draft.fields["resolved"] = Field((one.name,), values={"": False}, otherwise=True)
            if "outcome" not in draft.fields:
                draft.fields["outcome"] = Field((one.name,), values={"": "open"}, otherwise="answered")


def _own_means(draft: Draft) -> None:
    """A mean on a row that is one contact is that contact's own value, or it is not: asked."""
    for name, field in draft.fields.items():
        source = field.columns[0] if len(field.columns) == 1 else ""
        if source and FACTS[draft.fact].column(name).unit == "s" and mentions(source, "average"):
            question = Bilingual(
                f"「{source}」は平均と書かれています。一行が一件の表なら、その件の値として読みます(go_on)。何件分かの平均なら leave_out。",
                f"“{source}” is called a mean. Where a row is one contact it is read as that contact's own (go_on); a mean over several must be left out.",
            )
            draft.doubt("mean_of_one", question, ("go_on", "leave_out"), draft.path("fields", name), source)


def _outcome(draft: Draft) -> None:
    if "outcome" in draft.fields:
        _outcome_by_answer(draft)
        return
    answered = draft.fields.get("answered_at")
    if answered is None and _outcome_by_words(draft):
        return
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
    draft.doubt("no_answer_means", question, NOT_ANSWERED, draft.path("fields", "outcome", "values", ""), one.name)


def _resolved(draft: Draft) -> None:
    """Where some contacts have a time of resolution and others none, the former are resolved: so it is read from vendors' own forms too."""
    closed = draft.fields.get("resolved_at")
    if "resolved" in draft.fields or closed is None or len(closed.columns) != 1:
        return
    one = draft.profiles[closed.columns[0]]
    if 0 < one.filled < one.rows:
        draft.fields["resolved"] = Field(closed.columns, values={"": False}, otherwise=True)
        draft.remarks["resolved"] = "解決時刻のある行は解決 / resolved where there is a time of resolution"


def _outcome_by_words(draft: Draft) -> bool:
    """A column of nothing but words for what became of a contact is its result, whatever its header says."""
    listed = value_words("outcome", "contact")
    for name, one in draft.profiles.items():
        if one.kind != "text" or name in draft.used or one.distinct > 12:
            continue
        meant = {value: listed.get(fold(value)) for value, _ in one.top}
        if all(meant.values()) and {"answered", "abandoned"} <= set(meant.values()):
            draft.fields["outcome"] = Field((name,), values={value: meaning for value, meaning in meant.items() if meaning})
            return True
    return False


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


def _spans(draft: Draft) -> None:
    """Talk time that no column gives is answer to end."""
    if {"answered_at", "ended_at"} <= set(draft.fields) and "talk_s" not in draft.fields and not {"hold_s", "acw_s"} & set(draft.fields):
        draft.fields["talk_s"] = Field(span=("answered_at", "ended_at"))


def channel_of(draft: Draft, file_name: str) -> None:
    """Tell the channel by the words of the file, else ask."""
    if "channel" in draft.fields:
        return
    told = told_by(draft, file_name)
    if any(says(told, term) for term in _CHAT_WORDS) and not any(says(told, term) for term in _CALL_WORDS if term not in _ANY_DESK):
        draft.fields["channel"] = Field(value="chat")
        return
    for channel, terms in (("voice", _CALL_WORDS), ("chat", _CHAT_WORDS), ("mail", _MAIL_WORDS)):
        if any(says(told, term) for term in terms) and not (channel == "voice" and says(told, "conversation")):
            draft.fields["channel"] = Field(value=channel)
            return
    draft.fields["channel"] = Field(value="mail")
    question = Bilingual("どのチャネルの記録ですか。", "Which channel are these contacts of?")
    draft.doubt("channel", question, CHANNELS, draft.path("fields", "channel", "value"))


def direction_of(draft: Draft) -> None:
    """Tell the direction by a column of nothing but its words, by the results, by the words of the file; else ask."""
    if "direction" in draft.fields:
        return
    listed = value_words("direction", "contact")
    for name, one in draft.profiles.items():
        if one.kind == "text" and name not in draft.used and all(fold(value) in listed for value, _ in one.top):
            draft.fields["direction"] = Field((name,), values={value: listed[fold(value)] for value, _ in one.top})
            return
    told = told_by(draft, "")
    outcome = draft.fields.get("outcome")
    waited = outcome is not None and "abandoned" in outcome.values.values()
    inbound = waited or any(says(told, term) for term in _ANSWER_WORDS)
    outbound = any(says(told, term) for term in _DIAL_WORDS)
    draft.fields["direction"] = Field(value="outbound" if outbound and not inbound else "inbound")
    if inbound == outbound:
        question = Bilingual("着信と発信のどちらの記録ですか。", "Are these inbound or outbound?")
        draft.doubt("direction", question, DIRECTIONS, draft.path("fields", "direction", "value"))
