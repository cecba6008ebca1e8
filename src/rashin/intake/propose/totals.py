"""Draft mappings of totals that a source has summed itself: counts as they are, means times their weight, levels back to counts."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from rashin.connect import Field
from rashin.errors import Bilingual
from rashin.intake.propose.common import by_date, key_of
from rashin.intake.propose.contacts import channel_of
from rashin.intake.propose.draft import Draft
from rashin.intake.propose.match import Match, has_role, header_of, mentions
from rashin.intake.propose.moments import date_column
from rashin.intake.propose.verify import instants_of
from rashin.intake.values.durations import parse_duration
from rashin.intake.values.numbers import parse_number


def contact_total(draft: Draft, assigned: dict[str, Match], file_name: str) -> None:
    """Totals per interval, day, agent: counts as they are, means times their weight, levels back to counts."""
    draft.fill({name: each for name, each in assigned.items() if name not in ("answered_in_target",) and not name.endswith("_total_s")})
    _no_flags(draft)
    count = next((name for name in ("answered_count", "offered_count") if name in draft.fields), None)
    for name in ("wait_total_s", "talk_total_s", "hold_total_s", "acw_total_s"):
        if name in assigned:
            _total(draft, name, assigned[name].column, count)
    if "answered_in_target" in assigned:
        _level(draft, assigned["answered_in_target"].column)
    channel_of(draft, file_name)
    draft.fields.setdefault("direction", Field(value="inbound"))
    _interval(draft)
    by_date(draft)
    key_of(draft, ("business_date", "interval_at", "queue", "agent", "team", "channel", "direction", "category"))


def _no_flags(draft: Draft) -> None:
    """A column of 0 and 1 beside real counts is a flag of the row and no count."""
    highest = max(
        (draft.profiles[field.columns[0]].high or 0 for name, field in draft.fields.items() if _counts(name) and field.columns), default=0
    )
    for name in [name for name in draft.fields if name in ("resolved_count", "complaint_count")]:
        if (
            highest > 1
            and (draft.profiles[draft.fields[name].columns[0]].high or 0) <= 1
            and draft.profiles[draft.fields[name].columns[0]].distinct == 2
        ):
            del draft.fields[name]


def _counts(name: str) -> bool:
    return name in ("offered_count", "answered_count")


def _total(draft: Draft, name: str, source: str, count: str | None) -> None:
    draft.duration(name, source)
    if not mentions(source, "average") and not re.search(r"\b(asa|att|speed|速度)\b|平均|速度|応答時間", header_of(source).words):
        _total_or_mean(draft, name, source, count)
        return
    if count is None:
        del draft.fields[name]
        question = Bilingual(
            f"「{source}」は平均です。合計に戻すには件数の列が要ります。",
            f"“{source}” is an average: it needs its weight (a column of counts) to become a total.",
        )
        draft.doubt("average_without_weight", question, ("leave_out",), "", source)
        return
    if name == "wait_total_s" and not re.search(r"応答|受電|answer|speed|\basa\b", f"{header_of(source).whole} {header_of(source).aside}"):
        question = Bilingual(
            f"「{source}」は応答した呼だけの平均ですか(go_on)。放棄した呼の待ちも入っているなら、応答数を掛けても合計に戻らないので読みません(leave_out)。",
            f"Is “{source}” the mean of answered contacts alone (go_on)? With the waits of abandoned ones in it, the count of answered does not make it a total again (leave_out).",
        )
        draft.doubt("mean_wait", question, ("go_on", "leave_out"), draft.path("fields", name), source)
    weight = draft.fields[count].columns[0]
    draft.fields[name] = Field((source,), unit=draft.fields[name].unit, times=weight)
    draft.remarks[name] = f"平均 × {weight} / mean × {weight}"


#: Headers that say that they are totals.
_SUMMED = re.compile(r"合計|総|累計|計$|\btotal\b|\bsum\b")
#: Less than so many seconds a contact, and the column cannot be a total.
_SHORTEST = 5.0


def _total_or_mean(draft: Draft, name: str, source: str, count: str | None) -> None:
    """A header that says neither (ACW, 通話時間) is a mean where a total would leave next to nothing for each contact; else it is asked."""
    if count is None or _SUMMED.search(header_of(source).whole):
        return
    weight = draft.fields[count].columns[0]
    field = draft.fields[name]
    seconds = [parse_duration(value or "", field.unit)[0] for value in draft.profiles[source].values]
    pairs = [
        (each, number)
        for each, text in zip(seconds, draft.profiles[weight].values, strict=True)
        if each is not None and (number := parse_number(text or "")[0])
    ]
    each_contact = sum(each for each, _ in pairs) / (sum(number for _, number in pairs) or 1)
    is_mean = bool(pairs) and each_contact < _SHORTEST
    draft.fields[name] = Field((source,), unit=field.unit, times=weight if is_mean else None)
    if is_mean:
        draft.remarks[name] = f"平均 × {weight} / mean × {weight}"
        return
    question = Bilingual(
        f"「{source}」は合計(total)ですか、一件あたりの平均ですか(平均なら掛ける件数の列「{weight}」を選ぶ)。",
        f"Is “{source}” a total, or the mean of a contact (then choose the count it is multiplied with, “{weight}”)?",
    )
    draft.doubt("total_or_mean", question, ("total", weight), draft.path("fields", name, "times"), source)


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
    if len(weights) == 1 and "abandoned_count" in draft.fields:
        question = Bilingual(
            f"「{source}」は「{weights[0]}」で割った率ですか(go_on)。ほかの数で割った率なら、件数に戻せないので読みません(leave_out)。",
            f"Was “{source}” divided by “{weights[0]}” (go_on)? A share of something else cannot be turned back into a count (leave_out).",
        )
        draft.doubt("level_of", question, ("go_on", "leave_out"), draft.path("fields", "answered_in_target"), source)
    if len(weights) > 1:
        question = Bilingual(
            f"「{source}」は何で割った率ですか(応答数か着信数か。製品によって違います)。",
            f"What was “{source}” divided by: answered or offered? Products differ.",
        )
        draft.doubt("weight", question, weights, draft.path("fields", "answered_in_target", "times"), source)


def _interval(draft: Draft) -> None:
    """A date with a time of day beside it is an interval; its length is what neighbouring times of day are apart. A date alone is a day."""
    date = date_column(draft.profiles)
    clock = next((name for name in draft.profiles if _is_clock(draft, name)), None)
    if date and clock:
        draft.instant("interval_at", clock)
    elif not date:
        instant = next(
            (
                name
                for name, one in draft.profiles.items()
                if one.kind == "instant" and name not in draft.used and not has_role(name, "revision")
            ),
            None,
        )
        if instant:
            draft.instant("interval_at", instant)
    if "interval_at" in draft.fields:
        _length(draft)
    elif date and draft.profiles[date].kind == "date":
        draft.fields["interval_s"] = Field(value=86_400)


def _is_clock(draft: Draft, name: str) -> bool:
    told = has_role(name, "interval") or has_role(name, "time", 1.0)
    return draft.profiles[name].kind in ("time", "clock2", "clock3") and told and name not in draft.used


def _length(draft: Draft) -> None:
    field = draft.fields["interval_at"]
    starts = sorted({each for each in instants_of(field.columns, draft.profiles, field.order, field.unit) if each is not None})
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    if gaps:
        usual = max(set(gaps), key=gaps.count)
        if gaps.count(usual) * 2 >= len(gaps) and 0 < usual <= 86_400_000_000:
            draft.fields["interval_s"] = Field(value=usual // 1_000_000)
